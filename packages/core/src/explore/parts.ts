/**
 * Parts of a machine that have nothing to do with each other: no step of one reads or writes what a step of another writes. A run of the machine is a shuffle of runs of
 * its parts, and an end of the machine is an end of each: so parts can be searched one by one. docs/decisions/0002-reductions.md has the side conditions.
 */
import { type Instruction, lands } from "../machine/instruction.js";
import type { Machine } from "../machine/machine.js";
import type { Scope } from "../machine/step.js";
import { formulaAtoms } from "../program/formula.js";
import type { Formula, Operand } from "../program/program.js";
import { operandsOf, speaksOfStuck } from "./formula.js";

/** Everything as one part. */
export function whole(machine: Machine): Scope {
  return {
    threads: [...machine.threads.keys()],
    packets: [...machine.packets.keys()],
    locations: [...machine.program.locations.keys()],
  };
}

/** The slots of the state that the steps of a part may touch; others are left out only where they clearly belong to somebody else. */
export function slotsOf(machine: Machine, part: Scope): readonly number[] {
  const { layout, instructions, packets, program, waits } = machine;
  if (part.threads.length === machine.threads.length && part.locations.length === program.locations.length)
    return Array.from({ length: layout.deciding }, (_, slot) => slot);
  const foreign = new Uint8Array(layout.deciding);
  const threads = new Set(part.threads);
  for (const { id, thread } of instructions) {
    if (threads.has(thread)) continue;
    foreign[layout.status + id] = 1;
    if ((layout.value[id] as number) >= 0) foreign[layout.value[id] as number] = 1;
  }
  const locations = new Set(part.locations);
  for (const index of program.locations.keys()) if (!locations.has(index)) foreign[layout.memory + index] = 1;
  for (const [packet, hops] of waits.entries()) {
    if (threads.has(instructions[packets[packet]?.instruction ?? -1]?.thread ?? -1)) continue;
    for (const list of hops) for (const wait of list) foreign[wait.slot] = 1;
  }
  const result: number[] = [];
  for (let slot = 0; slot < layout.deciding; slot++) if (foreign[slot] === 0) result.push(slot);
  return result;
}

/** A part and what is asked of its ends. */
export interface Question {
  readonly part: Scope;
  /** Undefined: nothing, it only has to end. */
  readonly formula: Formula | undefined;
}

/** How the parts' answers make up the answer: one has to say yes (and the others have to end), or all have to. */
export interface Questions {
  readonly asks: "any" | "all";
  readonly questions: readonly Question[];
}

