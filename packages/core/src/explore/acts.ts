/** Acts: what a node of the stubborn sets does that others may notice, and until when it lies ahead. */
import { type Instruction, writes } from "../machine/instruction.js";
import type { Machine } from "../machine/machine.js";
import type { Packet } from "../machine/packet.js";
import type { Trigger } from "../program/program.js";

/** The act lies ahead whatever the status. */
export const ALWAYS = 1 << 20;

/** One act of a node that others may notice. */
export interface Act {
  readonly node: number;
  readonly instruction: number;
  /** The act lies ahead while the instruction's status is below this. */
  readonly until: number;
}

/** Numbers of nodes: an instruction, its packet, a handler (by thread), a cache line (by location). */
export interface Nodes {
  perform(id: number): number;
  move(id: number): number;
  handler(thread: number): number;
  line(location: number): number;
  readonly count: number;
}

/** The nodes of a machine. */
export function nodesOf({ instructions, threads, program }: Machine): Nodes {
  const handlers = 2 * instructions.length;
  const lines = handlers + threads.length;
  return {
    perform: (id) => 2 * id,
    move: (id) => 2 * id + 1,
    handler: (thread) => handlers + thread,
    line: (location) => lines + location,
    count: lines + program.locations.length,
  };
}

const READING: readonly Instruction["kind"][] = ["load", "rmw", "register-read", "pio-read", "dma-read", "dma-atomic", "wait", "answer"];

/** Does it look at its location, or at what came there? */
export const reads = ({ kind }: Instruction): boolean => READING.includes(kind);

/** A CPU's access to memory. */
export const inMemory = ({ kind }: Instruction): boolean => kind === "load" || kind === "store" || kind === "rmw";

/** May two accesses be of one location (-1: not known)? */
export const mayMeet = (a: number, b: number): boolean => a < 0 || b < 0 || a === b;

/** Can the instruction raise the handlers of an event? */
export function raises({ threads }: Machine, instruction: Instruction, on: Trigger): boolean {
  return on.kind === "write" || on.kind === "read"
    ? (on.kind === "write" ? writes : reads)(instruction) && mayMeet(instruction.location, on.location)
    : instruction.kind === on.kind && threads[instruction.thread]?.thread.device === on.device;
}

/** Makes acts of a machine. */
export type Acts = ReturnType<typeof createActs>;

/** `instructions`: those that can act. */
export function createActs(machine: Machine, instructions: readonly Instruction[], nodes: Nodes) {
  const { packets } = machine;
  const leaders = leadersOf(machine);
  const packetAt = (number: number): Packet => packets[number] as Packet;

  const performed = (id: number): Act => ({ node: nodes.perform(id), instruction: id, until: 1 });
  const always = (node: number, instruction: number): Act => ({ node, instruction, until: ALWAYS });

  /** A packet leaves its hop. */
  const leaving = (number: number, hop: number): Act => {
    const { instruction } = packetAt(number);
    return { node: nodes.move(instruction), instruction, until: hop + 1 };
  };

  /** When an instruction's access happens: performed, or arrived. */
  const access = ({ id, packet }: Instruction): Act => {
    const home = packets[packet]?.home ?? 0;
    return home === 0 ? performed(id) : leaving(packet, home);
  };

  /** When what an instruction reads is there. */
  const returned = ({ id, packet }: Instruction): Act => {
    const hops = packets[packet]?.hops.length;
    return hops === undefined ? performed(id) : leaving(packet, hops);
  };

  /** What answers a packet that waits for its answer. */
  const answering = ({ location }: Packet): readonly Act[] =>
    instructions.flatMap((each) => (each.kind === "answer" && each.location === location ? [performed(each.id)] : []));

  /** What brings a packet to its hop. */
  const entries = (number: number, hop: number): readonly Act[] => {
    const packet = packetAt(number);
    // A reply that was withheld enters when its answer is given.
    if (packet.held > 0 && hop === packet.held + 1) return answering(packet);
    return [hop === 1 ? performed(packet.instruction) : leaving(number, hop - 1)];
  };

  /** Nothing is indivisible or leaves in bursts: each act has one form. */
  const single = leaders.length === 0 && machine.instructions.every(({ block }) => block < 0);

  /** A write that leaves as a later word of a burst does so with the first one's step. */
  const leading = ({ instruction, node, until }: Act): readonly Act[] => {
    const own = machine.instructions[instruction]?.packet ?? -1;
    const packet = packets[own];
    if (packet === undefined || node !== nodes.move(instruction) || until !== packet.home + 1) return [];
    return [...(leaders[own] ?? [])].map((first) => leaving(first, packetAt(first).home));
  };

  /** The same act, and as part of a step that another node makes: a burst's, or that of the instruction that begins an indivisible step. */
  const everyForm = (act: Act): readonly Act[] => {
    const first = leading(act);
    if (first.length > 0) return [act, ...first];
    const block = machine.instructions[act.instruction]?.block ?? -1;
    return block < 0 || block === act.instruction || act.node !== nodes.perform(act.instruction) ? [act] : [act, performed(block)];
  };

  return { access, always, answering, entries, everyForm, leaders, leaving, packetAt, performed, returned, single };
}

/** By packet: those that it may leave with as a later word of their burst. Empty where nothing leaves in bursts. */
function leadersOf({ followers, packets }: Machine): readonly ReadonlySet<number>[] {
  if (followers.every((list) => list.length === 0)) return [];
  const leaders = packets.map(() => new Set<number>());
  for (let grown = true; grown; ) {
    grown = false;
    followers.forEach((list, first) => {
      for (const next of list) {
        for (const leader of [first, ...(leaders[first] as ReadonlySet<number>)]) {
          grown ||= !leaders[next]?.has(leader);
          leaders[next]?.add(leader);
        }
      }
    });
  }
  return leaders;
}
