import { describe, expect, test } from "vitest";
import { applyChanges, applyEdits } from "../../src/repair/apply.js";
import { candidatesOf } from "../../src/repair/candidates.js";
import { insertion, replacement } from "../../src/repair/change.js";
import { statementsOf } from "../../src/repair/layout.js";
import { subjectOf } from "../../src/repair/source-program.js";
import { trialOf } from "../../src/repair/trial.js";
import { folderOf, load, named } from "./text.js";

// Nothing here is timed: a busy machine only takes longer.
describe("edits of a text", () => {
  test("are made together, insertions at one place by their order", () => {
    const edited = applyEdits("abcdef", [
      { id: "b", edits: [insertion(3, "[2]", 2)] },
      { id: "a", edits: [insertion(3, "[1]", 1), replacement({ start: 4, end: 5 }, "E")] },
    ]);
    expect(edited?.text).toBe("abc[1][2]dEf");
  });

  test("that overlap cannot be made together", () => {
    const edits = (start: number, end: number) => ({ id: `${start}`, edits: [replacement({ start, end }, "x")] });
    expect(applyEdits("abcdef", [edits(1, 3), edits(2, 4)])).toBeUndefined();
  });

  test("that are shared are made once", () => {
    const brace = insertion(2, "{", 0, true);
    expect(
      applyEdits("abcd", [
        { id: "a", edits: [brace] },
        { id: "b", edits: [brace] },
      ])?.text,
    ).toBe("ab{cd");
  });

  test("leave every place of the original its name", () => {
    const edited = applyEdits("abcdef", [{ id: "a", edits: [insertion(2, "XX"), replacement({ start: 3, end: 4 }, "YYY")] }]);
    expect(edited?.text).toBe("abXXcYYYef");
    expect([0, 4, 5, 8, 9].map((at) => edited?.origin(at))).toEqual(["0", "2", "3", "4", "5"]);
    expect(edited?.origin(2)).toBe("+a/0+0");
    expect(edited?.origin(6)).toBe("3~a/1+1");
  });
});

/** The body of P0 with `X;` put before its n-th statement. */
function inserted(body: string, number: number): string | undefined {
  const { source, program } = load(`C t\n{ }\nP0(int *x, int *y) {\n${body}\n}\nexists (0:r0=1)\n`);
  const placed = statementsOf(source.text, program.test)[number];
  const text = placed && applyEdits(source.text, [{ id: "a", edits: placed.insert("rmb();") }])?.text;
  return text?.slice(text.indexOf("{\n", 8) + 2, text.indexOf("\n}\nexists"));
}

describe("a statement is put before another", () => {
  test("on a line of its own, with the other's indentation", () => {
    expect(inserted("  int r0 = *x;  // seen\n  int r1 = *y;", 1)).toBe("  int r0 = *x;  // seen\n  rmb();\n  int r1 = *y;");
  });

  test("into an arm without braces, which gets some", () => {
    expect(inserted("  int r0 = *x;\n  if (r0 == 1)\n    r0 = *y; // late", 2)).toBe(
      "  int r0 = *x;\n  if (r0 == 1) {\n    rmb();\n    r0 = *y; // late\n  }",
    );
  });

  test("into an arm on one line", () => {
    expect(inserted("  int r0 = *x;\n  if (r0) r0 = *y; else r0 = 2;", 2)).toBe(
      "  int r0 = *x;\n  if (r0) { rmb(); r0 = *y; } else r0 = 2;",
    );
  });

  test("behind a loop that polls, and in front of one", () => {
    expect(inserted("  while (READ_ONCE(*x) == 0) ;\n  int r0 = *y;", 1)).toBe("  while (READ_ONCE(*x) == 0) ;\n  rmb();\n  int r0 = *y;");
  });

  test("behind a comment that looks like code", () => {
    expect(inserted("  int r0 = *x;\n  /* ; } */ int r1 = *y;", 1)).toBe("  int r0 = *x;\n  /* ; } */ rmb(); int r1 = *y;");
  });
});

describe("every candidate of the catalogue", () => {
  test.each(["altix", "bugs"])("of %s gives a text that is a test", (folder) => {
    const platforms = named("sn2,portable,arm64-noncoherent,ip27,sun4v");
    let count = 0;
    const wrong: string[] = [];
    // Every third: these tests are many and alike.
    for (const { source, program } of folderOf(folder).filter((_, index) => index % 3 === 0)) {
      for (const { strongest, weaker } of candidatesOf(subjectOf(source, program), platforms, []).sites) {
        for (const change of [...strongest, ...weaker]) {
          if (change.needs !== undefined) continue;
          count++;
          if (trialOf(source, applyChanges(source.text, [change])) === undefined) wrong.push(`${source.name}: ${change.id}`);
        }
      }
    }
    expect(count).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });
});
