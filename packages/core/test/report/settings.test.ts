import { expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { platform } from "../../src/platform/index.js";
import { unknownSettings } from "../../src/report/settings.js";

function problems(line: string): readonly string[] {
  const text = `C t\n${line}\n{ int x; }\nP0(int *x) { WRITE_ONCE(*x, 1); }\nexists (x=1)`;
  const parsed = parseTest({ name: "t", text });
  if (!parsed.ok) throw new Error("does not parse");
  return unknownSettings(parsed.value, () => platform("sn2")?.options ?? []).map(
    ({ severity, span, message, hint }) => `${severity} "${text.slice(span.start, span.end)}": ${message} (${hint})`,
  );
}

test("a setting that no platform has is warned about", () => {
  expect(problems("barier=two-way")).toEqual([
    'warning "barier=two-way": no platform has an option `barier`: the line says nothing (did you mean `barrier`?)',
  ]);
});

test("a value that the option does not have is an error", () => {
  expect(problems("barrier=threeway  ")).toEqual([
    'error "barrier=threeway": `barrier` cannot be `threeway` (the values are one-way, two-way)',
  ]);
});

test("options, common settings and diy's keys are nothing to speak of", () => {
  expect(problems("barrier=two-way")).toEqual([]);
  expect(problems("credits=1")).toEqual([]);
  expect(problems("Cycle=Rfe")).toEqual([]);
});
