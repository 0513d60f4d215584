/** What a condition came to in one test is taken for another only where it means the same there. */
import { expect, test } from "vitest";
import { answer } from "../../src/axioms/index.js";
import { noKnownParts, parseTest } from "../../src/litmus/index.js";
import { modelNamed } from "./model.js";

const { model, session } = modelNamed("lkmm");

/** Problems of tests that are answered in one run, in their order. */
function problemsOf(...texts: readonly string[]): readonly (readonly string[])[] {
  const known = noKnownParts();
  return texts.map((text, at) => {
    const parsed = parseTest({ name: `${at}.litmus`, text }, known);
    const answered = parsed.ok ? answer(parsed.value, model, session) : parsed;
    return "problems" in answered ? answered.problems.map(({ message }) => message) : [];
  });
}

const passing = (target: string): string =>
  `C t\n{}\nP0(int **x, int *${target})\n{\n  WRITE_ONCE(*x, ${target});\n}\nP1(int **x)\n{\n  int *r0 = READ_ONCE(*x);\n}\nexists (1:r0=y)\n`;

test("an address in the condition has to be a location of the test at hand", () => {
  expect(problemsOf(passing("y"), passing("z"), passing("y"))).toEqual([[], ["there is no location `y` in this test"], []]);
});

test("a location in the condition, too", () => {
  const writing = (location: string): string => `C t\n{}\nP0(int *${location})\n{\n  WRITE_ONCE(*${location}, 1);\n}\nexists (y=1)\n`;
  expect(problemsOf(writing("y"), writing("z"))).toEqual([[], ["there is no location `y` in this test"]]);
});

test("initial states count with the condition", () => {
  const reading = (init: string): string => `C t\n{ ${init} }\nP0(int *x)\n{\n  int r0 = READ_ONCE(*x);\n}\nexists (0:r0=7)\n`;
  const observation = (text: string, known = noKnownParts()): string => {
    const parsed = parseTest({ name: "t", text }, known);
    const answered = parsed.ok ? answer(parsed.value, model, session) : undefined;
    return answered?.kind === "answer" ? answered.answer.observation : "";
  };
  const texts = ["x=7;", "x=8;", "", "x=7;", "int x[2]={7,8};", "0:r0=3; x=7;", "u8 x=263;", "x=7;"].map(reading);
  const known = noKnownParts();
  const found = texts.map((text) => observation(text, known));
  expect(found).toEqual(["Always", "Never", "Never", "Always", "Always", "Always", "Always", "Always"]);
  expect(found).toEqual(texts.map((text) => observation(text)));
  expect(known.inits.size).toBe(5);
});
