/** Threads taken from tests that were read before are the threads that reading gives. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type KnownThreads, parseTest } from "../../src/litmus/index.js";

const catalogue = join(import.meta.dirname, "../../../../catalogue");
const files = readdirSync(catalogue, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".litmus"));

/** Without positions. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === "span" ? undefined : each)));

test("a thread that was read before is the same tree, and is not read again", () => {
  const known: KnownThreads = new Map();
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
});

test("a thread with a mistake is told each time; one whose text goes on is not taken for one that ends", () => {
  const known: KnownThreads = new Map();
  const wrong = { name: "t", text: "C t\n{}\nP0(int *x)\n{\n  WRITE_ONCE(*x, 1)\n}\nexists (x=1)\n" };
  expect(parseTest(wrong, known).problems).toEqual(parseTest(wrong).problems);
  expect(parseTest(wrong, known).problems).toHaveLength(1);
  const open = "C t\n{}\nP0(int *x)\n{\n  if (1) {\nx = 1;\n}\n  x = 2;\n}\nexists (x=1)\n";
  expect(plain(parseTest({ name: "t", text: open }, known))).toEqual(plain(parseTest({ name: "t", text: open })));
  expect(known.size).toBe(0);
});
