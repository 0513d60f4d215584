import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson, spanAt, valueOf } from "../../src/platform/json.js";

const read = (text: string) => parseJson({ name: "t.json", text });

test("reads what JSON.parse reads", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, "\t"), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const result = read(text);
      expect(result.ok && valueOf(result.value)).toEqual(JSON.parse(text));
    }),
  );
});

test("takes what JSON.parse takes, and nothing else", () => {
  const pieces = fc.array(
    fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "-",
      "0.5e3",
      "01",
      "true",
      "null",
      "nul",
      " ",
      "\n",
      '"\\u00e9"',
      '"\\x"',
      "\\",
    ),
    { maxLength: 9 },
  );
  fc.assert(
    fc.property(pieces, (list) => {
      const text = list.join("");
      let value: unknown;
      let valid = true;
      try {
        value = JSON.parse(text);
      } catch {
        valid = false;
      }
      const result = read(text);
      // Unlike JSON.parse, a key that stands twice is a mistake.
      if (!result.ok && result.problems.every((problem) => problem.code === "duplicate")) return;
      expect(result.ok).toBe(valid);
      if (result.ok) expect(valueOf(result.value)).toEqual(value);
    }),
    { numRuns: 2000 },
  );
});

describe("positions", () => {
  const text = '{ "a": [1, { "b": "here" }] }';
  const result = read(text);
  test("of a value", () => {
    expect(result.ok).toBe(true);
    if (!result.ok) return;
    const span = spanAt(result.value, ["a", 1, "b"]);
    expect(text.slice(span.start, span.end)).toBe('"here"');
  });
  test("of the last part that is there", () => {
    if (!result.ok) return;
    expect(spanAt(result.value, ["a", 1, "c", 0]).start).toBe(text.indexOf('{ "b"'));
  });
});

test("a byte order mark is skipped", () => expect(read("\uFEFF[]").ok).toBe(true));

test("nesting has an end", () => {
  const result = read("[".repeat(100000));
  expect(result.problems.map((problem) => problem.code)).toEqual(["too-deep"]);
});
