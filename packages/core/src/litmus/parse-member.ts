/** Names with dots in them: registers of a device, and members of a structure. */
import type { Cursor } from "./cursor.js";
import { isThreadName } from "./parse-thread-name.js";

/** Whose members are registers: a device, or the chipset. */
export function ownsRegisters(name: string): boolean {
  return name === "HOST" || (isThreadName(name) && name.startsWith("D"));
}

/** `d.own`: the name of a member, `d` having been read; `d` where no dot or arrow follows. */
export function withMembers(cursor: Cursor, first: string): string {
  let name = first;
  while (!cursor.failing && (cursor.take(".") || cursor.take("->"))) name += `.${cursor.expectWord("the name of the member")?.text ?? ""}`;
  return name;
}
