// SPDX-License-Identifier: Apache-2.0
// The pages of what-ifs and comparisons in a browser.
import { readFileSync, writeFileSync } from "node:fs";
import { accessibility, check, equal, open, out, paste, run, shot, statelane, test } from "./browser.mjs";

const evil = "<img src=x onerror=alert(1)>";
const small = ["--set", "/network=mamba2-130m", "--set", "/design/schedule/state_buffer=24", "--set", "/design/units/htu_matrix/points=12", "--set", "/design/units/htu_matrix/adders=12"];
const experiment = "lightmamba-vck190-w4a4-decode-2.7b";
writeFileSync(out("changes.json"), JSON.stringify({
  note: evil,
  changes: [{ name: "half the clock", scale: { "/design/clock": 0.5 } }, { name: evil, scale: { "/design/units/mmu/inputs": 2 } }, { name: "rows", vary: { "/design/schedule/tile_rows": [16, 24] } }],
  combinations: [["half the clock", evil]],
}));
statelane("whatif", experiment, out("changes.json"), ...small, "--out", out("whatif.html"));
const result = JSON.parse(statelane("whatif", experiment, out("changes.json"), ...small, "--json"));
statelane("simulate", experiment, ...small, "--out", out("a.json"));
statelane("simulate", experiment, ...small, "--set", "/design/clock=300 MHz", "--out", out("b.json"));
statelane("compare", out("a.json"), out("b.json"), "--out", out("compare.html"));

const point = { id: "p", experiment, design: "lightmamba-vck190-w4a4", network: "mamba2-2.7b", phase: "decode", source: "arXiv 2502.15260v2, Table IV", measured: { throughput_tokens_per_s: 7.21 }, resources: { lut: 1000 } };
writeFileSync(out("published.json"), JSON.stringify({ points: [point], baselines: [{ device: evil, network: "mamba2-2.7b", throughput_tokens_per_s: 65, efficiency_tokens_per_j: 0.371, source: "arXiv 2502.15260v2, Table IV" }], series: [{ title: "a series", source: "somewhere", rows: [{ label: evil, experiment }] }] }));
statelane("reproduce", out("published.json"), "--out", out("reproduction.html"));

test("reproduction: rows outside their tolerance are shown as such", async () => {
  const page = await open(out("reproduction.html"));
  await page.waitForSelector("#chart-series-chart-0 svg");
  check((await page.locator(".tile").first().textContent()).includes("1 of 2"), "within tolerance");
  equal(await page.locator("#point-0-section tbody tr").count(), 2, "rows");
  equal(await page.locator("img").count(), 0, "images");
  await shot(page, "reproduction");
  equal(page.problems.join("\n"), "", "problems");
  await page.context().close();
});

test("what-if: bars, tornado, shifts in words, and a command that repeats a change", async () => {
  const page = await open(out("whatif.html"));
  await page.waitForSelector("#chart-tornado svg");
  equal(await page.locator("#shifts li").count(), 1 + result.changes.filter((c) => c.result).length, "sentences");
  equal(await page.locator("#changes tbody tr").count(), 1 + result.changes.filter((c) => c.result).length, "rows");
  check((await page.textContent("#changes")).includes(result.changes.find((c) => c.problem).problem.slice(0, 40)), "what cannot be made");
  check((await page.textContent("#tornado")).includes(result.tornado[0].resource), "tornado");
  equal(await page.locator("img").count(), 0, "images");
  await page.click("[aria-label='Copy the command that simulates half the clock']");
  const line = await page.evaluate(() => navigator.clipboard.readText());
  equal(JSON.parse(paste(line + " --json", out("."))).throughput_tokens_per_s, result.changes[0].result.throughput_tokens_per_s, line);
  await shot(page, "whatif");
  equal(page.problems.join("\n"), "", "problems");
  await page.context().close();
});

test("compare: figures and changes against the first", async () => {
  const [a, b] = ["a.json", "b.json"].map((f) => JSON.parse(readFileSync(out(f), "utf8")));
  const page = await open(out("compare.html"));
  await page.waitForSelector("#chart-compare-energy svg");
  const row = await page.locator("#figures tbody tr").first().locator("td").allTextContents();
  const numbers = row.slice(2).map((t) => parseFloat(t.replace(/[\u202f+]/g, "").replace("\u2212", "-")));
  check(Math.abs(numbers[0] / a.throughput_tokens_per_s - 1) < 1e-4 && Math.abs(numbers[1] / b.throughput_tokens_per_s - 1) < 1e-4, row.join());
  check(Math.abs(numbers[2] - 100 * (b.throughput_tokens_per_s / a.throughput_tokens_per_s - 1)) < 0.06, row.join());
  await shot(page, "compare");
  equal(page.problems.join("\n"), "", "problems");
  await page.context().close();
});

for (const name of ["whatif", "compare", "reproduction"]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${name}: accessible in ${colorScheme} colours`, async () => {
      const page = await open(out(name + ".html"), { colorScheme });
      await page.waitForSelector(".chart svg");
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
      equal((await accessibility(page)).join("\n"), "", "violations");
      await page.context().close();
    });
  }
}

await run();
