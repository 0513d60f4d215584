/** The numbers of a platform for one machine and workload: what each packet takes in each of its places, what each instruction costs its CPU. */
import type { Instruction, Machine } from "../machine/index.js";
import type { Platform } from "../platform/platform.js";
import type { Figure } from "../platform/timing.js";
import { GENERATIONS, headers, LANES, type Link, tlpBandwidth } from "./link.js";
import type { Workload } from "./workload.js";

/** A number that a report rests on. */
export interface UsedFigure extends Figure {
  /** `cpu miss`, `place numa jitter`. */
  readonly name: string;
}

/** All times of a machine, as tables. */
export interface Times {
  /** Hops of packets are numbered packet * span + hop - 1. */
  readonly span: number;
  /** By packet hop: its place, its class (posted, non-posted, completion), serialisation, least time on the way, and what comes on top. */
  readonly place: Int32Array;
  readonly kind: Int8Array;
  readonly service: Float64Array;
  /** The part of the serialisation that is payload. */
  readonly data: Float64Array;
  readonly latency: Float64Array;
  /** The part of the latency in which the endpoint makes its answer. */
  readonly answer: Float64Array;
  readonly jitter: Float64Array;
  readonly grains: Int32Array;
  readonly tailShare: Float64Array;
  readonly tail: Float64Array;
  /** By place instance: credits (Infinity: none), and whether the devices of a workload share it. */
  readonly credits: Float64Array;
  readonly shared: Uint8Array;
  /** By instruction: CPU time, or a device's time, from its turn until the next one's; for loads and stores see below. */
  readonly cost: Float64Array;
  /** By instruction: from its turn until it is performed (loads: a hit). */
  readonly delay: Float64Array;
  readonly miss: number;
  readonly propagation: number;
  readonly poll: number;
  readonly interrupt: number;
  readonly interruptWork: number;
  readonly loop: number;
  readonly start: number;
  /** The table of mappings: what a request takes whose entry nobody has used yet; how long, at most, one is found that was taken away lazily. */
  readonly walk: number;
  readonly flush: number;
  /** Where DMA does not snoop: mean time until a line is dropped, fetched or written back of its own accord. */
  readonly evict: number;
  readonly figures: readonly UsedFigure[];
}

/** A platform that says nothing of time: which part does not. */
export class NoTimes extends Error {
  constructor(
    readonly platform: string,
    readonly missing: readonly string[],
  ) {
    super(`platform ${platform} has no times: its ${missing.join(" and its ")} ${missing.length > 1 ? "say" : "says"} nothing of them`);
  }
}

/** Can it be simulated? */
export function hasTimes(platform: Platform): boolean {
  return platform.cpu.timing !== undefined && platform.fabric.timing !== undefined;
}

/** The accessor that an instruction comes from, as platform files call it. */
export function accessorOf(instruction: Instruction): string {
  const { operation } = instruction;
  switch (operation.kind) {
    case "read":
    case "write":
    case "barrier":
    case "pio-read":
    case "pio-write":
      return operation.accessor;
    case "atomic":
      return operation.returns === "nothing" ? "atomic_void" : `atomic_${operation.order}`;
    case "lock":
      return `${operation.flavour}_lock`;
    case "trylock":
      return "spin_trylock";
    case "unlock":
      return `${operation.flavour}_unlock`;
    case "is-locked":
      return "spin_is_locked";
    default:
      return operation.kind;
  }
}

