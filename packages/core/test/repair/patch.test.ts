import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unifiedDiff } from "../../src/repair/patch.js";

// Nothing here is timed: a busy machine only takes longer.
/** What a unified diff makes of a text, by its definition. */
function patched(before: string, diff: string): string {
  const old = before.split(/(?<=\n)/);
  const result: string[] = [];
  let at = 0;
  const lines = diff.split(/(?<=\n)/).slice(2);
  for (const [index, line] of lines.entries()) {
    const head = /^@@ -(\d+),(\d+) /.exec(line);
    const open = lines[index + 1]?.startsWith("\\") === true;
    const text = open ? line.slice(1, -1) : line.slice(1);
    if (head !== null) {
      const start = Number(head[1]) - (Number(head[2]) === 0 ? 0 : 1);
      while (at < start) result.push(old[at++] ?? "");
    } else if (line.startsWith("+")) result.push(text);
    else if (line.startsWith(" ") || line.startsWith("-")) {
      expect(old[at]).toBe(text);
      if (line.startsWith(" ")) result.push(text);
      at++;
    }
  }
  return [...result, ...old.slice(at)].join("");
}

const text = fc.array(fc.constantFrom("a\n", "b\n", "c\n", "\n", "d"), { maxLength: 14 }).map((lines) => lines.join(""));

describe("unified diffs", () => {
  test("say nothing of equal texts", () => {
    expect(unifiedDiff("x", "a\nb\n", "a\nb\n")).toBe("");
  });

  test("lead from the one text to the other", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = unifiedDiff("x", before, after);
        if (before === after) expect(diff).toBe("");
        else expect(patched(before, diff)).toBe(after);
      }),
      { numRuns: 300 },
    );
  });

  test("are read by patch(1)", (context) => {
    const folder = mkdtempSync(join(tmpdir(), "fencepost-patch-"));
    try {
      const before = Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n");
      const after = before.replace("line 3", "line three\nand more").replace("line 20\n", "");
      writeFileSync(join(folder, "x.litmus"), before);
      try {
        execFileSync("patch", ["-p1", "-s"], { cwd: folder, input: `A sentence.\n\n${unifiedDiff("./x.litmus", before, after)}` });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") context.skip("patch is not installed");
        throw error;
      }
      expect(readFileSync(join(folder, "x.litmus"), "utf8")).toBe(after);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
