// SPDX-License-Identifier: Apache-2.0
// Results side by side, against the first of them.
"use strict";

ssm.pages = ssm.pages || {};
ssm.pages.compare = function (data) {
  const all = data.results, first = all[0];
  const palette = ["var(--c-blue)", "var(--c-orange)", "var(--c-green)", "var(--c-red)", "var(--c-sky)", "var(--c-purple)", "var(--c-yellow)", "var(--c-grey)"];
  ssm.header(`${all.length} results side by side`, all.map((r) => r.name).join(", "));
  const at = (o, path) => path.split(".").reduce((v, k) => (v === undefined || v === null ? undefined : v[k]), o);
  const figures = data.compared.map((f) => [f.title, f.unit, f.pointer.slice(1).replaceAll("/", "."), f.better]);
  const main = figures.filter((f) => ["throughput_tokens_per_s", "energy_j_per_token", "power_w", "efficiency_tokens_per_j"].includes(f[2]));
  const best = (path, sign) => all.slice().sort((a, b) => sign * ((at(b.result, path) ?? NaN) - (at(a.result, path) ?? NaN)))[0];
  const fast = best("throughput_tokens_per_s", 1), thrifty = best("energy_j_per_token", -1);
  ssm.section("short", "In short", null, el("p", { class: "answer", id: "answer" }, `${fast.name} is fastest (${ssm.number(fast.result.throughput_tokens_per_s)} tokens/s); ${thrifty === fast ? "it also" : thrifty.name} spends least energy per token (${ssm.si(thrifty.result.energy_j_per_token, "J")}).`),
    el("ul", {}, all.map((r) => el("li", {}, el("strong", {}, r.name), ` (${r.result.design} on ${r.result.board}, ${r.result.network}): ${r.result.bottleneck}`))));
  ssm.section("figures", "Figures", `Changes are against ${first.name}.`, ssm.table([{ label: "Figure", value: (f) => f[0] }, { label: "Unit", value: (f) => f[1] }, ...all.flatMap((r, i) => [{ label: r.name, numeric: true, value: (f) => at(r.result, f[2]) ?? null, text: (f) => ssm.number(at(r.result, f[2]), 6) }, ...(i ? [{ label: "change", numeric: true, value: (f) => at(r.result, f[2]) / at(first.result, f[2]), text: (f) => { const x = at(r.result, f[2]) / at(first.result, f[2]); return Number.isFinite(x) ? ssm.change(x - 1) : "\u2013"; } }] : [])])], figures, { caption: "Figures side by side" }).node);
  ssm.section("charts", "Main figures", null, el("div", { class: "columns" }, main.map(([name, unit, path], k) => el("div", {}, el("h3", {}, name), ssm.bars("compare-" + k, name, all.map((r, i) => ({ name: r.name, value: at(r.result, path), colour: palette[i % 8] })), { x: `${name} (${unit})`, marginRight: 60 })))));
  const kinds = all.map((r, i) => [r.name, r.name, palette[i % 8]]);
  const shares = ssm.resourceKinds.flatMap(([k, n]) => all.map((r) => ({ resource: n, name: r.name, value: 100 * r.result.resources.of_board[k] })));
  const grouped = (id, label, rows, key, x) => ssm.hasCharts ? [ssm.legend(kinds.map(([, l, c]) => [l, c])), ssm.chart(id, label, (width) => Plot.plot({ width, height: 70 + new Set(rows.map((r) => r[key])).size * (10 + 15 * all.length), marginBottom: 42, marginLeft: 130, marginRight: 60, style: ssm.plotStyle, ariaLabel: label, fy: { label: null, domain: [...new Set(rows.map((r) => r[key]))], axis: "left", padding: 0.15 }, y: { axis: null, domain: all.map((r) => r.name) }, x: { label: x, grid: true, labelAnchor: "center", labelArrow: "none", labelOffset: 36 }, color: { domain: kinds.map((k) => k[0]), range: kinds.map((k) => k[2]) }, marks: [Plot.barX(rows, { x: "value", y: "name", fy: key, fill: "name" }), Plot.text(rows, { x: "value", y: "name", fy: key, text: (r) => ssm.number(r.value, 3), dx: 4, textAnchor: "start", fontSize: 10 }), Plot.ruleX([0], { stroke: "var(--soft)" })] }))] : [];
  ssm.section("resources", "Share of the board", null, grouped("compare-resources", "Share of the board by resource", shares, "resource", "share of its board (%)"));
  const kindsOfEnergy = [["compute", "units at work"], ["on_chip", "on-chip buffers"], ["off_chip", "memory and its pins"], ["clock", "clock tree"], ["static", "the device itself"]];
  ssm.section("energy", "Energy by kind", null, grouped("compare-energy", "Energy per token by kind", kindsOfEnergy.flatMap(([k, n]) => all.map((r) => ({ kind: n, name: r.name, value: 1e3 * r.result.energy.total[k] }))), "kind", "energy (mJ/token)"));
  const busy = all.filter((r) => r.result.actors);
  if (busy.length) {
    const units = [...new Set(busy.flatMap((r) => r.result.actors.map((a) => a.name)))];
    ssm.section("busy", "Units at work", "Share of the run each unit works, where a design has it.", ssm.table([{ label: "Unit", value: (u) => u }, ...busy.map((r) => ({ label: r.name, unit: "% busy", numeric: true, value: (u) => { const a = r.result.actors.find((x) => x.name === u); return a ? 100 * a.busy : null; }, text: (u) => { const a = r.result.actors.find((x) => x.name === u); return a ? (100 * a.busy).toFixed(2) : "\u2013"; } }))], units, { caption: "Share of the run each unit works" }).node);
  }
  ssm.section("provenance", "Provenance", null, ssm.table([{ label: "Result", value: (r) => r.name }, { label: "Design", value: (r) => r.result.design }, { label: "Fidelity", value: (r) => r.result.fidelity }, { label: "Version", value: (r) => (r.result.provenance || {}).version }, { label: "Configuration", value: (r) => (r.result.provenance || {}).config_hash }, { label: "Constants", value: (r) => (r.result.provenance || {}).constants_hash }], all, { caption: "Provenance of the results" }).node);
};
