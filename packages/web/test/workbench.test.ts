import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fragmentOf } from "../src/link/link.js";
import { type Bench, CHROMIUM, dist, root, startBench, typeTest, verdictOn } from "./browser.js";

const RACE = readFileSync(join(root, "catalogue/altix/cq-race.litmus"), "utf8");

const NOTHING = { platforms: undefined, settings: [], selected: undefined, step: undefined, off: [], stories: [], play: undefined };

const stepShown = (page: Page): Promise<string> => page.locator(".count").innerText();
const sentence = (page: Page): Promise<string> => page.locator(".sentence").innerText();

describe.skipIf(CHROMIUM === undefined)("the workbench in a browser", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(async () => {
    await bench?.close();
  });

  test("opens on the Altix story: sentence, verdicts, ladder at the pass, the rule with its source", async () => {
    const page = await bench.open();
    await page.locator(".ladder .row.now").first().waitFor();
    await verdictOn(page, "sn2", "allowed");
    await verdictOn(page, "pcie", "forbidden");
    expect(await page.locator(".lead").innerText()).toMatch(/completion queue entry overtakes.* can happen on .*sn2.*cannot on .*pcie/);
    expect(await sentence(page)).toContain("passing DMA write data=1");
    expect(await page.locator(".step-rules").innerText()).toMatch(/out-of-order-DMA[\s\S]*Kepner/);
    expect(await page.locator(".cm-now").innerText()).toBe("DMA_WRITE(*cq, 1)");
    expect(page.faults).toEqual([]);
  });

  test("typing gives a verdict; a mistake is shown under the text and taken back", async () => {
    const page = await bench.open();
    await verdictOn(page, "sn2", "allowed");
    await typeTest(page, RACE.replace("dma(streaming) int cq", "dma(streaming, write_barrier) int cq"));
    await verdictOn(page, "sn2", "forbidden");
    await typeTest(page, RACE.replace("READ_ONCE(*cq)", "READ_ONCE(*qc)"));
    await page.locator(".cm-lintRange-error").waitFor();
    expect(await page.locator(".problems").innerText()).toContain("qc");
    expect(await page.locator(".matrix").innerText()).toContain("mistake");
    expect(await page.locator(".lead").innerText()).toBe("The test has errors: they are marked in its text.");
    await typeTest(page, RACE);
    await verdictOn(page, "sn2", "allowed");
    await page.locator(".cm-lintRange-error").waitFor({ state: "detached" });
    expect(page.faults).toEqual([]);
  });

  test("an address that names no page says so, and shows the bench", async () => {
    const page = await bench.open("#/nowhere");
    await page.locator("[role=alert], [role=status]", { hasText: "There is no page “#/nowhere”" }).waitFor();
    await verdictOn(page, "sn2", "allowed");
    expect(page.faults).toEqual([]);
  });

  test("text over a selection that the editor has not heard of yet", async () => {
    const page = await bench.open();
    await verdictOn(page, "sn2", "allowed");
    await page.locator(".cm-content").focus();
    await page.locator(".cm-content").evaluate((content) => {
      addEventListener("selectionchange", (event) => event.stopImmediatePropagation(), true);
      (content.getRootNode() as unknown as Document).getSelection()?.selectAllChildren(content);
    });
    await page.keyboard.insertText(RACE.replace("dma(streaming) int cq", "dma(streaming, write_barrier) int cq"));
    await verdictOn(page, "sn2", "forbidden");
    expect(page.faults).toEqual([]);
  });

  test("completion and hover come from the language server", async () => {
    const page = await bench.open();
    await verdictOn(page, "sn2", "allowed");
    await page.locator(".editor[data-language=ready]").waitFor({ timeout: 10_000 });
    await page.locator(".cm-line", { hasText: "rmb();" }).getByText("rmb").hover();
    await page.locator(".cm-lsp-hover-tooltip").waitFor({ timeout: 10_000 });
    await page.locator(".cm-line", { hasText: "rmb();" }).click();
    await page.keyboard.press("End");
    await page.keyboard.type("\nread");
    await page.locator(".cm-tooltip-autocomplete li", { hasText: "readl" }).first().waitFor({ timeout: 10_000 });
    expect(page.faults).toEqual([]);
  });

  test("steps forward and back, by buttons and keys, plays, and jumps to the pass", async () => {
    const page = await bench.open();
    await page.locator(".ladder .row.now").first().waitFor();
    expect(await stepShown(page)).toBe("2/5");
    await page.getByRole("button", { name: "Step forward" }).click();
    expect(await stepShown(page)).toBe("3/5");
    expect(await sentence(page)).toContain("P0 reads cq: 1");
    await page.locator(".ladder-box").focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    expect(await stepShown(page)).toBe("1/5");
    expect(await page.locator(".chip:not(.away)").allInnerTexts()).toEqual(["data=1"]);
    await page.keyboard.press("End");
    expect(await stepShown(page)).toBe("5/5");
    expect(await page.locator(".head.memory").innerText()).toContain("data=1");
    expect(await page.locator(".chip:not(.away)").count()).toBe(0);
    await page.getByRole("button", { name: "Jump to the pass" }).click();
    expect(await stepShown(page)).toBe("2/5");
    await page.getByRole("button", { name: "Play" }).click();
    await page.locator(".count", { hasText: "3/5" }).waitFor({ timeout: 4000 });
    await page.getByRole("button", { name: "Pause" }).click();
  });

  test("a rule's whole table opens, and a rule can be turned off and on", async () => {
    const page = await bench.open();
    await page.locator(".step-rules button", { hasText: "out-of-order-DMA" }).click();
    await page.locator("dialog[open] tr.chosen", { hasText: "out-of-order-DMA" }).waitFor();
    expect(await page.locator("dialog[open] tbody tr").count()).toBeGreaterThan(1);
    await page.keyboard.press("Escape");
    await page.locator(".reason input[role=switch]").first().click();
    await page.locator(".why-verdict .verdict.forbidden").waitFor();
    await page.getByRole("button", { name: "Turn on again" }).click();
    await page.locator(".why-verdict .verdict.allowed").waitFor();
    // What forbids it, turned off, shows the run.
    await page.locator(".matrix button", { hasText: /^pcie$/ }).click();
    await page.locator(".why-verdict .verdict.forbidden").waitFor();
    await page.locator(".reason input[role=switch]").first().click();
    await page.locator(".why-verdict .verdict.allowed").waitFor();
    expect(await sentence(page)).toContain("passing");
    expect(page.faults).toEqual([]);
  });

  test("a shared link opens on the same test, cell and step", async () => {
    const page = await bench.open("", { permissions: ["clipboard-read", "clipboard-write"] });
    await verdictOn(page, "portable", "allowed");
    await page.locator(".matrix button", { hasText: /^portable$/ }).click();
    await page.locator(".why-verdict", { hasText: "portable" }).waitFor();
    await page.getByRole("button", { name: "Step forward" }).click();
    const shown = [await stepShown(page), await sentence(page)];
    await page.getByRole("button", { name: "Share" }).click();
    await page.locator(".notice", { hasText: "Link copied" }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(page.url());
    expect(link.length).toBeLessThan(1200);
    const other = await bench.open(link.slice(bench.address.length));
    await other.locator(".why-verdict", { hasText: "portable" }).waitFor();
    expect([await stepShown(other), await sentence(other)]).toEqual(shown);
    expect(other.faults).toEqual([]);
  });

  test("another witness shows another run, and says what differs", async () => {
    const text = readFileSync(join(root, "catalogue/classic/MP.litmus"), "utf8");
    const page = await bench.open(fragmentOf({ ...NOTHING, text, platforms: ["arm64"] }));
    await page.locator(".ladder .row.now").first().waitFor();
    const first = await page.locator(".ladder-rows svg").innerHTML();
    await page.getByRole("button", { name: "Another witness" }).click();
    await page.locator(".player-head", { hasText: "run 2 of 2" }).waitFor();
    expect(await page.locator(".ladder-rows svg").innerHTML()).not.toBe(first);
    // A link carries it.
    await page.getByRole("button", { name: "Share" }).click();
    await page.locator(".notice").waitFor();
    const shown = await page.locator(".ladder-rows svg").innerHTML();
    const other = await bench.open(page.url().slice(bench.address.length));
    await other.locator(".player-head", { hasText: "run 2 of 2" }).waitFor();
    expect(await other.locator(".ladder-rows svg").innerHTML()).toBe(shown);
    expect([...page.faults, ...other.faults]).toEqual([]);
  });

  test("free play: the enabled steps can be made by click and key, and undone; a link carries them", async () => {
    const page = await bench.open();
    await verdictOn(page, "sn2", "allowed");
    await page.getByRole("tab", { name: "Free play" }).click();
    const choose = (what: string): Promise<void> => page.locator(".play-choices button", { hasText: what }).click();
    const made = (count: number): Promise<void> =>
      page.locator("#play-title", { hasText: new RegExp(`\\b${count} steps? made`) }).waitFor();
    await choose("D0 sends DMA write data=1");
    await made(1);
    expect(await page.locator(".chip:not(.away)").allInnerTexts()).toEqual(["data=1"]);
    await choose("D0 sends DMA write cq=1");
    await made(2);
    await choose("data=1 leaves");
    await made(3);
    await choose("cq=1 leaves");
    await made(4);
    expect(await page.locator(".play-choices button.passes").count()).toBe(1);
    await page.getByRole("button", { name: "Undo" }).click();
    await made(3);
    await page.locator(".play-choices button").first().focus();
    await page.keyboard.press("1");
    await made(4);
    await page.keyboard.press("u");
    await made(3);
    await page.getByRole("button", { name: "Share" }).click();
    await page.locator(".notice").waitFor();
    const other = await bench.open(page.url().slice(bench.address.length));
    await other.locator("#play-title", { hasText: "3 steps made" }).waitFor();
    expect(await other.locator(".play-choices").innerText()).toBe(await page.locator(".play-choices").innerText());
    expect([...page.faults, ...other.faults]).toEqual([]);
  });

  test("fixes: proved repairs with their price, one of which goes into the test; and the cost of the test", async () => {
    const page = await bench.open();
    await verdictOn(page, "sn2", "allowed");
    await page.getByRole("tab", { name: "Cost" }).click();
    await page.locator(".fixes pre", { hasText: "cq-race on sn2" }).waitFor();
    await page.getByRole("tab", { name: "Fixes" }).click();
    const barrier = page.locator(".fixes article", { hasText: "DMA_ATTR_WRITE_BARRIER" });
    await barrier.waitFor({ timeout: 15_000 });
    expect(await barrier.innerText()).toMatch(/platform-specific[\s\S]*in all [0-9]+ ns of CPU time/);
    await barrier.getByRole("button", { name: "Apply to the test" }).click();
    await verdictOn(page, "sn2", "forbidden");
    expect(await page.locator(".cm-content").innerText()).toContain("write_barrier");
    expect(page.faults).toEqual([]);
  });

  test("a test without devices has the axioms' verdicts too, and one with RCU those alone", async () => {
    const text = readFileSync(join(root, "catalogue/classic/MP.litmus"), "utf8");
    const page = await bench.open(fragmentOf({ ...NOTHING, text, platforms: ["arm64", "x86"] }));
    const row = (name: string, verdict: string): Promise<void> =>
      page
        .locator(".models tr", { has: page.locator(`th:text-is("${name}")`) })
        .locator(`.verdict.${verdict}`)
        .waitFor();
    await row("lkmm", "allowed");
    await row("x86", "forbidden");
    await row("arm64", "allowed");
    const rcu =
      "C rcu\n{}\nP0(int *x, int *y) {\n  rcu_read_lock();\n  int r0 = READ_ONCE(*x);\n  int r1 = READ_ONCE(*y);\n  rcu_read_unlock();\n}\nP1(int *x, int *y) {\n  WRITE_ONCE(*y, 1);\n  synchronize_rcu();\n  WRITE_ONCE(*x, 1);\n}\nexists (0:r0=1 /\\ 0:r1=0)\n";
    await typeTest(page, rcu);
    await page
      .locator(".matrix .message", { hasText: "explorer does not run RCU; `fencepost herd` does. Below is what the axioms say." })
      .waitFor();
    await row("lkmm", "forbidden");
    await typeTest(page, RACE);
    await page.locator(".models").waitFor({ state: "detached" });
    expect(page.faults).toEqual([]);
  });

  test("hostile links and tests: a sentence, nothing executed, and the page goes on", async () => {
    const page = await bench.open("#t1.%3Cscript%3Ealert(1)%3C/script%3E");
    await page.locator(".notice.error").waitFor();
    await verdictOn(page, "sn2", "allowed");
    const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const hostile = RACE.replace(/"A completion.*"/, JSON.stringify(markup).replaceAll("\\", "")).replaceAll("cq-race", "x");
    const doc = hostile.replace('onerror="document.title=1"', "onerror=document.title=1");
    await page.goto(`${bench.address}${fragmentOf({ ...NOTHING, text: doc, platforms: ["sn2", markup.slice(0, 70)] })}`);
    await page.locator(".lead-doc", { hasText: "<img" }).waitFor();
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(await page.title()).toBe("Fencepost workbench");
    await page.goto(`${bench.address}${fragmentOf({ ...NOTHING, text: RACE, selected: "sn2", stories: [[1, 2, 3]], step: 4000 })}`);
    await page.locator(".notice.error", { hasText: "no run" }).waitFor();
    await page.locator(".ladder .row").first().waitFor();
    expect(page.faults).toEqual([]);
  });

  test("a search without end is given up: unknown, and the page answers meanwhile", async () => {
    const writer = (n: number): string =>
      `P${n}(int *x, int *y, int *z) {\n${"  WRITE_ONCE(*x, 1);\n  WRITE_ONCE(*y, 2);\n  WRITE_ONCE(*z, 3);\n".repeat(2)}  int r0 = READ_ONCE(*x);\n  int r1 = READ_ONCE(*y);\n  int r2 = READ_ONCE(*z);\n}\n`;
    const text = `C large\n{}\n${[0, 1, 2, 3, 4, 5].map(writer).join("")}exists (0:r0=7 /\\ 1:r1=7 /\\ 2:r2=7 /\\ 3:r0=7 /\\ 4:r1=7 /\\ 5:r2=7)\n`;
    const page = await bench.open(fragmentOf({ ...NOTHING, text, platforms: ["portable"] }));
    await verdictOn(page, "portable", "unknown");
    // While such a search runs, a changed test has its verdict at once.
    await typeTest(page, `${text} `);
    await page.waitForTimeout(100);
    await typeTest(page, RACE);
    await page.locator(".matrix .verdict.allowed").waitFor({ timeout: 2500 });
    expect(page.faults).toEqual([]);
  });

  test("asks nobody for anything, and goes on without a network", async () => {
    const page = await bench.open();
    await verdictOn(page, "sn2", "allowed");
    await page.locator(".editor[data-language=ready]").waitFor();
    await page.waitForTimeout(900);
    await page.context().setOffline(true);
    await typeTest(page, RACE.replace("dma(streaming) int cq", "dma(streaming, write_barrier) int cq"));
    await verdictOn(page, "sn2", "forbidden");
    await page.locator(".ladder, .reason").first().waitFor();
    await page.getByRole("tab", { name: "Free play" }).click();
    await page.locator(".play-choices button").first().waitFor();
    await page.getByRole("button", { name: "Share" }).click();
    await page.locator(".notice", { hasText: /link/i }).waitFor();
    expect(page.requests.filter((url) => !url.startsWith(bench.address))).toEqual([]);
    expect(page.faults).toEqual([]);
  });

  test("is a plain folder: any server, in any path", async () => {
    const files = createServer((request, response) => {
      const path = (request.url ?? "").split(/[?#]/)[0]?.replace("/some/where/", "") || "index.html";
      try {
        const body = readFileSync(join(dist, path));
        response.writeHead(200, {
          "content-type": path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "text/html",
        });
        response.end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve));
    const page = await bench.open();
    await page.goto(`http://127.0.0.1:${(files.address() as AddressInfo).port}/some/where/`);
    await verdictOn(page, "sn2", "allowed");
    await page.locator(".ladder .row").first().waitFor();
    files.close();
    files.closeAllConnections();
  });

  test("works with keys alone", async () => {
    const page = await bench.open();
    await page.locator(".ladder .row.now").first().waitFor();
    const reach = async (is: string): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((selector) => document.activeElement?.matches(selector) === true, is)) return;
      }
      throw new Error(`Tab does not reach ${is}`);
    };
    await reach(".skip");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    // Into the editor, and out of it.
    await reach(".editor");
    await page.keyboard.press("Escape");
    await reach(".matrix th button");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".matrix tr.now button[aria-pressed=true]").waitFor();
    await reach(".controls .primary");
    await page.keyboard.press("Home");
    expect(await stepShown(page)).toMatch(/^0\//);
    await page.keyboard.press("ArrowRight");
    expect(await stepShown(page)).toMatch(/^1\//);
    await page.keyboard.press("j");
    await reach(".step-rules button");
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
  });

  test("at 360 pixels nothing sticks out", async () => {
    const page = await bench.open("", { viewport: { width: 360, height: 740 } });
    await page.locator(".ladder .row.now").first().waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBe(360);
  });

  test("the catalogue: cards with verdicts, search, filters by driver, platform, verdict and rule, and a test opened from it", async () => {
    const page = await bench.open("#/catalogue");
    await page.locator(".card .dot.allowed").first().waitFor();
    const shown = (): Promise<number> => page.locator(".card").count();
    const all = await shown();
    expect(all).toBeGreaterThan(300);
    await page.getByLabel("Search").fill("completion queue mthca");
    expect(await shown()).toBeLessThan(20);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByLabel("Driver").selectOption("nvme");
    expect(await page.locator(".card h3").allInnerTexts()).toContain("11-nvme-phase-before");
    await page.getByLabel("Driver").selectOption("");
    await page.getByLabel("Subject").selectOption("altix");
    await page.getByLabel("Platform", { exact: true }).selectOption("sn2");
    await page.getByLabel("Decided by the rule").selectOption("numa: out-of-order-DMA");
    await page.locator(".card h3", { hasText: "cq-race" }).first().waitFor();
    await page.locator(".catalogue-head", { hasNotText: "asked" }).waitFor();
    expect(await shown()).toBeLessThan(50);
    expect(await page.locator(".card h3").allInnerTexts()).not.toContain("cq-barrier-elsewhere");
    // The address says it all: what is shown can be sent and comes back.
    const again = await bench.open(page.url().slice(bench.address.length));
    await again.locator(".card h3", { hasText: "cq-race" }).first().waitFor();
    await again.getByLabel("Decided by the rule").selectOption("");
    await again.getByLabel("Verdict there").selectOption("depends");
    await again.locator(".card h3", { hasText: "data-barrier" }).first().waitFor();
    await again.locator(".card a", { hasText: "data-barrier" }).first().click();
    await verdictOn(again, "sn2", "depends");
    expect(await again.locator(".cm-content").innerText()).toContain("C data-barrier");
    expect([...page.faults, ...again.faults]).toEqual([]);
  });

  test("a platform's page has its places, its tables with sources, and the tests that a rule decides", async () => {
    const page = await bench.open("#/platforms");
    await page.locator(".platform-list a", { hasText: /^sn2$/ }).click();
    await page.locator(".graph text", { hasText: "numa" }).waitFor();
    expect(await page.locator(".cells tbody tr", { hasText: "out-of-order-DMA" }).innerText()).toContain("Kepner");
    await page.getByRole("link", { name: "Tests that out-of-order-DMA decides" }).click();
    await page.locator(".card h3", { hasText: "cq-race" }).first().waitFor();
    await page.goto(`${bench.address}#/platform/%3Cimg%3E`);
    await page.locator(".message.error", { hasText: "no platform “<img>”" }).waitFor();
    expect(page.faults).toEqual([]);
  });

  test("exports: SVG, PNG, litmus, JSON, Markdown", async () => {
    const page = await bench.open("", { permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true });
    await page.locator(".ladder .row.now").first().waitFor();
    const take = async (label: string): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
      await page.locator(".menu summary").click();
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: label }).click();
      const file = await download;
      return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
    };
    const svg = await take("Ladder as SVG");
    expect(svg.name).toBe("cq-race-sn2.svg");
    expect(svg.bytes.toString()).toMatch(/^<svg [\s\S]*out-of-order-DMA[\s\S]*<\/svg>/);
    const png = await take("Ladder as PNG");
    expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
    expect(png.bytes.readUInt32BE(16)).toBe(1600);
    // A picture with its styles: a black one would be a tenth of the size.
    expect(png.bytes.length).toBeGreaterThan(20_000);
    expect((await take("Test as .litmus")).bytes.toString()).toBe(RACE);
    const report = JSON.parse((await take("Report as JSON")).bytes.toString()) as {
      readonly tests: readonly [{ readonly verdicts: readonly { readonly platform: string; readonly verdict: string }[] }];
    };
    expect(report.tests[0].verdicts.find((each) => each.platform === "sn2")?.verdict).toBe("allowed");
    await page.locator(".menu summary").click();
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    await page.locator(".notice", { hasText: "Markdown" }).waitFor();
    const block = await page.evaluate(() => navigator.clipboard.readText());
    expect(block).toMatch(/\| sn2 \| allowed \|[\s\S]*```text\ncq-race on sn2[\s\S]*```c\nC cq-race[\s\S]*\]\(http:[^)]*#t1\.[\w-]+\)/);
    expect(page.faults).toEqual([]);
  });

  test.each(["catalogue?subject=interrupts", "platforms", "platform/sn2"])("axe finds nothing on %s", async (view) => {
    const page = await bench.open(`#/${view}`, { reducedMotion: "reduce" });
    await page.locator("h2").waitFor();
    await page.locator(".card .dot.allowed, .platform-list li, .cells tr").first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await violationsOf(page, ["color-contrast", "scrollable-region-focusable"])).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  test.each(["light", "dark"] as const)("axe finds nothing, %s", async (colorScheme) => {
    const page = await bench.open("", { colorScheme, reducedMotion: "reduce" });
    await page.locator(".ladder .row.now").first().waitFor();
    // In the dark only colours differ.
    const violations = (of: Page): Promise<readonly string[]> => violationsOf(of, colorScheme === "dark" ? ["color-contrast"] : undefined);
    expect(await violations(page)).toEqual([]);
    await page.locator(".step-rules button").first().click();
    await page.locator("dialog[open] tr.chosen").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    for (const [name, there] of [
      ["Free play", ".play-choices button"],
      ["Fixes", ".fixes article"],
      ["Cost", ".fixes pre"],
    ] as const) {
      await page.getByRole("tab", { name }).click();
      await page.locator(there).first().waitFor();
      expect(await violations(page)).toEqual([]);
    }
    await page.getByRole("tab", { name: "Why" }).click();
    await page.locator(".matrix button", { hasText: /^pcie$/ }).click();
    await page.locator(".why-verdict .verdict.forbidden").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await violations(page)).toEqual([]);
  });
});

