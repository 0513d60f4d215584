import { describe, expect, test } from "vitest";
import {
  type CompileOptions,
  compileModel,
  emptyRelation,
  eventsOf,
  libraryFile,
  pairsOf,
  parseCat,
  relationOf,
  type Session,
  setOf,
} from "../../src/cat/index.js";

/** Four events: reads 0 and 2, writes 1 and 3; po is 0 1 2 3 in this order; 0 and 1, and 2 and 3, have a location in common; 'once is on 0 and 3. */
function run(text: string, options: CompileOptions = {}, files: Record<string, string> = {}): Session {
  const include = (name: string) => (files[name] === undefined ? libraryFile(name) : { name, text: files[name] });
  const read = parseCat({ name: "model.cat", text }, include);
  const model = read.ok ? compileModel(read.value, options) : read;
  if (!model.ok) throw new Error(model.problems.map(({ message }) => message).join("; "));
  const session = model.value.session();
  const po: [number, number][] = [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3].filter((b) => b > a).map((b): [number, number] => [a, b]));
  const loc: [number, number][] = [0, 1, 2, 3].flatMap((a) =>
    [0, 1, 2, 3].filter((b) => a >> 1 === b >> 1).map((b): [number, number] => [a, b]),
  );
  session.begin({
    shows: true,
    n: 4,
    sets: new Map([
      ["R", setOf(4, [0, 2])],
      ["W", setOf(4, [1, 3])],
      ["M", setOf(4, [0, 1, 2, 3])],
      ["Once", setOf(4, [0, 3])],
      ["Late", setOf(4, [2])],
    ]),
    relations: new Map([
      ["po", relationOf(4, po)],
      ["loc", relationOf(4, loc)],
    ]),
  });
  session.check(relationOf(4, [[1, 0]]), emptyRelation(4));
  return session;
}

/** The value of `x` after the text, as `0>1 1>2` or `0 2`. */
function value(text: string, options?: CompileOptions, files?: Record<string, string>): string {
  const shown = run(text, options, files).shown("x");
  if (shown === undefined) return "nothing";
  return shown.kind === "set"
    ? eventsOf(shown.set).join(" ")
    : pairsOf(shown.relation, 4)
        .map(([a, b]) => `${a}>${b}`)
        .join(" ");
}

describe("expressions", () => {
  test.each([
    ["a;b\\c is a;(b\\c)", "let x = [R] ; po \\ loc", "0>2 0>3"],
    ["(a;b)\\c is not", "let x = ([R] ; po) \\ loc", "0>2 0>3"],
    ["; binds looser than \\", "let x = po \\ po ; po", ""],
    ["\\ groups to the left", "let x = po \\ loc \\ (R * R)", "0>3 1>2 1>3"],
    ["& binds tighter than \\", "let x = po \\ po & loc", "0>2 0>3 1>2 1>3"],
    ["| binds loosest", "let x = [R] | [W] ; po", "0>0 1>2 1>3 2>2"],
    ["cross product and star", "let x = R*W & po", "0>1 0>3 2>3"],
    ["star at the end", "let x = (po & loc)*", "0>0 0>1 1>1 2>2 2>3 3>3"],
    ["optional", "let x = (po & loc)?", "0>0 0>1 1>1 2>2 2>3 3>3"],
    ["inverse", "let x = (po & loc)^-1", "1>0 3>2"],
    ["complement of a set", "let x = ~R", "1 3"],
    ["complement of the empty set is all", "let x = ~{} & R", "0 2"],
    ["`_` is passed over in a sequence", "let x = _ ; (po & loc)", "0>1 2>3"],
    ["`_` as a set", "let x = R * _ & po & loc", "0>1 2>3"],
    ["`0` is the empty relation", "let x = 0 | po & loc", "0>1 2>3"],
    ["domain and range", "let x = domain(po & loc) | range(po & loc)", "0 1 2 3"],
    ["comments nest", "let x = (* a (* b *) c *) R // to the end\n# and so does this", "0 2"],
    ["names with dots and dashes", "let a.b-c' = R let x = a.b-c'", "0 2"],
    ["functions of several arguments", "let f(a, b) = a ; b let x = f(po, [W])", "0>1 0>3 1>3 2>3"],
    ["functions that give functions", "let f a = fun b -> a & b let x = f po loc", "0>1 2>3"],
    ["a function sees the names where it stands", "let r = R let f a = r | a let r = 0 let x = f W", "0 1 2 3"],
    ["tuples", "let a, b = R, W let x = b", "1 3"],
    ["let in", "let x = let a = R and b = W in a | b", "0 1 2 3"],
    ["try", "let x = try no-such-set with W", "1 3"],
    ["a type error is tried too", "let x = try R ; po with W", "1 3"],
    ["variants", 'let x = if "strong" then R else W', "1 3"],
    ["conditions on tags", "enum T = 'a || 'b let x = if 'a in {'b} then R else W", "1 3"],
    ["match on a tag", "enum T = 'a || 'b let f t = match t with 'a -> R || _ -> W end let x = f 'b", "1 3"],
    [
      "match on a set of tags",
      "enum T = 'a || 'b let rec f s = match s with {} -> {} || t ++ u -> (match t with 'a -> R || 'b -> W end) | f u end let x = f T",
      "0 1 2 3",
    ],
    ["tags name events", "enum T = 'once || 'late instructions R[T] let x = tag2events('once)", "0 3"],
    [
      "matching on events waits for the execution",
      "let rec pairs s = match s with {} -> 0 || e ++ r -> ((e, e) ++ 0) | pairs r end let x = po & pairs R",
      "nothing",
    ],
    ["fencerel", "let x = fencerel(Late)", "0>3 1>3"],
    ["singlestep", "let x = singlestep(po)", "0>1 1>2 2>3"],
    ["different-values: all differ where nothing is said", "let x = different-values(po & loc)", "0>1 2>3"],
  ])("%s", (name, text, wanted) => {
    const bell = text.includes("Late") && !text.includes("instructions") ? `enum L = 'late instructions F[L] ${text}` : text;
    if (wanted === "nothing") expect(() => value(bell)).not.toThrow();
    else expect(value(bell), name).toBe(wanted);
  });

  test("variants are the caller's", () => {
    const text = 'let x = if not "a" && ("b" || "c") then R else W';
    expect(value(text, { variant: (name) => name === "c" })).toBe("0 2");
    expect(value(text, { variant: (name) => name === "a" })).toBe("1 3");
  });
});

