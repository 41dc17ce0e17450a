// SPDX-License-Identifier: Apache-2.0
// The page of a sweep: linked views over its designs.
"use strict";

ssm.pages = ssm.pages || {};
ssm.pages.store = function (data) {
  const counts = countsOf(data);
  const strategy = data.runs.length ? data.runs[data.runs.length - 1].strategy : "";
  ssm.header(`Designs of ${data.sweep}`, `${ssm.number(data.rows, 9)} designs in this page; objectives: ${data.objectives.map((o) => `${ssm.figureTitle(o.figure)} ${o.direction === "max" ? "as high" : "as low"} as possible`).join(", ")}`);
  const content = document.getElementById("content");
  content.append(ssm.tiles([
    ["Pareto front", ssm.number(data.front.length, 9), "designs", data.exact ? "exact: no other legal design belongs to it" : `of what ${strategy} found`],
    ["Legal designs", counts.legal === undefined ? "\u2013" : ssm.number(counts.legal, 12), "", counts.indices === undefined ? "" : `of ${ssm.number(counts.indices, 12)} combinations`],
    ["Different simulations", counts.simulations === undefined ? "\u2013" : ssm.number(counts.simulations, 9), "", counts.simulated_points === undefined ? "" : `stand for ${ssm.number(counts.simulated_points, 9)} designs`],
    ["Hypervolume", ssm.number(data.hypervolume), "", "of the box from worst to best"],
    ["Neither simulated nor refuted", ssm.number(counts.open || 0, 9), "", counts.open ? `could add ${ssm.number(counts.open_hypervolume || 0)} to it at most` : "nothing is left open"],
  ]));
  if (data.problem) content.append(el("p", { class: "note warn" }, data.problem));
  if (!ssm.hasCharts) {
    ssm.section("scatter", "Designs", null, ssm.chart("scatter", "Designs and their Pareto front"), el("h3", {}, "Parallel coordinates of the front"), ssm.chart("parallel", "Parallel coordinates of the front"));
    ssm.loadColumns(data).then((columns) => plainTable(data, columns));
    return;
  }
  const loading = el("p", { class: "note" }, "Unpacking the designs \u2026");
  content.append(loading);
  ssm.ready = new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))).then(() => ssm.loadColumns(data)).then((columns) => { loading.remove(); build(data, columns); document.documentElement.dataset.loaded = "yes"; });
};

/** What the searches came to: the exact ones (all shards added up) where the front is exact, else the last one. */
function countsOf(data) {
  const exact = data.runs.filter((r) => r.counts.exact && r.state === "finished");
  const runs = data.exact && exact.length ? exact.filter((r) => r.shards === exact[exact.length - 1].shards) : data.runs.slice(-1);
  const sum = { ...(runs[0] || { counts: {} }).counts };
  for (const r of runs.slice(1)) for (const k of ["indices", "points", "legal", "simulated_points", "simulations", "open"]) sum[k] = (sum[k] || 0) + (r.counts[k] || 0);
  if (runs.length > 1) delete sum.progress;
  return sum;
}

function plainTable(data, columns) {
  const list = [...columns.values()].filter((c) => ["figure", "number", "parameter"].includes(c.role));
  ssm.section("table", "The front", null, ssm.table(list.map((c) => ({ label: c.label, unit: c.unit, numeric: !c.categories, value: (r) => c.values[r], text: (r) => c.text(r) })), data.front, { caption: "Designs of the front", filter: true, height: 520 }).node);
}

