import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { fencepost, file, race, root } from "./command.js";

const schema = (name: string): ValidateFunction =>
  new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(join(root, `docs/${name}.schema.json`), "utf8")),
  );

const validate = schema("output");

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

const validateExplanation = schema("explanation");

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

const RACE = "catalogue/altix/cq-race.litmus";
test.each([
  ["answers", ["fix", RACE, "--platform", "sn2,pcie"]],
  ["answers under timing-only", ["fix", RACE, "--platform", "sn2", "--timing-only", "--max-changes", "1"]],
  ["nothing to repair", ["fix", RACE, "--platform", "pcie"]],
  ["a repair that there is not", ["fix", RACE, "--platform", "sn2", "--keep", "P0,data,cq"]],
  ["what is superfluous", ["fix", "catalogue/altix/cq-mb.litmus", "--platform", "pcie,arm64", "--superfluous"]],
] as const)("repairs: %s", (_, args) => {
  const validateRepair = schema("repair");
  const { out, code } = fencepost([...args, "--json"]);
  const document: unknown = JSON.parse(out);
  expect(validateRepair(document), JSON.stringify(validateRepair.errors)).toBe(true);
  expect(document).toMatchObject({ file: expect.stringContaining(".litmus") as string, exitCode: code });
});

test.each([
  ["a sweep", ["--platform", "sn2,pcie", "--size", "64,512"], [4, 0, 0]],
  ["a rate, and a platform without times", ["--platform", "arm64,portable", "--rate", "100000", "--payload", "data"], [1, 0, 1]],
  ["an adversary", ["--platform", "sn2", "--adverse"], [0, 1, 0]],
] as const)("simulations: %s", (_, args, counts) => {
  const validateSimulation = schema("simulation");
  const document = JSON.parse(fencepost(["sim", RACE, "--messages", "100", ...args, "--json"]).out) as { [key: string]: unknown[] };
  expect(validateSimulation(document), JSON.stringify(validateSimulation.errors)).toBe(true);
  expect(["simulations", "adversaries", "failures"].map((list) => document[list]?.length ?? 0)).toEqual(counts);
});
