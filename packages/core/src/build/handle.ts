/**
 * What a test speaks of while it is built: locations, registers, values. Handles are plain frozen data; those of one test are good for that test only.
 */
import { BuildError } from "./build-error.js";

/** A location of memory, or an array of them. Made by `memory`, `dma`, `atomic`, `spinlock` and `mutex` of a test. */
export interface Memory {
  readonly kind: "memory";
  readonly name: string;
  /** As C writes it: `int`, `int *`, `atomic_t`, `spinlock_t`. */
  readonly type: string;
  /** Elements of an array; undefined for a single location. */
  readonly length: number | undefined;
}

/** One element of an array: `ring[1]`. Made by `at`. */
export interface Element<Index extends Value = Value> {
  readonly kind: "element";
  readonly memory: Memory;
  readonly index: Index;
}

/** What a register points to: `*r0`. Made by `deref`. */
export interface Pointee {
  readonly kind: "pointee";
  readonly pointer: Register;
}

/** What a memory access can name. */
export type Place = Memory | Element | Pointee;

/** Where a register of a device is reached: memory-mapped, as an I/O port, or in configuration space. */
export type IoSpace = "mmio" | "port" | "config";

/** A register behind a device's BAR, an I/O port, or a word of configuration space. Made by a device's `register`, `port` and `config`. */
export interface IoRegister<Space extends IoSpace = IoSpace> {
  readonly kind: "io";
  readonly space: Space;
  /** `D0`; `HOST` for a register of the chipset. */
  readonly owner: string;
  readonly name: string;
}

/** A device, as far as others speak of it. */
export interface DeviceName {
  readonly kind: "device";
  /** `D0`. */
  readonly name: string;
}

/** A register of a thread: what a read gives, what conditions speak of. */
export interface Register {
  readonly kind: "register";
  /** `P0`, `D0`. */
  readonly thread: string;
  readonly name: string;
}

/** The address of a location, as a value. Made by `addressOf`. */
export interface Address {
  readonly kind: "address";
  readonly memory: Memory;
}

/** The operators that `calculate` takes: C's. */
export type Operator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>";

/** A value that a thread computes from others. Made by `calculate`. */
export interface Calculated {
  readonly kind: "calculated";
  readonly operator: Operator;
  readonly left: Value;
  readonly right: Value;
}

/** What can be stored, compared and computed with in a thread. Numbers are 32-bit integers. */
export type Value = number | Register | Address | Calculated;

/** An element of an array: `at(ring, 1)`. In a condition the index has to be a number. */
export function at<Index extends Value>(memory: Memory, index: Index): Element<Index> {
  if (memory.length === undefined) throw new BuildError(`\`${memory.name}\` is no array`);
  if (typeof index === "number" && !(Number.isInteger(index) && index >= 0 && index < memory.length)) {
    throw new BuildError(`\`${memory.name}\` has the elements 0 to ${memory.length - 1}, not ${index}`);
  }
  return Object.freeze({ kind: "element", memory, index });
}

/** What a register points to: `deref(r0)` is C's `*r0`, an access that depends on the address read before. */
export function deref(pointer: Register): Pointee {
  return Object.freeze({ kind: "pointee", pointer });
}

/** The address of a location: `addressOf(x)` is C's `&x`. */
export function addressOf(memory: Memory): Address {
  return Object.freeze({ kind: "address", memory });
}

/** A value computed from two others: `calculate(r0, "+", 1)`. */
export function calculate(left: Value, operator: Operator, right: Value): Calculated {
  return Object.freeze({ kind: "calculated", operator, left, right });
}
