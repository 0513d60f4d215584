/** What travels with a store, or is spread by a fence, where stores reach observers one by one. */
import type { Item } from "./item.js";

const isAccess = (item: Item): boolean => item.act.kind === "load" || item.act.kind === "store" || item.act.kind === "rmw";
const isStore = (item: Item): boolean => item.act.kind === "store" || item.act.kind === "rmw";

/**
 * The older accesses of a CPU's sequence that matter to the store or fence at a position: whoever sees the store has to have seen them, or what they read, if they were
 * performed before it. A release takes along everything before it, a cumulative fence everything before the fence, a fence of stores the stores before it; a lock passes
 * on what it saw, and behind an unlock and a lock, what stood before the unlock goes along (LKMM po-unlock-lock-po). A strong fence spreads everything before it.
 */
export function carriedBy(sequence: readonly Item[], at: number): readonly Item[] {
  const item = sequence[at] as Item;
  const before = sequence.slice(0, at);
  if (item.act.kind === "sync") return before.filter(isAccess);
  if (!isStore(item)) return [];
  let everything = item.act.facts.has("release") ? at : -1;
  let stores = -1;
  before.forEach(({ act }, i) => {
    if ((act.kind !== "fence" && act.kind !== "sync") || !act.after.includes("write")) return;
    if (act.propagates === "stores") stores = i;
    else if (act.propagates !== "none") everything = Math.max(everything, i);
  });
  let locked = false;
  for (let i = at - 1; i > everything; i--) {
    const { act } = sequence[i] as Item;
    if (act.inherits) locked = true;
    else if (locked && act.kind === "store" && act.half === undefined && act.facts.has("lock")) everything = i;
  }
  return before.filter((older, i) => isAccess(older) && (i < everything || (isStore(older) && i < stores) || older.act.inherits));
}
