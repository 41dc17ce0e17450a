// SPDX-License-Identifier: Apache-2.0
// The page of one design: what limits it, what would help and what that costs, and the evidence.
"use strict";

ssm.pages = ssm.pages || {};
ssm.pages.run = function (data) {
  const r = data.result;
  const setting = r.setting;
  const activity = new Map((r.actors || []).map((a) => [a.name, a]));
  const phase = setting ? (setting.phase.kind === "decode" ? `decode of ${setting.phase.length} token(s), batch ${setting.phase.batch}` : `prefill of ${setting.phase.length} tokens, batch ${setting.phase.batch}`) : `${r.tokens} token(s)`;
  ssm.header(`${r.design} on ${r.board}`, `${r.network}, ${phase}${setting ? `, ${ssm.si(setting.clock_hz, "Hz")}` : ""}${r.fidelity === "simulate" ? ", simulated" : ", closed form only (optimistic)"}`);
  const board = r.resources.of_board;
  const fullest = ssm.resourceKinds.map(([k, n]) => [board[k], n]).sort((a, b) => b[0] - a[0])[0];
  document.getElementById("content").append(ssm.tiles([
    ["Throughput", ssm.number(r.throughput_tokens_per_s), "tokens/s"],
    ["Latency of the run", ...ssm.si(r.latency_s, "s").split("\u00a0"), `${ssm.number(r.tokens)} token(s)`],
    ["Energy", ...ssm.si(r.energy_j_per_token, "J/token").split("\u00a0"), `${ssm.number(r.efficiency_tokens_per_j)} tokens/J`],
    ["Power", ssm.number(r.power_w), "W"],
    ["Fullest resource", ssm.percent(fullest[0]), "", `${fullest[1]} of the board`],
    r.memory && setting ? ["Memory traffic", ssm.number(r.memory.bandwidth_gb_s), "GB/s", `${ssm.percent(r.memory.efficiency)} of the devices' peak`] : null,
  ]));
  limits(r, setting);
  if (r.alternatives) alternatives(r);
  if (r.graph) ssm.section("diagram", "Block diagram", "Actors and channels of the dataflow graph that was simulated; colour is the share of the run a unit works.", ssm.diagram(r.graph, activity), ssm.channelTable(r.graph));
  if (r.actors) stalls(r);
  if (r.profile && r.profile.timeline && r.graph) ssm.section("timeline", "Timeline", `When each unit works, from the start of the run through ${r.profile.timeline.layers === 1 ? "its first layer" : `its first ${r.profile.timeline.layers} layers`}.`, ssm.timeline(r.profile.timeline, r.graph.actors));
  if (r.roofline) ssm.section("roofline", "Roofline", "Each operator by what it computes for a byte it fetches off chip, against what memory and its own unit could do.", ...ssm.roofline(r));
  if (r.memory) ssm.memorySection(r);
  energy(r);
  resources(r, setting);
  if (r.published) published(r);
  provenance(data, r, setting);
};

function limits(r, setting) {
  const s = ssm.section("limits", "What limits it", null, el("p", { class: "answer", id: "answer" }, r.bottleneck));
  if (!r.bounds) return;
  const names = { unit: "busiest unit", memory: "memory port", path: "chain through a layer" };
  const rows = Object.entries(r.bounds).map(([k, v]) => ({ name: names[k], value: v / r.cycles, colour: "var(--c-blue)" }));
  rows.sort((a, b) => b.value - a.value);
  if (rows[0]) rows[0].colour = "var(--c-orange)";
  const chain = r.chain || [];
  const all = chain.reduce((a, c) => a + c.cycles, 0);
  const top = chain.slice().sort((a, b) => b.cycles - a.cycles).slice(0, 8).map((c) => ({ name: c.actor, value: c.cycles / all }));
  s.append(el("div", { class: "columns" },
    el("div", {}, el("h3", {}, "Lower bounds, as a share of the time it took"), ssm.bars("bounds", "Lower bounds of the run time by cause", rows, { x: "share of the run (%)", tickFormat: (t) => ssm.number(100 * t), domain: [0, 1], text: (v) => ssm.percent(v, 4) }),
      el("p", { class: "note" }, "No run can be shorter than the longest of them. What is near 100 % sets the pace; the rest of the time is start-up and waiting that the simulation found.")),
    el("div", {}, el("h3", {}, "The chain of dependent steps through a layer"), ssm.bars("chain", "Share of the longest chain through a layer by unit", top, { x: "share of the chain (%)", tickFormat: (t) => ssm.number(100 * t), domain: [0, Math.max(...top.map((t) => t.value))], text: (v) => ssm.percent(v) }),
      el("p", { class: "note" }, "Matters where nothing is saturated: a layer cannot be faster than this chain, however wide the other units are."))),
  ssm.figures("Limits as a table", [{ label: "What", value: (x) => x.name }, { label: "Share", numeric: true, value: (x) => x.value, text: (x) => ssm.percent(x.value, 4) }], rows.concat(top)));
}

