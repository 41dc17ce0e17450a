// SPDX-License-Identifier: Apache-2.0
// Parallel coordinates with brushes. Level of detail: between two neighbouring axes designs are counted by the places they join, and each
// pair of places is one line, darker the more designs take it: exact for parameters, whatever their number; figures are
// put in bins, coarser while a brush moves. The front and the chosen design are drawn one by one.
"use strict";

ssm.parallel = function (store) {
  const height = 360, margin = { left: 50, right: 50, top: 48, bottom: 18 };
  const canvas = el("canvas", { "aria-hidden": "true" });
  const svg = el("svg:svg", { class: "parallel", role: "group", "aria-label": "Parallel coordinates: a vertical axis for each figure and parameter; drag along an axis to filter, or use the number fields below" });
  const box = el("div", { class: "canvasbox", id: "chart-parallel" }, canvas, svg);
  box.style.height = height + "px";
  let width = 0;
  const shown = [...new Set([...store.objectives.map((o) => o.figure), ...Array.from(store.columns.values()).filter((c) => c.role === "number").map((c) => c.name), ...Array.from(store.columns.values()).filter((c) => c.role === "parameter" && c.categories.length > 1).map((c) => c.name)])].slice(0, 12);
  let scales = new Map();
  let bins = new Map();
  let brushes = new Map();
  const column = (name) => store.columns.get(name);
  const top = margin.top, bottom = height - margin.bottom;
  const place = (name) => margin.left + (shown.length < 2 ? 0 : (shown.indexOf(name) * (width - margin.left - margin.right)) / (shown.length - 1));

  function binned(name, most) {
    const key = name + most;
    if (bins.has(key)) return bins.get(key);
    const c = column(name), scale = scales.get(name), count = c.categories ? Math.max(1, c.categories.length) : most;
    const index = new Int16Array(store.rows), y = new Float32Array(count);
    for (let i = 0; i < count; ++i) y[i] = c.categories ? scale(i) : bottom - ((i + 0.5) / count) * (bottom - top);
    const [d0, d1] = scale.domain();
    for (let r = 0; r < store.rows; ++r) { const v = c.values[r]; index[r] = v !== v ? -1 : c.categories ? v : Math.max(0, Math.min(count - 1, Math.floor(((v - d0) / (d1 - d0)) * count))); }
    const out = { index, y, count };
    bins.set(key, out);
    return out;
  }

  function lines(mask, most, context, rgb, strength) {
    for (let k = 0; k + 1 < shown.length; ++k) {
      const a = binned(shown[k], most), b = binned(shown[k + 1], most);
      const counts = new Uint32Array(a.count * b.count);
      const ia = a.index, ib = b.index;
      let largest = 0;
      for (let r = 0; r < store.rows; ++r) { if (!mask[r] || ia[r] < 0 || ib[r] < 0) continue; const c = ++counts[ia[r] * b.count + ib[r]]; if (c > largest) largest = c; }
      if (!largest) continue;
      const x0 = place(shown[k]), x1 = place(shown[k + 1]), bend = (x1 - x0) * 0.4, full = Math.log1p(largest);
      // Lines of like weight are one path: a few strokes instead of thousands.
      const levels = Array.from({ length: 6 }, () => new Path2D());
      for (let i = 0; i < a.count; ++i) for (let j = 0; j < b.count; ++j) {
        const n = counts[i * b.count + j];
        if (!n) continue;
        const p = levels[Math.min(5, Math.floor((6 * Math.log1p(n)) / full))];
        p.moveTo(x0, a.y[i]);
        if (most < 40) p.lineTo(x1, b.y[j]);
        else p.bezierCurveTo(x0 + bend, a.y[i], x1 - bend, b.y[j], x1, b.y[j]);
      }
      levels.forEach((p, l) => { context.strokeStyle = `rgba(${rgb},${strength * (0.12 + 0.16 * l)})`; context.lineWidth = 0.8 + 0.22 * l; context.stroke(p); });
    }
  }
  function one(row, context) {
    context.beginPath();
    let first = true;
    for (let k = 0; k < shown.length; ++k) {
      const v = column(shown[k]).values[row];
      if (v !== v) continue;
      const x = place(shown[k]), y = scales.get(shown[k])(v);
      if (first) context.moveTo(x, y);
      else { const x0 = place(shown[k - 1]), y0 = scales.get(shown[k - 1])(column(shown[k - 1]).values[row]), bend = (x - x0) * 0.4; context.bezierCurveTo(x0 + bend, y0, x - bend, y, x, y); }
      first = false;
    }
    context.stroke();
  }
  function drawLines(coarse) {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
    const c = canvas.getContext("2d");
    c.scale(ratio, ratio);
    const dark = document.documentElement.dataset.theme === "dark";
    lines(store.mask, coarse ? 20 : 56, c, dark ? "106,193,245" : "0,90,146", 1);
    c.strokeStyle = dark ? "#f0b429" : "#b36b00";
    c.lineWidth = 1;
    c.globalAlpha = 0.7;
    for (const r of store.front.slice(0, 400)) if (store.mask[r]) one(r, c);
    c.globalAlpha = 1;
    if (store.picked >= 0) { c.strokeStyle = ssm.colour("--c-red"); c.lineWidth = 3.5; one(store.picked, c); }
  }
  function drawAxes() {
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    svg.replaceChildren();
    scales = new Map();
    bins = new Map();
    brushes = new Map();
    shown.forEach((name, k) => {
      const c = column(name);
      const scale = ssm.columnScale(c, [bottom, top], false);
      scales.set(name, scale);
      const g = el("svg:g", { class: "axis", transform: `translate(${place(name)},0)` });
      svg.append(g);
      d3.select(g).call(d3.axisLeft(scale).tickValues(ssm.columnTicks(c, scale, 6)).tickFormat(ssm.tickText(c)));
      d3.select(g).selectAll(".tick text").attr("stroke", "var(--card)").attr("stroke-width", 3).attr("paint-order", "stroke");
      const room = shown.length < 2 ? width : (width - margin.left - margin.right) / (shown.length - 1);
      const anchor = k === 0 ? "start" : k === shown.length - 1 ? "end" : "middle";
      const x = k === 0 ? -40 : k === shown.length - 1 ? 40 : 0;
      const title = el("svg:text", { x, y: k % 2 && room < 130 ? 14 : 30, "text-anchor": anchor, "font-weight": 600, fill: "var(--ink)" }, c.label);
      g.append(title);
      if (c.unit) g.append(el("svg:text", { x, y: k % 2 && room < 130 ? 25 : 41, "text-anchor": anchor, fill: "var(--soft)" }, c.unit));
      const b = d3.brushY().extent([[-13, top], [13, bottom]]).on("brush end", (event) => {
        if (!event.sourceEvent) return;
        const s = event.selection;
        store.setFilters({ [name]: s ? [scale.invert(s[1]), scale.invert(s[0])] : null }, event.type !== "end");
      });
      const layer = el("svg:g", { class: "brush", "data-axis": name });
      g.append(layer);
      d3.select(layer).call(b);
      brushes.set(name, [b, layer, scale]);
    });
    syncBrushes();
  }
  /** Brushes show the filters, whoever set them. */
  function syncBrushes() {
    for (const [name, [b, layer, scale]] of brushes) {
      const f = store.filters.get(name);
      const now = d3.brushSelection(layer);
      const want = f ? [Math.max(top, scale(f[1])), Math.min(bottom, scale(f[0]))] : null;
      if (!want && now) d3.select(layer).call(b.move, null);
      if (want && want[1] > want[0] && (!now || Math.abs(now[0] - want[0]) > 0.5 || Math.abs(now[1] - want[1]) > 0.5)) d3.select(layer).call(b.move, want);
    }
  }
  const checks = el("div", { class: "bar", role: "group", "aria-label": "Axes of the parallel coordinates" });
  for (const c of store.columns.values()) {
    if (!["figure", "number", "parameter", "limit"].includes(c.role)) continue;
    const input = el("input", { type: "checkbox" });
    input.checked = shown.includes(c.name);
    input.addEventListener("change", () => { if (input.checked) shown.push(c.name); else if (shown.length > 2) shown.splice(shown.indexOf(c.name), 1); else input.checked = true; drawAxes(); drawLines(false); });
    checks.append(el("label", {}, input, c.axis));
  }
  const api = {
    node: el("div", {}, box, el("details", {}, el("summary", {}, "Choose the axes"), checks)),
    draw(coarse) { if (!width) return; drawLines(coarse); syncBrushes(); },
  };
  new ResizeObserver((entries) => { const w = Math.floor(entries[0].contentRect.width); if (w > 200 && w !== width) { width = w; drawAxes(); drawLines(false); } }).observe(box);
  document.addEventListener("themechange", () => { if (width) drawLines(false); });
  return api;
};
