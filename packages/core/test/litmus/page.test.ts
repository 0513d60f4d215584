import { expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { printTest } from "../../src/litmus/print.js";
import { pageExamples } from "./page.js";
import { spanless } from "./spanless.js";

test("the language page has its examples", () => {
  expect(pageExamples().length).toBeGreaterThanOrEqual(5);
});

test.each(pageExamples().map((text) => [/^C (.*)/.exec(text)?.[1], text] as const))("%s is read and comes back from print", (_, text) => {
  const outcome = parseTest({ name: "docs/language.md", text });
  expect(outcome.problems).toEqual([]);
  if (!outcome.ok) return;
  const again = parseTest({ name: "printed", text: printTest(outcome.value) });
  expect(again.problems).toEqual([]);
  expect(again.ok && spanless(again.value)).toEqual(spanless(outcome.value));
});
