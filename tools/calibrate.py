#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesises the blocks of models/units/*/*.sv and writes what they take to configs/calibration/synthesis/FAMILY.json.

    tools/calibrate.py [--family xcup|xc7]... [--block NAME]... [--jobs N] [--out DIR] [--check [--every N]]

Needs yosys (Debian's will do); building and estimating need only the files. --check repeats some points and compares. Counting
follows the vendor's sites, not yosys's cells:
  - a LUT6 has two outputs (LUT6_2), so the propagate and the generate function of a carry bit share one if they have at most
    five inputs together; yosys emits two cells;
  - a carry bit's propagate input comes from its LUT, so a signal wired to it passes through one;
  - two SRL16 of the same length share a LUT; a RAM32M16 or RAM64M8 of which some outputs are not read is without their LUTs;
  - multiplexers behind LUTs (MUXF7, F8) and carry chains are free; block RAM is counted in halves of 18 Kb.
"""
import argparse
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RTL = ROOT / "models/units"  # a unit's own blocks in its folder, what units share in fabric/
OUT = ROOT / "configs/calibration/synthesis"
FAMILIES = {"xc7": "series7", "xcup": "ultrascale_plus"}
PORTS = {"xc7": {"WIDE": 25, "NARROW": 18}, "xcup": {"WIDE": 27, "NARROW": 18}}  # multiplier ports, AMD UG479, UG579


def grid(**axes):
    points = [{}]
    for name, values in axes.items():
        points = [{**p, name: v} for p in points for v in values]
    return points


def memory_points(name):
    return [{"DEPTH": d, "W": w} for d, w in name]


# block: (points, options of synth_xilinx)
BLOCKS = {
    "multiply_lut": ([{"A": a, "B": b} for a in (2, 4, 8, 12, 16) for b in (2, 4, 8, 12, 16) if b <= a], "-nodsp"),
    "multiply_dsp": ([{"A": a, "B": b} for a, b in ((8, 8), (16, 16), (18, 18), (25, 18), (27, 16), (26, 27), (30, 16), (28, 32), (23, 32),
                                                    (32, 32))], ""),
    "multiply_packed": (grid(B=[2, 3, 4, 5, 6, 8]), ""),
    "adder_tree": (grid(N=[4, 16, 64, 256], W=[8, 16]) + grid(N=[5, 12, 40], W=[12]), ""),
    "accumulator": (grid(W=[16, 24, 32, 48], IN=[8, 16]), "-nodsp"),
    "shifter": (grid(W=[16, 24, 32, 48], S=[2, 3, 4, 5]), ""),
    "requantise_shift": (grid(W=[16, 24, 32], S=[3, 4], OUT=[4, 8]), ""),
    "requantise_multiply": (grid(W=[16, 24, 32], SCALE=[8, 16], SHIFT=[16], OUT=[4, 8]), ""),
    "requantise_multiply_lut": (grid(W=[16, 24, 32], SCALE=[8, 16], SHIFT=[16], OUT=[8]), "-nodsp"),
    "hadamard_fht": (grid(POINTS=[8, 64, 512], W=[8, 16, 32]), ""),
    "hadamard_matrix": ([{"ADDERS": n, "W": w, "SUM": w + 8} for n in (4, 8, 20, 40) for w in (8, 32)], ""),
    "nonlinear_pieces": ([{"W": 16, "FRACTION": 11, "SEGMENTS": s, "SOFTPLUS": p} for s in (4, 8, 16, 32) for p in (0, 1)], ""),
    "state_lane": ([{}, {"H": 32, "A": 16, "B": 16, "X": 16, "C": 16, "SA": 15, "SB": 8},
                    {"H": 24, "A": 16, "B": 8, "X": 8, "C": 8, "SA": 15, "SB": 4},
                    {"H": 16, "A": 8, "B": 8, "X": 8, "C": 8, "SA": 7, "SB": 4}], ""),
    "fifo": (grid(DEPTH=[16, 32, 64], W=[16, 32, 64]), ""),
    "memory_lut": (grid(DEPTH=[32, 64, 256], W=[6, 12, 36]), ""),
    "memory_block": (memory_points([(512, 36), (512, 72), (1024, 18), (1024, 36), (2048, 9), (2048, 36), (4096, 8), (4096, 36), (8192, 16),
                                    (16384, 8)]), ""),
    "memory_ultra": (memory_points([(4096, 72), (4096, 144), (8192, 72), (16384, 64)]), ""),
    "table_rom": (grid(DEPTH=[64, 128, 256, 512], W=[4, 8, 16]), ""),
}

IN_SLICES = ("multiply_dsp", "multiply_packed", "requantise_multiply", "nonlinear_pieces", "state_lane")

PORTED_RAM = {"RAM32M": "ABC", "RAM64M": "ABC", "RAM32M16": "ABCDEFG", "RAM64M8": "ABCDEFG"}
LUT_RAM = {"RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4, "RAM256X1D": 8,
           "RAM32X1S": 1, "RAM64X1S": 1, "RAM128X1S": 2, "RAM256X1S": 4, "RAM512X1S": 8, "RAM32X2S": 1, "RAM32X16DR8": 8, "RAM64X8SW": 8}
BLOCK_RAM = {"RAMB18E1": 1, "RAMB18E2": 1, "RAMB36E1": 2, "RAMB36E2": 2}


def count(modules, top):
    """Sites of a module with those below it."""
    used = {b for p in modules[top]["ports"].values() if p["direction"] != "input" for b in p["bits"]}
    for cell in modules[top]["cells"].values():
        used |= {b for p, bits in cell["connections"].items() if cell["port_directions"].get(p) == "input" for b in bits}
    primitives = {n: c for n, c in modules[top]["cells"].items() if c["type"] not in modules or is_primitive(modules, c)}
    sites = count_flat(primitives, used)
    for cell in modules[top]["cells"].values():
        if cell["type"] in modules and not is_primitive(modules, cell):
            below = count(modules, cell["type"])
            sites = {k: v + below[k] for k, v in sites.items()}
    return sites


def is_primitive(modules, cell):
    return "blackbox" in modules[cell["type"]]["attributes"] or "whitebox" in modules[cell["type"]]["attributes"]


def count_flat(cells, used):
    """Sites of a flat netlist; `used`: bits that something reads."""
    sites = {"lut": 0, "ff": 0, "dsp": 0, "bram18": 0, "uram": 0}
    raw = srl16 = 0
    driver = {}
    for name, cell in cells.items():
        kind = cell["type"]
        if kind == "INV" or (kind.startswith("LUT") and kind[3:].isdigit()):
            raw += 1
            driver[cell["connections"]["O"][0]] = cell
        elif kind in ("FDRE", "FDSE", "FDCE", "FDPE"):
            sites["ff"] += 1
        elif kind.startswith("DSP48") or kind.startswith("DSP58"):
            sites["dsp"] += 1
        elif kind == "SRL16E":
            srl16 += 1
        elif kind in ("SRLC32E", "SRLC16E"):
            raw += 1
        elif kind in PORTED_RAM:  # a LUT that is read at the write address, and those of whose outputs something is read
            raw += 1 + sum(any(b in used for b in cell["connections"].get("DO" + p, [])) for p in PORTED_RAM[kind])
        elif kind in LUT_RAM:
            raw += LUT_RAM[kind]
        elif kind in BLOCK_RAM:
            sites["bram18"] += BLOCK_RAM[kind]
        elif kind == "URAM288":
            sites["uram"] += 1
        elif kind not in ("CARRY4", "CARRY8", "MUXF7", "MUXF8", "MUXF9", "BUFG"):
            sys.exit(f"unknown cell {kind}")
    inputs = lambda c: {b for port, bits in c["connections"].items() if port != "O" for b in bits if isinstance(b, int)}
    shared = set()
    through = 0
    for cell in cells.values():
        if not cell["type"].startswith("CARRY"):
            continue
        for s, di in zip(cell["connections"]["S"], cell["connections"]["DI"]):
            a, b = driver.get(s), driver.get(di)
            through += a is None and isinstance(s, int)
            if a is not None and b is not None and a is not b and di not in shared and len(inputs(a) | inputs(b)) <= 5:
                shared.add(di)
    sites["lut"] = raw + through - len(shared) + (srl16 + 1) // 2
    return sites


def piece_tables(segments):
    """2^-f by chords, f in [i/n, (i+1)/n): the numbers of PieceUnit (models/numerics/integer_tables.h)."""
    slopes = offsets = 0
    for i in range(segments):
        low, high = 2.0 ** (-i / segments), 2.0 ** (-(i + 1) / segments)
        slope = (low - high) * segments
        slopes |= round(slope * 32768) << 17 * i
        offsets |= round((low + slope * i / segments) * 32768) << 17 * i
    return {"SLOPES": f"{17 * segments}'d{slopes}", "OFFSETS": f"{17 * segments}'d{offsets}"}


def sources():
    return "\n".join(f.read_text() for f in sorted(RTL.glob("*/*.sv")))


def header(block, text=None):
    text = text or sources()
    begin = text.index(f"module {block} ")
    return text[begin:text.index(";", begin)]


def with_parameters(text, block, values):
    """The source with other defaults for the block's parameters (yosys 0.23's chparam stumbles over some modules)."""
    old = new = header(block, text)
    for name, value in values.items():
        new, n = re.subn(rf"(parameter (?:\[[^=]*\] )?{name} = )\w+", rf"\g<1>{value}", new)
        if n != 1:
            sys.exit(f"{block} has no parameter {name}")
    return text.replace(old, new)


def synthesis(family, block):
    """synth_xilinx with its step map_dsp spelt out, for two reasons: xilinx_dsp fills DSP48E1 only, so a DSP48E2 goes through it
    by that name (tools/dsp48e2.v); and a packed pair is asked for in a slice, however narrow."""
    options = BLOCKS[block][1] + (" -uram" if block == "memory_ultra" else "")
    whole = f"synth_xilinx -family {family} -flatten -noiopad -noclkbuf {options}"
    if block not in IN_SLICES:
        return whole
    wide, narrow = PORTS[family]["WIDE"], PORTS[family]["NARROW"]
    slices = "+/xilinx/xc7_dsp_map.v" if family == "xc7" else f"{ROOT}/tools/dsp48e2.v"
    widths = (f"-D DSP_A_MAXWIDTH={wide} -D DSP_B_MAXWIDTH={narrow} -D DSP_A_MAXWIDTH_PARTIAL={narrow} -D DSP_A_MINWIDTH=2 "
              f"-D DSP_B_MINWIDTH=2 -D DSP_Y_MINWIDTH={2 if block == 'multiply_packed' else 9} -D DSP_SIGNEDONLY=1 "
              f"-D DSP_NAME=$__MUL{wide}X{narrow}")
    return (f"{whole} -run begin:map_dsp; memory_dff; techmap -map +/mul2dsp.v -map {slices} {widths}; "
            "select a:mul2dsp; setattr -unset mul2dsp; opt_expr -fine; wreduce; select -clear; xilinx_dsp -family xc7; "
            f"chtype -set $mul t:$__soft_mul; {whole} -run coarse:")


def synthesise(family, block, point):
    values = {**point, **(piece_tables(point["SEGMENTS"]) if block == "nonlinear_pieces" else {}),
              **(PORTS[family] if "parameter WIDE" in header(block) else {})}
    with tempfile.TemporaryDirectory() as scratch:
        netlist = pathlib.Path(scratch) / "netlist.json"
        source = pathlib.Path(scratch) / "blocks.sv"
        source.write_text(with_parameters(sources(), block, values))
        script = f"read_verilog -sv {source}; hierarchy -top {block}; {synthesis(family, block)}; write_json {netlist}"
        done = subprocess.run(["yosys", "-q", "-p", script], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{block} {point}: {done.stdout}{done.stderr}")
        modules = json.loads(netlist.read_text())["modules"]
    top = [n for n, m in modules.items() if int(m["attributes"].get("top", "0"), 2)]
    return count(modules, top[0])


def points_of(family, blocks):
    return [(family, b, p) for b in blocks for p in BLOCKS[b][0] if b != "memory_ultra" or family == "xcup"]


def run(points, jobs):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(synthesise, *p) for p in points]
        for i, (point, future) in enumerate(zip(points, futures)):
            yield point, future.result()
            print(f"\r{i + 1}/{len(points)} {point[0]} {point[1]}          ", end="", file=sys.stderr)
    print(file=sys.stderr)


def write(path, family, version, results):
    lines = []
    for block in BLOCKS:
        of_block = [r for r in results if r["block"] == block]
        lines += [json.dumps(r) for r in of_block]
    text = ('{\n'
            f'  "family": "{FAMILIES[family]}",\n  "tool": "{version}, synth_xilinx -family {family}",\n'
            '  "points": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append", choices=FAMILIES)
    parser.add_argument("--block", action="append", choices=BLOCKS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    parser.add_argument("--check", action="store_true", help="synthesise some points again and compare with the files")
    parser.add_argument("--every", type=int, default=8, help="with --check: every so many points")
    args = parser.parse_args()
    version = subprocess.run(["yosys", "-V"], capture_output=True, text=True, check=True).stdout.split("(")[0].strip()
    failed = False
    for family in args.family or FAMILIES:
        path = args.out / f"{FAMILIES[family]}.json"
        known = json.loads(path.read_text())["points"] if path.exists() else []
        blocks = args.block or list(BLOCKS)
        points = points_of(family, blocks)
        if args.check and not path.exists():
            continue
        if args.check:
            expected = {(k["block"], json.dumps(k["parameters"], sort_keys=True)): k["sites"] for k in known}
            for (_, block, point), sites in run(points[::args.every], args.jobs):
                was = expected.get((block, json.dumps(point, sort_keys=True)))
                if was != sites:
                    failed = True
                    print(f"{path.name}: {block} {point}: {was} in the file, {sites} now")
            continue
        for name in blocks:  # one after the other, so that what is there stays when this is interrupted
            known = [k for k in known if k["block"] != name]
            for (_, block, point), sites in run(points_of(family, [name]), args.jobs):
                known.append({"block": block, "parameters": point, "sites": sites})
            write(path, family, version, known)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
