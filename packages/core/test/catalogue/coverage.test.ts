/**
 * docs/scenarios.md says which catalogue file stands for which numbered fact, and which verdicts were written down for it. Each file has to be there, and its `expect` has to say
 * what the table says (catalogue.test.ts runs it). Where the facts are at hand, none of their numbers may be missing.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { BUILTIN } from "../../src/platform/builtin.js";
import { library } from "../../src/platform/load.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const shared = process.env.FENCEPOST_SHARED ?? join(root, "../shared");
const conforming = new Set([...library(BUILTIN).machines.values()].filter((machine) => machine.conforming).map((machine) => machine.name));
const VERDICTS: { readonly [letter: string]: string } = { A: "allowed", F: "forbidden", D: "depends" };

interface Row {
  readonly section: string;
  /** The fact's number; a row without one goes on with the fact above it. */
  readonly number: string;
  readonly file: string;
  readonly verdicts: readonly (readonly [platform: string, verdict: string])[];
}

function rows(text: string): readonly Row[] {
  const result: Row[] = [];
  let section = "";
  let number = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) section = line.replace(/^#+ /, "");
    if (line.startsWith("|---")) number = "";
    const cells = line.split("|").map((cell) => cell.trim());
    const file = /\(\.\.\/catalogue\/(.+\.litmus)\)/.exec(line)?.[1];
    if (file === undefined || cells.length < 5) continue;
    number = cells[1] === "" || cells[1] === undefined ? number : cells[1];
    const verdicts = (cells[cells.length - 2] ?? "").split(", ").map((each) => {
      const [on = "", letter = ""] = each.split(" ");
      return [on, VERDICTS[letter] ?? `no verdict: ${each}`] as const;
    });
    result.push({ section, number, file, verdicts });
  }
  return result;
}

const table = rows(readFileSync(join(root, "docs/scenarios.md"), "utf8"));
const numbers = (section: string): readonly string[] => [
  ...new Set(table.filter((row) => row.section === section).map((row) => row.number)),
];

test("the page has its tables", () => {
  expect(table.length).toBeGreaterThan(150);
});

test.each(table.map((row) => [`${row.section}, ${row.number}: ${row.file}`, row] as const))("%s", (_, row) => {
  const name = join(root, "catalogue", row.file);
  const parsed = parseTest({ name, text: readFileSync(name, "utf8") });
  if (!parsed.ok) throw new Error(`${row.file} does not parse`);
  const stated = new Map(parsed.value.expects.map((each) => [each.platform, each.verdict as string]));
  const found = row.verdicts.map(([on]) => [on, stated.get(on) ?? (conforming.has(on) ? stated.get("all") : undefined)]);
  expect(found).toEqual(row.verdicts);
});

describe.skipIf(!existsSync(join(shared, "facts")))("against the numbered facts", () => {
  const scenarios = (): string => readFileSync(join(shared, "facts/scenarios.md"), "utf8");

  test("no scenario is left out", () => {
    const all = [...scenarios().matchAll(/^(\d+)\. (?!\(Withdrawn)/gm)].map((match) => match[1] as string);
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter((each) => !numbers("Scenarios").includes(each))).toEqual([]);
  });

  test("no question is left out", () => {
    const all = [...scenarios().matchAll(/^(Q\d+)\./gm)].map((match) => match[1] as string);
    expect(all.filter((each) => !numbers("What no source settles").includes(each))).toEqual([]);
  });

  test("no PCI Express test is left out", () => {
    const text = readFileSync(join(shared, "facts/pcie.md"), "utf8");
    const all = [...text.matchAll(/^\|(\d+)\|/gm), ...text.matchAll(/^(R\d) /gm)].map((match) => match[1] as string);
    expect(all.length).toBeGreaterThan(25);
    expect(all.filter((each) => !numbers("PCI Express tests").includes(each))).toEqual([]);
  });
});
