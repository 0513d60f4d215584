/** What fences, relaxations and read-backs do: only whether the simulator agrees in sign and in order, for the measured programs are not ours. */
import { type Platform, platform } from "../../platform/index.js";
import type { Program } from "../../program/index.js";
import { figure, program, run, withFabric } from "./bench.js";

export interface SignRow {
  readonly what: string;
  readonly platform: string;
  /** What they measured. */
  readonly theirs: string;
  readonly source: string;
  /** Of the change: what was measured of ours, without and with it. */
  readonly measure: "CPU time" | "rate" | "hits";
  readonly without: number;
  readonly with: number;
  readonly expected: "more" | "less" | "same";
  readonly holds: boolean;
}

const receive = (barrier: string): Program =>
  program(`C receive
{ dma(coherent) int data; dma(coherent) int flag; }
D0(int *data, int *flag) { DMA_WRITE(*data, 1); DMA_WRITE(*flag, 1); }
P0(int *flag, int *data) { int r0 = READ_ONCE(*flag); ${barrier} int r1 = READ_ONCE(*data); }
exists (0:r0=1 /\\ 0:r1=0)
`);

const transmit = (store: string): Program =>
  program(`C transmit
{ dma(coherent) int desc; dma(coherent) int valid; }
P0(int *desc, int *valid) { WRITE_ONCE(*desc, 1); ${store} }
D0(int *valid, int *desc) { int r0 = DMA_READ(*valid); int r1 = DMA_READ(*desc); }
exists (D0:r0=1 /\\ D0:r1=0)
`);

const doorbell = (before: string, after: string): Program =>
  program(`C doorbell
{ dma(coherent) int desc; mmio int D0.door; int stat; }
P0(int *desc, int *stat) { WRITE_ONCE(*desc, 1); ${before} writel(1, D0.door); ${after} int r0 = READ_ONCE(*stat); }
D0(int *desc) { WAIT(D0.door == 1); int r0 = DMA_READ(*desc); }
exists (D0:r0=0)
`);

const writes = (attribute: string): Program =>
  program(`C writes
{ dma(streaming) int data; }
D0(int *data) { DMA_WRITE(*data, 1${attribute}); }
exists (data=1)
`);

const completion = (between: string): Program =>
  program(`C completion
{ dma(streaming) int data; dma(streaming) int cq; mmio int D0.status; }
D0(int *data, int *cq) { DMA_WRITE(*data, 1); DMA_WRITE(*cq, 1); }
P0(int *cq, int *data) { int r0 = READ_ONCE(*cq); rmb(); ${between} int r1 = READ_ONCE(*data); }
exists (0:r0=1 /\\ 0:r1=0)
`);

const interrupted = (cure: string): Program =>
  program(`C interrupted
{ dma(coherent) int data; mmio int D0.status; }
D0(int *data) { DMA_WRITE(*data, 1); MSI(); }
P0(int *data) on msi(D0) { ${cure} int r1 = READ_ONCE(*data); }
exists (0:r1=0)
`);

function named(name: string): Platform {
  const found = platform(name);
  if (found === undefined) throw new Error(`no platform ${name}`);
  return found;
}

/** A root complex that is far from the memory and holds few writes, as behind several sockets or dies; both numbers are made up. */
const distant = (): Platform => {
  const pcie = named("pcie");
  return {
    ...withFabric(pcie, (timing) => ({
      ...timing,
      places: { ...timing.places, rc: { ...timing.places.rc, jitter: figure(600), credits: figure(4) } },
    })),
    name: "pcie, distant memory",
  };
};

/** A change of a program, and what somebody saw of it. */
interface Sign {
  readonly what: string;
  readonly on: Platform;
  readonly measure: SignRow["measure"];
  readonly without: Program;
  readonly changed: Program;
  readonly expected: SignRow["expected"];
  readonly theirs: string;
  readonly source: string;
}

