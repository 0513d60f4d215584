import fc from "fast-check";
import { expect, test } from "vitest";
import { countByLast } from "../../src/axioms/orders.js";

const filled = (length: number, value: number): number[] => Array.from({ length }, () => value);

/** By trying every order. */
function tried(before: readonly number[], follows: readonly number[]): number[] {
  const n = before.length;
  const last = filled(n, 0);
  const extend = (order: readonly number[]): void => {
    if (order.length === n) {
      const end = order.at(-1);
      if (end !== undefined) last[end] = (last[end] as number) + 1;
      return;
    }
    for (let next = 0; next < n; next++) {
      if (order.includes(next)) continue;
      const needs = before[next] as number;
      if (order.reduce((bits, each) => bits & ~(1 << each), needs) !== 0) continue;
      const direct = follows[next] as number;
      if (direct >= 0 && order.at(-1) !== direct) continue;
      extend([...order, next]);
    }
  };
  extend([]);
  return last;
}

test("linear extensions are counted as if each were visited", () => {
  const scene = fc.integer({ min: 0, max: 6 }).chain((n) =>
    fc.record({
      n: fc.constant(n),
      pairs: fc.array(fc.tuple(fc.nat(Math.max(0, n - 1)), fc.nat(Math.max(0, n - 1))), { maxLength: 6 }),
      direct: fc.array(fc.tuple(fc.nat(Math.max(0, n - 1)), fc.nat(Math.max(0, n - 1))), { maxLength: 3 }),
    }),
  );
  fc.assert(
    fc.property(scene, ({ n, pairs, direct }) => {
      const before = filled(n, 0);
      const follows = filled(n, -1);
      // Pairs from lower to higher: no circles.
      for (const [a, b] of pairs) if (a < b) before[b] = (before[b] as number) | (1 << a);
      for (const [a, b] of direct) if (a < b) follows[b] = a;
      for (let i = 0; i < n; i++) if ((follows[i] as number) >= 0) before[i] = (before[i] as number) | (1 << (follows[i] as number));
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) if (((before[i] as number) >> j) & 1) before[i] = (before[i] as number) | (before[j] as number);
      }
      expect(countByLast(before, follows)).toEqual(tried(before, follows));
    }),
    { numRuns: 300, seed: 7 },
  );
});

test("nine writes in no order have 9! orders, 8! with each of them last", () => {
  expect(countByLast(filled(9, 0), filled(9, -1))).toEqual(filled(9, 40320));
});