function alternatives(r) {
  const made = r.alternatives.filter((a) => !a.problem);
  const all = r.setting.board;
  const isBoard = (a) => a.settings.some((s) => s.startsWith("/board="));
  const order = (a, b) => (a.fits === b.fits ? (Math.abs(b.gain - a.gain) > 0.002 ? b.gain - a.gain : a.energy - b.energy) : a.fits ? -1 : 1);
  const pick = (rows) => rows.filter((a) => a.fits && a.closes !== false && a.gain > 0.005).sort(order)[0];
  const cost = (a) => { const parts = ssm.resourceKinds.filter(([k]) => Math.round(a.resources[k]) !== 0).map(([k, n]) => `${a.resources[k] > 0 ? "+" : "\u2212"}${ssm.number(Math.abs(Math.round(a.resources[k])), 7)} ${n}`); return parts.length ? parts.join(", ") : "none"; };
  const timing = (a) => (a.closes === false ? "; its clock is not expected to close" : "");
  const say = (a) => `${ssm.change(a.gain)} tokens/s and ${ssm.change(a.energy)} energy per token, for ${cost(a) === "none" ? "no further fabric" : cost(a)}; the fullest resource is then ${ssm.percent(a.fullest)} used${timing(a)}`;
  const here = pick(made.filter((a) => !isBoard(a))), there = pick(made.filter(isBoard));
  const words = [];
  if (here) words.push(`On this board, "${here.name}" promises most: ${say(here)}.`);
  else words.push("On this board none of the changes tried promises more than half a percent.");
  if (there) words.push(`To buy: "${there.name}" promises ${say(there)}.`);
  const rows = made.slice().sort(order);
  const experiment = r.source ? r.source.experiment : r.experiment;
  const earlier = r.source ? r.source.settings : [];
  const most = Math.max(0.01, ...made.map((a) => a.gain));
  ssm.section("alternatives", "What would help, and what it costs", "Single changes, evaluated in closed form against the closed form of this design: promises, to be confirmed by simulation (the command beside each).",
    el("p", { class: "answer", id: "advice" }, words.join(" ")),
    ssm.table([
      { label: "Change", value: (a) => a.name },
      { label: "tokens/s", unit: "promised", numeric: true, value: (a) => a.gain ?? null, text: (a) => (a.problem ? "\u2013" : ssm.change(a.gain)), node: (a) => { const span = el("span", {}, a.problem ? "\u2013" : ssm.change(a.gain)); if (!a.problem) { const b = el("span", { class: "cellbar", "aria-hidden": "true" }); b.style.width = Math.max(0, Math.min(90, 90 * a.gain / most)) + "px"; const pad = el("span", {}, b); pad.style.cssText = "display:inline-block;width:100px;text-align:left"; span.append(pad); } return span; } },
      { label: "Energy", unit: "per token", numeric: true, value: (a) => a.energy ?? null, text: (a) => (a.problem ? "\u2013" : ssm.change(a.energy)) },
      { label: "Cost in fabric", value: (a) => a.problem || cost(a) + timing(a), wrap: true },
      { label: "Fullest resource", unit: "of its board", numeric: true, value: (a) => (typeof a.fullest === "number" ? a.fullest : null), text: (a) => (a.problem ? "\u2013" : !a.fits ? "does not fit" : ssm.percent(a.fullest)) },
      { label: "Confirm", value: () => "", node: (a) => a.problem ? "" : ssm.copyButton("the command that simulates " + a.name, ssm.commandLine(["statelane", "simulate", experiment, ...[...earlier, ...a.settings].flatMap((s) => ["--set", s])])) },
    ], rows.concat(r.alternatives.filter((a) => a.problem)), { caption: "Changes and what they promise" }).node,
    el("p", { class: "note" }, "Several changes together, each simulated: statelane whatif. All combinations: statelane explore."));
}

