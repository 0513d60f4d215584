/** What the names of a model stand for while it is being compiled: nodes of the graph, and all that is gone from it (functions, tags, tuples). */

import type { NodeId } from "./graph.js";
import type { CatProblem } from "./model.js";
import type { Expression, Instruction, Pattern, Place } from "./syntax.js";

export type Value =
  /** A set of events or a relation. */
  | { readonly kind: "graph"; readonly node: NodeId }
  /** `{}`: the empty set of any type. */
  | { readonly kind: "nothing" }
  /** `_`: all events, all pairs, or all tags. */
  | { readonly kind: "universe" }
  | { readonly kind: "tag"; readonly enumeration: string; readonly name: string }
  /** A set of tags. */
  | { readonly kind: "tags"; readonly enumeration: string; readonly names: readonly string[] }
  | { readonly kind: "tuple"; readonly elements: readonly Value[] }
  | Closure
  | { readonly kind: "primitive"; readonly name: string }
  | { readonly kind: "procedure"; readonly parameters: Pattern; readonly body: readonly Instruction[]; environment: Environment }
  /** The locations' events, each location a set: `classes-loc(set)`. */
  | { readonly kind: "partition"; readonly set: NodeId }
  /** For each location the total orders on its events that extend `before`; and the unions of one of each. */
  | { readonly kind: "order-choices"; readonly set: NodeId; readonly before: NodeId }
  | { readonly kind: "orders"; readonly set: NodeId; readonly before: NodeId }
  /** What only an execution tells: evaluated by `interpret`. */
  | Dynamic;

export interface Closure {
  readonly kind: "closure";
  readonly name: string | undefined;
  readonly parameters: Pattern;
  readonly body: Expression;
  environment: Environment;
}

export interface Dynamic {
  readonly kind: "dynamic";
  readonly expression: Expression;
  readonly environment: Environment;
}

export const NOTHING: Value = { kind: "nothing" };
export const UNIVERSE: Value = { kind: "universe" };

/** What a name stands for, found when it is first asked for: a binding that nothing uses is never evaluated. */
export class Thunk {
  #value: Value | undefined;
  #make: (() => Value) | undefined;
  used = false;

  constructor(make: (() => Value) | Value) {
    if (typeof make === "function") this.#make = make;
    else this.#value = make;
  }

  get value(): Value {
    this.used = true;
    if (this.#value === undefined) {
      const make = this.#make;
      if (make === undefined) throw new Error("a binding reads itself");
      this.#make = undefined;
      try {
        this.#value = make();
      } catch (error) {
        this.#make = make;
        throw error;
      }
    }
    return this.#value;
  }
}

/** Names in scope, innermost first. */
export class Environment {
  readonly #names = new Map<string, Thunk>();

  constructor(readonly outer?: Environment) {}

  find(name: string): Thunk | undefined {
    return this.#names.get(name) ?? this.outer?.find(name);
  }

  /** An environment with one name more. */
  with(name: string, value: Thunk | Value): Environment {
    const inner = new Environment(this);
    inner.#names.set(name, value instanceof Thunk ? value : new Thunk(value));
    return inner;
  }

  /** Binds in this very scope: for scopes that nobody else has yet. */
  bind(name: string, value: Thunk | Value): void {
    this.#names.set(name, value instanceof Thunk ? value : new Thunk(value));
  }

  /** All names in scope. */
  names(all = new Set<string>()): Set<string> {
    for (const name of this.#names.keys()) all.add(name);
    return this.outer?.names(all) ?? all;
  }
}

/** A mistake in the model; `try` catches it. */
export class CatError extends Error {
  constructor(
    readonly place: Place,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }

  get problem(): CatProblem {
    const problem: CatProblem = { severity: "error", place: this.place, message: this.message };
    return this.hint === undefined ? problem : { ...problem, hint: this.hint };
  }
}

/** Raised where an expression needs the elements of a set that only an execution has: it is left to `interpret`. */
export class NeedsExecution extends Error {
  constructor(readonly place: Place) {
    super("needs an execution");
  }
}

/** For messages: what a value is. */
export function describe(value: Value, kindOf: (node: NodeId) => "set" | "relation"): string {
  switch (value.kind) {
    case "graph":
      return kindOf(value.node) === "set" ? "a set of events" : "a relation";
    case "nothing":
      return "the empty set";
    case "universe":
      return "`_`";
    case "tag":
      return `the tag \`'${value.name}\``;
    case "tags":
      return "a set of tags";
    case "tuple":
      return value.elements.length === 0 ? "the empty tuple" : `a tuple of ${value.elements.length}`;
    case "closure":
    case "primitive":
      return "a function";
    case "procedure":
      return "a procedure";
    case "partition":
      return "a set of sets of events";
    case "order-choices":
      return "a set of sets of orders";
    case "orders":
      return "a set of orders";
    case "dynamic":
      return "a value that only an execution has";
  }
}
