import { spawnSync } from "node:child_process";
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import type { Log } from "sarif";
import { afterAll, describe, expect, test } from "vitest";
import { commandData, commandProperty, markdownBlock, xmlAttribute, xmlText } from "../src/formats/escape.js";
import { fencepost, file, race } from "./command.js";

// On a busy machine a process takes its time.
/** A test whose words are everything that a format could trip over. */
const hostile = `C hostile::error<b>&|\`]]>
"]]></failure><script>alert(1)</script> ::set-env name=PATH::x %0A%25 | \`\`\` \u0001 end"
{ dma(streaming) int data; dma(streaming) int cq; }
D0(int *data, int *cq) { DMA_WRITE(*data, 1); DMA_WRITE(*cq, 1); }
P0(int *cq, int *data) { int r0 = READ_ONCE(*cq); rmb(); int r1 = READ_ONCE(*data); }
exists (0:r0=1 /\\ 0:r1=0)
expect sn2: forbidden; pcie: forbidden
`;
const differing = file("differs.litmus", race("expect sn2: forbidden; pcie: forbidden"));
const wicked = file("wicked, 100%: a&b.litmus", hostile);
const wrong = file("wrong.litmus", "C wrong\n{}\nP0(int *x) { WRITE_ONC(*x, 1); }\nexists (x=1)\n");
const inputs = [differing, wicked, wrong];

