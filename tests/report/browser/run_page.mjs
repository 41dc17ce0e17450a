// SPDX-License-Identifier: Apache-2.0
// The page of one design in a browser.
import { readFileSync, writeFileSync } from "node:fs";
import { accessibility, check, equal, open, out, paste, run, shot, statelane, test } from "./browser.mjs";

const designs = { vck190: "lightmamba-vck190-w4a4-decode-2.7b", u280: "lightmamba-u280-w4a4-decode-2.7b", vc709: "fastmamba-vc709-w8a8-prefill-130m-l64" };
for (const [name, experiment] of Object.entries(designs)) {
  statelane("simulate", experiment, "--out", out(name + ".json"));
  statelane("report", out(name + ".json"), "--out", out(name + ".html"));
}

for (const name of Object.keys(designs)) {
  test(`${name}: loads without errors and says what the result says`, async () => {
    const r = JSON.parse(readFileSync(out(name + ".json"), "utf8"));
    const page = await open(out(name + ".html"));
    await page.waitForSelector("#chart-roofline svg");
    equal(await page.textContent("#answer"), r.bottleneck, "answer");
    equal(await page.locator("#chart-diagram g.node").count(), r.graph.actors.length, "units in the diagram");
    equal(await page.locator("#stalls table tbody tr").count(), r.actors.length, "rows of stalls");
    const tile = await page.locator(".tile", { hasText: "Throughput" }).locator("dd").textContent();
    check(Math.abs(parseFloat(tile.replace(/\u202f/g, "")) / r.throughput_tokens_per_s - 1) < 1e-3, tile);
    for (const id of ["bounds", "chain", "stalls", "roofline", "memory", "memory-bound", "energy-components", "energy-operators", "resources"]) check((await page.locator(`#chart-${id} svg`).count()) > 0, "no chart " + id);
    await shot(page, `run-${name}`);
    equal(page.problems.join("\n"), "", "problems");
    await page.context().close();
  });
}

test("every axis has a title with its unit", async () => {
  const page = await open(out("vck190.html"));
  await page.waitForSelector("#chart-roofline svg");
  const bare = await page.evaluate(() => Array.from(document.querySelectorAll(".chart svg")).filter((s) => s.querySelector("[data-mark='x-axis tick label']") && !s.querySelector("[data-mark='x-axis label']")).length);
  check((await page.locator("[data-mark='x-axis tick label']").count()) > 8, "axes are there");
  equal(bare, 0, "charts with ticks but no title");
  await page.context().close();
});

test("the timeline zooms by button, key and double-click", async () => {
  const page = await open(out("vck190.html"));
  const canvas = page.locator("#chart-timeline canvas");
  await canvas.scrollIntoViewIfNeeded();
  const span = () => page.evaluate(() => { const d = ssm.timelineDomain(); return d[1] - d[0]; });
  const whole = await span();
  await page.click("text=Zoom in");
  check(Math.abs((await span()) / whole - 0.5) < 0.01, "button");
  await canvas.focus();
  await page.keyboard.press("+");
  check((await span()) < whole * 0.4, "key");
  await canvas.dblclick({ position: { x: 700, y: 60 } });
  const near = await span();
  check(near < whole * 0.2, "double-click");
  const before = await page.evaluate(() => ssm.timelineDomain()[0]);
  await page.keyboard.press("ArrowRight");
  check((await page.evaluate(() => ssm.timelineDomain()[0])) > before, "arrow");
  await shot(page, "timeline-zoomed", { fullPage: false });
  await page.keyboard.press("Home");
  equal(await span(), whole, "Home");
  equal(page.problems.join("\n"), "", "problems");
  await page.context().close();
});

test("hovering and focusing a unit tells about it", async () => {
  const page = await open(out("vck190.html"));
  const node = page.locator("#chart-diagram g.node").nth(1);
  await node.hover();
  check((await page.textContent("#tip")).includes("busy"), "hover");
  await page.mouse.move(5, 5);
  await node.focus();
  check(await page.locator("#tip").isVisible(), "focus");
  await page.context().close();
});

test("a table sorts by its heading and says so", async () => {
  const page = await open(out("vck190.html"));
  const head = page.locator("#resources table").first().locator("th").nth(1);
  await head.locator("button").click();
  equal(await head.getAttribute("aria-sort"), "descending", "first click");
  const column = await page.locator("#resources table").first().locator("tbody td:nth-child(2)").allTextContents();
  const numbers = column.map((t) => parseFloat(t.replace(/\u202f/g, "")));
  check(numbers.every((v, i) => i === 0 || v <= numbers[i - 1]), column.join(" "));
  await page.context().close();
});

test("what Copy copies simulates the design that the page shows", async () => {
  const r = JSON.parse(readFileSync(out("vck190.json"), "utf8"));
  const page = await open(out("vck190.html"));
  await page.click("[aria-label='Copy the command that simulates this design']");
  const line = await page.evaluate(() => navigator.clipboard.readText());
  equal(line, "statelane simulate lightmamba-vck190-w4a4-decode-2.7b --out result.json", "command");
  paste(line, out("."));
  equal(JSON.parse(readFileSync(out("result.json"), "utf8")).cycles, r.cycles, "cycles");
  // A promise of the table of changes, kept by the simulator in closed form.
  const change = r.alternatives.find((a) => !a.problem && a.fits && a.settings.some((s) => s.startsWith("/board=")));
  await page.click(`[aria-label="Copy the command that simulates ${change.name}"]`);
  const changed = await page.evaluate(() => navigator.clipboard.readText());
  const rate = JSON.parse(paste(changed + " --json", out("."))).throughput_tokens_per_s;
  check(rate > 1.2 * r.throughput_tokens_per_s, `${changed}: ${rate}`);
  await page.context().close();
});

