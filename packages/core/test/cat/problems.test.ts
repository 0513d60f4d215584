import { describe, expect, test } from "vitest";
import { type CatProblem, compileModel, libraryFile, parseCat } from "../../src/cat/index.js";
import { position } from "../../src/source.js";

function problemsOf(text: string): readonly CatProblem[] {
  const read = parseCat({ name: "m.cat", text }, libraryFile);
  return read.ok ? compileModel(read.value, { architecture: "C" }).problems : read.problems;
}

/** `line:column: message | hint` of the first problem. */
function first(text: string): string {
  const problem = problemsOf(text)[0];
  if (problem === undefined) return "none";
  const { line, column } = position(problem.place.source.text, problem.place.span.start);
  return `${problem.severity} ${line}:${column}: ${problem.message}${problem.hint === undefined ? "" : ` | ${problem.hint}`}`;
}

describe("mistakes are told with their place and, where there is one, the way out", () => {
  test.each([
    ["acyclic po-lok as c", "error 1:9: nothing defines `po-lok` | did you mean `po-loc`?"],
    ["let f x = x acyclic f R", "error 1:21: a relation is needed here, and this is a set of events | `[S]` is the identity on the set S"],
    ["acyclic R ; po", "error 1:9: a relation is needed here, and this is a set of events | `[S]` is the identity on the set S"],
    [
      "empty [po]",
      "error 1:8: a set of events is needed here, and this is a relation | `domain(r)` and `range(r)` are the events that a relation starts and ends in",
    ],
    [
      "empty R | po",
      "error 1:11: a set of events is needed here, and this is a relation | `domain(r)` and `range(r)` are the events that a relation starts and ends in",
    ],
    ["empty po R", "error 1:7: a function is needed here, and this is a relation"],
    ["let f(a, b) = a empty f(po)", "error 1:23: 2 arguments are needed here, and there is 1"],
    ["empty 'once", "error 1:7: the tag `'once` is not declared"],
    ["enum T = 'once empty 'onc", "error 1:22: the tag `'onc` is not declared | did you mean `'once`?"],
    ["acyclic po as", "error 1:14: expected a name, found the end of the file"],
    ["let x = (po | rf", "error 1:17: expected `)`, found the end of the file"],
    ["let x = po |", "error 1:13: expected a set or a relation, found the end of the file"],
    [
      "acyclyc po",
      "warning 1:1: this model has no check: it allows every execution | a check is `acyclic r as name`, `empty r` or `irreflexive r`",
    ],
    ["M let x = po $ rf", "error 1:14: `$` starts nothing in a model"],
    ["(* never closed", "error 1:1: this comment is not closed | comments nest: each `(*` needs a `*)`"],
    [
      'include "nowhere.cat"',
      "error 1:1: the file `nowhere.cat` is not found | give its directory with -I; those of Fencepost's library are always there",
    ],
    ["let x = po^2", "error 1:12: `2` starts nothing in a model"],
    ["acyclic po | co as c", 'error 1:14: nothing defines `co` | `include "cos.cat"` defines co and fr'],
    ["let rec f x = f x empty f po", "error 1:15: functions call each other too deeply here: does this recursion end?"],
    [
      "let x = bisimulation(po, po) empty x",
      "error 1:9: `bisimulation` is not supported: it speaks of what Fencepost does not model (page tables, scopes, classes of instances)",
    ],
    [
      "with x from linearisations(range(rf), po) empty x",
      "error 1:1: this `with` chooses from a set that depends on rf, co or values; supported are choices that do not, and one choice of orders by location (`generate_orders`, `generate_cos`)",
    ],
    ["forall e in R do empty po end", "error 1:13: `forall` goes over sets of tags; over the events of an execution it is not supported"],
    ["call check(po)", "error 1:1: nothing defines the procedure `check`"],
    ["acyclic po let x = po-lok", "warning 1:20: nothing defines `po-lok` | did you mean `po-loc`?"],
  ])("%s", (text, wanted) => {
    expect(first(text)).toBe(wanted);
  });

  test("a file that includes itself", () => {
    const read = parseCat({ name: "a.cat", text: 'include "a.cat"' }, (name) => ({ name, text: 'include "a.cat"' }));
    expect(read.ok ? "" : read.problems[0]?.message).toBe("`a.cat` includes itself");
  });

  test("deep nesting is a mistake, not a crash", () => {
    expect(first(`let x = ${"(".repeat(5000)}po${")".repeat(5000)}`)).toContain("nested deeper than");
    expect(first(`let x = ${"~".repeat(5000)}R`)).toContain("nested deeper than");
  });

  test("any text gives problems, never an exception", () => {
    const words = [
      "let",
      "rec",
      "and",
      "x",
      "(",
      ")",
      "[",
      "]",
      "|",
      ";",
      "\\",
      "*",
      "^-1",
      "match",
      "with",
      "end",
      "++",
      "'t",
      '"s"',
      "if",
      "then",
      "0",
      "_",
      "acyclic",
      "=",
    ];
    let seed = 1;
    for (let run = 0; run < 2000; run++) {
      let text = "";
      for (let word = 0; word < 12; word++) {
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
        text += `${words[seed % words.length]} `;
      }
      expect(() => problemsOf(text)).not.toThrow();
    }
  });
});
