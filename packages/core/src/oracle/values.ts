/** What a complete order means: the values that are read and written, whether all guesses and waits come true, and the end state. */
import { applyBinary } from "../litmus/arithmetic.js";
import type { Platform } from "../platform/platform.js";
import { evaluate } from "../program/evaluate.js";
import type { Arrival, Expression, Formula, Observed, Operand, Program } from "../program/program.js";

import { locationAt } from "./acts.js";
import type { Constraints } from "./constraints.js";
import { arrivalOf, conditional, definitionOf, forwarding, type Item, ownStore, startOf } from "./item.js";
import { mappingMode, mappingsHold } from "./mappings.js";
import type { Order } from "./order.js";
import { type Run, raises } from "./scenario.js";
import type { View } from "./views.js";

/** The end of a run, as the condition sees it. */
export interface OracleEnd {
  /** One value per `program.observed`. */
  readonly values: readonly number[];
  /** Does the proposition hold? */
  readonly satisfies: boolean;
}

/** What an access did. */
interface Effect {
  /** What its register gets. */
  readonly value: number;
  readonly stored: number | undefined;
  /** What was there before. */
  readonly old: number;
}

/** The end state of an order, or undefined where a guess was wrong, a wait in vain, or the test's filter drops it. */
export function endOf(
  program: Program,
  platform: Platform,
  constraints: Constraints,
  view: { readonly order: Order } | View,
): OracleEnd | undefined {
  const { items, byRun, touches, scenario, listed } = constraints;
  const { order } = view;
  const earlier = (a: number, b: number): boolean => constraints.before(order, a, b);
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
    const answer = constraints.answers.get(item);
    const given =
      answer === undefined || (answer.act.value === undefined && act.kind === "dma-atomic")
        ? undefined
        : answer.act.value === undefined
          ? contents(location, startOf(answer))
          : valueOf(answer.run, answer.position, answer.act.value);
    const operand = (expression: Expression): number => valueOf(run, position, expression);
    /** What an atomic makes of an old value. */
    const atomic = (old: number): Effect => {
      const { modify } = act;
      if (modify === undefined) return { value: 0, stored: undefined, old };
      const argument = operand(modify.value);
      const result =
        modify.kind === "arithmetic"
          ? applyBinary(modify.operator, old, argument)
          : modify.kind === "add-unless"
            ? applyBinary("+", old, argument)
            : argument;
      const stores =
        modify.kind === "compare" ? old === operand(modify.expected) : modify.kind === "add-unless" ? old !== operand(modify.unless) : true;
      const returns = { old, new: result, zero: Number(result === 0), negative: Number(result < 0), success: Number(stores), nothing: 0 };
      return { value: returns[act.returns], stored: stores ? result : undefined, old };
    };
    // What an exchange stores does not hang on what it reads: a load may have it before.
    if (act.half === "write" && act.modify?.kind === "exchange") return { ...atomic(0), value: 0 };
    if (act.half === "write") return { ...atomic(effectOf((byRun.get(run) as readonly Item[])[position - 1] as Item).old), value: 0 };
    if (act.half === "read") return atomic(location < 0 ? 0 : loaded(item));
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
        if (location < 0) return { value: 0, stored: undefined, old: 0 };
        const effect = atomic(readBy(item, arrivalOf(item)));
        return given === undefined ? effect : { ...effect, value: given };
      }
      default:
        return { value: 0, stored: undefined, old: 0 };
    }
  };

  const loaded = (item: Item): number => {
    const sequence = constraints.sequences.find((each) => each.includes(item)) as readonly Item[];
    const store = forwarding(sequence, sequence.indexOf(item));
    if (store !== undefined && earlier(startOf(item), startOf(store))) return effectOf(store).stored as number;
    return readBy(item, startOf(item));
  };

  if (!mappingsHold(constraints, order, mappingMode(program, platform))) return undefined;

  // Guesses.
  for (const item of items) {
    const { act, run, position } = item;
    if (act.kind === "branch" && (valueOf(run, position, act.value) !== 0) !== act.outcome) return undefined;
    if (act.address !== undefined && act.location === undefined) {
      const found = locationAt(program, valueOf(run, position, act.address));
      if ((program.locations[found]?.space === "memory" ? found : -1) !== item.location) return undefined;
    }
  }
  // A view says which conditional atomics write.
  if ("coherence" in view) {
    for (const [location, writes] of view.coherence) {
      for (const touch of touches) {
        if (
          touch.location === location &&
          touch.writes &&
          conditional(touch.item.act) &&
          writes.includes(touch.item) !== (effectOf(touch.item).stored !== undefined)
        )
          return undefined;
      }
    }
  }
  // Of two loads of one location the later reads no older write, those counted that were uncertain before.
  for (const { older, younger, store } of constraints.rereads) {
    if (listed.has(older.location)) continue;
    const between = touches.some(
      ({ item, location, event, writes }) =>
        writes &&
        item !== store &&
        location === older.location &&
        earlier(startOf(younger), event) &&
        (store === undefined || earlier(startOf(store), event)) &&
        earlier(event, startOf(older)) &&
        effectOf(item).stored !== undefined,
    );
    if (between) return undefined;
  }
  // Waits. What a wait reads is defined by the wait itself.
  for (const item of items) {
    const { act, run, position } = item;
    switch (act.kind) {
      case "rmw":
        if (act.locks && item.location >= 0 && effectOf(item).old !== 0) return undefined;
        // A fork of the path says what a conditional atomic does.
        if (
          platform.accessors.has("atomic_failed") &&
          !act.facts.has("lock") &&
          item.location >= 0 &&
          (effectOf(item).stored !== undefined) !== act.outcome
        )
          return undefined;
        break;
      case "load": {
        if (act.half === undefined || item.location < 0) break;
        if (act.locks && effectOf(item).old !== 0) return undefined;
        if ((effectOf(item).stored !== undefined) !== act.outcome) return undefined;
        const write = act.outcome ? (byRun.get(run) as readonly Item[])[position + 1] : undefined;
        if (write === undefined || listed.has(item.location)) break;
        const store = ownStore(constraints.sequences, item);
        const apart = touches.some(
          ({ item: other, location, event, writes }) =>
            writes &&
            other !== write &&
            other !== store &&
            (store === undefined || earlier(startOf(store), event)) &&
            location === item.location &&
            earlier(startOf(item), event) &&
            earlier(event, startOf(write)) &&
            effectOf(other).stored !== undefined,
        );
        if (apart) return undefined;
        break;
      }
      case "wait":
        if (valueOf(run, position + 1, act.value) === 0) return undefined;
        break;
      case "hear": {
        const me = program.threads[run.thread]?.device;
        const count = (kind: "tell" | "hear", from: number | undefined, to: number): number =>
          items.filter(
            (other) =>
              other.act.kind === kind &&
              program.threads[other.run.thread]?.device === from &&
              other.act.device === to &&
              earlier(startOf(other), startOf(item)),
          ).length;
        if (count("tell", act.device, me as number) <= count("hear", me, act.device)) return undefined;
        break;
      }
      case "ats-wait": {
        const done = items.some(
          (other) =>
            other.act.kind === "invalidate-done" &&
            program.threads[other.run.thread]?.device === act.device &&
            earlier(arrivalOf(other), startOf(item)),
        );
        if (!done) return undefined;
        break;
      }
      default:
    }
  }
  if (!raised() || !roomEverywhere(constraints, earlier)) return undefined;

  /** Every start of a handler was raised, and nothing raised is left. */
  function raised(): boolean {
    return program.threads.every((thread, index) => {
      const { on } = thread;
      if (on === undefined) return true;
      const starts = scenario.runs.filter((run) => run.thread === index).map((run) => constraints.starts.get(run) as number);
      const raisings = items
        .filter(
          (item) =>
            raises(program, item.run.thread, item.act, item.location, index) &&
            (item.act.kind !== "dma-atomic" || on.kind === "read" || effectOf(item).stored !== undefined),
        )
        .map(arrivalOf);
      starts.sort((a, b) => (earlier(a, b) ? -1 : 1));
      const since = (at: number): number => raisings.filter((raising) => earlier(raising, starts[at] as number)).length;
      // Interrupts merge while they are pending; writes are counted.
      if (on.kind === "write" || on.kind === "read") return raisings.length === starts.length && starts.every((_, at) => since(at) > at);
      return (
        starts.every((_, at) => since(at) > (at === 0 ? 0 : since(at - 1))) &&
        (starts.length === 0 ? raisings.length === 0 : since(starts.length - 1) === raisings.length)
      );
    });
  }

  const operand = (of: Operand): number => {
    switch (of.kind) {
      case "constant":
        return of.value;
      case "location":
        return contents(of.location, undefined);
      case "register": {
        // Handlers: as the last run left it.
        const last = scenario.runs.filter((run) => run.thread === of.thread).sort((a, b) => b.number - a.number)[0];
        return last === undefined ? (program.threads[of.thread]?.initial[of.register] ?? 0) : register(last, last.acts.length, of.register);
      }
    }
  };
  /** Did the one arrive, and the other only behind it? */
  const inOrder = (one: Arrival, other: Arrival): boolean => {
    const at = ({ location, value }: Arrival): number[] =>
      touches
        .filter((touch) => {
          const { kind } = touch.item.act;
          if (touch.location !== location) return false;
          if (value === undefined) return kind === "pio-read" || kind === "dma-read";
          return touch.writes && kind !== "register-write" && effectOf(touch.item).stored === value;
        })
        .map((touch) => touch.event);
    const [firsts, seconds] = [at(one), at(other)];
    return firsts.some((first) => {
      const others = seconds.filter((second) => second !== first);
      return others.length > 0 && others.every((second) => earlier(first, second));
    });
  };
  const holds = (formula: Formula): boolean => {
    switch (formula.kind) {
      case "constant":
        return formula.value;
      case "stuck":
        return false;
      case "compare": {
        const [a, b] = [operand(formula.left), operand(formula.right)];
        const operator = ({ "=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=" } as const)[formula.operator];
        return applyBinary(operator, a, b) !== 0;
      }
      case "order": {
        return inOrder(formula.first, formula.second);
      }
      case "not":
        return !holds(formula.operand);
      case "and":
        return holds(formula.left) && holds(formula.right);
      case "or":
        return holds(formula.left) || holds(formula.right);
    }
  };
  if (program.filter !== undefined && !holds(program.filter)) return undefined;
  const shown = (term: Observed): number =>
    term.kind === "order" ? (inOrder(term.first, term.second) ? 1 : 0) : term.kind === "stuck" ? 0 : operand(term);
  return {
    values: program.observed.map(shown),
    satisfies: holds(program.condition.formula),
  };
}

/** No place ever holds more packets of a class than it has credits for. */
function roomEverywhere(constraints: Constraints, earlier: (a: number, b: number) => boolean): boolean {
  const classOf = (kind: string): number =>
    kind === "posted" || kind === "intx" ? 0 : kind === "completion" || kind === "io-completion" ? 2 : 1;
  return constraints.visits.every((visit) => {
    const { credits } = visit.stop.place;
    if (credits === undefined || (visit.item.again && visit.enters === visit.item.events[0])) return true;
    const there = constraints.visits.filter(
      (other) =>
        other !== visit &&
        other.stop.key === visit.stop.key &&
        classOf(other.stop.kind) === classOf(visit.stop.kind) &&
        earlier(other.enters, visit.enters) &&
        !earlier(other.leaves, visit.enters),
    );
    return there.length < credits;
  });
}
