/** Warnings of what can never happen, and was hardly meant so: a handler that nothing runs, an arrival that nothing sends, a test that asks nothing. */
import { atomsOf } from "../litmus/proposition.js";
import type { Arrival, Clause, Proposition, Test } from "../litmus/test.js";
import type { Complaints } from "./complaints.js";
import type { Devices } from "./devices.js";
import type { Operation } from "./program.js";
import { addressOf, type Locations } from "./resolve.js";

/** A thread's operations, and the device whose they are, or -1. */
export interface Sent {
  readonly name: string;
  readonly device: number;
  readonly operations: readonly Operation[];
}

/** Warns of all of it. */
export function warnOfTheImpossible(
  test: Test,
  threads: readonly Sent[],
  locations: Locations,
  devices: Devices,
  complaints: Complaints,
): void {
  const traffic = trafficOf(threads);
  for (const thread of test.threads) {
    for (const clause of thread.clauses)
      if (clause.kind === "on") checkHandler(thread.name, clause, threads, traffic, locations, devices, complaints);
  }
  const places = [test.condition?.proposition, test.filter];
  for (const arrival of places.flatMap((place) => (place === undefined ? [] : arrivalsOf(place))))
    checkArrival(arrival, traffic, locations, complaints);
  if (test.condition === undefined && test.threads.length > 0) {
    const end = { start: test.span.end, end: test.span.end };
    complaints.warning("condition", end, "the test asks nothing: it has no condition", "write `exists (0:r0=1)` behind the threads");
  }
}

type On = Extract<Clause, { kind: "on" }>;

function checkHandler(
  name: string,
  clause: On,
  threads: readonly Sent[],
  traffic: Traffic,
  locations: Locations,
  devices: Devices,
  complaints: Complaints,
): void {
  const warn = (message: string, hint: string): void =>
    complaints.warning("condition", clause.span, `${message}: ${name} never runs`, hint);
  const device = devices.find(clause.device);
  const own = threads.filter((thread) => thread.device !== -1 && thread.device === device).flatMap((thread) => thread.operations);
  switch (clause.event) {
    case "msi": {
      const vectors = own.flatMap((operation) => (operation.kind === "msi" ? [operation.vector] : []));
      if (device === undefined || vectors.includes(clause.vector)) return;
      const [other] = vectors;
      const which = clause.vector === 0 ? "an MSI of vector 0" : `an MSI of vector ${clause.vector}`;
      const call = clause.vector === 0 ? "MSI();" : `MSI(${clause.vector});`;
      warn(
        `${clause.device} never sends ${which}`,
        other === undefined ? `write \`${call}\` in ${clause.device}` : `it sends vector ${other}: \`on msi(${clause.device}, ${other})\``,
      );
      return;
    }
    case "intx":
      if (device === undefined || own.some((operation) => operation.kind === "intx")) return;
      warn(`${clause.device} never raises its interrupt pin`, `write \`INTX();\` in ${clause.device}`);
      return;
    case "tell": {
      const heard = (operation: Operation): boolean => operation.kind === "tell";
      if (threads.some((thread) => thread.operations.some(heard))) return;
      warn("nothing tells it anything", "write `TELL(…);` in another device");
      return;
    }
    default: {
      const location = clause.register === undefined ? undefined : locations.owned(clause.device, clause.register)?.location;
      if (location === undefined || traffic[clause.event === "write" ? "writes" : "reads"].has(location) || traffic.anywhere) return;
      const register = `${clause.device}.${clause.register}`;
      warn(
        `nothing ${clause.event === "write" ? "writes" : "reads"} \`${register}\``,
        clause.event === "write"
          ? `write \`writel(1, ${register});\` in a CPU thread`
          : `write \`r0 = readl(${register});\` in a CPU thread`,
      );
    }
  }
}

/** What arrives at registers: values that are written, undefined where one is computed; and locations that are read. */
interface Traffic {
  readonly writes: ReadonlyMap<number, ReadonlySet<number | undefined>>;
  readonly reads: ReadonlySet<number>;
  /** Some device computes where it reads or writes. */
  readonly anywhere: boolean;
}

function trafficOf(threads: readonly Sent[]): Traffic {
  const writes = new Map<number, Set<number | undefined>>();
  const reads = new Set<number>();
  let anywhere = false;
  const write = (location: number, value: number | undefined): void =>
    void writes.set(location, (writes.get(location) ?? new Set()).add(value));
  const base = addressOf(0);
  for (const operation of threads.flatMap((thread) => thread.operations)) {
    switch (operation.kind) {
      case "pio-write":
        write(operation.location, operation.value.kind === "constant" ? operation.value.value : undefined);
        break;
      case "pio-read":
        reads.add(operation.location);
        break;
      case "dma-write":
        for (const { address, value } of operation.parts)
          if (address.kind === "constant") write(address.value - base, value.kind === "constant" ? value.value : undefined);
          else anywhere = true;
        break;
      case "dma-read":
        for (const { address } of operation.parts)
          if (address.kind === "constant") reads.add(address.value - base);
          else anywhere = true;
        break;
      case "dma-atomic":
        if (operation.address.kind === "constant") {
          write(operation.address.value - base, undefined);
          reads.add(operation.address.value - base);
        } else anywhere = true;
        break;
      default:
        break;
    }
  }
  return { writes, reads, anywhere };
}

function checkArrival({ owner, name, value, span }: Arrival, traffic: Traffic, locations: Locations, complaints: Complaints): void {
  const location = locations.owned(owner, name)?.location;
  if (location === undefined || traffic.anywhere) return;
  const written = traffic.writes.get(location);
  const register = `\`${owner}.${name}\``;
  if (value === undefined) {
    if (traffic.reads.has(location)) return;
    const hint = written === undefined ? undefined : `the arrival of a write has its value: \`${owner}.${name}=1\``;
    complaints.warning("condition", span, `nothing reads ${register}: without a value, the arrival of a read is meant`, hint);
  } else if (written === undefined || (!written.has(undefined) && !written.has(value | 0))) {
    const known = [...(written ?? [])];
    const hint = known.length === 0 ? undefined : `${known.length === 1 ? "what is written is" : "written are"} ${known.join(", ")}`;
    complaints.warning("condition", span, `nothing writes ${value} to ${register}`, hint);
  }
}

function arrivalsOf(proposition: Proposition): readonly Arrival[] {
  return atomsOf(proposition).flatMap((each) => (each.kind === "order" ? [each.first, each.second] : []));
}
