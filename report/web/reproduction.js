// SPDX-License-Identifier: Apache-2.0
// The papers' tables and figures beside their simulation.
"use strict";

ssm.pages = ssm.pages || {};
ssm.pages.reproduction = function (data) {
  const rows = data.points.flatMap((p) => p.rows.map((r) => ({ ...r, point: p.id })));
  const judged = rows.filter((r) => r.published !== 0);
  const rates = rows.filter((r) => r.figure.startsWith("throughput")), inside = rows.filter((r) => r.within);
  const mean = (list) => list.reduce((a, r) => a + Math.abs(r.error), 0) / Math.max(1, list.length);
  const resources = judged.filter((r) => r.figure.startsWith("resources/")), parts = judged.filter((r) => r.figure.startsWith("components/"));
  ssm.header("Published and simulated", "LightMamba (arXiv 2502.15260) and FastMamba (arXiv 2505.18975): every table and figure the simulator covers");
  document.getElementById("content").append(ssm.tiles([
    ["Within their tolerance", `${inside.length} of ${rows.length}`, "", "published figures"],
    ["Throughput", ssm.percent(mean(rates)), "", "mean error"],
    ["Power and energy", ssm.percent(mean(judged.filter((r) => /power|_j/.test(r.figure)))), "", "mean error; partly fitted"],
    ["Resources", ssm.percent(mean(resources)), "", "mean error, whole designs"],
    ["Components", ssm.percent(mean(parts)), "", "mean error"],
  ]));
  data.points.forEach((p, i) => {
    const shown = p.rows.filter((r) => r.published !== 0).map((r) => ({ name: r.figure.replace(/^(resources|components)\//, "").replace(/\//g, " ").replace(/_/g, " "), value: 100 * r.error, colour: r.within ? "var(--c-blue)" : "var(--c-red)" }));
    const most = 1.3 * Math.max(5, ...shown.map((r) => Math.abs(r.value)));
    ssm.section("point-" + i + "-section", p.design, `${p.source}; statelane simulate ${p.experiment}`, p.failure ? el("p", { class: "note warn" }, p.failure) : null,
      ssm.bars("point-" + i, "Error against the published figures of " + p.id, shown, { x: "error of the simulation (%)", step: 19, domain: [-most, most], text: (v) => ssm.change(v / 100) }),
      (() => { const d = el("details", {}, el("summary", {}, "Published and simulated, figure by figure"), ssm.table([{ label: "Figure", value: (x) => x.figure }, { label: "Published", numeric: true, value: (x) => x.published, text: (x) => ssm.number(x.published, 7) }, { label: "Simulated", numeric: true, value: (x) => x.simulated, text: (x) => ssm.number(x.simulated, 6) }, { label: "Error", numeric: true, value: (x) => Math.abs(x.error), text: (x) => (x.published === 0 ? (x.within ? "met" : "missed") : ssm.change(x.error)) }, { label: "Limit", numeric: true, value: (x) => x.tolerance, text: (x) => ssm.percent(x.tolerance) }], p.rows, { caption: "Figures of " + p.id }).node); d.open = p.rows.length < 12; return d; })());
  });
  data.series.forEach((s, i) => {
    const good = s.rows.filter((r) => r.result);
    const prefill = good.every((r) => r.result.tokens > 1);
    const bars = good.map((r) => ({ name: r.label, value: prefill ? 1e3 * r.result.latency_s : r.result.throughput_tokens_per_s }));
    const marks = ssm.hasCharts ? [Plot.tickX(good.filter((r) => r.published_tokens_per_s && !prefill).map((r) => ({ name: r.label, value: r.published_tokens_per_s })), { x: "value", y: "name", stroke: "var(--c-red)", strokeWidth: 3 })] : [];
    const get = (path) => (r) => (r.result ? path.split(".").reduce((v, k) => (v ? v[k] : undefined), r.result) ?? null : null);
    ssm.section("series-" + i, s.title, `${s.source}. ${s.note}`,
      ssm.bars("series-chart-" + i, s.title, bars, { x: prefill ? "latency of the prefill (ms)" : "throughput (tokens/s); red: published", marks }),
      ssm.table([{ label: "Row", value: (r) => r.label }, { label: "published", unit: "tokens/s", numeric: true, value: (r) => r.published_tokens_per_s ?? null }, { label: "simulated", unit: "tokens/s", numeric: true, value: get("throughput_tokens_per_s"), text: (r) => ssm.number(get("throughput_tokens_per_s")(r), 5) }, { label: "Latency", unit: "ms a run", numeric: true, value: (r) => (r.result ? 1e3 * r.result.latency_s : null) }, { label: "Energy", unit: "J/token", numeric: true, value: get("energy_j_per_token") }, ...ssm.resourceKinds.map(([k, n]) => ({ label: n, numeric: true, value: get("resources." + k), text: (r) => ssm.number(Math.round(get("resources." + k)(r)), 8) })), { label: "Limited by", value: (r) => (r.result ? r.result.bottleneck_detail.resource : r.failure), wrap: true }], s.rows, { caption: "Rows of: " + s.title }).node);
  });
  const ratios = data.baselines.flatMap((b) => data.points.filter((p) => p.source.slice(0, 16) === b.source.slice(0, 16)).flatMap((p) => p.rows.filter((r) => r.figure === "efficiency_tokens_per_j").map((r) => ({ b, p, r }))));
  ssm.section("processors", "Processors the papers compare with", "Tokens per joule of the accelerator over those of the processor.", ssm.table([{ label: "Processor", value: (x) => x.b.device }, { label: "tokens/s", numeric: true, value: (x) => x.b.throughput_tokens_per_s }, { label: "tokens/J", numeric: true, value: (x) => x.b.efficiency_tokens_per_j }, { label: "Accelerator", value: (x) => x.p.design }, { label: "times, published", numeric: true, value: (x) => x.r.published / x.b.efficiency_tokens_per_j, text: (x) => (x.r.published / x.b.efficiency_tokens_per_j).toFixed(2) }, { label: "times, simulated", numeric: true, value: (x) => x.r.simulated / x.b.efficiency_tokens_per_j, text: (x) => (x.r.simulated / x.b.efficiency_tokens_per_j).toFixed(2) }, { label: "Error", numeric: true, value: (x) => x.r.error, text: (x) => ssm.change(x.r.error) }], ratios, { caption: "Accelerators against processors" }).node);
  document.getElementById("foot").append(`statelane ${data.version}. Regenerated by: statelane reproduce --out reproduction.html`);
};