/** Nanoseconds that a delay says: `udelay(4)`. */
function delayOf(instruction: Instruction): number {
  const { operation } = instruction;
  if (operation.kind !== "delay") return 0;
  const amount = Number(/\(\s*(\d+)/.exec(operation.text)?.[1] ?? 0);
  const unit = operation.call.startsWith("n") ? 1 : operation.call.startsWith("u") ? 1e3 : 1e6;
  return amount * unit;
}

/** Throws `NoTimes` where the platform has none. */
export function resolveTimes(machine: Machine, workload: Workload, payload: readonly number[]): Times {
  const { platform, packets, instructions, places } = machine;
  const cpu = platform.cpu.timing;
  const fabric = platform.fabric.timing;
  if (cpu === undefined || fabric === undefined) {
    const missing = [
      ...(cpu === undefined ? [`CPU ${platform.cpu.name}`] : []),
      ...(fabric === undefined ? [`fabric ${platform.fabric.name}`] : []),
    ];
    throw new NoTimes(platform.name, missing);
  }
  const used = new Map<string, UsedFigure>();
  const value = (name: string, figure: Figure | undefined, otherwise = 0): number => {
    if (figure === undefined) return otherwise;
    used.set(name, { name, ...figure });
    return figure.value;
  };

  const link = ((): Link | undefined => {
    const { link: said } = fabric;
    if (said?.generation === undefined || packets.length === 0) return undefined;
    return {
      generation: value("link generation", said.generation, 3),
      lanes: value("link lanes", said.lanes, 8),
      mps: value("link mps", said.mps, 256),
      mrrs: value("link mrrs", said.mrrs, 512),
      rcb: value("link rcb", said.rcb, 0),
      wide: true,
      ecrc: false,
    };
  })();
  if (link !== undefined && (!GENERATIONS.includes(link.generation) || !LANES.includes(link.lanes))) {
    throw new Error(`platform ${platform.name}: no link of generation ${link.generation} and ${link.lanes} lanes`);
  }
  const wireHeaders = link === undefined ? undefined : headers(link);
  const rate = link === undefined ? 0 : tlpBandwidth(link);

  const bytesOf = (instruction: Instruction): number => {
    switch (instruction.kind) {
      case "dma-write":
      case "dma-read":
      case "dma-atomic": {
        if (instruction.operation.kind === "dma-read" && instruction.operation.zeroLength) return 0;
        const location = machine.program.locations[instruction.location];
        if (location !== undefined && location.space !== "memory") return 4;
        return instruction.kind !== "dma-atomic" && payload.includes(instruction.location) ? workload.size : workload.entry;
      }
      case "pio-read":
      case "pio-write":
      case "msi":
        return 4;
      default:
        return 0;
    }
  };

  const span = Math.max(1, ...packets.map((packet) => packet.hops.length));
  const count = packets.length * span;
  const times = {
    place: new Int32Array(count).fill(-1),
    kind: new Int8Array(count),
    service: new Float64Array(count),
    data: new Float64Array(count),
    latency: new Float64Array(count),
    answer: new Float64Array(count),
    jitter: new Float64Array(count),
    grains: new Int32Array(count).fill(1),
    tailShare: new Float64Array(count),
    tail: new Float64Array(count),
  };
  packets.forEach((packet, number) => {
    const instruction = instructions[packet.instruction] as Instruction;
    const size = bytesOf(instruction);
    packet.hops.forEach((hop, index) => {
      const at = number * span + index;
      const id = platform.fabric.places[places[hop.place]?.place ?? -1]?.id ?? "";
      const figures = fabric.places[id] ?? {};
      const name = (figure: string): string => `place ${id} ${figure}`;
      const carries = hop.kind === "posted" || hop.kind === "completion" || hop.kind === "npdata";
      const bytes = !carries || (hop.kind === "completion" && instruction.kind === "pio-write") ? 0 : size;
      times.place[at] = hop.place;
      times.kind[at] = hop.kind === "posted" || hop.kind === "intx" ? 0 : hop.kind === "completion" || hop.kind === "io-completion" ? 2 : 1;
      const token = instruction.kind === "token";
      if (!token) {
        let wire = bytes;
        let bandwidth = value(name("bandwidth"), figures.bandwidth);
        if (link !== undefined && wireHeaders !== undefined && (fabric.linked ?? []).includes(id)) {
          const request = hop.kind === "read";
          const completion = hop.kind === "completion" || hop.kind === "io-completion";
          const each = request ? link.mrrs : completion && link.rcb > 0 ? link.rcb : link.mps;
          const header = request ? wireHeaders.read : completion ? wireHeaders.completion : wireHeaders.write;
          wire += Math.max(1, Math.ceil((request ? size : bytes) / each)) * header;
          if (bandwidth === 0) bandwidth = rate;
        } else {
          const grain = value(name("grain"), figures.grain);
          wire += (grain > 0 ? Math.max(1, Math.ceil(bytes / grain)) : 1) * value(name("header"), figures.header);
        }
        if (bandwidth > 0) {
          times.service[at] = (wire * 8) / bandwidth;
          times.data[at] = (bytes * 8) / bandwidth;
        }
      }
      const grain = value(name("grain"), figures.grain);
      times.grains[at] = grain > 0 ? Math.max(1, Math.ceil(bytes / grain)) : 1;
      let latency = token ? 0 : value(name("latency"), figures.latency);
      if (workload.hops > 0) latency += workload.hops * value(name("hop"), figures.hop);
      if (token && index === packet.hops.length - 1) {
        const which = instruction.waits ? "drain" : "flush";
        latency += value(`token ${which}`, fabric.tokens?.[which]);
      }
      // The reply leaves after the endpoint has answered.
      if (index === packet.home && packet.home < packet.hops.length && packet.held === 0) {
        times.answer[at] = answer(instruction);
        latency += times.answer[at] as number;
      }
      // A device takes in what it has read.
      if (index === packet.hops.length - 1 && packet.requester >= 0 && hop.kind === "completion")
        latency += size * value("device byte", fabric.device?.byte);
      times.latency[at] = latency;
      times.jitter[at] = token ? 0 : value(name("jitter"), figures.jitter);
      if (!token && workload.hops > 0)
        times.jitter[at] = (times.jitter[at] as number) + workload.hops * value(name("hop-jitter"), figures["hop-jitter"]);
      times.tailShare[at] = token ? 0 : value(name("tail-share"), figures["tail-share"]);
      times.tail[at] = token ? 0 : value(name("tail"), figures.tail);
    });
  });

  function answer(instruction: Instruction): number {
    const location = machine.program.locations[instruction.location];
    const { memory, device } = fabric ?? {};
    if (instruction.kind === "pio-read" || instruction.kind === "pio-write" || (location !== undefined && location.space !== "memory"))
      return value("device respond", device?.respond);
    const own = machine.threads[instruction.thread]?.thread.device;
    const wrote = instructions.some(
      (other) =>
        other.id < instruction.id &&
        other.kind === "dma-write" &&
        other.location === instruction.location &&
        machine.threads[other.thread]?.thread.device === own,
    );
    if (wrote && memory?.["read-after-write"] !== undefined) return value("memory read-after-write", memory["read-after-write"]);
    return value("memory read", memory?.read) + (workload.hops > 0 ? workload.hops * value("memory hop", memory?.hop) : 0);
  }

  const cost = new Float64Array(instructions.length);
  const delay = new Float64Array(instructions.length);
  const { figures } = cpu;
  const issue = (): number => value("cpu issue", figures.issue);
  for (const instruction of instructions) {
    const { id } = instruction;
    if (machine.threads[instruction.thread]?.role === "device") {
      const acts = ["dma-write", "dma-read", "dma-atomic", "msi", "intx", "tell", "register-write", "invalidate-done", "answer"].includes(
        instruction.kind,
      );
      if (acts) cost[id] = value("device issue", fabric.device?.issue);
      if (instruction.kind === "answer") delay[id] = value("device respond", fabric.device?.respond);
      if (instruction.kind === "dma-write")
        cost[id] = (cost[id] as number) + bytesOf(instruction) * value("device byte", fabric.device?.byte);
      continue;
    }
    switch (instruction.kind) {
      case "load":
        cost[id] = issue();
        delay[id] = value("cpu hit", figures.hit);
        break;
      case "store":
        cost[id] = issue();
        delay[id] = value("cpu store", figures.store);
        break;
      case "rmw":
        cost[id] = issue();
        delay[id] = value("cpu atomic", figures.atomic);
        break;
      case "pio-write":
        cost[id] = value("cpu pio-write", figures["pio-write"]);
        break;
      case "pio-read":
        cost[id] = value("cpu pio-read", figures["pio-read"]);
        break;
      case "fence": {
        const accessor = accessorOf(instruction);
        const own = cpu.accessors?.[accessor];
        // A barrier that is nothing but a word to the compiler has no fence steps; one of several steps is one instruction, or a figure for all of them.
        const nothing = instruction.before === 0 && instruction.after === 0;
        const counted = instructions.some(
          (other) =>
            other.id < id && other.operation === instruction.operation && other.kind === "fence" && (other.before | other.after) !== 0,
        );
        if (nothing || counted) break;
        cost[id] = own === undefined ? value("cpu fence", figures.fence) : value(`accessor ${accessor}`, own);
        break;
      }
      case "nothing":
        cost[id] = delayOf(instruction);
        break;
      case "sync-for-cpu":
      case "sync-for-device":
        delay[id] = value("cpu sync", figures.sync);
        break;
      case "map":
      case "unmap":
        cost[id] = value("translation write", fabric.translation?.write);
        break;
      case "unmapped":
        delay[id] = value("translation invalidate", fabric.translation?.invalidate);
        break;
      case "assign":
      case "branch":
      case "token":
        cost[id] = issue();
        break;
      default:
    }
  }
  const looksUp = machine.layout.looked.some((slot) => slot >= 0);
  const gated = (): number => value("cpu poll", figures.poll);
  return {
    span,
    ...times,
    credits: Float64Array.from(places, (instance) => {
      const id = platform.fabric.places[instance.place]?.id ?? "";
      return value(`place ${id} credits`, fabric.places[id]?.credits, Number.POSITIVE_INFINITY);
    }),
    shared: Uint8Array.from(places, (instance) => {
      const per = platform.fabric.places[instance.place]?.per;
      return per === "machine" || per === "node" || per === "cpu" ? 1 : 0;
    }),
    cost,
    delay,
    miss: value("cpu miss", figures.miss),
    propagation: machine.listLike && !platform.cpu.multiCopyAtomic ? value("cpu propagation", figures.propagation) : 0,
    poll: gated(),
    interrupt: machine.threads.some((thread) => thread.handler >= 0) ? value("cpu interrupt", figures.interrupt) : 0,
    interruptWork: machine.threads.some((thread) => thread.handler >= 0) ? value("cpu interrupt-work", figures["interrupt-work"]) : 0,
    loop: gated(),
    walk: looksUp ? value("translation walk", fabric.translation?.walk) : 0,
    flush: looksUp ? value("translation flush", fabric.translation?.flush) : 0,
    evict: platform.fabric.coherent ? 0 : value("cpu evict", figures.evict),
    start: value("device start", fabric.device?.start),
    figures: [...used.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
