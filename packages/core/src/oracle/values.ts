/** What a complete order means for values: what each access reads and stores. */
import { applyBinary } from "../litmus/arithmetic.js";
import { evaluate } from "../program/evaluate.js";
import type { Expression, Modify, Program, Returns } from "../program/program.js";
import { comparedBy, storesAnyhow } from "./act.js";
import type { Constraints } from "./constraints.js";
import { arrivalOf, definitionOf, forwarding, type Item, startOf } from "./item.js";
import type { Order } from "./order.js";
import type { Run } from "./scenario.js";
import type { View } from "./views.js";

/** What an access did. */
export interface Effect {
  /** What its register gets. */
  readonly value: number;
  readonly stored: number | undefined;
  /** What was there before. */
  readonly old: number;
}

/** An order that is complete, with the view of it where stores reach observers one by one. */
export type Settled = { readonly order: Order } | View;

/** The values of an order. */
export interface Values {
  /** Is event `a` before event `b`? */
  earlier(a: number, b: number): boolean;
  /** A register as a position of a run sees it. */
  register(run: Run, position: number, index: number): number;
  valueOf(run: Run, position: number, expression: Expression | undefined): number;
  /** What a location holds just before an event; at the end where `event` is undefined. */
  contents(location: number, event: number | undefined): number;
  effectOf(item: Item): Effect;
}

export function valuesIn(program: Program, constraints: Constraints, view: Settled): Values {
  const { byRun, touches, listed, answers, sequences } = constraints;
  const earlier = (a: number, b: number): boolean => constraints.before(view.order, a, b);
  const effects = new Map<Item, Effect>();

  /** A register as a position of a run sees it. */
  const register = (run: Run, position: number, index: number): number => {
    const definition = definitionOf(byRun.get(run) as readonly Item[], position, index);
    if (definition === undefined) return program.threads[run.thread]?.initial[index] ?? 0;
    if (definition.act.kind === "assign") return valueOf(run, definition.position, definition.act.value);
    const waited = definition.act.reads.find((read) => read.target === index);
    return waited === undefined ? effectOf(definition).value : contents(waited.location, startOf(definition));
  };
  const valueOf = (run: Run, position: number, expression: Expression | undefined): number =>
    expression === undefined ? 0 : evaluate(expression, (index) => register(run, position, index));

  /** What a location holds just before an event; at the end where `event` is undefined. */
  const contents = (location: number, event: number | undefined): number => {
    if (event === undefined && "coherence" in view && listed.has(location)) {
      const last = view.coherence.get(location)?.at(-1);
      return last === undefined ? (program.locations[location]?.initial ?? 0) : (effectOf(last).stored ?? 0);
    }
    let last: Item | undefined;
    let lastEvent = -1;
    for (const touch of touches) {
      if (!touch.writes || touch.location !== location || (event !== undefined && !earlier(touch.event, event))) continue;
      if (last !== undefined && earlier(touch.event, lastEvent)) continue;
      if (effectOf(touch.item).stored === undefined) continue;
      last = touch.item;
      lastEvent = touch.event;
    }
    return last === undefined ? (program.locations[location]?.initial ?? 0) : (effectOf(last).stored as number);
  };

  /** What an access to a location reads at its moment. */
  const readBy = (item: Item, event: number): number => {
    if (!("from" in view) || !listed.has(item.location)) return contents(item.location, event);
    const write = view.from.get(item);
    return write === undefined ? (program.locations[item.location]?.initial ?? 0) : (effectOf(write).stored ?? 0);
  };

  const effectOf = (item: Item): Effect => {
    let effect = effects.get(item);
    if (effect === undefined) {
      effect = compute(item);
      effects.set(item, effect);
    }
    return effect;
  };

  const compute = (item: Item): Effect => {
    const { act, run, position, location } = item;
    /** What the device's program answers, if it does. */
    const answer = answers.get(item);
    const given =
      answer === undefined || (answer.act.value === undefined && act.kind === "dma-atomic")
        ? undefined
        : answer.act.value === undefined
          ? contents(location, startOf(answer))
          : valueOf(answer.run, answer.position, answer.act.value);
    const operand = (expression: Expression): number => valueOf(run, position, expression);
    const atomic = (old: number): Effect =>
      act.modify === undefined ? { ...NOTHING, old } : atomicEffect(act.modify, act.returns, old, operand);
    // What an atomic stores may be read before it has read itself, and what it gives before it is known what it compares with: its path says whether it stores.
    const { half, modify } = act;
    if (half === "write" && modify !== undefined) {
      const read = (byRun.get(run) as readonly Item[])[position - 1] as Item;
      return { ...NOTHING, stored: made(modify, storesAnyhow(modify) ? 0 : effectOf(read).old, operand(modify.value)) };
    }
    if (half === "read" && modify !== undefined) {
      const old = location < 0 ? 0 : loaded(item);
      return { ...NOTHING, old, value: returned(act.returns, old, act.outcome, () => made(modify, old, operand(modify.value))) };
    }
    // What the table of mappings refuses does nothing; a read gets all ones.
    if (act.refused) return { value: act.kind === "dma-write" || act.zeroLength ? 0 : -1, stored: undefined, old: 0 };
    switch (act.kind) {
      case "load": {
        const value = location < 0 ? 0 : loaded(item);
        return { value: act.isLocked ? Number(value !== 0) : value, stored: undefined, old: value };
      }
      case "register-read":
      case "pio-read":
      case "dma-read": {
        if (item.stolen !== undefined) return effectOf(item.stolen);
        const value = location < 0 || act.zeroLength ? 0 : (given ?? readBy(item, arrivalOf(item)));
        return { value, stored: undefined, old: value };
      }
      case "store":
      case "pio-write":
      case "dma-write":
      case "register-write":
        return { value: 0, stored: valueOf(run, position, act.value), old: 0 };
      case "rmw":
      case "dma-atomic": {
        if (location < 0) return NOTHING;
        const effect = atomic(readBy(item, arrivalOf(item)));
        return given === undefined ? effect : { ...effect, value: given };
      }
      default:
        return NOTHING;
    }
  };

  const loaded = (item: Item): number => {
    const sequence = sequences.find((each) => each.includes(item)) as readonly Item[];
    const store = forwarding(sequence, sequence.indexOf(item));
    if (store !== undefined && earlier(startOf(item), startOf(store))) return effectOf(store).stored as number;
    return readBy(item, startOf(item));
  };

  return { earlier, register, valueOf, contents, effectOf };
}

