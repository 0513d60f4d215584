import { expect, test } from "vitest";
import { ackLimit, bothBandwidth, type Link, rawBandwidth, readBandwidth, tlpBandwidth, writeBandwidth } from "../../src/simulate/index.js";

/** The published values: pcie-bench/pcie-model @40703cf, and bw_calc.dat of pcie-bench/data @b2abf2f, for Gen 3 x8. */
const link = (generation: number, lanes: number, mps: number): Link => ({
  generation,
  lanes,
  mps,
  mrrs: 512,
  rcb: 0,
  wide: true,
  ecrc: false,
});

test("acknowledgement limits are the published tables", () => {
  const row = (generation: number, lanes: number): number[] =>
    [128, 256, 512, 1024, 2048, 4096].map((mps) => ackLimit({ generation, lanes, mps }));
  expect(row(3, 1)).toEqual([333, 512, 655, 1167, 2191, 4239]);
  expect(row(3, 4)).toEqual([169, 214, 250, 378, 634, 1146]);
  expect(row(3, 8)).toEqual([163, 203, 182, 246, 374, 630]);
  expect(row(3, 16)).toEqual([144, 168, 182, 246, 374, 630]);
  expect(row(1, 8)).toEqual([67, 107, 86, 150, 278, 534]);
  expect(row(2, 8)).toEqual([118, 158, 137, 201, 329, 585]);
});

test.each([
  [1, 8, 128, 16, 12.137],
  [2, 8, 256, 32, 28.676],
  [3, 8, 128, 63.015, 56.666],
  [3, 8, 256, 63.015, 57.885],
  [3, 16, 256, 126.031, 113.7],
  [4, 16, 256, 252.062, 227.4],
  [5, 16, 512, 504.123, 458.493],
  [6, 16, 512, 968, 880.384],
])("generation %i x%i MPS %i: raw %d, for TLPs %d Gb/s", (generation, lanes, mps, raw, tlp) => {
  expect(Math.abs(rawBandwidth(link(generation, lanes, mps)) - raw)).toBeLessThan(0.001);
  expect(Math.abs(tlpBandwidth(link(generation, lanes, mps)) - tlp)).toBeLessThan(0.001);
});

test.each([
  [8, 14.47, 16.54, 8.27],
  [16, 23.15, 25.73, 14.47],
  [64, 42.1, 44.1, 33.08],
  [65, 42.28, 44.26, 33.3],
  [128, 48.75, 50.06, 42.1],
  [256, 52.92, 53.69, 48.75],
  [257, 48.78, 50.09, 45.22],
  [512, 52.92, 53.69, 50.75],
  [513, 50.76, 51.82, 46.91],
  [1024, 52.92, 53.69, 50.75],
  [1500, 52.81, 53.6, 50.6],
])("Gen 3 x8 MPS 256, %i bytes: write %d, read %d, both %d Gb/s", (size, write, read, both) => {
  const each = link(3, 8, 256);
  expect(Math.abs(writeBandwidth(each, size) - write)).toBeLessThanOrEqual(0.01);
  expect(Math.abs(readBandwidth(each, size) - read)).toBeLessThanOrEqual(0.01);
  expect(Math.abs(bothBandwidth(each, size) - both)).toBeLessThanOrEqual(0.01);
});

test.each([
  [3, 8, 128, 64, 41.21],
  [3, 8, 128, 128, 47.72],
  [3, 8, 128, 129, 41.3],
  [3, 16, 256, 64, 82.69],
  [3, 16, 256, 256, 103.95],
  [4, 16, 256, 64, 165.38],
  [4, 16, 256, 256, 207.91],
  [5, 16, 512, 64, 333.45],
  [5, 16, 512, 512, 437.96],
  [1, 8, 128, 64, 8.83],
  [1, 8, 128, 128, 10.22],
])("Gen %i x%i MPS %i, writes of %i bytes: %d Gb/s", (generation, lanes, mps, size, write) => {
  expect(Math.abs(writeBandwidth(link(generation, lanes, mps), size) - write)).toBeLessThanOrEqual(0.01);
});
