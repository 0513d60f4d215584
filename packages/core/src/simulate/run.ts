/**
 * The run: messages in rings, each a run of the machine, against the clock. An event is a clock that has run out: an instruction is performed, a packet may leave its place, an interrupt is
 * taken. What is possible then, and what becomes of it, the automaton says; whether other messages stand in the way, the queues say.
 */
import type { Instruction, Machine } from "../machine/index.js";
import { anatomyOf } from "./anatomy.js";
import { createAutomaton, type End, type Node } from "./automaton.js";
import { createClocks, IDLE, NONE, STALE } from "./clocks.js";
import { createCpuTime } from "./cpu-time.js";
import { createCpus } from "./cpus.js";
import { accessorOf } from "./figures.js";
import { createPolling, type Gate, OPEN } from "./gates.js";
import { createLines } from "./lines.js";
import { createMappings } from "./mappings.js";
import { createMessages, DONE, extentOf, LEAVING, type Run, WAITING } from "./messages.js";
import { type Passing, passingBetween } from "./neighbours.js";
import { createQueues } from "./queues.js";
import { createRandom, type Random } from "./random.js";
import { createSteps } from "./steps.js";
import { createCounts, STALLS, type Tally } from "./tally.js";
import type { Times } from "./times.js";
import { createTransit } from "./transit.js";
import { createWays } from "./ways.js";
import type { Workload } from "./workload.js";

/** A message that takes more events than this will not end. */
const ENDLESS = 200_000;
/** States kept. */
const MOST_STATES = 60_000;

/**
 * Runs a workload. `interrupted` is asked now and then; `passing` replaces who may pass whom between messages (for tests).
 */
