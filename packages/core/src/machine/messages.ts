/** Messages: stores that observers see one by one. Each stands in its location's coherence order until everybody has seen something newer. */
import type { State } from "./action.js";
import { bitMask, bitWord } from "./bit-words.js";
import { holdsBoth, type Instruction, lands } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Progress } from "./progress.js";

/** Stores in their coherence orders, and who has seen them. */
export type Messages = ReturnType<typeof createMessages>;

/** The messages of a machine; `scratch` and `scratchPrior` are the sets that `gather` adds to. */
export function createMessages(machine: Machine, progress: Progress) {
  const { instructions, packets, threads, listLike, words, observers, layout, program } = machine;
  const locations = program.locations;
  const { status, value: valueOffset, memory, seen, closure, order, orderCapacity } = layout;
  const { olderLoadsOpen, stepperAddress } = progress;

  /** Loads of which it is kept what they read: read halves, and those that may be ahead of an older load. */
  const keepers = instructions.filter(({ id }) => (layout.origin[id] as number) >= 0);

  const keeps = (state: State, { id, pair }: Instruction): boolean =>
    state[status + id] !== 0 && ((pair >= 0 && state[status + pair] === 0) || olderLoadsOpen(state, id));

  /** Its value is from a store of its own CPU that is still to be performed. */
  const isAhead = (state: State, origin: number): boolean =>
    origin > 0 && origin !== lost && state[status + (machine.messages[origin - 1] as number)] === 0;

  /** The origin of a read half whose write half can no longer follow it. */
  const lost = machine.messages.length + 1;

  const isAtomicMessage = (message: number): boolean => {
    const instruction = instructions[machine.messages[message] as number] as Instruction;
    return holdsBoth(instruction) || instruction.pair >= 0;
  };

  /** By location: the observers that can look at it, each with the instructions that do; once these are done, its view does not matter. */
  const looking = instructions.filter((instruction) => ["load", "store", "rmw", "dma-read", "dma-atomic"].includes(instruction.kind));
  const watchers: readonly (readonly { readonly observer: number; readonly ids: readonly number[]; readonly always: boolean }[])[] =
    locations.map((_, location) => {
      const byObserver = new Map<number, { observer: number; ids: number[]; always: boolean }>();
      for (const instruction of looking) {
        if (instruction.location !== location && instruction.location >= 0) continue;
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
    return state[holdsBoth(instructions[id] as Instruction) ? slot + 1 : slot] as number;
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

  /** Adds what the value at an index of a location's order carries. */
  function gatherRead(state: State, location: number, index: number): void {
    if (index > 0) {
      gather(state, machine.messages[(state[(order[location] as number) + index - 1] as number) - 1] as number);
      return;
    }
    const from = layout.baseClosure[location] as number;
    for (let w = 0; from >= 0 && w < words; w++) scratch[w] = (scratch[w] as number) | (state[from + w] as number);
    const before = layout.basePrior[location] as number;
    for (let w = 0; before >= 0 && w < words; w++)
      scratchPrior[w] = (scratchPrior[w] as number) | (state[before + w] as number) | (scratch[w] as number);
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
      state[layout.fixed + w] = (state[layout.fixed + w] as number) & keep;
      for (const list of [layout.prior, layout.basePrior, layout.barred, layout.baseBarred]) {
        for (const at of list) if (at >= 0) state[at + w] = (state[at + w] as number) & keep;
      }
    }
    for (const at of layout.baseClosure) if (at >= 0) state[at + w] = (state[at + w] as number) & keep;
    const id = machine.messages[message] as number;
    const slot = valueOffset[id] as number;
    state[holdsBoth(instructions[id] as Instruction) ? slot + 1 : slot] = 0;
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
    for (const reader of keepers) {
      // What an open atomic has read is no longer next to where its write would go; what a load read that is ahead, no older one can read.
      const origin = layout.origin[reader.id] as number;
      if (!keeps(state, reader) || stepperAddress(state, reader.id) !== location || isAhead(state, state[origin] as number)) continue;
      let kept = false;
      for (let at = least - 1; at < capacity && state[base + at] !== 0; at++) kept ||= state[base + at] === state[origin];
      if (!kept) state[origin] = lost;
    }
    const base0 = layout.baseClosure[location] as number;
    const from = closure[machine.messages[(state[base + least - 1] as number) - 1] as number] as number;
    for (let w = 0; w < words; w++) state[base0 + w] = state[from + w] as number;
    const earlier = layout.basePrior[location] as number;
    if (earlier >= 0) {
      const newest = machine.messages[(state[base + least - 1] as number) - 1] as number;
      const before = layout.prior[newest] as number;
      const barred = layout.barred[newest] as number;
      const baseBarred = layout.baseBarred[location] as number;
      for (let w = 0; w < words; w++) {
        state[earlier + w] = (state[earlier + w] as number) | (state[before + w] as number);
        state[baseBarred + w] = state[barred + w] as number;
      }
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

  /** By device: its DMA writes that are messages. */
  const landing: readonly (readonly number[])[] = program.devices.map((_, device) =>
    instructions.flatMap((each) => {
      const message = machine.message[each.id] as number;
      return lands(each) && message >= 0 && threads[each.thread]?.thread.device === device ? [message] : [];
    }),
  );

  /**
   * DMA that CPUs see one by one: the last write in its location's order, which takes along what the device has landed before (an atomic no more than that, not what it read: no document says that it
   * does). Devices read memory where it lands, and see it at once.
   */
  function publishLanded(state: State, device: number, location: number, message: number): void {
    const before = orderLength(state, location);
    insertMessage(state, location, before, message);
    scratch.fill(0);
    scratchPrior.fill(0);
    for (const own of landing[device] as readonly number[])
      if (own !== message && isAlive(state, own)) gather(state, machine.messages[own] as number);
    const id = machine.messages[message] as number;
    const barred = layout.barred[id] as number;
    for (let w = 0; barred >= 0 && w < words; w++) state[barred + w] = scratchPrior[w] as number;
    const prior = layout.prior[id] as number;
    if (prior >= 0) {
      // What stands before it in coherence precedes it, and what precedes that.
      const base = order[location] as number;
      for (let at = 0; at < before; at++) {
        const older = (state[base + at] as number) - 1;
        const from = layout.prior[machine.messages[older] as number] as number;
        for (let w = 0; w < words; w++) scratchPrior[w] = (scratchPrior[w] as number) | (state[from + w] as number);
        scratchPrior[bitWord(older)] = (scratchPrior[bitWord(older)] as number) | bitMask(older);
      }
      const first = layout.basePrior[location] as number;
      for (let w = 0; w < words; w++) state[prior + w] = (scratchPrior[w] as number) | (state[first + w] as number);
    }
    scratch[bitWord(message)] = (scratch[bitWord(message)] as number) | bitMask(message);
    const at = closure[id] as number;
    for (let w = 0; w < words; w++) state[at + w] = scratch[w] as number;
    for (let observer = machine.cpus; observer < observers; observer++) show(state, observer);
    settleAll(state);
  }

  /** A read of the device's registers has come back, its interrupt message has arrived: everybody sees what the device has landed. */
  function surface(state: State, device: number): void {
    const own = landing[device];
    if (own === undefined || own.length === 0) return;
    scratch.fill(0);
    scratchPrior.fill(0);
    for (const message of own) if (isAlive(state, message)) gather(state, machine.messages[message] as number);
    for (let observer = 0; observer < observers; observer++) show(state, observer);
    settleAll(state);
  }

  /** A write that everybody sees at once, last in its location's order: DMA that lands, a device's atomic. */
  function land(state: State, location: number, value: number): void {
    if (listLike) {
      for (const reader of keepers) {
        const origin = layout.origin[reader.id] as number;
        if (keeps(state, reader) && stepperAddress(state, reader.id) === location && !isAhead(state, state[origin] as number))
          state[origin] = lost;
      }
      const base = order[location] as number;
      const capacity = orderCapacity[location] as number;
      for (let at = 0; at < capacity && state[base + at] !== 0; at++) {
        forgetMessage(state, (state[base + at] as number) - 1);
        state[base + at] = 0;
      }
      const carried = layout.baseClosure[location] as number;
      if (carried >= 0) for (let w = 0; w < words; w++) state[carried + w] = 0;
      const earlier = layout.basePrior[location] as number;
      const barred = layout.baseBarred[location] as number;
      if (earlier >= 0) for (let w = 0; w < words; w++) state[earlier + w] = 0;
      if (barred >= 0) for (let w = 0; w < words; w++) state[barred + w] = 0;
    }
    state[memory + location] = value;
  }

  function insertMessage(state: State, location: number, index: number, message: number): void {
    const base = order[location] as number;
    for (let at = orderLength(state, location); at > index; at--) state[base + at] = state[base + at - 1] as number;
    state[base + index] = message + 1;
  }

  /** Where the message stands that a load has read; -1 where it cannot be read any more. */
  function readIndex(state: State, location: number, read: number): number {
    const origin = state[layout.origin[read] as number] as number;
    if (origin === 0) return 0;
    const base = order[location] as number;
    const capacity = orderCapacity[location] as number;
    for (let at = 0; at < capacity; at++) if (state[base + at] === origin) return at + 1;
    return -1;
  }

  /** Nobody will ask what a load has read. */
  function forgetRead(state: State, read: number): void {
    const { pair } = instructions[read] as Instruction;
    const origin = layout.origin[read] as number;
    if (origin >= 0 && (pair < 0 || state[status + pair] !== 0)) state[origin] = 0;
  }

  /** The atomic is over: what its read half kept for its write half goes. */
  function forgetHalf(state: State, read: number): void {
    state[(valueOffset[read] as number) + 1] = 0;
    const origin = layout.origin[read] as number;
    if (origin >= 0 && !olderLoadsOpen(state, read)) state[origin] = 0;
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

  /** Everybody sees a message, and what it takes along: it makes room for the next of the same store. */
  function spread(state: State, message: number): void {
    scratch.fill(0);
    gather(state, machine.messages[message] as number);
    for (let observer = 0; observer < observers; observer++) show(state, observer);
    settleAll(state);
  }

  return {
    forgetHalf,
    forgetRead,
    gather,
    gatherAll,
    gatherRead,
    insertMessage,
    isAlive,
    isAtomicMessage,
    land,
    orderLength,
    publishLanded,
    readIndex,
    scratch,
    scratchPrior,
    seenUpTo,
    settleAll,
    show,
    spread,
    surface,
    valueAt,
  };
}