test("light and dark, narrow and printed", async () => {
  const page = await open(out("u280.html"));
  equal(await page.evaluate(() => document.documentElement.dataset.theme), "light", "theme");
  const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.click("#theme");
  check((await page.evaluate(() => getComputedStyle(document.body).backgroundColor)) !== light, "the button changes the theme");
  await page.setViewportSize({ width: 420, height: 800 });
  await page.waitForTimeout(300);
  check((await page.evaluate(() => document.documentElement.scrollWidth)) <= 424, "a narrow window scrolls sideways");
  await page.setViewportSize({ width: 1000, height: 900 });
  await page.emulateMedia({ media: "print" });
  await page.waitForTimeout(300);
  check(!(await page.locator("nav#sections").isVisible()), "printed navigation");
  await shot(page, "run-u280-print");
  equal(page.problems.join("\n"), "", "problems");
  await page.context().close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`accessible in ${colorScheme} colours`, async () => {
    const page = await open(out("vck190.html"), { colorScheme, reducedMotion: "reduce" });
    await page.waitForSelector("#chart-roofline svg");
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
    equal((await accessibility(page)).join("\n"), "", "violations");
    await shot(page, `run-vck190-${colorScheme}`);
    await page.context().close();
  });
}

test("everything can be reached by the keyboard", async () => {
  const page = await open(out("vck190.html"));
  const seen = new Set();
  for (let i = 0; i < 160; ++i) {
    await page.keyboard.press("Tab");
    seen.add(await page.evaluate(() => { const e = document.activeElement; const s = e.closest("section"); return (s ? s.id : "top") + " " + e.tagName; }));
  }
  for (const place of ["top A", "alternatives BUTTON", "diagram g", "timeline CANVAS", "stalls SUMMARY", "provenance BUTTON"]) check(seen.has(place), `no ${place} among ${[...seen].join(", ")}`);
  await page.context().close();
});

test("names with markup in them are shown, not run", async () => {
  const evil = "<img src=x onerror=alert(1)>";
  const r = JSON.parse(readFileSync(out("vck190.json"), "utf8"));
  const swap = (v) => (typeof v === "string" ? evil + "</script><script>alert(2)</script>" : Array.isArray(v) ? v.map(swap) : v && typeof v === "object" ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, swap(x)])) : v);
  for (const key of ["design", "board", "network", "bottleneck", "experiment"]) r[key] = swap(r[key]);
  r.warnings = [evil];
  r.graph.actors.forEach((a, i) => { a.name = evil + i; });
  r.actors.forEach((a, i) => { a.name = evil + i; });
  r.graph.channels.forEach((c) => { c.name = evil; });
  r.components = Object.fromEntries(Object.entries(r.components).map(([k, v]) => [evil + k, v]));
  r.alternatives.forEach((a) => { a.name = evil + a.name; });
  r.provenance = swap(r.provenance);
  r.source = swap(r.source);
  r.profile.timeline.labels = r.profile.timeline.labels.map(() => evil);
  writeFileSync(out("evil.json"), JSON.stringify(r));
  statelane("report", out("evil.json"), "--out", out("evil.html"));
  const page = await open(out("evil.html"));
  await page.waitForSelector("#chart-roofline svg");
  await page.locator("#chart-diagram g.node").first().hover();
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  await page.waitForTimeout(300);
  equal(await page.locator("img").count(), 0, "images");
  check((await page.textContent("h1")).includes(evil), "the name is shown");
  equal(page.problems.join("\n"), "", "problems");
  await page.context().close();
});

test("a static page: pictures and tables without the charting libraries", async () => {
  statelane("report", out("vck190.json"), "--static", "--out", out("static.html"));
  const page = await open(out("static.html"));
  equal(await page.evaluate(() => typeof Plot + typeof d3), "undefinedundefined", "libraries");
  const pictures = page.locator(".chart img");
  check((await pictures.count()) >= 4, "pictures");
  for (const width of await pictures.evaluateAll((all) => all.map((i) => i.naturalWidth))) check(width > 300, "a picture is drawn");
  check((await page.locator("#stalls table tbody tr").count()) > 10, "tables");
  equal(page.problems.join("\n"), "", "problems");
  await shot(page, "run-vck190-static");
  await page.context().close();
});

test("a result of the closed form has a page too", async () => {
  statelane("simulate", designs.vck190, "--fidelity", "bound", "--out", out("bound.json"));
  statelane("report", out("bound.json"), "--out", out("bound.html"));
  const page = await open(out("bound.html"));
  await page.waitForSelector("#chart-resources svg");
  check((await page.textContent(".top p")).includes("closed form"), "subtitle");
  equal(page.problems.join("\n"), "", "problems");
  await page.context().close();
});

await run();
