#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether two builds of the command give the same results, byte for byte.

    tools/compare_results.py OLD NEW [--fronts] [--hls] [--jobs N]

OLD and NEW are programs, or folders that an earlier call wrote with --record:

    tools/compare_results.py OLD --record FOLDER [--fronts] [--hls]

Compared are `validate --json`, the tables of `reproduce`, the JSON of every shipped experiment, simulated and as a bound;
with --hls the files of generated projects; with --fronts the exact fronts of all shipped sweeps (some minutes).
Left out are the keys below, which say who computed and how long it took. Exit code 1 if anything differs.
"""
import argparse
import concurrent.futures
import difflib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
IGNORED = {"version", "simulation_wall_s"}


def shipped(kind):
    return sorted(p.stem for p in (ROOT / "configs" / kind).glob("*.json"))


def without(value):
    if isinstance(value, dict):
        return {k: without(v) for k, v in value.items() if k not in IGNORED}
    if isinstance(value, list):
        return [without(v) for v in value]
    return value


def run(program, *arguments, codes=(0,)):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in codes:
        sys.exit(f"{program} {' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def json_text(text):
    return json.dumps(without(json.loads(text)), indent=1, sort_keys=True) + "\n"


def record(program, folder, fronts, hls, jobs):
    """Writes everything that is compared to files of `folder`."""
    program = pathlib.Path(program).resolve()

    def write(name, text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def simulate(name):
        for fidelity in ("simulate", "bound"):
            out = folder / f"{name}.{fidelity}.raw"
            run(program, "simulate", name, "--fidelity", fidelity, "--out", out, codes=(0, 1))
            if out.exists():
                write(f"simulate/{name}.{fidelity}.json", json_text(out.read_text()))
                out.unlink()

    def project(name):
        with tempfile.TemporaryDirectory() as out:
            done = subprocess.run([program, "hls", name, "--out", f"{out}/p"], capture_output=True, text=True)
            files = sorted(p for p in pathlib.Path(out).rglob("*") if p.is_file())
            text = "".join(f"==== {p.relative_to(out)}\n{p.read_text(errors='replace')}\n" for p in files)
            write(f"hls/{name}.txt", re.sub(r"(?i)ssmscope|statelane", "NAME", text + done.stderr))

    def front(name):
        store = folder / f"{name}.db"
        run(program, "explore", name, "--store", store, "--jobs", 1)
        run(program, "pareto", store, "--csv", folder / f"{name}.csv")
        write(f"front/{name}.csv", (folder / f"{name}.csv").read_text())

    write("validate.json", json_text(run(program, "validate", "--json", codes=(0, 1))))
    run(program, "reproduce", "--markdown", folder / "reproduce.md", "--out", folder / "reproduce.html", codes=(0, 1))
    write("reproduce.txt", re.sub(r"(?i)ssmscope|statelane", "NAME", (folder / "reproduce.md").read_text()))
    tasks = [(simulate, name) for name in shipped("experiments")]
    if hls:
        tasks += [(project, name) for name in shipped("experiments")]
    if fronts:
        tasks += [(front, name) for name in shipped("sweeps")]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for _ in pool.map(lambda task: task[0](task[1]), tasks):
            pass


def texts(folder):
    return {str(p.relative_to(folder)): json_text(p.read_text()) if p.suffix == ".json" else re.sub(r"NAME \d+\.\d+\.\d+", "NAME", p.read_text()) for kind in ("validate.json", "reproduce.txt", "simulate/*", "hls/*", "front/*")
            for p in sorted(pathlib.Path(folder).glob(kind))}


def compare(old, new):
    different = 0
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name):
            continue
        different += 1
        print(f"{name}: " + ("only in one" if name not in old or name not in new else "differs"))
        lines = difflib.unified_diff(old.get(name, "").splitlines(), new.get(name, "").splitlines(), "old", "new", lineterm="", n=1)
        for _, line in zip(range(12), lines):
            print("   " + line[:160])
    print(f"{len(old.keys() | new.keys()) - different} of {len(old.keys() | new.keys())} results are the same")
    return different


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new", nargs="?")
    parser.add_argument("--record", metavar="FOLDER")
    parser.add_argument("--fronts", action="store_true")
    parser.add_argument("--hls", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if (options.new is None) == (options.record is None):
        parser.error("give NEW or --record FOLDER")
    if options.record:
        folder = pathlib.Path(options.record).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        record(options.old, folder, options.fronts, options.hls, options.jobs)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        found = []
        for i, source in enumerate((options.old, options.new)):
            folder = pathlib.Path(source)
            if not folder.is_dir():
                folder = pathlib.Path(scratch) / str(i)
                folder.mkdir()
                record(source, folder, options.fronts, options.hls, options.jobs)
            found.append(texts(folder))
        old, new = found
        if not options.fronts or not options.hls:
            wanted = lambda n: (options.fronts or not n.startswith("front/")) and (options.hls or not n.startswith("hls/"))
            old, new = ({k: v for k, v in t.items() if wanted(k)} for t in (old, new))
        return 1 if compare(old, new) else 0


if __name__ == "__main__":
    sys.exit(main())
