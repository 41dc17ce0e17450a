// SPDX-License-Identifier: Apache-2.0
// Roofline, and the memory channels over time.
"use strict";

ssm.roofline = function (r) {
  const roof = r.roofline;
  const fabric = roof.operators.filter((o) => !o.host && o.operations > 0);
  const points = fabric.map((o) => ({ name: o.operator, actor: o.actor, achieved: o.operations / roof.time_s, peak: o.operations / o.busy_s, intensity: o.bytes > 0 ? o.operations / o.bytes : Infinity, operations: o.operations, bytes: o.bytes }));
  const bytes = fabric.reduce((a, o) => a + o.bytes, 0);
  const whole = { name: "whole design", achieved: roof.operations / roof.time_s, intensity: roof.operations / bytes };
  const port = r.setting.ports.reduce((a, p) => a + p.peak_bytes_per_s, 0);
  const device = r.setting.memory.peak_bytes_per_s;
  const roofs = [["memory port", port, "var(--c-red)"]];
  if (Math.abs(device / port - 1) > 0.01) roofs.push([`${r.setting.memory.name} devices`, device, "var(--c-purple)"]);
  const near = points.filter((p) => Number.isFinite(p.intensity)), inside = points.filter((p) => !Number.isFinite(p.intensity));
  const values = points.flatMap((p) => [p.achieved, p.peak]).concat(whole.achieved).filter((v) => v > 0);
  const y = { type: "log", domain: [Math.min(...values) / 2, Math.max(...values) * 2], label: "operations/s", grid: true, tickFormat: (t) => ssm.si(t, ""), labelArrow: "none" };
  const xs = near.map((p) => p.intensity).concat(whole.intensity);
  const from = Math.min(...xs) / 3, to = Math.max(...xs) * 4;
  const detail = (p) => `${p.name}${p.actor ? " (" + p.actor + ")" : ""}\n${ssm.si(p.achieved, "op/s")} over the run` + (p.peak ? `\n${ssm.si(p.peak, "op/s")} while its unit works` : "") + (Number.isFinite(p.intensity) ? `\n${ssm.number(p.intensity)} operations per byte` : "\nno data of its own off chip");
  const label = "Roofline: operations per second over operations per off-chip byte";
  const chart = ssm.chart("roofline", label, (width) => {
    const right = Math.max(230, Math.round(width * 0.42));
    const common = { height: 412, marginBottom: 42, y, style: ssm.plotStyle };
    const marks = (x) => [
      Plot.ruleX(points, { x, y1: "achieved", y2: "peak", stroke: "var(--soft)", strokeDasharray: "2 3" }),
      Plot.tickY(points, { x, y: "peak", stroke: "var(--c-blue)", strokeWidth: 2.5, insetLeft: -6, insetRight: -6 }),
    ];
    const first = Plot.plot({ ...common, width: width - right - 10, marginLeft: 62, ariaLabel: label, x: { type: "log", domain: [from, to], label: "operations per off-chip byte", grid: true, labelAnchor: "center", labelArrow: "none", labelOffset: 36, ticks: 8, tickFormat: (t) => ssm.number(t) }, marks: [
      roofs.map(([name, rate, colour]) => [Plot.line([[from, from * rate], [to, to * rate]], { stroke: colour, strokeWidth: 2, clip: true }), Plot.text([[Math.sqrt(from * to), 0]], { x: (d) => d[0], y: (d) => Math.min(y.domain[1] / 1.15, Math.max(y.domain[0] * 1.3, d[0] * rate)), text: () => `${name} ${ssm.si(rate, "B/s")}`, fill: colour, textAnchor: "end", dx: -8, dy: -4, fontWeight: 600 })]),
      Plot.ruleX(near, { x: "intensity", y1: "achieved", y2: "peak", stroke: "var(--soft)", strokeDasharray: "2 3" }),
      Plot.dot(near, { x: "intensity", y: "peak", symbol: "times", r: 5, stroke: "var(--c-blue)", strokeWidth: 2 }),
      Plot.dot(near, { x: "intensity", y: "achieved", r: 5.5, fill: "var(--c-blue)", title: detail, tip: { fontSize: 12 } }),
      Plot.text(near, { x: "intensity", y: "achieved", text: "name", dx: 9, textAnchor: "start", fill: "var(--ink)", stroke: "var(--card)", strokeWidth: 3, paintOrder: "stroke" }),
      Plot.dot([whole], { x: "intensity", y: "achieved", r: 7, symbol: "star", fill: "var(--c-orange)", stroke: "var(--ink)", title: detail, tip: { fontSize: 12 } }),
      Plot.text([whole], { x: "intensity", y: "achieved", text: "name", dy: -15, textAnchor: "middle", fontWeight: 600, fill: "var(--ink)", stroke: "var(--card)", strokeWidth: 3, paintOrder: "stroke" }),
    ] });
    const second = Plot.plot({ ...common, width: right, marginLeft: 8, marginBottom: 112, height: 482, y: { ...y, axis: null, grid: true }, x: { domain: inside.map((p) => p.name), label: "operators without data of their own off chip", labelAnchor: "center", labelOffset: 106, tickRotate: -45 }, marks: [
      ...marks("name"),
      Plot.dot(inside, { x: "name", y: "achieved", r: 5, fill: "var(--c-blue)", title: detail, tip: { fontSize: 12 } }),
    ] });
    const box = el("div", {}, first, second);
    box.style.cssText = "display:flex;gap:10px;align-items:flex-start";
    return box;
  });
  return [ssm.hasCharts ? el("p", { class: "note" }, "Dots: achieved over the whole run. Crosses and ticks above them: what the operator's own unit reaches while it works. A dot near a line is limited by memory; a dot at its cross, by its unit; the distance to both is waiting.") : null, chart,
    ssm.figures("Roofline as a table", [{ label: "Operator", value: (p) => p.name }, { label: "Unit", value: (p) => p.actor || "" }, { label: "Operations", numeric: true, value: (p) => p.operations, text: (p) => ssm.si(p.operations, "") }, { label: "Off-chip bytes", numeric: true, value: (p) => p.bytes, text: (p) => ssm.si(p.bytes, "B") }, { label: "Intensity", unit: "op/B", numeric: true, value: (p) => p.intensity }, { label: "Achieved", unit: "op/s", numeric: true, value: (p) => p.achieved, text: (p) => ssm.si(p.achieved, "") }, { label: "Unit's own", unit: "op/s", numeric: true, value: (p) => p.peak, text: (p) => ssm.si(p.peak, "") }], points)];
};

