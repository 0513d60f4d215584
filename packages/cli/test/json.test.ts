import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { fencepost, file, race, root } from "./command.js";

const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(root, "docs/output.schema.json"), "utf8")),
);

function report(args: readonly string[]): unknown {
  const { out, code } = fencepost(["check", ...args, "--json"]);
  const document: unknown = JSON.parse(out);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(document).toHaveProperty("exitCode", code);
  return document;
}

const path = file("race.litmus", race("expect sn2: allowed; pcie: allowed"));

test("one test in states mode", () => {
  expect(report([path, "--platform", "sn2"])).toMatchObject({
    tests: [
      {
        name: "race",
        condition: "exists (0:r0=1 /\\ 0:r1=0)",
        verdicts: [
          {
            platform: "sn2",
            verdict: "allowed",
            expected: { verdict: "allowed", met: true, line: 6, column: 8 },
            observation: "Sometimes",
            holds: "Ok",
            states: [{ values: { "0:r0": 0, "0:r1": 0 }, satisfies: false }, {}, { values: { "0:r0": 1, "0:r1": 0 }, satisfies: true }, {}],
          },
        ],
      },
    ],
    summary: { tests: 1, verdicts: 1, expected: 1, differing: 0 },
  });
});

test("problems, what differs, what is unknown", () => {
  const broken = file("broken.litmus", "C broken\n{}\nP0() { foo(*x); \n");
  const document = report([broken, path, "--platform", "sn2,pcie", "--max-states", "2"]);
  expect(document).toMatchObject({ exitCode: 3, problems: [{ line: 3, column: 6, code: "unterminated", severity: "error" }] });
  expect(report([path, "--platform", "pcie"])).toMatchObject({ exitCode: 1, tests: [{ verdicts: [{ expected: { met: false } }] }] });
});

test("the catalogue", () => {
  report(["catalogue", "--platform", "portable,sn2,arm64"]);
});

const validateExplanation = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(root, "docs/explanation.schema.json"), "utf8")),
);

test.each([
  [
    "allowed",
    path,
    "sn2",
    { verdict: "allowed", run: { steps: { length: 5 }, deciding: [{ kind: "cell", id: "numa: out-of-order-DMA" }] } },
  ],
  ["forbidden", path, "pcie", { verdict: "forbidden", run: null, forbiddenBy: [[{ id: "pcie: A2a" }], [{ id: "rc: A2a" }]] }],
  ["depends", "catalogue/altix/data-barrier.litmus", "sn2", { verdict: "depends", variants: [{ settings: { barrier: "two-way" } }] }],
  [
    "stuck",
    "catalogue/pcie/credits-completion-read-blocked.litmus",
    "pcie",
    { verdict: "allowed", run: { end: "stuck=1;", stuck: { length: 8 } } },
  ],
] as const)("an explanation: %s", (_, of, on, expected) => {
  const { out } = fencepost(["explain", of, "--platform", on, "--json"]);
  const document = JSON.parse(out) as unknown[];
  expect(validateExplanation(document), JSON.stringify(validateExplanation.errors)).toBe(true);
  expect(document[0]).toMatchObject(expected);
});
