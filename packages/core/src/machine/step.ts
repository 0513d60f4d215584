/**
 * What a step is: the one semantics. A state is an Int32Array (see `Layout` in machine.ts); `steps` lists what can happen next, `apply` makes one of them happen. The
 * explorer, the simulator, replay and the pictures all use these two functions and nothing else.
 *
 * A step that turns a guess out to be wrong makes the state *discarded*: that run never happened.
 */
import { applyBinary } from "../program/evaluate.js";
import { ADDRESS_BASE, type Expression, type Modify } from "../program/program.js";
import type { Instruction, Machine, MachineThread, Packet } from "./machine.js";
import { blocks, extend, follow, GUESSED_SKIPPED, GUESSED_TAKEN, type Path, passive, prepare, SKIPPED, TAKEN } from "./path.js";

export type State = Int32Array;

/** The mask of a write to write-combining memory alone (see `kindBits`). */
const WRITE_COMBINING_OUT = 32;
const WRITE_COMBINING_IN = 16;

/** An instruction is performed, or its packet issued. */
export const PERFORM = 0;
/** A packet leaves its place. */
export const MOVE = 1;
/** A branch is guessed. */
export const GUESS_TAKEN = 2;
export const GUESS_SKIPPED = 3;
/** A loop goes round once more. */
export const AGAIN = 4;
/** An interrupt is taken (subject: the thread; choice: where in the interrupted program). */
export const HANDLE = 5;
/** A cache line is filled (0), dropped (1) or written back (2) of its own accord (subject: the location). */
export const CACHE = 6;

/** A step packed into an integer: subject (an instruction, thread or location), action and choice. */
export function packStep(subject: number, action: number, choice: number): number {
  return subject | (action << 12) | (choice << 16);
}
export const stepSubject = (step: number): number => step & 0xfff;
export const stepAction = (step: number): number => (step >> 12) & 0xf;
export const stepChoice = (step: number): number => step >> 16;

export interface Stepper {
  readonly machine: Machine;
  /** Writes the enabled steps to `out` and returns how many there are. */
  steps(state: State, out: number[]): number;
  /** Performs a step in place. False: the state is discarded. */
  apply(state: State, step: number): boolean;
  /** Every thread has ended and every place is empty. */
  ended(state: State): boolean;
  /** The path of a thread in a state. */
  path(state: State, thread: number): Path;
  /** Is the instruction done, as far as the window is concerned? */
  done(state: State, instruction: number): boolean;
  /** The value that a register has at the end of its thread, as far as it is known (0 otherwise). */
  register(state: State, thread: number, register: number): number;
  /** The last value of a location. */
  location(state: State, location: number): number;
  /**
   * For an instruction that cannot be performed now: instructions one of which has to act first (-1 - t: handler t has to be started). Empty: never again.
   * `packetObstacles`: the same for a packet under way that cannot leave its place; `handlerObstacles`: for a handler that cannot be started.
   */
  obstacles(state: State, instruction: number): readonly number[];
  packetObstacles(state: State, instruction: number): readonly number[];
  handlerObstacles(state: State, thread: number): readonly number[];
  /** Nobody will read the location any more: drop what it holds. */
  forget(state: State, location: number): void;
  /** The memory location an access goes to in this state, or -1 where it is not known yet. */
  address(state: State, instruction: number): number;
}