describe("recursive sets and relations", () => {
  test("start at nothing and grow", () => expect(value("let rec x = singlestep(po) | (x ; x)")).toBe("0>1 0>2 0>3 1>2 1>3 2>3"));
  test("see the new values of those before them", () => {
    // b reads a of the same round: were the bodies evaluated all at once, b would be M at the end of the first round, and stay.
    expect(value("let rec a = R | a and b = b | (M \\ a) let x = b")).toBe("1 3");
    expect(value("let rec b = b | (M \\ a) and a = R | a let x = b")).toBe("0 1 2 3");
  });
  test("inner and outer", () =>
    expect(value("let rec x = (let rec y = x | singlestep(po) | (y ; y) in y & (R * M))")).toBe("0>1 0>2 0>3 2>3"));
  test("brackets match inside out", () => {
    const text = "let open p = M \\ udr(p) let near s = let r = [s] ; po ; [s] in r \\ (r ; r) let rec x = x | ([R] ; near (open x) ; [W])";
    expect(value(text)).toBe("0>1 2>3");
  });
});

describe("instructions", () => {
  test("procedures see the names where they stand, and their tests count", () => {
    const session = run("let r = po procedure check(a) = acyclic a | r as inside end let r = 0 call check(po^-1) as outside");
    expect(session.failures()).toHaveLength(1);
  });
  test("flags, undefined_unless, and checks that fail", () => {
    const session = run(
      "flag ~empty R as reads flag empty R as no-reads undefined_unless empty W as writes acyclic po as one acyclic po | po^-1 as two",
    );
    expect(session.flags()).toEqual(["reads", "Undef"]);
    expect(session.failures()).toEqual([4]);
  });
  test("forall over tags, show and unshow, show as", () => {
    const session = run(
      "enum T = 'once || 'late instructions R[T] forall t in T do flag ~empty tag2events(t) as some end show po, loc unshow loc show po & loc as near",
    );
    expect(session.flags()).toEqual(["some"]);
    expect(pairsOf((session.shown("near") as { relation: Int32Array }).relation, 4)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
  test("includes, and conditions on variants around them", () => {
    const files = { "a.cat": '"a" let x = R', "b.cat": "let x = W" };
    const text = 'if "late" include "b.cat" else include "a.cat" end';
    expect(value(text, {}, files)).toBe("0 2");
    expect(value(text, { variant: () => true }, files)).toBe("1 3");
  });
  test("a bell file runs before the model", () => {
    const bell = parseCat({ name: "b.bell", text: "enum T = 'once instructions R[T] let marked = Once" });
    if (!bell.ok) throw new Error("bell");
    expect(value("let x = marked", { bell: bell.value })).toBe("0 3");
  });
  test("skipped checks", () => {
    expect(run("acyclic po | po^-1 as two", { skip: new Set(["two"]) }).failures()).toEqual([]);
  });
});

describe("with", () => {
  const choose = "let edge p = p ++ 0 let sources e = map edge ((W * {e}) & po^-1)";
  test("over sets of relations: one branch for each", () => {
    // Read 0 may read from 1 or 3, read 2 from 3 alone.
    const text = `include "cross.cat" ${choose} with r from cross(map sources R) empty r & (W * W)`;
    const read = parseCat({ name: "m", text }, libraryFile);
    const model = read.ok ? compileModel(read.value) : read;
    if (!model.ok) throw new Error(model.problems[0]?.message);
    const session = model.value.session();
    const relations = new Map([
      [
        "po",
        relationOf(4, [
          [0, 1],
          [0, 3],
          [2, 3],
        ]),
      ],
    ]);
    const sets = new Map([
      ["R", setOf(4, [0, 2])],
      ["W", setOf(4, [1, 3])],
    ]);
    expect(session.begin({ n: 4, sets, relations, shows: true })).toBe(2);
    const seen = [0, 1].map((branch) => {
      session.branch(branch);
      session.check(emptyRelation(4), emptyRelation(4));
      return pairsOf((session.shown("r") as { relation: Int32Array }).relation, 4).join(" ");
    });
    expect(seen.sort()).toEqual(["1,0 3,2", "3,0 3,2"]);
  });

  test("orders of writes written out in cat are told by their structure, whatever the names", () => {
    const written = `
      let per (before, parts) = let rec each s = match s with || {} -> {} || p ++ rest -> linearisations(p, before) ++ each(rest) end in each(parts)
      let all = let rec go (k, sum, sets) = match sets with || {} -> sum ++ k || s ++ rest ->
          let rec inner (k, s) = match s with || {} -> k || o ++ s -> inner (go (k, o | sum, rest), s) end in inner (k, s) end in
        fun sets -> go ({}, 0, sets)
      with co from all (per (co0, classes-loc W)) acyclic po | co`;
    const read = parseCat({ name: "m", text: written });
    const model = read.ok ? compileModel(read.value) : read;
    expect(model.ok && model.value.ordersWrites).toBe(true);
  });
});
