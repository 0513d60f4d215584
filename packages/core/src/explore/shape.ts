/**
 * Parts that are the same but for names: what is found of one holds for the other. A part's shape is all that the machine knows of it, written down with its own numbers for threads,
 * instructions, packets, places, locations, devices and CPUs. A number that is not known to be such a name stays as it is, so that parts that differ in it have different shapes.
 */
import type { Instruction } from "../machine/instruction.js";
import type { Machine, MachineThread } from "../machine/machine.js";
import { CACHE, HANDLE, packStep, type Scope, stepAction, stepChoice, stepSubject } from "../machine/step.js";
import { ADDRESS_BASE, type Formula } from "../program/program.js";

/** What says nothing about what happens. */
const WORDS_ONLY: readonly string[] = ["span", "text", "name", "label"];

/** Operations count other operations from the first of the thread. */
const PLACES_IN_CODE: readonly string[] = ["otherwise", "to", "join", "head"];

/** Says the shape of a part of which a formula is asked. Parts of one machine with equal shapes have the same runs, up to `translate`. */
export function shapeOf(machine: Machine, part: Scope): (formula: Formula) => string {
  const { program, layout, packets, waits, places } = machine;
  const out: string[] = [];
  const naming = (known: readonly number[] = []): ((number: number) => string) => {
    const names = new Map(known.map((number, at) => [number, at]));
    return (number) => {
      if (number < 0) return String(number);
      const name = names.get(number) ?? names.size;
      names.set(number, name);
      return `#${name}`;
    };
  };
  const within = (list: readonly number[], number: number): string => (list.includes(number) ? `#${list.indexOf(number)}` : `=${number}`);
  const device = naming();
  const cpu = naming();
  const place = naming();
  const line = naming();
  const location = (number: number): string => within(part.locations, number);
  const packet = (number: number): string => within(part.packets, number);
  const thread = (number: number): string => within(part.threads, number);
  let first = 0;
  let end = 0;
  /** Instructions are named from the first of their thread. */
  const instruction = (number: number): string => (number >= first && number <= end ? `+${number - first}` : `=${number}`);
  // A constant may be an address.
  const constant = (number: number): string => {
    const target = number - ADDRESS_BASE;
    return program.locations[target] === undefined ? String(number) : `&${location(target)}`;
  };
  const NAMES: { readonly [key: string]: (number: number) => string } = {
    location,
    mapping: location,
    packet,
    thread,
    host: thread,
    device,
    owner: device,
    cpu,
    requester: (number) => (number >= 0 ? device(number) : cpu(-2 - number)),
    place,
    line,
    id: instruction,
    pair: instruction,
    olderUpTo: instruction,
    youngerFrom: instruction,
    ofLock: instruction,
    to: instruction,
    join: instruction,
    block: instruction,
    blockEnd: instruction,
    // In a packet: whose it is.
    instruction: (number) => {
      const owner = machine.instructions[number]?.thread ?? -1;
      return `${thread(owner)}+${number - (machine.threads[owner]?.first ?? 0)}`;
    },
    value: constant,
    initial: constant,
  };
  const write = (value: unknown, key: string): void => {
    if (typeof value === "number") out.push(NAMES[key]?.(value) ?? String(value));
    else if (value instanceof Set) out.push([...value].sort().join());
    else if (Array.isArray(value)) {
      out.push("[");
      for (let i = 0; i < value.length; i++) write(value[i], key);
      out.push("]");
    } else if (typeof value === "object" && value !== null) {
      out.push("{");
      // Plain data: there is nothing to inherit. (`Object.entries` would make a pair of each.)
      for (const name in value) {
        // Of what an instruction comes from, whatever names something is in the instruction itself.
        if (WORDS_ONLY.includes(name) || (key === "operation" && PLACES_IN_CODE.includes(name))) continue;
        out.push(name);
        write((value as { readonly [name: string]: unknown })[name], name);
      }
      out.push("}");
    } else out.push(String(value));
  };
  for (const index of part.threads) {
    const { thread: source, role, straight, handler, host, runs, ...range } = machine.threads[index] as MachineThread;
    first = range.first;
    end = range.end;
    const { device: own, cpu: on, node, user, on: trigger, registers, initial } = source;
    write(
      {
        role,
        straight,
        handler: handler >= 0,
        runs: runs.length,
        host,
        device: own,
        cpu: on,
        node,
        user,
        trigger,
        registers: registers.length,
        initial,
      },
      "",
    );
    for (let id = first; id < end; id++) {
      write(machine.instructions[id], "");
    }
  }
  for (const index of part.packets) {
    const sent = packets[index] as Machine["packets"][number];
    write(sent, "");
    for (const hop of sent.hops) out.push(String(places[hop.place]?.credits));
    for (const list of waits[index] ?? []) {
      out.push("waits");
      for (const wait of list) out.push(packet(wait.packet), String(wait.hop));
    }
  }
  const observed = program.observed.flatMap((term) => (term.kind === "location" ? [term.location] : []));
  for (const index of part.locations) {
    write(program.locations[index], "");
    out.push(String(observed.includes(index)), String((layout.copy[index] as number) >= 0), String(layout.orderCapacity[index]));
  }
  for (const { first: early, second: late } of machine.arrivals) {
    if (part.locations.includes(early.location) || part.locations.includes(late.location)) write([early, late], "");
  }
  first = 0;
  end = -1;
  const own = out.join(" ");
  return (formula) => {
    out.length = 0;
    write(formula, "");
    return `${own} ${out.join(" ")}`;
  };
}

/** A step of one part as the step of another one with the same shape. */
export function translate(machine: Machine, step: number, from: Scope, to: Scope): number {
  const subject = stepSubject(step);
  const again = (other: number): number => packStep(other, stepAction(step), stepChoice(step));
  const same = (number: number, ours: readonly number[], theirs: readonly number[]): number => theirs[ours.indexOf(number)] as number;
  if (stepAction(step) === HANDLE) return again(same(subject, from.threads, to.threads));
  if (stepAction(step) === CACHE) return again(same(subject, from.locations, to.locations));
  const { thread } = machine.instructions[subject] as Instruction;
  const offset = subject - (machine.threads[thread] as MachineThread).first;
  return again((machine.threads[same(thread, from.threads, to.threads)] as MachineThread).first + offset);
}