export function createStepper(machine: Machine): Stepper {
  const { instructions, packets, places, threads, layout, program, listLike, words, observers } = machine;
  const locations = program.locations;
  const { status, value: valueOffset, memory, seen, closure, order, orderCapacity } = layout;
  const roots: (Path | undefined)[] = threads.map(() => undefined);
  const empty: Path = { ids: [], ends: "end", guesses: [], next: [], blockers: [], sameAddress: [], forwards: [], definitions: new Map() };

  /** Read halves of atomics whose halves may be apart. */
  const halves = instructions.filter((instruction) => instruction.kind === "load" && instruction.pair >= 0);

  // ---------------------------------------------------------------- values

  /** Set by `evaluate` when a value it needs is not there yet. */
  let missing = false;
  /** The instruction that value is waiting for. */
  let missingId = -1;

  function definition(path: Path, position: number, thread: MachineThread, register: number): number {
    const key = position * thread.thread.registers.length + register;
    const known = path.definitions.get(key);
    if (known !== undefined) return known;
    let at = position - 1;
    for (; at >= 0; at--) {
      const instruction = instructions[path.ids[at] as number] as Instruction;
      if (instruction.target === register) break;
      if (instruction.kind === "wait" && instruction.reads.some((read) => read.target === register)) break;
      if (instruction.kind === "loop-head" && instruction.registers.includes(register)) break;
    }
    path.definitions.set(key, at);
    return at;
  }

  function lack(id: number): void {
    if (!missing) missingId = id;
    missing = true;
  }

  function registerAt(state: State, path: Path, position: number, thread: MachineThread, register: number): number {
    const at = definition(path, position, thread, register);
    if (at < 0) return thread.thread.initial[register] ?? 0;
    const instruction = instructions[path.ids[at] as number] as Instruction;
    const standing = state[status + instruction.id] as number;
    const slot = valueOffset[instruction.id] as number;
    switch (instruction.kind) {
      case "assign":
        return evaluate(state, path, at, thread, instruction.value as Expression);
      case "loop-head":
        if (standing === 0) return registerAt(state, path, at, thread, register);
        return state[(layout.kept[instruction.id] as number) + instruction.registers.indexOf(register)] as number;
      case "wait":
        if (standing === 0) lack(instruction.id);
        return state[slot + instruction.reads.findIndex((read) => read.target === register)] as number;
      case "pio-read":
      case "dma-read":
      case "dma-atomic":
        if (standing !== lastHops[instruction.id]) lack(instruction.id);
        return state[slot] as number;
      default:
        if (standing === 0) lack(instruction.id);
        return state[slot] as number;
    }
  }

  function evaluate(state: State, path: Path, position: number, thread: MachineThread, expression: Expression): number {
    switch (expression.kind) {
      case "constant":
        return expression.value;
      case "register":
        return registerAt(state, path, position, thread, expression.register);
      case "unary": {
        const operand = evaluate(state, path, position, thread, expression.operand);
        switch (expression.operator) {
          case "!":
            return operand === 0 ? 1 : 0;
          case "~":
            return ~operand;
          case "-":
            return -operand | 0;
        }
        break;
      }
      case "conditional": {
        const condition = evaluate(state, path, position, thread, expression.condition);
        if (missing) return 0;
        return evaluate(state, path, position, thread, condition !== 0 ? expression.then : expression.else);
      }
      case "binary": {
        const a = evaluate(state, path, position, thread, expression.left);
        const b = evaluate(state, path, position, thread, expression.right);
        return applyBinary(expression.operator, a, b);
      }
    }
    return 0;
  }

  /** What a store stores: its expression's value, or what its read half makes of what it read. Sets `missing`. */
  function storedValue(state: State, at: Path, position: number, thread: MachineThread, store: Instruction): number {
    if (store.pair < 0) return evaluate(state, at, position, thread, store.value as Expression);
    if (state[status + store.pair] === 0) {
      lack(store.pair);
      return 0;
    }
    const old = state[(valueOffset[store.pair] as number) + 1] as number;
    return modified(store.modify as Modify, old, (expression) => evaluate(state, at, position, thread, expression)).value;
  }

  // ---------------------------------------------------------------- paths

  function path(state: State, index: number): Path {
    const thread = threads[index] as MachineThread;
    if (thread.handler >= 0 && state[layout.started + thread.handler] === 0) return empty;
    let at = roots[index];
    if (at === undefined) {
      at = extend(machine, thread, [], [], thread.first);
      roots[index] = at;
    }
    while (at.ends === "branch") {
      const position = at.ids.length - 1;
      const branch = instructions[at.ids[position] as number] as Instruction;
      if (branch.value === undefined) {
        const chosen = state[status + branch.id] as number;
        if (chosen === 0) break;
        at = follow(machine, thread, at, chosen === GUESSED_TAKEN ? TAKEN : SKIPPED);
        continue;
      }
      missing = false;
      const condition = evaluate(state, at, position, thread, branch.value);
      if (!missing) at = follow(machine, thread, at, condition !== 0 ? TAKEN : SKIPPED);
      else {
        const guess = state[status + branch.id] as number;
        if (guess === 0) break;
        at = follow(machine, thread, at, guess);
      }
    }
    return at;
  }

  const lastHop = (instruction: Instruction): number => {
    const packet = packets[instruction.packet];
    return packet === undefined ? 1 : packet.hops.length + 1;
  };
  const lastHops = Int32Array.from(instructions, lastHop);
  const passives = instructions.map(passive);

  function isDone(state: State, id: number): boolean {
    if (passives[id] === true) return true;
    const standing = state[status + id] as number;
    const instruction = instructions[id] as Instruction;
    switch (instruction.kind) {
      case "pio-read":
      case "token":
        return standing === lastHops[id];
      case "pio-write":
        return instruction.waits ? standing === lastHops[id] : standing >= 1;
      default:
        return standing >= 1;
    }
  }

  /** Everything that a thread has to do on this path is done, packets apart. */
  function complete(state: State, of: Path): boolean {
    if (of.ends !== "end" || of.guesses.length > 0) return false;
    for (const id of of.ids) if (!isDone(state, id)) return false;
    return true;
  }

  /** The location that an access goes to, or -1 where its address is not known yet. */
  function target(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction): number {
    if (instruction.location >= 0) return instruction.location;
    if (instruction.address === undefined) return -1;
    missing = false;
    const address = evaluate(state, at, position, thread, instruction.address) - ADDRESS_BASE;
    if (missing) return -1;
    return address >= 0 && address < locations.length ? address : -2;
  }

  // ---------------------------------------------------------------- messages (stores that observers see one by one)

  const bitWord = (message: number): number => Math.trunc(message / 31);
  const bitMask = (message: number): number => 1 << (message % 31);
  /** The origin of a read half whose write half can no longer follow it. */
  const lost = machine.messages.length + 1;
  const isAtomicMessage = (message: number): boolean => {
    const instruction = instructions[machine.messages[message] as number] as Instruction;
    return instruction.kind === "rmw" || instruction.pair >= 0;
  };

  /** By location: the observers that can look at it, each with the instructions that do; once these are done, its view does not matter. */
  const watchers: readonly (readonly { readonly observer: number; readonly ids: readonly number[]; readonly always: boolean }[])[] =
    locations.map((_, location) => {
      const byObserver = new Map<number, { observer: number; ids: number[]; always: boolean }>();
      for (const instruction of instructions) {
        const looks = ["load", "store", "rmw", "dma-read", "dma-atomic"].includes(instruction.kind);
        if (!looks || (instruction.location !== location && instruction.location >= 0)) continue;
        const thread = threads[instruction.thread] as MachineThread;
        const watcher = byObserver.get(thread.observer) ?? { observer: thread.observer, ids: [], always: false };
        byObserver.set(thread.observer, watcher);
        watcher.ids.push(instruction.id);
        if (!thread.straight || thread.handler >= 0) watcher.always = true;
      }
      return [...byObserver.values()];
    });

  function orderLength(state: State, location: number): number {
    const base = order[location] as number;
    const capacity = orderCapacity[location] as number;
    let length = 0;
    while (length < capacity && state[base + length] !== 0) length++;
    return length;
  }

  /** How far an observer has seen in a location's order: 0 is the oldest value still kept, k the k-th message. */
  function seenUpTo(state: State, observer: number, location: number): number {
    const base = order[location] as number;
    for (let at = orderLength(state, location) - 1; at >= 0; at--) {
      const message = (state[base + at] as number) - 1;
      if (((state[seen + observer * words + bitWord(message)] as number) & bitMask(message)) !== 0) return at + 1;
    }
    return 0;
  }

  function messageValue(state: State, message: number): number {
    const id = machine.messages[message] as number;
    const slot = valueOffset[id] as number;
    return state[(instructions[id] as Instruction).kind === "rmw" ? slot + 1 : slot] as number;
  }

  function valueAt(state: State, location: number, index: number): number {
    if (index === 0) return state[memory + location] as number;
    return messageValue(state, (state[(order[location] as number) + index - 1] as number) - 1);
  }

  const scratch = new Int32Array(Math.max(1, words));
  const scratchPrior = new Int32Array(Math.max(1, words));

  /** Adds what an instruction's accesses carry to `scratch`. */
  function gather(state: State, id: number): void {
    const from = closure[id] as number;
    if (from >= 0) for (let w = 0; w < words; w++) scratch[w] = (scratch[w] as number) | (state[from + w] as number);
    const before = layout.prior[id] as number;
    if (before >= 0) {
      for (let w = 0; w < words; w++)
        scratchPrior[w] = (scratchPrior[w] as number) | (state[before + w] as number) | (scratch[w] as number);
    }
  }

  function show(state: State, observer: number): void {
    for (let w = 0; w < words; w++) {
      const at = seen + observer * words + w;
      state[at] = (state[at] as number) | (scratch[w] as number);
    }
  }

  function forgetMessage(state: State, message: number): void {
    const w = bitWord(message);
    const keep = ~bitMask(message);
    for (let observer = 0; observer < observers; observer++) {
      const at = seen + observer * words + w;
      state[at] = (state[at] as number) & keep;
    }
    for (const instruction of instructions) {
      const at = closure[instruction.id] as number;
      if (at >= 0) state[at + w] = (state[at + w] as number) & keep;
      const origin = layout.origin[instruction.id] as number;
      if (origin >= 0 && state[origin] === message + 1) state[origin] = 0;
    }
    if (layout.carried >= 0) {
      for (let observer = 0; observer < observers; observer++) {
        for (const first of [layout.carried, layout.carriedPrior]) {
          const at = first + observer * words + w;
          state[at] = (state[at] as number) & keep;
        }
      }
      for (const list of [layout.prior, layout.basePrior]) {
        for (const at of list) if (at >= 0) state[at + w] = (state[at + w] as number) & keep;
      }
    }
    for (const at of layout.baseClosure) if (at >= 0) state[at + w] = (state[at + w] as number) & keep;
    const id = machine.messages[message] as number;
    const slot = valueOffset[id] as number;
    state[(instructions[id] as Instruction).kind === "rmw" ? slot + 1 : slot] = 0;
  }

  /** Drops what nobody can read any more: every observer has seen something newer. */
  function settle(state: State, location: number): void {
    const capacity = orderCapacity[location] as number;
    const base = order[location] as number;
    if (capacity === 0 || state[base] === 0) return;
    let least = orderLength(state, location);
    for (const watcher of watchers[location] as (typeof watchers)[number]) {
      if (!watcher.always && watcher.ids.every((id) => accessDone(state, id))) continue;
      const upTo = seenUpTo(state, watcher.observer, location);
      if (upTo < least) least = upTo;
    }
    if (least === 0) return;
    state[memory + location] = valueAt(state, location, least);
    for (const half of halves) {
      // What an open atomic has read is no longer next to where its write would go.
      const origin = layout.origin[half.id] as number;
      if (origin < 0 || state[status + half.id] === 0 || state[status + half.pair] !== 0 || stepperAddress(state, half.id) !== location)
        continue;
      let kept = false;
      for (let at = least - 1; at < capacity && state[base + at] !== 0; at++) kept ||= state[base + at] === state[origin];
      if (!kept) state[origin] = lost;
    }
    const base0 = layout.baseClosure[location] as number;
    const from = closure[machine.messages[(state[base + least - 1] as number) - 1] as number] as number;
    for (let w = 0; w < words; w++) state[base0 + w] = state[from + w] as number;
    const earlier = layout.basePrior[location] as number;
    if (earlier >= 0) {
      const newest = layout.prior[machine.messages[(state[base + least - 1] as number) - 1] as number] as number;
      for (let w = 0; w < words; w++) state[earlier + w] = (state[earlier + w] as number) | (state[newest + w] as number);
    }
    for (let at = 0; at < least; at++) forgetMessage(state, (state[base + at] as number) - 1);
    for (let at = 0; at < capacity; at++) state[base + at] = at + least < capacity ? (state[base + at + least] as number) : 0;
  }

  function accessDone(state: State, id: number): boolean {
    const packet = packets[(instructions[id] as Instruction).packet];
    return (state[status + id] as number) > (packet === undefined ? 0 : packet.home);
  }

  function settleAll(state: State): void {
    for (let location = 0; location < locations.length; location++) if ((orderCapacity[location] as number) > 0) settle(state, location);
  }

  /** Every message there is. */
  function gatherAll(state: State): void {
    locations.forEach((_, location) => {
      const base = order[location] as number;
      for (let at = orderLength(state, location) - 1; at >= 0; at--) {
        const message = (state[base + at] as number) - 1;
        scratch[bitWord(message)] = (scratch[bitWord(message)] as number) | bitMask(message);
      }
    });
  }

  /** A write that everybody sees at once, last in its location's order: DMA that lands, a device's atomic. */
  function land(state: State, location: number, value: number): void {
    if (listLike) {
      const base = order[location] as number;
      const capacity = orderCapacity[location] as number;
      for (let at = 0; at < capacity && state[base + at] !== 0; at++) {
        forgetMessage(state, (state[base + at] as number) - 1);
        state[base + at] = 0;
      }
      const carried = layout.baseClosure[location] as number;
      if (carried >= 0) for (let w = 0; w < words; w++) state[carried + w] = 0;
      const earlier = layout.basePrior[location] as number;
      if (earlier >= 0) for (let w = 0; w < words; w++) state[earlier + w] = 0;
    }
    state[memory + location] = value;
  }

  function insertMessage(state: State, location: number, index: number, message: number): void {
    const base = order[location] as number;
    for (let at = orderLength(state, location); at > index; at--) state[base + at] = state[base + at - 1] as number;
    state[base + index] = message + 1;
  }

  /** What a store takes along: what must be seen by whoever sees it. Left in `scratch`. */
  function gatherForStore(state: State, at: Path, position: number, instruction: Instruction): void {
    scratch.fill(0);
    scratchPrior.fill(0);
    const later = machine.platform.cpu.devicesSee === "later";
    let everything = instruction.facts.release ? position : -1;
    let stores = -1;
    for (let i = position - 1; i >= 0; i--) {
      const older = instructions[at.ids[i] as number] as Instruction;
      if (older.kind === "fence" && (older.after & 2) !== 0 && instruction.id >= older.youngerFrom) {
        if (older.olderUpTo < older.id) {
          // Only what stands up to the access that the fence belongs to.
          for (let k = 0; k < i; k++)
            if ((at.ids[k] as number) <= older.olderUpTo || at.ids[k] === older.ofLock) gather(state, at.ids[k] as number);
          continue;
        }
        if (older.propagates === "stores" || (later && (older.before & 2) !== 0)) stores = Math.max(stores, i);
        else if (older.propagates !== "none") everything = Math.max(everything, i);
      }
    }
    // unlock, then lock, on this CPU: what stood before the unlock precedes later stores (LKMM po-unlock-lock-po).
    let inherits = false;
    for (let i = position - 1; i > everything; i--) {
      const older = instructions[at.ids[i] as number] as Instruction;
      if (older.inherits) inherits = true;
      else if (inherits && older.kind === "store" && older.facts.lock && older.pair < 0) everything = i;
    }
    if (layout.carried >= 0) {
      const from = layout.carried + (threads[instruction.thread] as MachineThread).observer * words;
      const before = layout.carriedPrior + (threads[instruction.thread] as MachineThread).observer * words;
      for (let w = 0; w < words; w++) {
        scratch[w] = (scratch[w] as number) | (state[from + w] as number);
        scratchPrior[w] = (scratchPrior[w] as number) | (state[before + w] as number) | (scratch[w] as number);
      }
    }
    for (let i = 0; i < position; i++) {
      const older = instructions[at.ids[i] as number] as Instruction;
      const isStore = older.kind === "store" || older.kind === "rmw";
      if (i < everything || (isStore && i < stores) || older.inherits) gather(state, older.id);
    }
  }

  // ---------------------------------------------------------------- caches that do not snoop

  function line(location: number): number[] {
    const number = locations[location]?.line;
    const result: number[] = [];
    locations.forEach((other, index) => {
      if (other.line === number && (layout.copy[index] as number) >= 0) result.push(index);
    });
    return result;
  }
  const lines = locations.map((_, location) => ((layout.copy[location] as number) >= 0 ? line(location) : []));

  function fill(state: State, location: number): void {
    for (const word of lines[location] as number[]) {
      const at = layout.copy[word] as number;
      state[at] = 1;
      state[at + 1] = state[memory + word] as number;
    }
  }
  function drop(state: State, location: number): void {
    for (const word of lines[location] as number[]) {
      const at = layout.copy[word] as number;
      state[at] = 0;
      state[at + 1] = 0;
    }
  }
  function writeBack(state: State, location: number): void {
    for (const word of lines[location] as number[]) {
      const at = layout.copy[word] as number;
      state[memory + word] = state[at + 1] as number;
      state[at] = 1;
    }
  }
  const dirty = (state: State, location: number): boolean =>
    (lines[location] as number[]).some((word) => state[layout.copy[word] as number] === 2);

  function cpuRead(state: State, location: number): number {
    const at = layout.copy[location] as number;
    if (at < 0) return state[memory + location] as number;
    if (state[at] === 0) fill(state, location);
    return state[at + 1] as number;
  }
  function cpuWrite(state: State, location: number, value: number): void {
    const at = layout.copy[location] as number;
    if (at < 0) state[memory + location] = value;
    else {
      if (state[at] === 0) fill(state, location);
      state[at] = 2;
      state[at + 1] = value;
    }
  }

  // ---------------------------------------------------------------- packets

  function queueLength(state: State, place: number): number {
    const { offset, capacity } = places[place] as (typeof places)[number];
    let length = 0;
    while (length < capacity && state[offset + length] !== 0) length++;
    return length;
  }

  function enter(state: State, packet: number, hop: number): void {
    const item = packets[packet] as Packet;
    const place = (item.hops[hop - 1] as { place: number }).place;
    state[(places[place] as { offset: number }).offset + queueLength(state, place)] = packet + 1;
    state[status + item.instruction] = hop;
  }

  function leave(state: State, packet: number, hop: number): void {
    const item = packets[packet] as Packet;
    const { offset, capacity } = places[(item.hops[hop - 1] as { place: number }).place] as (typeof places)[number];
    let at = 0;
    while (state[offset + at] !== packet + 1) at++;
    for (; at < capacity; at++) state[offset + at] = at + 1 < capacity ? (state[offset + at + 1] as number) : 0;
  }

  const postedClass = (kind: string): number =>
    kind === "posted" || kind === "intx" ? 0 : kind === "completion" || kind === "io-completion" ? 2 : 1;

  function hasRoom(state: State, packet: number, hop: number): boolean {
    const hops = (packets[packet] as Packet).hops;
    const at = hops[hop - 1];
    if (at === undefined) return true;
    const place = places[at.place] as (typeof places)[number];
    if (place.credits === Number.POSITIVE_INFINITY) return true;
    let used = 0;
    for (let i = 0; i < place.capacity && state[place.offset + i] !== 0; i++) {
      const other = packets[(state[place.offset + i] as number) - 1] as Packet;
      const otherHop = other.hops[(state[status + other.instruction] as number) - 1];
      if (otherHop !== undefined && postedClass(otherHop.kind) === postedClass(at.kind)) used++;
    }
    return used < place.credits;
  }

  function mayLeave(state: State, packet: number): boolean {
    const item = packets[packet] as Packet;
    const hop = state[status + item.instruction] as number;
    const { offset } = places[(item.hops[hop - 1] as { place: number }).place] as (typeof places)[number];
    const drains =
      (instructions[item.instruction] as Instruction).kind === "token" && (instructions[item.instruction] as Instruction).facts.ordered;
    for (let at = 0; state[offset + at] !== packet + 1; at++) {
      const other = (state[offset + at] as number) - 1;
      const older = packets[other] as Packet;
      if (drains && !older.fields.has("ordered")) continue;
      if (!machine.pass(packet, hop, other, state[status + older.instruction] as number)) return false;
    }
    return hop === item.hops.length || hasRoom(state, packet, hop + 1);
  }

  /** A value arrives at a register: handlers, monitors. */
  function arriveAtRegister(state: State, location: number, value: number): void {
    state[memory + location] = value;
    for (const thread of threads) {
      const on = thread.thread.on;
      if (on?.kind === "write" && on.location === location) {
        const at = layout.pending + thread.handler;
        state[at] = Math.min(3, (state[at] as number) + 1);
      }
    }
    machine.arrivals.forEach((arrival, index) => {
      const at = layout.monitors + index;
      if (state[at] !== 0) {
        if (state[at] === 1 && arrival.second === location && arrival.secondValue === value) state[at] = 2;
        return;
      }
      if (arrival.first === location && arrival.firstValue === value) state[at] = 1;
      else if (arrival.second === location && arrival.secondValue === value) state[at] = 3;
    });
  }

  function interrupt(state: State, kind: "msi" | "intx", device: number, vector: number): void {
    for (const thread of threads) {
      const on = thread.thread.on;
      if (on === undefined || on.kind !== kind || on.device !== device) continue;
      if (on.kind === "msi" && on.vector !== vector) continue;
      state[layout.pending + thread.handler] = 1;
    }
  }

  const modified = (modify: Modify, old: number, value: (expression: Expression) => number): { stores: boolean; value: number } => {
    switch (modify.kind) {
      case "exchange":
        return { stores: true, value: value(modify.value) };
      case "compare":
        return { stores: old === value(modify.expected), value: value(modify.value) };
      case "add-unless":
        return { stores: old !== value(modify.unless), value: (old + value(modify.value)) | 0 };
      case "arithmetic":
        return { stores: true, value: applyBinary(modify.operator, old, value(modify.value)) };
    }
  };

  function returned(instruction: Instruction, old: number, result: { stores: boolean; value: number }): number {
    switch (instruction.returns) {
      case "old":
        return old;
      case "new":
        return result.value;
      case "zero":
        return result.value === 0 ? 1 : 0;
      case "negative":
        return result.value < 0 ? 1 : 0;
      case "success":
        return result.stores ? 1 : 0;
      case "nothing":
        return 0;
    }
  }

  /** How many ways there are for a packet to arrive: a read picks what it sees. */
  function arrivalChoices(state: State, packet: number): readonly [number, number] {
    const item = packets[packet] as Packet;
    const instruction = instructions[item.instruction] as Instruction;
    if (!listLike || instruction.kind !== "dma-read" || item.fields.has("zero-length")) return [0, 0];
    const thread = threads[instruction.thread] as MachineThread;
    const location = resolveIssued(state, instruction);
    if (location < 0 || locations[location]?.space !== "memory") return [0, 0];
    return [seenUpTo(state, thread.observer, location), orderLength(state, location)];
  }

  /** The location of an issued packet's access (devices issue in order: what its address needs was there). */
  function resolveIssued(state: State, instruction: Instruction): number {
    if (instruction.location >= 0) return instruction.location;
    const at = path(state, instruction.thread);
    return target(state, at, at.ids.indexOf(instruction.id), threads[instruction.thread] as MachineThread, instruction);
  }

  /** The end of a packet's request: it does what it came for. */
  function arrive(state: State, packet: number, choice: number): boolean {
    const item = packets[packet] as Packet;
    const instruction = instructions[item.instruction] as Instruction;
    const thread = threads[instruction.thread] as MachineThread;
    const slot = valueOffset[instruction.id] as number;
    const location = resolveIssued(state, instruction);
    const inMemory = location >= 0 && locations[location]?.space === "memory";
    switch (instruction.kind) {
      case "pio-write":
        arriveAtRegister(state, location, state[slot] as number);
        state[slot] = 0;
        break;
      case "pio-read":
        state[slot] = state[memory + location] as number;
        break;
      case "dma-write":
        if (location < 0) break;
        if (inMemory && breaksPair(state, location, -1, -1)) return false;
        if (inMemory) land(state, location, state[slot] as number);
        else arriveAtRegister(state, location, state[slot] as number);
        state[slot] = 0;
        break;
      case "dma-read":
        if (item.fields.has("zero-length") || location < 0) state[slot] = 0;
        else if (!inMemory || !listLike) state[slot] = state[memory + location] as number;
        else {
          state[slot] = valueAt(state, location, choice);
          if (choice > 0) {
            scratch.fill(0);
            const message = (state[(order[location] as number) + choice - 1] as number) - 1;
            gather(state, machine.messages[message] as number);
            show(state, thread.observer);
            settleAll(state);
          }
        }
        break;
      case "dma-atomic": {
        if (location < 0) break;
        const old = valueAt(state, location, listLike && inMemory ? orderLength(state, location) : 0);
        const at = path(state, instruction.thread);
        const position = at.ids.indexOf(instruction.id);
        const result = modified(instruction.modify as Modify, old, (expression) => evaluate(state, at, position, thread, expression));
        if (result.stores) {
          if (inMemory && breaksPair(state, location, -1, -1)) return false;
          if (inMemory) land(state, location, result.value);
          else arriveAtRegister(state, location, result.value);
        }
        state[slot] = returned(instruction, old, result);
        break;
      }
      case "msi":
        interrupt(state, "msi", thread.thread.device, instruction.operation.kind === "msi" ? instruction.operation.vector : 0);
        break;
      case "intx":
        interrupt(state, "intx", thread.thread.device, 0);
        break;
      case "invalidate-done":
        state[layout.invalidated + thread.thread.device] = 1;
        break;
      default:
        break;
    }
    return true;
  }

  /** Sends a packet: into its first place, or straight to its end where the route is empty. */
  function issue(state: State, packet: number): void {
    const item = packets[packet] as Packet;
    if (item.home > 0) enter(state, packet, 1);
    else {
      arrive(state, packet, 0);
      if (item.hops.length > 0) enter(state, packet, 1);
      else state[status + item.instruction] = 1;
    }
  }

  // ---------------------------------------------------------------- what is enabled

  /** Is `id` held back by older instructions of its own window? `position` is its place on the path. */
  function heldBack(state: State, at: Path, position: number, thread: MachineThread): boolean {
    let hard = at.blockers[position];
    if (hard === undefined) {
      prepare(machine, at, position);
      hard = at.blockers[position] as readonly number[];
    }
    for (const id of hard) if (!isDone(state, id)) return true;
    const soft = at.sameAddress[position] as readonly number[];
    if (soft.length > 0) {
      const instruction = instructions[at.ids[position] as number] as Instruction;
      const mine = target(state, at, position, thread, instruction);
      for (const id of soft) {
        if (isDone(state, id)) continue;
        const theirs = target(state, at, at.ids.indexOf(id), thread, instructions[id] as Instruction);
        if (theirs === mine) return true;
        if (theirs === -1 && instruction.kind !== "load" && machine.platform.cpu.addressPending === "no") return true;
      }
    }
    return interrupts && crossBlocked(state, position, thread, at);
  }

  /** Between a handler and the thread it interrupts. */
  const handlersOf: readonly (readonly number[])[] = threads.map((_, host) =>
    threads.flatMap((thread, index) => (thread.host === host ? [index] : [])),
  );

  const sameCpu: readonly (readonly number[])[] = threads.map((thread, index) =>
    threads.flatMap((other, otherIndex) =>
      thread.handler >= 0 && otherIndex !== index && other.handler >= 0 && other.role === "cpu" && other.thread.cpu === thread.thread.cpu
        ? [otherIndex]
        : [],
    ),
  );
  const interrupts = threads.some((thread) => thread.host >= 0);

  function crossBlocked(state: State, position: number, thread: MachineThread, at: Path): boolean {
    const younger = instructions[at.ids[position] as number] as Instruction;
    if (thread.host >= 0) {
      const host = threads[thread.host] as MachineThread;
      const hostPath = path(state, thread.host);
      const taken = Math.min(state[layout.taken + thread.handler] as number, hostPath.ids.length);
      for (let i = 0; i < taken; i++) {
        const older = instructions[hostPath.ids[i] as number] as Instruction;
        if (isDone(state, older.id)) continue;
        const answer = blocks(machine, older, younger, (visit) => {
          for (let k = i + 1; k < taken; k++) if (visit(instructions[hostPath.ids[k] as number] as Instruction)) return true;
          for (let k = 0; k < position; k++) if (visit(instructions[at.ids[k] as number] as Instruction)) return true;
          return false;
        });
        if (answer === 1) return true;
        if (answer === 2 && target(state, hostPath, i, host, older) === target(state, at, position, thread, younger)) return true;
      }
      return false;
    }
    for (const index of handlersOf[threads.indexOf(thread)] as readonly number[]) {
      const handler = threads[index] as MachineThread;
      if (state[layout.started + handler.handler] === 0) continue;
      if (position < (state[layout.taken + handler.handler] as number)) continue;
      const handlerPath = path(state, index);
      if (!complete(state, handlerPath)) {
        if (handlerPath.ends !== "end") return true;
        for (const [i, id] of handlerPath.ids.entries()) {
          if (isDone(state, id)) continue;
          const older = instructions[id] as Instruction;
          const answer = blocks(machine, older, younger, (visit) => {
            for (let k = i + 1; k < handlerPath.ids.length; k++)
              if (visit(instructions[handlerPath.ids[k] as number] as Instruction)) return true;
            for (let k = state[layout.taken + handler.handler] as number; k < position; k++) {
              if (visit(instructions[at.ids[k] as number] as Instruction)) return true;
            }
            return false;
          });
          if (answer === 1) return true;
          if (answer === 2 && target(state, handlerPath, i, handler, older) === target(state, at, position, thread, younger)) return true;
        }
      }
    }
    return false;
  }

  /** Loads may run ahead of an open branch; the rest waits, within the reach of the control dependency. */
  function underGuess(state: State, at: Path, position: number, instruction: Instruction): boolean {
    if (at.guesses.length === 0) return false;
    for (const guess of at.guesses) {
      if (guess >= position) break;
      // Write-combining memory is read ahead of time too (SDM 11.3; Normal-NC on Arm).
      if (instruction.kind === "load" || instruction.mask === WRITE_COMBINING_IN) continue;
      const branch = instructions[at.ids[guess] as number] as Instruction;
      if (machine.platform.cpu.control === "all" || (instruction.mask & 3) === 0) return true;
      if (instruction.id > branch.id && instruction.id < branch.join) return true;
    }
    return false;
  }

  function cpuSteps(state: State, index: number, out: number[], count: number): number {
    const thread = threads[index] as MachineThread;
    const at = path(state, index);
    for (let position = 0; position < at.ids.length; position++) {
      const id = at.ids[position] as number;
      if (passives[id] === true || state[status + id] !== 0) continue;
      const instruction = instructions[id] as Instruction;
      if (underGuess(state, at, position, instruction) || heldBack(state, at, position, thread)) continue;
      count = performSteps(state, at, position, thread, instruction, out, count);
    }
    const lastId = at.ids[at.ids.length - 1];
    if (at.ends === "branch" && lastId !== undefined) {
      // A guess is only worth making where the window can use it.
      out[count++] = packStep(lastId, GUESS_TAKEN, 0);
      out[count++] = packStep(lastId, GUESS_SKIPPED, 0);
    } else if (at.ends === "loop" && lastId !== undefined && at.guesses.length === 0 && roundDone(state, at)) {
      if ((handlersOf[index] as readonly number[]).every((other) => handlerIdle(state, other))) out[count++] = packStep(lastId, AGAIN, 0);
    }
    return count;
  }

  const handlerIdle = (state: State, index: number): boolean => {
    const handler = threads[index] as MachineThread;
    if (state[layout.started + handler.handler] === 0) return true;
    const at = path(state, index);
    return complete(state, at) && at.ids.every((id) => isFinished(state, id));
  };

  /** The round of the loop that ends here is done. */
  function roundDone(state: State, at: Path): boolean {
    const loop = instructions[at.ids[at.ids.length - 1] as number] as Instruction;
    for (const id of at.ids) if (id >= loop.to && !isFinished(state, id)) return false;
    return true;
  }

  /** Done, and its packet at the end of its way: the instruction can be used again. */
  function isFinished(state: State, id: number): boolean {
    if (passives[id] === true) return true;
    const instruction = instructions[id] as Instruction;
    return instruction.packet >= 0 ? state[status + id] === lastHops[id] : isDone(state, id);
  }

  function performSteps(
    state: State,
    at: Path,
    position: number,
    thread: MachineThread,
    instruction: Instruction,
    out: number[],
    count: number,
  ): number {
    const { id } = instruction;
    switch (instruction.kind) {
      case "load": {
        const location = target(state, at, position, thread, instruction);
        if (location === -1) return count;
        const forward = instruction.modify !== undefined ? -1 : forwarding(state, at, position, thread, location);
        if (forward === -2) return count;
        if (instruction.modify !== undefined) {
          missing = false;
          for (const expression of modifyExpressions(instruction.modify)) evaluate(state, at, position, thread, expression);
          if (missing) return count;
          return halfSteps(state, at, position, thread, instruction, location, out, count);
        }
        if (forward >= 0 || !listLike || location < 0) {
          out[count++] = packStep(id, PERFORM, 0);
          return count;
        }
        const end = orderLength(state, location);
        for (let choice = seenUpTo(state, thread.observer, location); choice <= end; choice++) out[count++] = packStep(id, PERFORM, choice);
        return count;
      }
      case "store": {
        const location = target(state, at, position, thread, instruction);
        if (location === -1) return count;
        missing = false;
        storedValue(state, at, position, thread, instruction);
        if (missing) return count;
        if (instruction.pair >= 0 && listLike && location >= 0) {
          // What the read half read must still be the last that this CPU has seen; else the run never happened (`apply` says so).
          out[count++] = packStep(id, PERFORM, Math.max(0, originIndex(state, location, instruction.pair)));
          return count;
        }
        if (!listLike || location < 0) {
          out[count++] = packStep(id, PERFORM, 0);
          return count;
        }
        const end = orderLength(state, location);
        const base = order[location] as number;
        for (
          let choice = instruction.global || machine.platform.cpu.multiCopyAtomic ? end : seenUpTo(state, thread.observer, location);
          choice <= end;
          choice++
        ) {
          if (choice < end && isAtomicMessage((state[base + choice] as number) - 1)) continue;
          out[count++] = packStep(id, PERFORM, choice);
        }
        return count;
      }
      case "rmw": {
        const location = target(state, at, position, thread, instruction);
        if (location === -1) return count;
        missing = false;
        if (instruction.modify !== undefined)
          modified(instruction.modify, 0, (expression) => evaluate(state, at, position, thread, expression));
        if (missing) return count;
        return halfSteps(state, at, position, thread, instruction, location, out, count);
      }
      case "pio-write":
        missing = false;
        evaluate(state, at, position, thread, instruction.value as Expression);
        if (missing) return count;
        if (hasRoom(state, instruction.packet, 1)) out[count++] = packStep(id, PERFORM, 0);
        if (swallowed(at, position, instruction)) out[count++] = packStep(id, PERFORM, 1);
        return count;
      case "pio-read":
      case "token":
        if (hasRoom(state, instruction.packet, 1)) out[count++] = packStep(id, PERFORM, 0);
        return count;
      case "fence":
      case "sync-for-cpu":
      case "sync-for-device":
        out[count++] = packStep(id, PERFORM, 0);
        return count;
      case "ats-wait":
        if (state[layout.invalidated + instruction.device] !== 0) out[count++] = packStep(id, PERFORM, 0);
        return count;
      default:
        return count;
    }
  }

  /** The read half of an atomic, or a whole one: which messages it may read. */
  function halfSteps(
    state: State,
    at: Path,
    position: number,
    thread: MachineThread,
    instruction: Instruction,
    location: number,
    out: number[],
    from: number,
  ): number {
    let count = from;
    if (!listLike || location < 0) {
      if (instruction.locks && location >= 0 && cachedValue(state, location) !== 0) return count;
      out[count++] = packStep(instruction.id, PERFORM, 0);
      return count;
    }
    const end = orderLength(state, location);
    const base = order[location] as number;
    for (
      let choice =
        instruction.locks || instruction.global || machine.platform.cpu.multiCopyAtomic ? end : seenUpTo(state, thread.observer, location);
      choice <= end;
      choice++
    ) {
      if (instruction.locks && valueAt(state, location, choice) !== 0) continue;
      const value = (expression: Expression): number => evaluate(state, at, position, thread, expression);
      const stores = modified(instruction.modify as Modify, valueAt(state, location, choice), value).stores;
      if (stores && choice < end && isAtomicMessage((state[base + choice] as number) - 1)) continue;
      out[count++] = packStep(instruction.id, PERFORM, choice);
    }
    return count;
  }

  /** Where the message stands that a read half has read. */
  function originIndex(state: State, location: number, read: number): number {
    const origin = state[layout.origin[read] as number] as number;
    if (origin === 0) return 0;
    if (origin === lost) return -1;
    const base = order[location] as number;
    let at = 0;
    while (state[base + at] !== origin) at++;
    return at + 1;
  }

  /** A write-combining buffer may take a later write to the same word before it sends the earlier one. */
  function swallowed(at: Path, position: number, instruction: Instruction): boolean {
    if (instruction.mask !== WRITE_COMBINING_OUT) return false;
    for (let i = position + 1; i < at.ids.length; i++) {
      if (at.guesses.some((guess) => guess < i)) return false;
      const younger = instructions[at.ids[i] as number] as Instruction;
      if (younger.kind === "token" || (younger.kind === "fence" && (younger.before & instruction.mask) !== 0)) return false;
      if (younger.location === instruction.location && younger.kind === "pio-read") return false;
      if (younger.location === instruction.location && younger.mask === instruction.mask) return true;
      // Any other access to uncached registers of the device empties the buffer.
      if (machine.window(instruction, younger) === 0) return false;
    }
    return false;
  }

  function cachedValue(state: State, location: number): number {
    const at = layout.copy[location] as number;
    return at >= 0 && state[at] !== 0 ? (state[at + 1] as number) : (state[memory + location] as number);
  }

  /** Where the store stands that `forwarding` found. */
  let forwardPath = empty;
  let forwardPosition = -1;
  let forwardThread = threads[0] as MachineThread;

  /** The youngest pending store to the location on a path between two positions: -1 none, -2 it has no value yet. */
  function pendingStore(state: State, at: Path, from: number, below: number, thread: MachineThread, location: number): number {
    for (let where = below - 1; where >= from; where--) {
      const store = instructions[at.ids[where] as number] as Instruction;
      if (store.kind !== "store" || state[status + store.id] !== 0 || target(state, at, where, thread, store) !== location) continue;
      missing = false;
      storedValue(state, at, where, thread, store);
      if (missing) return -2;
      forwardPath = at;
      forwardPosition = where;
      forwardThread = thread;
      return store.id;
    }
    return -1;
  }

  /** The own store that a load takes its value from: -1 none, -2 it exists but has no value yet. A handler stands inside the program that it interrupts. */
  function forwarding(state: State, at: Path, position: number, thread: MachineThread, location: number): number {
    if ((at.forwards[position] as readonly number[]).length === 0 && !interrupts) return -1;
    if (thread.host >= 0) {
      const own = pendingStore(state, at, 0, position, thread, location);
      if (own !== -1) return own;
      const host = threads[thread.host] as MachineThread;
      const hostPath = path(state, thread.host);
      return pendingStore(
        state,
        hostPath,
        0,
        Math.min(state[layout.taken + thread.handler] as number, hostPath.ids.length),
        host,
        location,
      );
    }
    let below = position;
    for (const index of handlersOf[threads.indexOf(thread)] as readonly number[]) {
      const handler = threads[index] as MachineThread;
      const taken = state[layout.taken + handler.handler] as number;
      if (state[layout.started + handler.handler] === 0 || taken > position) continue;
      const since = pendingStore(state, at, taken, below, thread, location);
      if (since !== -1) return since;
      const handlerPath = path(state, index);
      const inside = pendingStore(state, handlerPath, 0, handlerPath.ids.length, handler, location);
      if (inside !== -1) return inside;
      below = Math.min(below, taken);
    }
    return pendingStore(state, at, 0, below, thread, location);
  }

  function deviceSteps(state: State, index: number, out: number[], count: number): number {
    const thread = threads[index] as MachineThread;
    const at = path(state, index);
    for (let position = 0; position < at.ids.length; position++) {
      const id = at.ids[position] as number;
      if (passives[id] === true || state[status + id] !== 0) continue;
      // In order: the first that has not been issued, and nothing behind it.
      if (deviceReady(state, at, position, thread, instructions[id] as Instruction)) out[count++] = packStep(id, PERFORM, 0);
      return count;
    }
    const lastId = at.ids[at.ids.length - 1];
    if (at.ends === "loop" && lastId !== undefined && roundDone(state, at)) out[count++] = packStep(lastId, AGAIN, 0);
    return count;
  }

  function deviceReady(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction): boolean {
    missing = false;
    switch (instruction.kind) {
      case "dma-write":
      case "dma-read":
      case "dma-atomic":
        if (instruction.address !== undefined) evaluate(state, at, position, thread, instruction.address);
        if (instruction.value !== undefined) evaluate(state, at, position, thread, instruction.value);
        if (instruction.modify !== undefined)
          modified(instruction.modify, 0, (expression) => evaluate(state, at, position, thread, expression));
        return !missing && hasRoom(state, instruction.packet, 1);
      case "msi":
      case "intx":
      case "invalidate-done":
        return hasRoom(state, instruction.packet, 1);
      case "register-write":
        evaluate(state, at, position, thread, instruction.value as Expression);
        return !missing;
      case "wait":
        return waitHolds(state, at, position, thread, instruction);
      case "hear":
        return (state[tellSlot(instruction.device, thread.thread.device)] ?? 0) > 0;
      default:
        return true;
    }
  }

  function tellSlot(from: number, to: number): number {
    const at = machine.tellPairs.findIndex(([a, b]) => a === from && b === to);
    return at < 0 ? -1 : layout.tells + at;
  }

  /** Reads the own registers of a `wait` into its slots for the time of the question. */
  function waitHolds(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction): boolean {
    const slot = valueOffset[instruction.id] as number;
    instruction.reads.forEach((read, i) => {
      state[slot + i] = state[memory + read.location] as number;
    });
    missing = false;
    // The reads are defined by the wait itself: ask as if standing just behind it.
    state[status + instruction.id] = 1;
    const holdsNow = evaluate(state, at, position + 1, thread, instruction.value as Expression) !== 0 && !missing;
    state[status + instruction.id] = 0;
    instruction.reads.forEach((_, i) => {
      state[slot + i] = 0;
    });
    return holdsNow;
  }

  function steps(state: State, out: number[]): number {
    let count = 0;
    for (let index = 0; index < threads.length; index++) {
      const thread = threads[index] as MachineThread;
      if (thread.handler >= 0) count = handlerSteps(state, index, out, count);
      count = thread.role === "cpu" ? cpuSteps(state, index, out, count) : deviceSteps(state, index, out, count);
    }
    for (let packet = 0; packet < packets.length; packet++) {
      const item = packets[packet] as Packet;
      const hop = state[status + item.instruction] as number;
      if (hop < 1 || hop > item.hops.length || !mayLeave(state, packet)) continue;
      if (!listLike || hop !== item.home) {
        out[count++] = packStep(item.instruction, MOVE, 0);
        continue;
      }
      const [first, last] = arrivalChoices(state, packet);
      for (let choice = first; choice <= last; choice++) out[count++] = packStep(item.instruction, MOVE, choice);
    }
    for (let location = 0; location < locations.length; location++) {
      const at = layout.copy[location] as number;
      if (at < 0 || (lines[location] as number[])[0] !== location) continue;
      if (state[at] === 0) out[count++] = packStep(location, CACHE, 0);
      else if (dirty(state, location)) out[count++] = packStep(location, CACHE, 2);
      else out[count++] = packStep(location, CACHE, 1);
    }
    return count;
  }

  /** A pending interrupt is taken: anywhere in the interrupted program where nothing younger was performed. */
  function handlerSteps(state: State, index: number, out: number[], count: number): number {
    const thread = threads[index] as MachineThread;
    if (state[layout.pending + thread.handler] === 0 || !handlerIdle(state, index)) return count;
    // Handlers of one CPU run one after another.
    for (const other of sameCpu[index] as readonly number[]) if (!handlerIdle(state, other)) return count;
    if (thread.host < 0) {
      out[count++] = packStep(index, HANDLE, 0);
      return count;
    }
    const hostPath = path(state, thread.host);
    let least = 0;
    hostPath.ids.forEach((id, position) => {
      if (passives[id] !== true && state[status + id] !== 0) least = position + 1;
    });
    let masked = false;
    const limit = hostPath.guesses[0] ?? hostPath.ids.length;
    for (let position = 0; position <= limit; position++) {
      if (position >= least && !masked) {
        const next = hostPath.ids[position];
        // Points with nothing but done instructions between them are the same point.
        const masks = next !== undefined && (instructions[next] as Instruction).kind === "interrupts";
        if (position === limit || masks || (next !== undefined && passives[next] !== true && state[status + next] === 0))
          out[count++] = packStep(index, HANDLE, position);
      }
      const id = hostPath.ids[position];
      const instruction = id === undefined ? undefined : (instructions[id] as Instruction);
      if (instruction?.kind === "interrupts") masked = !instruction.enable;
    }
    return count;
  }

  // ---------------------------------------------------------------- why not

  const writersOf = (location: number): readonly number[] =>
    instructions.flatMap((instruction) =>
      ["store", "rmw", "register-write", "pio-write", "dma-write", "dma-atomic"].includes(instruction.kind) &&
      (instruction.location === location || instruction.location < 0)
        ? [instruction.id]
        : [],
    );
  const writers = locations.map((_, location) => writersOf(location));
  const idsOf = (thread: MachineThread): readonly number[] => Array.from({ length: thread.end - thread.first }, (_, i) => thread.first + i);
  const inPlace = (state: State, place: number): readonly number[] => {
    const { offset, capacity } = places[place] as (typeof places)[number];
    const result: number[] = [];
    for (let i = 0; i < capacity && state[offset + i] !== 0; i++)
      result.push((packets[(state[offset + i] as number) - 1] as Packet).instruction);
    return result;
  };

  /** What has to act before a path can grow. */
  function beyond(state: State, at: Path): readonly number[] {
    const last = at.ids[at.ids.length - 1];
    if (last === undefined || at.ends === "end") return [];
    const instruction = instructions[last] as Instruction;
    if (at.ends === "loop")
      return [last, ...at.ids.filter((id) => id >= instruction.to && !isFinished(state, id)), ...guessProviders(state, at)];
    const thread = threads[instruction.thread] as MachineThread;
    if (instruction.value === undefined) return [last];
    missing = false;
    evaluate(state, at, at.ids.length - 1, thread, instruction.value);
    return missing ? [last, missingId] : [last];
  }

  function guessProviders(state: State, at: Path): readonly number[] {
    return at.guesses.flatMap((guess) => {
      const branch = instructions[at.ids[guess] as number] as Instruction;
      missing = false;
      evaluate(state, at, guess, threads[branch.thread] as MachineThread, branch.value as Expression);
      return missing ? [missingId] : [];
    });
  }

  const lacking = (
    state: State,
    at: Path,
    position: number,
    thread: MachineThread,
    expressions: readonly (Expression | undefined)[],
  ): number => {
    missing = false;
    for (const expression of expressions) if (expression !== undefined) evaluate(state, at, position, thread, expression);
    return missing ? missingId : -1;
  };

  const modifyExpressions = (modify: Modify | undefined): readonly Expression[] => {
    if (modify === undefined) return [];
    switch (modify.kind) {
      case "compare":
        return [modify.expected, modify.value];
      case "add-unless":
        return [modify.value, modify.unless];
      default:
        return [modify.value];
    }
  };

  function obstacles(state: State, id: number): readonly number[] {
    const instruction = instructions[id] as Instruction;
    const thread = threads[instruction.thread] as MachineThread;
    if (thread.handler >= 0 && (state[layout.started + thread.handler] === 0 || state[status + id] !== 0)) return [-1 - instruction.thread];
    const at = path(state, instruction.thread);
    const position = at.ids.indexOf(id);
    if (position < 0 || passives[id] === true || state[status + id] !== 0) {
      const result = beyond(state, at);
      return result.length === 0 && thread.handler >= 0 ? [-1 - instruction.thread] : result;
    }
    if (thread.role === "device") {
      for (let i = 0; i < position; i++) {
        const before = at.ids[i] as number;
        if (passives[before] !== true && state[status + before] === 0) return [before];
      }
    } else {
      for (const guess of at.guesses) {
        if (guess < position && underGuess(state, at, position, instruction)) return guessProviders(state, at);
      }
      if (at.blockers[position] === undefined) prepare(machine, at, position);
      for (const blocker of at.blockers[position] as readonly number[]) if (!isDone(state, blocker)) return [blocker];
      if (heldBack(state, at, position, thread)) {
        const soft = (at.sameAddress[position] as readonly number[]).filter((blocker) => !isDone(state, blocker));
        const own = lacking(state, at, position, thread, [instruction.address]);
        const addresses = soft.map((blocker) => lacking(state, at, at.ids.indexOf(blocker), thread, [instructions[blocker]?.address]));
        const others = thread.host >= 0 ? [thread.host] : (handlersOf[instruction.thread] as readonly number[]);
        return [...soft, own, ...addresses, ...others.flatMap((other) => idsOf(threads[other] as MachineThread))].filter(
          (each) => each >= 0,
        );
      }
    }
    if (instruction.kind === "store" && instruction.pair >= 0 && state[status + instruction.pair] === 0) return [instruction.pair];
    const absent = lacking(state, at, position, thread, [
      instruction.address,
      instruction.kind === "wait" ? undefined : instruction.value,
      ...modifyExpressions(instruction.modify),
    ]);
    if (absent >= 0) return [absent];
    switch (instruction.kind) {
      case "load": {
        const location = target(state, at, position, thread, instruction);
        if (instruction.modify !== undefined) return location < 0 ? [] : (writers[location] as readonly number[]);
        const forward = forwarding(state, at, position, thread, location);
        return forward === -2 ? [missingId] : [];
      }
      case "rmw": {
        const location = target(state, at, position, thread, instruction);
        return location < 0 ? [] : (writers[location] as readonly number[]).filter((writer) => writer !== id);
      }
      case "wait": {
        waitHolds(state, at, position, thread, instruction);
        const missed = missing ? [missingId] : [];
        return [...missed, ...instruction.reads.flatMap((read) => writers[read.location] as readonly number[])];
      }
      case "hear":
        return instructions.flatMap((other) =>
          other.kind === "tell" && other.device === thread.thread.device && threads[other.thread]?.thread.device === instruction.device
            ? [other.id]
            : [],
        );
      case "ats-wait":
        return instructions.flatMap((other) =>
          other.kind === "invalidate-done" && threads[other.thread]?.thread.device === instruction.device ? [other.id] : [],
        );
      default: {
        const first = packets[instruction.packet]?.hops[0];
        return first === undefined ? [] : inPlace(state, first.place);
      }
    }
  }

  function packetObstacles(state: State, id: number): readonly number[] {
    const packet = (instructions[id] as Instruction).packet;
    const item = packets[packet] as Packet;
    const hop = state[status + id] as number;
    const here = (item.hops[hop - 1] as { place: number }).place;
    const { offset } = places[here] as (typeof places)[number];
    for (let at = 0; state[offset + at] !== packet + 1; at++) {
      const other = (state[offset + at] as number) - 1;
      const older = (packets[other] as Packet).instruction;
      if (!machine.pass(packet, hop, other, state[status + older] as number)) return [older];
    }
    const next = item.hops[hop];
    return next === undefined ? [] : inPlace(state, next.place);
  }

  const raisers = threads.map((thread) => {
    const on = thread.thread.on;
    if (on === undefined) return [];
    if (on.kind === "write") return writersOf(on.location);
    return instructions.flatMap((instruction) =>
      instruction.kind === on.kind && threads[instruction.thread]?.thread.device === on.device ? [instruction.id] : [],
    );
  });

  function handlerObstacles(state: State, index: number): readonly number[] {
    const thread = threads[index] as MachineThread;
    if (state[layout.pending + thread.handler] === 0) return raisers[index] as readonly number[];
    const own = idsOf(thread);
    return thread.host >= 0 ? [...own, ...idsOf(threads[thread.host] as MachineThread)] : own;
  }

  // ---------------------------------------------------------------- what happens

  function apply(state: State, step: number): boolean {
    const subject = stepSubject(step);
    const choice = stepChoice(step);
    switch (stepAction(step)) {
      case PERFORM: {
        if (!perform(state, subject, choice)) return false;
        return continueBlock(state, subject);
      }
      case MOVE: {
        const packet = (instructions[subject] as Instruction).packet;
        const item = packets[packet] as Packet;
        const hop = state[status + subject] as number;
        leave(state, packet, hop);
        if (hop === item.home && !arrive(state, packet, choice)) return false;
        if (hop < item.hops.length) enter(state, packet, hop + 1);
        else state[status + subject] = hop + 1;
        return hop < item.hops.length || checkGuesses(state, (instructions[subject] as Instruction).thread);
      }
      case GUESS_TAKEN:
        state[status + subject] = GUESSED_TAKEN;
        return true;
      case GUESS_SKIPPED:
        state[status + subject] = GUESSED_SKIPPED;
        return true;
      case AGAIN:
        again(state, subject);
        return true;
      case HANDLE:
        handle(state, subject, choice);
        return true;
      case CACHE:
        if (choice === 0) fill(state, subject);
        else if (choice === 1) drop(state, subject);
        else writeBack(state, subject);
        return true;
      default:
        throw new Error(`no such step ${step}`);
    }
  }

  /** The rest of an indivisible step, as far as it does not have to wait. */
  function continueBlock(state: State, first: number): boolean {
    const { blockEnd, thread: index } = instructions[first] as Instruction;
    if (blockEnd < 0) return true;
    const thread = threads[index] as MachineThread;
    for (;;) {
      const at = path(state, index);
      const position = at.ids.findIndex((id) => passives[id] !== true && state[status + id] === 0);
      const id = at.ids[position];
      if (id === undefined || id >= blockEnd || id < first) return true;
      if (!deviceReady(state, at, position, thread, instructions[id] as Instruction)) return true;
      if (!perform(state, id, 0)) return false;
    }
  }

  function perform(state: State, id: number, choice: number): boolean {
    const instruction = instructions[id] as Instruction;
    const thread = threads[instruction.thread] as MachineThread;
    const at = path(state, instruction.thread);
    const position = at.ids.indexOf(id);
    const slot = valueOffset[id] as number;
    switch (instruction.kind) {
      case "load": {
        const location = target(state, at, position, thread, instruction);
        if (at.forwards[position] === undefined) prepare(machine, at, position);
        const forward = location < 0 || instruction.modify !== undefined ? -1 : forwarding(state, at, position, thread, location);
        let result = 0;
        if (forward >= 0) {
          const store = instructions[forward] as Instruction;
          missing = false;
          result = storedValue(state, forwardPath, forwardPosition, forwardThread, store);
        } else if (location >= 0) {
          if (!listLike) result = cpuRead(state, location);
          else {
            result = valueAt(state, location, choice);
            see(state, thread.observer, location, choice, id);
          }
        }
        state[slot] = instruction.operation.kind === "is-locked" ? (result === 0 ? 0 : 1) : result;
        state[status + id] = 1;
        if (instruction.modify !== undefined) {
          missing = false;
          const outcome = modified(instruction.modify as Modify, result, (expression) => evaluate(state, at, position, thread, expression));
          if ((instruction.outcome > 0 && !outcome.stores) || (instruction.outcome < 0 && outcome.stores)) return false;
          state[slot] = returned(instruction, result, outcome);
          if (instruction.pair >= 0) state[slot + 1] = result;
          if (instruction.pair >= 0 && !outcome.stores) {
            state[status + instruction.pair] = 1;
            forgetHalf(state, id);
          }
        }
        if (listLike) settleAll(state);
        break;
      }
      case "store": {
        const location = target(state, at, position, thread, instruction);
        missing = false;
        const result = storedValue(state, at, position, thread, instruction);
        if (instruction.pair >= 0 && listLike && location >= 0) {
          const after = originIndex(state, location, instruction.pair);
          if (after < 0 || after < seenUpTo(state, thread.observer, location)) return false;
        }
        if (breaksPair(state, location, choice, instruction.pair)) return false;
        state[status + id] = 1;
        if (instruction.pair >= 0) forgetHalf(state, instruction.pair);
        if (location >= 0) {
          if (!listLike) cpuWrite(state, location, result);
          else {
            state[slot] = result;
            gatherForStore(state, at, position, instruction);
            if (instruction.pair >= 0) gather(state, instruction.pair);
            if (!publish(state, thread, instruction, location, choice)) return false;
          }
        }
        break;
      }
      case "rmw": {
        const location = target(state, at, position, thread, instruction);
        if (location < 0) {
          state[status + id] = 1;
          break;
        }
        const old = listLike ? valueAt(state, location, choice) : cpuRead(state, location);
        missing = false;
        const result = modified(instruction.modify as Modify, old, (expression) => evaluate(state, at, position, thread, expression));
        if ((instruction.outcome > 0 && !result.stores) || (instruction.outcome < 0 && result.stores)) return false;
        if (result.stores && breaksPair(state, location, choice, -1)) return false;
        state[slot] = returned(instruction, old, result);
        state[status + id] = 1;
        if (!listLike) {
          if (result.stores) cpuWrite(state, location, result.value);
          break;
        }
        see(state, thread.observer, location, choice, id);
        if (result.stores) {
          state[slot + 1] = result.value;
          gatherForStore(state, at, position, instruction);
          gather(state, id);
          if (!publish(state, thread, instruction, location, choice)) return false;
        } else settleAll(state);
        break;
      }
      case "fence": {
        scratch.fill(0);
        const joins = !machine.platform.cpu.readsJoin && (instruction.before & 1) !== 0;
        const spreads = instruction.propagates === "strong" || instruction.propagates === "devices";
        for (let i = 0; i < position; i++) {
          const before = at.ids[i] as number;
          if (before <= instruction.olderUpTo || before === instruction.ofLock) gather(state, before);
        }
        if (joins) {
          // One memory behind caches that lag: the fence catches up with all of it.
          if (machine.platform.cpu.multiCopyAtomic) gatherAll(state);
          show(state, thread.observer);
        }
        if (spreads) {
          const later = machine.platform.cpu.devicesSee === "later";
          for (let observer = 0; observer < observers; observer++) {
            const device = observer >= machine.cpus;
            if (device ? !later : instruction.propagates === "strong") show(state, observer);
          }
        }
        state[status + id] = 1;
        settleAll(state);
        break;
      }
      case "token":
      case "pio-read":
      case "msi":
      case "intx":
      case "invalidate-done":
      case "dma-read":
      case "dma-atomic":
        issue(state, instruction.packet);
        break;
      case "pio-write":
      case "dma-write":
        if (choice === 1) {
          state[status + id] = lastHops[id] as number;
          break;
        }
        missing = false;
        state[slot] = evaluate(state, at, position, thread, instruction.value as Expression);
        issue(state, instruction.packet);
        break;
      case "register-read":
        state[slot] = state[memory + instruction.location] as number;
        state[status + id] = 1;
        break;
      case "register-write":
        missing = false;
        state[memory + instruction.location] = evaluate(state, at, position, thread, instruction.value as Expression);
        state[status + id] = 1;
        break;
      case "wait":
        instruction.reads.forEach((read, i) => {
          state[slot + i] = state[memory + read.location] as number;
        });
        state[status + id] = 1;
        break;
      case "tell": {
        const tell = tellSlot(thread.thread.device, instruction.device);
        state[tell] = Math.min(3, (state[tell] as number) + 1);
        state[status + id] = 1;
        break;
      }
      case "hear": {
        const tell = tellSlot(instruction.device, thread.thread.device);
        state[tell] = (state[tell] as number) - 1;
        state[status + id] = 1;
        break;
      }
      case "sync-for-device":
        if (dirty(state, instruction.location)) writeBack(state, instruction.location);
        state[status + id] = 1;
        break;
      case "sync-for-cpu":
        drop(state, instruction.location);
        state[status + id] = 1;
        break;
      default:
        state[status + id] = 1;
    }
    if (thread.role === "cpu" && (instruction.mask & 3) !== 0 && state[status + id] === 1) {
      if (instruction.location < 0 && !addressHolds(state, instruction, thread)) return false;
      if (behindPointers[id] === true && addressesKnown(state, at, position, thread)) state[status + id] = 2;
    }
    return checkGuesses(state, instruction.thread);
  }

  /** Would a write at this index come between the halves of somebody's atomic? Then that run never happened. */
  function breaksPair(state: State, location: number, index: number, own: number): boolean {
    for (const half of halves) {
      if (half.id === own || state[status + half.id] === 0 || state[status + half.pair] !== 0) continue;
      if (stepperAddress(state, half.id) !== location) continue;
      if (!listLike || index < 0 || originIndex(state, location, half.id) === index) return true;
    }
    return false;
  }

  /** The atomic is over: what its read half kept for its write half goes. */
  function forgetHalf(state: State, read: number): void {
    state[(valueOffset[read] as number) + 1] = 0;
    const origin = layout.origin[read] as number;
    if (origin >= 0) state[origin] = 0;
  }

  function stepperAddress(state: State, id: number): number {
    const instruction = instructions[id] as Instruction;
    if (instruction.location >= 0) return instruction.location;
    const at = path(state, instruction.thread);
    const position = at.ids.indexOf(id);
    return position < 0 ? -1 : target(state, at, position, threads[instruction.thread] as MachineThread, instruction);
  }

  /** A read of the `choice`-th message: the observer has now seen it, and what it carries. */
  function see(state: State, observer: number, location: number, choice: number, id: number): void {
    const at = closure[id] as number;
    const origin = layout.origin[id] as number;
    if (choice === 0) {
      const carried = layout.baseClosure[location] as number;
      for (let w = 0; w < words; w++) {
        scratch[w] = carried < 0 ? 0 : (state[carried + w] as number);
        state[at + w] = scratch[w] as number;
      }
      if (machine.platform.cpu.readsJoin) show(state, observer);
      const earlier = layout.basePrior[location] as number;
      if (earlier >= 0) {
        const own = layout.prior[id] as number;
        for (let w = 0; w < words; w++) {
          scratchPrior[w] = (state[earlier + w] as number) | (scratch[w] as number);
          state[own + w] = scratchPrior[w] as number;
        }
      }
      carry(state, observer, -1);
      return;
    }
    const message = (state[(order[location] as number) + choice - 1] as number) - 1;
    if (origin >= 0) state[origin] = message + 1;
    scratch.fill(0);
    gather(state, machine.messages[message] as number);
    for (let w = 0; w < words; w++) state[at + w] = scratch[w] as number;
    if (layout.carriedPrior >= 0) {
      const own = layout.prior[id] as number;
      scratchPrior.fill(0);
      addPrior(state, message);
      for (let w = 0; w < words; w++) state[own + w] = scratchPrior[w] as number;
    }
    carry(state, observer, message);
    if (!machine.platform.cpu.readsJoin) {
      scratch.fill(0);
      scratch[bitWord(message)] = bitMask(message);
    }
    show(state, observer);
  }

  /** Barriers that came with what `scratch` holds have reached this observer. */
  function carry(state: State, observer: number, message: number): void {
    if (layout.carried < 0) return;
    for (let w = 0; w < words; w++) {
      const at = layout.carried + observer * words + w;
      const own = message >= 0 && bitWord(message) === w ? bitMask(message) : 0;
      const fresh = (scratch[w] as number) & ~own;
      state[at] = (state[at] as number) | fresh;
    }
    // What precedes the stores that those barriers hold: only these, not the message itself.
    for (let m = 0; m < machine.messages.length; m++) {
      if (m === message || ((scratch[bitWord(m)] as number) & bitMask(m)) === 0) continue;
      const from = layout.prior[machine.messages[m] as number] as number;
      const into = layout.carriedPrior + observer * words;
      for (let w = 0; w < words; w++) state[into + w] = (state[into + w] as number) | (state[from + w] as number);
    }
  }

  /** A store takes its place in its location's order, carrying what `scratch` holds. */
  function publish(state: State, thread: MachineThread, instruction: Instruction, location: number, choice: number): boolean {
    const message = machine.message[instruction.id] as number;
    insertMessage(state, location, choice, message);
    if (!agrees(state, location, choice, message)) return false;
    scratch[bitWord(message)] = (scratch[bitWord(message)] as number) | bitMask(message);
    const at = closure[instruction.id] as number;
    for (let w = 0; w < words; w++) state[at + w] = scratch[w] as number;
    const { multiCopyAtomic, devicesSee } = machine.platform.cpu;
    for (let observer = 0; observer < observers; observer++) {
      const device = observer >= machine.cpus;
      const atOnce = instruction.global || (multiCopyAtomic && (device || machine.platform.cpu.readsJoin)) || observer === thread.observer;
      if (device && devicesSee === "later" ? false : atOnce) show(state, observer);
    }
    settleAll(state);
    return true;
  }

  /**
   * Power: coherence and what stores take along make one order (acyclic co|prop). The message just put at `index` comes behind all that `scratchPrior` holds and all
   * that stands before it, and ahead of all that stands behind it. False: it would come before itself.
   */
  function agrees(state: State, location: number, index: number, message: number): boolean {
    if (layout.carriedPrior < 0) return true;
    const base = order[location] as number;
    const length = orderLength(state, location);
    const from = layout.basePrior[location] as number;
    for (let w = 0; w < words; w++) scratchPrior[w] = (scratchPrior[w] as number) | (state[from + w] as number);
    for (let at = 0; at < index; at++) addPrior(state, (state[base + at] as number) - 1);
    const behind = new Int32Array(words);
    for (let at = index + 1; at < length; at++) {
      const later = (state[base + at] as number) - 1;
      behind[bitWord(later)] = (behind[bitWord(later)] as number) | bitMask(later);
    }
    for (let w = 0; w < words; w++) if (((scratchPrior[w] as number) & (behind[w] as number)) !== 0) return false;
    const own = layout.prior[machine.messages[message] as number] as number;
    for (let w = 0; w < words; w++) state[own + w] = scratchPrior[w] as number;
    // Whatever comes behind something that is behind the new message comes behind the new message.
    scratchPrior[bitWord(message)] = (scratchPrior[bitWord(message)] as number) | bitMask(message);
    const extend = (at: number, is: boolean): void => {
      let touches = is;
      for (let w = 0; w < words; w++) if (((state[at + w] as number) & (behind[w] as number)) !== 0) touches = true;
      if (touches) for (let w = 0; w < words; w++) state[at + w] = (state[at + w] as number) | (scratchPrior[w] as number);
    };
    for (const instruction of instructions) {
      const at = layout.prior[instruction.id] as number;
      const number = machine.message[instruction.id] as number;
      const is = number >= 0 && ((behind[bitWord(number)] as number) & bitMask(number)) !== 0;
      if (at >= 0 && at !== own) extend(at, is);
    }
    for (let observer = 0; observer < observers; observer++) extend(layout.carriedPrior + observer * words, false);
    for (const at of layout.basePrior) if (at >= 0) extend(at, false);
    return true;
  }

  /** Adds a message and what precedes it to `scratchPrior`. */
  function addPrior(state: State, message: number): void {
    const from = layout.prior[machine.messages[message] as number] as number;
    for (let w = 0; w < words; w++) scratchPrior[w] = (scratchPrior[w] as number) | (state[from + w] as number);
    scratchPrior[bitWord(message)] = (scratchPrior[bitWord(message)] as number) | bitMask(message);
  }

  /** Accesses with an older one in their thread whose address is computed. */
  const behindPointers = instructions.map((instruction) =>
    instructions.some(
      (older) => older.thread === instruction.thread && older.id < instruction.id && older.location < 0 && (older.mask & 3) !== 0,
    ),
  );

  /** Are all older addresses known by now? Then nothing was passed on a guess (status 2). */
  function addressesKnown(state: State, at: Path, position: number, thread: MachineThread): boolean {
    for (let i = 0; i < position; i++) {
      const older = instructions[at.ids[i] as number] as Instruction;
      if (older.location < 0 && (older.mask & 3) !== 0 && state[status + older.id] === 0 && target(state, at, i, thread, older) === -1)
        return false;
    }
    return true;
  }

  /** An access whose address came late: was something younger to the same address performed too early? */
  function addressHolds(state: State, instruction: Instruction, thread: MachineThread): boolean {
    const at = path(state, instruction.thread);
    const position = at.ids.indexOf(instruction.id);
    if (position < 0) return true;
    const location = target(state, at, position, thread, instruction);
    if (location < 0) return true;
    for (let i = position + 1; i < at.ids.length; i++) {
      const younger = instructions[at.ids[i] as number] as Instruction;
      if ((younger.mask & 3) === 0 || state[status + younger.id] !== 1) continue;
      if (target(state, at, i, thread, younger) !== location) continue;
      // A younger load that forwarded from a store between the two is in order.
      const between = at.ids.slice(position + 1, i).some((id, k) => {
        const store = instructions[id] as Instruction;
        return store.kind === "store" && target(state, at, position + 1 + k, thread, store) === location;
      });
      if (!between) return false;
    }
    return true;
  }

  /** Guesses whose branch is decided by now: wrong ones discard the run. */
  function checkGuesses(state: State, index: number): boolean {
    const thread = threads[index] as MachineThread;
    if (thread.straight || thread.role !== "cpu") return true;
    let at = roots[index];
    if (at === undefined) return true;
    while (at.ends === "branch") {
      const position = at.ids.length - 1;
      const branch = instructions[at.ids[position] as number] as Instruction;
      const guess = state[status + branch.id] as number;
      if (branch.value === undefined) {
        if (guess === 0) return true;
        at = follow(machine, thread, at, guess === GUESSED_TAKEN ? TAKEN : SKIPPED);
        continue;
      }
      missing = false;
      const condition = evaluate(state, at, position, thread, branch.value);
      if (missing) {
        if (guess === 0) return true;
        at = follow(machine, thread, at, guess);
      } else {
        const decision = condition !== 0 ? TAKEN : SKIPPED;
        if (guess !== 0) {
          if ((guess === GUESSED_TAKEN) !== (decision === TAKEN)) return false;
          state[status + branch.id] = 0;
        }
        at = follow(machine, thread, at, decision);
      }
    }
    return true;
  }

  function again(state: State, id: number): void {
    const loop = instructions[id] as Instruction;
    const thread = threads[loop.thread] as MachineThread;
    const at = path(state, loop.thread);
    const head = loop.to;
    const kept = layout.kept[head] as number;
    const registers = (instructions[head] as Instruction).registers;
    const values = registers.map((register) => {
      missing = false;
      return registerAt(state, at, at.ids.length, thread, register);
    });
    if (listLike) {
      scratch.fill(0);
      for (const inside of at.ids) if (inside >= head) gather(state, inside);
      const keep = closure[head] as number;
      for (let w = 0; w < words; w++) state[keep + w] = scratch[w] as number;
    }
    reset(state, head, id + 1);
    if (registers.length > 0) state[status + head] = 1;
    registers.forEach((_, i) => {
      state[kept + i] = values[i] as number;
    });
    for (const index of handlersOf[loop.thread] as readonly number[]) state[layout.taken + (threads[index] as MachineThread).handler] = 0;
  }

  /** Forgets how the instructions from `first` up to `end` stood. */
  function reset(state: State, first: number, end: number): void {
    for (let id = first; id < end; id++) {
      const instruction = instructions[id] as Instruction;
      state[status + id] = 0;
      const slot = valueOffset[id] as number;
      const message = machine.message[id] as number;
      const alive = message >= 0 && isAlive(state, message);
      if (slot >= 0 && !alive) {
        const width =
          instruction.kind === "wait"
            ? instruction.reads.length
            : (instruction.kind === "rmw" && listLike) || (instruction.kind === "load" && instruction.pair >= 0)
              ? 2
              : 1;
        for (let i = 0; i < width; i++) state[slot + i] = 0;
      }
      const from = closure[id] as number;
      if (from >= 0 && !alive && instruction.kind !== "loop-head") for (let w = 0; w < words; w++) state[from + w] = 0;
    }
  }

  /** Is a message still in some location's order? */
  function isAlive(state: State, message: number): boolean {
    return locations.some((_, location) => {
      const base = order[location] as number;
      const capacity = orderCapacity[location] as number;
      for (let at = 0; at < capacity; at++) if (state[base + at] === message + 1) return true;
      return false;
    });
  }

  function handle(state: State, index: number, choice: number): void {
    const thread = threads[index] as MachineThread;
    reset(state, thread.first, thread.end);
    const pending = layout.pending + thread.handler;
    state[pending] = (state[pending] as number) - 1;
    state[layout.started + thread.handler] = 1;
    state[layout.taken + thread.handler] = choice;
  }

  // ---------------------------------------------------------------- the end

  function ended(state: State): boolean {
    for (const place of places) if (place.capacity > 0 && state[place.offset] !== 0) return false;
    for (let index = 0; index < threads.length; index++) {
      const thread = threads[index] as MachineThread;
      if (thread.handler >= 0) {
        if (state[layout.pending + thread.handler] !== 0) return false;
        if (state[layout.started + thread.handler] === 0) continue;
      }
      if (!complete(state, path(state, index))) return false;
    }
    return true;
  }

  return {
    machine,
    steps,
    apply,
    ended,
    path,
    done: isDone,
    obstacles,
    packetObstacles,
    handlerObstacles,
    forget: (state, location) => land(state, location, 0),
    register(state, index, register) {
      const thread = threads[index] as MachineThread;
      const at = path(state, index);
      missing = false;
      const result = registerAt(state, at, at.ids.length, thread, register);
      return missing ? 0 : result;
    },
    location(state, location) {
      return listLike && (orderCapacity[location] as number) > 0
        ? valueAt(state, location, orderLength(state, location))
        : cachedFinal(state, location);
    },
    address: stepperAddress,
  };

  /** What a location holds when all is over: a dirty line is written back some time. */
  function cachedFinal(state: State, location: number): number {
    const at = layout.copy[location] as number;
    if (at >= 0 && dirty(state, location)) return state[at + 1] as number;
    return state[memory + location] as number;
  }
}
