/**
 * The story that Fencepost began with, told by the typed builder.
 *
 * On SGI Altix a device's DMA writes may reach memory in another order than they were sent in: not PCI reorders them, the NUMA interconnect does. A completion queue entry can so arrive before
 * the data that it announces. Two things cure it: a register read, which on Altix flushes the device's DMA, and a flag on the queue's mapping that makes each write to it a barrier. Where the
 * queue is mapped into user space, no register can be read, and only the flag is left.
 *
 *     npm run build && node examples/altix-story.ts       (Node 22.18 or newer runs TypeScript as it is)
 */
import { pathToFileURL } from "node:url";
import { check, findPlatform, lower, type MappingRequest, type Test, valueOf } from "@fencepost/core";
import {
  and,
  appliedMapping,
  type CpuProgram,
  type DmaMappingOperations,
  defaultDmaMapping,
  dmaAllocCoherent,
  dmaFlagsSetDmaflush,
  dmaMapSingle,
  eq,
  type IoRegister,
  snDmaMapping,
  test,
} from "@fencepost/core/build";

/** The Altix with each of its bridges, a kernel that could not ask for the flag yet, and the rest of the world. */
export const platforms = ["sn2-pic", "sn2-tiocp", "sn2-tioca", "sn2-pic@2.6.24", "pcie", "arm64", "portable"];

/** A device writes data, then its completion queue; the driver sees the completion, does `between`, and reads the data. Stale data is what must not be. */
function completion(name: string, doc: string, queue: MappingRequest, between: (c: CpuProgram, status: IoRegister<"mmio">) => void): Test {
  return test(name, (t) => {
    t.doc(doc);
    const data = t.dma("data", dmaMapSingle());
    const cq = t.dma("cq", queue);
    const d0 = t.device("D0");
    const status = d0.register("status");
    d0.program((d) => {
      d.dmaWrite(data, 1);
      d.dmaWrite(cq, 1);
    });
    t.cpu("P0", (c) => {
      const seen = c.readOnce(cq);
      between(c, status);
      const got = c.readOnce(data);
      t.exists(and(eq(seen, 1), eq(got, 0)));
    });
  });
}

const rmb = (c: CpuProgram): void => c.rmb();

export const race = completion("race", "A completion overtakes its data", dmaMapSingle(), rmb);

export const pioRead = completion(
  "pio-read",
  "A register read behind the completion pushes the data into memory",
  dmaMapSingle(),
  (c, status) => {
    c.rmb();
    c.readl(status);
  },
);

export const relaxedRead = completion("relaxed-read", "The relaxed read does not: it was made not to", dmaMapSingle(), (c, status) => {
  c.rmb();
  c.readlRelaxed(status);
  c.rmb();
});

export const otherBarriers = completion(
  "mmiowb",
  "No barrier of the CPU reaches into the interconnect; mmiowb is for PIO",
  dmaMapSingle(),
  (c) => {
    c.mb();
    c.mmiowb();
  },
);

export const coherentQueue = completion(
  "coherent",
  "A queue in consistent memory, as drivers in the kernel have it",
  dmaAllocCoherent(),
  rmb,
);

/** The driver's own text of August 2007: what becomes of it is up to the platform. */
export const dmaflush = completion(
  "dmaflush",
  "Each write to the queue is a barrier for the device's other DMA",
  dmaFlagsSetDmaflush(dmaMapSingle()),
  rmb,
);

/** The same driver, as an architecture of 2007 compiled it: for all but one of them the call was an empty stub. */
const compiled = (architecture: string, dma: DmaMappingOperations): Test =>
  completion(`compiled-${architecture}`, "The call, compiled", dma.dmaFlagsSetDmaflush(dmaMapSingle()), rmb);

/** The queue of an RDMA application. A thread made by `user` has no `readl`: the compiler refuses it, as the MMU does. */
function userSpace(name: string, doc: string, queue: MappingRequest): Test {
  return test(name, (t) => {
    t.doc(doc);
    const data = t.dma("data", dmaMapSingle());
    const cq = t.dma("cq", queue);
    t.device("D0").program((d) => {
      d.dmaWrite(data, 1);
      d.dmaWrite(cq, 1);
    });
    t.user("P0", (u) => {
      const seen = u.readOnce(cq);
      u.udmaFromDeviceBarrier();
      const got = u.readOnce(data);
      t.exists(and(eq(seen, 1), eq(got, 0)));
    });
  });
}

export const userRace = userSpace("user-space", "In user space there is no register to read", dmaMapSingle());
export const userDmaflush = userSpace("user-dmaflush", "Only the mapping can carry the cure there", dmaFlagsSetDmaflush(dmaMapSingle()));

export const story: readonly Test[] = [
  race,
  pioRead,
  relaxedRead,
  otherBarriers,
  coherentQueue,
  dmaflush,
  compiled("x86", defaultDmaMapping),
  compiled("sn2", snDmaMapping),
  userRace,
  userDmaflush,
];

/** The verdict of a test on each of the platforms; with a question mark where it hangs on something that no source settles. */
export function verdicts(of: Test): readonly string[] {
  const program = valueOf(lower(of));
  return platforms.map((name) => {
    const { verdict, byDefault } = check(program, valueOf(findPlatform(name)));
    return verdict === "depends" ? `${byDefault} ?` : verdict;
  });
}

/** The story as a table, and what each platform makes of the flag. */
export function altixStory(): string {
  const row = (head: string, cells: readonly string[]): string =>
    [head.padEnd(14), ...cells.map((cell) => cell.padEnd(14))].join(" ").trimEnd();
  const flag = platforms.map((name) => {
    const { applied } = appliedMapping(valueOf(findPlatform(name)), dmaFlagsSetDmaflush(dmaMapSingle()));
    return applied.barrier ? "barrier" : "nothing";
  });
  return [row("stale data", platforms), ...story.map((each) => row(each.name, verdicts(each))), "", row("flag on bus", flag), ""].join(
    "\n",
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) console.log(altixStory());
