/** The numbers that a platform gives for times, and which of them were asked for. */
import type { Instruction, Machine } from "../machine/index.js";
import type { Platform } from "../platform/platform.js";
import type { CpuTiming, FabricTiming, Figure } from "../platform/timing.js";
import type { Workload } from "./workload.js";

/** A number that a report rests on. */
export interface UsedFigure extends Figure {
  /** `cpu miss`, `place numa jitter`. */
  readonly name: string;
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

/** A machine under a workload, and the figures that its times are made of. */
export interface Figured {
  readonly machine: Machine;
  readonly workload: Workload;
  /** Locations that hold the workload's `size` bytes. */
  readonly payload: readonly number[];
  readonly cpu: CpuTiming;
  readonly fabric: FabricTiming;
  /** A figure's value, `otherwise` (0) where the platform does not give it. It counts as used. */
  value(name: string, figure: Figure | undefined, otherwise?: number): number;
  /** By name. */
  used(): readonly UsedFigure[];
}

/** Throws `NoTimes` where the platform has none. */
export function figuresOf(machine: Machine, workload: Workload, payload: readonly number[]): Figured {
  const { platform } = machine;
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
  return {
    machine,
    workload,
    payload,
    cpu,
    fabric,
    value(name, figure, otherwise = 0) {
      if (figure === undefined) return otherwise;
      used.set(name, { name, ...figure });
      return figure.value;
    },
    used: () => [...used.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Bytes of data that an instruction moves. */
export function bytesOf({ machine, workload, payload }: Figured, instruction: Instruction): number {
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
}

/** The accessor that an instruction comes from, as platform files call it. */
export function accessorOf({ operation }: Pick<Instruction, "operation">): string {
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
