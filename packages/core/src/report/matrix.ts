/** Several verdicts at a glance: tests down, platforms across. Printed row by row, so that what is known is never lost. */
import { type Checked, expectationPlace, type Result } from "./checked.js";
import { count } from "./names.js";
import { PLAIN, paint, type Style } from "./style.js";
import { variantWords, verdictWords } from "./verdict-words.js";

/** A table of verdicts, tests down and platforms across, in pieces: it is printed while tests are checked. */
export interface Matrix {
  /** The lines above the rows. */
  readonly head: string;
  row(checked: Checked): string;
  /** What the rows could not say: a legend, what differs from its `expect` and where, what depends, what is unknown, and the totals. */
  foot(all: readonly Checked[]): string;
}

/** How wide it may be, and how it is styled. */
export interface MatrixOptions {
  /** Labels of all tests, for the first column's width. */
  readonly labels: readonly string[];
  readonly platforms: readonly string[];
  /** Columns to keep within. */
  readonly width: number;
  readonly style?: Style;
}

const LONGEST_LABEL = 48;

export function createMatrix({ labels, platforms, width, style = PLAIN }: MatrixOptions): Matrix {
  const first = Math.min(LONGEST_LABEL, Math.max(4, ...labels.map((label) => label.length)));
  const columns = platforms.map((name) => Math.max(name.length, "forbidden!".length));
  const long = first + columns.reduce((sum, column) => sum + column + 2, 0) <= width;
  return long ? wordMatrix(first, platforms, columns, style) : letterMatrix(first, platforms, style);
}

const label = (checked: Checked, first: number): string =>
  (checked.label.length > first ? `${checked.label.slice(0, first - 2)}..` : checked.label).padEnd(first);

const differs = (result: Result): boolean => result.fault !== undefined || result.comparison?.met === false;

function wordMatrix(first: number, platforms: readonly string[], columns: readonly number[], style: Style): Matrix {
  const cell = (result: Result | undefined, column: number): string => {
    if (result === undefined) return " ".repeat(column + 2);
    const text = `${result.verdict.verdict}${differs(result) ? "!" : ""}`;
    return `  ${mark(result, text, style)}${" ".repeat(column - text.length)}`;
  };
  return {
    head: `${[" ".repeat(first), ...platforms.map((name, index) => `  ${name.padEnd(columns[index] as number)}`)].join("").trimEnd()}\n`,
    row: (checked) => {
      const cells = platforms.map((name, index) => cell(resultOn(checked, name), columns[index] as number));
      return `${[label(checked, first), ...cells, ...others(checked, platforms, style)].join("").trimEnd()}\n`;
    },
    foot: (all) => foot(all, style, ""),
  };
}

const LETTERS = { allowed: "A", forbidden: "f", depends: "D", unknown: "?" } as const;
const LEGEND = "A allowed   f forbidden   D/d depends, allowed/forbidden by default   ? unknown   ! differs from its expect\n";

/** One letter a cell; the platforms' names stand above as a staircase. */
function letterMatrix(first: number, platforms: readonly string[], style: Style): Matrix {
  const stairs = platforms.map((name, index) => `${" ".repeat(first + 1)}${"| ".repeat(index)}${name}`);
  const cell = (result: Result | undefined): string => {
    if (result === undefined) return "  ";
    const { verdict } = result;
    const letter = verdict.verdict === "depends" && verdict.byDefault === "forbidden" ? "d" : LETTERS[verdict.verdict];
    return `${mark(result, letter, style)}${differs(result) ? style.red("!") : " "}`;
  };
  return {
    head: `${stairs.join("\n")}\n`,
    row: (checked) => {
      const cells = platforms.map((name) => cell(resultOn(checked, name)));
      return `${[label(checked, first), " ", ...cells, ...others(checked, platforms, style)].join("").trimEnd()}\n`;
    },
    foot: (all) => foot(all, style, LEGEND),
  };
}

