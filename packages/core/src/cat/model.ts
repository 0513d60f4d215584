/** What a compiled model offers: what it reads, what it checks, and sessions that evaluate it. */
import type { Source } from "../source.js";
import type { EventSet, Relation } from "./relation.js";
import type { CatModel, Place, TestKind } from "./syntax.js";

/** A mistake in a model, with the file that it is in: a model has several. */
export interface CatProblem {
  readonly severity: "error" | "warning";
  readonly place: Place;
  readonly message: string;
  readonly hint?: string;
}

export type CatOutcome<T> =
  | { readonly ok: true; readonly value: T; readonly problems: readonly CatProblem[] }
  | { readonly ok: false; readonly problems: readonly CatProblem[] };

/** Finds an included file by the name in the text, or undefined. */
export type Include = (name: string) => Source | undefined;

export interface CompileOptions {
  /** `if "name"`: is the variant set? None is by default. */
  readonly variant?: (name: string) => boolean;
  /** Names of checks that are skipped (herd7's `-skipchecks`). */
  readonly skip?: ReadonlySet<string>;
  /** Executions that fail a check are let through (herd7's `-through all`). */
  readonly through?: boolean;
  /** A bell file, run before the model; its tags become sets of events. */
  readonly bell?: CatModel;
  /** More base names that the caller's structures hold: those of the vocabulary of vocabulary.ts for the architecture are always there. */
  readonly sets?: readonly string[];
  readonly relations?: readonly string[];
  /** The vocabulary of which architecture: `C` where nothing is said here or in the model's header. */
  readonly architecture?: string;
}

/** One check, flag or the like of the model, in the model's order. */
export interface Check {
  /** The `as` name; undefined where it has none. */
  readonly name: string | undefined;
  readonly role: "check" | "flag" | "undefined-unless" | "assert";
  readonly test: TestKind;
  readonly negated: boolean;
  readonly place: Place;
  /** What the verdict of it can depend on. */
  readonly reads: Reads;
}

/** Which of the dynamic inputs something depends on. All false: it is the same for every execution of a structure. */
export interface Reads {
  readonly rf: boolean;
  readonly co: boolean;
  readonly finals: boolean;
  readonly values: boolean;
  /** The choices that the model makes itself. */
  readonly branch: boolean;
}

/** What a structure must hold, by base name. Sets and relations that a structure does not hold are empty. */
export interface Needs {
  readonly sets: readonly string[];
  readonly relations: readonly string[];
  /** True where the model reads `FW`, the final writes. */
  readonly finals: boolean;
  /** True where the model compares values (`different-values`). */
  readonly values: boolean;
}

export interface CompiledModel {
  readonly title: string;
  readonly needs: Needs;
  readonly checks: readonly Check[];
  /** What the model shows, by name, at its end. */
  readonly shows: readonly string[];
  /** Tags of the bell file by the kind of event (`R`, `W`, `F`, `RMW`, `SRCU`...) that may carry them. */
  readonly annotations: ReadonlyMap<string, readonly string[]>;
  /**
   * True where the caller enumerates co: the model has `with co from generate_cos(...)`, or the like. `co` of `prune` and `check` is then the order that `with` would bind: total on the
   * events of `Session.ordered` with the same location, and nothing else; the model may well compute another relation `co` from it (locks). Where it is false (a model that computes co, or
   * has none), nothing that the caller passes as co is read.
   */
  readonly ordersWrites: boolean;
  /**
   * True where some check of the model is `acyclic` of a union with (at least) po-loc, rf, co and fr among its members, rf and co being the caller's or larger: executions that violate it
   * need not be built.
   */
  readonly coherent: boolean;
  /** True where some check says `empty rmw & (fre ; coe)`, rmw being the structure's or larger. */
  readonly atomic: boolean;
  /** A new session. Sessions keep buffers that grow with the structures they are given; use one per worker, again and again. */
  session(): Session;
}

