/** Constraints in the making: what the orders of program (program-order.ts), memory (memory-order.ts) and places (place-order.ts) add to. */
import type { Platform } from "../platform/platform.js";
import type { Expression, Program } from "../program/program.js";
import { comparedBy } from "./act.js";
import type { Events } from "./events.js";
import { definitionOf, type Item, known } from "./item.js";
import type { Lookup } from "./roads.js";
import type { Run, Scenario } from "./scenario.js";

/** Where the pair `if` stands in order, the pair `then` does. */
export interface Rule {
  readonly if: readonly [number, number];
  /** Only if this pair stands in order, too. */
  readonly and?: readonly [number, number] | undefined;
  readonly then: readonly [number, number];
}

export interface Draft extends Events {
  readonly program: Program;
  readonly platform: Platform;
  readonly option: Lookup;
  readonly scenario: Scenario;
  /** Pairs of events whose order has to be settled. */
  readonly open: (readonly [number, number])[];
  readonly rules: Rule[];
  /** False once what always comes first contradicts itself. */
  possible: boolean;
}

/** Event `a` always comes before event `b`. */
export function first(draft: Draft, a: number, b: number): void {
  draft.possible &&= draft.add(draft.order, a, b);
}

/** The acts whose values an expression needs at a position of a run. */
export function providers(draft: Draft, run: Run, position: number, expression: Expression | undefined): readonly Item[] {
  return registersOf(expression).flatMap((register) => {
    const definition = definitionOf(draft.byRun.get(run) as readonly Item[], position, register);
    if (definition === undefined) return [];
    const { act, position: at } = definition;
    if (act.kind === "assign") return providers(draft, run, at, act.value);
    // What an atomic in halves gives where it computes waits for what it computes with; whether it stored, for what it compares with.
    const made = act.half === "read" && act.modify?.kind === "arithmetic" ? act.modify.value : undefined;
    const compared = act.half === "read" && act.returns === "success" ? comparedBy(act.modify) : undefined;
    return [definition, ...[made, compared].flatMap((each) => providers(draft, run, at, each))];
  });
}

/** The values that an expression of an act needs are there before an event. */
export function valuesFirst(draft: Draft, item: Item, expression: Expression | undefined, event: number): void {
  for (const provider of providers(draft, item.run, item.position, expression)) first(draft, known(provider), event);
}

/** Registers that an expression reads. */
function registersOf(expression: Expression | undefined): readonly number[] {
  switch (expression?.kind) {
    case "register":
      return [expression.register];
    case "unary":
      return registersOf(expression.operand);
    case "binary":
      return [...registersOf(expression.left), ...registersOf(expression.right)];
    default:
      return [];
  }
}

/** Visits each two of a list once, the earlier one first. */
export function eachPair<T>(list: readonly T[], visit: (a: T, b: T) => void): void {
  list.forEach((a, i) => {
    for (const b of list.slice(i + 1)) visit(a, b);
  });
}
