import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fencepost, file, race, root } from "./command.js";

// Nothing here is timed: a busy machine only takes longer.
const path = file("fix-race.litmus", race());

test("the repairs of the race, cheapest first", () => {
  const { out, code } = fencepost(["fix", path, "--platform", "sn2"]);
  expect(code).toBe(0);
  expect(out).toMatch(/^race: allowed on sn2\n\n4 repairs, cheapest first/);
  expect(out).toContain("- map cq with DMA_ATTR_WRITE_BARRIER");
});

test("one JSON document", () => {
  const { out, code } = fencepost(["fix", path, "--platform", "sn2", "--json"]);
  expect(code).toBe(0);
  const report = JSON.parse(out) as {
    readonly outcome: string;
    readonly answers: readonly { readonly commit: string; readonly patch: string }[];
  };
  expect(report.outcome).toBe("repaired");
  expect(report.answers).toHaveLength(4);
  for (const { commit, patch } of report.answers) {
    expect(commit).toMatch(/: on sn2 D0 sends DMA write cq=1 .*passing DMA write data=1 .*race can end with \(0:r0=1 \/\\ 0:r1=0\)\. /);
    expect(patch).toMatch(/^--- a\/.*fix-race\.litmus\n\+\+\+ b\//);
  }
});

test("a patch that patch(1) applies, after which the outcome is forbidden", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "fencepost-fix-"));
  try {
    const copy = join(folder, "catalogue/altix/cq-race.litmus");
    execFileSync("mkdir", ["-p", join(folder, "catalogue/altix")]);
    copyFileSync(join(root, "catalogue/altix/cq-race.litmus"), copy);
    const { out, code } = fencepost(["fix", "catalogue/altix/cq-race.litmus", "--platform", "sn2,portable", "--keep", "data", "--patch"]);
    expect(code).toBe(0);
    try {
      execFileSync("patch", ["-p1", "-s"], { cwd: folder, input: out });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") context.skip("patch is not installed");
      throw error;
    }
    expect(readFileSync(copy, "utf8")).toContain("  rmb();\n  readl(D0.status);\n  int r1");
    expect(fencepost(["check", copy, "--platform", "sn2"]).out).toContain("sn2: forbidden");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("what is superfluous", () => {
  const { out, code } = fencepost(["fix", "catalogue/altix/cq-mb.litmus", "--platform", "sn2,pcie", "--superfluous"]);
  expect(code).toBe(0);
  expect(out).toMatch(/^cq-mb is not forbidden on sn2: not looked at there\.\ncq-mb\nNot needed on pcie:\n {3}- mb\(\) in P0/);
});

test("what is superfluous, as JSON", () => {
  const { out, code } = fencepost(["fix", "catalogue/altix/cq-mb.litmus", "--platform", "sn2,arm64", "--superfluous", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    platforms: ["arm64"],
    superfluous: [{ kind: "over-strong", instead: expect.arrayContaining(["dma_rmb"]) }],
  });
});

describe("exit codes", () => {
  test.each([
    ["nothing to repair", ["--platform", "pcie"], 0],
    ["no repair", ["--platform", "sn2", "--keep", "P0,D0,cq,data"], 1],
    ["an unknown platform", ["--platform", "sn3"], 2],
    ["a name that is not in the test", ["--platform", "sn2", "--keep", "P7"], 2],
    ["a patch that there is not", ["--platform", "sn2", "--patch", "9"], 2],
    ["a budget that runs out", ["--platform", "sn2", "--max-states", "1"], 4],
  ] as const)("%s", (_, args, code) => {
    expect(fencepost(["fix", path, ...args]).code).toBe(code);
  });

  test("a wrong input", () => {
    const { out, err, code } = fencepost(["fix", file("fix-broken.litmus", "C x\n{\n")]);
    expect([out, code]).toEqual(["", 3]);
    expect(err).toContain("fix-broken.litmus:2:1: error[unterminated]");
  });
});
