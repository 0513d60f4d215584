/** What things are called in a report: values, locations, places, packets. */
import type { Instruction } from "../machine/instruction.js";
import type { Machine } from "../machine/machine.js";
import type { Packet } from "../machine/packet.js";
import { ADDRESS_BASE, type Program } from "../program/program.js";

/** A value; the address of a location is printed as the location's name, as herd7 does. */
export function printValue(program: Program, value: number): string {
  return program.locations[value - ADDRESS_BASE]?.name ?? String(value);
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words[words.length - 1]}`;
}

/** `1 state`, `2 states`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The values that packets carry, by instruction: noted when they are sent, because a machine forgets them on arrival. */
export type Sent = ReadonlyMap<number, number>;

/** Words for instructions, packets and places. */
export interface Names {
  readonly value: (value: number) => string;
  readonly location: (location: number) => string;
  /** The id of a place, with whose it is where there are several: `link (D0)`. */
  readonly placeId: (instance: number) => string;
  /** The place in words: `the card's link`. */
  readonly place: (instance: number) => string;
  /** `D0`: the device's own name. */
  readonly device: (device: number) => string;
  /** The packet of an instruction in words: `DMA write data=1`. */
  readonly packet: (instruction: Instruction, sent: Sent, location: number) => string;
  /** The same, with whose it is where several threads send packets: `D0's DMA write data=1`. */
  readonly packetOf: (instruction: Instruction, sent: Sent, location: number) => string;
  /** What stands on an arrow: `data=1`. */
  readonly label: (instruction: Instruction, sent: Sent, location: number) => string;
}

export function namesOf(machine: Machine): Names {
  const { program, platform } = machine;
  const value = (of: number): string => printValue(program, of);
  const location = (of: number): string => program.locations[of]?.name ?? (of === -1 ? "a computed address" : "nowhere");
  const device = (of: number): string => program.devices[of]?.name ?? "HOST";

  const owner = (instance: number): string => {
    const { place, key } = machine.places[instance] as Machine["places"][number];
    const per = platform.fabric.places[place]?.per ?? "machine";
    if (machine.places.filter((other) => other.place === place).length < 2) return "";
    switch (per) {
      case "machine":
        return "";
      case "device":
      case "card":
        return ` (${device(key)})`;
      case "bridge":
        return ` (bridge ${key & 63}${key >> 6 === 0 ? "" : ` on node ${key >> 6}`})`;
      case "slot":
        return ` (slot ${key & 63})`;
      case "cpu":
        return ` (CPU ${key})`;
      default:
        return ` (${per} ${key})`;
    }
  };
  const placeId = (instance: number): string =>
    machine.places[instance]?.place === -1 ? (machine.places[instance]?.label ?? "?") : listed(instance);
  const listed = (instance: number): string =>
    `${platform.fabric.places[machine.places[instance]?.place ?? -1]?.id ?? "?"}${owner(instance)}`;
  const place = (instance: number): string => {
    const waiting = machine.places[instance];
    if (waiting?.place === -1) return `the reads of ${program.locations[waiting.key]?.name ?? "?"} that wait for an answer`;
    const title = platform.fabric.places[machine.places[instance]?.place ?? -1]?.title.split(/[,;(]/)[0]?.trim() ?? "?";
    return `${/^(the|everything|all|what) /i.test(title) ? title : `the ${title}`}${owner(instance)}`;
  };

  const carried = (instruction: Instruction, sent: Sent): string => {
    const found = sent.get(instruction.id);
    return found === undefined ? "" : `=${value(found)}`;
  };
  const space = (at: number): string => {
    const found = program.locations[at]?.space;
    return found === "port" ? "port" : found === "config" ? "config" : "PIO";
  };
  const packet = (instruction: Instruction, sent: Sent, at: number): string => {
    const { operation } = instruction;
    const peer = packetFields(machine, instruction).has("peer");
    switch (instruction.kind) {
      case "dma-write":
        return `${peer ? "peer" : "DMA"} write ${location(at)}${carried(instruction, sent)}`;
      case "dma-read":
        return operation.kind === "dma-read" && operation.zeroLength
          ? `zero-length read of ${location(at)}`
          : `${peer ? "peer" : "DMA"} read of ${location(at)}`;
      case "dma-atomic":
        return operation.kind === "dma-atomic" && operation.attributes.uio
          ? `unordered write of ${location(at)}`
          : `DMA atomic on ${location(at)}`;
      case "msi":
        return operation.kind === "msi" && operation.vector !== 0 ? `MSI ${operation.vector}` : "MSI";
      case "intx":
        return "INTx";
      case "invalidate-done":
        return "invalidation message";
      case "pio-write":
        return `${space(at)} write ${location(at)}${carried(instruction, sent)}`;
      case "pio-read":
        return `${space(at)} read of ${location(at)}`;
      case "token":
        return instruction.waits ? "drain of PIO writes" : "DMA flush";
      default:
        return instruction.kind;
    }
  };
  const senders = new Set(machine.packets.map((sent) => machine.instructions[sent.instruction]?.thread));
  const packetOf = (instruction: Instruction, sent: Sent, at: number): string =>
    `${senders.size > 1 ? `${machine.threads[instruction.thread]?.name ?? "?"}'s ` : ""}${packet(instruction, sent, at)}`;
  const label = (instruction: Instruction, sent: Sent, at: number): string => {
    switch (instruction.kind) {
      case "dma-write":
      case "pio-write":
        return `${location(at)}${carried(instruction, sent)}`;
      case "dma-read":
      case "pio-read":
        return `read ${location(at)}`;
      case "dma-atomic":
        return `atomic ${location(at)}`;
      case "token":
        return instruction.waits ? "drain" : "flush";
      case "invalidate-done":
        return "inval. done";
      default:
        return packet(instruction, sent, at);
    }
  };
  return { value, location, placeId, place, device, packet, packetOf, label };
}

const NOTHING: ReadonlySet<string> = new Set();

/** What a packet's fields say of it: `ro`, `barrier`, `peer`, … */
function packetFields(machine: Machine, instruction: Instruction): Packet["fields"] {
  return machine.packets[instruction.packet]?.fields ?? NOTHING;
}
