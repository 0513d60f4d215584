/** The validation: the simulator's numbers beside others'. */
import { type Platform, platform } from "../../platform/index.js";
import { bothBandwidth, type Link, rawBandwidth, readBandwidth, tlpBandwidth, writeBandwidth } from "../link.js";
import { figure, fiveWrites, READ, run, WRITE_READ, withFabric } from "./bench.js";
import {
  ALTIX,
  CARDS,
  HOSTS,
  type Host,
  LINKS,
  NUMA_REFERENCE,
  OLS,
  PCIE_BENCH,
  PCIE_MODEL,
  REFERENCE,
  SIZES_READ,
  SIZES_WRRD,
  TRANSFERS,
  WRITES,
} from "./measured.js";
import { nicBandwidth } from "./nic.js";

/**
 * `computed`: a formula against its published table. `fitted`: one of our numbers was chosen so that this comes out: it proves nothing. `calibration`: as many free numbers as measured ones.
 * `prediction`: nothing was fitted to it.
 */
export type Manner = "computed" | "fitted" | "calibration" | "prediction";

export interface Row {
  readonly section: string;
  readonly what: string;
  readonly manner: Manner;
  readonly unit: string;
  readonly theirs: number;
  readonly ours: number;
  /** (ours - theirs) / theirs. */
  readonly error: number;
  /** Largest error, as a share; for `computed`, as an absolute difference. */
  readonly tolerance: number;
  readonly holds: boolean;
  readonly source: string;
}

function row(
  section: string,
  what: string,
  manner: Manner,
  unit: string,
  theirs: number,
  ours: number,
  tolerance: number,
  source: string,
): Row {
  const error = (ours - theirs) / theirs;
  // Tables are rounded to two places: half a unit more.
  const holds = manner === "computed" ? Math.abs(ours - theirs) <= tolerance + 1e-9 : Math.abs(error) <= tolerance;
  return { section, what, manner, unit, theirs, ours, error, tolerance, holds, source };
}

const linkOf = (generation: number, lanes: number, mps: number): Link => ({
  generation,
  lanes,
  mps,
  mrrs: 512,
  rcb: 0,
  wide: true,
  ecrc: false,
});

/** The analytic model against its published tables. */
export function linkRows(): readonly Row[] {
  const section = "PCI Express by the analytic model";
  const rows: Row[] = [];
  const add = (what: string, theirs: number, ours: number): void => {
    rows.push(row(section, what, "computed", "Gb/s", theirs, ours, 0.01, PCIE_MODEL));
  };
  for (const [generation, lanes, mps, raw, tlp] of LINKS) {
    add(`Gen ${generation} x${lanes}: raw`, raw, rawBandwidth({ generation, lanes }));
    add(`Gen ${generation} x${lanes} MPS ${mps}: for TLPs`, tlp, tlpBandwidth({ generation, lanes, mps }));
  }
  const bench = linkOf(3, 8, 256);
  for (const [size, write, read, both] of TRANSFERS) {
    add(`Gen 3 x8, ${size} B: write`, write, writeBandwidth(bench, size));
    add(`Gen 3 x8, ${size} B: read`, read, readBandwidth(bench, size));
    add(`Gen 3 x8, ${size} B: both`, both, bothBandwidth(bench, size));
  }
  for (const [generation, lanes, mps, size, write] of WRITES)
    add(`Gen ${generation} x${lanes} MPS ${mps}, ${size} B: write`, write, writeBandwidth(linkOf(generation, lanes, mps), size));
  for (const [size, simple, kernel, dpdk] of CARDS) {
    add(`simple card, ${size} B, with the published slip`, simple, nicBandwidth(bench, "simple", size - 4, true));
    add(`82599 and Linux, ${size} B, with the published slip`, kernel, nicBandwidth(bench, "kernel", size - 4, true));
    add(`82599 and DPDK, ${size} B, with the published slip`, dpdk, nicBandwidth(bench, "dpdk", size - 4, true));
  }
  return rows;
}

function named(name: string): Platform {
  const found = platform(name);
  if (found === undefined) throw new Error(`no platform ${name}`);
  return found;
}

const MESSAGES = 2000;

