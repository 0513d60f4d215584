import fc from "fast-check";
import { expect, test } from "vitest";
import { type CompiledModel, compileModel, libraryFile, parseCat } from "../../src/cat/index.js";
import * as bits from "../../src/cat/relation.js";
import { compose, evaluate, key, type Naive, type Tree, text } from "./naive.js";

const { relationTree } = fc.letrec<{ setTree: Tree; relationTree: Tree }>((tie) => ({
  setTree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("R", "W", "F").map((name): Tree => ({ op: "name", name })),
    fc.record({ op: fc.constantFrom("|", "&", "\\"), left: tie("setTree"), right: tie("setTree") }) as fc.Arbitrary<Tree>,
    fc.record({ op: fc.constantFrom("domain", "range"), of: tie("relationTree") }) as fc.Arbitrary<Tree>,
    fc.record({ op: fc.constant("~"), of: tie("setTree") }) as fc.Arbitrary<Tree>,
  ),
  relationTree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom("po", "rf", "co", "loc", "addr").map((name): Tree => ({ op: "name", name })),
    fc.record({ op: fc.constantFrom("|", "&", "\\", ";"), left: tie("relationTree"), right: tie("relationTree") }) as fc.Arbitrary<Tree>,
    fc.record({ op: fc.constant("*"), left: tie("setTree"), right: tie("setTree") }) as fc.Arbitrary<Tree>,
    fc.record({ op: fc.constantFrom("+", "*1", "?", "^-1", "~"), of: tie("relationTree") }) as fc.Arbitrary<Tree>,
    fc.record({ op: fc.constant("[]"), of: tie("setTree") }) as fc.Arbitrary<Tree>,
  ),
}));

function compiled(source: string): CompiledModel {
  const read = parseCat({ name: "test.cat", text: source }, libraryFile);
  const model = read.ok ? compileModel(read.value) : read;
  if (!model.ok) throw new Error(model.problems.map(({ message }) => message).join("; "));
  return model.value;
}

/** With every pair that follows. */
function closed(pairs: readonly (readonly [number, number])[]): [number, number][] {
  const all = new Map(pairs.map(([a, b]) => [key(a, b), [a, b] as [number, number]]));
  // A pair that is added is visited too.
  for (const [a, b] of all.values()) {
    const known = [...all.values()];
    for (const [c, d] of known) {
      if (b === c) all.set(key(a, d), [a, d]);
      if (d === a) all.set(key(c, b), [c, b]);
    }
  }
  return [...all.values()];
}

/** Events, their sets, and relations; two locations; rf and co as subsets of their bounds. */
const scene = fc.constantFrom(4, 7, 33).chain((n) => {
  const event = fc.integer({ min: 0, max: n - 1 });
  const relation = fc.array(fc.tuple(event, event), { maxLength: 12 });
  const set = fc.array(event, { maxLength: n });
  return fc.record({
    n: fc.constant(n),
    sets: fc.tuple(set, set, set),
    po: relation,
    addr: relation,
    // Of each pair of rf and co: is it there, and is that known?
    rf: fc.array(fc.tuple(event, event, fc.boolean(), fc.boolean()), { maxLength: 8 }),
    co: fc.array(fc.tuple(event, event, fc.boolean(), fc.boolean()), { maxLength: 8 }),
  });
});

