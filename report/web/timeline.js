// SPDX-License-Identifier: Apache-2.0
// The timeline of a layer: a row an actor, zoomable; firings narrower than a pixel are drawn together.
"use strict";

ssm.timeline = function (timeline, actors) {
  const label = "Timeline: when each unit works";
  if (!ssm.hasCharts) return ssm.chart("timeline", label, () => el("div", {}));
  const rows = timeline.actors.map((flat, i) => ({ actor: actors[i], flat })).filter((r) => r.flat.length > 0);
  const rowHeight = 17, left = 118, top = 8, bottom = 42;
  const height = top + rows.length * rowHeight + bottom;
  const kinds = { compute: ["computes", "--c-blue"], memory_read: ["reads memory", "--c-orange"], memory_write: ["writes memory", "--c-red"], host: ["host", "--c-purple"] };
  const canvas = el("canvas", { tabindex: "0", role: "img", "aria-label": label + ". Arrow keys move, plus and minus zoom, Home shows all." });
  const box = el("div", { class: "canvasbox", id: "chart-timeline" }, canvas);
  box.style.height = height + "px";
  let width = 0;
  let domain = [0, timeline.end_ns];
  const scale = () => d3.scaleLinear(domain, [left, width - 12]);

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
    const c = canvas.getContext("2d");
    c.scale(ratio, ratio);
    c.clearRect(0, 0, width, height);
    const x = scale();
    const ink = ssm.colour("--ink"), soft = ssm.colour("--soft"), grid = ssm.colour("--grid");
    c.font = "11.5px system-ui, 'DejaVu Sans', Arial, sans-serif";
    c.textBaseline = "middle";
    const span = domain[1] - domain[0];
    const [unit, by] = span >= 2e6 ? ["ms", 1e6] : span >= 2e3 ? ["\u00b5s", 1e3] : ["ns", 1];
    c.textAlign = "center";
    for (const t of d3.scaleLinear(domain.map((d) => d / by), [left, width - 12]).ticks(Math.max(3, width / 110))) {
      c.fillStyle = grid;
      c.fillRect(x(t * by), top, 1, height - top - bottom);
      c.fillStyle = ink;
      c.fillText(ssm.number(t, 6), x(t * by), height - bottom + 12);
    }
    c.fillText(`time since the start of the run (${unit})`, (left + width) / 2, height - 9);
    rows.forEach((r, k) => {
      const y = top + k * rowHeight;
      c.fillStyle = ink;
      c.textAlign = "right";
      c.fillText(r.actor.name, left - 8, y + rowHeight / 2, left - 12);
      c.fillStyle = grid;
      c.fillRect(left, y + rowHeight - 1, width - 12 - left, 1);
      c.fillStyle = ssm.colour(kinds[r.actor.kind][1]);
      const f = r.flat;
      let from = null, to = null;
      const flush = () => { if (from !== null) c.fillRect(from, y + 2, Math.max(0.75, to - from), rowHeight - 5); };
      for (let i = lowerBound(f, domain[0]); i < f.length && f[i] <= domain[1]; i += 3) {
        const a = Math.max(left, x(f[i])), b = Math.min(width - 12, x(f[i] + f[i + 1]));
        if (from !== null && a - to < 0.35) to = Math.max(to, b);
        else { flush(); from = a; to = b; if (b - a > 3) to = b - 0.5; }
      }
      flush();
      if (span < timeline.end_ns / 60) { // close enough for names
        c.fillStyle = soft;
        c.textAlign = "left";
        c.fillStyle = "#ffffff";
        for (let i = lowerBound(f, domain[0]); i < f.length && f[i] <= domain[1]; i += 3) {
          const name = timeline.labels[f[i + 2]];
          const a = Math.max(left, x(f[i])), b = Math.min(width - 12, x(f[i] + f[i + 1]));
          if (b - a > c.measureText(name).width + 6) { c.fillStyle = r.actor.kind === "compute" || r.actor.kind === "memory_write" ? "#fff" : "#10151c"; c.fillText(name, a + 3, y + rowHeight / 2); }
        }
      }
    });
  }
  /** First firing that may reach beyond t. */
  function lowerBound(f, t) {
    let lo = 0, hi = f.length / 3;
    while (lo < hi) { const mid = (lo + hi) >> 1; if (f[3 * mid] < t) lo = mid + 1; else hi = mid; }
    return Math.max(0, 3 * (lo - 1));
  }
  function zoom(factor, centre) {
    const c = centre ?? (domain[0] + domain[1]) / 2;
    set([c - (c - domain[0]) * factor, c + (domain[1] - c) * factor]);
  }
  function set([a, b]) {
    const span = Math.min(timeline.end_ns, Math.max(50, b - a));
    a = Math.max(0, Math.min(timeline.end_ns - span, a));
    domain = [a, a + span];
    draw();
  }
  const move = (part) => set(domain.map((d) => d + part * (domain[1] - domain[0])));
  canvas.addEventListener("wheel", (e) => { if (!(e.ctrlKey || e.shiftKey || document.activeElement === canvas)) return; e.preventDefault(); zoom(e.deltaY > 0 ? 1.25 : 0.8, scale().invert(e.offsetX)); }, { passive: false });
  let drag = null;
  canvas.addEventListener("pointerdown", (e) => { drag = [e.offsetX, domain]; canvas.setPointerCapture(e.pointerId); });
  canvas.addEventListener("pointerup", () => { drag = null; });
  canvas.addEventListener("pointermove", (e) => {
    if (drag) { const per = (drag[1][1] - drag[1][0]) / (width - 12 - left); set(drag[1].map((d) => d - (e.offsetX - drag[0]) * per)); return; }
    const k = Math.floor((e.offsetY - top) / rowHeight);
    if (k < 0 || k >= rows.length || e.offsetX < left) return ssm.tip.hide();
    const f = rows[k].flat, t = scale().invert(e.offsetX);
    let i = lowerBound(f, t);
    const slack = scale().invert(left + 2) - domain[0];
    while (i < f.length && f[i] + f[i + 1] + slack < t) i += 3;
    if (i < f.length && f[i] - slack <= t) ssm.tip.show(`${rows[k].actor.name}: ${timeline.labels[f[i + 2]]}\nfrom ${ssm.si(f[i] * 1e-9, "s", 6)} for ${ssm.si(f[i + 1] * 1e-9, "s")}`, e);
    else ssm.tip.hide();
  });
  canvas.addEventListener("pointerleave", ssm.tip.hide);
  canvas.addEventListener("dblclick", (e) => zoom(0.4, scale().invert(e.offsetX)));
  canvas.addEventListener("keydown", (e) => {
    const act = { ArrowLeft: () => move(-0.15), ArrowRight: () => move(0.15), "+": () => zoom(0.6), "=": () => zoom(0.6), "-": () => zoom(1.6), Home: () => set([0, timeline.end_ns]) }[e.key];
    if (act) { e.preventDefault(); act(); }
  });
  document.addEventListener("themechange", () => { if (width) draw(); });
  new ResizeObserver((entries) => { const w = Math.floor(entries[0].contentRect.width); if (w > 100 && w !== width) { width = w; draw(); } }).observe(box);
  ssm.timelineDomain = () => domain;
  const button = (name, act) => el("button", { type: "button", onclick: act }, name);
  return el("div", {}, el("div", { class: "bar" }, button("Zoom in", () => zoom(0.5)), button("Zoom out", () => zoom(2)), button("Earlier", () => move(-0.3)), button("Later", () => move(0.3)), button("All", () => set([0, timeline.end_ns])), el("span", { class: "note" }, "Drag to move, double-click or Shift+wheel to zoom; keys: arrows, + and -, Home.")),
    ssm.legend(Object.entries(kinds).filter(([k]) => rows.some((r) => r.actor.kind === k)).map(([, [n, c]]) => [n, `var(${c})`])), box);
};
