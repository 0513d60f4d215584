import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as bits from "../../src/cat/relation.js";
import * as naive from "./naive.js";

/** Sizes on both sides of a word, and random relations on them. */
const sized = fc.constantFrom(1, 5, 31, 32, 33, 64, 70).chain((n) => {
  const event = fc.integer({ min: 0, max: n - 1 });
  const relation = fc.array(fc.tuple(event, event), { maxLength: 40 });
  return fc.record({ n: fc.constant(n), a: relation, b: relation, s: fc.array(event), t: fc.array(event) });
});

const asNaive = (pairs: readonly (readonly [number, number])[]): Set<string> => new Set(pairs.map(([from, to]) => naive.key(from, to)));
const asText = (relation: bits.Relation, n: number): string[] =>
  bits
    .pairsOf(relation, n)
    .map(([from, to]) => naive.key(from, to))
    .sort();

describe("bit rows are what sets are", () => {
  const check = (
    name: string,
    fast: (into: Int32Array, a: Int32Array, b: Int32Array, n: number, s: Int32Array, t: Int32Array) => void,
    slow: (a: Set<string>, b: Set<string>, s: Set<number>, t: Set<number>, n: number) => Set<string>,
  ): void => {
    test(name, () => {
      fc.assert(
        fc.property(sized, ({ n, a, b, s, t }) => {
          const into = bits.emptyRelation(n);
          into.fill(-1);
          fast(into, bits.relationOf(n, a), bits.relationOf(n, b), n, bits.setOf(n, s), bits.setOf(n, t));
          expect(asText(into, n)).toEqual([...slow(asNaive(a), asNaive(b), new Set(s), new Set(t), n)].sort());
        }),
        { numRuns: 60 },
      );
    });
  };
  const all = (n: number): Set<number> => new Set(Array.from({ length: n }, (_, e) => e));
  check("union", bits.unionInto, (a, b) => new Set([...a, ...b]));
  check("intersection", bits.interInto, (a, b) => new Set([...a].filter((x) => b.has(x))));
  check("difference", bits.diffInto, (a, b) => new Set([...a].filter((x) => !b.has(x))));
  check("composition", bits.composeInto, naive.compose);
  check("inverse", (into, a, _, n) => bits.inverseInto(into, a, n), naive.inverse);
  check("closure", (into, a, _, n) => bits.closureInto(into, a, n), naive.closure);
  check(
    "complement",
    (into, a, _, n) => bits.complementInto(into, a, n),
    (a, _b, _s, _t, n) => new Set([...naive.cross(all(n), all(n))].filter((x) => !a.has(x))),
  );
  check(
    "cross",
    (into, _a, _b, n, s, t) => bits.crossInto(into, s, t, n),
    (_a, _b, s, t) => naive.cross(s, t),
  );
  check(
    "identity on a set",
    (into, _a, _b, n, s) => bits.identityOnInto(into, s, n),
    (_a, _b, s) => naive.identity(s),
  );
  test("domain, range, acyclicity, cycles, counts", () => {
    fc.assert(
      fc.property(sized, ({ n, a }) => {
        const relation = bits.relationOf(n, a);
        const edges = asNaive(a);
        const set = bits.emptySet(n);
        bits.domainInto(set, relation, n);
        expect(bits.eventsOf(set)).toEqual([...new Set(a.map(([from]) => from))].sort((x, y) => x - y));
        bits.rangeInto(set, relation, n);
        expect(bits.eventsOf(set)).toEqual([...new Set(a.map(([, to]) => to))].sort((x, y) => x - y));
        const acyclic = naive.acyclic(edges);
        expect(bits.isAcyclic(relation, n, new Int32Array(bits.wordsFor(n)))).toBe(acyclic);
        expect(bits.count(relation)).toBe(edges.size);
        expect(bits.isIrreflexive(relation, n)).toBe(a.every(([from, to]) => from !== to));
        const cycle = bits.findCycle(relation, n);
        expect(cycle === undefined).toBe(acyclic);
        for (const [index, event] of (cycle ?? []).entries())
          expect(edges.has(naive.key(event, cycle?.[(index + 1) % cycle.length] as number))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
