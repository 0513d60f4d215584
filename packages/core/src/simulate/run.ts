/**
 * The run: messages in rings, each a run of the machine, against the clock. An event is a clock that has run out: an instruction is performed, a packet may leave its place, an interrupt is
 * taken. What is possible then, and what becomes of it, the automaton says; whether other messages stand in the way, the queues say.
 */
import { type Instruction, type Machine, stepAction, stepChoice, stepSubject } from "../machine/index.js";
import { anatomyOf, LOADS, STORES } from "./anatomy.js";
import { createAutomaton, type Edge, type End, type Node } from "./automaton.js";
import type { Times } from "./figures.js";
import { accessorOf } from "./figures.js";
import type { Gate } from "./gates.js";
import { createHeap } from "./heap.js";
import { type Passing, passingBetween } from "./neighbours.js";
import { createQueues } from "./queues.js";
import { createRandom } from "./random.js";
import { createCounts, STALLS, type Tally } from "./tally.js";
import type { Workload } from "./workload.js";

// Actions of packed steps (machine/step.ts).
const PERFORM = 0;
const MOVE = 1;
const GUESS_TAKEN = 2;
const GUESS_SKIPPED = 3;
const AGAIN = 4;
const HANDLE = 5;
const CACHE = 6;

// How a clock stands.
const IDLE = 0;
const RUNNING = 1;
/** Run out; the machine does not let it happen yet. */
const OUT = 2;
/** Run out; other messages stand in the way. */
const HELD = 3;

// How a thread stands.
const WAITING = 0;
const WORKING = 1;
const LEAVING = 2;
const DONE = 3;