test("compiled expressions have the values of sets, and bounds enclose them", () => {
  fc.assert(
    fc.property(
      relationTree,
      relationTree,
      scene,
      fc.constantFrom("acyclic", "irreflexive", "empty", "~empty"),
      (tree, second, { n, sets, po, addr, rf, co }, kind) => {
        // co is what the caller orders: here with `co` from a choice that the model leaves to him.
        const model = compiled(
          `"t" include "cross.cat" with co from all-orders(W | R | F | ~W, 0)\nlet x = ${text(tree)}\n${kind} x as first\nempty ${text(second)} as second`,
        );
        const relation = (pairs: readonly (readonly [number, number])[]): bits.Relation => bits.relationOf(n, pairs);
        const half = n >> 1;
        const loc = Array.from({ length: n * n }, (_, at): [number, number] => [Math.floor(at / n), at % n]).filter(
          ([a, b]) => a < half === b < half,
        );
        const bounded = (pairs: typeof rf, keep: (a: number, b: number) => boolean) => {
          const known = new Map(pairs.filter(([a, b]) => keep(a, b)).map((edge) => [key(edge[0], edge[1]), edge]));
          const of = (wanted: (edge: (typeof rf)[number]) => boolean) =>
            [...known.values()].filter(wanted).map(([a, b]): [number, number] => [a, b]);
          return {
            real: of(([, , there]) => there),
            must: relation(of(([, , there, sure]) => there && sure)),
            may: relation(of(([, , there, sure]) => there || !sure)),
          };
        };
        const inLoc = (a: number, b: number): boolean => a < half === b < half;
        const rfs = bounded(rf, inLoc);
        // An order of each location, as the caller gives it: without circles, and transitive.
        const some = bounded(co, (a, b) => a < b && inLoc(a, b));
        const ordered = closed(some.real);
        const cos = {
          real: ordered,
          must: relation(closed(bits.pairsOf(some.must, n))),
          may: relation([...ordered, ...bits.pairsOf(some.may, n)]),
        };
        const structure = {
          shows: true,
          n,
          sets: new Map(["R", "W", "F"].map((name, index) => [name, bits.setOf(n, sets[index] as number[])])),
          relations: new Map([
            ["po", relation(po)],
            ["addr", relation(addr)],
            ["loc", relation(loc)],
          ]),
        };
        const names = new Map<string, Naive>([
          ...["R", "W", "F"].map((name, index): [string, Naive] => [name, { kind: "set", of: new Set(sets[index]) }]),
          ...Object.entries({ po, addr, loc, rf: rfs.real, co: cos.real }).map(([name, pairs]): [string, Naive] => [
            name,
            { kind: "relation", of: new Set(pairs.map(([a, b]) => key(a, b))) },
          ]),
        ]);
        const session = model.session();
        expect(session.begin(structure)).toBe(1);
        const exactRf = relation(rfs.real);
        const exactCo = relation(cos.real);
        const pruned = session.prune(rfs, cos);
        const settled = session.settled(rfs, cos);
        const passes = session.check(exactRf, exactCo);
        const wanted = evaluate(tree, names, n);
        const shown = session.shown("x");
        expect(shown?.kind === "relation" ? bits.pairsOf(shown.relation, n).map(([a, b]) => key(a, b)) : undefined).toEqual(
          [...(wanted.of as ReadonlySet<string>)].sort(
            (a, b) => Number(a.split(",")[0]) - Number(b.split(",")[0]) || Number(a.split(",")[1]) - Number(b.split(",")[1]),
          ),
        );
        if (passes) expect(pruned).toBe(true);
        if (settled) expect(passes).toBe(true);
        // With nothing open, the bounds say what the check says.
        const exact = { rf: { must: exactRf, may: exactRf }, co: { must: exactCo, may: exactCo } };
        expect(session.prune(exact.rf, exact.co)).toBe(passes);
        expect(session.settled(exact.rf, exact.co)).toBe(passes);
        // Judged without a beginning, as a structure that has this execution alone.
        expect(session.whole({ ...structure, ...exact, finals: bits.emptySet(n) }) !== undefined).toBe(passes);
        // And once more from another structure's leavings.
        session.begin(structure);
        expect(session.check(exactRf, exactCo)).toBe(passes);
      },
    ),
    { numRuns: 150 },
  );
});

/** Bounds that meet. */
const bothAre = (rf: Int32Array, co: Int32Array) => ({ rf: { must: rf, may: rf }, co: { must: co, may: co }, finals: new Int32Array(0) });

test("fixpoints: growing ones reach the least, others go round by round, and bounds enclose both", () => {
  const edges = (n: number) => fc.array(fc.tuple(fc.integer({ min: 0, max: n - 1 }), fc.integer({ min: 0, max: n - 1 })), { maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(5, 34), fc.boolean(), fc.gen(), (n, grows, gen) => {
      const [po, all] = [gen(edges, n), gen(edges, n)];
      const known = all.map(([a, b]) => ({ edge: [a, b] as [number, number], there: gen(fc.boolean), sure: gen(fc.boolean) }));
      const body = grows ? "(po | (y ; rf) | (rf ; y))" : "(po | (rf \\ (y ; rf)))";
      const model = compiled(`"t" let rec y = ${body}\nempty y & id as first\nacyclic y as second`);
      const loc = bits.emptyRelation(n);
      bits.fullInto(loc, n);
      const unique = [...new Map(known.map((one) => [key(...one.edge), one])).values()];
      const of = (wanted: (one: (typeof unique)[number]) => boolean) => unique.filter(wanted).map(({ edge }) => edge);
      const real = of(({ there }) => there);
      const rf = {
        must: bits.relationOf(
          n,
          of(({ there, sure }) => there && sure),
        ),
        may: bits.relationOf(
          n,
          of(({ there, sure }) => there || !sure),
        ),
      };
      const co = { must: bits.emptyRelation(n), may: bits.emptyRelation(n) };
      const session = model.session();
      const structure = {
        n,
        shows: true,
        sets: new Map(),
        relations: new Map([
          ["po", bits.relationOf(n, po)],
          ["loc", loc],
        ]),
      };
      session.begin(structure);
      const pruned = session.prune(rf, co);
      const settled = session.settled(rf, co);
      const passes = session.check(bits.relationOf(n, real), co.must);
      const edge = (pairs: readonly [number, number][]) => new Set(pairs.map(([a, b]) => key(a, b)));
      let wanted = new Set<string>();
      for (;;) {
        const reads = edge(real);
        const next = grows
          ? new Set([...edge(po), ...compose(wanted, reads), ...compose(reads, wanted)])
          : new Set([...edge(po), ...[...reads].filter((pair) => !compose(wanted, reads).has(pair))]);
        const stable = [...next].every((pair) => wanted.has(pair));
        wanted = next;
        if (stable) break;
      }
      const shown = session.shown("y");
      expect(new Set(shown?.kind === "relation" ? bits.pairsOf(shown.relation, n).map(([a, b]) => key(a, b)) : [])).toEqual(wanted);
      if (passes) expect(pruned).toBe(true);
      if (settled) expect(passes).toBe(true);
      const exactRf = bits.relationOf(n, real);
      const whole = session.whole({ ...structure, ...bothAre(exactRf, co.must) });
      expect(whole).not.toBe("open");
      expect(whole !== undefined).toBe(session.check(exactRf, co.must));
    }),
    { numRuns: 150 },
  );
});
