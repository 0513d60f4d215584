/**
 * Stubborn sets (Valmari): of the enabled steps of a state, enough to reach every end state and every deadlock. This is what makes delivery late-bound: a write in
 * flight is only moved where something that could see the difference is about to happen.
 *
 * A *node* is what can act: an instruction (performed, guessed, gone round), its packet (moving), a handler (started), a cache line. Two nodes *conflict* where one
 * can disable the other or their order can be told apart; most conflicts are over once one of the two has done the act in question, which a status tells. A set is
 * stubborn when it is closed: with an enabled node come all that conflict with it, with a disabled one come nodes one of which must act before it can.
 * docs/decisions/0002-reductions.md has the argument and the side conditions.
 */
import { type Instruction, writes } from "../machine/instruction.js";
import type { Machine, MachineThread } from "../machine/machine.js";
import { CACHE, HANDLE, MOVE, type Scope, type State, type Stepper, stepAction, stepSubject } from "../machine/step.js";
import type { Arrival, Location, Trigger } from "../program/program.js";

export interface Reduction {
  /** Moves the steps to explore to the front of `steps` and returns how many they are. */
  select(state: State, steps: number[], count: number): number;
}

/** The two nodes conflict when the one's next step is the act in question (its status is just below `mine`) and the other's lies ahead (below `theirs`). */
interface Conflict {
  readonly node: number;
  readonly mine: number;
  readonly theirs: number;
}

const ALWAYS = 1 << 20;

/** One act of a node that others may notice. */
interface Act {
  readonly node: number;
  readonly instruction: number;
  /** The act lies ahead while the instruction's status is below this. */
  readonly until: number;
}

