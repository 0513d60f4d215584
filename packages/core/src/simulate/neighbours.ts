/**
 * Who may pass whom between messages. Each message has locations of its own, so the question is put to a machine that runs the test twice side by side: the second copy's
 * memory is other memory, its registers and places are the same.
 */
import { buildMachine, type Machine } from "../machine/index.js";
import { ADDRESS_BASE, type Program, type Thread } from "../program/program.js";

/** May packet `younger` of a later message at its hop leave before packet `older` of an earlier message at its hop? */
export type Passing = (younger: number, youngerHop: number, older: number, olderHop: number) => boolean;

/** The program twice: the threads of the second copy work on locations `count` further on, registers apart. */
function twice(program: Program): Program {
  const count = program.locations.length;
  const lines = Math.max(0, ...program.locations.map((location) => location.line)) + 1;
  const inMemory = (location: number): boolean => program.locations[location]?.space === "memory";
  const shifted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shifted);
    if (typeof value !== "object" || value === null) return value;
    const record = value as { readonly [key: string]: unknown };
    if (record.kind === "constant" && typeof record.value === "number") {
      const location = record.value - ADDRESS_BASE;
      return location >= 0 && location < count && inMemory(location) ? { ...record, value: record.value + count } : record;
    }
    return Object.fromEntries(
      Object.entries(record).map(([key, each]) => {
        if (key === "span") return [key, each];
        if (key === "location" && typeof each === "number") return [key, inMemory(each) ? each + count : each];
        return [key, shifted(each)];
      }),
    );
  };
  const second = (thread: Thread): Thread => ({ ...thread, name: `${thread.name}'`, code: shifted(thread.code) as Thread["code"] });
  return {
    ...program,
    locations: [...program.locations, ...program.locations.map((location) => ({ ...location, line: location.line + lines }))],
    threads: [...program.threads, ...program.threads.map(second)],
    condition: { quantifier: "exists", formula: { kind: "constant", value: true } },
    filter: undefined,
    observed: [],
  };
}

export function passingBetween(machine: Machine): Passing {
  const { program } = machine;
  const both = buildMachine(twice(program), machine.platform, machine.settings);
  const half = machine.packets.length;
  return (younger, youngerHop, older, olderHop) => both.pass(half + younger, youngerHop, older, olderHop);
}
