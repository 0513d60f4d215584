import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTest } from "@fencepost/core/litmus";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits, formatEdits } from "../src/formatting.js";
import { readTokens } from "../src/tokens.js";
import { catalogue, reference } from "./catalogue.js";
import { root } from "./client.js";

// On a busy machine a process takes its time.
const format = (text: string): string => applyEdits(text, formatEdits(text));
const said = (text: string): string =>
  JSON.stringify(parseTest({ name: "", text }), (key: string, value: unknown) => (key === "span" ? undefined : value));
const comments = (text: string): string[] =>
  readTokens(text)
    .filter(({ kind }) => kind === "comment")
    .map((token) => token.text);
const texts = [...catalogue, ...reference];

/** The text with its lines pushed about: other indentation, more blank lines, blanks at ends. What stands inside comments and strings keeps its place. */
function shaken(text: string, seed: readonly number[]): string {
  const tokens = readTokens(text).filter(({ text: shown }) => shown.includes("\n"));
  let at = 0;
  return text
    .split("\n")
    .map((line, index) => {
      const start = at;
      at += line.length + 1;
      const number = seed[index % seed.length] ?? 0;
      const inside = tokens.some((token) => token.start < start && start < token.end);
      const open = tokens.some((token) => token.start < start + line.length && start + line.length < token.end);
      if (inside || open || line.trim() === "") return line;
      return `${" \t".repeat(number % 3)}${" ".repeat(number % 7)}${line.trim()}${" ".repeat(number % 4)}${"\n".repeat(number % 3)}`;
    })
    .join("\n");
}

describe("on every shipped test", () => {
  test("formatting twice is formatting once, and the test and its comments stay what they were", () => {
    for (const { name, text } of texts) {
      const once = format(text);
      expect(format(once), name).toBe(once);
      expect(said(once), name).toBe(said(text));
      expect(comments(once), name).toEqual(comments(text));
    }
  });

  test("the shipped tests are formatted", () => {
    const changed = catalogue.filter(({ text }) => format(text) !== text).map(({ name }) => name);
    expect(changed).toEqual([]);
  });

  test("whatever the indentation was, the result is the same", () => {
    const some = texts.filter((_, index) => index % 8 === 0);
    fc.assert(
      fc.property(fc.constantFrom(...some), fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }), ({ text }, seed) => {
        const other = shaken(text, seed);
        fc.pre(said(other) === said(text));
        const once = format(other);
        expect(format(once)).toBe(once);
        expect(said(once)).toBe(said(text));
        expect(once.split("\n").filter((line) => line.trim() !== "")).toEqual(
          format(text)
            .split("\n")
            .filter((line) => line.trim() !== ""),
        );
      }),
      { numRuns: 150, seed: 5 },
    );
  });
});

test("any text at all: nothing is lost but blanks", () => {
  const piece = fc.constantFrom(
    "C t\n",
    "{",
    "}",
    "int x;",
    "P0(int *x) {",
    "(* a\n  b *)",
    "// c\n",
    '"d\n e"',
    "exists (x=1)",
    "expect sn2: allowed",
    "\n\n\n",
    "  ",
    "\t",
    "/\\",
    "r0 = 1;",
    "\r\n",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join(" ");
      const once = format(text);
      expect(once.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      expect(said(once)).toBe(said(text));
    }),
    { numRuns: 500, seed: 7 },
  );
});

test("what it does", () => {
  const text = `C a   
  "doc
    kept"
    key = value  
{
dma(streaming) int x;   // why
      (* a
   long one *)
 int y[2] =
{1, 2};
}


P0(int *x,
int *y)
{
if (READ_ONCE(*x)) {
WRITE_ONCE(*y,
1);
} else
WRITE_ONCE(*y, 2);
for (int i = 0;
i < 2; i++) {
	smp_mb();
	}
}
exists (x=1 /\\
y=2)
   expect sn2: allowed;
pcie: forbidden`;
  expect(format(text)).toBe(`C a
"doc
    kept"
key = value
{
  dma(streaming) int x;   // why
  (* a
   long one *)
  int y[2] =
    {1, 2};
}

P0(int *x,
    int *y)
{
  if (READ_ONCE(*x)) {
    WRITE_ONCE(*y,
      1);
  } else
    WRITE_ONCE(*y, 2);
  for (int i = 0;
    i < 2; i++) {
    smp_mb();
  }
}
exists (x=1 /\\
  y=2)
expect sn2: allowed;
  pcie: forbidden
`);
  expect(applyEdits(text, formatEdits(text, { unit: "\t" }))).toContain("\n\tif (READ_ONCE(*x)) {\n\t\tWRITE_ONCE(*y,\n\t\t\t1);\n");
});

test("line breaks of Windows stay", () => {
  const text = readFileSync(join(root, "catalogue/altix/cq-race.litmus"), "utf8").replaceAll("\n", "\r\n");
  expect(format(text.replaceAll("\r\n  ", "\r\n\t"))).toBe(text);
});
