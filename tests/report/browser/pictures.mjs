// SPDX-License-Identifier: Apache-2.0
// The pictures of docs/report.md: pictures.mjs FOLDER STORE, where STORE is that of results/explore.sh (sweep boards-1.3b).
import path from "node:path";
import { open, out, run, statelane, test } from "./browser.mjs";

const [folder, store] = process.argv.slice(2);
const picture = (page, name, clip) => page.screenshot({ path: path.join(folder, name + ".png"), clip, fullPage: !!clip });
/** From the top of one element to the bottom of another, over the whole width. */
async function between(page, first, last) {
  const a = await page.locator(first).evaluate((e) => e.getBoundingClientRect().top + scrollY), b = await page.locator(last).evaluate((e) => e.getBoundingClientRect().bottom + scrollY);
  return { x: 0, y: Math.max(0, a - 8), width: 1200, height: b - a + 16 };
}
const viewport = { width: 1200, height: 900 };

test("one design", async () => {
  statelane("simulate", "lightmamba-u280-w4a4-decode-2.7b", "--out", out("u280.json"));
  statelane("report", out("u280.json"), "--out", out("u280.html"));
  const page = await open(out("u280.html"), { viewport });
  await page.waitForSelector("#chart-roofline svg");
  await page.addStyleTag({ content: "nav#sections { position: static !important; }" });
  await page.waitForTimeout(300);
  await picture(page, "design", await between(page, "#top", "#alternatives"));
  await picture(page, "diagram", await between(page, "#diagram", "#diagram"));
  await picture(page, "timeline", await between(page, "#timeline", "#timeline"));
  await picture(page, "roofline", await between(page, "#roofline", "#roofline"));
});

test("the explorer", async () => {
  statelane("report", store, "--sweep", "boards-1.3b", "--out", out("boards.html"));
  const page = await open(out("boards.html"), { viewport });
  await page.waitForFunction(() => document.documentElement.dataset.loaded === "yes" && document.querySelector("#chart-scatter").dataset.drawn > 0);
  await page.addStyleTag({ content: "nav#sections { position: static !important; }" });
  await page.selectOption("#select-colour", "board");
  await page.check("#check-logY");
  await page.evaluate(() => ssm.store.setFilters({ "resources.lut": [0, 300000] }));
  await page.waitForTimeout(500);
  await picture(page, "explorer", await between(page, "#top", "#parallel"));
  await picture(page, "chosen", await between(page, "#design", "#design"));
});

test("what if, in the dark", async () => {
  statelane("whatif", "lightmamba-vck190-w4a4-decode-2.7b", "lightmamba", "--out", out("whatif.html"));
  const page = await open(out("whatif.html"), { viewport, colorScheme: "dark" });
  await page.waitForSelector("#chart-tornado svg");
  await page.addStyleTag({ content: "nav#sections { position: static !important; }" });
  await page.waitForTimeout(300);
  await picture(page, "whatif", await between(page, "#top", "#tornado"));
});

await run();
