// SPDX-License-Identifier: Apache-2.0
// Charts by Observable Plot and d3. Without them (a build that had no npm) a chart is the picture gnuplot drew, or nothing but its table.
"use strict";
ssm.hasCharts = typeof Plot === "object" && typeof d3 === "object";

/** A chart that is drawn anew when its width changes. `draw(width)` gives a node; `name` is also that of a static picture. */
ssm.chart = function (name, label, draw) {
  const box = el("div", { class: "chart", id: "chart-" + name });
  const picture = (ssm.data.pictures || {})[name];
  if (!ssm.hasCharts) {
    if (picture) box.append(el("img", { src: "data:image/svg+xml;base64," + picture, alt: label }));
    else box.append(el("p", { class: "note" }, "Drawn only by a build with npm's charting libraries; the table has the figures."));
    return box;
  }
  let width = 0;
  const redraw = (w) => {
    width = w;
    const node = draw(w);
    for (const svg of node.tagName === "svg" ? [node] : node.querySelectorAll("svg")) if (!svg.closest("figure > div")) { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", label); }
    // The picture as a whole has a name; parts of a picture may not have their own.
    for (const part of node.querySelectorAll("svg [aria-label]")) { part.dataset.mark = part.getAttribute("aria-label"); part.removeAttribute("aria-label"); }
    box.replaceChildren(node);
  };
  new ResizeObserver((entries) => { const w = Math.floor(entries[0].contentRect.width); if (w > 40 && Math.abs(w - width) > 4) redraw(w); }).observe(box);
  return box;
};

/** Colours of the theme now, for canvases. */
ssm.colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const plotStyle = { fontSize: "12px", background: "transparent" };

/** Stacked horizontal bars. rows: {name, kind, value}; kinds: [[key, label, colour]]. */
ssm.stackedBars = function (name, label, rows, kinds, options = {}) {
  const names = options.order || Array.from(new Set(rows.map((r) => r.name)));
  return el("div", {}, ssm.hasCharts ? ssm.legend(kinds.map(([, l, c]) => [l, c])) : null, ssm.chart(name, label, (width) => Plot.plot({
    width, height: 62 + 22 * names.length, marginBottom: 42, marginLeft: options.marginLeft || 120, marginRight: 24, style: plotStyle, ariaLabel: label,
    x: { label: options.x, grid: true, domain: options.domain, tickFormat: options.tickFormat, labelAnchor: "center", labelArrow: "none", labelOffset: 36 },
    y: { domain: names, label: null, tickSize: 0 },
    color: { domain: kinds.map((k) => k[0]), range: kinds.map((k) => k[2]) },
    marks: [
      Plot.barX(rows, { x: "value", y: "name", fill: "kind", order: kinds.map((k) => k[0]), insetTop: 2, insetBottom: 2,
        title: (r) => `${r.name}: ${(kinds.find((k) => k[0] === r.kind) || [0, r.kind])[1]} ${options.text ? options.text(r.value) : ssm.number(r.value)}`, tip: { fontSize: 12, y: "name" } }),
      Plot.ruleX([0], { stroke: "var(--soft)" }),
      ...(options.marks || []),
    ],
  })));
};

/** Horizontal bars of one kind, negative ones to the left. rows: {name, value, colour?} */
ssm.bars = function (name, label, rows, options = {}) {
  const short = (t) => (t.length > 40 ? t.slice(0, 39) + "\u2026" : t);
  const marginLeft = Math.max(options.marginLeft || 60, 16 + 6.6 * Math.max(0, ...rows.map((r) => short(r.name).length)));
  return ssm.chart(name, label, (width) => Plot.plot({
    width, height: 66 + (options.step || 26) * rows.length, marginBottom: 42, marginLeft, marginRight: options.marginRight || 90, style: plotStyle, ariaLabel: label,
    x: { label: options.x, grid: true, tickFormat: options.tickFormat, labelAnchor: "center", labelArrow: "none", labelOffset: 36, nice: true, domain: options.domain, type: options.type },
    y: { domain: rows.map((r) => r.name), label: null, tickSize: 0, tickFormat: short },
    marks: [
      Plot.barX(rows, { x: "value", y: "name", fill: (r) => r.colour || "var(--c-blue)", insetTop: 3, insetBottom: 3 }),
      Plot.text(rows, { x: "value", y: "name", text: (r) => r.text || (options.text || ssm.number)(r.value), textAnchor: "start", dx: 6, filter: (r) => !(r.value < 0) }),
      Plot.text(rows, { x: "value", y: "name", text: (r) => r.text || (options.text || ssm.number)(r.value), textAnchor: "end", dx: -6, filter: (r) => r.value < 0 }),
      Plot.ruleX([0], { stroke: "var(--soft)" }),
      ...(options.marks || []),
    ],
  }));
};
ssm.plotStyle = plotStyle;