function build(data, columns) {
  const rows = data.rows;
  const store = { position: (r) => scatter.position(r), data, columns, rows, objectives: data.objectives, front: data.front, marks: data.marks, knee: data.knee, filters: new Map(), picked: -1, base: new Uint8Array(rows), mask: new Uint8Array(rows), onFront: new Uint8Array(rows), baseVersion: 0, frames: 0 };
  ssm.store = store;
  for (const r of data.front) store.onFront[r] = 1;
  const state = columns.get("state");
  const kinds = { simulated: true, "closed form": true, open: true };

  function base() {
    for (let i = 0; i < rows; ++i) store.base[i] = kinds[state.categories[state.values[i]]] !== false ? 1 : 0;
    ++store.baseVersion;
  }
  function filter() {
    store.mask.set(store.base);
    let passing = 0;
    for (const [name, [lo, hi]] of store.filters) { const v = columns.get(name).values; for (let i = 0; i < rows; ++i) if (!(v[i] >= lo && v[i] <= hi)) store.mask[i] = 0; }
    for (let i = 0; i < rows; ++i) passing += store.mask[i];
    store.passing = passing;
  }
  let pending = false, settle = 0, coarse = false;
  /** One drawing a frame, however fast the pointer moves; the table and fine lines when it rests. */
  function update(moving) {
    coarse = moving && rows > 3000;
    clearTimeout(settle);
    settle = setTimeout(() => { if (coarse) { coarse = false; parallel.draw(false); } refill(); }, moving ? 180 : 0);
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; filter(); scatter.draw(); parallel.draw(coarse); counted(); ++store.frames; });
  }
  store.setFilters = function (changes, moving = false) {
    for (const [name, range] of Object.entries(changes)) {
      if (range) store.filters.set(name, range); else store.filters.delete(name);
    }
    update(moving);
  };
  store.clear = function () { store.filters.clear(); scatter.clearBrush(); update(false); };
  store.describe = (r) => [store.marks.filter((m) => m.row === r).map((m) => m.label), ...data.objectives.map((o) => { const c = columns.get(o.figure); return `${c.label}: ${c.text(r)} ${c.unit}`; }), columns.get("limited by").text(r) !== "\u2013" ? "limited by " + columns.get("limited by").text(r) : [], state.text(r) === "closed form" || state.text(r) === "open" ? "closed form: optimistic" : []].flat().join("\n");
  store.pick = function (r) {
    store.picked = r;
    detail.replaceChildren(ssm.designPanel(store, r));
    scatter.draw();
    parallel.draw(false);
    table.pick(r);
    ssm.say(store.describe(r).replace(/\n/g, ", "));
  };

  answers(store, columns);

  const scatter = ssm.scatter(store), parallel = ssm.parallel(store);
  const status = el("span", { id: "passing", role: "status" });
  const chips = el("div", { id: "filters" });
  const toggles = el("div", { class: "bar" }, Object.keys(kinds).filter((k) => state.categories.includes(k)).map((k) => { const c = el("input", { type: "checkbox" }); c.checked = true; c.addEventListener("change", () => { kinds[k] = c.checked; base(); update(false); }); return el("label", {}, c, k === "closed form" ? "sample in closed form (optimistic)" : k === "open" ? "open (optimistic)" : k); }), el("button", { type: "button", id: "clear", onclick: () => store.clear() }, "Clear filters"), status);
  function counted() { status.textContent = `${ssm.number(store.passing, 9)} of ${ssm.number(rows, 9)} designs pass`; }

  ssm.section("scatter", "Designs", null, toggles, scatter.node);
  ssm.section("parallel", "Parallel coordinates", "Every design is a line over figures and parameters; drag along an axis to keep what passes there. Orange: the front; red: the chosen design.", parallel.node, chips);
  const detail = el("div", { id: "detail" });
  ssm.section("design", "The chosen design", null, detail);
  const listed = [...new Set([...data.objectives.map((o) => o.figure), "throughput_tokens_per_s", "energy_j_per_token", "power_w", "resources.lut", "resources.ff", "resources.dsp", "resources.bram36", "resources.uram", "resources.max.of_board"])].filter((n) => columns.has(n)).concat([...columns.values()].filter((c) => c.role === "number" || c.role === "parameter").map((c) => c.name));
  const front = { label: "Front", value: (r) => (store.onFront[r] ? "yes" : "") };
  const table = ssm.table([front, { label: "State", value: (r) => state.text(r) }, { label: "Limited by", value: (r) => columns.get("limited by").text(r) }, ...listed.map((n) => columns.get(n)).map((c) => ({ label: c.label, unit: c.unit || null, numeric: !c.categories, value: (r) => c.values[r], text: (r) => c.text(r) }))], [], { caption: "Designs that pass the filters", filter: true, height: 480, pick: (r) => store.pick(r), sort: [3, data.objectives[0].direction === "max"] });
  const onlyFront = el("input", { type: "checkbox", id: "only-front" });
  onlyFront.checked = true;
  onlyFront.addEventListener("change", refill);
  function refill() {
    const list = [];
    for (let i = 0; i < rows; ++i) if (store.mask[i] && (!onlyFront.checked || store.onFront[i] || state.categories[state.values[i]] === "mark")) list.push(i);
    table.update(list);
    filterFields();
  }
  ssm.section("table", "Table", "The designs that pass the filters; click a heading to sort, a row to choose.", el("div", { class: "bar" }, el("label", {}, onlyFront, "only the front and the marked designs")), table.node);

  /** Filters in numbers, for the keyboard and for what a pointer cannot hit. */
  function filterFields() {
    if (chips.contains(document.activeElement) && document.activeElement.tagName === "INPUT") return;
    const add = el("select", { "aria-label": "Filter by" }, el("option", { value: "" }, "Add a filter \u2026"), [...columns.values()].filter((c) => ["figure", "number", "parameter", "limit"].includes(c.role)).map((c) => el("option", { value: c.name }, c.axis)));
    add.addEventListener("change", () => { const c = columns.get(add.value); if (c) { store.setFilters({ [c.name]: c.categories ? [-0.5, c.categories.length - 0.5] : [c.min, c.max] }); } });
    chips.replaceChildren(el("h3", {}, "Filters"), ...Array.from(store.filters).map(([name, [lo, hi]]) => {
      const c = columns.get(name);
      const field = (which, value) => {
        if (c.categories) { const s = el("select", { "aria-label": `${c.label}, ${which}` }, c.categories.map((v, i) => el("option", { value: i }, v))); s.value = which === "least" ? Math.max(0, Math.ceil(lo)) : Math.min(c.categories.length - 1, Math.floor(hi)); s.addEventListener("change", () => store.setFilters({ [name]: which === "least" ? [+s.value - 0.5, hi] : [lo, +s.value + 0.5] })); return s; }
        const i = el("input", { type: "number", step: "any", value: Number(value.toPrecision(6)), "aria-label": `${c.label}, ${which}` });
        i.addEventListener("change", () => store.setFilters({ [name]: which === "least" ? [+i.value, hi] : [lo, +i.value] }));
        return i;
      };
      return el("div", { class: "bar" }, el("span", {}, `${c.axis} from`), field("least", lo), el("span", {}, "to"), field("most", hi), el("button", { type: "button", "aria-label": `Remove the filter on ${c.label}`, onclick: () => { store.setFilters({ [name]: null }); scatter.clearBrush(); } }, "Remove"));
    }), el("div", { class: "bar" }, add));
  }

  search(data);
  storeProvenance(data);
  base();
  filter();
  counted();
  refill();
  const first = data.knee >= 0 ? data.knee : data.front[0];
  if (first !== undefined) store.pick(first);
}

