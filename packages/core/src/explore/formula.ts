/** Conditions over the state in which a run has ended. */
import type { Machine } from "../machine/machine.js";
import type { State, Stepper } from "../machine/step.js";
import { formulaAtoms } from "../program/formula.js";
import type { Arrival, Formula, Operand, Program } from "../program/program.js";

export function compare(operator: string, a: number, b: number): boolean {
  switch (operator) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

/** Does the formula speak of runs that get stuck? */
export function speaksOfStuck(formula: Formula | undefined): boolean {
  return formulaAtoms(formula).some(({ kind }) => kind === "stuck");
}

/** What a formula compares. */
export function operandsOf(formula: Formula | undefined): readonly Operand[] {
  return formulaAtoms(formula).flatMap((atom) => (atom.kind === "compare" ? [atom.left, atom.right] : []));
}

/** What is asked about the ends of runs besides the condition in verdict mode: the terms that are told apart, and what the filter compares. */
export function askedOf({ observed, filter }: Program): { readonly locations: ReadonlySet<number>; readonly filtered: readonly Operand[] } {
  const filtered = operandsOf(filter);
  const locations = [...observed, ...filtered].flatMap((term) => (term.kind === "location" ? [term.location] : []));
  return { locations: new Set(locations), filtered };
}

/** Is the formula true in a state in which the run has ended, or is `stuck`? */
export function satisfied(stepper: Stepper, state: State, formula: Formula, stuck = false): boolean {
  const operand = (of: Operand): number => {
    switch (of.kind) {
      case "constant":
        return of.value;
      case "register":
        return stepper.register(state, of.thread, of.register);
      case "location":
        return stepper.location(state, of.location);
    }
  };
  switch (formula.kind) {
    case "constant":
      return formula.value;
    case "compare":
      return compare(formula.operator, operand(formula.left), operand(formula.right));
    case "order":
      return cameFirst(stepper, state, formula);
    case "stuck":
      return stuck;
    case "not":
      return !satisfied(stepper, state, formula.operand, stuck);
    case "and":
      return satisfied(stepper, state, formula.left, stuck) && satisfied(stepper, state, formula.right, stuck);
    case "or":
      return satisfied(stepper, state, formula.left, stuck) || satisfied(stepper, state, formula.right, stuck);
  }
}

interface Order {
  readonly first: Arrival;
  readonly second: Arrival;
}

/** The number of the monitor that watches an `order` atom. */
export function monitorOf(machine: Machine, order: Order): number {
  const same = (a: Arrival, b: Arrival): boolean => a.location === b.location && a.value === b.value;
  return machine.arrivals.findIndex((arrival) => same(arrival.first, order.first) && same(arrival.second, order.second));
}

const cameFirst = (stepper: Stepper, state: State, order: Order): boolean =>
  state[stepper.machine.layout.monitors + monitorOf(stepper.machine, order)] === 2;

/** What the program's `observed` terms are worth in a state where the run has ended, or is `stuck`. */
export function observe(stepper: Stepper, state: State, stuck = false): number[] {
  return stepper.machine.program.observed.map((term) => {
    switch (term.kind) {
      case "register":
        return stepper.register(state, term.thread, term.register);
      case "location":
        return stepper.location(state, term.location);
      case "order":
        return cameFirst(stepper, state, term) ? 1 : 0;
      case "stuck":
        return stuck ? 1 : 0;
    }
  });
}
