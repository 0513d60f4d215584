/** docs/language.md names every function that a test may call, and none that it may not. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isBitOperation } from "../../src/program/bit-operations.js";
import { primitive, primitiveNames } from "../../src/program/primitives.js";

const page = readFileSync(new URL("../../../../docs/language.md", import.meta.url), "utf8");

/** `read{b,w}` is `readb` and `readw`. */
function expand(pattern: string): readonly string[] {
  const braces = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern.replace("_ORDER", "{,_relaxed,_acquire,_release}"));
  if (braces === null) return [pattern];
  const [, before = "", choices = "", after = ""] = braces;
  return choices.split(",").flatMap((choice) => expand(before + choice + after));
}

const named = (text: string): readonly string[] => [...text.matchAll(/`([^`\s]+)`/g)].flatMap(([, word = ""]) => expand(word));

test("every function is there", () => {
  const there = new Set([...named(page), ...[...page.matchAll(/`[^`]*?(\w+)\(/g)].map(([, word = ""]) => word)]);
  const runs = [...primitiveNames()].filter((name) => primitive(name)?.meaning.kind !== "unsupported");
  expect(runs.filter((name) => !there.has(name))).toEqual([]);
});

test("the table of functions names nothing else", () => {
  const table = page.slice(page.indexOf("| family | names |"), page.indexOf("Some names are read and then refused"));
  const found = named(table).filter((word) => /^\w+$/.test(word) && !/^(volatile|wc|atomic64_|atomic_long_)$/.test(word));
  expect(found.length).toBeGreaterThan(200);
  expect(found.filter((name) => primitive(name) === undefined && !isBitOperation(name))).toEqual([]);
});