/** What axe finds, by all its rules or by some. */
async function violationsOf(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  // As a script of the test's own: the page's policy does not bind the protocol.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async (only) => {
      const run = (window as unknown as { axe: typeof axe }).axe.run;
      const found = await (only === undefined ? run() : run({ runOnly: [...only] }));
      return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" | ")}`);
    },
    rules as string[] | undefined,
  );
}

describe("the built page", () => {
  const assets = readdirSync(join(dist, "assets"));
  const size = (name: string): number => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;

  test("is under 250 kB until the first story is there", () => {
    // The page's script and style, what they import from the start, and the worker with the engines.
    const html = readFileSync(join(dist, "index.html"), "utf8");
    const first = new Set(["index.html"]);
    const follow = (name: string): void => {
      if (first.has(name)) return;
      first.add(name);
      if (!name.endsWith(".js")) return;
      for (const [, other] of readFileSync(join(dist, name), "utf8").matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+)["'`]/g))
        follow(`assets/${other}`);
    };
    for (const [, name] of html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)) follow(name as string);
    follow(`assets/${assets.find((name) => name.startsWith("worker-"))}`);
    expect(first.size).toBeGreaterThan(3);
    const sum = [...first].reduce((total, name) => total + size(name), 0);
    expect(sum).toBeGreaterThan(100_000);
    expect(sum).toBeLessThan(250_000);
  });

  test("says its policy in its head, without unsafe-eval or unsafe-inline", () => {
    const html = readFileSync(join(dist, "index.html"), "utf8");
    expect(html).toMatch(/Content-Security-Policy"\s+content="default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(html).not.toMatch(/unsafe/);
    expect(html).not.toMatch(/<script>|<style|style="|https?:/);
  });
});