/** Platforms that only this test names stand behind its row: `riscv@5.1 allowed`. */
function others({ results }: Checked, platforms: readonly string[], style: Style): readonly string[] {
  return results
    .filter((result) => !platforms.includes(result.platform.name))
    .map((result) => `  ${result.platform.name} ${mark(result, `${result.verdict.verdict}${differs(result) ? "!" : ""}`, style)}`);
}

const resultOn = (checked: Checked, platform: string): Result | undefined =>
  checked.results.find((result) => result.platform.name === platform);

const mark = (result: Result, text: string, style: Style): string =>
  differs(result) ? style.red(style.bold(text)) : paint(style, result.verdict.verdict, text);

function foot(all: readonly Checked[], style: Style, legend: string): string {
  const pairs = all.flatMap((checked) => checked.results.map((result) => ({ checked, result })));
  const sections = [
    section(
      "Differ from their expect:",
      pairs.flatMap(({ checked, result }) => differenceLine(checked, result, style)),
    ),
    section(
      "Depend on what no source settles:",
      byTest(all, (result) => (result.verdict.verdict === "depends" ? verdictWords(result.verdict).replace("depends: ", "") : undefined)),
    ),
    section(
      "Unknown:",
      byTest(all, (result) =>
        result.verdict.verdict === "unknown" ? (result.verdict.reason ?? "the search did not end") : unknownVariants(result),
      ),
    ),
    section(
      "Forbidden only because no run ends:",
      byTest(all, (result) => (result.verdict.vacuous ? "vacuous" : undefined)),
    ),
  ].filter((text) => text !== "");
  return `${legend === "" ? "" : `\n${legend}`}${sections.map((text) => `\n${text}`).join("")}\n${totals(all)}\n`;
}

/** An option whose other value a budget kept from being known. */
function unknownVariants({ verdict }: Result): string | undefined {
  const open = verdict.variants.filter((variant) => variant.verdict === "unknown");
  return open.length === 0 ? undefined : open.map(variantWords).join("; ");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${[title, ...lines.map((line) => `  ${line}`)].join("\n")}\n`;
}

function differenceLine(checked: Checked, result: Result, style: Style): string[] {
  const { comparison, verdict, fault, platform } = result;
  if (fault !== undefined) return [style.red(`${checked.source.name}: ${platform.name}: a fault of ours: ${fault}`)];
  if (comparison === undefined || comparison.met) return [];
  const found = `${verdictWords(verdict)}${verdict.reason === undefined ? "" : ` (${verdict.reason})`}`;
  return [`${expectationPlace(checked.source, comparison)}: ${platform.name}: expected ${comparison.stated}, found ${style.red(found)}`];
}

/** One line for each thing to say of a test, with the platforms it holds for. */
function byTest(all: readonly Checked[], say: (result: Result) => string | undefined): string[] {
  return all.flatMap((checked) => {
    const groups = new Map<string, string[]>();
    for (const result of checked.results) {
      const words = result.fault === undefined ? say(result) : undefined;
      if (words !== undefined) groups.set(words, [...(groups.get(words) ?? []), result.platform.name]);
    }
    return [...groups].map(([words, names]) => `${checked.label} on ${names.join(", ")}: ${words}`);
  });
}

/** `12 tests on 3 platforms: 36 verdicts, 20 as expected (2 by default), 1 differs, 0 unknown`. */
export function totals(all: readonly Checked[]): string {
  const results = all.flatMap((checked) => checked.results);
  const compared = results.filter((result) => result.comparison !== undefined);
  const met = compared.filter((result) => result.comparison?.met === true && result.fault === undefined).length;
  const byDefault = compared.filter((result) => result.comparison?.byDefault === true).length;
  const platforms = new Set(results.map((result) => result.platform.name)).size;
  const unknown = results.filter((result) => result.verdict.verdict === "unknown").length;
  return [
    `${count(all.length, "test")} on ${count(platforms, "platform")}: ${count(results.length, "verdict")}`,
    `${met} as expected${byDefault === 0 ? "" : ` (${byDefault} by a default)`}`,
    `${results.filter(differs).length} differ`,
    `${unknown} unknown`,
  ].join(", ");
}
