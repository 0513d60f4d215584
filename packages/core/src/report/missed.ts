/** Where the writes were that a read has missed. */
import type { Instruction } from "../machine/instruction.js";
import type { Machine } from "../machine/machine.js";
import type { Packet } from "../machine/packet.js";
import { passive } from "../machine/path.js";
import type { State, Stepper } from "../machine/step.js";
import type { Missed } from "./event.js";
import type { Names } from "./names.js";

/** The value that each instruction has sent, and the location that its packet goes to. */
interface Notes {
  readonly sent: ReadonlyMap<number, number>;
  readonly target: ReadonlyMap<number, number>;
}

/** Writes to `location` of another value than `value` that the reading thread could not see yet; `choice` is the read's, where observers see stores one by one. */
export function missedBy(
  stepper: Stepper,
  state: State,
  names: Names,
  notes: Notes,
  reader: Instruction,
  location: number,
  value: number,
  choice: number,
): Missed[] {
  const { machine } = stepper;
  return [
    ...inFlight(machine, state, names, notes, location, value),
    ...inWindows(stepper, state, names, reader, location),
    ...unseen(machine, state, names, reader, location, choice),
    ...inCache(machine, state, names, reader, location, value),
  ];
}

/** Packets that have been sent and not arrived. */
function inFlight(machine: Machine, state: State, names: Names, notes: Notes, location: number, value: number): Missed[] {
  return machine.packets.flatMap((packet: Packet): Missed[] => {
    const instruction = machine.instructions[packet.instruction] as Instruction;
    const hop = state[machine.layout.status + instruction.id] as number;
    if (hop < 1 || hop > packet.home || notes.target.get(instruction.id) !== location) return [];
    const writes = instruction.kind === "dma-write" || instruction.kind === "pio-write" || instruction.kind === "dma-atomic";
    if (!writes || notes.sent.get(instruction.id) === value) return [];
    return [
      {
        write: names.packetOf(instruction, notes.sent, location),
        where: `is still in ${names.place(packet.hops[hop - 1]?.place ?? -1)}`,
        by: "place",
      },
    ];
  });
}

/** Stores of other threads that something younger of their thread has gone ahead of. */
function inWindows(stepper: Stepper, state: State, names: Names, reader: Instruction, location: number): Missed[] {
  const { machine } = stepper;
  return machine.threads.flatMap((thread, index): Missed[] => {
    if (index === reader.thread || thread.role !== "cpu") return [];
    const { ids } = stepper.path(state, index);
    return ids.flatMap((id, position): Missed[] => {
      const store = machine.instructions[id] as Instruction;
      if (
        (store.kind !== "store" && store.kind !== "rmw") ||
        state[machine.layout.status + id] !== 0 ||
        stepper.address(state, id) !== location
      )
        return [];
      const late = ids.slice(position + 1).some((younger) => {
        const after = machine.instructions[younger] as Instruction;
        return !passive(after) && after.mask !== 0 && state[machine.layout.status + younger] !== 0;
      });
      return late
        ? [{ write: `${thread.name}'s write of ${names.location(location)}`, where: `has not left ${thread.name}'s CPU yet`, by: "window" }]
        : [];
    });
  });
}

/** Stores that have their place in the location's order, but have not reached this observer. */
function unseen(machine: Machine, state: State, names: Names, reader: Instruction, location: number, choice: number): Missed[] {
  const base = machine.layout.order[location] as number;
  const observer = machine.threads[reader.thread];
  const missed: Missed[] = [];
  if (base < 0 || observer === undefined || machine.program.locations[location]?.space !== "memory") return missed;
  for (let at = choice; at < (machine.layout.orderCapacity[location] as number); at++) {
    const message = (state[base + at] as number) - 1;
    if (message < 0) break;
    const store = machine.instructions[machine.messages[message] as number] as Instruction;
    const writer = machine.threads[store.thread]?.name ?? "?";
    missed.push({
      write: `${writer}'s write of ${names.location(location)}`,
      where: `has not reached ${observer.name} yet`,
      by: observer.role === "cpu" ? "cpus" : "devices",
    });
  }
  return missed;
}

/** A copy in a cache that does not snoop. */
function inCache(machine: Machine, state: State, names: Names, reader: Instruction, location: number, value: number): Missed[] {
  const copy = machine.layout.copy[location] as number;
  if (copy < 0) return [];
  const memory = state[machine.layout.memory + location] as number;
  const cpu = machine.threads[reader.thread]?.role === "cpu";
  const held = state[copy] as number;
  if (cpu && held !== 0 && memory !== value) {
    return [
      {
        write: `memory holds ${names.location(location)}=${names.value(memory)}`,
        where: "but the CPU's cache holds an older copy",
        by: "cache",
      },
    ];
  }
  if (!cpu && held === 2 && state[copy + 1] !== value) {
    return [
      { write: `the CPU's write of ${names.location(location)}`, where: "is still in its cache, which devices do not see", by: "cache" },
    ];
  }
  return [];
}