/** Sets of numbers that get united. */
function unions(count: number): { find(of: number): number; unite(a: number, b: number): void } {
  const parent = Int32Array.from({ length: count }, (_, index) => index);
  const find = (of: number): number => {
    let at = of;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  return {
    find,
    unite(a, b) {
      parent[find(a)] = find(b);
    },
  };
}

/** Operands of a chain of one operator. */
function chain(formula: Formula, kind: "and" | "or"): readonly Formula[] {
  return formula.kind === kind ? [...chain(formula.left, kind), ...chain(formula.right, kind)] : [formula];
}

/** The questions that the condition asks of the machine's parts; undefined where the machine is one part. */
export function questionsOf(machine: Machine): Questions | undefined {
  const { program, threads, instructions, packets, places, layout } = machine;
  const { locations, devices } = program;
  if (threads.length < 2 || program.filter !== undefined) return undefined;
  // A run is stuck as a whole.
  if (speaksOfStuck(program.condition.formula)) return undefined;
  // Fences that make stores seen reach every observer, whatever it looks at.
  if (machine.listLike && instructions.some((instruction) => instruction.kind === "fence" && instruction.active)) return undefined;
  // So does what shows a device's DMA to everybody.
  if (instructions.some((each) => lands(each) && (machine.message[each.id] as number) >= 0)) return undefined;
  const locationNode = (location: number): number => threads.length + location;
  const deviceNode = (device: number): number => threads.length + locations.length + device;
  const { find, unite } = unions(threads.length + locations.length + devices.length);

  // Threads of a device, and of a CPU: they share an observer, interrupts and the order of issue.
  const byCpu = new Map<number, number>();
  const onCpu = (thread: number, cpu: number): void => {
    const first = byCpu.get(cpu);
    if (first === undefined) byCpu.set(cpu, thread);
    else unite(first, thread);
  };
  for (const [index, { thread }] of threads.entries()) {
    if (thread.role === "cpu") onCpu(index, thread.cpu);
    else unite(index, deviceNode(thread.device));
    const on = thread.on;
    if (on?.kind === "write" || on?.kind === "read") unite(index, locationNode(on.location));
    else if (on !== undefined) unite(index, deviceNode(on.device));
  }
  const touches = (instruction: Instruction): boolean =>
    instruction.mask !== 0 || instruction.packet >= 0 || instruction.modify !== undefined;
  for (const instruction of instructions) {
    const { thread, location, device, address } = instruction;
    if (location >= 0) unite(thread, locationNode(location));
    // An address that is computed may be any.
    else if (address !== undefined && touches(instruction)) return undefined;
    if (instruction.mapping >= 0) unite(thread, locationNode(instruction.mapping));
    if (device >= 0) unite(thread, deviceNode(device));
    if (instruction.cpu >= 0) onCpu(thread, instruction.cpu);
    for (const read of instruction.reads) unite(thread, locationNode(read.location));
  }
  const threadOf = (packet: number): number => instructions[packets[packet]?.instruction ?? -1]?.thread ?? 0;
  machine.waits.forEach((hops, packet) => {
    for (const waits of hops) for (const wait of waits) unite(threadOf(packet), threadOf(wait.packet));
  });
  for (const place of places) {
    if (place.credits === Number.POSITIVE_INFINITY) continue;
    for (const visit of place.visitors) unite(threadOf(place.visitors[0]?.packet ?? 0), threadOf(visit.packet));
  }
  // Words of one cache line move together.
  for (const [index, location] of locations.entries()) {
    if ((layout.copy[index] as number) < 0) continue;
    const first = locations.findIndex((other, at) => other.line === location.line && (layout.copy[at] as number) >= 0);
    unite(locationNode(first), locationNode(index));
  }
  for (const arrival of machine.arrivals) unite(locationNode(arrival.first.location), locationNode(arrival.second.location));

  // What is asked about two parts at once makes them one.
  const { formula } = program.condition;
  // What always holds asks of every part that it ends.
  const always = formula.kind === "constant" && formula.value;
  const asks = formula.kind === "and" || always ? "all" : "any";
  const atoms = always ? [] : chain(formula, asks === "all" ? "and" : "or");
  const nodeOf = (operand: Operand): number =>
    operand.kind === "register" ? operand.thread : operand.kind === "location" ? locationNode(operand.location) : -1;
  const nodes = atoms.map((atom) => {
    const orders = formulaAtoms(atom).flatMap((each) => (each.kind === "order" ? [locationNode(each.first.location)] : []));
    const found = [...operandsOf(atom).map(nodeOf), ...orders].filter((node) => node >= 0);
    for (const node of found) unite(found[0] as number, node);
    return found[0] ?? -1;
  });
  if (nodes.includes(-1)) return undefined;

  const parts = new Map<number, { threads: number[]; packets: number[]; locations: number[]; formula: Formula | undefined }>();
  for (const [index] of threads.entries()) {
    const root = find(index);
    const part = parts.get(root) ?? { threads: [], packets: [], locations: [], formula: undefined };
    parts.set(root, part);
    part.threads.push(index);
  }
  // What is asked of locations that no thread touches is asked of the initial state.
  if (parts.size < 2 || nodes.some((node) => !parts.has(find(node)))) return undefined;
  for (const [index] of locations.entries()) parts.get(find(locationNode(index)))?.locations.push(index);
  for (const [index] of packets.entries()) parts.get(find(threadOf(index)))?.packets.push(index);
  for (const [at, atom] of atoms.entries()) {
    const part = parts.get(find(nodes[at] as number));
    if (part === undefined) continue;
    part.formula = part.formula === undefined ? atom : { kind: asks === "all" ? "and" : "or", left: part.formula, right: atom };
  }
  return { asks, questions: [...parts.values()].map(({ formula: asked, ...part }) => ({ part, formula: asked })) };
}
