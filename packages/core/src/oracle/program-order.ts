/** Program order: what a device's order of issue, a CPU's window, branches and interrupts settle from the start. */
import type { Platform } from "../platform/platform.js";
import { silent, storesAnyhow } from "./act.js";
import { type Draft, first, providers, valuesFirst } from "./draft.js";
import { forwarding, type Item, known, operandsOf, performed, startOf } from "./item.js";
import { hostOf, type Run } from "./scenario.js";
import { inMemory, inOrder, replaceable } from "./window.js";

/** Packets go their way; values are there before they are used. */
export function orderActs(draft: Draft): void {
  for (const item of draft.items) {
    for (let i = 1; i < item.events.length; i++) first(draft, item.events[i - 1] as number, item.events[i] as number);
    if (silent(item.act)) continue;
    for (const expression of [item.act.address, ...operandsOf(item.act)]) valuesFirst(draft, item, expression, startOf(item));
  }
}

/** Devices issue in order; a branch waits for its value. */
export function orderDevices(draft: Draft): void {
  for (const run of draft.scenario.runs) {
    if (draft.program.threads[run.thread]?.role !== "device") continue;
    let previous = draft.starts.get(run);
    let pending: Item[] = [];
    for (const item of draft.byRun.get(run) as readonly Item[]) {
      if (item.act.kind === "branch") pending.push(...providers(draft, run, item.position, item.act.value));
      if (silent(item.act)) continue;
      if (previous !== undefined) first(draft, previous, startOf(item));
      for (const provider of pending) first(draft, known(provider), startOf(item));
      pending = [];
      previous = startOf(item);
    }
  }
}

/** What each CPU sees in program order: a thread and the handlers that interrupt it share one window. Settles when handlers are taken. */
export function orderInterrupts(draft: Draft): readonly (readonly Item[])[] {
  const { program, scenario, byRun, starts } = draft;
  const sequences: (readonly Item[])[] = [];
  for (const run of scenario.runs) {
    if (program.threads[run.thread]?.role !== "cpu" || hostOf(program, run.thread) >= 0) continue;
    const own = byRun.get(run) as readonly Item[];
    const interrupting = scenario.taken.get(run.thread) ?? [];
    const sequence = interleaved(draft, own, interrupting);
    sequences.push(sequence);
    const beginning = starts.get(run);
    if (beginning !== undefined) for (const item of own) if (!silent(item.act)) first(draft, beginning, startOf(item));
    for (const handler of interrupting) orderAround(draft, sequence, run, handler);
    for (let i = 1; i < interrupting.length; i++)
      first(draft, starts.get(interrupting[i - 1] as Run) as number, starts.get(interrupting[i] as Run) as number);
  }
  for (const run of scenario.runs) orderAgain(draft, run);
  return sequences;
}

/** A thread's acts with those of its handlers where they interrupt it. */
function interleaved(draft: Draft, own: readonly Item[], interrupting: readonly Run[]): readonly Item[] {
  const sequence: Item[] = [];
  let slot = 0;
  for (const handler of interrupting) {
    sequence.push(...own.slice(slot, handler.slot));
    slot = handler.slot;
    sequence.push(...(draft.byRun.get(handler) as readonly Item[]));
  }
  sequence.push(...own.slice(slot));
  return sequence;
}

/** An interrupt is precise: nothing behind it has started, and every branch before it is decided. */
function orderAround(draft: Draft, sequence: readonly Item[], run: Run, handler: Run): void {
  const taken = draft.starts.get(handler) as number;
  const from = sequence.findIndex((item) => item.run === handler);
  const at = from >= 0 ? from : sequence.findIndex((item) => item.run === run && item.position >= handler.slot);
  const behind = at < 0 ? [] : sequence.slice(at);
  for (const item of behind) if (!silent(item.act)) first(draft, taken, startOf(item));
  for (const item of at < 0 ? sequence : sequence.slice(0, at)) {
    if (item.act.kind === "branch" && matters(sequence, item, at)) valuesFirst(draft, item, item.act.value, taken);
  }
}

