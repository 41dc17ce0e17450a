# SPDX-License-Identifier: Apache-2.0
"""The shipped configurations obey the JSON Schemas beside them, and broken ones do not: schema and reader agree.

Usage: validate_schemas.py SOURCE_DIRECTORY
"""
import json
import pathlib
import sys

import jsonschema

# Malformed files (tests/data/bad) whose fault a schema alone can see.
VISIBLE_TO_A_SCHEMA = """
experiment/not-an-object experiment/nothing-in-it experiment/unknown-key experiment/phase-misspelt
experiment/phase-not-an-object experiment/phase-without-kind experiment/length-zero experiment/length-fraction
experiment/length-text experiment/design-number experiment/network-null experiment/board-number
design/clock-wrong-unit design/clock-no-unit design/precision-misspelt design/schedule-enumeration
design/schedule-wrong-type design/unit-kind-unknown design/unit-not-an-object design/units-a-list design/port-width
design/extends-number design/required-missing
board/resource-negative board/resource-text board/bandwidth-unit board/key-misspelt
board/required-missing network/no-layers network/key-misspelt memory/timing-misspelt memory/clock-unit
memory/timing-negative scheme/bits scheme/format scheme/granularity calibration/key-misspelt
calibration/section-wrong-type family/key-misspelt
""".split()


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    validators = {}
    for path in sorted((root / "configs/schema").glob("*.json")):
        schema = json.loads(path.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[path.stem] = jsonschema.Draft202012Validator(schema)
    failures = []
    files = 0
    for path in sorted((root / "configs").glob("*/*.json")):
        if path.parent.name == "schema":
            continue
        content = json.loads(path.read_text())
        kind = pathlib.PurePath(content["$schema"]).stem
        files += 1
        failures += [f"{path}: {e.json_path}: {e.message}" for e in validators[kind].iter_errors(content)]
    for name in VISIBLE_TO_A_SCHEMA:
        content = json.loads((root / "tests/data/bad" / f"{name}.json").read_text())
        if validators[name.split("/")[0]].is_valid(content):
            failures.append(f"{name}: the schema finds nothing wrong")
    print("\n".join(failures))
    print(f"{files} files, {len(validators)} schemas, {len(VISIBLE_TO_A_SCHEMA)} broken files")
    return 1 if failures or not files else 0


if __name__ == "__main__":
    sys.exit(main())
