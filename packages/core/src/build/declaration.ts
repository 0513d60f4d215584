/** What a test's declarations take: initial values, mappings, where devices sit and threads run, and what runs a handler. */
import type { Address, DeviceName, IoRegister } from "./handle.js";

/** The value a location starts with, and how many of it there are. */
export interface MemoryOptions {
  /** 0 unless said; one value for each element of an array. */
  readonly initial?: number | Address | readonly number[];
  /** Makes it an array of so many. */
  readonly length?: number;
}

/** The same, and whom the mapping is for. */
export interface DmaOptions extends MemoryOptions {
  /** The one device that it is mapped for; all unless said. */
  readonly for?: DeviceName;
}

/** How the CPU maps a register: `uc` ioremap, `wc` ioremap_wc, `np` ioremap_np; `combining`: a bridge may merge neighbouring writes. */
export type IoMapping = "uc" | "wc" | "np" | "combining";

/** Where a device sits; what is not said is the default of docs/language.md, section 2. */
export interface DevicePlacement {
  readonly node?: number;
  readonly bridge?: number;
  /** Root port. */
  readonly port?: number;
  readonly slot?: number;
  readonly function?: number;
  /** Another function of that device's card. */
  readonly card?: DeviceName;
  /** Below that switch. */
  readonly switch?: number;
}

/** Where a CPU thread runs. */
export interface ThreadPlacement {
  /** Each thread its own unless said. */
  readonly cpu?: number;
  readonly node?: number;
}

/** What runs a handler. Made by `onMsi`, `onIntx`, `onWrite` and `onRead`. */
export type Trigger =
  | { readonly kind: "msi"; readonly device: DeviceName; readonly vector: number }
  | { readonly kind: "intx"; readonly device: DeviceName }
  | { readonly kind: "write" | "read"; readonly register: IoRegister };

/** What runs a handler on a CPU. */
export type CpuTrigger = Extract<Trigger, { kind: "msi" | "intx" }>;
/** What runs a device's program, where it does not run from the start. */
export type DeviceTrigger = Extract<Trigger, { kind: "write" | "read" }>;

/** The thread is the handler of that device's MSI or MSI-X of that vector. */
export const onMsi = (device: DeviceName, vector = 0): CpuTrigger => Object.freeze({ kind: "msi", device, vector });
/** The thread is the handler of that device's interrupt pin. */
export const onIntx = (device: DeviceName): CpuTrigger => Object.freeze({ kind: "intx", device });
/** The device's program runs when a write of that register of its own arrives. */
export const onWrite = (register: IoRegister): DeviceTrigger => Object.freeze({ kind: "write", register });

/** The device's program runs when a read of that register of its own arrives. */
export const onRead = (register: IoRegister): DeviceTrigger => Object.freeze({ kind: "read", register });
