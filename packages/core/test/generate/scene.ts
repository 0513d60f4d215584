/** What the parts of a random test have in common: the locations and registers there are, and the thread that is being written. */
import type { Random } from "./random.js";

/** What a random test is about. */
export interface Scene {
  readonly random: Random;
  readonly memory: readonly string[];
  readonly devices: number;
  readonly registers: readonly Register[];
  readonly pointer: boolean;
  readonly lock: boolean;
  readonly loops: boolean;
  /** Devices raise interrupts more often. */
  readonly handled: boolean;
  /** What is rarer in tests, too. */
  readonly rare: boolean;
  /** Reads of these the device's program may answer. */
  readonly answered: readonly string[];
  /** Memory is unmapped and mapped while devices use it. */
  readonly unmaps: boolean;
  /** D0 is asked to give back what it translated. */
  readonly ats: boolean;
}

/** A register of a device. */
export interface Register {
  readonly name: string;
  readonly device: number;
  readonly space: "mmio" | "port" | "config";
}

/** A thread that is being written. */
export interface Scribe {
  readonly thread: string;
  readonly role: "cpu" | "device";
  readonly device: number;
  readonly parameters: Set<string>;
  readonly set: string[];
  /** In user space there are no calls that access registers. */
  readonly user: boolean;
  next: number;
}

/** A small number. */
export const value = (random: Random): string => `${1 + random.below(3)}`;

/** A value to store: a constant, something read before, or something that only depends on it. */
export function stored(scene: Scene, scribe: Scribe): string {
  const { random } = scene;
  if (scribe.set.length === 0 || random.chance(0.6)) return value(random);
  const register = random.pick(scribe.set);
  return random.chance(0.5) ? register : random.chance(0.5) ? `${register} + 1` : `(${register} & 0) + ${value(random)}`;
}

export function fresh(scribe: Scribe): string {
  return `r${scribe.next++}`;
}

export function assigned(scribe: Scribe, call: (register: string) => string): string {
  const register = fresh(scribe);
  const text = call(register);
  scribe.set.push(register);
  return text;
}

export function memory(scene: Scene, scribe: Scribe): string {
  const name = scene.random.pick(scene.memory);
  scribe.parameters.add(name);
  return name;
}
