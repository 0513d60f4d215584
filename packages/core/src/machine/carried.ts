/** What messages take along: a store carries what its CPU's fences have made precede it, and whoever sees it sees that too. */
import type { State } from "./action.js";
import { bitMask, bitWord } from "./bit-words.js";
import type { Conditionals } from "./conditionals.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Messages } from "./messages.js";
import type { Path } from "./path.js";

/** What stores carry along. */
export type Carried = ReturnType<typeof createCarried>;

/** `fix` is what a strong fence does to the order, `gatherForStore` collects, `publish` puts a store into its order (false: the run is discarded), `see` takes over what a read message carries. */
export function createCarried(machine: Machine, messages: Messages, conditionals: Conditionals) {
  const { instructions, threads, words, observers, layout } = machine;
  const { closure, order } = layout;
  const { gather, insertMessage, orderLength, scratch, scratchPrior, settleAll, show } = messages;

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
    const barred = layout.barred[instruction.id] as number;
    for (let w = 0; barred >= 0 && w < words; w++) state[barred + w] = scratchPrior[w] as number;
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
      carry(state, observer, -1, layout.baseBarred[location] as number);
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
    carry(state, observer, message, layout.barred[machine.messages[message] as number] as number);
    if (!machine.platform.cpu.readsJoin) {
      scratch.fill(0);
      scratch[bitWord(message)] = bitMask(message);
    }
    show(state, observer);
  }

  /** Barriers that came with what `scratch` holds have reached this observer. */
  function carry(state: State, observer: number, message: number, barred: number): void {
    if (layout.carried < 0) return;
    for (let w = 0; w < words; w++) {
      const at = layout.carried + observer * words + w;
      const own = message >= 0 && bitWord(message) === w ? bitMask(message) : 0;
      const fresh = (scratch[w] as number) & ~own;
      state[at] = (state[at] as number) | fresh;
    }
    // What those barriers put before the message; not what precedes it in coherence alone.
    const into = layout.carriedPrior + observer * words;
    for (let w = 0; w < words; w++) state[into + w] = (state[into + w] as number) | (state[barred + w] as number);
  }

  /** A store takes its place in its location's order, carrying what `scratch` holds. */
  function publish(state: State, thread: MachineThread, instruction: Instruction, location: number, choice: number): boolean {
    const message = machine.message[instruction.id] as number;
    insertMessage(state, location, choice, message);
    if (!agrees(state, location, choice, message) || !conditionals.place(state, instruction, location)) return false;
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
   * that stands before it, and ahead of all that stands behind it. False: it would come before itself, or before what a strong fence has waited for.
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
    for (let w = 0; w < words; w++) if (((state[layout.fixed + w] as number) & (behind[w] as number)) !== 0) return false;
    const own = layout.prior[machine.messages[message] as number] as number;
    for (let w = 0; w < words; w++) state[own + w] = scratchPrior[w] as number;
    // Whatever comes behind something that is behind the new message comes behind the new message.
    scratchPrior[bitWord(message)] = (scratchPrior[bitWord(message)] as number) | bitMask(message);
    const extend = (at: number, is: boolean): boolean => {
      let touches = is;
      for (let w = 0; w < words; w++) if (((state[at + w] as number) & (behind[w] as number)) !== 0) touches = true;
      if (touches) for (let w = 0; w < words; w++) state[at + w] = (state[at + w] as number) | (scratchPrior[w] as number);
      return touches;
    };
    for (const instruction of instructions) {
      const at = layout.prior[instruction.id] as number;
      const number = machine.message[instruction.id] as number;
      const is = number >= 0 && ((behind[bitWord(number)] as number) & bitMask(number)) !== 0;
      if (at >= 0 && at !== own && extend(at, is) && number >= 0 && isFixed(state, number)) return false;
    }
    for (let observer = 0; observer < observers; observer++) extend(layout.carriedPrior + observer * words, false);
    for (const list of [layout.basePrior, layout.baseBarred]) for (const at of list) if (at >= 0) extend(at, false);
    for (const at of layout.barred) if (at >= 0 && at !== layout.barred[machine.messages[message] as number]) extend(at, false);
    return true;
  }

  /** Power: a strong fence has waited for what `scratchPrior` holds. */
  function fix(state: State): void {
    if (layout.fixed < 0) return;
    for (let w = 0; w < words; w++) state[layout.fixed + w] = (state[layout.fixed + w] as number) | (scratchPrior[w] as number);
  }

  const isFixed = (state: State, message: number): boolean => ((state[layout.fixed + bitWord(message)] as number) & bitMask(message)) !== 0;

  /** Adds a message and what precedes it to `scratchPrior`. */
  function addPrior(state: State, message: number): void {
    const from = layout.prior[machine.messages[message] as number] as number;
    for (let w = 0; w < words; w++) scratchPrior[w] = (scratchPrior[w] as number) | (state[from + w] as number);
    scratchPrior[bitWord(message)] = (scratchPrior[bitWord(message)] as number) | bitMask(message);
  }

  return { fix, gatherForStore, publish, see };
}
