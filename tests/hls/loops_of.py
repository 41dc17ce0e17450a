#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The loops of generated HLS functions, from clang's syntax tree: what predicted.json must say they are.

usage: loops_of.py PROJECT   prints {"FUNCTION": [{"label", "trips", "ii" or "loops"}, ...], ...} as JSON
"""
import json
import pathlib
import re
import sys

from clang.cindex import CursorKind, Index


def text_of(cursor):
    return " ".join(t.spelling for t in cursor.get_tokens())


class Loops:
    def __init__(self, project):
        self.source = (project / "src").resolve()
        self.constants = {}
        self.functions = {}
        self.lines = {}

    def value(self, text):
        """A whole-number expression of constants."""
        names = re.sub(r"[A-Za-z_]\w*", lambda m: str(self.constants[m.group()]), text.rstrip(" ;"))
        if not re.fullmatch(r"[\d\s()+\-*/%<>]+", names):
            raise ValueError(text)
        return eval(names.replace("/", "//"))  # digits and operators only

    def constant(self, cursor):
        text = text_of(cursor)
        if " = " in text:
            try:
                self.constants[cursor.spelling] = self.value(text.split(" = ", 1)[1])
            except (KeyError, ValueError):
                pass  # a table, a float

    def pragmas(self, cursor):
        """(unrolled, ii) of the pragmas in front of a loop's body."""
        path = cursor.location.file.name
        if path not in self.lines:
            self.lines[path] = pathlib.Path(path).read_text().splitlines()
        unrolled, ii = False, None
        for line in self.lines[path][cursor.location.line:]:
            if not line.strip().startswith("#pragma HLS"):
                break
            unrolled = unrolled or line.strip() == "#pragma HLS unroll"
            found = re.search(r"pipeline II=(\d+)", line)
            ii = int(found.group(1)) if found else ii
        return unrolled, ii

    def loop(self, cursor, label):
        init, condition, step, body = list(cursor.get_children())
        first = self.value(text_of(init).split("=", 1)[1])
        last = self.value(text_of(condition).split("<", 1)[1])
        by = text_of(step)
        stride = self.value(by.split("+=", 1)[1]) if "+=" in by else 1
        loop = {"label": label, "trips": max(0, -((first - last) // stride))}
        unrolled, ii = self.pragmas(cursor)
        if unrolled:
            return None
        if ii is not None:
            loop["ii"] = ii
        else:
            loop["loops"] = self.inside(body)
        return loop

    def inside(self, cursor, label=None):
        loops = []
        for child in cursor.get_children():
            if child.kind == CursorKind.FOR_STMT:
                name = cursor.spelling if cursor.kind == CursorKind.LABEL_STMT else ""
                loop = self.loop(child, name)
                loops += [loop] if loop is not None else []
            else:
                loops += self.inside(child)
        return loops

    def files(self, paths):
        """All files as one unit, so that the headers are read once."""
        whole = str(self.source / "all_sources.cpp")
        text = "".join(f'#include "{path.resolve()}"\n' for path in paths)
        arguments = ["-std=c++17", "-D__SYNTHESIS__", f"-I{self.source.parent}/csim", f"-I{self.source}"]
        unit = Index.create().parse(whole, arguments, unsaved_files=[(whole, text)])
        names = {path.stem for path in paths}
        for cursor in unit.cursor.get_children():
            where = cursor.location.file
            if where is None or pathlib.Path(where.name).resolve().parent != self.source:
                continue
            if cursor.kind == CursorKind.VAR_DECL:
                self.constant(cursor)
            elif cursor.kind == CursorKind.FUNCTION_DECL and cursor.is_definition() and cursor.spelling in names:
                self.functions[cursor.spelling] = self.inside(cursor)


def main():
    project = pathlib.Path(sys.argv[1])
    loops = Loops(project)
    loops.files(sorted(path for path in (project / "src").glob("*.cpp") if path.name != "accelerator.cpp"))
    json.dump(loops.functions, sys.stdout, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
