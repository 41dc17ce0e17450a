// SPDX-License-Identifier: Apache-2.0
// What the browser tests share: a headless Chromium that notes everything that goes wrong, and pages written by the program itself.
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

const settings = Object.fromEntries(["statelane", "make_store", "modules", "chromium", "out"].map((k) => [k, process.env["STATELANE_TEST_" + k.toUpperCase()]]));
const require = createRequire(path.join(settings.modules, "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(path.join(settings.modules, "axe-core/axe.min.js"), "utf8");
mkdirSync(settings.out, { recursive: true });

export const out = (name) => path.join(settings.out, name);
/** Runs statelane; what it prints. */
export const statelane = (...words) => execFileSync(settings.statelane, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28 });
export const makeStore = (...words) => execFileSync(settings.make_store, words, { encoding: "utf8" });
/** Runs a line as a shell would after a user pasted it: statelane is the program under test. */
export const paste = (line, cwd) => execFileSync("/bin/bash", ["-c", `statelane() { "$STATELANE_TEST_STATELANE" "$@"; }; ${line}`], { encoding: "utf8", cwd, maxBuffer: 1 << 28 });

let browser;
/** Opens a file. The page's `problems` are console errors, exceptions, dialogs, and requests for anything but itself. */
export async function open(file, options = {}) {
  browser ??= await chromium.launch({ executablePath: settings.chromium, args: ["--no-sandbox", "--force-color-profile=srgb"] });
  const context = await browser.newContext({ viewport: { width: 1320, height: 900 }, permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") page.problems.push(m.text()); });
  page.on("pageerror", (e) => page.problems.push(String(e.stack || e)));
  page.on("dialog", (d) => { page.problems.push("dialog: " + d.message()); d.dismiss(); });
  page.on("request", (r) => { if (!/^(file|data|blob):/.test(r.url())) page.problems.push("request: " + r.url()); });
  await page.goto("file://" + file);
  await page.waitForFunction(() => document.documentElement.dataset.ready === "yes");
  return page;
}
/** Violations of WCAG 2.1 A and AA, as text. */
export async function accessibility(page) {
  await page.evaluate(axe.replace(/^/, "") + ";window.axeReady=1");
  const result = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], rules: { region: { enabled: false } } }));
  return result.violations.map((v) => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map((n) => `    ${n.html.slice(0, 200)}\n    ${(n.any[0] || n.all[0] || n.none[0] || {}).message || ""}`).join("\n"));
}
export const shot = (page, name, options = {}) => page.screenshot({ path: out(name + ".png"), fullPage: true, ...options });

const tests = [];
export const test = (name, body) => tests.push([name, body]);
export function check(condition, message) { if (!condition) throw new Error(message); }
export function equal(a, b, message = "") { if (a !== b) throw new Error(`${message}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`); }
export async function run() {
  let failed = 0;
  for (const [name, body] of tests) {
    const start = Date.now();
    try {
      await body();
      console.log(`ok      ${name} (${Date.now() - start} ms)`);
    } catch (e) {
      ++failed;
      console.log(`FAILED  ${name}\n${e.stack || e}`);
    }
  }
  await browser?.close();
  console.log(`${tests.length - failed} of ${tests.length} passed; screenshots in ${settings.out}`);
  process.exitCode = failed ? 1 : 0;
}
