// SPDX-License-Identifier: Apache-2.0
// The scatter plot: as many designs as there are, drawn as pixels on two canvases (all of them dimly; those that pass the filters), the
// front, marks and the chosen design as symbols above. Dragging filters both axes; a click or the arrow keys choose a design.
"use strict";

ssm.scatter = function (store) {
  const height = 440, margin = { left: 84, right: 14, top: 12, bottom: 46 };
  const back = el("canvas", { "aria-hidden": "true" }), fore = el("canvas", { "aria-hidden": "true" });
  const svg = el("svg:svg", { role: "application", tabindex: "0", "aria-label": "Designs as points. Arrow keys go along the front, Home to the best, End to the last; dragging filters." });
  const box = el("div", { class: "canvasbox", id: "chart-scatter" }, back, fore, svg);
  box.style.height = height + "px";
  let width = 0, x, y, px, py, colours, lastKey = "";
  const choice = { x: store.objectives[0].figure, y: (store.objectives[1] || store.objectives[0]).figure, colour: (store.objectives[2] || { figure: "limited by" }).figure, logX: false, logY: false };
  const column = (name) => store.columns.get(name);
  const categorical = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#8a94a3", "#c9b800"];

  /** Viridis without the end that the background swallows. */
  const ramp = (t) => d3.interpolateViridis(document.documentElement.dataset.theme === "dark" ? 0.25 + 0.75 * t : 0.92 * t);
  /** One of 256 colours for each row: 0xAABBGGRR as canvases want it. */
  function paint() {
    const c = column(choice.colour);
    const table = new Uint32Array(257);
    const pack = (css) => { const k = d3.rgb(css); return (255 << 24) | (k.b << 16) | (k.g << 8) | k.r; };
    const steps = c.categories ? Math.max(1, c.categories.length) : 256;
    for (let i = 0; i < 256; ++i) table[i] = pack(c.categories && steps <= 8 ? categorical[i % 8] : ramp((i % steps) / Math.max(1, steps - 1)));
    table[256] = pack("#8a94a3");
    colours = new Uint32Array(store.rows);
    const span = c.max - c.min || 1;
    // Colour is for what was simulated: closed forms are optimistic, and lie beyond the front without belonging there.
    const state = column("state"), optimistic = state.categories.map((s) => s === "closed form" || s === "open"), grey = pack(document.documentElement.dataset.theme === "dark" ? "#5b6878" : "#b4bcc6");
    for (let r = 0; r < store.rows; ++r) { const v = c.values[r]; colours[r] = optimistic[state.values[r]] ? grey : table[v !== v ? 256 : c.categories ? v & 255 : Math.max(0, Math.min(255, Math.round((255 * (v - c.min)) / span)))]; }
    legend();
  }
  const legendBox = el("div", { class: "bar" });
  function legend() {
    const c = column(choice.colour);
    if (c.categories && c.categories.length <= 8) legendBox.replaceChildren(el("span", {}, c.axis + ":"), ...c.categories.map((n, i) => { const k = el("i", { "aria-hidden": "true" }); k.style.cssText = `display:inline-block;width:.8em;height:.8em;border-radius:50%;background:${categorical[i]};margin-right:.35em`; return el("span", {}, k, n); }));
    else { const bar = el("div", { "aria-hidden": "true" }); bar.style.cssText = `width:160px;height:11px;border-radius:3px;background:linear-gradient(90deg,${[0, 0.25, 0.5, 0.75, 1].map(ramp).join(",")})`; const at = ssm.tickText(c); legendBox.replaceChildren(el("span", {}, c.axis + ":"), el("span", {}, at(c.min)), bar, el("span", {}, at(c.max))); }
  }

  /** Places of all designs in device pixels. */
  function place() {
    const cx = column(choice.x), cy = column(choice.y);
    x = ssm.columnScale(cx, [margin.left, width - margin.right], choice.logX);
    y = ssm.columnScale(cy, [height - margin.bottom, margin.top], choice.logY);
    px = new Float32Array(store.rows);
    py = new Float32Array(store.rows);
    // Affine maps, so that a hundred thousand designs are placed in a millisecond.
    const map = (scale, values, out, jitter) => {
      const [r0, r1] = scale.range(), log = !!scale.base, f = log ? Math.log : (v) => v;
      const [d0, d1] = scale.domain().map(f);
      const k = (r1 - r0) / (d1 - d0);
      const wide = jitter ? Math.abs(k) * 0.5 : 0;
      for (let i = 0; i < out.length; ++i) out[i] = r0 + (f(values[i]) - d0) * k + (wide ? wide * ((((i * 2654435761) >>> 8) & 1023) / 1023 - 0.5) : 0);
    };
    map(x, cx.values, px, !!cx.categories);
    map(y, cy.values, py, !!cy.categories);
  }

  /** The designs of `mask` as little squares; dim: all in the grey of what is filtered out. */
  function pixels(canvas, mask, dim) {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const w = Math.round(width * ratio), h = Math.round(height * ratio);
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; canvas.style.width = width + "px"; canvas.style.height = height + "px"; }
    const context = canvas.getContext("2d");
    if (!canvas.image || canvas.image.width !== w || canvas.image.height !== h) canvas.image = context.createImageData(w, h);
    const image = canvas.image;
    const out = new Uint32Array(image.data.buffer).fill(0);
    const size = Math.round((store.rows > 20000 ? 2 : store.rows > 3000 ? 3 : 5) * ratio), half = size >> 1;
    const dark = document.documentElement.dataset.theme === "dark";
    const grey = dark ? 0xff4a4036 : 0xffe2dcd6;
    let drawn = 0;
    for (let i = 0; i < store.rows; ++i) {
      if (!mask[i]) continue;
      const cx = Math.round(px[i] * ratio) - half, cy = Math.round(py[i] * ratio) - half;
      if (!(cx >= 0 && cy >= 0 && cx + size <= w && cy + size <= h)) continue;
      const colour = dim ? grey : colours[i];
      ++drawn;
      for (let b = 0; b < size; ++b) { const line = (cy + b) * w + cx; for (let a = 0; a < size; ++a) out[line + a] = colour; }
    }
    context.putImageData(image, 0, 0);
    return drawn;
  }

  const brush = d3.brush().on("brush end", brushed);
  let brushing = false;
  function brushed(event) {
    if (!event.sourceEvent || event.mode === undefined && !event.selection && !brushing) return;
    const s = event.selection;
    if (!s) {
      store.setFilters({ [choice.x]: null, [choice.y]: null });
      if (event.type === "end" && event.sourceEvent.type === "mouseup") { const [mx, my] = d3.pointer(event.sourceEvent, svg); pickNear(mx, my); }
      return;
    }
    brushing = true;
    const sort = (a, b) => (a < b ? [a, b] : [b, a]);
    store.setFilters({ [choice.x]: sort(x.invert(s[0][0]), x.invert(s[1][0])), [choice.y]: sort(y.invert(s[0][1]), y.invert(s[1][1])) }, event.type !== "end");
    if (event.type === "end") brushing = false;
  }
  function nearest(mx, my, most) {
    let best = -1, at = most * most;
    for (let i = 0; i < store.rows; ++i) {
      if (!store.mask[i]) continue;
      const d = (px[i] - mx) ** 2 + (py[i] - my) ** 2 - (store.onFront[i] ? 30 : 0);
      if (d < at) { at = d; best = i; }
    }
    return best;
  }
  function pickNear(mx, my) { const r = nearest(mx, my, 16); if (r >= 0) store.pick(r); }

  const axisX = el("svg:g", { class: "axis", "aria-hidden": "true" }), axisY = el("svg:g", { class: "axis", "aria-hidden": "true" }), grid = el("svg:g", { "aria-hidden": "true" }), symbols = el("svg:g", {}), brushLayer = el("svg:g", { class: "brush" });
  svg.append(grid, axisX, axisY, brushLayer, symbols);
  symbols.style.pointerEvents = "none";
  function frame() {
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    const cx = column(choice.x), cy = column(choice.y);
    const tx = ssm.columnTicks(cx, x, width / 95), ty = ssm.columnTicks(cy, y, 8);
    d3.select(axisX).attr("transform", `translate(0,${height - margin.bottom})`).call(d3.axisBottom(x).tickValues(tx).tickFormat(ssm.tickText(cx)));
    d3.select(axisY).attr("transform", `translate(${margin.left},0)`).call(d3.axisLeft(y).tickValues(ty).tickFormat(ssm.tickText(cy)));
    grid.replaceChildren(...tx.map((t) => el("svg:line", { class: "gridline", x1: x(t), x2: x(t), y1: margin.top, y2: height - margin.bottom })), ...ty.map((t) => el("svg:line", { class: "gridline", x1: margin.left, x2: width - margin.right, y1: y(t), y2: y(t) })));
    for (const old of svg.querySelectorAll(".title")) old.remove();
    axisX.append(el("svg:text", { class: "title", x: (margin.left + width - margin.right) / 2, y: 38, fill: "var(--ink)", "text-anchor": "middle", "font-size": 12.5 }, cx.axis));
    axisY.append(el("svg:text", { class: "title", transform: `translate(-66,${(margin.top + height - margin.bottom) / 2}) rotate(-90)`, fill: "var(--ink)", "text-anchor": "middle", "font-size": 12.5 }, cy.axis));
    brush.extent([[margin.left, margin.top], [width - margin.right, height - margin.bottom]]);
    d3.select(brushLayer).call(brush);
    if (store.filters.size === 0) d3.select(brushLayer).call(brush.move, null);
  }
  function drawSymbols() {
    const items = [];
    const front = store.front.map((r) => [px[r], py[r], r]).filter(([a, b]) => a === a && b === b);
    if (front.length > 1 && front.length < 3000) items.push(el("svg:path", { d: d3.line().curve(d3.curveLinear)(front.slice().sort((a, b) => a[0] - b[0] || a[1] - b[1])), fill: "none", stroke: "var(--ink)", "stroke-width": 1, opacity: store.objectives.length > 2 ? 0 : 0.55 }));
    for (const [a, b, r] of front) items.push(el("svg:circle", { cx: a, cy: b, r: 4, fill: "none", stroke: "var(--ink)", "stroke-width": 1.4, opacity: store.mask[r] ? 1 : 0.35 }));
    if (store.knee >= 0) items.push(el("svg:circle", { cx: px[store.knee], cy: py[store.knee], r: 9, fill: "none", stroke: "var(--c-purple)", "stroke-width": 2.5 }));
    const star = d3.symbol(d3.symbolStar, 150)();
    for (const m of store.marks) {
      const a = px[m.row], b = py[m.row];
      if (a !== a || b !== b) continue;
      const flip = a > width * 0.66;
      items.push(el("svg:path", { d: star, transform: `translate(${a},${b})`, fill: "var(--c-orange)", stroke: "var(--ink)", "stroke-width": 1.2 }), el("svg:text", { x: a + (flip ? -12 : 12), y: b + 4, "font-size": 12, "font-weight": 600, fill: "var(--ink)", stroke: "var(--card)", "stroke-width": 3.5, "paint-order": "stroke", "text-anchor": flip ? "end" : "start" }, m.label));
    }
    if (store.picked >= 0) items.push(el("svg:circle", { cx: px[store.picked], cy: py[store.picked], r: 8, fill: "none", stroke: "var(--c-red)", "stroke-width": 3 }));
    symbols.replaceChildren(...items);
  }

  svg.addEventListener("keydown", (e) => {
    const at = store.front.indexOf(store.picked);
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at < 0 ? store.front.length - 1 : at - 1, ArrowUp: at < 0 ? store.front.length - 1 : at - 1, Home: 0, End: store.front.length - 1 }[e.key];
    if (next === undefined || !store.front.length) return;
    e.preventDefault();
    store.pick(store.front[Math.max(0, Math.min(store.front.length - 1, next))]);
  });
  svg.addEventListener("mousemove", (e) => {
    if (e.buttons) return ssm.tip.hide();
    const b = svg.getBoundingClientRect();
    const r = nearest(e.clientX - b.left, e.clientY - b.top, 10);
    if (r < 0) return ssm.tip.hide();
    ssm.tip.show(store.describe(r), e);
  });
  svg.addEventListener("mouseleave", ssm.tip.hide);

  const names = Array.from(store.columns.values()).filter((c) => ["figure", "number", "parameter"].includes(c.role));
  const select = (name, key, list) => { const s = el("select", { "aria-label": name, id: "select-" + key }, list.map((c) => el("option", { value: c.name }, c.axis))); s.value = choice[key]; s.addEventListener("change", () => { choice[key] = s.value; lastKey = ""; api.draw(); }); return el("label", {}, name, s); };
  const check = (name, key) => { const c = el("input", { type: "checkbox", id: "check-" + key }); c.addEventListener("change", () => { choice[key] = c.checked; lastKey = ""; api.draw(); }); return el("label", {}, c, name); };
  const api = {
    node: el("div", {}, el("div", { class: "bar" }, select("Across", "x", names), check("logarithmic", "logX"), select("Up", "y", names), check("logarithmic", "logY"), select("Colour", "colour", [...names, store.columns.get("limited by"), store.columns.get("state")])), legendBox, box,
      el("p", { class: "note" }, "Rings: the front; star: a published or marked design; violet ring: the knee; grey: closed form, optimistic. Drag to filter, click a point for the whole design; with the keyboard, arrows walk along the front.")),
    /** All of it if axes, size or theme changed, else what the filters change. */
    draw() {
      if (!width) return;
      const key = [width, JSON.stringify(choice), document.documentElement.dataset.theme, store.baseVersion].join();
      if (key !== lastKey) { lastKey = key; place(); paint(); frame(); pixels(back, store.base, true); }
      const drawn = pixels(fore, store.mask, false);
      drawSymbols();
      box.dataset.drawn = drawn;
    },
    clearBrush() { if (width) d3.select(brushLayer).call(brush.move, null); },
    position: (row) => [px[row], py[row]],
  };
  new ResizeObserver((entries) => { const w = Math.floor(entries[0].contentRect.width); if (w > 150 && w !== width) { width = w; api.draw(); } }).observe(box);
  document.addEventListener("themechange", () => api.draw());
  return api;
};
