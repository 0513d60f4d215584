/** Where computed addresses can point: the locations whose address something in the program speaks of. */
import { ADDRESS_BASE, arrayOf, type Program } from "../program/program.js";

/**
 * The locations whose address is ever a value: stored, kept in a register, compared, there from the start. An element of an array stands for all of them. An address that
 * is made up in another way (a pointer moved past its object, which C gives no meaning) is none of these.
 */
export function addressesTaken(program: Program): readonly number[] {
  const taken = new Set<string>();
  const take = (value: number): void => {
    const location = program.locations[value - ADDRESS_BASE];
    if (location !== undefined) taken.add(arrayOf(location.name));
  };
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("kind" in value && value.kind === "constant" && "value" in value && typeof value.value === "number") take(value.value);
    for (const [key, inside] of Object.entries(value)) {
      if (key === "span") continue;
      // An access that names its location outright takes no address.
      const direct = key === "address" && typeof inside === "object" && inside !== null && "kind" in inside && inside.kind === "constant";
      if (!direct) walk(inside);
    }
  };
  for (const location of program.locations) take(location.initial);
  for (const thread of program.threads) {
    thread.initial.forEach(take);
    thread.code.forEach(walk);
  }
  return program.locations.flatMap((location, index) => (taken.has(arrayOf(location.name)) ? [index] : []));
}
