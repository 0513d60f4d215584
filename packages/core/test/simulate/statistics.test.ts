import { expect, test } from "vitest";
import { createHeap } from "../../src/simulate/heap.js";
import { createRandom } from "../../src/simulate/random.js";
import { createSketch, fromBatches, share } from "../../src/simulate/statistics.js";

test("a sketch is within a hundredth of the true quantiles, however many values", () => {
  const random = createRandom(3, 0);
  const values = Array.from({ length: 20_000 }, () => 1000 * random.exponential() + 5);
  const sketch = createSketch();
  for (const value of values) sketch.add(value);
  values.sort((a, b) => a - b);
  for (const at of [0.01, 0.5, 0.9, 0.99, 0.999]) {
    const exact = values[Math.floor(at * (values.length - 1))] as number;
    expect(Math.abs(sketch.quantile(at) - exact) / exact).toBeLessThan(0.011);
  }
});

test("shares: Wilson's interval, and where nothing was seen a bound above zero", () => {
  const some = share(10, 100);
  expect(some.low).toBeCloseTo(0.0552, 4);
  expect(some.high).toBeCloseTo(0.1744, 4);
  const none = share(0, 1000);
  expect(none.value).toBe(0);
  expect(none.high).toBeCloseTo(0.002991, 6);
  expect(share(5, 5).high).toBe(1);
});

test("batch means: the interval covers the true mean about 95 times in 100", () => {
  let covered = 0;
  for (let seed = 0; seed < 400; seed++) {
    const random = createRandom(seed, 1);
    const means = Array.from({ length: 20 }, () => Array.from({ length: 30 }, () => random.exponential()).reduce((a, b) => a + b) / 30);
    const { low, high } = fromBatches(means);
    if (low <= 1 && 1 <= high) covered++;
  }
  expect(covered).toBeGreaterThan(366);
  expect(covered).toBeLessThan(394);
});

test("streams under one seed differ, and are the same again", () => {
  const draw = (seed: number, label: number): number[] => {
    const random = createRandom(seed, label);
    return Array.from({ length: 5 }, () => random.next());
  };
  expect(draw(1, 0)).toEqual(draw(1, 0));
  expect(draw(1, 0)).not.toEqual(draw(1, 1));
  expect(draw(1, 0)).not.toEqual(draw(2, 0));
});

test("uniform numbers fill the unit interval evenly; the largest of n exponentials has the mean 1 + 1/2 + ... + 1/n", () => {
  const random = createRandom(7, 7);
  const counts = Array.from({ length: 20 }, () => 0);
  for (let i = 0; i < 20_000; i++) {
    const at = Math.floor(random.next() * 20);
    counts[at] = (counts[at] as number) + 1;
  }
  // Chi-squared with 19 degrees of freedom: below 43.8 in 999 of 1000.
  expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(43.8);
  let sum = 0;
  for (let i = 0; i < 20_000; i++) sum += random.largest(16);
  expect(sum / 20_000).toBeCloseTo(3.381, 1);
});

test("the heap gives events by time, and those of one time in the order in which they came", () => {
  const heap = createHeap();
  const random = createRandom(5, 5);
  const put: { time: number; key: number }[] = [];
  for (let key = 0; key < 5000; key++) {
    const time = Math.floor(random.next() * 300);
    put.push({ time, key });
    heap.push(time, key, 0);
  }
  put.sort((a, b) => a.time - b.time || a.key - b.key);
  for (const { time, key } of put) {
    expect(heap.pop()).toBe(true);
    expect([heap.time, heap.key]).toEqual([time, key]);
  }
  expect(heap.pop()).toBe(false);
});
