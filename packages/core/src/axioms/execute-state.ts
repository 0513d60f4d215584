/** A path of a thread that is being executed: what it has done so far, and how that is handed on. */
import type { Span } from "../source.js";
import type { Branch, Constraint, Port, ThreadEvent } from "./event.js";
import type { Hazard } from "./mistake.js";
import { operation, type Term } from "./value.js";

export interface State {
  events: ThreadEvent[];
  data: (readonly [number, number])[];
  control: (readonly [number, number])[];
  registerReads: (readonly [number, number])[];
  branches: Branch[];
  constraints: Constraint[];
  registers: Map<string, { readonly value: Term; readonly writer: number }>;
  hazards: Hazard[];
  instruction: number;
  cut: boolean;
}

/** The same path, to go on in another way. */
export function fork(state: State): State {
  return {
    events: state.events.slice(),
    data: state.data.slice(),
    control: state.control.slice(),
    registerReads: state.registerReads.slice(),
    branches: state.branches.slice(),
    constraints: state.constraints.slice(),
    registers: new Map(state.registers),
    hazards: state.hazards.slice(),
    instruction: state.instruction,
    cut: state.cut,
  };
}

/** What an expression came to: its value, and the events that it is handed on by. */
export interface Result {
  readonly value: Term;
  readonly from: readonly number[];
}

/** What an event has besides its kind and its place. */
export interface EventDetails {
  readonly tags?: readonly string[];
  readonly atomic?: boolean;
  readonly port?: Port;
  readonly address?: Term;
  readonly value?: Term;
}

export type Next = (state: State, result: Result) => void;

export type Then = (state: State) => void;

/** Where the path is, for what may be wrong with the next event. */
export const placeOf = ({ events, instruction }: State, span: Span) => ({ at: events.length, instruction, span });

/** Adds a pair from each of these events to another. */
export function link(list: (readonly [number, number])[], from: readonly number[], to: number): void {
  for (const each of from) list.push([each, to]);
}

/** The path is taken only where this holds. */
export function require(state: State, operator: string, left: Term, right: Term): void {
  const term = operation(operator, left, right);
  if (term !== undefined) state.constraints.push({ term, holds: true });
}