// How a gate stands.
const OPEN = 0;
const SHUT = 1;
const WAKING = 2;

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
  const { instructions, packets, threads, layout } = machine;
  const automaton = createAutomaton(
    machine,
    gates.map((gate) => gate.location),
  );
  const first = automaton.root;
  const count = instructions.length;
  const threadCount = threads.length;
  const lanes = workload.devices;
  const { depth } = workload;
  const slots = lanes * depth;
  const { span } = times;
  const hopCount = packets.length * span;
  const heap = createHeap();
  const locationCount = machine.program.locations.length;
  const keys = count + threadCount + 1 + locationCount;
  const ARRIVE = count + threadCount;

  // ---------------------------------------------------------------- what stays as it is

  const {
    packetOf,
    threadOf,
    isCpu,
    cpuOf,
    isHandler,
    hosts,
    devices,
    hasCpu,
    hops,
    homes,
    role,
    posted,
    locations,
    stallOf,
    isFence,
    isStore,
    writesMemory,
    passiveCost,
    stopsFetching,
    arms,
    halves,
    isMemory,
    behindAddress,
  } = anatomyOf(machine);
  const deviceCount = Math.max(1, machine.program.devices.length);
  const cpuCount = Math.max(1, machine.cpus);
  const gateOf = new Int32Array(threadCount).fill(-1);
  gates.forEach((gate, index) => {
    gateOf[gate.thread] = index;
  });
  const gatePolled = first.polled;
  const OTHER = STALLS.indexOf("other");
  const FENCE = STALLS.indexOf("fence");
  const choosing = machine.listLike;

  // ---------------------------------------------------------------- what changes

  const nodes: Node[] = Array.from({ length: slots }, () => first);
  const bases: (Node | undefined)[] = Array.from({ length: slots }, () => undefined);
  const flip = new Uint8Array(slots);
  /** The branch that was guessed, where there is a base. */
  const guessed = new Int32Array(slots);
  const alive = new Uint8Array(slots);
  const sequence = new Int32Array(slots);
  const born = new Float64Array(slots);
  const spent = new Int32Array(slots);
  const clock = new Uint8Array(slots * keys);
  const stamp = new Int32Array(slots * keys);
  const running = new Int32Array(slots);
  const out = new Int32Array(slots);
  const threadState = new Uint8Array(slots * threadCount);
  const gateState = new Uint8Array(slots * threadCount);
  const cursor = new Float64Array(slots * threadCount);
  const charged = new Int32Array(slots * threadCount);
  const idleSince = new Float64Array(lanes * threadCount);
  const owner = new Int32Array(slots * Math.max(1, locationCount));
  const seenAt = choosing ? new Float64Array(slots * count) : new Float64Array(0);
  /** When the line of a load comes that was fetched ahead; 0: it was not. */
  const lineReady = new Float64Array(slots * count);
  const enteredAt = new Float64Array(slots * Math.max(1, hopCount));
  const ranOutAt = new Float64Array(slots * Math.max(1, hopCount));
  const consumed = new Float64Array(slots);
  /** CPU time of each thread in its message: work, and stalls by kind; and how both stood when its present round of polling began. */
  const kinds = STALLS.length;
  const spentWork = new Float64Array(slots * threadCount);
  const inRound = new Uint8Array(slots * threadCount);
  const workBefore = new Float64Array(slots * threadCount);
  const stallBefore = new Float64Array(slots * threadCount * kinds);
  const spentPoll = new Float64Array(slots);
  const spentStall = new Float64Array(slots * threadCount * kinds);
  const nextOf = new Int32Array(lanes * threadCount);
  const cpuBusy = new Int32Array(cpuCount).fill(-1);
  const handlersWaiting: number[][] = Array.from({ length: cpuCount }, () => []);
  const deviceFree = new Float64Array(lanes * deviceCount);
  const nextStart = new Int32Array(lanes);
  const arrival = new Float64Array(lanes);
  const arrivalKnown = new Uint8Array(lanes);

  let label = 0;
  const randomHops = Array.from({ length: Math.max(1, hopCount) }, () => createRandom(workload.seed, label++));
  const randomCpu = Array.from({ length: cpuCount }, () => createRandom(workload.seed, label++));
  const randomArrival = Array.from({ length: lanes }, () => createRandom(workload.seed, label++));
  const randomCache = createRandom(workload.seed, label++);
  const interval = workload.rate === undefined ? 0 : (1e9 / workload.rate) * lanes;

  let now = 0;
  let events = 0;
  const wake = (ticket: number): void => {
    // The clock stands at HELD; it runs out again at once.
    clock[ticket] = RUNNING;
    stamp[ticket] = ((stamp[ticket] as number) + 1) | 0;
    heap.push(now, ticket, stamp[ticket] as number);
  };
  const queues = createQueues(times, hopCount, machine.places.length, lanes, depth, passing, wake);

  // ---------------------------------------------------------------- what is counted

  const warmup = Math.min(4 * slots + 16, Math.max(slots, Math.floor(workload.messages / 10)));
  const counts = createCounts(workload.messages, warmup, machine.platform.fabric.places.length);
  const placeIndex = Int32Array.from(times.place, (place) => (place < 0 ? -1 : (machine.places[place]?.place ?? -1)));
  let stopped: Tally["stopped"];

  // ---------------------------------------------------------------- clocks

  function start(ticket: number, slot: number, at: number): void {
    if (clock[ticket] === IDLE) running[slot] = (running[slot] as number) + 1;
    else if (clock[ticket] === OUT) {
      out[slot] = (out[slot] as number) - 1;
      running[slot] = (running[slot] as number) + 1;
    }
    clock[ticket] = RUNNING;
    const mark = ((stamp[ticket] as number) + 1) | 0;
    stamp[ticket] = mark;
    heap.push(at, ticket, mark);
  }

  function rest(ticket: number, slot: number): void {
    const state = clock[ticket];
    if (state === IDLE) return;
    if (state === OUT) out[slot] = (out[slot] as number) - 1;
    else running[slot] = (running[slot] as number) - 1;
    clock[ticket] = IDLE;
    stamp[ticket] = ((stamp[ticket] as number) + 1) | 0;
  }

  // ---------------------------------------------------------------- packets

  function enterPlace(slot: number, id: number, hop: number, from: number): void {
    const packet = packetOf[id] as number;
    const at = packet * span + hop - 1;
    const server = queues.server(slot, at);
    const begin = Math.max(from, queues.free[server] as number);
    const service = times.service[at] as number;
    queues.free[server] = begin + service;
    let way = times.latency[at] as number;
    const jitter = times.jitter[at] as number;
    const random = randomHops[at] as (typeof randomHops)[number];
    if (jitter > 0) way += jitter * random.largest(times.grains[at] as number);
    const tail = times.tailShare[at] as number;
    if (tail > 0 && random.next() < tail) way += (times.tail[at] as number) * random.exponential();
    const until = begin + service + way;
    queues.enter(slot, at);
    const mine = slot * hopCount + at;
    enteredAt[mine] = from;
    ranOutAt[mine] = until;
    const place = counts.places[placeIndex[at] as number];
    if (place !== undefined && counts.measuring) {
      place.packets++;
      place.wait += begin - from;
      place.transit += service + way;
    }
    start(slot * keys + id, slot, until);
  }

  function leavePlace(slot: number, id: number, hop: number): void {
    const at = (packetOf[id] as number) * span + hop - 1;
    const place = counts.places[placeIndex[at] as number];
    if (place !== undefined && counts.measuring) place.held += now - (ranOutAt[slot * hopCount + at] as number);
    queues.leave(slot, at);
  }

  // ---------------------------------------------------------------- threads

  function chargePassive(slot: number, index: number, before: number): number {
    const mine = slot * threadCount + index;
    const from = charged[mine] as number;
    if (before <= from) return 0;
    let sum = 0;
    const path = (nodes[slot] as Node).paths[index] as readonly number[];
    for (const id of path) {
      if (id <= from || id >= before) continue;
      const cost = times.cost[id] as number;
      // Those with a clock of their own are charged when they start.
      if (cost === 0 || !passiveCost[id]) continue;
      sum += cost;
      if (isFence[id] === 1) {
        const stall = (slot * threadCount + index) * kinds + FENCE;
        spentStall[stall] = (spentStall[stall] as number) + cost;
      } else spentWork[slot * threadCount + index] = (spentWork[slot * threadCount + index] as number) + cost;
    }
    charged[mine] = before - 1;
    return sum;
  }

  /** CPU time that went by until now, on account of `cause`. */
  function stallUntil(slot: number, index: number, cause: number): number {
    const mine = slot * threadCount + index;
    const at = cursor[mine] as number;
    if (now > at) {
      const kind = mine * kinds + (cause >= 0 && threadOf[cause] === index ? (stallOf[cause] as number) : OTHER);
      spentStall[kind] = (spentStall[kind] as number) + now - at;
      return now;
    }
    return at;
  }

  function startInstruction(slot: number, id: number, cause: number): void {
    const index = threadOf[id] as number;
    const ticket = slot * keys + id;
    if (isCpu[index] === 0) {
      const server = Math.floor(slot / depth) * deviceCount + (devices[index] as number);
      const cost = times.cost[id] as number;
      if (cost === 0) {
        start(ticket, slot, now);
        return;
      }
      const begin = Math.max(now, deviceFree[server] as number);
      deviceFree[server] = begin + cost;
      start(ticket, slot, begin + cost);
      return;
    }
    const mine = slot * threadCount + index;
    const begin = stallUntil(slot, index, cause) + chargePassive(slot, index, id);
    if (inPolling[id] === 0) inRound[mine] = 0;
    else if (inRound[mine] === 0) markRound(mine);
    const cost = times.cost[id] as number;
    cursor[mine] = begin + cost;
    if ((charged[mine] as number) < id) charged[mine] = id;
    if (isFence[id] === 1) {
      const stall = (slot * threadCount + index) * kinds + FENCE;
      spentStall[stall] = (spentStall[stall] as number) + cost;
    } else spentWork[slot * threadCount + index] = (spentWork[slot * threadCount + index] as number) + cost;
    let delay = times.delay[id] as number;
    if (role[id] !== STORES && (locations[id] as number) >= 0) {
      const cached = owner[slot * locationCount + (locations[id] as number)] as number;
      const loads = role[id] === LOADS || isStore[id] === 1;
      if (loads && cached !== 0 && cached !== (cpuOf[index] as number) + 1) {
        const ready = lineReady[slot * count + id] as number;
        // The line may be on its way already.
        delay = ready > 0 ? Math.max(delay, ready - begin) : delay + times.miss;
        if (role[id] === LOADS) fetchAhead(slot, index, id, begin + delay);
      }
    }
    start(ticket, slot, begin + Math.max(cost, delay));
  }

  /** A load that misses brings the lines of the loads behind it along: what holds these back is the order in which they take their values, unless a fence or an acquire stands between. */
  function fetchAhead(slot: number, index: number, from: number, ready: number): void {
    if (stopsFetching[from] === 1) return;
    for (const id of (nodes[slot] as Node).paths[index] as readonly number[]) {
      if (id <= from) continue;
      if (role[id] === LOADS && lineReady[slot * count + id] === 0) lineReady[slot * count + id] = ready;
      if (stopsFetching[id] === 1) return;
    }
  }

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
        consumed[slot] = Math.max(consumed[slot] as number, now);
        continue;
      }
      const until = stallUntil(slot, index, cause) + chargePassive(slot, index, 1 << 20);
      cursor[mine] = until;
      threadState[mine] = LEAVING;
      start(slot * keys + count + index, slot, until);
    }
  }

  function releaseCpu(slot: number, index: number): void {
    const mine = slot * threadCount + index;
    consumed[slot] = Math.max(consumed[slot] as number, now);
    if (isHandler[index] === 1) {
      threadState[mine] = WAITING;
      const cpu = cpuOf[index] as number;
      if (cpuBusy[cpu] === mine) cpuBusy[cpu] = -1;
      offerCpu(cpu);
      return;
    }
    threadState[mine] = DONE;
    const lane = Math.floor(slot / depth) * threadCount + index;
    nextOf[lane] = (nextOf[lane] as number) + 1;
    idleSince[lane] = now;
    const cpu = cpuOf[index] as number;
    if (cpuBusy[cpu] === mine) cpuBusy[cpu] = -1;
    offerCpu(cpu);
  }

  /** The slot whose turn it is for a thread, or -1. */
  function turn(lane: number, index: number): number {
    const number = nextOf[lane * threadCount + index] as number;
    const slot = lane * depth + (number % depth);
    return alive[slot] === 1 && sequence[slot] === number ? slot : -1;
  }

  function offerCpu(cpu: number): void {
    if (cpuBusy[cpu] !== -1) return;
    const pending = handlersWaiting[cpu] as number[];
    const ticket = pending.shift();
    if (ticket !== undefined) {
      const slot = Math.floor(ticket / keys);
      cpuBusy[cpu] = slot * threadCount + (ticket % keys) - count;
      wake(ticket);
      return;
    }
    let best = -1;
    let bestIndex = -1;
    for (let lane = 0; lane < lanes; lane++) {
      for (let index = 0; index < threadCount; index++) {
        if (cpuOf[index] !== cpu || isHandler[index] === 1) continue;
        const slot = turn(lane, index);
        if (slot < 0) continue;
        const mine = slot * threadCount + index;
        if (threadState[mine] !== WAITING || gateState[mine] !== OPEN) continue;
        if (best < 0 || (born[slot] as number) < (born[best] as number)) {
          best = slot;
          bestIndex = index;
        }
      }
    }
    if (best < 0) return;
    startThread(best, bestIndex);
    settle(best, -1);
  }

  function startThread(slot: number, index: number): void {
    const mine = slot * threadCount + index;
    threadState[mine] = WORKING;
    cursor[mine] = now;
    charged[mine] = -1;
    inRound[mine] = 0;
    if (isCpu[index] === 1) {
      cpuBusy[cpuOf[index] as number] = mine;
      if (gateOf[index] !== -1) {
        const since = Math.max(idleSince[Math.floor(slot / depth) * threadCount + index] as number, born[slot] as number);
        spentPoll[slot] = (spentPoll[slot] as number) + now - since;
      }
    }
  }

  function openGate(slot: number, index: number): void {
    const mine = slot * threadCount + index;
    gateState[mine] = WAKING;
    const lane = Math.floor(slot / depth);
    const cpu = cpuOf[index] as number;
    const idle = cpu < 0 || (cpuBusy[cpu] === -1 && turn(lane, index) === slot);
    // Somewhere in a round of polling.
    const random = randomCpu[cpu < 0 ? 0 : cpu] as (typeof randomCpu)[number];
    start(slot * keys + count + index, slot, idle ? now + times.poll * random.next() : now);
  }

  function watchGates(slot: number): void {
    const { polled } = nodes[slot] as Node;
    for (let i = 0; i < gates.length; i++) {
      const index = (gates[i] as Gate).thread;
      if (gateState[slot * threadCount + index] === SHUT && polled[i] !== gatePolled[i]) openGate(slot, index);
    }
  }

  /** Nothing else is under way in the message: whoever polls has to go on with what there is. */
  function giveUpPolling(slot: number): void {
    if ((running[slot] as number) > 0) return;
    for (let index = 0; index < threadCount; index++) {
      if (isHandler[index] === 1) continue;
      if (threadState[slot * threadCount + index] === WAITING && gateState[slot * threadCount + index] !== SHUT) return;
    }
    for (let index = 0; index < threadCount; index++) {
      if (gateState[slot * threadCount + index] === SHUT && threadState[slot * threadCount + index] === WAITING) openGate(slot, index);
    }
  }

  // ---------------------------------------------------------------- steps

  /**
   * Makes a step happen, the choice among those from `from` on (all of one subject) that time makes. 1: it happened. 0: it cannot be now, the machine says that such a run never
   * was: it waits for others. -1: what was guessed before was wrong, and the message stands before the guess again.
   */
  function happen(slot: number, node: Node, from: number): number {
    // An interrupt is taken as early as it can be.
    const least = stepAction(node.steps[from] as number) === HANDLE;
    for (let at = least ? from : choose(slot, node, from); at >= from; at--) {
      if (automaton.follow(node, at) !== null) {
        apply(slot, at);
        return 1;
      }
    }
    if (bases[slot] === undefined) return 0;
    takeBack(slot);
    return -1;
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
    if (last === from || !choosing || role[id] !== LOADS) return last;
    const location = locations[id] as number;
    if (location < 0) return last;
    const base = layout.order[location] as number;
    for (let at = last; at > from; at--) {
      const choice = stepChoice(node.steps[at] as number);
      if (choice === 0) return at;
      const message = (node.state[base + choice - 1] as number) - 1;
      if ((seenAt[slot * count + (machine.messages[message] as number)] as number) <= now) return at;
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
    const edge = automaton.follow(node, at) as Edge;
    take(slot, edge);
    if (bases[slot] !== undefined && settled(slot)) bases[slot] = undefined;
  }

  /** The atomic that was guessed to store, or not to, has been performed as guessed. */
  function settled(slot: number): boolean {
    const node = nodes[slot] as Node;
    return (arms[guessed[slot] as number] as readonly number[]).some((id) => node.state[layout.status + id] !== 0);
  }

  function takeBack(slot: number): void {
    nodes[slot] = bases[slot] as Node;
    bases[slot] = undefined;
    flip[slot] = 1;
    for (let id = 0; id < count; id++) {
      if (packetOf[id] === -1 && threadOf[id] === threadOf[guessed[slot] as number]) rest(slot * keys + id, slot);
    }
  }

  function take(slot: number, edge: Edge): void {
    const { changes } = edge;
    nodes[slot] = edge.to;
    for (let i = 0; i < changes.length; i += 3) {
      const id = changes[i] as number;
      const before = changes[i + 1] as number;
      const after = changes[i + 2] as number;
      const ticket = slot * keys + id;
      const packet = packetOf[id] as number;
      rest(ticket, slot);
      if (packet >= 0) {
        const last = hops[packet] as number;
        if (before >= 1 && before <= last) leavePlace(slot, id, before);
        if (after >= 1 && after <= last) {
          const index = threadOf[id] as number;
          enterPlace(slot, id, after, before === 0 && isCpu[index] === 1 ? Math.max(now, 0) : now);
        }
        const home = homes[packet] as number;
        if (before <= home && after > home && writesMemory[id] === 1 && (locations[id] as number) >= 0)
          owner[slot * locationCount + (locations[id] as number)] = 1 << 20;
      } else if (after > 0 && (locations[id] as number) >= 0) {
        const index = threadOf[id] as number;
        if (isCpu[index] === 1) owner[slot * locationCount + (locations[id] as number)] = (cpuOf[index] as number) + 1;
      }
      if (choosing && isStore[id] === 1 && after > 0) {
        const random = randomCpu[0] as (typeof randomCpu)[number];
        seenAt[slot * count + id] = times.propagation > 0 ? now + times.propagation * random.exponential() : now;
      }
      if (after === 0) {
        lineReady[slot * count + id] = 0;
        const mine = slot * threadCount + (threadOf[id] as number);
        if ((charged[mine] as number) >= id) charged[mine] = id - 1;
      }
    }
  }

  /** Starts what can start and does what is due in a message, until nothing more happens now. */
  function settle(slot: number, cause: number): void {
    let why = cause;
    for (;;) {
      const node = nodes[slot] as Node;
      const { steps } = node;
      let acted = false;
      let previous = -1;
      for (let at = 0; at < steps.length; at++) {
        const step = steps[at] as number;
        const id = step & 0xfff;
        const action = (step >> 12) & 0xf;
        // Choices of one subject: the first stands for all.
        if ((step & 0xffff) === previous) continue;
        previous = step & 0xffff;
        const ticket = slot * keys + id;
        if (action === MOVE) {
          if (clock[ticket] !== OUT) continue;
          if (!mayGo(slot, id, ticket, node)) continue;
          const happened = happen(slot, node, at);
          if (happened === 0) continue;
          if (happened > 0) why = id;
          acted = true;
          break;
        }
        if (action === PERFORM || action === AGAIN) {
          const index = threadOf[id] as number;
          const standing = threadState[slot * threadCount + index];
          // What was posted may be performed when its thread has long gone on.
          if (standing === WAITING) continue;
          const state = clock[ticket];
          if (state === IDLE) {
            if (standing !== WORKING || aheadOfAddress(node, id)) continue;
            if (action === AGAIN) startAgain(slot, id, ticket, why);
            else startInstruction(slot, id, why);
            continue;
          }
          if (state !== OUT || lineTaken(node, id)) continue;
          const packet = packetOf[id] as number;
          if (packet >= 0 && (hops[packet] as number) > 0) {
            const obstacle = queues.obstacle(slot, -1, packet * span);
            if (obstacle >= 0) {
              hold(slot, ticket, obstacle);
              continue;
            }
          }
          const happened = happen(slot, node, at);
          if (happened === 0) continue;
          // A loop's own status never changes: its clock is put back by hand.
          if (action === AGAIN) rest(ticket, slot);
          if (happened > 0) why = id;
          acted = true;
          break;
        }
        if (action === GUESS_TAKEN || action === GUESS_SKIPPED) {
          // Only where there is nothing to wait for: an atomic that may or may not store.
          if ((instructions[id] as Instruction).value !== undefined) continue;
          if (threadState[slot * threadCount + (threadOf[id] as number)] !== WORKING) continue;
          if (bases[slot] !== undefined || (flip[slot] === 1) !== (action === GUESS_SKIPPED)) continue;
          flip[slot] = 0;
          bases[slot] = node;
          guessed[slot] = id;
          const edge = automaton.follow(node, at);
          if (edge === null) continue;
          take(slot, edge);
          acted = true;
          break;
        }
        if (action === CACHE) {
          // The subject is a location. Its line moves of its own accord some time; nobody waits for that.
          const line = slot * keys + ARRIVE + 1 + id;
          if (clock[line] === IDLE && times.evict > 0) {
            clock[line] = RUNNING;
            stamp[line] = ((stamp[line] as number) + 1) | 0;
            heap.push(now + times.evict * randomCache.exponential(), line, stamp[line] as number);
          }
          continue;
        }
        if (action === HANDLE) {
          // The subject is a thread.
          const handler = slot * keys + count + id;
          const mine = slot * threadCount + id;
          if (threadState[mine] !== WAITING) continue;
          if (clock[handler] === IDLE) {
            start(handler, slot, isCpu[id] === 1 ? now + times.interrupt : now);
            continue;
          }
          if (clock[handler] !== OUT) continue;
          const cpu = cpuOf[id] as number;
          const busy = cpuBusy[cpu] as number;
          const host = hosts[id] as number;
          const nested = isCpu[id] === 0 || (host >= 0 && busy === slot * threadCount + host);
          if (!nested && busy !== -1 && busy !== mine && !nested) {
            out[slot] = (out[slot] as number) - 1;
            running[slot] = (running[slot] as number) + 1;
            clock[handler] = HELD;
            (handlersWaiting[cpu] as number[]).push(handler);
            continue;
          }
          if (happen(slot, node, at) === 0) continue;
          rest(handler, slot);
          {
            threadState[mine] = WORKING;
            if (!nested) cpuBusy[cpu] = mine;
            charged[mine] = -1;
            if (isCpu[id] === 1) {
              cursor[mine] = now + times.interruptWork;
              spentWork[mine] = (spentWork[mine] as number) + times.interruptWork;
            }
          }
          acted = true;
          break;
        }
      }
      if (!acted) break;
    }
    retireThreads(slot, why);
    if (gates.length > 0) {
      watchGates(slot);
      giveUpPolling(slot);
    }
    finish(slot);
  }

  /** The read half of an atomic while another thread is between the halves of one on that location: the line is not to be had. */
  function lineTaken(node: Node, id: number): boolean {
    if (halves.length < 2 || !halves.includes(id)) return false;
    for (const other of halves) {
      if (other === id || (node.state[layout.status + other] as number) === 0) continue;
      if ((node.state[layout.status + (instructions[other] as Instruction).pair] as number) !== 0) continue;
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

  /** Inside a loop that only polls. */
  const inPolling = Uint8Array.from(instructions, ({ id, thread }) =>
    instructions.some(
      ({ kind, operation, ...loop }) =>
        kind === "loop" && operation.kind === "loop" && operation.polls && loop.thread === thread && loop.to <= id && id <= loop.id,
    )
      ? 1
      : 0,
  );

  /** Rounds of polling begin here: what a thread spends until it goes round again was polling. */
  function markRound(mine: number): void {
    inRound[mine] = 1;
    workBefore[mine] = spentWork[mine] as number;
    for (let at = mine * kinds; at < (mine + 1) * kinds; at++) stallBefore[at] = spentStall[at] as number;
  }

  /** A round in vain is over. */
  function countPolling(slot: number, mine: number): void {
    if (inRound[mine] === 0) return;
    let sum = (spentWork[mine] as number) - (workBefore[mine] as number);
    spentWork[mine] = workBefore[mine] as number;
    for (let at = mine * kinds; at < (mine + 1) * kinds; at++) {
      sum += (spentStall[at] as number) - (stallBefore[at] as number);
      spentStall[at] = stallBefore[at] as number;
    }
    spentPoll[slot] = (spentPoll[slot] as number) + sum;
  }

  function startAgain(slot: number, id: number, ticket: number, cause: number): void {
    const index = threadOf[id] as number;
    if (isCpu[index] === 0) {
      start(ticket, slot, now + times.loop);
      return;
    }
    const mine = slot * threadCount + index;
    const begin = stallUntil(slot, index, cause);
    countPolling(slot, mine);
    spentPoll[slot] = (spentPoll[slot] as number) + times.loop;
    cursor[mine] = begin + times.loop;
    start(ticket, slot, begin + times.loop);
  }

  function hold(slot: number, ticket: number, obstacle: number): void {
    out[slot] = (out[slot] as number) - 1;
    running[slot] = (running[slot] as number) + 1;
    clock[ticket] = HELD;
    queues.wait(obstacle, ticket);
  }

  function mayGo(slot: number, id: number, ticket: number, node: Node): boolean {
    const packet = packetOf[id] as number;
    const hop = node.state[layout.status + id] as number;
    const at = packet * span + hop - 1;
    const obstacle = queues.obstacle(slot, at, hop < (hops[packet] as number) ? at + 1 : -1);
    if (obstacle < 0) return true;
    hold(slot, ticket, obstacle);
    return false;
  }

  // ---------------------------------------------------------------- messages

  function begin(lane: number): void {
    for (;;) {
      const number = nextStart[lane] as number;
      const slot = lane * depth + (number % depth);
      if (alive[slot] === 1) return;
      if (arrivalKnown[lane] === 0) {
        if (interval > 0)
          arrival[lane] =
            workload.arrivals === "even"
              ? (number * lanes + lane) * (interval / lanes)
              : (arrival[lane] as number) + interval * (randomArrival[lane] as (typeof randomArrival)[number]).exponential();
        else arrival[lane] = now;
        arrivalKnown[lane] = 1;
      }
      const at = arrival[lane] as number;
      if (at > now) {
        const ticket = slot * keys + ARRIVE;
        if (clock[ticket] === IDLE) {
          stamp[ticket] = ((stamp[ticket] as number) + 1) | 0;
          clock[ticket] = RUNNING;
          heap.push(at, ticket, stamp[ticket] as number);
        }
        return;
      }
      arrivalKnown[lane] = 0;
      nextStart[lane] = number + 1;
      alive[slot] = 1;
      sequence[slot] = number;
      born[slot] = at;
      spent[slot] = 0;
      nodes[slot] = automaton.root;
      bases[slot] = undefined;
      flip[slot] = 0;
      running[slot] = 0;
      out[slot] = 0;
      clock.fill(IDLE, slot * keys, slot * keys + keys);
      owner.fill(0, slot * locationCount, (slot + 1) * locationCount);
      consumed[slot] = 0;
      lineReady.fill(0, slot * count, (slot + 1) * count);
      spentPoll[slot] = 0;
      for (const sums of [spentWork, workBefore]) sums.fill(0, slot * threadCount, (slot + 1) * threadCount);
      for (const sums of [spentStall, stallBefore]) sums.fill(0, slot * threadCount * kinds, (slot + 1) * threadCount * kinds);
      for (let index = 0; index < threadCount; index++) {
        const mine = slot * threadCount + index;
        gateState[mine] = gateOf[index] === -1 ? OPEN : SHUT;
        threadState[mine] = WAITING;
        if (isCpu[index] === 0 && isHandler[index] === 0 && gateState[mine] === OPEN) {
          if (times.start > 0) start(slot * keys + count + index, slot, now + times.start);
          else startThread(slot, index);
        }
      }
      settle(slot, -1);
      for (let cpu = 0; cpu < cpuCount; cpu++) offerCpu(cpu);
    }
  }

  const lost = new Float64Array(STALLS.length);

  function finish(slot: number): void {
    const node = nodes[slot] as Node;
    if (alive[slot] === 0 || !node.ended) return;
    for (let index = 0; index < threadCount; index++) {
      const state = threadState[slot * threadCount + index];
      if (isHandler[index] === 1 ? state !== WAITING : state !== DONE) return;
    }
    alive[slot] = 0;
    for (let what = 0; what < ARRIVE; what++) if (clock[slot * keys + what] !== IDLE) rest(slot * keys + what, slot);
    clock.fill(IDLE, slot * keys + ARRIVE, slot * keys + keys);
    const took = (hasCpu ? (consumed[slot] as number) : now) - (born[slot] as number);
    let work = 0;
    lost.fill(0);
    for (let mine = slot * threadCount; mine < (slot + 1) * threadCount; mine++) {
      work += spentWork[mine] as number;
      for (let kind = 0; kind < kinds; kind++) lost[kind] = (lost[kind] as number) + (spentStall[mine * kinds + kind] as number);
    }
    counts.add(now, node.end as End, took, work, spentPoll[slot] as number, lost);
    if (!counts.finished) freed.push(Math.floor(slot / depth));
  }
  /** Lanes with a free slot: the next message starts when the present event is over. */
  const freed: number[] = [];

  // ---------------------------------------------------------------- the clock

  for (let lane = 0; lane < lanes; lane++) begin(lane);
  while (!counts.finished) {
    for (let lane = freed.pop(); lane !== undefined && !counts.finished; lane = freed.pop()) begin(lane);
    if (counts.finished) break;
    if (!heap.pop()) {
      stopped = "stuck";
      break;
    }
    const ticket = heap.key;
    if (stamp[ticket] !== heap.stamp || clock[ticket] !== RUNNING) continue;
    now = heap.time;
    events++;
    if ((events & 0xffff) === 0) {
      if (interrupted?.() === true) {
        stopped = "interrupted";
        break;
      }
      if (automaton.size > MOST_STATES) {
        automaton.forget();
        counts.forget();
        for (let slot = 0; slot < slots; slot++) {
          (nodes[slot] as Node).edges.length = 0;
          const base = bases[slot];
          if (base !== undefined) base.edges.length = 0;
        }
      }
    }
    const slot = Math.floor(ticket / keys);
    const what = ticket - slot * keys;
    spent[slot] = (spent[slot] as number) + 1;
    if ((spent[slot] as number) > ENDLESS) {
      stopped = "endless";
      break;
    }
    if (what > ARRIVE) {
      clock[ticket] = IDLE;
      const node = nodes[slot] as Node;
      const at = node.steps.findIndex((step) => stepAction(step) === CACHE && stepSubject(step) === what - ARRIVE - 1);
      if (at >= 0 && alive[slot] === 1) happen(slot, node, at);
      settle(slot, -1);
    } else if (what < count) {
      clock[ticket] = OUT;
      running[slot] = (running[slot] as number) - 1;
      out[slot] = (out[slot] as number) + 1;
      settle(slot, -1);
    } else if (what === ARRIVE) {
      clock[ticket] = IDLE;
      begin(Math.floor(slot / depth));
    } else {
      const index = what - count;
      const mine = slot * threadCount + index;
      if (isHandler[index] === 1 && threadState[mine] === WAITING) {
        clock[ticket] = OUT;
        running[slot] = (running[slot] as number) - 1;
        out[slot] = (out[slot] as number) + 1;
        settle(slot, -1);
      } else if (threadState[mine] === LEAVING) {
        rest(ticket, slot);
        releaseCpu(slot, index);
        // Others' turns may have come and gone in between.
        if (alive[slot] === 1) settle(slot, -1);
      } else {
        rest(ticket, slot);
        gateState[mine] = OPEN;
        if (isCpu[index] === 1) offerCpu(cpuOf[index] as number);
        else {
          startThread(slot, index);
          settle(slot, -1);
        }
      }
    }
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
          const instruction = instructions[id] as Instruction;
          names.add(`${threads[index]?.name ?? "?"}: ${accessorOf(instruction)}`);
        }
      });
    }
    return [...names];
  }
}
