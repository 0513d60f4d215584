import { findPlatform, lower, type MappingRequest, platformNames, valueOf } from "@fencepost/core";
import {
  appliedMapping,
  test as build,
  DMA_ATTR_WEAK_ORDERING,
  DMA_ATTR_WRITE_BARRIER,
  type DmaMappingOperations,
  defaultDmaMapping,
  dmaAllocCoherent,
  dmaFlagsSetDmaflush,
  dmaMappingOf,
  dmaMapSingle,
  dmaMapSingleAttrs,
  dmaSetMask,
  type PacketAttributes,
  snDmaMapping,
} from "@fencepost/core/build";
import { describe, expect, expectTypeOf, test } from "vitest";
import { buildMachine } from "../../src/machine/index.js";
import { MAPPING_ATTRIBUTES } from "../../src/platform/condition.js";
import { requestedWords } from "../../src/platform/mapping.js";
import { applyMapping } from "../../src/report/index.js";

const platform = (name: string) => valueOf(findPlatform(name));
const names = [...platformNames(), "sn2-pic@2.6.20", "sn2-pic@2.6.24", "sn2-tiocp@2.6.24", "x86+pci-x"];

describe("dma_flags_set_dmaflush", () => {
  test("does nothing by default, and the type says so", () => {
    const request = dmaMapSingle();
    expect(defaultDmaMapping.dmaFlagsSetDmaflush(request)).toBe(request);
    expectTypeOf(defaultDmaMapping.dmaFlagsSetDmaflush(request).writeBarrier).toEqualTypeOf<false>();
  });

  test("sets the barrier on sn-ia64, and the type says so", () => {
    expect(snDmaMapping.dmaFlagsSetDmaflush(dmaMapSingle())).toEqual({ ...dmaMapSingle(), writeBarrier: true });
    expectTypeOf(snDmaMapping.dmaFlagsSetDmaflush(dmaMapSingle()).writeBarrier).toEqualTypeOf<true>();
  });

  test("may be either to a driver that does not know the platform", () => {
    const driver = (dma: DmaMappingOperations) => dma.dmaFlagsSetDmaflush(dmaMapSingle());
    expectTypeOf(driver(snDmaMapping).writeBarrier).toEqualTypeOf<boolean>();
    expect(driver(snDmaMapping).mode).toBe("streaming");
  });

  test.each([
    ["sn2-pic", true],
    ["sn2-tiocp", true],
    ["sn2-tioce", true],
    ["sn2-tioca", false],
    ["sn2-pic@2.6.24", false],
    ["x86", false],
    ["arm64", false],
    ["portable", false],
  ])("as %s amounts to it", (name, barrier) => {
    const request = dmaMapSingle();
    const given = dmaMappingOf(platform(name)).dmaFlagsSetDmaflush(request);
    if (barrier) expect(given).toEqual(snDmaMapping.dmaFlagsSetDmaflush(request));
    else expect(given).toBe(request);
  });
});

test("attributes have the kernel's bits, and are part of the type", () => {
  expect(DMA_ATTR_WRITE_BARRIER | DMA_ATTR_WEAK_ORDERING).toBe(3);
  const both = dmaMapSingleAttrs(DMA_ATTR_WRITE_BARRIER, DMA_ATTR_WEAK_ORDERING);
  expect(both).toMatchObject({ mode: "streaming", writeBarrier: true, weakOrdering: true });
  expectTypeOf(both.weakOrdering).toEqualTypeOf<true>();
  const weak = dmaMapSingleAttrs(DMA_ATTR_WEAK_ORDERING);
  expect(weak).toMatchObject({ writeBarrier: false, weakOrdering: true });
  expectTypeOf(weak.writeBarrier).toEqualTypeOf<false>();
  expect(dmaMapSingleAttrs()).toEqual(dmaMapSingle());
  expectTypeOf(dmaMapSingleAttrs().writeBarrier).toEqualTypeOf<false>();
});

describe("requested against applied", () => {
  const flagged = dmaFlagsSetDmaflush(dmaMapSingle());
  const weak = dmaMapSingleAttrs(DMA_ATTR_WEAK_ORDERING);
  test.each<readonly [string, string, MappingRequest, readonly string[], readonly string[]]>([
    ["a streaming mapping has no barrier", "sn2-pic", dmaMapSingle(), [], []],
    ["the flag becomes the bridge's barrier bit", "sn2-pic", flagged, ["barrier"], []],
    ["consistent memory has it without asking", "sn2-pic", dmaAllocCoherent(), ["barrier"], []],
    ["the kernel of 2.6.24 lost it on PIC", "sn2-pic@2.6.24", dmaAllocCoherent(), [], []],
    ["but not below 32 bits, where another path maps", "sn2-pic@2.6.24", dmaSetMask(dmaAllocCoherent(), 32), ["barrier"], []],
    ["and nobody could ask for it yet", "sn2-tiocp@2.6.24", flagged, [], ["writeBarrier"]],
    ["the AGP bridge has no such bit", "sn2-tioca", flagged, [], ["writeBarrier"]],
    ["elsewhere the flag is a no-op", "x86", flagged, [], ["writeBarrier"]],
    ["the IP27 family sets it on everything, asked or not", "ip27", flagged, ["barrier"], ["writeBarrier"]],
    ["weak ordering is relaxed ordering on sun4v", "sun4v", weak, ["ro"], []],
    ["and nothing on x86", "x86", weak, [], ["weakOrdering"]],
  ])("%s", (_, name, request, applied, ignored) => {
    const found = appliedMapping(platform(name), request);
    expect(found.requested).toBe(request);
    expect(set(found.applied)).toEqual(applied);
    expect(found.ignored).toEqual(ignored);
    for (const rule of found.rules) expect(rule.source).not.toBe("");
  });

  const flags = [false, true];
  const requests = (["streaming", "coherent"] as const).flatMap((mode) =>
    flags.flatMap((writeBarrier) =>
      flags.flatMap((weakOrdering) =>
        flags.flatMap((relaxedOrdering) =>
          flags.flatMap((prefetch) =>
            [32, 64].map((mask): MappingRequest => ({ mode, writeBarrier, weakOrdering, relaxedOrdering, prefetch, mask, device: -1 })),
          ),
        ),
      ),
    ),
  );

  test.each(names)("is what the explorer's packets and the reports have, on %s", (name) => {
    const on = platform(name);
    for (const request of requests) {
      const applied = set(appliedMapping(on, request).applied);
      expect(applyMapping(on, requestedWords(request), new Map()).bits).toEqual([...applied].sort());
      const program = build("packet", (t) => t.device("D0").program((d) => d.dmaWrite(t.dma("x", request), 1)));
      const packet = buildMachine(valueOf(lower(program)), on, new Map()).packets[0];
      expect(MAPPING_ATTRIBUTES.filter((attribute) => packet?.fields.has(attribute))).toEqual(applied);
    }
  });

  function set(attributes: PacketAttributes): readonly string[] {
    return MAPPING_ATTRIBUTES.filter((attribute) => attributes[attribute]);
  }
});
