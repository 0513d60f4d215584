import { expect, test } from "vitest";
import { formatProblem, type Problem } from "../src/problem.js";
import { lineText, position } from "../src/source.js";

test("a position is one-based and clamped to the text", () => {
  expect(position("ab\ncd", 0)).toEqual({ line: 1, column: 1 });
  expect(position("ab\ncd", 2)).toEqual({ line: 1, column: 3 });
  expect(position("ab\ncd", 3)).toEqual({ line: 2, column: 1 });
  expect(position("ab\ncd", 99)).toEqual({ line: 2, column: 3 });
  expect(position("ab\ncd", -1)).toEqual({ line: 1, column: 1 });
});

test("a line comes without its break, whichever it is", () => {
  expect(lineText("ab\r\ncd", 1)).toBe("ab");
  expect(lineText("ab\ncd", 2)).toBe("cd");
  expect(lineText("ab", 7)).toBe("");
});

test("a problem shows the place, the line and the fix", () => {
  const problem: Problem = {
    code: "unknown-name",
    severity: "error",
    span: { start: 5, end: 7 },
    message: "Nothing declares `cq`.",
    hint: "Declare it in the initial state.",
  };
  expect(formatProblem({ name: "a.litmus", text: "P0()\n\tcq;" }, problem)).toBe(
    ["a.litmus:2:1: error[unknown-name]: Nothing declares `cq`.", "  \tcq;", "  ^^", "  hint: Declare it in the initial state."].join("\n"),
  );
});