const NOTHING: Effect = { value: 0, stored: undefined, old: 0 };

/** What an atomic that is not in halves makes of an old value. */
function atomicEffect(modify: Modify, returns: Returns, old: number, operand: (expression: Expression) => number): Effect {
  const result = made(modify, old, operand(modify.value));
  const stores = storesAfter(modify, old, operand);
  return { value: returned(returns, old, stores, () => result), stored: stores ? result : undefined, old };
}

/** What an atomic stores, if it does. */
function made(modify: Modify, old: number, argument: number): number {
  switch (modify.kind) {
    case "arithmetic":
      return applyBinary(modify.operator, old, argument);
    case "add-unless":
      return applyBinary("+", old, argument);
    default:
      return argument;
  }
}

/** Does an atomic that has read `old` store? */
export function storesAfter(modify: Modify, old: number, operand: (expression: Expression) => number): boolean {
  const compared = comparedBy(modify);
  return compared === undefined || (old === operand(compared)) === (modify.kind === "compare");
}

/** What an atomic gives; what it stores is asked for only where that says it. */
function returned(returns: Returns, old: number, stores: boolean, result: () => number): number {
  switch (returns) {
    case "old":
      return old;
    case "new":
      return result();
    case "zero":
      return Number(result() === 0);
    case "negative":
      return Number(result() < 0);
    case "success":
      return Number(stores);
    case "nothing":
      return 0;
  }
}
