/** Every expectation that a catalogue file states is met, on the platform it names. A new case is a file. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { check, DEFAULT_LIMITS } from "../../src/explore/verdict.js";
import { parseTest } from "../../src/litmus/parse.js";
import { BUILTIN } from "../../src/platform/builtin.js";
import { findPlatform, library } from "../../src/platform/load.js";
import type { Platform } from "../../src/platform/platform.js";
import { formatProblem } from "../../src/problem.js";
import { lowerTest } from "../../src/program/lower.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../../../catalogue");
const parts = library(BUILTIN);
const conforming = [...parts.machines.values()].filter((machine) => machine.conforming).map((machine) => machine.name);
const platforms = new Map<string, Platform | undefined>();

function platform(name: string): Platform | undefined {
  if (!platforms.has(name)) platforms.set(name, findPlatform(parts, name));
  return platforms.get(name);
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? files(join(folder, entry.name)) : entry.name.endsWith(".litmus") ? [join(folder, entry.name)] : [],
    );
}

/** The verdict stated for each platform; a line for a platform wins over `all`. */
function stated(expects: readonly { readonly platform: string; readonly verdict: string }[]): Map<string, string> {
  const result = new Map<string, string>();
  for (const each of expects) if (each.platform === "all") for (const name of conforming) result.set(name, each.verdict);
  for (const each of expects) if (each.platform !== "all") result.set(each.platform, each.verdict);
  return result;
}

const all = files(root);

test("the catalogue has its files", () => {
  expect(all.length).toBeGreaterThanOrEqual(380);
});

describe.each([...new Set(all.map((file) => relative(root, dirname(file))))])("%s", (folder) => {
  test.each(all.filter((file) => relative(root, dirname(file)) === folder).map((file) => relative(root, file)))("%s", (name) => {
    const source = { name, text: readFileSync(join(root, name), "utf8") };
    const parsed = parseTest(source);
    expect(parsed.problems.map((problem) => formatProblem(source, problem))).toEqual([]);
    if (!parsed.ok) return;
    const lowered = lowerTest(parsed.value, source);
    // A register without an accessor is what some tests are about.
    const spoken = lowered.problems.filter(({ code, severity }) => severity === "error" || code !== "misplaced");
    expect(spoken.map((problem) => formatProblem(source, problem))).toEqual([]);
    if (!lowered.ok) return;
    expect(parsed.value.name).toBe(name.replace(/^.*\//, "").replace(/\.litmus$/, ""));
    expect(parsed.value.expects.length).toBeGreaterThan(0);
    expect(parsed.value.sources.length).toBeGreaterThan(0);
    const wanted: string[] = [];
    const found: string[] = [];
    for (const [on, verdict] of stated(parsed.value.expects)) {
      const at = platform(on);
      const result = at === undefined ? undefined : check(lowered.value, at, DEFAULT_LIMITS);
      const met =
        result !== undefined && (verdict === "depends" ? result.verdict === "depends" : result.byDefault === verdict) && !result.vacuous;
      wanted.push(`${on}: ${verdict}`);
      found.push(
        met
          ? `${on}: ${verdict}`
          : `${on}: ${result?.vacuous === true ? "vacuously " : ""}${result?.verdict ?? "no such platform"} by default ${result?.byDefault ?? ""}`,
      );
    }
    expect(found).toEqual(wanted);
  });
});