/** A handler starts again only when it is through. */
function orderAgain(draft: Draft, run: Run): void {
  const again = draft.scenario.runs.find((other) => other.thread === run.thread && other.number === run.number + 1);
  const taken = again === undefined ? undefined : (draft.starts.get(again) as number);
  if (taken === undefined) return;
  first(draft, draft.starts.get(run) as number, taken);
  for (const item of draft.byRun.get(run) as readonly Item[]) {
    if (!silent(item.act)) first(draft, performed(item), taken);
    if (item.act.kind === "branch") valuesFirst(draft, item, item.act.value, taken);
  }
}

/** Something that takes time stands between a branch and a point in the sequence. */
function matters(sequence: readonly Item[], branch: Item, until: number): boolean {
  const from = sequence.indexOf(branch);
  return sequence.slice(from + 1, until < 0 ? undefined : until).some((item) => !silent(item.act));
}

/** The window of a CPU: what each act of its sequence waits for. */
export function orderWindow(draft: Draft, sequence: readonly Item[]): void {
  for (const [at, younger] of sequence.entries()) {
    if (silent(younger.act)) continue;
    orderReplaced(draft, younger);
    if (younger.act.half === "write") first(draft, startOf(draft.byRun.get(younger.run)?.[younger.position - 1] as Item), startOf(younger));
    for (let i = 0; i < at; i++) orderPair(draft, sequence[i] as Item, younger, sequence.slice(i + 1, at));
    orderForwarded(draft, sequence, at);
  }
}

/** The later write that replaces one in a write-combining buffer is certain to come. */
function orderReplaced(draft: Draft, write: Item): void {
  if (!write.act.swallowed) return;
  const own = draft.byRun.get(write.run) as readonly Item[];
  const by = replaceable(draft.program, draft.platform, draft.option, own, write.position);
  for (const item of own.slice(write.position + 1, by)) {
    if (item.act.kind === "branch") valuesFirst(draft, item, item.act.value, startOf(write));
  }
}

/** What an older act, and `between` it and the younger one what stands there, says of when the younger starts. */
function orderPair(draft: Draft, older: Item, younger: Item, between: readonly Item[]): void {
  const { program, platform, option } = draft;
  if (older.act.kind === "branch") {
    if (controls(platform, older, younger)) valuesFirst(draft, older, older.act.value, startOf(younger));
    return;
  }
  if (inOrder(program, platform, option, older, younger, between, older.run === younger.run))
    first(draft, performed(older), startOf(younger));
  // Where stores wait for the addresses of all that is older.
  const stores = inMemory(younger.act) && younger.act.kind !== "load";
  if (stores && inMemory(older.act) && platform.cpu.addressPending === "no") valuesFirst(draft, older, older.act.address, startOf(younger));
}

/** Does an act wait for a branch to be decided? Loads from memory, write-combining memory included, run ahead; a platform may let later stores do so too. */
function controls(platform: Platform, branch: Item, item: Item): boolean {
  if (item.act.kind === "load" || (item.act.kind === "pio-read" && item.act.kinds.includes("wcin"))) return false;
  if (platform.cpu.control === "all") return true;
  // A fence that spreads stores waits for the accesses that it orders; one before registers alone for what they wait for.
  if (item.act.kind === "sync") return !item.act.after.some((kind) => kind === "read" || kind === "write");
  if (!inMemory(item.act)) return true;
  return item.run === branch.run && item.act.operation > branch.act.operation && item.act.operation < branch.act.join;
}

/** A load that goes ahead of an own store takes its value: it has to be there. */
function orderForwarded(draft: Draft, sequence: readonly Item[], at: number): void {
  const load = sequence[at] as Item;
  const store = forwarding(sequence, at);
  if (store === undefined) return;
  // Whether an atomic's write half stores was said by its path, what it stores its read half has read, unless that is the same whatever was read.
  const { address, half, modify } = store.act;
  const operands = half === "write" ? [modify?.value] : operandsOf(store.act);
  const needed = [address, ...operands].flatMap((each) => providers(draft, store.run, store.position, each));
  if (half === "write" && !storesAnyhow(modify)) needed.push(draft.byRun.get(store.run)?.[store.position - 1] as Item);
  for (const each of needed) draft.rules.push({ if: [startOf(load), startOf(store)], then: [known(each), startOf(load)] });
}
