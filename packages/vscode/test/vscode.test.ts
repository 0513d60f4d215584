import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, openWorkbench, type Workbench } from "./workbench.js";

/** What is used of the page's own things. */
interface Window {
  getComputedStyle(node: unknown): { readonly color: string };
}
interface Picture {
  decode(): Promise<void>;
  readonly naturalWidth: number;
}

const race = `C race
"Does the entry arrive before the data that it announces?"
{
  dma(streaming) int data;
  dma(streaming) int cq;
}

D0(int *data, int *cq) {
  DMA_WRITE(*data, 1);
  DMA_WRITE(*cq, 1);
}

P0(int *cq, int *data) {
  int r0 = READ_ONC(*cq);
  rmb();
  int r1 = READ_ONCE(*data);
}

exists (0:r0=1 /\\ 0:r1=0)
expect sn2: forbidden; pcie: forbidden
`;

/** Pictures are kept where they are asked for, to be looked at. */
const pictures = process.env["FENCEPOST_PICTURES"];
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

describe.skipIf(CHROMIUM === undefined)("in VS Code", () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await openWorkbench({ "race.litmus": race });
  });
  afterAll(() => workbench?.close());

  const lens = (text: string | RegExp) => workbench.page.locator(".contentWidgets .codelens-decoration a", { hasText: text });

  test("a litmus file is highlighted, and its mistake is a problem", async () => {
    const { page } = workbench;
    await page.locator(".view-lines").first().waitFor({ timeout: 90_000 });
    await page.locator(".squiggly-error").first().waitFor({ timeout: 60_000 });
    // The mode, in the status bar, and a word that the grammar knows.
    await page.locator("#status\\.editor\\.mode", { hasText: "Litmus" }).waitFor();
    const exists = page.locator(".view-line span span", { hasText: /^exists$/ }).first();
    const plain = page.locator(".view-line span span", { hasText: /^data$/ }).first();
    const colour = (of: typeof exists): Promise<string> =>
      of.evaluate((node) => (globalThis as unknown as Window).getComputedStyle(node).color);
    expect(await colour(exists)).not.toBe(await colour(plain));
    await picture(page, "problem");
  });

  test("the quick fix puts it right, and lenses tell the verdicts", async () => {
    const { page } = workbench;
    await page.locator(".view-line", { hasText: "READ_ONC(" }).click();
    await page.keyboard.press("Control+g");
    await page.keyboard.type("14:14");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "14" }).first().waitFor({ timeout: 20_000 });
    await page.keyboard.press("Enter");
    await page.locator("#status\\.editor\\.selection", { hasText: "Ln 14, Col 14" }).waitFor({ timeout: 20_000 });
    await page.keyboard.press("Control+.");
    const action = page.locator(".action-widget .monaco-list-row", { hasText: "Replace `READ_ONC` with `READ_ONCE`" });
    await action.waitFor({ timeout: 20_000 });
    await page.keyboard.press("Enter");
    await page.locator(".view-line", { hasText: "READ_ONCE(*cq)" }).waitFor();
    await lens("sn2: allowed (stated: forbidden), explain").waitFor({ timeout: 60_000 });
    await lens("pcie: forbidden, explain").waitFor({ timeout: 60_000 });
    // The verdict that is not as stated is a problem too.
    await page.locator(".squiggly-error").first().waitFor({ timeout: 20_000 });
    await picture(page, "lenses");
  });

  test("a lens opens the explanation: the ladder, the text, no script", async () => {
    const { page } = workbench;
    await lens("sn2: allowed").click();
    const outer = page.locator("iframe.webview").first();
    await outer.waitFor({ timeout: 30_000 });
    const inner = outer.contentFrame().locator("#active-frame").contentFrame();
    await inner.locator("h1", { hasText: "race.litmus on sn2: allowed" }).waitFor({ timeout: 30_000 });
    const ladder = inner.locator("img.ladder");
    expect(
      await ladder.evaluate((node) => (node as unknown as Picture).decode().then(() => (node as unknown as Picture).naturalWidth)),
    ).toBeGreaterThan(400);
    expect(await inner.locator("pre").textContent()).toContain("The rule that decides:");
    await picture(page, "explanation");
  });

  test("hover and completion", async () => {
    const { page } = workbench;
    await page.locator(".view-line span span", { hasText: /^rmb$/ }).first().hover();
    const hover = page.locator(".monaco-hover", { hasText: "rmb()" });
    await hover.waitFor({ timeout: 30_000 });
    expect(await hover.textContent()).toContain("asm/barrier.h: mf");
    await picture(page, "hover");
    await page.locator(".view-line", { hasText: "rmb();" }).click();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type("dma_rm");
    await page.locator(".suggest-widget .monaco-list-row", { hasText: "dma_rmb" }).first().waitFor({ timeout: 30_000 });
    await picture(page, "completion");
  });

  test("nothing was asked of the network", () => {
    expect(workbench.strangers).toEqual([]);
  });
});