/** Latencies of DMA on eight hosts: one is the platform's own, the others get a base latency each and are otherwise predicted from it. */
export function latencyRows(): readonly Row[] {
  const section = "DMA latency, device side";
  const pcie = named("pcie");
  const mean = (program: typeof READ, on: Platform, size: number, hops = 0): number =>
    run(program, on, { messages: MESSAGES, depth: 1, size, hops }).latency.mean.value;
  const rows: Row[] = [];
  const add = (what: string, manner: Manner, theirs: number, ours: number): void => {
    rows.push(row(section, what, manner, "ns", theirs, ours, 0.1, PCIE_BENCH));
  };
  const read64 = mean(READ, pcie, 64);
  const flush64 = mean(WRITE_READ, pcie, 64);
  const timing = pcie.fabric.timing?.memory;
  const adder = numaAdder();

  /** Memory that answers `more` ns later: reads, and reads of what was just written. */
  const later = (more: number, afterWrite: number): Platform =>
    withFabric(pcie, (each) => ({
      ...each,
      memory: {
        ...each.memory,
        read: figure((timing?.read?.value ?? 0) + more),
        "read-after-write": figure((timing?.["read-after-write"]?.value ?? 0) + afterWrite),
        hop: figure(adder),
      },
    }));

  add(`${REFERENCE.name}: read 64 B`, "fitted", REFERENCE.dmaRead64, read64);
  add(`${REFERENCE.name}: read 2048 B`, "fitted", REFERENCE.dmaRead2048, mean(READ, pcie, 2048));
  add(`${REFERENCE.name}: write, read 64 B`, "fitted", REFERENCE.dmaWrrd64, flush64);
  for (const [size, theirs] of SIZES_READ) add(`${REFERENCE.name}: read ${size} B`, "prediction", theirs, mean(READ, pcie, size));
  for (const [size, theirs] of SIZES_WRRD)
    add(`${REFERENCE.name}: write, read ${size} B`, "prediction", theirs, mean(WRITE_READ, pcie, size));
  add(`${REFERENCE.name}: write, read 2048 B`, "prediction", REFERENCE.dmaWrrd2048, mean(WRITE_READ, pcie, 2048));

  // Direct commands of the same card: another base, and a flush adder of their own.
  const reference = later(REFERENCE.cmdRead64 - read64, REFERENCE.cmdWrrd64 - flush64);
  add(`${REFERENCE.name}: command, read 8 B`, "prediction", REFERENCE.cmdRead8, mean(READ, reference, 8));

  for (const host of HOSTS) {
    if (host === REFERENCE) continue;
    const local = host.remoteOf === undefined ? host : (HOSTS.find((other) => other.name === host.remoteOf) as Host);
    const hops = local === host ? 0 : 1;
    const base = local.dmaRead64 - read64;
    const engine = later(base, base);
    const sockets = hops === 0 ? "" : ": memory of the other socket";
    // The base is fitted to the reads of 64 B; a remote host's is that of its local reads.
    if (hops === 0) add(`${host.name}: read 64 B`, "fitted", host.dmaRead64, mean(READ, engine, 64));
    else
      add(
        `${host.name}${sockets}: read 64 B`,
        host.name === NUMA_REFERENCE ? "fitted" : "prediction",
        host.dmaRead64,
        mean(READ, engine, 64, hops),
      );
    add(`${host.name}: read 2048 B (size slope)`, "prediction", host.dmaRead2048, mean(READ, engine, 2048, hops));
    add(`${host.name}: write, read 64 B (flush adder)`, "prediction", host.dmaWrrd64, mean(WRITE_READ, engine, 64, hops));
    add(`${host.name}: write, read 2048 B`, "prediction", host.dmaWrrd2048, mean(WRITE_READ, engine, 2048, hops));
    const command = local.cmdRead64 - read64;
    const direct = later(command, command - (REFERENCE.cmdRead64 - read64) + (REFERENCE.cmdWrrd64 - flush64));
    if (hops === 0) {
      add(`${host.name}: command, read 64 B`, "fitted", host.cmdRead64, mean(READ, direct, 64));
      add(`${host.name}: command, read 8 B`, "prediction", host.cmdRead8, mean(READ, direct, 8));
    }
    add(`${host.name}: command, write, read 64 B (flush adder)`, "prediction", host.cmdWrrd64, mean(WRITE_READ, direct, 64, hops));
  }
  return rows;
}

/** What the other socket's memory adds to a read on the host that the adder is taken from. */
function numaAdder(): number {
  const remote = HOSTS.find((host) => host.name === NUMA_REFERENCE) as Host;
  const local = HOSTS.find((host) => host.name === remote.remoteOf) as Host;
  return remote.dmaRead64 - local.dmaRead64;
}

/** Three measured numbers, three free ones: calibration, and nothing else. */
export function altixRows(): readonly Row[] {
  const section = "Altix, five PIO writes and their flush";
  const sn2 = named("sn2-pic");
  const took = (what: string): number => run(fiveWrites(what), sn2, { messages: 500, depth: 1 }).latency.mean.value;
  const add = (what: string, theirs: number, ours: number): Row => row(section, what, "calibration", "ns", theirs, ours, 0.01, OLS);
  return [
    add("sn_mmiob()", ALTIX.mmiob, took("mmiowb();")),
    add("relaxed PIO read", ALTIX.relaxed, took("int r0 = readl_relaxed(D0.status);")),
    add("regular PIO read", ALTIX.regular, took("int r0 = readl(D0.status);")),
  ];
}
