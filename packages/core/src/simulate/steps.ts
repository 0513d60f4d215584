/** What happens in a message: what can start is started, and of what time has made due, what the machine allows is done. */
import {
  AGAIN,
  CACHE,
  GUESS_SKIPPED,
  GUESS_TAKEN,
  HANDLE,
  type Instruction,
  MOVE,
  PERFORM,
  stepAction,
  stepChoice,
  stepDeed,
  stepSubject,
} from "../machine/index.js";
import { LOADS } from "./anatomy.js";
import type { Automaton, Edge, Node } from "./automaton.js";
import { IDLE, OUT } from "./clocks.js";
import type { CpuTime } from "./cpu-time.js";
import type { Cpus } from "./cpus.js";
import type { Lines } from "./lines.js";
import type { Mappings } from "./mappings.js";
import { DONE, LEAVING, type Run, WAITING, WORKING } from "./messages.js";
import type { Queues } from "./queues.js";
import type { Random } from "./random.js";
import type { Transit } from "./transit.js";
import { LATER, type Ways } from "./ways.js";

// What became of a step that is due.
/** It cannot be now, or only its clock was started. */
const NOTHING = 0;
/** The message stands elsewhere. */
const CHANGED = 1;
/** The same, and what starts next does so because of it. */
const PERFORMED = 2;

const MAPS = 1;
const UNMAPS = 2;

/** What a conditional atomic is guessed to do next (`Messages.flip`): to store, or to fail; the last, once it has been guessed to fail. Who has been wrong in both is asked in turn: others write meanwhile. */
const TO_STORE = 0;
const TO_FAIL = 1;
const GUESSED_TO_FAIL = 2;

/** What happens in messages. */
export type Steps = ReturnType<typeof createSteps>;

