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

/** Each pair of programs on a platform. */
export function signRows(): readonly SignRow[] {
  const rows: SignRow[] = [];
  const cpu = (of: Program, on: Platform): number => run(of, on, { messages: 500 }).cpu.value;
  const rate = (of: Program, on: Platform): number => run(of, on, { messages: 4000, depth: 64, size: 512 }).rate.value;
  const hits = (of: Program, on: Platform): number => run(of, on, { messages: 4000, size: 2048, hops: 12 }).hits.value;
  const add = (
    what: string,
    on: Platform,
    measure: SignRow["measure"],
    without: Program,
    changed: Program,
    expected: SignRow["expected"],
    theirs: string,
    source: string,
  ): void => {
    const pick = measure === "CPU time" ? cpu : measure === "rate" ? rate : hits;
    const a = pick(without, on);
    const b = pick(changed, on);
    const near = Math.abs(a - b) <= 1e-3 * Math.max(Math.abs(a), Math.abs(b));
    const found = near ? "same" : b > a ? "more" : "less";
    rows.push({ what, platform: on.name, theirs, source, measure, without: a, with: b, expected, holds: found === expected });
  };
  const arm = named("arm64");
  const x86 = named("x86");
  const ppc = named("ppc64");
  const sn2 = named("sn2-pic");
  add(
    "dma_rmb() between flag and descriptor",
    arm,
    "CPU time",
    receive(""),
    receive("dma_rmb();"),
    "more",
    "-22 % packets/s on ThunderX2",
    "dpdk c4d3e8fbe485",
  );
  add(
    "dma_rmb() between flag and descriptor",
    x86,
    "CPU time",
    receive(""),
    receive("dma_rmb();"),
    "same",
    "no change on x86",
    "dpdk c4d3e8fbe485",
  );
  add(
    "dma_wmb() for wmb() when sending",
    arm,
    "CPU time",
    transmit("wmb(); WRITE_ONCE(*valid, 1);"),
    transmit("dma_wmb(); WRITE_ONCE(*valid, 1);"),
    "less",
    "+7 % ThunderX2, +4 % N1SDP",
    "dpdk 6b50c489a3",
  );
  add("DMB for DSB", arm, "CPU time", receive("rmb();"), receive("dma_rmb();"), "less", "+8 % short messages", "ucx 610022a1fe");
  add(
    "lwsync for hwsync",
    ppc,
    "CPU time",
    transmit("wmb(); WRITE_ONCE(*valid, 1);"),
    transmit("dma_wmb(); WRITE_ONCE(*valid, 1);"),
    "less",
    "-9 ns",
    "ucx 81eef4f057",
  );
  add(
    "no wmb() before writel()",
    arm,
    "CPU time",
    doorbell("wmb();", ""),
    doorbell("", ""),
    "less",
    "up to +35 % (bnxt_re)",
    "rdma-core 3ef344c05",
  );
  add(
    "no wmb() before writel()",
    ppc,
    "CPU time",
    doorbell("wmb();", ""),
    doorbell("", ""),
    "less",
    "up to +35 % (bnxt_re)",
    "rdma-core 3ef344c05",
  );
  add(
    "mb() after the doorbell",
    x86,
    "CPU time",
    doorbell("", ""),
    doorbell("", "mb();"),
    "more",
    "3 % of all CPU time",
    "linux-rdma 20241107183054.2443218-1-csander@purestorage.com",
  );
  add(
    "store-release for smp_mb()",
    arm,
    "CPU time",
    transmit("smp_mb(); WRITE_ONCE(*valid, 1);"),
    transmit("smp_store_release(valid, 1);"),
    "less",
    "+2.1 % (Arm)",
    "dpdk a2aafb9aa6",
  );
  add(
    "store-release for smp_mb()",
    x86,
    "CPU time",
    transmit("smp_mb(); WRITE_ONCE(*valid, 1);"),
    transmit("smp_store_release(valid, 1);"),
    "less",
    "+3.98 % (E5-2640)",
    "dpdk 7ec9d6f4bd",
  );
  add(
    "relaxed ordering on data",
    distant(),
    "rate",
    writes(""),
    writes(", RO"),
    "more",
    "x4.4 (DGX A100), x3 (EPYC 7763)",
    "linux-rdma cover.1621505111.git.leonro@nvidia.com; spdk c273513401",
  );
  add(
    "a register read for a delay of 4 us",
    x86,
    "CPU time",
    interrupted("udelay(4);"),
    interrupted("int r0 = readl(D0.status);"),
    "less",
    "the read is what was merged",
    "linux-pci 20240903025544.286223-1-kai.heng.feng@canonical.com",
  );
  add(
    "a read-back before the data",
    sn2,
    "hits",
    completion(""),
    completion("int r2 = readl_relaxed(D0.status); rmb();"),
    "less",
    "failures every 500 to 1500 runs, then 13,000 without one",
    "raspberrypi/linux issue 3981",
  );
  return rows;
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
