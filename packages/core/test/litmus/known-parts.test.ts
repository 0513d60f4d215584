/** Threads and tails taken from tests that were read before are what reading gives. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noKnownParts, parseTest } from "../../src/litmus/index.js";

const catalogue = join(import.meta.dirname, "../../../../catalogue");
const files = readdirSync(catalogue, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".litmus"));

/** Without positions. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === "span" ? undefined : each)));

test("a thread or a tail that was read before is the same tree, and is not read again", () => {
  const known = noKnownParts();
  for (let round = 0; round < 2; round++) {
    for (const name of files) {
      const source = { name, text: readFileSync(join(catalogue, name), "utf8") };
      const [fresh, again] = [parseTest(source), parseTest(source, known)];
      expect(plain(again)).toEqual(plain(fresh));
      if (fresh.ok && again.ok) expect(again.value.threads.map(({ span }) => span)).toEqual(fresh.value.threads.map(({ span }) => span));
    }
  }
  const source = {
    name: "t",
    text: "C t\n{}\nP0(int *x)\n{\n  WRITE_ONCE(*x, 1);\n}\nP1(int *x)\n{\n  WRITE_ONCE(*x, 1);\n}\nexists (x=1)\n",
  };
  const parsed = parseTest(source, known);
  expect(parsed.ok && parsed.value.threads[0]?.body === parsed.value.threads[1]?.body).toBe(true);
  expect(parsed.ok && parsed.value.threads.map(({ name }) => name)).toEqual(["P0", "P1"]);
  const other = parseTest({ name: "u", text: source.text.replace("C t", "C u").replaceAll("1);", "2);") }, known);
  expect(parsed.ok && other.ok && parsed.value.condition === other.value.condition).toBe(true);
});

test("a thread with a mistake is told each time; one whose text goes on is not taken for one that ends", () => {
  const known = noKnownParts();
  const wrong = { name: "t", text: "C t\n{}\nP0(int *x)\n{\n  WRITE_ONCE(*x, 1)\n}\nexists (x=1)\n" };
  expect(parseTest(wrong, known).problems).toEqual(parseTest(wrong).problems);
  expect(parseTest(wrong, known).problems).toHaveLength(1);
  const open = "C t\n{}\nP0(int *x)\n{\n  if (1) {\nx = 1;\n}\n  x = 2;\n}\nexists (x=1)\n";
  expect(plain(parseTest({ name: "t", text: open }, known))).toEqual(plain(parseTest({ name: "t", text: open })));
  expect(known.threads.size).toBe(0);
});

test("a text with definitions of its own neither gives nor takes", () => {
  const known = noKnownParts();
  const source = (value: number) => ({
    name: "t",
    text: `C t\n#define DONE ${value}\n{}\nP0(int *x)\n{\n  WRITE_ONCE(*x, DONE);\n}\nexists (x=DONE)\n`,
  });
  for (const value of [1, 2]) expect(parseTest(source(value), known)).toEqual(parseTest(source(value)));
  expect([known.threads.size, known.tails.size]).toEqual([0, 0]);
});

test.for([
  ["in the initial state", (value: number) => `{ enum { DONE = ${value} }; }`],
  ["before it", (value: number) => `enum { DONE = ${value} };\n{ }`],
] as const)("nor does one with names for numbers %s", ([, init]) => {
  const known = noKnownParts();
  const source = (value: number) => ({
    name: "t",
    text: `C t\n${init(value)}\nP0(int *x)\n{\n  WRITE_ONCE(*x, DONE);\n}\nexists (x=DONE)\n`,
  });
  for (const value of [1, 2]) expect(parseTest(source(value), known)).toEqual(parseTest(source(value)));
  expect([known.threads.size, known.tails.size]).toEqual([0, 0]);
});

test("a tail with a mistake, or behind one, is told each time", () => {
  const known = noKnownParts();
  for (const text of ["C t\n{}\nP0(int *x)\n{\n  x = 1;\n}\nexists (x=1\n", "C t\n{}\nP0(int *x)\n{\n  x = 1\n}\nexists (x=1)\n"]) {
    for (let round = 0; round < 2; round++)
      expect(parseTest({ name: "t", text }, known).problems).toEqual(parseTest({ name: "t", text }).problems);
  }
  expect(known.tails.size).toBe(0);
});
