// SPDX-License-Identifier: Apache-2.0
// Sortable, filterable tables; long ones hold only the rows that are seen.
"use strict";

/**
 * columns: {label, unit, value(row), text(row), numeric, wrap, node(row)}. options: caption, filter (a search box), height (virtual
 * rows), sort: [column, descending], pick(row), rowKey.
 * Returns {node, update(rows), pick(row)}.
 */
ssm.table = function (columns, rows, options = {}) {
  const rowHeight = 29;
  let sort = options.sort || null;
  let query = "";
  let shown = rows;
  let picked = null;
  const text = (c, r) => (c.text ? c.text(r) : c.numeric ? ssm.number(c.value(r)) : String(c.value(r) ?? ""));
  const head = el("tr", {}, columns.map((c, i) => el("th", { scope: "col", class: c.numeric ? null : "text", "aria-sort": "none" },
    el("button", { type: "button", onclick: () => { sort = [i, sort && sort[0] === i ? !sort[1] : !!c.numeric]; refresh(); } }, c.label), c.unit ? el("small", {}, c.unit) : null)));
  const body = el("tbody", {});
  const table = el("table", {}, options.caption ? el("caption", { class: "unseen" }, options.caption) : null, el("thead", {}, head), body);
  const scroll = el("div", { class: "scroll" + (options.height ? "" : " short"), tabindex: "0", role: "region", "aria-label": options.caption || "Table" }, table);
  const count = el("span", { class: "note" });
  const search = options.filter ? el("input", { type: "search", placeholder: "Filter rows", "aria-label": "Filter rows", oninput: (e) => { query = e.target.value.trim().toLowerCase(); refresh(); } }) : null;
  if (options.height) scroll.style.maxHeight = options.height + "px";

  function line(r) {
    const tr = el("tr", { class: r === picked ? "picked" : null, tabindex: options.pick ? "0" : null });
    for (const c of columns) {
      const td = el("td", { class: [c.numeric ? "" : "text", c.wrap ? "wrap" : ""].join(" ").trim() || null });
      if (c.node) td.append(c.node(r)); else td.textContent = text(c, r);
      tr.append(td);
    }
    if (options.pick) {
      const go = () => { picked = r; draw(); options.pick(r); };
      tr.addEventListener("click", go);
      tr.addEventListener("keydown", (e) => {
        if (e.key === "Enter" || e.key === " ") { e.preventDefault(); go(); }
        const next = e.key === "ArrowDown" ? tr.nextElementSibling : e.key === "ArrowUp" ? tr.previousElementSibling : null;
        if (next && next.tabIndex === 0) { e.preventDefault(); next.focus(); }
      });
    }
    return tr;
  }
  function spacer(height) {
    const td = el("td", { colspan: columns.length, "aria-hidden": "true" });
    td.style.cssText = `height:${height}px;padding:0;border:0`;
    return el("tr", { "aria-hidden": "true" }, td);
  }
  let from = -1;
  function draw() {
    if (!options.height || shown.length <= 200) { body.replaceChildren(...shown.map(line)); return; }
    const visible = Math.ceil(options.height / rowHeight) + 20;
    const first = Math.max(0, Math.min(shown.length - visible, Math.floor(scroll.scrollTop / rowHeight) - 10));
    from = first;
    const end = Math.min(shown.length, first + visible);
    const lines = [];
    for (let i = first; i < end; ++i) lines.push(line(shown[i]));
    body.replaceChildren(spacer(first * rowHeight), ...lines, spacer((shown.length - end) * rowHeight));
  }
  scroll.addEventListener("scroll", () => { if (options.height && shown.length > 200 && Math.abs(Math.floor(scroll.scrollTop / rowHeight) - 10 - from) > 4) draw(); });
  function refresh() {
    shown = rows;
    if (query) shown = Array.from(rows).filter((r) => columns.some((c) => text(c, r).toLowerCase().includes(query)));
    if (sort) {
      const c = columns[sort[0]];
      const sign = sort[1] ? -1 : 1;
      const keyed = Array.from(shown, (r) => [c.value(r), r]);
      keyed.sort((a, b) => { const [x, y] = [a[0], b[0]]; return x === y ? 0 : x === null || x === undefined || x !== x ? 1 : y === null || y === undefined || y !== y ? -1 : x < y ? -sign : sign; });
      shown = keyed.map((k) => k[1]);
    }
    Array.from(head.children).forEach((th, i) => th.setAttribute("aria-sort", sort && sort[0] === i ? (sort[1] ? "descending" : "ascending") : "none"));
    count.textContent = options.filter ? `${ssm.number(shown.length, 9)} rows` : "";
    draw();
  }
  refresh();
  return {
    node: el("div", {}, options.filter ? el("div", { class: "bar" }, search, count) : null, scroll),
    update(next) { rows = next; refresh(); },
    pick(row) { picked = row; draw(); },
    rows: () => shown,
  };
};
/** A chart's figures as a table, folded away. */
ssm.figures = (title, columns, rows) => el("details", {}, el("summary", {}, title), ssm.table(columns, rows, { caption: title }).node);