/** `random`: for cache lines that move of their own accord. */
export function createSteps(
  { machine, anatomy, times, extent, clocks, messages }: Run,
  automaton: Automaton,
  queues: Queues,
  transit: Transit,
  cpuTime: CpuTime,
  lines: Lines,
  cpus: Cpus,
  ways: Ways,
  mappings: Mappings,
  random: Random,
) {
  const { instructions, layout, listLike, otherMoves } = machine;
  const { status } = layout;
  const { arms, behindAddress, devices, halves, homes, hops, isCpu, isHandler, isMemory, isStore, locations, packetOf, posted } = anatomy;
  const { role, threadOf, writesMemory } = anatomy;
  const { count, threadCount, lanes, depth, keys, arrivalKey } = extent;
  const { span } = times;
  const { clock, start, rest } = clocks;
  const { bases, consumed, flip, guessed, nodes, threadState } = messages;
  const deviceCount = Math.max(1, machine.program.devices.length);
  /** Instructions that write an entry of the table of mappings. */
  const table = Uint8Array.from(instructions, ({ kind }) => (kind === "map" ? MAPS : kind === "unmap" ? UNMAPS : 0));
  /** By lane and device: when it is through with what it does. */
  const deviceFree = new Float64Array(lanes * deviceCount);

  // ---------------------------------------------------------------- starting

  function startInstruction(slot: number, id: number, cause: number): void {
    const index = threadOf[id] as number;
    const ticket = slot * keys + id;
    const cost = times.cost[id] as number;
    if (isCpu[index] === 1) {
      const begin = cpuTime.perform(slot, index, id, cause);
      start(ticket, slot, begin + Math.max(cost, lines.delay(slot, index, id, begin)));
      return;
    }
    const server = Math.floor(slot / depth) * deviceCount + (devices[index] as number);
    const delay = times.delay[id] as number;
    if (cost === 0) {
      start(ticket, slot, clocks.now + delay);
      return;
    }
    const begin = Math.max(clocks.now, deviceFree[server] as number);
    deviceFree[server] = begin + cost;
    start(ticket, slot, begin + Math.max(cost, delay));
  }

  function startAgain(slot: number, id: number, cause: number): void {
    const index = threadOf[id] as number;
    start(slot * keys + id, slot, isCpu[index] === 1 ? cpuTime.goRound(slot, index, cause) : clocks.now + times.loop);
  }

  /** Threads that have nothing left to start leave; what they posted may still be under way. */
  function retireThreads(slot: number, cause: number): void {
    const node = nodes[slot] as Node;
    for (let index = 0; index < threadCount; index++) {
      const mine = slot * threadCount + index;
      if (threadState[mine] !== WORKING || node.whole[index] !== true) continue;
      const open = node.open[index] as Int32Array;
      let done = true;
      for (let i = 0; i < open.length; i++) {
        const id = open[i] as number;
        if (isCpu[index] === 0 || posted[id] === 0 || clock[slot * keys + id] === IDLE) {
          done = false;
          break;
        }
      }
      if (!done) continue;
      if (isCpu[index] === 0) {
        threadState[mine] = isHandler[index] === 1 ? WAITING : DONE;
        consumed[slot] = Math.max(consumed[slot] as number, clocks.now);
        continue;
      }
      threadState[mine] = LEAVING;
      start(slot * keys + count + index, slot, cpuTime.leave(slot, index, cause));
    }
  }

  // ---------------------------------------------------------------- what the machine allows

  /**
   * Makes a step happen, the choice among those from `from` on (all of one subject) that time makes. `NOTHING`: it cannot be now, the machine says that such a run never was: it waits for
   * others. `CHANGED`: what was guessed before was wrong, and the message stands before the guess again.
   */
  function happen(slot: number, node: Node, from: number): number {
    // An interrupt is taken as early as it can be.
    const least = stepAction(node.steps[from] as number) === HANDLE;
    return happenAmong(slot, node, from, least ? from : choose(slot, node, from));
  }

  /** The same for the choices up to `last`, the latest that can be. */
  function happenAmong(slot: number, node: Node, from: number, last: number): number {
    for (let at = last; at >= from; at--) {
      if (automaton.follow(node, at) !== null) {
        apply(slot, at);
        return PERFORMED;
      }
    }
    if (bases[slot] === undefined) return NOTHING;
    takeBack(slot);
    return CHANGED;
  }

  function choose(slot: number, node: Node, from: number): number {
    const step = node.steps[from] as number;
    const id = stepSubject(step);
    let last = from;
    while (last + 1 < node.steps.length) {
      const other = node.steps[last + 1] as number;
      if (stepSubject(other) !== id || stepAction(other) !== stepAction(step)) break;
      last++;
    }
    if (last === from || !listLike || role[id] !== LOADS) return last;
    const location = locations[id] as number;
    if (location < 0) return last;
    const base = layout.order[location] as number;
    for (let at = last; at > from; at--) {
      const choice = stepChoice(node.steps[at] as number);
      if (choice === 0) return at;
      const message = (node.state[base + choice - 1] as number) - 1;
      if ((lines.seenAt[slot * count + (machine.messages[message] as number)] as number) <= clocks.now) return at;
    }
    return from;
  }

  function apply(slot: number, at: number): void {
    const node = nodes[slot] as Node;
    const step = node.steps[at] as number;
    const base = bases[slot];
    if (base !== undefined) {
      const same = base.steps.indexOf(step);
      const other = same < 0 ? null : automaton.follow(base, same);
      // A step of what was guessed is none of the base's.
      bases[slot] = other === null ? base : other.to;
    }
    take(slot, automaton.follow(node, at) as Edge);
    if (bases[slot] !== undefined && isSettled(slot)) bases[slot] = undefined;
  }

  /** The atomic that was guessed to store, or not to, has been performed as guessed, and what it compares with was known. */
  function isSettled(slot: number): boolean {
    const node = nodes[slot] as Node;
    return (arms[guessed[slot] as number] as readonly number[]).some((id) => {
      const open = layout.open[id] as number;
      return node.state[status + id] !== 0 && (open < 0 || node.state[open] === 0);
    });
  }

  function takeBack(slot: number): void {
    nodes[slot] = bases[slot] as Node;
    bases[slot] = undefined;
    flip[slot] = flip[slot] === GUESSED_TO_FAIL ? TO_STORE : TO_FAIL;
    for (let id = 0; id < count; id++) {
      if (packetOf[id] === -1 && threadOf[id] === threadOf[guessed[slot] as number]) rest(slot * keys + id, slot);
    }
  }

  /** The message goes on to another state. */
  function take(slot: number, edge: Edge): void {
    const { changes } = edge;
    nodes[slot] = edge.to;
    for (let i = 0; i < changes.length; i += 3) {
      const id = changes[i] as number;
      const before = changes[i + 1] as number;
      const after = changes[i + 2] as number;
      const packet = packetOf[id] as number;
      const index = threadOf[id] as number;
      const location = locations[id] as number;
      rest(slot * keys + id, slot);
      if (packet >= 0) {
        const last = hops[packet] as number;
        if (before >= 1 && before <= last) transit.leave(slot, id, before);
        if (after >= 1 && after <= last) transit.enter(slot, id, after);
        const home = homes[packet] as number;
        if (before <= home && after > home && writesMemory[id] === 1 && location >= 0) lines.land(slot, location);
      } else if (after > 0 && location >= 0 && isCpu[index] === 1) lines.touch(slot, location, index);
      if (table[id] !== 0 && after > 0) mappings.write(slot, (instructions[id] as Instruction).mapping, table[id] === UNMAPS);
      if (listLike && isStore[id] === 1 && after > 0) lines.store(slot, id);
      if (after === 0) {
        lines.reopen(slot, id);
        cpuTime.reopen(slot * threadCount + index, id);
      }
    }
  }

  // ---------------------------------------------------------------- what is due

  /** A packet whose time in its place is over. */
  function move(slot: number, node: Node, at: number, id: number): number {
    const ticket = slot * keys + id;
    if (clock[ticket] !== OUT) return NOTHING;
    const packet = packetOf[id] as number;
    const hop = node.state[status + id] as number;
    const here = packet * span + hop - 1;
    const obstacle = queues.obstacle(slot, here, hop < (hops[packet] as number) ? here + 1 : -1);
    if (obstacle >= 0) {
      hold(slot, ticket, obstacle);
      return NOTHING;
    }
    if (!otherMoves) return happen(slot, node, at);
    const way = ways.choose(slot, node, at, packet, hop);
    return way === LATER ? NOTHING : happenAmong(slot, node, way, way);
  }

  function hold(slot: number, ticket: number, obstacle: number): void {
    clocks.hold(ticket, slot);
    queues.wait(obstacle, ticket);
  }

  /** An instruction, or a loop that goes round (`again`): its clock is started, or has run out. */
  function perform(slot: number, node: Node, at: number, id: number, again: boolean, cause: number): number {
    const ticket = slot * keys + id;
    const standing = threadState[slot * threadCount + (threadOf[id] as number)];
    // What was posted may be performed when its thread has long gone on.
    if (standing === WAITING) return NOTHING;
    const state = clock[ticket];
    if (state === IDLE) {
      if (standing !== WORKING || aheadOfAddress(node, id)) return NOTHING;
      if (again) startAgain(slot, id, cause);
      else startInstruction(slot, id, cause);
      return NOTHING;
    }
    if (state !== OUT || lineTaken(node, id)) return NOTHING;
    const packet = packetOf[id] as number;
    const enters =
      packet >= 0 && (hops[packet] as number) > 0 ? packet * span : instructions[id]?.kind === "answer" ? answered(node, at) : -1;
    const obstacle = enters < 0 ? -1 : queues.obstacle(slot, -1, enters);
    if (obstacle >= 0) {
      hold(slot, ticket, obstacle);
      return NOTHING;
    }
    const happened = happen(slot, node, at);
    // A loop's own status never changes: its clock is put back by hand.
    if (again && happened !== NOTHING) rest(ticket, slot);
    return happened;
  }

  /** The hop into which an answer sends the reply that waited for it; -1 where it has no way to go. */
  function answered(node: Node, at: number): number {
    const changes = automaton.follow(node, at)?.changes ?? [];
    for (let i = 0; i < changes.length; i += 3) {
      const packet = packetOf[changes[i] as number] as number;
      const hop = changes[i + 2] as number;
      if (packet >= 0 && changes[i + 1] === machine.packets[packet]?.held)
        return hop <= (hops[packet] as number) ? packet * span + hop - 1 : -1;
    }
    return -1;
  }

  /** A guess is made only where there is nothing to wait for: an atomic that may or may not store. */
  function guess(slot: number, node: Node, at: number, id: number, skipped: boolean): number {
    if ((instructions[id] as Instruction).value !== undefined) return NOTHING;
    if (threadState[slot * threadCount + (threadOf[id] as number)] !== WORKING) return NOTHING;
    if (bases[slot] !== undefined || (flip[slot] === TO_FAIL) !== skipped) return NOTHING;
    flip[slot] = skipped ? GUESSED_TO_FAIL : TO_STORE;
    bases[slot] = node;
    guessed[slot] = id;
    const edge = automaton.follow(node, at);
    if (edge === null) return NOTHING;
    take(slot, edge);
    return CHANGED;
  }

  /** A cache line moves of its own accord some time; nobody waits for that. */
  function evict(slot: number, location: number): number {
    const ticket = slot * keys + arrivalKey + 1 + location;
    if (clock[ticket] === IDLE && times.evict > 0) clocks.startAside(ticket, clocks.now + times.evict * random.exponential());
    return NOTHING;
  }

  /** An interrupt is on its way to its handler, or there. */
  function handle(slot: number, node: Node, at: number, index: number): number {
    const ticket = slot * keys + count + index;
    if (threadState[slot * threadCount + index] !== WAITING) return NOTHING;
    if (clock[ticket] === IDLE) {
      start(ticket, slot, isCpu[index] === 1 ? clocks.now + times.interrupt : clocks.now);
      return NOTHING;
    }
    if (clock[ticket] !== OUT || !cpus.mayInterrupt(slot, index, ticket)) return NOTHING;
    if (happen(slot, node, at) === NOTHING) return NOTHING;
    rest(ticket, slot);
    cpus.startHandler(slot, index);
    return CHANGED;
  }

  /** The read half of an atomic while another thread is between the halves of one on that location: the line is not to be had. */
  function lineTaken(node: Node, id: number): boolean {
    if (halves.length < 2 || !halves.includes(id)) return false;
    for (const other of halves) {
      if (other === id || (node.state[status + other] as number) === 0) continue;
      if ((node.state[status + (instructions[other] as Instruction).pair] as number) !== 0) continue;
      if (locations[other] === locations[id] || (locations[other] as number) < 0 || (locations[id] as number) < 0) return true;
    }
    return false;
  }

  /** An access behind one whose address is not known yet: real CPUs go ahead and take it back where that was wrong; here it waits. */
  function aheadOfAddress(node: Node, id: number): boolean {
    if (behindAddress[id] === 0) return false;
    const open = node.open[threadOf[id] as number] as Int32Array;
    for (let i = 0; i < open.length; i++) {
      const older = open[i] as number;
      if (older < id && (locations[older] as number) < 0 && isMemory[older] === 1) return true;
    }
    return false;
  }

  function tryStep(slot: number, node: Node, at: number, cause: number): number {
    const step = node.steps[at] as number;
    const subject = stepSubject(step);
    const action = stepAction(step);
    switch (action) {
      case MOVE:
        return move(slot, node, at, subject);
      case PERFORM:
      case AGAIN:
        return perform(slot, node, at, subject, action === AGAIN, cause);
      case GUESS_TAKEN:
      case GUESS_SKIPPED:
        return guess(slot, node, at, subject, action === GUESS_SKIPPED);
      case CACHE:
        return evict(slot, subject);
      case HANDLE:
        return handle(slot, node, at, subject);
      default:
        throw new Error(`no such step ${step}`);
    }
  }

  return {
    /** Starts what can start and does what is due in a message, until nothing more happens now. */
    settle(slot: number): void {
      let cause = -1;
      for (let became = CHANGED; became !== NOTHING; ) {
        const node = nodes[slot] as Node;
        const { steps } = node;
        became = NOTHING;
        let previous = -1;
        for (let at = 0; at < steps.length && became === NOTHING; at++) {
          const kind = stepDeed(steps[at] as number);
          // Choices of one subject: the first stands for all.
          if (kind === previous) continue;
          previous = kind;
          became = tryStep(slot, node, at, cause);
          if (became === PERFORMED) cause = stepSubject(steps[at] as number);
        }
      }
      retireThreads(slot, cause);
    },

    /** A cache line moves, if it still can. */
    moveLine(slot: number, location: number): void {
      const node = nodes[slot] as Node;
      const at = node.steps.findIndex((step) => stepAction(step) === CACHE && stepSubject(step) === location);
      if (at >= 0) happen(slot, node, at);
    },
  };
}