/** The part of an execution that is there before rf and co: one control-flow path of each thread with resolved locations. */
export interface Structure {
  /** Number of events, initial writes included. */
  readonly n: number;
  readonly sets: ReadonlyMap<string, EventSet>;
  readonly relations: ReadonlyMap<string, Relation>;
  /** What is known of rf and co before any choice; the narrower, the more is decided once and for all. Left out, nothing is. */
  readonly rf?: Bounds;
  readonly co?: Bounds;
  /** Final writes that are known, where no check asks for others. */
  readonly finals?: EventSet;
  /** True where `shown` will be asked: what only that needs is then evaluated, too. */
  readonly shows?: boolean;
  /** What the caller sees to by itself: it builds no execution that fails the checks behind `coherent`, or behind `atomic`. These are then not looked at again. */
  readonly assured?: { readonly coherence: boolean; readonly atomicity: boolean };
}

/** What is known of a relation that is being chosen: `must` is in it, and it is in `may`. */
export interface Bounds {
  readonly must: Relation;
  readonly may: Relation;
}

/** Evaluates a model on the executions of one structure at a time. */
export interface Session {
  /** True where, on the branch at hand, bounds that meet (`must` and `may` the same) say exactly what `check` says. */
  readonly exactBounds: boolean;
  /**
   * Takes a structure: evaluates all that depends on neither rf nor co, finds what is empty whatever they are, and drops it. Gives the number of branches: the ways in which the model's
   * own `with` over things known now (reads of failed locks, say) can go; 1 for most, 0 where the structure has no execution at all. The structure's arrays are read, not kept beyond the
   * next `begin`, and must not change till then.
   */
  begin(structure: Structure): number;
  /** Chooses a branch, 0 <= branch < the number; 0 is chosen after `begin`. Each branch is one execution more for the same rf and co, as in herd7. */
  branch(branch: number): void;
  /** The events that co orders, by location (`loc` of the structure). Valid until the next `begin` or `branch`. */
  readonly ordered: EventSet;
  /** Pairs that co must hold whatever rf is (both events in `ordered`): the static part of the order that the model's `generate_cos` extends. */
  readonly orderedBefore: Relation;
  /**
   * Judges a partial execution: false if no completion of it is consistent. `rf.must` are the choices made, `rf.may` all those still possible (with those made); co likewise (`may` without the
   * reverse of what must be). fr and all else is derived from these by the model itself. Sound for any bounds that hold; exact where `must` and `may` are the same. FW counts as unknown, unless
   * given; values count as unknown.
   */
  prune(rf: Bounds, co: Bounds, finals?: EventSet): boolean;
  /** True if every completion within the bounds passes all checks (which says nothing of the flags). */
  settled(rf: Bounds, co: Bounds, finals?: EventSet): boolean;
  /**
   * After `settled` has said yes for the same bounds: the flags that every completion raises, where no completion raises others; undefined where that is not known.
   */
  settledFlags(): readonly string[] | undefined;
  /**
   * Judges a structure with one execution, for which nothing else has to be asked: `rf.must`, `co.must` and `finals` of the structure are its rf, co and FW. The flags that it raises, undefined where
   * a check forbids it; "open" where `begin` and what comes after it have to be asked (the model makes choices, or compares values).
   */
  whole(structure: Structure): readonly string[] | undefined | "open";
  /** True if the execution passes all checks. `finals` (FW): where left out, the last of `co` at each location. `sameValue`: pairs of events that carry the same value (needed where `needs.values`). */
  check(rf: Relation, co: Relation, finals?: EventSet, sameValue?: Relation): boolean;
  /** After `check`: names of the flags that are raised (`undefined` for a failed `undefined_unless` is given as `Undef`), in the model's order. */
  flags(): readonly string[];
  /** After `check`: all checks that fail (index into `checks`), of those with the role `check`, though `check` stops at the first. */
  failures(): readonly number[];
  /** After `check`: failed asserts: the input is wrong. */
  assertions(): readonly number[];
  /** After `check`: the relation that check number `index` looks at (a cycle can be found in it with `findCycle`); undefined where it looks at a set. */
  judged(index: number): Relation | undefined;
  /** After `check`: a relation or set that the model shows, or one bound at its top level. A set is given as a set. Undefined if there is none of that name. */
  shown(
    name: string,
  ): { readonly kind: "relation"; readonly relation: Relation } | { readonly kind: "set"; readonly set: EventSet } | undefined;
}
