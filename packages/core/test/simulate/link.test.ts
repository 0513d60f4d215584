import { expect, test } from "vitest";
import { ackLimit, bothBandwidth, type Link, rawBandwidth, readBandwidth, tlpBandwidth, writeBandwidth } from "../../src/simulate/index.js";
import { LINKS, TRANSFERS, WRITES } from "../../src/simulate/validation/measured.js";

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

test.each([...LINKS])("generation %i x%i MPS %i: raw %d, for TLPs %d Gb/s", (generation, lanes, mps, raw, tlp) => {
  expect(Math.abs(rawBandwidth(link(generation, lanes, mps)) - raw)).toBeLessThan(0.001);
  expect(Math.abs(tlpBandwidth(link(generation, lanes, mps)) - tlp)).toBeLessThan(0.001);
});

test.each([...TRANSFERS])("Gen 3 x8 MPS 256, %i bytes: write %d, read %d, both %d Gb/s", (size, write, read, both) => {
  const each = link(3, 8, 256);
  expect(Math.abs(writeBandwidth(each, size) - write)).toBeLessThanOrEqual(0.01);
  expect(Math.abs(readBandwidth(each, size) - read)).toBeLessThanOrEqual(0.01);
  expect(Math.abs(bothBandwidth(each, size) - both)).toBeLessThanOrEqual(0.01);
});

test.each([...WRITES])("Gen %i x%i MPS %i, writes of %i bytes: %d Gb/s", (generation, lanes, mps, size, write) => {
  expect(Math.abs(writeBandwidth(link(generation, lanes, mps), size) - write)).toBeLessThanOrEqual(0.01);
});
