// SPDX-License-Identifier: Apache-2.0
// Everything about one design of a store: figures against a published one, configuration, resources, commands.
"use strict";

/** JSON pointer and value pairs that make this design of the sweep's experiment. */
ssm.settingsOf = function (store, row) {
  const settings = (store.data.settings || []).slice();
  for (const axis of store.data.axes || []) {
    const c = store.columns.get(axis.name);
    const v = c ? c.values[row] : NaN;
    if (v !== v) continue;
    const value = axis.values.find((a) => a.label === c.categories[v]);
    if (value) settings.push(...value.set);
  }
  return settings;
};
/** The experiment file of a design. */
ssm.experimentOf = function (store, row) {
  const out = JSON.parse(JSON.stringify(store.data.experiment_document || {}));
  delete out.$schema;
  const overrides = out.overrides || {};
  for (const [pointer, value] of ssm.settingsOf(store, row)) {
    const path = pointer.split("/").slice(1);
    if (path[0] === "network" || path[0] === "board") out[path[0]] = value;
    else if (path[0] === "phase" && path.length === 2) out.phase = { ...out.phase, [path[1]]: value };
    else overrides[pointer] = value;
  }
  if (Object.keys(overrides).length) out.overrides = overrides;
  return out;
};

ssm.designPanel = function (store, row) {
  const mark = store.marks.find((m) => m.row === row);
  const state = store.columns.get("state").text(row);
  const kind = mark ? mark.label : `design ${ssm.number(store.columns.get("index").values[row], 12)}`;
  const where = store.onFront[row] ? "on the front" : state === "closed form" ? "not simulated: figures are optimistic" : state === "open" ? "not refuted: figures are optimistic" : mark ? (mark.beaten_by ? `beaten by ${ssm.number(mark.beaten_by, 8)} of the simulated designs` : "beaten by none of the simulated designs") : "beaten by another design";
  const limit = store.columns.get("limited by").text(row);
  const other = store.marks.find((m) => m.row !== row) || (store.knee >= 0 && store.knee !== row ? { row: store.knee, label: "the knee" } : null);
  const figures = Array.from(store.columns.values()).filter((c) => (c.role === "figure" && !c.name.includes("of_board")) || c.role === "number");
  const change = (c) => { if (!other) return ""; const a = c.values[row], b = c.values[other.row]; return b && Number.isFinite(a / b) ? ssm.change(a / b - 1) : ""; };
  const resources = [["lut", "LUT"], ["ff", "FF"], ["dsp", "DSP"], ["bram18", "BRAM18", "bram"], ["uram", "URAM"]].map(([k, name, share]) => {
    const used = store.columns.get("resources." + k).values[row], part = store.columns.get(`resources.${share || k}.of_board`).values[row];
    if (!(part > 0)) return el("div", { class: "meter" }, el("span", {}, name), el("div", { class: "track" }), el("span", {}, `${ssm.number(used, 7)} used`));
    return ssm.meter(name, Math.round(used), Math.round(used / part));
  });
  const parameters = (store.data.axes || []).map((a) => store.columns.get(a.name)).filter((c) => c && c.values[row] === c.values[row]);
  const panel = el("div", { class: "detail", id: "detail-body" },
    el("div", {}, el("h3", {}, kind + " ", el("span", { class: "pill" }, where)),
      limit !== "\u2013" ? el("p", { class: "answer" }, `Limited by: ${limit}`, el("br", {}), el("small", {}, limit.startsWith("port") || limit.startsWith("memory") ? "Buy bandwidth or move fewer bytes; wider units would wait." : limit.startsWith("chain") ? "Nothing is saturated: shorten the chain of dependent steps, widening its units together, or raise the clock." : "Widen this unit or raise the clock.", " (closed form)")) : null,
      ssm.table([{ label: "Figure", value: (c) => c.label }, { label: "Value", numeric: true, value: (c) => c.values[row], text: (c) => ssm.number(c.values[row], 6) }, { label: "Unit", value: (c) => c.unit }, ...(other ? [{ label: "Against", unit: other.label, numeric: true, value: (c) => c.values[row] / c.values[other.row], text: change }] : [])], figures, { caption: "Figures of this design" }).node),
    el("div", {}, el("h3", {}, "Resources against the board"), el("div", { id: "meters" }, resources),
      parameters.length ? [el("h3", {}, "Configuration"), ssm.table([{ label: "Parameter", value: (c) => c.name }, { label: "Value", value: (c) => c.text(row) }, ...(other ? [{ label: other.label, value: (c) => c.text(other.row) }] : [])].slice(0, 2), parameters, { caption: "Parameters of this design" }).node] : null),
  );
  if (!mark && store.data.experiment) {
    const settings = ssm.settingsOf(store, row).map(([p, v]) => `${p}=${typeof v === "string" ? v : JSON.stringify(v)}`);
    const words = (command, ...more) => ssm.commandLine(["statelane", command, store.data.experiment, ...settings.flatMap((s) => ["--set", s]), ...more]);
    panel.append(el("div", { class: "wide" }, el("h3", {}, "Simulate it and look at it"), ssm.command("the command that simulates this design", words("simulate", "--out", "result.json")), ssm.command("the command that makes its report", "statelane report result.json --out report.html"), el("h3", {}, "Generate its HLS project"), ssm.command("the command that generates its HLS", words("hls", "--out", "project")), ssm.json("Its experiment file (JSON)", ssm.experimentOf(store, row))));
    panel.lastChild.style.gridColumn = "1 / -1";
  }
  return panel;
};
