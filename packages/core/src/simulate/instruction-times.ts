/** What each instruction costs its CPU or its device. */
import type { Instruction } from "../machine/index.js";
import { accessorOf, bytesOf, type Figured } from "./figures.js";

/** Times are ns. */
export interface InstructionTimes {
  /** By instruction: CPU time, or a device's time, from its turn until the next one's; for loads and stores see below. */
  readonly cost: Float64Array;
  /** By instruction: from its turn until it is performed (loads: a hit). */
  readonly delay: Float64Array;
}

const DEVICE_ACTS: readonly Instruction["kind"][] = [
  "dma-write",
  "dma-read",
  "dma-atomic",
  "msi",
  "intx",
  "tell",
  "register-write",
  "invalidate-done",
  "answer",
];

/** The times of all instructions. */
export function instructionTimes(figured: Figured): InstructionTimes {
  const { instructions, threads } = figured.machine;
  const cost = new Float64Array(instructions.length);
  const delay = new Float64Array(instructions.length);
  for (const instruction of instructions) {
    const onDevice = threads[instruction.thread]?.role === "device";
    const times = onDevice ? deviceTimes(figured, instruction) : cpuTimes(figured, instruction);
    cost[instruction.id] = times.cost ?? 0;
    delay[instruction.id] = times.delay ?? 0;
  }
  return { cost, delay };
}

interface Time {
  readonly cost?: number;
  readonly delay?: number;
}

function deviceTimes(figured: Figured, instruction: Instruction): Time {
  const { value, fabric } = figured;
  const { device } = fabric;
  const issue = DEVICE_ACTS.includes(instruction.kind) ? value("device issue", device?.issue) : 0;
  switch (instruction.kind) {
    case "answer":
      return { cost: issue, delay: value("device respond", device?.respond) };
    case "dma-write":
      return { cost: issue + bytesOf(figured, instruction) * value("device byte", device?.byte) };
    default:
      return { cost: issue };
  }
}

function cpuTimes(figured: Figured, instruction: Instruction): Time {
  const { value, fabric } = figured;
  const { figures } = figured.cpu;
  const issue = (): number => value("cpu issue", figures.issue);
  switch (instruction.kind) {
    case "load":
      return { cost: issue(), delay: value("cpu hit", figures.hit) };
    case "store":
      return { cost: issue(), delay: value("cpu store", figures.store) };
    case "rmw":
      return { cost: issue(), delay: value("cpu atomic", figures.atomic) };
    case "pio-write":
      return { cost: value("cpu pio-write", figures["pio-write"]) };
    case "pio-read":
      return { cost: value("cpu pio-read", figures["pio-read"]) };
    case "fence":
      return { cost: fenceCost(figured, instruction) };
    case "nothing":
      return { cost: delayOf(instruction) };
    case "sync-for-cpu":
    case "sync-for-device":
      return { delay: value("cpu sync", figures.sync) };
    case "map":
    case "unmap":
      return { cost: value("translation write", fabric.translation?.write) };
    case "unmapped":
      return { delay: value("translation invalidate", fabric.translation?.invalidate) };
    case "assign":
    case "branch":
    case "token":
      return { cost: issue() };
    default:
      return {};
  }
}

/** A barrier that is nothing but a word to the compiler has no fence steps; one of several steps is one instruction, or a figure for all of them. */
function fenceCost({ machine, cpu, value }: Figured, { id, operation, before, after }: Instruction): number {
  if (before === 0 && after === 0) return 0;
  const isFence = (other: Instruction): boolean =>
    other.operation === operation && other.kind === "fence" && (other.before | other.after) !== 0;
  if (machine.instructions.some((other) => other.id < id && isFence(other))) return 0;
  const accessor = accessorOf({ operation });
  const own = cpu.accessors?.[accessor];
  return own === undefined ? value("cpu fence", cpu.figures.fence) : value(`accessor ${accessor}`, own);
}

/** Nanoseconds that a delay says: `udelay(4)`. */
function delayOf(instruction: Instruction): number {
  const { operation } = instruction;
  if (operation.kind !== "delay") return 0;
  const amount = Number(/\(\s*(\d+)/.exec(operation.text)?.[1] ?? 0);
  const unit = operation.call.startsWith("n") ? 1 : operation.call.startsWith("u") ? 1e3 : 1e6;
  return amount * unit;
}
