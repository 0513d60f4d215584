import { ADDRESS_BASE, type Program } from "../program/program.js";

/** The location at an address; -1 for none. */
export function locationAt(program: Program, address: number): number {
  const index = address - ADDRESS_BASE;
  return index >= 0 && index < program.locations.length ? index : -1;
}
