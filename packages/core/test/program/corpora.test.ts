import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { lowerTest } from "../../src/program/lower.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const corpora = join(process.env.FENCEPOST_SHARED ?? join(root, "../shared"), "corpora");

/** Files with a primitive that herd7 does not know either. */
const unknown = ["C-Goldblatt-memb-1.litmus", "C-memb-RCU-0.litmus"];

function files(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? files(path) : [path];
    });
}

test.skipIf(!existsSync(corpora))("every corpus test without RCU lowers, those with RCU say so", () => {
  const folder = mkdtempSync(join(tmpdir(), "fencepost-corpora-"));
  try {
    const archives = readdirSync(corpora).filter((name) => name.endsWith(".tar.gz"));
    for (const archive of archives) execFileSync("tar", ["xzf", join(corpora, archive), "-C", folder]);
    const failed: string[] = [];
    let lowered = 0;
    for (const path of files(folder).filter((name) => name.endsWith(".litmus"))) {
      const source = { name: path, text: readFileSync(path, "utf8") };
      const parsed = parseTest(source);
      const outcome = parsed.ok ? lowerTest(parsed.value, source) : parsed;
      if (outcome.ok) {
        lowered++;
        continue;
      }
      const errors = outcome.problems.filter((problem) => problem.severity === "error");
      const rcu = errors.every(
        (problem) => problem.code === "unsupported" && problem.message.endsWith("the explorer does not run RCU; `fencepost herd` does"),
      );
      if (!rcu && !unknown.some((name) => path.endsWith(name)))
        failed.push(`${path}: ${errors.map((problem) => problem.message).join("; ")}`);
    }
    expect(failed).toEqual([]);
    expect(lowered).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("every example of docs/language.md lowers without a warning", () => {
  const text = readFileSync(join(root, "docs/language.md"), "utf8");
  const examples = [...text.matchAll(/^```litmus\n(.*?)^```/gms)].map((match) => match[1] ?? "");
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const source = { name: "docs/language.md", text: example };
    const parsed = parseTest(source);
    expect(parsed.problems).toEqual([]);
    if (parsed.ok) expect(lowerTest(parsed.value, source).problems).toEqual([]);
  }
});