const stallKinds = [["busy", "works", "var(--c-blue)"], ["stalled_on_memory", "waits for memory", "var(--c-red)"], ["stalled_on_input", "waits for another unit", "var(--c-idle)"], ["stalled_on_output", "waits for room behind it", "var(--c-orange)"]];
function stalls(r) {
  const rows = r.actors.flatMap((a) => stallKinds.map(([k]) => ({ name: a.name, kind: k, value: 100 * a[k] })));
  ssm.section("stalls", "Who works and who waits", "Where the time of each unit goes. A unit that waits for memory starves; one that waits for room is faster than what follows it.",
    ssm.stackedBars("stalls", "Time of each unit: working and waiting", rows, stallKinds, { x: "share of the run (%)", text: (v) => ssm.number(v, 3) + " %", domain: [0, 100] }),
    ssm.figures("Work and waiting as a table", [{ label: "Unit", value: (a) => a.name }, { label: "Firings", numeric: true, value: (a) => a.firings, text: (a) => ssm.number(a.firings, 9) }, ...stallKinds.map(([k, n]) => ({ label: n, unit: "% of the run", numeric: true, value: (a) => a[k], text: (a) => (100 * a[k]).toFixed(2) }))], r.actors));
}

const energyKinds = [["compute", "units at work", "var(--c-blue)"], ["on_chip", "on-chip buffers", "var(--c-sky)"], ["off_chip", "memory and its pins", "var(--c-orange)"], ["clock", "clock tree", "var(--c-green)"], ["static", "the device itself (static)", "var(--c-grey)"]];
function energy(r) {
  const flat = (by) => Object.entries(by).flatMap(([name, kinds]) => energyKinds.map(([k]) => ({ name, kind: k, value: 1e3 * kinds[k] })));
  const total = (kinds) => energyKinds.reduce((a, [k]) => a + kinds[k], 0);
  const sorted = (by) => Object.fromEntries(Object.entries(by).filter(([, k]) => total(k) > 0).sort((a, b) => total(b[1]) - total(a[1])));
  const columns = [{ label: "Part", value: (x) => x[0] }, ...energyKinds.map(([k, n]) => ({ label: n, unit: "mJ/token", numeric: true, value: (x) => 1e3 * x[1][k] })), { label: "all", unit: "mJ/token", numeric: true, value: (x) => 1e3 * total(x[1]) }];
  const all = total(r.energy.total);
  const largest = energyKinds.map(([k, n]) => [r.energy.total[k], n]).sort((a, b) => b[0] - a[0])[0];
  const parts = [["Component", "energy-components", sorted(r.energy.components)]];
  if (r.energy_operators) parts.push(["Operator", "energy-operators", sorted(r.energy_operators)]);
  ssm.section("energy", "Energy", `${ssm.si(all, "J")} a token; most of it for ${largest[1]} (${ssm.percent(largest[0] / all)}).`,
    el("div", { class: "columns" }, parts.map(([title, id, by]) => el("div", {}, el("h3", {}, "By " + title.toLowerCase()), ssm.stackedBars(id, "Energy per token by " + title.toLowerCase(), flat(by), energyKinds, { x: "energy (mJ/token)", text: (v) => ssm.number(v) + " mJ/token", marginLeft: 105 })))),
    parts.map(([title, , by]) => ssm.figures(`By ${title.toLowerCase()}, as a table`, columns, Object.entries(by))));
}

