// The workbench in a browser: from the last key to the first verdict and to all of them, and how large the page is. Part of `npm run bench`; also on its own.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { findChromium } from "../chromium.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "packages/web/dist");
const load = () => loadavg()[0].toFixed(1);

console.log("\nThe workbench: gzipped kB (level 9)");
for (const name of readdirSync(join(dist, "assets")).sort()) {
  const size = gzipSync(readFileSync(join(dist, "assets", name)), { level: 9 }).length;
  console.log(`${(size / 1000).toFixed(1).padStart(7)}  ${name.replace(/-[\w-]{8}(\.\w+)$/, "$1")}`);
}

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log("No Chromium: no latencies.");
  process.exit(0);
}

/** Every 13th test of the catalogue. */
const tests = readdirSync(join(root, "catalogue"), { recursive: true })
  .filter((name) => name.endsWith(".litmus"))
  .sort()
  .filter((_, index) => index % 13 === 0)
  .map((name) => readFileSync(join(root, "catalogue", name), "utf8"));

const server = spawn(process.execPath, [join(root, "packages/cli/bin/fencepost.js"), "serve", "--port", "0"], { cwd: root });
const address = await new Promise((resolve) => server.stdout.on("data", (data) => resolve(/http:\S+/.exec(data)[0])));
const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const browser = await chromium.launch({ executablePath, args: flags.split(" ") });
const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
const begun = performance.now();
await page.goto(address);
await page.locator(".ladder .row.now").first().waitFor();
console.log(`\nOpening, until the ladder of the first story is drawn: ${Math.round(performance.now() - begun)} ms; load ${load()}`);
await page.locator(".editor[data-language=ready]").waitFor();

const first = [];
const all = [];
const heard = [];
for (const text of tests) {
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text.slice(0, -1));
  await page.waitForTimeout(400);
  // The last key of the test.
  heard.push(
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          const then = performance.now();
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - then)));
        }),
    ),
  );
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(1200);
  const shown = await page.locator("[data-all]").first();
  first.push(Number(await shown.getAttribute("data-first")));
  all.push(Number(await shown.getAttribute("data-all")));
}
const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))].toFixed(0);
console.log(`From the last key, ${tests.length} tests of the catalogue on their platforms and six others; milliseconds; load ${load()}`);
console.log(`  to the first verdict  median ${at(first, 0.5)}  90 % ${at(first, 0.9)}  most ${at(first, 1)}`);
console.log(`  to all verdicts       median ${at(all, 0.5)}  90 % ${at(all, 0.9)}  most ${at(all, 1)}`);
console.log(`  a frame of the page   median ${at(heard, 0.5)}  most ${at(heard, 1)}`);
await browser.close();
server.kill();