const signs = (): readonly Sign[] => [
  {
    what: "dma_rmb() between flag and descriptor",
    on: named("arm64"),
    measure: "CPU time",
    without: receive(""),
    changed: receive("dma_rmb();"),
    expected: "more",
    theirs: "-22 % packets/s on ThunderX2",
    source: "dpdk c4d3e8fbe485",
  },
  {
    what: "dma_rmb() between flag and descriptor",
    on: named("x86"),
    measure: "CPU time",
    without: receive(""),
    changed: receive("dma_rmb();"),
    expected: "same",
    theirs: "no change on x86",
    source: "dpdk c4d3e8fbe485",
  },
  {
    what: "dma_wmb() for wmb() when sending",
    on: named("arm64"),
    measure: "CPU time",
    without: transmit("wmb(); WRITE_ONCE(*valid, 1);"),
    changed: transmit("dma_wmb(); WRITE_ONCE(*valid, 1);"),
    expected: "less",
    theirs: "+7 % ThunderX2, +4 % N1SDP",
    source: "dpdk 6b50c489a3",
  },
  {
    what: "DMB for DSB",
    on: named("arm64"),
    measure: "CPU time",
    without: receive("rmb();"),
    changed: receive("dma_rmb();"),
    expected: "less",
    theirs: "+8 % short messages",
    source: "ucx 610022a1fe",
  },
  {
    what: "lwsync for hwsync",
    on: named("ppc64"),
    measure: "CPU time",
    without: transmit("wmb(); WRITE_ONCE(*valid, 1);"),
    changed: transmit("dma_wmb(); WRITE_ONCE(*valid, 1);"),
    expected: "less",
    theirs: "-9 ns",
    source: "ucx 81eef4f057",
  },
  {
    what: "no wmb() before writel()",
    on: named("arm64"),
    measure: "CPU time",
    without: doorbell("wmb();", ""),
    changed: doorbell("", ""),
    expected: "less",
    theirs: "up to +35 % (bnxt_re)",
    source: "rdma-core 3ef344c05",
  },
  {
    what: "no wmb() before writel()",
    on: named("ppc64"),
    measure: "CPU time",
    without: doorbell("wmb();", ""),
    changed: doorbell("", ""),
    expected: "less",
    theirs: "up to +35 % (bnxt_re)",
    source: "rdma-core 3ef344c05",
  },
  {
    what: "mb() after the doorbell",
    on: named("x86"),
    measure: "CPU time",
    without: doorbell("", ""),
    changed: doorbell("", "mb();"),
    expected: "more",
    theirs: "3 % of all CPU time",
    source: "linux-rdma 20241107183054.2443218-1-csander@purestorage.com",
  },
  {
    what: "store-release for smp_mb()",
    on: named("arm64"),
    measure: "CPU time",
    without: transmit("smp_mb(); WRITE_ONCE(*valid, 1);"),
    changed: transmit("smp_store_release(valid, 1);"),
    expected: "less",
    theirs: "+2.1 % (Arm)",
    source: "dpdk a2aafb9aa6",
  },
  {
    what: "store-release for smp_mb()",
    on: named("x86"),
    measure: "CPU time",
    without: transmit("smp_mb(); WRITE_ONCE(*valid, 1);"),
    changed: transmit("smp_store_release(valid, 1);"),
    expected: "less",
    theirs: "+3.98 % (E5-2640)",
    source: "dpdk 7ec9d6f4bd",
  },
  {
    what: "relaxed ordering on data",
    on: distant(),
    measure: "rate",
    without: writes(""),
    changed: writes(", RO"),
    expected: "more",
    theirs: "x4.4 (DGX A100), x3 (EPYC 7763)",
    source: "linux-rdma cover.1621505111.git.leonro@nvidia.com; spdk c273513401",
  },
  {
    what: "a register read for a delay of 4 us",
    on: named("x86"),
    measure: "CPU time",
    without: interrupted("udelay(4);"),
    changed: interrupted("int r0 = readl(D0.status);"),
    expected: "less",
    theirs: "the read is what was merged",
    source: "linux-pci 20240903025544.286223-1-kai.heng.feng@canonical.com",
  },
  {
    what: "a read-back before the data",
    on: named("sn2-pic"),
    measure: "hits",
    without: completion(""),
    changed: completion("int r2 = readl_relaxed(D0.status); rmb();"),
    expected: "less",
    theirs: "failures every 500 to 1500 runs, then 13,000 without one",
    source: "raspberrypi/linux issue 3981",
  },
];

/** How each measure is taken: the workloads in which the change showed. */
const MEASURES: { readonly [measure in SignRow["measure"]]: (of: Program, on: Platform) => number } = {
  "CPU time": (of, on) => run(of, on, { messages: 500 }).cpu.value,
  rate: (of, on) => run(of, on, { messages: 4000, depth: 64, size: 512 }).rate.value,
  hits: (of, on) => run(of, on, { messages: 4000, size: 2048, hops: 12 }).hits.value,
};

/** Differences below this share of the larger figure are none. */
const SAME = 1e-3;

/** Each pair of programs on a platform. */
export function signRows(): readonly SignRow[] {
  return signs().map(({ what, on, measure, without, changed, expected, theirs, source }) => {
    const a = MEASURES[measure](without, on);
    const b = MEASURES[measure](changed, on);
    const near = Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b));
    const found = near ? "same" : b > a ? "more" : "less";
    return { what, platform: on.name, theirs, source, measure, without: a, with: b, expected, holds: found === expected };
  });
}

/** Costs that have to stand in this order: each is dearer than the next. */
export interface RankRow {
  readonly platform: string;
  readonly order: readonly { readonly what: string; readonly cpu: number }[];
  readonly holds: boolean;
}

export function rankRows(): readonly RankRow[] {
  const rank = (on: Platform, programs: readonly (readonly [string, Program])[]): RankRow => {
    const order = programs.map(([what, of]) => ({ what, cpu: run(of, on, { messages: 500, depth: 1 }).cpu.value }));
    return { platform: on.name, order, holds: order.every((each, at) => at === 0 || each.cpu < (order[at - 1]?.cpu ?? 0)) };
  };
  return [
    rank(named("arm64"), [
      ["register read", completion("int r2 = readl(D0.status);")],
      ["dsb", receive("rmb();")],
      ["dmb", receive("dma_rmb();")],
      ["nothing", receive("")],
    ]),
    rank(named("ppc64"), [
      ["register read", completion("int r2 = readl(D0.status);")],
      ["hwsync", receive("mb();")],
      ["lwsync", receive("dma_rmb();")],
      ["nothing", receive("")],
    ]),
    rank(named("sn2-pic"), [
      ["register read with flush", completion("int r2 = readl(D0.status);")],
      ["relaxed register read", completion("int r2 = readl_relaxed(D0.status);")],
      ["nothing", completion("")],
    ]),
  ];
}
