import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { printTest } from "../../src/litmus/print.js";
import { formatProblem } from "../../src/problem.js";
import type { Span } from "../../src/source.js";
import { corpora } from "./corpora.js";
import { mutant, random } from "./mutants.js";
import { pageExamples } from "./page.js";
import { spanless } from "./spanless.js";

const every = readFileSync(new URL("every-form.litmus", import.meta.url), "utf8");
const seeds = [...pageExamples(), every, every];

/** FENCEPOST_MUTANTS=100000 runs more; 2,000 take about a second. */
const count = Number(process.env["FENCEPOST_MUTANTS"] ?? 2000);

test(`${count} mutants: read without a throw, spans inside the text, what is read comes back from print`, () => {
  const below = random(1);
  const texts = [...seeds, ...corpora().map((each) => each.text)];
  let read = 0;
  for (let index = 0; index < count; index++) {
    const pool = index % 2 === 0 ? seeds : texts;
    const text = mutant(pool[below(pool.length)] ?? "", below);
    const outcome = parseTest({ name: "mutant", text });
    for (const problem of outcome.problems) {
      expect(inside(problem.span, text.length), text).toBe(true);
      formatProblem({ name: "mutant", text }, problem);
    }
    if (!outcome.ok) {
      expect(outcome.problems.some((each) => each.severity === "error")).toBe(true);
      continue;
    }
    read++;
    expect(
      spans(outcome.value).every((each) => inside(each, text.length)),
      text,
    ).toBe(true);
    const again = parseTest({ name: "printed", text: printTest(outcome.value) });
    expect(again.ok, text).toBe(true);
    if (again.ok) expect(JSON.stringify(spanless(again.value)), text).toBe(JSON.stringify(spanless(outcome.value)));
  }
  // Both kinds have to occur, or the mutants show nothing.
  expect(read).toBeGreaterThan(count / 20);
  expect(read).toBeLessThan(count / 2);
});

function inside(span: Span, length: number): boolean {
  return 0 <= span.start && span.start <= span.end && span.end <= length;
}

/** All spans of a tree. */
function spans(node: unknown): Span[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (key === "span" ? [value as Span] : spans(value)));
}
