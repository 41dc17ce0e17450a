// SPDX-License-Identifier: Apache-2.0
// The block diagram: actors and channels of the dataflow graph, laid out by dagre.
"use strict";

/** graph: as in the result's "graph"; busy: fraction by actor name (or nothing). */
ssm.diagram = function (graph, activity) {
  const label = "Block diagram: units as boxes, channels as arrows";
  if (!ssm.hasCharts || typeof dagre !== "object") return ssm.chart("diagram", label, () => el("div", {}));
  const busyOf = (name) => { const a = activity.get(name); return a ? a.busy : null; };
  const width = 136, height = 42;
  const g = new dagre.graphlib.Graph({ multigraph: true });
  g.setGraph({ rankdir: "TB", nodesep: 22, ranksep: 30, edgesep: 12, marginx: 10, marginy: 14 });
  g.setDefaultEdgeLabel(() => ({}));
  graph.actors.forEach((a, i) => g.setNode(String(i), { width, height }));
  graph.channels.forEach((c, i) => { if (c.producer !== c.consumer) g.setEdge(String(c.producer), String(c.consumer), { weight: c.next_layer ? 0 : 2 }, String(i)); });
  dagre.layout(g);
  const shape = g.graph();
  // Cividis: even steps of lightness, the same for all kinds of colour vision.
  const colour = (b) => (b === null ? "var(--c-idle)" : d3.interpolateCividis(0.08 + 0.92 * Math.min(1, b)));
  const share = (b) => (b > 0 && b < 0.001 ? "< 0.1 %" : ssm.percent(b, 2));
  const ink = (b) => (b === null ? "var(--ink)" : b > 0.55 ? "#10151c" : "#ffffff");
  const svg = el("svg:svg", { viewBox: `0 0 ${Math.ceil(shape.width)} ${Math.ceil(shape.height)}`, role: "group", "aria-label": label + "; Tab goes through the units" });
  svg.append(el("svg:defs", {}, el("svg:marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse", markerUnits: "userSpaceOnUse" }, el("svg:path", { d: "M0,0 L8,4 L0,8 z", fill: "var(--soft)" }))));
  const path = d3.line((p) => p.x, (p) => p.y).curve(d3.curveBasis);
  graph.channels.forEach((c, i) => {
    const edge = g.edge(String(c.producer), String(c.consumer), String(i));
    if (!edge) return;
    const bits = c.word_bits || c.element_bits;
    const text = `${c.name}\n${graph.actors[c.producer].name} \u2192 ${graph.actors[c.consumer].name}\n${bits} bit wide, ${ssm.number(c.capacity)} tile(s) of ${ssm.number(c.tile_elements)} \u00d7 ${c.element_bits} bit` +
      (c.storage ? `\n${c.words} words in ${c.storage}` : "") + (c.peak_occupancy === undefined ? "" : `\nat most ${c.peak_occupancy} tile(s) in it`) + (c.next_layer ? "\nto the next layer" : "");
    const p = el("svg:path", { d: path(edge.points), class: "edge" + (c.next_layer ? " loop" : ""), "stroke-width": Math.max(1, Math.min(6, Math.log2(bits) - 3)), "marker-end": "url(#arrow)" });
    const hit = el("svg:path", { d: path(edge.points), fill: "none", stroke: "transparent", "stroke-width": 10 });
    hit.addEventListener("mousemove", (e) => ssm.tip.show(text, e));
    hit.addEventListener("mouseleave", ssm.tip.hide);
    svg.append(p, hit);
    // Channels side by side share a label: the widest of them.
    const beside = graph.channels.filter((o) => o.producer === c.producer && o.consumer === c.consumer);
    const widest = Math.max(...beside.map((o) => o.word_bits || o.element_bits));
    if (bits >= 32 && c === beside.find((o) => (o.word_bits || o.element_bits) === widest)) {
      const middle = edge.points[Math.floor(edge.points.length / 2)];
      svg.append(el("svg:text", { x: middle.x + 4, y: middle.y + 3, "text-anchor": "start", "font-size": 10, fill: "var(--soft)", "aria-hidden": "true" }, beside.length > 1 ? `${bits} (+${beside.length - 1})` : bits));
    }
  });
  graph.actors.forEach((a, i) => {
    const n = g.node(String(i));
    const b = busyOf(a.name);
    const s = activity.get(a.name);
    const what = a.kind === "compute" ? (a.operators || []).join(", ") : a.kind.startsWith("memory") ? (a.kind === "memory_read" ? "reads " : "writes ") + "port " + a.port : "host";
    const text = `${a.name} (${a.unit || a.kind.replace("_", " ")})\n${what}` + (s ? `\nbusy ${ssm.percent(s.busy)}, waits for input ${ssm.percent(s.stalled_on_input)}, for room ${ssm.percent(s.stalled_on_output)}, for memory ${ssm.percent(s.stalled_on_memory)}` : "");
    const node = el("svg:g", { class: "node", tabindex: 0, role: "img", "aria-label": text.replace(/\n/g, "; "), transform: `translate(${n.x - width / 2},${n.y - height / 2})` },
      el("svg:rect", { width, height, rx: a.kind === "compute" ? 7 : 0, fill: colour(b), "stroke-dasharray": a.kind === "compute" ? null : "4 3" }),
      el("svg:text", { x: width / 2, y: 17, "text-anchor": "middle", "font-size": 12.5, "font-weight": 600, fill: ink(b) }, a.name.length > 19 ? a.name.slice(0, 18) + "\u2026" : a.name),
      el("svg:text", { x: width / 2, y: 33, "text-anchor": "middle", "font-size": 11, fill: ink(b) }, (a.kind === "compute" ? (a.lanes ? `${a.lanes} results/beat` : a.unit) : a.kind === "host" ? "host" : "DMA") + (b === null ? "" : `, ${share(b)}`)));
    node.addEventListener("mousemove", (e) => ssm.tip.show(text, e));
    node.addEventListener("mouseleave", ssm.tip.hide);
    node.addEventListener("focus", () => { const r = node.getBoundingClientRect(); ssm.tip.show(text, { clientX: r.left, clientY: r.bottom }); });
    node.addEventListener("blur", ssm.tip.hide);
    svg.append(node);
  });
  const scale = el("div", { class: "bar" }, el("span", {}, "busy 0 %"), (() => { const c = el("div", { "aria-hidden": "true" }); c.style.cssText = `width:140px;height:12px;border-radius:3px;background:linear-gradient(90deg,${[0, 0.25, 0.5, 0.75, 1].map((t) => d3.interpolateCividis(0.08 + 0.92 * t)).join(",")})`; return c; })(), el("span", {}, "100 %"), el("span", { class: "note" }, "Arrows: thicker is wider (bits beside those of 32 and more); dashed goes to the next layer. Dashed boxes move data, rounded ones compute."));
  const box = el("div", { class: "chart", id: "chart-diagram" });
  svg.style.width = shape.width + "px";
  svg.style.maxWidth = "none";
  svg.style.margin = "0 auto";
  const scroll = el("div", { tabindex: "0", role: "region", "aria-label": "Block diagram, scrolls sideways" }, svg);
  scroll.style.overflowX = "auto";
  box.append(scale, scroll);
  return box;
};

/** The channels of the graph as a table: what the arrows say. */
ssm.channelTable = (graph) => ssm.figures("Channels as a table", [
  { label: "Channel", value: (c) => c.name }, { label: "From", value: (c) => graph.actors[c.producer].name }, { label: "To", value: (c) => graph.actors[c.consumer].name },
  { label: "Width", unit: "bit", numeric: true, value: (c) => c.word_bits ?? c.element_bits }, { label: "Capacity", unit: "tiles", numeric: true, value: (c) => c.capacity }, { label: "Tile", unit: "elements", numeric: true, value: (c) => c.tile_elements }, { label: "Element", unit: "bit", numeric: true, value: (c) => c.element_bits },
  { label: "Stands in", value: (c) => (c.storage ? `${c.storage}, ${c.words} words` : "") }, { label: "At most", unit: "tiles in it", numeric: true, value: (c) => c.peak_occupancy ?? null }], graph.channels);