ssm.memorySection = function (r) {
  const m = r.memory;
  const profile = r.profile && r.profile.memory;
  const s = ssm.section("memory", "Memory", null, el("p", {}, `${ssm.si(m.bytes_read, "B")} read and ${ssm.si(m.bytes_written, "B")} written over the run: ${ssm.number(m.bandwidth_gb_s)} GB/s, ${ssm.percent(m.efficiency)} of the devices' peak.`));
  if (profile) {
    const used = profile.channels.map((c, i) => ({ ...c, i })).filter((c) => c.bytes_read.some((b) => b) || c.bytes_written.some((b) => b));
    const rows = used.flatMap((c) => ["bytes_read", "bytes_written"].flatMap((k) => c[k].map((b, t) => ({ channel: "channel " + c.i, kind: k, time: 1e3 * (t + 0.5) * profile.interval_s, rate: b / profile.interval_s / 1e9 }))));
    const peak = r.setting.memory.peak_bytes_per_s / r.setting.memory.channels / 1e9;
    const label = "Memory traffic of each channel over the run";
    const x = { label: "time since the start of the run (ms)", labelAnchor: "center", labelArrow: "none", labelOffset: 36 };
    if (used.length <= 4) {
      s.append(el("h3", {}, "Traffic over time"), ssm.hasCharts ? ssm.legend([["read", "var(--c-blue)"], ["written", "var(--c-orange)"], [`peak of a channel, ${ssm.number(peak)} GB/s`, "var(--c-red)"]]) : null, ssm.chart("memory", label, (width) => Plot.plot({
        width, height: 76 + 150 * used.length, marginBottom: 42, marginLeft: 55, marginRight: 78, style: ssm.plotStyle, ariaLabel: label, x, y: { label: "GB/s", grid: true, labelArrow: "none", domain: [0, peak * 1.05] }, fy: { label: null },
        color: { domain: ["bytes_read", "bytes_written"], range: ["var(--c-blue)", "var(--c-orange)"] },
        marks: [Plot.areaY(rows, { x: "time", y: "rate", fill: "kind", fy: "channel", order: ["bytes_read", "bytes_written"], curve: "step" }), Plot.ruleY([peak], { stroke: "var(--c-red)", strokeDasharray: "6 4" }), Plot.ruleY([0], { stroke: "var(--soft)" }),
          Plot.tip(rows, Plot.pointerX(Plot.stackY({ x: "time", y: "rate", z: "kind", fy: "channel", order: ["bytes_read", "bytes_written"], title: (d) => `${d.channel}, ${ssm.number(d.time)} ms\n${d.kind === "bytes_read" ? "read" : "written"} ${ssm.number(d.rate)} GB/s`, fontSize: 12 })))],
      })));
    } else {
      const cells = used.flatMap((c) => c.bytes_read.map((b, t) => ({ channel: c.i, t, rate: (b + c.bytes_written[t]) / profile.interval_s / 1e9 })));
      const step = 1e3 * profile.interval_s;
      s.append(el("h3", {}, "Traffic over time"), ssm.chart("memory", label, (width) => Plot.plot({
        width, height: 86 + 11 * used.length, marginBottom: 42, marginLeft: 60, style: ssm.plotStyle, ariaLabel: label, x, y: { label: "memory channel", domain: used.map((c) => c.i), type: "band", labelArrow: "none", tickFormat: (t) => (t % 4 === 0 ? String(t) : "") },
        color: { scheme: "cividis", domain: [0, peak], label: "GB/s read and written", legend: true },
        marks: [Plot.barX(cells, { x1: (d) => d.t * step, x2: (d) => (d.t + 1) * step, y: "channel", fill: "rate", inset: 0, title: (d) => `channel ${d.channel}, ${ssm.number(d.t * step)} ms: ${ssm.number(d.rate)} GB/s`, shapeRendering: "crispEdges" })],
      })));
    }
  }
  const kinds = [["bus", "data on the bus", "var(--c-blue)"], ["bank_conflict", "another row of a bank", "var(--c-red)"], ["bank_group", "same bank group", "var(--c-sky)"], ["activate_window", "four-activate window", "var(--c-purple)"], ["turnaround", "read/write turnaround", "var(--c-orange)"], ["command_bus", "command bus", "var(--c-yellow)"], ["refresh", "refresh", "var(--c-green)"], ["idle", "nothing asked", "var(--c-idle)"]];
  const used = m.channels.map((c, i) => ({ ...c, name: "channel " + i })).filter((c) => c.bandwidth_gb_s > 0);
  s.append(el("h3", {}, "Where each channel's time went"), ssm.stackedBars("memory-bound", "Time of each memory channel by cause", used.flatMap((c) => kinds.map(([k]) => ({ name: c.name, kind: k, value: 100 * (c.bound_by[k] || 0) }))), kinds, { x: "share of the run (%)", domain: [0, 100], text: (v) => ssm.number(v, 3) + " %", marginLeft: 80 }),
    ssm.figures("Memory channels as a table", [{ label: "Channel", value: (c) => c.name }, { label: "Traffic", unit: "GB/s", numeric: true, value: (c) => c.bandwidth_gb_s }, { label: "Of peak", numeric: true, value: (c) => c.efficiency, text: (c) => ssm.percent(c.efficiency) }, { label: "Row hits", numeric: true, value: (c) => c.row_hit_rate, text: (c) => ssm.percent(c.row_hit_rate, 4) }, { label: "Read latency", unit: "mean, memory cycles", numeric: true, value: (c) => (c.read_latency_cycles || {}).mean ?? null }, ...kinds.map(([k, n]) => ({ label: n, unit: "%", numeric: true, value: (c) => 100 * (c.bound_by[k] || 0), text: (c) => (100 * (c.bound_by[k] || 0)).toFixed(2) }))], used));
};
