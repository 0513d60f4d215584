/** A search for all end states that runs out of its budget does not lose the verdict. */
import { describe, expect, test } from "vitest";
import { family } from "../../../../scripts/bench/family.mjs";
import { check, type Verdict } from "../../src/explore/verdict.js";
import { conditionHolds } from "../../src/report/text.js";
import { platformOf, programOf } from "../subject.js";

/** Two pairs whose end states are a million and more. */
function verdict(maxStates: number, interrupted?: () => boolean): Verdict {
  return check(programOf(family(12, 2, "none")), platformOf("sn2-pic"), {
    mode: "states",
    reduce: "full",
    maxStates,
    ...(interrupted === undefined ? {} : { interrupted }),
  });
}

describe("states mode, stopped early", () => {
  test("allowed, with a witness and its end", () => {
    const found = verdict(1000);
    expect([found.verdict, found.reason, found.result?.complete]).toEqual(["allowed", undefined, false]);
    expect(found.ends.filter((end) => end.satisfies).length).toBe(1);
    expect(found.result?.witness?.length).toBeGreaterThan(0);
    expect(conditionHolds("exists", found)).toBe("Ok");
  });
  test("interrupted before anything is known: unknown", () => {
    const found = verdict(1000, () => true);
    expect([found.verdict, found.reason]).toEqual(["unknown", "stopped"]);
    expect(conditionHolds("exists", found)).toBe("Undef");
  });
  test("interrupted while it lists states: the verdict stays", () => {
    let asked = 0;
    const questions = (until: number) => verdict(100_000, () => ++asked > until);
    questions(Number.POSITIVE_INFINITY);
    // All but the last of them: the list comes last.
    const last = asked - 1;
    asked = 0;
    const found = questions(last);
    expect([found.verdict, found.result?.stopped]).toEqual(["allowed", "interrupted"]);
  });
});