/** `scope`: the threads, packets and locations that can act. */
export function createReduction(stepper: Stepper, scope: Scope): Reduction {
  const { machine } = stepper;
  const { instructions, threads, layout, packets } = machine;
  const perform = (id: number): number => 2 * id;
  const move = (id: number): number => 2 * id + 1;
  const handlerNode = (thread: number): number => 2 * instructions.length + thread;
  const lineNode = (location: number): number => 2 * instructions.length + threads.length + location;
  const nodes = 2 * instructions.length + threads.length + machine.program.locations.length;
  const conflicts = collectConflicts(machine, scope, { perform, move, handlerNode, lineNode, nodes });

  // Instructions that may act again after they are done: in a loop that is still going, in a handler.
  const inLoop = new Uint8Array(instructions.length);
  for (const instruction of instructions) {
    if (instruction.kind === "loop") for (let id = instruction.to; id <= instruction.id; id++) inLoop[id] = 1;
  }
  const raisers = threads.map((thread): readonly number[] => {
    const on = thread.thread.on;
    if (on === undefined) return [];
    return instructions.flatMap((instruction) => (raises(machine, instruction, on) ? [instruction.id] : []));
  });
  const straightMachine = scope.threads.every((index) => threads[index]?.straight === true && threads[index]?.handler < 0);
  const last = Int32Array.from(instructions, (instruction) => {
    const packet = packets[instruction.packet];
    return packet === undefined ? 1 : packet.hops.length + 1;
  });

  const enabled = new Uint8Array(nodes);
  const inSet = new Uint32Array(nodes);
  let round = 0;
  let latest = 0;
  const stack: number[] = [];
  /** Per instruction: 0 by its status, 1 may act again whatever its status, 2 can never act again. */
  const standing = new Uint8Array(instructions.length);

  function stand(state: State): void {
    if (straightMachine) return;
    standing.fill(0);
    for (const index of scope.threads) {
      const thread = threads[index] as MachineThread;
      const again = thread.handler >= 0 && mayRise(state, index);
      const at = stepper.path(state, index);
      const over = at.ends === "end";
      for (let id = thread.first; id < thread.end; id++) {
        if (again || (inLoop[id] === 1 && !over)) standing[id] = 1;
        else if (over && state[layout.status + id] === 0) standing[id] = 2;
      }
      if (over && !again) for (const id of at.ids) if (standing[id] === 2) standing[id] = 0;
    }
  }

  function mayRise(state: State, index: number): boolean {
    if (state[layout.pending + (threads[index] as MachineThread).handler] !== 0) return true;
    return (raisers[index] as readonly number[]).some((id) => {
      const instruction = instructions[id] as Instruction;
      return (
        (threads[instruction.thread] as MachineThread).handler >= 0 ||
        inLoop[id] === 1 ||
        (state[layout.status + id] as number) < (last[id] as number)
      );
    });
  }

  const ahead = (state: State, node: number, until: number): boolean => {
    if (until === ALWAYS) return true;
    const id = node >> 1;
    if (standing[id] === 2) return false;
    return standing[id] === 1 || (state[layout.status + id] as number) < until;
  };

  // What a node brings into a set does not depend on where the set began: kept for the state at hand, one list behind the other in `brought`.
  const brought: number[] = [];
  let broughtCount = 0;
  const firstOf = new Uint32Array(nodes);
  const endOf = new Uint32Array(nodes);
  const knownIn = new Uint32Array(nodes);
  let visit = 0;

  function bring(node: number): void {
    brought[broughtCount++] = node;
  }

  function bringInstruction(id: number): void {
    if (id < 0) bring(handlerNode(-1 - id));
    else {
      bring(perform(id));
      if ((instructions[id] as Instruction).packet >= 0) bring(move(id));
    }
  }

  /** With an enabled node come all that conflict with it now, with a disabled one those that have to act first. */
  function collect(state: State, node: number): void {
    if (enabled[node] !== 0) {
      const standing = state[layout.status + (node >> 1)] as number;
      for (const conflict of conflicts[node] as readonly Conflict[]) {
        const now = conflict.mine === ALWAYS || standing === conflict.mine - 1;
        if (now && ahead(state, conflict.node, conflict.theirs)) bring(conflict.node);
      }
      return;
    }
    if (node >= 2 * instructions.length) {
      const index = node - 2 * instructions.length;
      if (index < threads.length) for (const id of stepper.handlerObstacles(state, index)) bringInstruction(id);
      return;
    }
    const id = node >> 1;
    if (standing[id] === 2) return;
    const status = state[layout.status + id] as number;
    if ((node & 1) === 1) {
      // A packet.
      if (status === 0) bring(perform(id));
      else if (status < (last[id] as number)) {
        for (const other of stepper.packetObstacles(state, id))
          bring((instructions[other] as Instruction).kind === "answer" ? perform(other) : move(other));
      } else if (standing[id] === 1) bring(perform(id));
      return;
    }
    if (status !== 0 && standing[id] !== 1) return;
    for (const other of stepper.obstacles(state, id)) if (other !== id) bringInstruction(other);
  }

  /** Closes the set around a node; returns how many enabled nodes it holds, or a number of at least `limit` where it gave up. */
  function close(state: State, seed: number, limit: number): number {
    round++;
    inSet[seed] = round;
    stack[0] = seed;
    let depth = 1;
    let count = 0;
    while (depth > 0) {
      const node = stack[--depth] as number;
      count += enabled[node] as number;
      if (count >= limit) return count;
      if (knownIn[node] !== visit) {
        knownIn[node] = visit;
        firstOf[node] = broughtCount;
        collect(state, node);
        endOf[node] = broughtCount;
      }
      for (let at = firstOf[node] as number, end = endOf[node] as number; at < end; at++) {
        const next = brought[at] as number;
        if (inSet[next] === round) continue;
        inSet[next] = round;
        stack[depth++] = next;
      }
    }
    return count;
  }

  function nodeOf(step: number): number {
    const subject = stepSubject(step);
    switch (stepAction(step)) {
      case MOVE:
        return move(subject);
      case HANDLE:
        return handlerNode(subject);
      case CACHE:
        return lineNode(subject);
      default:
        return perform(subject);
    }
  }

  return {
    select(state, steps, count) {
      if (machine.unreduced) return count;
      stand(state);
      visit++;
      broughtCount = 0;
      enabled.fill(0);
      for (let i = 0; i < count; i++) {
        const node = nodeOf(steps[i] as number);
        enabled[node] = (enabled[node] as number) + 1;
      }
      let best = count;
      let bestSeed = -1;
      let previous = -1;
      // Begin where the last set was found: the search then finishes one part of the machine before it turns to the next.
      let start = 0;
      while (start < count && nodeOf(steps[start] as number) < latest) start++;
      for (let k = 0; k < count && best > 1; k++) {
        const i = (start + k) % count;
        // Cache lines move for ever: a set that holds nothing else would put off all that leads to an end.
        if (stepAction(steps[i] as number) === CACHE) continue;
        const seed = nodeOf(steps[i] as number);
        if (seed === previous) continue;
        previous = seed;
        const size = close(state, seed, best);
        if (size < best) {
          best = size;
          bestSeed = seed;
        }
      }
      if (bestSeed < 0) return count;
      latest = bestSeed & ~1;
      close(state, bestSeed, count + 1);
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const step = steps[i] as number;
        if (inSet[nodeOf(step)] === round) {
          steps[i] = steps[kept] as number;
          steps[kept++] = step;
        }
      }
      return kept;
    },
  };
}