function resources(r, setting) {
  const palette = ["var(--c-blue)", "var(--c-orange)", "var(--c-green)", "var(--c-red)", "var(--c-sky)", "var(--c-purple)", "var(--c-yellow)", "var(--c-grey)"];
  const names = Object.keys(r.components);
  const kinds = names.map((n, i) => [n, n, palette[i % palette.length]]);
  const rows = ssm.resourceKinds.flatMap(([k, label]) => names.map((n) => ({ name: label, kind: n, value: 100 * r.components[n].of_board[k] })));
  const s = ssm.section("resources", "Resources", "What the design takes of its board, by component.",
    ssm.stackedBars("resources", "Share of the board's resources by component", rows, kinds, { x: "share of the board (%)", order: ssm.resourceKinds.map((k) => k[1]), marginLeft: 70, text: (v) => ssm.number(v, 3) + " % of the board" }));
  const column = (k, n) => ({ label: n, numeric: true, value: (x) => x[k], text: (x) => ssm.number(Math.round(x[k]), 8) });
  s.append(el("h3", {}, "By component"), ssm.table([{ label: "Component", value: (x) => x.name }, ...ssm.resourceKinds.map(([k, n]) => column(k, n))], names.map((name) => ({ name, ...r.components[name] })).concat([{ name: "total", ...r.resources }], setting ? [{ ...setting.board, name: "the board has" }] : []), { caption: "Resources by component" }).node);
  if (r.parts) s.append(el("details", {}, el("summary", {}, "Part by part"), ssm.table([{ label: "Part", value: (x) => x.name }, { label: "Component", value: (x) => x.component }, ...ssm.resourceKinds.map(([k, n]) => column(k, n))], r.parts, { caption: "Resources part by part", filter: true }).node));
}

function published(r) {
  const rows = r.published.rows;
  const shown = rows.filter((x) => x.published !== 0).map((x) => ({ name: x.figure.replace(/_/g, " ").replace(/\//g, " / "), value: 100 * x.error, colour: Math.abs(x.error) <= x.tolerance ? "var(--c-blue)" : "var(--c-red)" }));
  ssm.section("published", "Against the published figures", `${r.published.id}; ${r.published.source}. All rows are shown, whatever their error.`,
    ssm.bars("published", "Error against published figures", shown, { x: "error (%)", marginLeft: 210, step: 20, domain: [1.25 * Math.min(0, ...shown.map((x) => x.value)), 1.25 * Math.max(1, ...shown.map((x) => x.value))], text: (v) => ssm.change(v / 100) }), ssm.publishedTable(rows));
}
ssm.publishedTable = (rows) => ssm.table([{ label: "Figure", value: (x) => x.figure }, { label: "Published", numeric: true, value: (x) => x.published, text: (x) => ssm.number(x.published, 7) }, { label: "Simulated", numeric: true, value: (x) => x.simulated, text: (x) => ssm.number(x.simulated, 6) }, { label: "Error", numeric: true, value: (x) => Math.abs(x.error), text: (x) => (x.published === 0 ? (x.simulated === 0 ? "met" : "missed") : ssm.change(x.error)) }, { label: "Tolerance", numeric: true, value: (x) => x.tolerance, text: (x) => ssm.percent(x.tolerance) }], rows, { caption: "Published and simulated figures" }).node;

function provenance(data, r, setting) {
  const p = r.provenance || {};
  const source = r.source || { experiment: r.experiment, settings: [] };
  const words = (command, more) => ssm.commandLine(["statelane", command, source.experiment, ...source.settings.flatMap((s) => ["--set", s]), ...more]);
  const s = ssm.section("provenance", "How to get this again", null,
    (r.warnings || []).map((w) => el("p", { class: "note warn" }, "Warning: " + w)),
    el("h3", {}, "Simulate it"), ssm.command("the command that simulates this design", words("simulate", ["--out", "result.json"])),
    el("h3", {}, "Generate its HLS project"), ssm.command("the command that generates its HLS", words("hls", ["--out", "project"])));
  if (setting) s.append(ssm.json("The experiment with everything it refers to (JSON)", setting.experiment));
  s.append(el("details", {}, el("summary", {}, "Provenance"), ssm.table([{ label: "What", value: (x) => x[0] }, { label: "Value", value: (x) => String(x[1]), wrap: true }], Object.entries({ experiment: r.experiment, ...p, fidelity: r.fidelity, cycles: r.cycles, "lower bound (cycles)": r.bound_cycles, "bound by": r.bound_by }), { caption: "Provenance" }).node));
  document.getElementById("foot").append(`statelane ${p.version || ""}; configuration ${p.config_hash || "unknown"}; constants ${p.constants || ""} ${p.constants_hash || ""}. Figures are the simulator's; how far to trust them: README and docs/model.md of the project.`);
}