const folder = mkdtempSync(join(tmpdir(), "fencepost-formats-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const check = (format: string, paths: readonly string[] = inputs) =>
  fencepost(["check", ...paths, "--platform", "sn2,pcie", "--format", format]);

describe("sarif", () => {
  const { out, code } = check("sarif");
  const log = JSON.parse(out) as Log;
  const results = log.runs[0]?.results ?? [];

  test("a result for each problem and each verdict that differs; the exit code is the same", () => {
    expect(code).toBe(3);
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ["unknown-call", "error"],
      ["outcome-allowed", "error"],
      ["outcome-allowed", "error"],
    ]);
    for (const { ruleId, ruleIndex = -1 } of results) {
      const rule = log.runs[0]?.tool.driver.rules?.[ruleIndex];
      expect(rule?.id).toBe(ruleId);
      expect(rule?.help?.text).toMatch(/\.$/);
    }
    expect(log.runs[0]?.invocations?.[0]).toEqual({ executionSuccessful: true, exitCode: 3 });
  });

  test("the counterexample is a code flow: a thread flow for each thread, all steps once, in their order", () => {
    const [flow] = results[1]?.codeFlows ?? [];
    expect(flow?.threadFlows.map(({ id }) => id)).toEqual(["D0", "P0"]);
    const steps = (flow?.threadFlows ?? []).flatMap(({ id, locations }) =>
      locations.map(({ executionOrder, location }) => ({ id, executionOrder, location })),
    );
    steps.sort((a, b) => (a.executionOrder ?? 0) - (b.executionOrder ?? 0));
    expect(steps.map(({ executionOrder }) => executionOrder)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(steps.map(({ id, location }) => `${id} ${location?.physicalLocation?.region?.snippet?.text}`)).toEqual([
      "D0 DMA_WRITE(*data, 1)",
      "D0 DMA_WRITE(*cq, 1)",
      "P0 READ_ONCE(*cq)",
      "P0 READ_ONCE(*data)",
      "D0 DMA_WRITE(*data, 1)",
      "P0 exists (0:r0=1 /\\ 0:r1=0)",
    ]);
    expect(steps[3]?.location?.message?.text).toContain("P0 reads data: 0");
  });

  test("a run without findings is a log without results", () => {
    const clean = JSON.parse(check("sarif", ["catalogue/altix/cq-race.litmus"]).out) as Log;
    expect(clean.runs[0]?.results).toEqual([]);
    expect(clean.runs[0]?.tool.driver.rules).toEqual([]);
  });

  /** The validator's program: npm may have left it without the right to be run, and the place may be read-only. */
  function validator(): string | undefined {
    try {
      const require = createRequire(import.meta.resolve("@microsoft/sarif-multitool/package.json"));
      const name = { linux: "linux", darwin: "darwin", win32: "win32" }[process.platform as string];
      const home = dirname(require.resolve(`@microsoft/sarif-multitool-${name}/package.json`));
      const program = join(home, process.platform === "win32" ? "Sarif.Multitool.exe" : "Sarif.Multitool");
      if (!existsSync(program)) return undefined;
      try {
        accessSync(program, constants.X_OK);
        return program;
      } catch {
        try {
          chmodSync(program, 0o755);
          return program;
        } catch {
          const copy = join(folder, "Sarif.Multitool");
          copyFileSync(program, copy);
          chmodSync(copy, 0o755);
          return copy;
        }
      }
    } catch {
      return undefined;
    }
  }
  const program = validator();

  test.skipIf(program === undefined)("Microsoft's validator finds no error, with GitHub's rules", () => {
    const path = join(folder, "fencepost.sarif");
    writeFileSync(path, out);
    const report = join(folder, "validated.sarif");
    const env = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" };
    const args = [
      "validate",
      path,
      "--rule-kind",
      "Sarif;Gh;Ghas",
      "--level",
      "Error;Warning",
      "--output",
      report,
      "--log",
      "ForceOverwrite",
    ];
    const { status, stdout, stderr } = spawnSync(program as string, args, { env, encoding: "utf8" });
    expect(`${stdout}${stderr}`).toContain("Analysis completed successfully");
    expect(status).toBe(0);
    const found = (JSON.parse(readFileSync(report, "utf8")) as Log).runs[0]?.results ?? [];
    // There is no page of the tool to point at.
    expect(found.filter(({ ruleId }) => ruleId !== "SARIF2005")).toEqual([]);

    // And it would find one.
    const broken = { ...log, runs: [{ ...log.runs[0], results: [{ ...results[0], ruleIndex: 99, message: {} }] }] };
    writeFileSync(path, JSON.stringify(broken));
    const second = spawnSync(program as string, args, { env, encoding: "utf8" });
    expect(second.stdout).toMatch(/error (SARIF|JSON)\d+/);
  });
});

describe("junit", () => {
  const { out } = check("junit");

  test("suites, cases, counts", () => {
    expect(out).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="fencepost" tests="5" failures="2" errors="1" skipped="0" time="\d+\.\d{3}">/,
    );
    expect(out.match(/<testsuite /g)).toHaveLength(3);
    expect(out.match(/<testcase /g)).toHaveLength(5);
    expect(out).toContain('<failure message="race on sn2: allowed, but the test states forbidden" type="outcome-allowed">');
    expect(out).toContain('<error message="there is no primitive `WRITE_ONC`" type="unknown-call">');
  });

  test("it is well-formed, and what was text is text", () => {
    // Every tag of ours, opened and closed in turn, with text between them.
    const open: string[] = [];
    for (const [whole, close, name = "", empty] of out
      .replace(/^<\?xml.*?\?>/, "")
      .matchAll(/<(\/?)([a-z-]+)(?: [a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#\d+);[^"<&]*)*")*(\/?)>|<[^>]*>?/g)) {
      expect(["testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out", "system-err"], whole).toContain(name);
      if (close === "/") expect(open.pop()).toBe(name);
      else if (empty !== "/") open.push(name);
    }
    expect(open).toEqual([]);
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    expect(out).not.toMatch(/[\u0000-\u0008]/);
    expect(out).not.toContain("<script>");
  });

  test("any text survives, but for what XML cannot hold", () => {
    const back = (text: string): string =>
      text
        .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
        .replaceAll("&quot;", '"')
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&amp;", "&");
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const attribute = xmlAttribute(text);
        expect(attribute).toMatch(/^[^<>"\n\t\r]*$/);
        expect(attribute.replace(/&(amp|lt|gt|quot|#\d+);/g, "")).not.toContain("&");
        expect(back(attribute)).toBe(back(xmlText(text)));
        // oxlint-disable-next-line no-control-regex -- control characters are what this is about
        const held = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu, "\ufffd");
        expect(back(attribute)).toBe(held);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});

describe("github", () => {
  const { out } = check("github");

  test("one command a line, whatever the test is called", () => {
    const lines = out.trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(
      /^::error file=\S*wrong\.litmus,line=3,endLine=3,col=14,endColumn=30,title=fencepost%3A unknown-call::there is no primitive `WRITE_ONC`%0Adid you mean `WRITE_ONCE`\?$/,
    );
    expect(lines[1]).toMatch(
      /^::error file=\S*differs\.litmus,line=6,endLine=6,col=8,endColumn=11,title=fencepost%3A outcome-allowed::race on sn2: allowed, but the test states forbidden%0A1\. D0 sends/,
    );
    expect(lines[2]).toMatch(/^::error file=[^:,]*wicked%2C 100%25%3A a&b\.litmus,line=7,/);
    expect(lines[3]).toBe("2 tests, 4 verdicts: 2 as expected, 2 differ, 0 unknown");
  });

  test("no text ends a line, or a property", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(commandData(text)).not.toMatch(/[\r\n]/);
        expect(commandProperty(text)).not.toMatch(/[\r\n:,]/);
        expect(decodeURIComponent(commandProperty(text.replace(/[\ud800-\udfff]/g, "?")).replace(/%(?!0A|0D|25|3A|2C)/g, "%25"))).toBe(
          text.replace(/[\ud800-\udfff]/g, "?"),
        );
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});

describe("markdown", () => {
  const { out } = check("markdown");

  test("the totals, what is wrong, a run that shows it, the table", () => {
    expect(out).toMatch(/^### ❌ Fencepost\n\n2 tests, 4 verdicts: 2 as expected, 2 differ, 0 unknown\.\n/);
    expect(out).toContain("- **race on sn2: allowed, but the test states forbidden**");
    expect(out).toContain("   4. P0 reads data: 0 - DMA write data=1 is still in the bridge and NUMA interconnect.");
    expect(out).toContain("| race | **allowed** ✗ forbidden | forbidden ✓ |");
  });

  test("no name opens markup or a cell", () => {
    const rows = out.split("\n").filter((line) => line.startsWith("| hostile"));
    expect(rows).toEqual(["| hostile::error&lt;b>&amp;\\|\\`\\]\\]> | **allowed** ✗ forbidden | forbidden ✓ |"]);
    expect(out).not.toContain("<b>");
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("`", "\n", "a", " ") }), (text) => {
        const block = markdownBlock("text", text);
        const fence = /^`+/.exec(block)?.[0] ?? "";
        expect(text).not.toContain(fence);
        expect(block.split("\n").filter((line) => line === fence)).toHaveLength(1);
      }),
    );
  });
});

describe("the option", () => {
  test("files besides the text; one format on standard output", () => {
    const sarif = join(folder, "a.sarif");
    const junit = join(folder, "a.xml");
    const { out, code } = fencepost(["check", differing, "--platform", "pcie", "--format", `sarif=${sarif}`, "--format", `junit=${junit}`]);
    expect(code).toBe(0);
    expect(out).toContain("pcie: forbidden\nAs expected");
    expect(JSON.parse(readFileSync(sarif, "utf8"))).toMatchObject({ version: "2.1.0" });
    expect(readFileSync(junit, "utf8")).toContain("forbidden, as stated");
    const both = fencepost(["check", differing, "--platform", "pcie", "--format", "json", "--format", `junit=${junit}`]);
    expect(JSON.parse(both.out)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    [["--format", "sarf"], "--format sarf: the formats are text, json, sarif, junit, github, markdown, each also as NAME=FILE"],
    [["--format", "sarif="], "the name of a file has to follow `=`"],
    [["--format", "sarif", "--format", "junit"], "one of them can go to standard output"],
    [["--json", "--format", "github"], "one of them can go to standard output"],
    [["--format", "sarif=/no/such/folder/x"], "cannot write /no/such/folder/x"],
  ])("%j is a mistake of the command line", (args, message) => {
    const { code, err } = fencepost(["check", differing, "--platform", "pcie", ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
