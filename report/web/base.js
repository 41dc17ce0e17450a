// SPDX-License-Identifier: Apache-2.0
// What all pages share: elements (strings become text, never markup), numbers with units, tables, copying, themes.
"use strict";
const ssm = {};

ssm.data = JSON.parse(document.getElementById("report-data").textContent);

/** An element with attributes and children; strings are text. */
ssm.el = function (name, attributes, ...children) {
  const e = name.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
    else e.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat(3)) if (child !== null && child !== undefined && child !== false) e.append(child instanceof Node ? child : String(child));
  return e;
};
const el = ssm.el;

ssm.say = (text) => { document.getElementById("said").textContent = text; };

// Numbers: four significant digits, thousands apart by thin spaces, and a unit.
const prefixes = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "\u00b5"], [1e-9, "n"], [1e-12, "p"]];
ssm.number = function (x, digits = 4) {
  if (x === null || x === undefined) return "\u2013";
  if (typeof x !== "number") return String(x);
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "\u2013" : x > 0 ? "\u221e" : "-\u221e";
  if (x === 0) return "0";
  const a = Math.abs(x);
  if (a >= 1e15 || a < 1e-6) return x.toExponential(digits - 1);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(a)));
  let text = x.toFixed(Math.min(decimals, 12));
  if (text.includes(".")) text = text.replace(/\.?0+$/, "");
  const [whole, part] = text.split(".");
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f") + (part ? "." + part : "");
};
ssm.si = function (x, unit, digits = 4) {
  if (!Number.isFinite(x) || x === 0) return ssm.number(x) + (unit ? "\u00a0" + unit : "");
  const [scale, name] = prefixes.find(([s]) => Math.abs(x) >= s * 0.9995) || prefixes[prefixes.length - 1];
  return ssm.number(x / scale, digits) + "\u00a0" + name + unit;
};
ssm.percent = (x, digits = 3) => (Number.isFinite(x) ? ssm.number(100 * x, digits) + "\u00a0%" : ssm.number(x));
/** A change: +12.3 %, and 0 % for what is nothing but rounding. */
ssm.change = (x) => (!Number.isFinite(x) ? ssm.number(x) : Math.abs(x) < 5e-5 ? "0\u00a0%" : (x > 0 ? "+" : "\u2212") + ssm.number(100 * Math.abs(x), Math.abs(x) < 0.01 ? 2 : 3) + "\u00a0%");
ssm.signed = (x, text) => (x > 0 ? "+" : "") + text(x);

// Names of figures, as axes and headings show them.
ssm.figureNames = ssm.data.figure_names;
ssm.figureLabel = (name) => (ssm.figureNames[name] || { label: name }).label;
ssm.figureTitle = (name) => (ssm.figureNames[name] || { title: name }).title;

ssm.resourceKinds = ssm.data.resource_kinds;

// Page frame.
ssm.header = function (title, subtitle) {
  const theme = el("button", { type: "button", id: "theme" }, "Dark");
  const set = (dark) => { document.documentElement.dataset.theme = dark ? "dark" : "light"; theme.textContent = dark ? "Light" : "Dark"; theme.setAttribute("aria-label", dark ? "Light colours" : "Dark colours"); document.dispatchEvent(new Event("themechange")); };
  theme.addEventListener("click", () => set(document.documentElement.dataset.theme !== "dark"));
  set(window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches);
  document.getElementById("top").append(
    el("div", {}, el("h1", {}, title), el("p", {}, subtitle)),
    el("div", { class: "tools" }, theme, el("button", { type: "button", onclick: () => print() }, "Print")));
};
ssm.section = function (id, title, lead, ...children) {
  let list = document.querySelector("#sections ul");
  if (!list) document.getElementById("sections").append(list = el("ul", {}));
  list.append(el("li", {}, el("a", { href: "#" + id }, title)));
  const s = el("section", { id, "aria-labelledby": id + "-title" }, el("h2", { id: id + "-title" }, title), lead ? el("p", { class: "lead" }, lead) : null, ...children);
  document.getElementById("content").append(s);
  return s;
};
ssm.tiles = function (tiles) {
  return el("dl", { class: "tiles" }, tiles.filter(Boolean).map(([name, value, unit, sub]) =>
    el("div", { class: "tile" }, el("dt", {}, name), el("dd", {}, value, unit ? el("small", {}, " " + unit) : null, sub ? el("span", { class: "sub" }, sub) : null))));
};
ssm.legend = (items) => el("ul", { class: "legend" }, items.map(([name, colour]) => { const i = el("i", { "aria-hidden": "true" }); i.style.background = colour; return el("li", {}, i, name); }));

// Tooltip: text only.
ssm.tip = (function () {
  const box = el("div", { id: "tip" });
  document.body.append(box);
  return {
    show(text, event) {
      box.textContent = text;
      box.style.display = "block";
      const r = box.getBoundingClientRect();
      box.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - r.width - 8)) + "px";
      box.style.top = Math.max(4, Math.min(event.clientY + 14, innerHeight - r.height - 8)) + "px";
    },
    hide() { box.style.display = "none"; },
  };
})();

// Copying works from a file too, where the clipboard's own interface may be refused.
ssm.copy = async function (text) {
  try { await navigator.clipboard.writeText(text); } catch (e) {
    const area = el("textarea", { "aria-hidden": "true", tabindex: "-1" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  ssm.copied = text;
};
ssm.copyButton = function (name, text) {
  const b = el("button", { type: "button", "aria-label": "Copy " + name }, "Copy");
  b.addEventListener("click", async () => {
    await ssm.copy(typeof text === "function" ? text() : text);
    b.textContent = "Copied";
    b.classList.add("copied");
    ssm.say(name + " copied");
    setTimeout(() => { b.textContent = "Copy"; b.classList.remove("copied"); }, 1500);
  });
  return b;
};
ssm.command = (name, text) => el("div", { class: "command" }, el("pre", { tabindex: "0", "aria-label": name }, text), ssm.copyButton(name, text));
ssm.json = (name, value) => { const text = JSON.stringify(value, null, 2); return el("details", {}, el("summary", {}, name), el("div", { class: "command" }, el("pre", { class: "json", tabindex: "0", "aria-label": name }, text), ssm.copyButton(name, text))); };
/** A word as a POSIX shell takes it. */
ssm.shell = (word) => (/^[A-Za-z0-9_\/.,:=@%+-]+$/.test(word) ? word : "'" + word.replace(/'/g, "'\\''") + "'");
ssm.commandLine = (words) => words.map(ssm.shell).join(" ");

/** A bar of use against what there is. */
ssm.meter = function (name, used, all) {
  const share = all > 0 ? used / all : used > 0 ? Infinity : 0;
  const fill = el("div", { class: "fill" });
  fill.style.width = Math.min(100, 100 * share) + "%";
  return el("div", { class: "meter" + (share > 1 ? " over" : "") }, el("span", {}, name), el("div", { class: "track" }, fill),
    el("span", {}, `${ssm.number(used, 7)} of ${ssm.number(all, 7)} (${ssm.percent(share)})`));
};