export function runWorkload(
  machine: Machine,
  times: Times,
  gates: readonly Gate[],
  workload: Workload,
  interrupted?: () => boolean,
  passing: Passing = passingBetween(machine),
): Tally {
  const extent = extentOf(machine, workload, times.span);
  const { count, threadCount, cpuCount, hopCount, lanes, depth, slots, keys, arrivalKey } = extent;
  const automaton = createAutomaton(
    machine,
    gates.map((gate) => gate.location),
  );
  const { root } = automaton;
  const anatomy = anatomyOf(machine);
  const { cpuOf, hasCpu, isCpu, isHandler } = anatomy;
  const clocks = createClocks(extent);
  const { clock } = clocks;
  const messages = createMessages(extent, root);
  const { alive, bases, born, consumed, flip, nodes, sequence, spent, threadState } = messages;
  const run: Run = { machine, anatomy, times, extent, clocks, messages };

  let label = 0;
  const streams = (length: number): readonly Random[] => Array.from({ length }, () => createRandom(workload.seed, label++));
  const randomHops = streams(Math.max(1, hopCount));
  const randomCpu = streams(cpuCount);
  const randomArrival = streams(lanes);
  const [randomCache, randomTable] = streams(2) as [Random, Random];

  const warmup = Math.min(4 * slots + 16, Math.max(slots, Math.floor(workload.messages / 10)));
  const counts = createCounts(workload.messages, warmup, machine.platform.fabric.places.length);

  const queues = createQueues(times, hopCount, machine.places.length, lanes, depth, passing, clocks.wake);
  const mappings = createMappings(run, randomTable);
  const transit = createTransit(run, queues, mappings, randomHops, counts);
  const cpuTime = createCpuTime(run);
  const lines = createLines(run, randomCpu[0] as Random);
  const polling = createPolling(run, gates, root, cpuTime, randomCpu);
  const cpus = createCpus(run, cpuTime, polling, settle);
  const ways = createWays(run, automaton, queues, transit, mappings);
  const steps = createSteps(run, automaton, queues, transit, cpuTime, lines, cpus, ways, mappings, randomCache);

  /** By lane: the number of its next message, when that comes, and whether this is known yet. */
  const nextStart = new Int32Array(lanes);
  const arrival = new Float64Array(lanes);
  const arrivalKnown = new Uint8Array(lanes);
  const interval = workload.rate === undefined ? 0 : (1e9 / workload.rate) * lanes;
  /** Lanes with a free slot: the next message starts when the present event is over. */
  const freed: number[] = [];
  const lost = new Float64Array(STALLS.length);

  /** Whatever can happen now in a message happens. */
  function settle(slot: number): void {
    steps.settle(slot);
    if (gates.length > 0) polling.watch(slot, cpus.idle);
    finish(slot);
  }

  // ---------------------------------------------------------------- messages

  function arrivalOf(lane: number, number: number): number {
    if (interval === 0) return clocks.now;
    return workload.arrivals === "even"
      ? (number * lanes + lane) * (interval / lanes)
      : (arrival[lane] as number) + interval * (randomArrival[lane] as Random).exponential();
  }

  /** Starts the messages of a lane that have come and have a slot. */
  function begin(lane: number): void {
    for (;;) {
      const number = nextStart[lane] as number;
      const slot = lane * depth + (number % depth);
      if (alive[slot] === 1) return;
      if (arrivalKnown[lane] === 0) {
        arrival[lane] = arrivalOf(lane, number);
        arrivalKnown[lane] = 1;
      }
      const at = arrival[lane] as number;
      if (at > clocks.now) {
        const ticket = slot * keys + arrivalKey;
        if (clock[ticket] === IDLE) clocks.startAside(ticket, at);
        return;
      }
      arrivalKnown[lane] = 0;
      nextStart[lane] = number + 1;
      alive[slot] = 1;
      sequence[slot] = number;
      born[slot] = at;
      spent[slot] = 0;
      consumed[slot] = 0;
      nodes[slot] = automaton.root;
      bases[slot] = undefined;
      flip[slot] = 0;
      clocks.clear(slot);
      lines.clear(slot);
      mappings.clear(slot);
      ways.clear(slot);
      cpuTime.clear(slot);
      polling.clear(slot);
      threadState.fill(WAITING, slot * threadCount, (slot + 1) * threadCount);
      for (let index = 0; index < threadCount; index++) {
        if (isCpu[index] === 1 || isHandler[index] === 1 || polling.gate[slot * threadCount + index] !== OPEN) continue;
        if (times.start > 0) clocks.start(slot * keys + count + index, slot, clocks.now + times.start);
        else cpus.startThread(slot, index);
      }
      settle(slot);
      for (let cpu = 0; cpu < cpuCount; cpu++) cpus.offer(cpu);
    }
  }

  function finish(slot: number): void {
    const node = nodes[slot] as Node;
    if (alive[slot] === 0 || !node.ended) return;
    for (let index = 0; index < threadCount; index++) {
      if (threadState[slot * threadCount + index] !== (isHandler[index] === 1 ? WAITING : DONE)) return;
    }
    alive[slot] = 0;
    clocks.close(slot);
    const took = (hasCpu ? (consumed[slot] as number) : clocks.now) - (born[slot] as number);
    const work = cpuTime.sum(slot, lost);
    counts.add(clocks.now, node.end as End, took, work, cpuTime.poll[slot] as number, lost);
    if (!counts.finished) freed.push(Math.floor(slot / depth));
  }

  // ---------------------------------------------------------------- events

  /** The clock of a thread has run out: an interrupt is there, a thread is through, or one that polled goes on. */
  function threadDue(slot: number, index: number, ticket: number): void {
    const standing = threadState[slot * threadCount + index];
    if (isHandler[index] === 1 && standing === WAITING) {
      clocks.runOut(ticket, slot);
      settle(slot);
      return;
    }
    clocks.rest(ticket, slot);
    if (standing === LEAVING) {
      cpus.release(slot, index);
      // Others' turns may have come and gone in between.
      if (alive[slot] === 1) settle(slot);
      return;
    }
    polling.open(slot, index);
    if (isCpu[index] === 1) cpus.offer(cpuOf[index] as number);
    else {
      cpus.startThread(slot, index);
      settle(slot);
    }
  }

  function due(slot: number, key: number, ticket: number): void {
    if (key < count) {
      clocks.runOut(ticket, slot);
      settle(slot);
    } else if (key < arrivalKey) threadDue(slot, key - count, ticket);
    else {
      clock[ticket] = IDLE;
      if (key === arrivalKey) begin(Math.floor(slot / depth));
      else {
        if (alive[slot] === 1) steps.moveLine(slot, key - arrivalKey - 1);
        settle(slot);
      }
    }
  }

  /** Nodes are other objects from now on, but for those that messages stand at. */
  function forget(): void {
    automaton.forget();
    counts.forget();
    for (let slot = 0; slot < slots; slot++) {
      (nodes[slot] as Node).edges.length = 0;
      const base = bases[slot];
      if (base !== undefined) base.edges.length = 0;
    }
  }

  let events = 0;
  let stopped: Tally["stopped"];
  for (let lane = 0; lane < lanes; lane++) begin(lane);
  while (!counts.finished) {
    for (let lane = freed.pop(); lane !== undefined && !counts.finished; lane = freed.pop()) begin(lane);
    if (counts.finished) break;
    const ticket = clocks.next();
    if (ticket === STALE) continue;
    if (ticket === NONE) {
      stopped = "stuck";
      break;
    }
    events++;
    if ((events & 0xffff) === 0) {
      if (interrupted?.() === true) {
        stopped = "interrupted";
        break;
      }
      if (automaton.size > MOST_STATES) forget();
    }
    const slot = Math.floor(ticket / keys);
    spent[slot] = (spent[slot] as number) + 1;
    if ((spent[slot] as number) > ENDLESS) {
      stopped = "endless";
      break;
    }
    due(slot, ticket - slot * keys, ticket);
  }
  return { ...counts.total(), events, states: automaton.size, stopped, stuck: stopped === undefined ? [] : stuckNames() };

  function stuckNames(): readonly string[] {
    const names = new Set<string>();
    for (let slot = 0; slot < slots; slot++) {
      if (alive[slot] === 0) continue;
      const node = nodes[slot] as Node;
      node.open.forEach((open, index) => {
        const id = open[0];
        if (id !== undefined && isHandler[index] === 0) {
          const instruction = machine.instructions[id] as Instruction;
          names.add(`${machine.threads[index]?.name ?? "?"}: ${accessorOf(instruction)}`);
        }
      });
    }
    return [...names];
  }
}
