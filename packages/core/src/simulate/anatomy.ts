/** What a run looks up about instructions, threads and packets again and again, as tables by their numbers. */
import type { Instruction, Machine, Packet } from "../machine/index.js";
import { STALLS, type Stall } from "./tally.js";

/** Roles of instructions: loads, stores, and the rest. */
export const LOADS = 0;
export const STORES = 1;
const OTHERS = 2;

const inMemory = (instruction: Instruction): boolean => (instruction.mask & 3) !== 0;

/** Tables by instruction, thread and packet. */
export type Anatomy = ReturnType<typeof anatomyOf>;

export function anatomyOf(machine: Machine) {
  const { instructions, packets, threads } = machine;
  const packetOf = Int32Array.from(instructions, (instruction) => instruction.packet);
  const threadOf = Int32Array.from(instructions, (instruction) => instruction.thread);
  const isCpu = Uint8Array.from(threads, (thread) => (thread.role === "cpu" ? 1 : 0));
  const cpuOf = Int32Array.from(threads, (thread) => (thread.role === "cpu" ? thread.observer : -1));
  const isHandler = Uint8Array.from(threads, (thread) => (thread.handler >= 0 ? 1 : 0));
  const hosts = Int32Array.from(threads, (thread) => thread.host);
  const devices = Int32Array.from(threads, (thread) => thread.thread.device);
  /** Without CPUs a message is done when all of it is over. */
  const hasCpu = isCpu.includes(1);
  const hops = Int32Array.from(packets, (packet: Packet) => packet.hops.length);
  const homes = Int32Array.from(packets, (packet: Packet) => packet.home);
  const role = Int8Array.from(instructions, (instruction) =>
    instruction.kind === "load" ? LOADS : instruction.kind === "store" ? STORES : OTHERS,
  );
  /** What younger ones need not wait for, once it is under way. */
  const posted = Uint8Array.from(instructions, (instruction) =>
    instruction.kind === "store" || (instruction.kind === "pio-write" && !instruction.waits) ? 1 : 0,
  );
  const locations = Int32Array.from(instructions, (instruction) => instruction.location);
  const stallOf = Int8Array.from(instructions, (instruction: Instruction) => {
    const stall = ((): Stall => {
      switch (instruction.kind) {
        case "load":
          return "memory";
        case "store":
          return "store";
        case "rmw":
          return "atomic";
        case "fence":
        case "sync-for-cpu":
        case "sync-for-device":
          return "fence";
        case "pio-read":
        case "pio-write":
          return "register read";
        case "token":
          return instruction.waits ? "drain" : "flush";
        case "unmapped":
          return "invalidation";
        default:
          return "other";
      }
    })();
    return STALLS.indexOf(stall);
  });
  const isFence = Uint8Array.from(instructions, (instruction) => (instruction.kind === "fence" ? 1 : 0));
  const isStore = Uint8Array.from(instructions, (instruction) => (instruction.kind === "store" || instruction.kind === "rmw" ? 1 : 0));
  const writesMemory = Uint8Array.from(instructions, (instruction) =>
    instruction.kind === "dma-write" || instruction.kind === "dma-atomic" ? 1 : 0,
  );

  const passiveCost = instructions.map(
    (instruction) => ["assign", "branch", "nothing"].includes(instruction.kind) || (instruction.kind === "fence" && !instruction.active),
  );

  const stopsFetching = Uint8Array.from(instructions, (instruction) => {
    const { kind, facts } = instruction;
    const fence = kind === "fence" && ((instruction.before | instruction.after) & 1) !== 0;
    return fence || facts.acquire || kind === "rmw" || kind === "pio-read" || kind === "token" || kind === "loop" ? 1 : 0;
  });

  const arms = instructions.map((branch) =>
    branch.kind !== "branch" || branch.value !== undefined
      ? []
      : instructions.flatMap((other) => (other.operation === branch.operation && other.outcome !== 0 ? [other.id] : [])),
  );

  const halves = instructions.flatMap((instruction) => (instruction.kind === "load" && instruction.pair >= 0 ? [instruction.id] : []));

  const isMemory = Uint8Array.from(instructions, (instruction) => (inMemory(instruction) ? 1 : 0));

  const behindAddress = Uint8Array.from(instructions, (instruction) =>
    inMemory(instruction) &&
    instructions.some((older) => older.thread === instruction.thread && older.id < instruction.id && older.location < 0 && inMemory(older))
      ? 1
      : 0,
  );
  return {
    packetOf,
    threadOf,
    isCpu,
    cpuOf,
    isHandler,
    hosts,
    devices,
    hasCpu,
    hops,
    homes,
    role,
    posted,
    locations,
    stallOf,
    isFence,
    isStore,
    writesMemory,
    passiveCost,
    stopsFetching,
    arms,
    halves,
    isMemory,
    behindAddress,
  };
}
