import { platform } from "@fencepost/core/platform";
import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse } from "../src/analysis.js";
import { colours } from "../src/colours.js";
import { proposalsAt } from "../src/completion.js";
import { fixesIn } from "../src/fixes.js";
import { applyEdits, formatEdits } from "../src/formatting.js";
import { hoverAt } from "../src/hover.js";
import { folds, outline, type Part } from "../src/outline.js";
import { renameAt } from "../src/rename.js";
import { catalogue, reference } from "./catalogue.js";

// On a busy machine everything takes its time.
const platforms = ["sn2", "x86"].flatMap((name) => platform(name) ?? []);
const pieces = [
  "{",
  "}",
  "(",
  ")",
  "(*",
  "*)",
  "/*",
  "//",
  '"',
  ";",
  ":",
  "exists",
  "expect ",
  "P0(",
  "D0.",
  "source",
  "\n",
  "0:",
  "=",
  "/\\",
  "\u0000",
  "é",
  "locations [",
  "int ",
  "for (",
  "~",
  "stuck",
];
const change = fc.record({ at: fc.nat(2000), remove: fc.nat(20), add: fc.constantFrom("", ...pieces) });

/** A shipped test with a few slips of the keyboard. */
const damaged = fc
  .tuple(fc.constantFrom(...catalogue, ...reference), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([{ text }, changes]) =>
    changes.reduce((now, { at, remove, add }) => {
      const place = at % (now.length + 1);
      return now.slice(0, place) + add + now.slice(place + (add === "" ? remove : 0));
    }, text),
  );

test("whatever is asked of whatever text has an answer, and every place is in the text", () => {
  const inside = ({ start, end, nameStart, nameEnd, parts }: Part, text: string): void => {
    expect(start >= 0 && start <= nameStart && nameStart <= nameEnd && nameEnd <= end && end <= text.length).toBe(true);
    for (const part of parts) inside(part, text);
  };
  fc.assert(
    fc.property(damaged, fc.array(fc.nat(2000), { minLength: 3, maxLength: 3 }), (text, offsets) => {
      const analysis = analyse({ name: "damaged", text });
      for (const each of offsets) {
        const offset = each % (text.length + 1);
        hoverAt(analysis, offset, platforms);
        const { start, end } = proposalsAt(analysis, offset);
        expect(start <= offset && offset <= end).toBe(true);
        renameAt(analysis, offset, "another");
      }
      for (const part of outline(analysis)) inside(part, text);
      for (const { start, end } of folds(analysis.tokens)) expect(start < end && end <= text.length).toBe(true);
      for (const { start, end } of colours(analysis)) expect(text.slice(start, end)).not.toContain("\n");
      const formatted = applyEdits(text, formatEdits(text));
      expect(formatEdits(formatted)).toEqual([]);
      for (const { edit } of fixesIn(analysis, 0, text.length)) expect(applyEdits(text, [edit])).not.toBe(text);
    }),
    { numRuns: 400, seed: 11 },
  );
});