/** What a stranger asks, in words. */
function answers(store, columns) {
  const data = store.data;
  const words = [];
  const show = (r, skip) => data.objectives.filter((o) => o.figure !== skip).map((o) => { const c = columns.get(o.figure); return c.unit === "fraction of the board" ? `${ssm.percent(c.values[r])} of its fullest resource` : c.unit ? `${c.text(r)} ${c.unit}` : `${c.label} ${c.text(r)}`; }).join(", ");
  for (const o of data.objectives) {
    const c = columns.get(o.figure);
    const best = data.front.slice().sort((a, b) => (o.direction === "max" ? c.values[b] - c.values[a] : c.values[a] - c.values[b]))[0];
    if (best !== undefined) words.push([`Best ${c.label}: ${c.unit === "fraction of the board" ? ssm.percent(c.values[best]) : (c.text(best) + " " + c.unit).trim()}, at ${show(best, o.figure)}.`, best]);
  }
  if (data.knee >= 0) words.push([`The knee, near the best of everything at once: ${show(data.knee)}.`, data.knee]);
  for (const m of data.marks) {
    if (!m.beaten_by) { words.push([`${m.label} (${show(m.row)}): no simulated design is better in everything.`, m.row]); continue; }
    const gains = m.nearest === undefined ? "" : "; one of the front changes " + data.objectives.map((o) => { const c = columns.get(o.figure); return `${c.label} by ${ssm.change(c.values[m.nearest] / c.values[m.row] - 1)}`; }).join(", ");
    words.push([`${m.label} (${show(m.row)}) is beaten by ${ssm.number(m.beaten_by, 9)} simulated designs${gains}.`, m.nearest ?? m.row]);
  }
  const limits = new Map();
  const limit = columns.get("limited by");
  for (const r of data.front) limits.set(limit.text(r), (limits.get(limit.text(r)) || 0) + 1);
  limits.delete("\u2013");
  const what = Array.from(limits).sort((a, b) => b[1] - a[1]).map(([n, k]) => `${n} (${k} of ${data.front.length})`).join(", ");
  ssm.section("answers", "In short", null, what ? el("p", { class: "answer", id: "answer" }, `What limits the designs of the front: ${what}.`) : null,
    el("ul", {}, words.map(([text, row]) => el("li", {}, text + " ", el("button", { type: "button", onclick: () => { store.pick(row); document.getElementById("design").scrollIntoView(); } }, "Show")))));
}

