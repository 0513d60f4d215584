/** What each packet takes in each of its places. */
import type { Hop, Instruction, Packet } from "../machine/index.js";
import { bytesOf, type Figured } from "./figures.js";
import { GENERATIONS, headers, LANES, type Link, tlpBandwidth } from "./link.js";

/** Hops of packets are numbered packet * span + hop - 1. Times are ns. */
export interface PacketTimes {
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
}

/** The link that PCIe packets cross, with what their headers take of it. */
interface Wire {
  readonly link: Link;
  readonly headers: ReturnType<typeof headers>;
  /** Gb/s. */
  readonly rate: number;
}

function wireOf({ machine, fabric, value }: Figured): Wire | undefined {
  const { link: said } = fabric;
  if (said?.generation === undefined || machine.packets.length === 0) return undefined;
  const link: Link = {
    generation: value("link generation", said.generation, 3),
    lanes: value("link lanes", said.lanes, 8),
    mps: value("link mps", said.mps, 256),
    mrrs: value("link mrrs", said.mrrs, 512),
    rcb: value("link rcb", said.rcb, 0),
    wide: true,
    ecrc: false,
  };
  if (!GENERATIONS.includes(link.generation) || !LANES.includes(link.lanes))
    throw new Error(`platform ${machine.platform.name}: no link of generation ${link.generation} and ${link.lanes} lanes`);
  return { link, headers: headers(link), rate: tlpBandwidth(link) };
}

/** The times of all packets. */
export function packetTimes(figured: Figured): PacketTimes {
  const { packets, instructions } = figured.machine;
  const span = Math.max(1, ...packets.map((packet) => packet.hops.length));
  const count = packets.length * span;
  const times: PacketTimes = {
    span,
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
  const wire = wireOf(figured);
  packets.forEach((packet, number) => {
    const instruction = instructions[packet.instruction] as Instruction;
    packet.hops.forEach((hop, index) => {
      const at = number * span + index;
      times.place[at] = hop.place;
      times.kind[at] = hop.kind === "posted" || hop.kind === "intx" ? 0 : hop.kind === "completion" || hop.kind === "io-completion" ? 2 : 1;
      // A token takes no room on a wire.
      if (instruction.kind !== "token") setService(figured, times, wire, at, hop, instruction);
      setTransit(figured, times, at, packet, index, instruction);
    });
  });
  return times;
}

/** A place's figures, by the name that reports give them. */
function placeFigures({ machine, fabric, value }: Figured, hop: Hop) {
  const id = machine.platform.fabric.places[machine.places[hop.place]?.place ?? -1]?.id ?? "";
  const figures = fabric.places[id] ?? {};
  return { id, of: (figure: keyof typeof figures): number => value(`place ${id} ${figure}`, figures[figure]) };
}

/** Bytes of data that a packet carries on a hop. */
function carried(figured: Figured, hop: Hop, instruction: Instruction): number {
  const carries = hop.kind === "posted" || hop.kind === "completion" || hop.kind === "npdata";
  return !carries || (hop.kind === "completion" && instruction.kind === "pio-write") ? 0 : bytesOf(figured, instruction);
}

/** Serialisation: the packet's bytes and those of its headers. */
function setService(figured: Figured, times: PacketTimes, wire: Wire | undefined, at: number, hop: Hop, instruction: Instruction): void {
  const place = placeFigures(figured, hop);
  const bytes = carried(figured, hop, instruction);
  let whole = bytes;
  let bandwidth = place.of("bandwidth");
  if (wire !== undefined && (figured.fabric.linked ?? []).includes(place.id)) {
    const { link } = wire;
    const request = hop.kind === "read";
    const completion = hop.kind === "completion" || hop.kind === "io-completion";
    const each = request ? link.mrrs : completion && link.rcb > 0 ? link.rcb : link.mps;
    const header = request ? wire.headers.read : completion ? wire.headers.completion : wire.headers.write;
    whole += Math.max(1, Math.ceil((request ? bytesOf(figured, instruction) : bytes) / each)) * header;
    if (bandwidth === 0) bandwidth = wire.rate;
  } else {
    const grain = place.of("grain");
    whole += (grain > 0 ? Math.max(1, Math.ceil(bytes / grain)) : 1) * place.of("header");
  }
  if (bandwidth === 0) return;
  times.service[at] = (whole * 8) / bandwidth;
  times.data[at] = (bytes * 8) / bandwidth;
}

/** The way through a place, and what is waited for at its end. */
function setTransit(figured: Figured, times: PacketTimes, at: number, packet: Packet, index: number, instruction: Instruction): void {
  const { fabric, value, workload } = figured;
  const hop = packet.hops[index] as Hop;
  const place = placeFigures(figured, hop);
  const isLast = index === packet.hops.length - 1;
  const token = instruction.kind === "token";
  const grain = place.of("grain");
  times.grains[at] = grain > 0 ? Math.max(1, Math.ceil(carried(figured, hop, instruction) / grain)) : 1;
  let latency = token ? 0 : place.of("latency");
  if (workload.hops > 0) latency += workload.hops * place.of("hop");
  if (token && isLast) {
    const which = instruction.waits ? "drain" : "flush";
    latency += value(`token ${which}`, fabric.tokens?.[which]);
  }
  // The reply leaves after the endpoint has answered.
  if (index === packet.home && packet.home < packet.hops.length && packet.held === 0) {
    times.answer[at] = answerTime(figured, instruction);
    latency += times.answer[at] as number;
  }
  // A device takes in what it has read.
  if (isLast && packet.requester >= 0 && hop.kind === "completion")
    latency += bytesOf(figured, instruction) * value("device byte", fabric.device?.byte);
  times.latency[at] = latency;
  if (token) return;
  times.jitter[at] = place.of("jitter") + (workload.hops > 0 ? workload.hops * place.of("hop-jitter") : 0);
  times.tailShare[at] = place.of("tail-share");
  times.tail[at] = place.of("tail");
}

/** What an endpoint takes to make its answer. */
function answerTime({ machine, fabric, value, workload }: Figured, instruction: Instruction): number {
  const location = machine.program.locations[instruction.location];
  const { memory, device } = fabric;
  if (instruction.kind === "pio-read" || instruction.kind === "pio-write" || (location !== undefined && location.space !== "memory"))
    return value("device respond", device?.respond);
  const own = machine.threads[instruction.thread]?.thread.device;
  const wrote = machine.instructions.some(
    (other) =>
      other.id < instruction.id &&
      other.kind === "dma-write" &&
      other.location === instruction.location &&
      machine.threads[other.thread]?.thread.device === own,
  );
  if (wrote && memory?.["read-after-write"] !== undefined) return value("memory read-after-write", memory["read-after-write"]);
  return value("memory read", memory?.read) + (workload.hops > 0 ? workload.hops * value("memory hop", memory?.hop) : 0);
}
