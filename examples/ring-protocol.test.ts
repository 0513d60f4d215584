/**
 * A unit test of a ring protocol, as a driver's own test suite could have it, in vitest here: it says on which platforms the protocol has to hold, that each of its barriers is needed, and where
 * it would break without.
 *
 * The ring: the driver fills a slot, makes it valid by moving the tail, and rings the doorbell. The device, which may still be at work on earlier entries and look at the tail of its own accord,
 * fetches the slots up to it, and at last writes a result and marks the entry done. The driver polls for that mark and takes the result.
 */
import { check, findPlatform, lower, type MappingRequest, type Test, type Verdict, valueOf } from "@fencepost/core";
import { and, at, type CpuProgram, dmaAllocCoherent, dmaMapSingle, eq, test } from "@fencepost/core/build";
import { describe, expect, it } from "vitest";

/** What a driver of ours may get changed; by default it is as the kernel's documents ask. */
interface Protocol {
  /** Between filling the slots and moving the tail. */
  readonly publish: (c: CpuProgram) => void;
  /** Between seeing the entry done and reading its result. */
  readonly consume: (c: CpuProgram) => void;
  /** How the doorbell is rung. */
  readonly doorbell: "writel" | "writelRelaxed";
  /** How the marks "done" are mapped. */
  readonly marks: MappingRequest;
}

const documented: Protocol = {
  publish: (c) => c.dmaWmb(),
  consume: (c) => c.dmaRmb(),
  doorbell: "writel",
  marks: dmaAllocCoherent(),
};

/** The driver posts two entries; the device sees the tail moved, but finds a slot not filled. */
const unfilledSlot = ({ publish }: Protocol): Test =>
  test("ring-unfilled-slot", (t) => {
    const slots = t.dma("slots", dmaAllocCoherent(), { length: 2 });
    const tail = t.dma("tail", dmaAllocCoherent());
    t.cpu("P0", (c) => {
      c.writeOnce(at(slots, 0), 1);
      c.writeOnce(at(slots, 1), 1);
      publish(c);
      c.writeOnce(tail, 2);
    });
    t.device("D0").program((d) => {
      const moved = d.dmaRead(tail);
      d.if(eq(moved, 2), () => {
        const last = d.dmaRead(at(slots, 1));
        t.exists(and(eq(moved, 2), eq(last, 0)));
      });
    });
  });

/** The device is woken by the doorbell and finds the tail where it was: nobody will wake it again. */
const lostWakeup = ({ doorbell }: Protocol): Test =>
  test("ring-lost-wakeup", (t) => {
    const tail = t.dma("tail", dmaAllocCoherent());
    const d0 = t.device("D0");
    const bell = d0.register("doorbell");
    t.cpu("P0", (c) => {
      c.writeOnce(tail, 1);
      c[doorbell](1, bell);
    });
    d0.program((d) => {
      d.wait(eq(bell, 1));
      const moved = d.dmaRead(tail);
      t.exists(eq(moved, 0));
    });
  });

/** The driver polls until the entry is done, and reads a result that is not there yet. */
const staleResult = ({ consume, marks }: Protocol): Test =>
  test("ring-stale-result", (t) => {
    const result = t.dma("result", dmaMapSingle());
    const done = t.dma("done", marks);
    t.device("D0").program((d) => {
      d.dmaWrite(result, 1);
      d.dmaWrite(done, 1);
    });
    t.cpu("P0", (c) => {
      const mark = c.register();
      c.doWhile(() => c.readOnce(done, mark), eq(mark, 0));
      consume(c);
      const got = c.readOnce(result);
      t.exists(eq(got, 0));
    });
  });

const verdict = (of: Test, platform: string): Verdict["verdict"] => check(valueOf(lower(of)), valueOf(findPlatform(platform))).verdict;

describe("the ring protocol", () => {
  const supported = ["x86", "arm64", "ppc64", "riscv"];
  const without = (change: Partial<Protocol>): Protocol => ({ ...documented, ...change });
  const nothing = (): void => {};

  describe.each(supported)("on %s", (platform) => {
    it("never shows the device a slot that is not filled", () => {
      expect(verdict(unfilledSlot(documented), platform)).toBe("forbidden");
    });

    it("never rings for an entry that the device cannot see", () => {
      expect(verdict(lostWakeup(documented), platform)).toBe("forbidden");
    });

    it("never gives the driver a result before it is written", () => {
      expect(verdict(staleResult(documented), platform)).toBe("forbidden");
    });
  });

  it("needs dma_wmb before the tail on arm64, though x86 would forgive its absence", () => {
    const missing = unfilledSlot(without({ publish: nothing }));
    expect(verdict(missing, "arm64")).toBe("allowed");
    expect(verdict(missing, "x86")).toBe("forbidden");
  });

  it("needs dma_rmb after the mark on arm64, though x86 would forgive its absence", () => {
    const missing = staleResult(without({ consume: nothing }));
    expect(verdict(missing, "arm64")).toBe("allowed");
    expect(verdict(missing, "x86")).toBe("forbidden");
  });

  it("cannot ring with writel_relaxed on arm64", () => {
    expect(verdict(lostWakeup(without({ doorbell: "writelRelaxed" })), "arm64")).toBe("allowed");
  });

  it("relies on hardware where the result is a streaming mapping: no document orders it before the coherent mark", () => {
    expect(verdict(staleResult(documented), "portable")).toBe("depends");
  });

  it("holds on the Altix as long as the marks are in consistent memory", () => {
    expect(verdict(staleResult(documented), "sn2")).toBe("forbidden");
    expect(verdict(staleResult(without({ marks: dmaMapSingle() })), "sn2")).toBe("allowed");
  });
});