function search(data) {
  const c = countsOf(data);
  const progress = (c.progress || []).map(([simulated, hypervolume]) => ({ simulated, hypervolume }));
  const steps = [["combinations of the axes", c.indices], ["legal designs", c.legal], ["designs whose figures are simulated", c.simulated_points], ["different simulations made", c.simulations], ["designs on the front", data.front.length]].filter(([, v]) => v > 0);
  if (!steps.length) return;
  ssm.section("search", "How the search went", data.exact ? "Every legal design that was not simulated is beaten, even in its optimistic closed form, by one that was." : null,
    ssm.bars("search", "Designs at each step of the search", steps.map(([name, value]) => ({ name, value: Math.log10(value) + 0.05, text: ssm.number(value, 12) })), { x: "designs (logarithmic)", marginLeft: 230, marginRight: 100, tickFormat: (t) => (Number.isInteger(t) ? ssm.number(10 ** t, 9) : "") }),
    progress.length > 1 ? [el("h3", {}, "Hypervolume as designs were simulated"), ssm.chart("progress", "Hypervolume over the number of designs simulated", (width) => Plot.plot({ width, height: 250, marginBottom: 42, marginLeft: 60, style: ssm.plotStyle, ariaLabel: "Hypervolume over the number of designs simulated", x: { type: "log", label: "designs simulated", labelAnchor: "center", labelArrow: "none", labelOffset: 36, grid: true, tickFormat: (t) => ssm.number(t, 9), ticks: 6 }, y: { label: "hypervolume (fraction of the box)", grid: true, labelArrow: "none", zero: true }, marks: [Plot.lineY(progress, { x: "simulated", y: "hypervolume", curve: "step-after", stroke: "var(--c-blue)", strokeWidth: 2 }), Plot.dot(progress, { x: "simulated", y: "hypervolume", fill: "var(--c-blue)", r: 3, title: (p) => `${ssm.number(p.simulated, 9)} designs: ${ssm.number(p.hypervolume, 5)}`, tip: { fontSize: 12 } })] })), ssm.figures("Progress as a table", [{ label: "Designs simulated", numeric: true, value: (p) => p.simulated, text: (p) => ssm.number(p.simulated, 9) }, { label: "Hypervolume", numeric: true, value: (p) => p.hypervolume, text: (p) => ssm.number(p.hypervolume, 6) }], progress)] : null,
    ssm.figures("The search as a table", [{ label: "Step", value: (s) => s[0] }, { label: "Designs", numeric: true, value: (s) => s[1], text: (s) => ssm.number(s[1], 12) }], steps),
    Object.keys(c.refused || {}).length ? ssm.figures("Why designs were refused", [{ label: "Reason", value: (s) => s[0] }, { label: "Designs", numeric: true, value: (s) => s[1], text: (s) => ssm.number(s[1], 12) }], Object.entries(c.refused)) : null);
}

function storeProvenance(data) {
  ssm.section("provenance", "Provenance", null, ssm.table([{ label: "Run", value: (r) => (r.shards > 1 ? `shard ${r.shard} of ${r.shards}` : "whole") }, { label: "Strategy", value: (r) => r.strategy }, { label: "State", value: (r) => r.state }, { label: "Seed", numeric: true, value: (r) => r.seed }, { label: "Version", value: (r) => r.version }, { label: "Designs (hash)", value: (r) => r.hash }, { label: "Constants (hash)", value: (r) => r.constants }, { label: "Machine", value: (r) => r.machine }, { label: "Started", value: (r) => r.started }], data.runs, { caption: "Runs of this sweep" }).node,
    el("h3", {}, "Explore it again"), ssm.command("the command that explores this sweep", ssm.commandLine(["statelane", "explore", data.sweep, "--store", "results.db"])));
  document.getElementById("foot").append(`statelane ${data.version}. Throughput and energy of simulated designs are simulated, resources estimated; sampled and open designs are closed form and optimistic.`);
}