const reads = (instruction: Instruction): boolean =>
  ["load", "rmw", "register-read", "pio-read", "dma-read", "dma-atomic", "wait", "answer"].includes(instruction.kind);
const inMemory = (instruction: Instruction): boolean =>
  instruction.kind === "load" || instruction.kind === "store" || instruction.kind === "rmw";

/** May two accesses be of one location (-1: not known)? */
const mayMeet = (a: number, b: number): boolean => a < 0 || b < 0 || a === b;

/** Can the instruction raise the handlers of an event? */
function raises({ threads }: Machine, instruction: Instruction, on: Trigger): boolean {
  return on.kind === "write" || on.kind === "read"
    ? (on.kind === "write" ? writes : reads)(instruction) && mayMeet(instruction.location, on.location)
    : instruction.kind === on.kind && threads[instruction.thread]?.thread.device === on.device;
}

interface Naming {
  perform(id: number): number;
  move(id: number): number;
  handlerNode(thread: number): number;
  lineNode(location: number): number;
  readonly nodes: number;
}

/** Who can disable whom, or be told apart in order. Symmetric. */
function collectConflicts(machine: Machine, scope: Scope, naming: Naming): readonly (readonly Conflict[])[] {
  const { packets, threads, program } = machine;
  const instructions = scope.threads.flatMap((index) => machine.instructions.slice(threads[index]?.first, threads[index]?.end));
  const result: Conflict[][] = [];
  for (let node = 0; node < naming.nodes; node++) result.push([]);
  /** By packet: those that it may leave with as a later word of their burst. */
  const leaders = packets.map(() => new Set<number>());
  for (let grown = true; grown; ) {
    grown = false;
    machine.followers.forEach((list, first) => {
      for (const next of list) {
        for (const leader of [first, ...(leaders[first] as ReadonlySet<number>)]) {
          grown ||= !leaders[next]?.has(leader);
          leaders[next]?.add(leader);
        }
      }
    });
  }
  const add = (first: Act, second: Act): void => {
    for (const a of inBlock(first)) for (const b of inBlock(second)) addPair(a, b);
  };
  const addPair = (a: Act, b: Act): void => {
    if (a.node === b.node) return;
    (result[a.node] as Conflict[]).push({ node: b.node, mine: a.until, theirs: b.until });
    (result[b.node] as Conflict[]).push({ node: a.node, mine: b.until, theirs: a.until });
  };

  /** When an instruction's access happens: performed, or arrived. */
  const access = (instruction: Instruction): Act => {
    const packet = packets[instruction.packet];
    if (packet === undefined || packet.home === 0) return { node: naming.perform(instruction.id), instruction: instruction.id, until: 1 };
    return { node: naming.move(instruction.id), instruction: instruction.id, until: packet.home + 1 };
  };
  /** The same act as part of an indivisible step that another instruction begins. */
  const inBlock = (act: Act): readonly Act[] => {
    const block = machine.instructions[act.instruction]?.block ?? -1;
    const first = leading(act);
    if (first.length > 0) return [act, ...first];
    return block < 0 || block === act.instruction || act.node !== naming.perform(act.instruction)
      ? [act]
      : [act, { node: naming.perform(block), instruction: block, until: 1 }];
  };
  /** A write that leaves as a later word of a burst does so with the first one's step. */
  const leading = (act: Act): readonly Act[] => {
    const own = machine.instructions[act.instruction]?.packet ?? -1;
    const packet = packets[own];
    if (packet === undefined || act.node !== naming.move(act.instruction) || act.until !== packet.home + 1) return [];
    return [...(leaders[own] as ReadonlySet<number>)].map((first) => leaving(first, (packets[first] as Machine["packets"][number]).home));
  };
  /** A packet leaves its hop. */
  const leaving = (number: number, hop: number): Act => {
    const { instruction } = packets[number] as Machine["packets"][number];
    return { node: naming.move(instruction), instruction, until: hop + 1 };
  };
  const always = (node: number, instruction: number): Act => ({ node, instruction, until: ALWAYS });
  const observed = new Set<number>();
  for (const term of program.observed) if (term.kind === "location") observed.add(term.location);
  for (const arrival of machine.arrivals) {
    observed.add(arrival.first.location);
    observed.add(arrival.second.location);
  }
  for (const { thread } of threads) if (thread.on?.kind === "write" || thread.on?.kind === "read") observed.add(thread.on.location);
  /** Locations that an instruction's access may touch (-1: any); a wait looks at several. */
  const touched = (instruction: Instruction): readonly number[] =>
    instruction.kind === "wait" ? instruction.reads.map((read) => read.location) : [instruction.location];
  const accesses = instructions.filter((instruction) => reads(instruction) || writes(instruction));
  const anywhere = accesses.filter((access) => touched(access).includes(-1));
  const looksAnywhere = anywhere.some(reads);
  const at = new Map<number, Instruction[]>();
  for (const access of accesses) {
    for (const location of touched(access)) {
      const list = at.get(location);
      if (list === undefined) at.set(location, [access]);
      else if (list[list.length - 1] !== access) list.push(access);
    }
  }
  const meet = (a: Instruction, b: Instruction): void => {
    if (writes(a) || writes(b)) add(access(a), access(b));
  };
  for (const [location, list] of at) {
    if (location >= 0 && !looksAnywhere && !observed.has(location) && !list.some(reads)) continue;
    for (const [i, a] of list.entries()) for (let k = i + 1; k < list.length; k++) meet(a, list[k] as Instruction);
    if (location >= 0) for (const a of anywhere) for (const b of list) if (a !== b) meet(a, b);
  }

  // An access that ran ahead of one whose address was open discards the run where the two turn out to meet: going first, it would disable the other.
  accesses.forEach((a, i) => {
    if (a.location >= 0 || !inMemory(a)) return;
    for (const b of accesses.slice(i + 1)) if (b.thread === a.thread && inMemory(b)) add(access(a), access(b));
  });

  // What one observer has seen bounds all that it does next, where it looks at locations that CPUs store to.
  if (machine.listLike) {
    const listed = (instruction: Instruction): boolean =>
      instruction.location < 0 || (machine.layout.orderCapacity[instruction.location] as number) > 0;
    accesses.forEach((a, i) => {
      for (const b of accesses.slice(i + 1)) {
        const sameObserver = threads[a.thread]?.observer === threads[b.thread]?.observer;
        const both = (inMemory(a) && inMemory(b)) || (a.kind === "dma-read" && b.kind === "dma-read");
        if (sameObserver && both && listed(a) && listed(b)) add(access(a), access(b));
      }
    });
    for (const fence of instructions) {
      if (fence.kind !== "fence" || !fence.active) continue;
      for (const other of accesses) if ((inMemory(other) || other.kind === "dma-read") && listed(other)) add(access(fence), access(other));
    }
    // DMA that CPUs see one by one takes along what its device has landed before; a read of the device's registers, and its MSI, show it to everybody.
    const landings = instructions.filter(({ id, kind }) => kind === "dma-write" && (machine.message[id] as number) >= 0);
    const deviceOf = (instruction: Instruction): number => threads[instruction.thread]?.thread.device ?? -1;
    landings.forEach((a, i) => {
      for (const b of landings.slice(i + 1)) if (deviceOf(a) === deviceOf(b)) add(access(a), access(b));
    });
    for (const shows of instructions) {
      if (shows.kind !== "msi" && shows.kind !== "pio-read") continue;
      const device = shows.kind === "msi" ? deviceOf(shows) : shows.device;
      if (!landings.some((landing) => deviceOf(landing) === device)) continue;
      const packet = packets[shows.packet];
      const back: Act =
        shows.kind === "pio-read" && packet !== undefined && packet.hops.length > 0
          ? { node: naming.move(shows.id), instruction: shows.id, until: packet.hops.length + 1 }
          : access(shows);
      for (const other of accesses) {
        const lands = landings.includes(other) && deviceOf(other) === device;
        if (lands || ((inMemory(other) || other.kind === "dma-read") && listed(other))) add(back, access(other));
      }
    }
    // A loop that goes round, a handler that runs again: its stores of the last round are seen by all then.
    const stores = (first: number, end: number): boolean =>
      machine.instructions
        .slice(first, end)
        .some((each) => (inMemory(each) && writes(each)) || (each.kind === "dma-write" && (machine.message[each.id] as number) >= 0));
    const repeats = [
      ...instructions.flatMap((each) =>
        each.kind === "loop" && stores(each.to, each.id) ? [always(naming.perform(each.id), each.id)] : [],
      ),
      ...threads.flatMap((thread, index) =>
        thread.handler >= 0 && stores(thread.first, thread.end) ? [always(naming.handlerNode(index), -1)] : [],
      ),
    ];
    for (const repeat of repeats)
      for (const other of accesses) if ((inMemory(other) || other.kind === "dma-read") && listed(other)) add(repeat, access(other));
  }

  /** What answers a packet that waits for its answer. */
  function answering(packet: Machine["packets"][number]): readonly Act[] {
    return instructions.flatMap((each) =>
      each.kind === "answer" && each.location === packet.location
        ? [{ node: naming.perform(each.id), instruction: each.id, until: 1 }]
        : [],
    );
  }

  // Guesses meet the values that decide them.
  for (const branch of instructions) {
    if (branch.kind !== "branch") continue;
    for (const other of instructions) {
      if (other.thread !== branch.thread || other.target < 0) continue;
      const packet = packets[other.packet];
      const act: Act =
        packet === undefined
          ? { node: naming.perform(other.id), instruction: other.id, until: 1 }
          : { node: naming.move(other.id), instruction: other.id, until: packet.hops.length + 1 };
      add(always(naming.perform(branch.id), branch.id), act);
      // An answer that has no way to go back is there at once.
      if (packet !== undefined && packet.held === packet.hops.length)
        for (const answer of answering(packet)) add(always(naming.perform(branch.id), branch.id), answer);
    }
  }

  // Two programs that answer one register: who answers which read is for good.
  for (const a of instructions) {
    if (a.kind !== "answer") continue;
    for (const b of instructions) if (b.kind === "answer" && b.id > a.id && b.location === a.location) add(access(a), access(b));
  }

  // Packets that share a place in which one of them cannot pass the other: who enters first is for good.
  const entries = (packet: number, hop: number): readonly Act[] => {
    const item = packets[packet];
    const id = item?.instruction ?? 0;
    // A reply that was withheld enters when its answer is given.
    if (item !== undefined && item.held > 0 && hop === item.held + 1) return answering(item);
    return [hop === 1 ? { node: naming.perform(id), instruction: id, until: 1 } : { node: naming.move(id), instruction: id, until: hop }];
  };
  const compete = (first: readonly Act[], second: readonly Act[]): void => {
    for (const a of first) for (const b of second) add(a, b);
  };
  for (const packet of scope.packets) {
    for (const [at, waits] of (machine.waits[packet] ?? []).entries())
      for (const wait of waits) compete(entries(packet, at + 1), entries(wait.packet, wait.hop));
  }
  for (const place of machine.places) {
    if (place.credits === Number.POSITIVE_INFINITY) continue;
    place.visitors.forEach((a, i) => {
      for (const b of place.visitors.slice(i + 1)) if (a.packet !== b.packet) compete(entries(a.packet, a.hop), entries(b.packet, b.hop));
    });
  }

  // The table of mappings: what is looked up meets what changes it, and what waits for those that found it; where it was missed, it is gone.
  for (const each of instructions) {
    if (each.mapping < 0) continue;
    const table: Act = { node: naming.perform(each.id), instruction: each.id, until: 1 };
    for (const other of instructions)
      if (other.id > each.id && other.mapping === each.mapping)
        add(table, { node: naming.perform(other.id), instruction: other.id, until: 1 });
    for (const number of scope.packets) {
      const packet = packets[number] as Machine["packets"][number];
      if (packet.lookup > 0 && packet.location === each.mapping) add(table, leaving(number, packet.lookup));
    }
  }
  for (const a of scope.packets) {
    const { lookup, location } = packets[a] as Machine["packets"][number];
    if ((machine.layout.looked[a] as number) < 0) continue;
    for (const b of scope.packets) {
      const other = packets[b] as Machine["packets"][number];
      if (b > a && other.location === location && (machine.layout.looked[b] as number) >= 0)
        add(leaving(a, lookup), leaving(b, other.lookup));
    }
  }

  // A burst: whether a later word is there, and held back by the earlier ones alone.
  for (const [next, firsts] of leaders.entries()) {
    const { home } = packets[next] as Machine["packets"][number];
    for (const first of firsts) {
      const burst = leaving(first, (packets[first] as Machine["packets"][number]).home);
      compete([burst], entries(next, home));
      for (const wait of machine.waits[next]?.[home - 1] ?? []) if (wait.packet !== first) addPair(burst, leaving(wait.packet, wait.hop));
    }
  }

  // What arrived where first.
  const arrives = (instruction: Instruction, { location, value }: Arrival): boolean =>
    (value === undefined ? reads(instruction) : writes(instruction)) && mayMeet(instruction.location, location);
  for (const { first, second } of machine.arrivals) {
    for (const a of instructions) {
      if (arrives(a, first)) for (const b of instructions) if (b.id !== a.id && arrives(b, second)) add(access(a), access(b));
    }
  }

  // A handler's loads look at the pending stores of the thread that it interrupts, and the other way round: covered below by the host's conflicts.
  // Handlers: with what raises them, and with the thread they interrupt.
  for (const index of scope.threads) {
    const thread = threads[index] as MachineThread;
    const on = thread.thread.on;
    if (on === undefined) continue;
    const node = always(naming.handlerNode(index), -1);
    for (const instruction of instructions) {
      if (raises(machine, instruction, on)) add(node, access(instruction));
      const host = thread.host >= 0 && (instruction.thread === thread.host || instruction.thread === index);
      if (host) {
        add(node, { node: naming.perform(instruction.id), instruction: instruction.id, until: ALWAYS });
        if (instruction.packet >= 0) add(node, { node: naming.move(instruction.id), instruction: instruction.id, until: ALWAYS });
      }
    }
    // Handlers of one CPU run one after another: which first is for good.
    for (const other of scope.threads) {
      const { handler, role, thread: is } = threads[other] as MachineThread;
      if (other > index && handler >= 0 && role === "cpu" && thread.role === "cpu" && is.cpu === thread.thread.cpu)
        add(node, always(naming.handlerNode(other), -1));
    }
    if (thread.host < 0) continue;
    // The handler's instructions stand inside its host's window.
    for (const a of instructions) {
      if (a.thread !== thread.host) continue;
      for (const b of instructions) {
        if (b.thread === index) add(always(naming.perform(a.id), a.id), always(naming.perform(b.id), b.id));
      }
    }
  }

  // Two engines of a device hear the same word once.
  const hears = instructions.filter((instruction) => instruction.kind === "hear");
  hears.forEach((a, i) => {
    for (const b of hears.slice(i + 1))
      if (a.device === b.device && threads[a.thread]?.thread.device === threads[b.thread]?.thread.device) add(access(a), access(b));
  });

  // Cache lines move about by themselves.
  for (const index of scope.locations) {
    const location = program.locations[index] as Location;
    if ((machine.layout.copy[index] as number) < 0) continue;
    const node = always(naming.lineNode(index), -1);
    for (const instruction of instructions) {
      const touchesLine = instruction.location < 0 || program.locations[instruction.location]?.line === location.line;
      if (!touchesLine) continue;
      if (reads(instruction) || writes(instruction)) add(node, access(instruction));
      if (instruction.kind === "sync-for-cpu" || instruction.kind === "sync-for-device")
        add(node, { node: naming.perform(instruction.id), instruction: instruction.id, until: 1 });
    }
  }
  for (const sync of instructions) {
    if (sync.kind !== "sync-for-cpu" && sync.kind !== "sync-for-device") continue;
    const number = program.locations[sync.location]?.line;
    for (const other of accesses) {
      if (other.location < 0 || program.locations[other.location]?.line === number)
        add({ node: naming.perform(sync.id), instruction: sync.id, until: 1 }, access(other));
    }
  }
  // On machines whose caches do not snoop, words of one line move together.
  if (!machine.platform.fabric.coherent) {
    accesses.forEach((a, i) => {
      for (const b of accesses.slice(i + 1)) {
        if (a.location < 0 || b.location < 0 || a.location === b.location) continue;
        if (program.locations[a.location]?.line === program.locations[b.location]?.line) add(access(a), access(b));
      }
    });
  }
  return result.map(unique);
}

/** Drops repeated conflicts. */
function unique(list: readonly Conflict[]): readonly Conflict[] {
  if (list.length < 2) return list;
  const seen = new Map<number, Conflict>();
  for (const conflict of list) {
    // Statuses are small numbers; ALWAYS is the one that is not.
    const bounds = Math.min(conflict.mine, 1023) * 1024 + Math.min(conflict.theirs, 1023);
    seen.set(conflict.node * 1024 * 1024 + bounds, conflict);
  }
  return [...seen.values()];
}
