// SPDX-License-Identifier: Apache-2.0
// The page of a what-if: what changes buy, what they cost, and which resource buys most.
"use strict";

ssm.pages = ssm.pages || {};
ssm.pages.whatif = function (data) {
  const w = data.whatif, base = w.base.result;
  const made = w.changes.filter((c) => c.result), failed = w.changes.filter((c) => c.problem);
  const rate = (r) => r.throughput_tokens_per_s, joules = (r) => r.energy_j_per_token;
  const gain = (c) => rate(c.result) / rate(base) - 1, more = (c) => joules(c.result) / joules(base) - 1;
  const fullest = (r) => Math.max(...ssm.resourceKinds.map(([k]) => r.resources.of_board[k]));
  ssm.header(`What if: ${base.design} on ${base.board}`, `${base.network}; ${made.length} changes and combinations, each simulated`);
  document.getElementById("content").append(ssm.tiles([
    ["As it is", ssm.number(rate(base)), "tokens/s"], ["Energy", ssm.number(joules(base)), "J/token"], ["Power", ssm.number(base.power_w), "W"], ["Fullest resource", ssm.percent(fullest(base)), "of the board"],
    ["Limited by", base.bottleneck_detail.resource, ""],
  ]));
  if (data.note) document.getElementById("content").append(el("p", { class: "note" }, data.note));

  // In words: the best that fits, the best value, and what a tenth of each resource buys.
  const words = [];
  const fits = made.filter((c) => fullest(c.result) <= 1);
  const best = fits.slice().sort((a, b) => gain(b) - gain(a))[0];
  const single = fits.filter((c) => !c.name.includes(" + ")).sort((a, b) => gain(b) - gain(a))[0];
  const cost = (c) => { const d = ssm.resourceKinds.map(([k, n]) => [Math.round(c.result.resources[k] - base.resources[k]), n]).filter(([v]) => v); return d.length ? d.map(([v, n]) => `${v > 0 ? "+" : "\u2212"}${ssm.number(Math.abs(v), 8)} ${n}`).join(", ") : "no fabric"; };
  if (single && gain(single) > 0.005) words.push(`The single change that buys most is "${single.name}": ${ssm.change(gain(single))} tokens/s and ${ssm.change(more(single))} energy per token, for ${cost(single)}.`);
  else words.push("No single change buys more than half a percent.");
  if (best && best !== single && gain(best) > gain(single) + 0.005) words.push(`Together, "${best.name}" reaches ${ssm.number(rate(best.result))} tokens/s (${ssm.change(gain(best))}).`);
  ssm.section("answer-section", "In short", null, el("p", { class: "answer", id: "answer" }, words.join(" ")),
    el("h3", {}, "What limits it, before and after"),
    el("ul", { id: "shifts" }, el("li", {}, `As it is: ${base.bottleneck}`), made.map((c) => el("li", {}, c.result.bottleneck_detail.resource === base.bottleneck_detail.resource ? `${c.name}: still ${base.bottleneck_detail.resource} (${ssm.change(gain(c))} tokens/s).` : `${c.name}: from ${base.bottleneck_detail.resource} to ${c.result.bottleneck_detail.resource} (${ssm.change(gain(c))} tokens/s). ${c.result.bottleneck}`))));

  const all = [{ name: w.base.name, result: base }, ...made];
  const bars = (id, title, label, value, colour) => el("div", {}, el("h3", {}, title), ssm.bars(id, title, all.map((c, i) => ({ name: c.name, value: value(c.result), colour: i ? colour : "var(--c-grey)" })), { x: label, marginRight: 60, step: 22, marks: ssm.hasCharts ? [Plot.ruleX([value(base)], { stroke: "var(--c-red)", strokeDasharray: "4 3" })] : [] }));
  ssm.section("bars", "Before and after", "Grey and the dashed line: as it is.", el("div", { class: "columns" }, bars("rate", "Throughput", "throughput (tokens/s)", rate, "var(--c-blue)"), bars("joules", "Energy", "energy (J/token)", joules, "var(--c-orange)")));

  if (w.tornado.length) {
    const by = ssm.number(100 * (data.factor - 1));
    const rows = w.tornado.map((t) => ({ name: t.resource, value: 100 * t.gain }));
    const useful = w.tornado.filter((t) => t.gain > 0.001);
    ssm.section("tornado", `What ${by} % more of one resource buys`, useful.length ? `Each resource alone ${by} % faster, everything else as it is, simulated. Only ${useful.slice(0, 4).map((t) => t.resource).join(", ")} ${useful.length > 1 ? "matter" : "matters"}; the rest buys nothing.` : "No resource alone buys anything: several have to grow together.",
      ssm.bars("tornado", "Gain of throughput by resource", rows, { x: `gain of throughput (%) for ${by} % more of the resource`, marginLeft: 150, step: 19, text: (v) => ssm.change(v / 100), domain: [Math.min(0, 1.3 * Math.min(...rows.map((r) => r.value))), Math.max(0.5, 1.15 * Math.max(...rows.map((r) => r.value)))] }),
      ssm.figures("Sensitivities as a table", [{ label: "Resource", value: (t) => t.resource }, { label: "tokens/s", numeric: true, value: (t) => t.throughput_tokens_per_s, text: (t) => ssm.number(t.throughput_tokens_per_s, 6) }, { label: "Gain", numeric: true, value: (t) => t.gain, text: (t) => ssm.change(t.gain) }], w.tornado));
  }
  const resource = (k, n) => ({ label: n, numeric: true, value: (c) => c.result.resources[k], text: (c) => ssm.number(Math.round(c.result.resources[k]), 8) });
  ssm.section("changes", "All changes and combinations", null, ssm.table([
    { label: "Change", value: (c) => c.name, wrap: true }, { label: "tokens/s", numeric: true, value: (c) => rate(c.result), text: (c) => ssm.number(rate(c.result), 5) }, { label: "Gain", numeric: true, value: gain, text: (c) => (c.result === base ? "" : ssm.change(gain(c))) },
    { label: "Energy", unit: "J/token", numeric: true, value: (c) => joules(c.result) }, { label: "against", unit: "as it is", numeric: true, value: more, text: (c) => (c.result === base ? "" : ssm.change(more(c))) }, ...ssm.resourceKinds.map(([k, n]) => resource(k, n)),
    { label: "Fullest", unit: "of its board", numeric: true, value: (c) => fullest(c.result), text: (c) => ssm.percent(fullest(c.result)) }, { label: "Limited by", value: (c) => c.result.bottleneck_detail.resource, wrap: true },
    { label: "Command", value: () => "", node: (c) => ssm.copyButton("the command that simulates " + c.name, ssm.commandLine(["statelane", "simulate", data.experiment, ...[...data.settings, ...(c.settings || [])].flatMap((s) => ["--set", s]), "--out", "result.json"])) },
  ], all, { caption: "Changes and combinations" }).node,
  failed.length ? [el("h3", {}, "What cannot be made"), el("ul", {}, failed.map((c) => el("li", {}, `${c.name}: ${c.problem}`)))] : null);
  const p = base.provenance;
  ssm.section("provenance", "How to get this again", null, ssm.command("the command that makes this page", ssm.commandLine(["statelane", "whatif", data.experiment, data.file, ...data.settings.flatMap((s) => ["--set", s]), "--out", "whatif.html"])));
  document.getElementById("foot").append(`statelane ${data.version}; configuration ${p.config_hash}; constants ${p.constants} ${p.constants_hash}.`);
};
