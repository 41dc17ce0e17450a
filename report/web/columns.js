// SPDX-License-Identifier: Apache-2.0
// The rows of a store as columns of numbers: texts and parameters are numbered in their order.
"use strict";

ssm.unpack = async function (text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
};

/** {name, role, values: Float64Array, categories: [labels] or null, label, unit, text(row)} by name. */
ssm.loadColumns = async function (data) {
  const axes = new Map((data.axes || []).map((a) => [a.name, a.values.map((v) => v.label)]));
  const columns = await Promise.all(data.columns.map(async (c) => {
    const out = { name: c.name, role: c.role, categories: null };
    const n = data.rows;
    if (c.type === "float") out.values = Float64Array.from(new Float32Array(await ssm.unpack(c.data)));
    else {
      const index = new Uint16Array(await ssm.unpack(c.data));
      out.values = new Float64Array(n);
      if (c.type === "dictionary") {
        const dictionary = new Float64Array(await ssm.unpack(c.values));
        for (let i = 0; i < n; ++i) out.values[i] = dictionary[index[i]];
      } else {
        // Parameters keep the order of their sweep, other texts come by name; what a row lacks is NaN.
        const order = axes.get(c.name) || [];
        const present = c.values.filter((v) => v !== "");
        const numeric = present.every((v) => v !== "" && Number.isFinite(+v));
        const others = present.filter((v) => !order.includes(v)).sort((a, b) => (numeric ? a - b : a < b ? -1 : 1));
        out.categories = order.filter((v) => present.includes(v)).concat(others);
        const number = c.values.map((v) => (v === "" ? NaN : out.categories.indexOf(v)));
        for (let i = 0; i < n; ++i) out.values[i] = number[index[i]];
      }
    }
    const known = ssm.figureNames[c.name];
    out.label = known ? known.title : c.name;
    out.unit = known ? known.unit : "";
    out.axis = known ? known.label : c.name;
    out.text = (row) => { const v = out.values[row]; return out.categories ? (v === v ? out.categories[v] : "\u2013") : ssm.number(v); };
    let min = Infinity, max = -Infinity, positive = Infinity;
    for (const v of out.values) if (v === v && v !== Infinity) { if (v < min) min = v; if (v > max) max = v; if (v > 0 && v < positive) positive = v; }
    out.min = min;
    out.max = max;
    out.positive = positive;
    return [c.name, out];
  }));
  return new Map(columns);
};

/** A scale over a column's values: categories evenly, numbers linearly or by their logarithm. */
ssm.columnScale = function (column, range, log) {
  if (column.categories) return d3.scaleLinear([-0.5, Math.max(0.5, column.categories.length - 0.5)], range);
  if (log && column.positive < Infinity && column.max > 0) return d3.scaleLog([column.positive, column.max * (column.max === column.positive ? 1.1 : 1)], range).nice();
  const pad = (column.max - column.min || Math.abs(column.max) || 1) * 0.04;
  return d3.scaleLinear([column.min - pad, column.max + pad], range);
};
ssm.columnTicks = function (column, scale, count) {
  if (!column.categories) { const t = scale.ticks(count); return scale.base ? t.filter((v) => [1, 2, 5].includes(Math.round(v / 10 ** Math.floor(Math.log10(v) + 1e-9)))) : t; }
  const all = d3.range(column.categories.length);
  const step = Math.ceil(all.length / Math.max(2, count * 1.6));
  return all.filter((i) => i % step === 0);
};
ssm.tickText = (column) => (v) => (column.categories ? column.categories[v] ?? "" : ssm.number(v, 5));
