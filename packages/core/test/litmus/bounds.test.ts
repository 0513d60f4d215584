import { expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { printTest } from "../../src/litmus/print.js";

const body = (text: string) => `C t\n{ }\nP0() { ${text} }\n`;
const read = (text: string) => parseTest({ name: "test", text });
const codes = (text: string) => read(text).problems.map((each) => each.code);

test("nesting is bounded, chains are bounded, and what is within the bounds can be printed", () => {
  expect(codes(body(`r0 = ${"(".repeat(300)}1${")".repeat(300)};`))).toEqual(["too-deep"]);
  expect(codes(body(`${"{".repeat(300)}${"}".repeat(300)}`))).toContain("too-deep");
  expect(codes(body(`r0 = ${"-".repeat(300).replace(/--/g, "-!")}1;`))).toEqual(["too-deep"]);
  expect(codes(body(`r0 = 1${" + 1".repeat(1001)};`))).toEqual(["too-deep"]);
  expect(codes(`C t\n{ }\nexists (x=1${" \\/ x=1".repeat(1001)})`)).toEqual(["too-deep"]);
  expect(codes(`C t\n{ }\nexists (x=1${" => x=1".repeat(300)})`)).toEqual(["too-deep"]);
  const within = [
    body(`r0 = ${"(".repeat(190)}1${")".repeat(190)};`),
    body(`r0 = 1${" + 1".repeat(990)};`),
    body(`${"if (a) {".repeat(190)}${"}".repeat(190)}`),
    `C t\n{ }\nexists (x=1${" \\/ x=1".repeat(990)})`,
  ];
  for (const text of within) {
    const outcome = read(text);
    expect(outcome.problems).toEqual([]);
    if (outcome.ok) expect(read(printTest(outcome.value)).ok).toBe(true);
  }
});

test("a text has at most a hundred problems", () => {
  expect(codes(body("r0 = ;\n".repeat(1000))).length).toBe(100);
});

test.each([
  "(",
  "{",
  "[",
  "-",
  "r0=(",
  "int ",
  "a\n",
  "((int)",
  "if(a)",
  "if(a){",
  "a?",
  "f(a,",
  "__f{a-",
  "/* ",
  "(* ",
  "P0(",
  '"',
  "é",
  "*a=1;",
])(
  "a long run of %j is read in time",
  (unit) => {
    for (const start of [
      "C ",
      "C t\n",
      "C t\n{",
      "C t\n{}\nP0(",
      "C t\n{}\nP0() {",
      "C t\n{}\nP0() { r0 = ",
      "C t\n{}\nexists (",
      "C t\n{}\n",
    ]) {
      // A quadratic step would take minutes here.
      read(start + unit.repeat(200_000 / unit.length));
    }
  },
  20_000,
);
