/** The built page in a real browser, served as its users get it. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium } from "../../../scripts/chromium.mjs";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const dist = join(root, "packages/web/dist");

/** Empty: `npm test` has looked and found none. */
export const CHROMIUM: string | undefined = process.env["CHROMIUM_PATH"] === "" ? undefined : findChromium();

if (!existsSync(join(dist, "index.html"))) throw new Error("The page is not built: npm run build");

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Bench {
  readonly browser: Browser;
  readonly address: string;
  /** A page in a context of its own. What goes wrong in it is kept in `faults`, where it asks for something in `requests`. */
  open(fragment?: string, options?: BrowserContextOptions): Promise<Page & { readonly faults: string[]; readonly requests: string[] }>;
  close(): Promise<void>;
}

/** `fencepost serve` and a browser. */
export async function startBench(): Promise<Bench> {
  const server = spawn(process.execPath, [join(root, "packages/cli/bin/fencepost.js"), "serve", "--port", "0"], { cwd: root });
  const address = await new Promise<string>((resolve, reject) => {
    server.stdout.on("data", (data: Buffer) => {
      const found = /http:\S+/.exec(data.toString());
      if (found !== null) resolve(found[0]);
    });
    server.stderr.on("data", (data: Buffer) => reject(new Error(data.toString())));
  });
  const browser = await chromium.launch({ executablePath: CHROMIUM as string, args: FLAGS });
  return {
    browser,
    address,
    async open(fragment = "", options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
      const page = await context.newPage();
      const faults: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
      });
      page.on("pageerror", (error) => faults.push(error.message));
      // A page that is left lets go of what it has asked for.
      context.on("requestfailed", (request) => {
        if (request.failure()?.errorText !== "net::ERR_ABORTED") faults.push(`${request.url()}: ${request.failure()?.errorText}`);
      });
      context.on("request", (request) => requests.push(request.url()));
      await page.goto(address + fragment);
      return Object.assign(page, { faults, requests });
    },
    async close() {
      await browser.close();
      await ended(server);
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

/** The verdict in a row of the matrix, once it is there. */
export async function verdictOn(page: Page, platform: string, verdict: string): Promise<void> {
  await page
    .locator(".matrix tr", { has: page.locator(`button:text-is("${platform}")`) })
    .locator(`.verdict.${verdict}`)
    .waitFor({ timeout: 8000 });
}

/** Replaces the test's text, as by hand. */
export async function typeTest(page: Page, text: string): Promise<void> {
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}
