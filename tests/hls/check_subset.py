#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds generated HLS sources to the synthesizable subset of docs/hls.md, on clang's syntax tree.

usage: check_subset.py PROJECT [FILE...]   every src/*.cpp of the project, or the files named; exit code 1 and a line
                                           for each violation
"""
import pathlib
import sys

from clang.cindex import CursorKind, Index, TypeKind

FORBIDDEN = {
    CursorKind.CXX_NEW_EXPR: "heap (new)",
    CursorKind.CXX_DELETE_EXPR: "heap (delete)",
    CursorKind.CXX_THROW_EXPR: "exception",
    CursorKind.CXX_TRY_STMT: "exception",
    CursorKind.LAMBDA_EXPR: "lambda",
    CursorKind.WHILE_STMT: "unbounded loop (while)",
    CursorKind.DO_STMT: "unbounded loop (do)",
    CursorKind.CXX_FOR_RANGE_STMT: "range loop",
    CursorKind.GOTO_STMT: "goto",
}
LIBRARY = {"sqrt", "sqrtf", "take_word", "give_word", "load_word", "store_word"}
HEAP = {"malloc", "calloc", "realloc", "free", "alloca"}
CONTAINERS = ("std::vector", "std::map", "std::set", "std::deque", "std::list", "std::basic_string", "std::string",
              "std::function", "std::unique_ptr", "std::shared_ptr", "std::array")
FUNCTIONS = (CursorKind.FUNCTION_DECL, CursorKind.FUNCTION_TEMPLATE, CursorKind.CXX_METHOD)


class Checker:
    def __init__(self, project):
        self.project = project
        self.source = (project / "src").resolve()
        self.problems = set()
        self.calls = {}

    def report(self, cursor, what):
        place = cursor.location
        self.problems.add(f"{pathlib.Path(place.file.name).name}:{place.line}: {what}")

    def own(self, cursor):
        file = cursor.location.file
        return file is not None and pathlib.Path(file.name).resolve().parent == self.source

    def constant(self, cursor):
        """An expression of literals, constants and template parameters."""
        for c in cursor.walk_preorder():
            if c.kind != CursorKind.DECL_REF_EXPR:
                continue
            of = c.referenced
            if of is None or of.kind in (CursorKind.TEMPLATE_NON_TYPE_PARAMETER, CursorKind.ENUM_CONSTANT_DECL):
                continue
            if of.kind == CursorKind.VAR_DECL and of.type.is_const_qualified() and of.semantic_parent.kind == CursorKind.TRANSLATION_UNIT:
                continue
            return False
        return True

    def loop(self, cursor, parent):
        if parent is None or parent.kind != CursorKind.LABEL_STMT:
            self.report(cursor, "loop without a label")
        parts = list(cursor.get_children())[:-1]  # without the body
        for c in [c for c in parts if c.kind == CursorKind.BINARY_OPERATOR][:1]:
            sides = list(c.get_children())
            if len(sides) == 2 and self.constant(sides[1]):
                return
        self.report(cursor, "loop without a constant bound")

    def variable(self, cursor):
        kind = cursor.type.get_canonical()
        spelled = kind.spelling
        if any(name in spelled for name in CONTAINERS):
            self.report(cursor, f"standard container: {cursor.spelling}")
        if "(*)" in spelled.replace(" ", "") and kind.kind == TypeKind.POINTER and kind.get_pointee().kind in (TypeKind.FUNCTIONPROTO, TypeKind.FUNCTIONNOPROTO):
            self.report(cursor, f"function pointer: {cursor.spelling}")
        elif kind.kind == TypeKind.POINTER and cursor.kind == CursorKind.VAR_DECL:
            self.report(cursor, f"pointer: {cursor.spelling}")
        if cursor.kind == CursorKind.VAR_DECL and cursor.semantic_parent.kind == CursorKind.TRANSLATION_UNIT:
            element = kind
            while element.kind == TypeKind.CONSTANTARRAY:
                element = element.element_type
            if not element.is_const_qualified() and not cursor.type.spelling.startswith("const "):
                self.report(cursor, f"global that is not constant: {cursor.spelling}")
            if element.kind == TypeKind.RECORD:
                self.report(cursor, f"global with a constructor: {cursor.spelling}")

    def pointer_arithmetic(self, cursor):
        sides = list(cursor.get_children())
        tokens = [t.spelling for t in cursor.get_tokens()]
        # The type of an array argument is shown as the array's.
        pointers = (TypeKind.POINTER, TypeKind.CONSTANTARRAY, TypeKind.INCOMPLETEARRAY)
        if any(s.type.get_canonical().kind in pointers for s in sides) and any(t in ("+", "-", "+=", "-=", "++", "--") for t in tokens):
            self.report(cursor, "pointer arithmetic")

    def visit(self, cursor, parent, function):
        if cursor.kind in FUNCTIONS and cursor.is_definition():
            function = cursor.get_usr()
            self.calls.setdefault(function, set())
        if cursor.kind in FORBIDDEN:
            self.report(cursor, FORBIDDEN[cursor.kind])
        elif cursor.kind == CursorKind.FOR_STMT:
            self.loop(cursor, parent)
        elif cursor.kind in (CursorKind.VAR_DECL, CursorKind.PARM_DECL):
            self.variable(cursor)
        elif cursor.kind in (CursorKind.BINARY_OPERATOR, CursorKind.COMPOUND_ASSIGNMENT_OPERATOR, CursorKind.UNARY_OPERATOR):
            self.pointer_arithmetic(cursor)
        elif cursor.kind == CursorKind.CALL_EXPR and cursor.referenced is not None:
            callee = cursor.referenced
            if callee.spelling in HEAP:
                self.report(cursor, f"heap ({callee.spelling})")
            if function is not None:
                self.calls[function].add(callee.get_usr())
        for child in cursor.get_children():
            self.visit(child, cursor, function)

    def recursion(self):
        done = set()
        for start in self.calls:
            stack, seen = [start], set()
            while stack:
                for callee in self.calls.get(stack.pop(), ()):
                    if callee == start and start not in done:
                        done.add(start)
                        self.problems.add(f"recursion: {start}")
                    if callee not in seen:
                        seen.add(callee)
                        stack.append(callee)

    def files(self, paths):
        """All files as one unit, so that the headers are read once."""
        text = "".join(f'#include "{path.resolve()}"\n' for path in paths)
        whole = str(self.source / "all_sources.cpp")
        arguments = ["-std=c++17", "-D__SYNTHESIS__", f"-I{self.project}/csim", f"-I{self.source}"]
        unit = Index.create().parse(whole, arguments, unsaved_files=[(whole, text)])
        for d in unit.diagnostics:
            if d.severity >= 3:
                self.problems.add(f"{d.location.file}: {d.spelling}")
        for cursor in unit.cursor.get_children():
            if self.own(cursor):
                self.visit(cursor, None, None)


def main():
    project = pathlib.Path(sys.argv[1])
    files = [pathlib.Path(f) for f in sys.argv[2:]] or sorted((project / "src").glob("*.cpp"))
    checker = Checker(project)
    checker.files(files)
    checker.recursion()
    for problem in sorted(checker.problems):
        print(problem)
    print(f"{len(files)} files, {len(checker.calls)} functions, {len(checker.problems)} violations", file=sys.stderr)
    return 1 if checker.problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
