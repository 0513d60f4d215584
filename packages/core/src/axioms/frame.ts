/** What a test says outside its threads, resolved: initial values, what the threads start with, what is observed of an execution. */
import { atomsOf } from "../litmus/proposition.js";
import type { Term as Named, Proposition, Test, Thread } from "../litmus/test.js";
import type { Problem } from "../problem.js";
import { type Declared, declareAll, elementSizeOf, isMember } from "./declare.js";
import { madeOnce } from "./made-once.js";
import { checkCondition, type Observed, observe } from "./observe.js";
import type { Value } from "./value.js";

/** Something that a final state gives a value to. */
export type Item =
  | { readonly kind: "register"; readonly thread: number; readonly name: string }
  | { readonly kind: "location"; readonly name: string };

/** A proposition over items, by their index in `Frame.items`. */
export type Condition =
  | { readonly kind: "constant"; readonly value: boolean }
  | {
      readonly kind: "compare";
      readonly operator: "=" | "!=" | "<" | "<=" | ">" | ">=";
      readonly left: Operand;
      readonly right: Operand;
      /** Where a location or a register of a small type is compared with a number: only so many bits of both. */
      readonly bits?: number;
    }
  | { readonly kind: "not"; readonly operand: Condition }
  | { readonly kind: "and" | "or" | "implies"; readonly left: Condition; readonly right: Condition };

export type Operand = { readonly kind: "item"; readonly item: number } | { readonly kind: "value"; readonly value: Value };

export interface Frame {
  readonly initial: ReadonlyMap<string, Value>;
  /** The type of each declared location, as written, and of registers such as `0:r1`. */
  readonly types: ReadonlyMap<string, string>;
  /** For each thread, what its registers hold at the start: the parameters' addresses, mostly. */
  readonly registers: readonly ReadonlyMap<string, Value>[];
  /** What is observed: the first `shown` of them are printed, in this order; the rest is what only the filter asks for. */
  readonly items: readonly Item[];
  readonly shown: number;
  readonly condition: Condition;
  readonly filter: Condition | undefined;
  /** Locations with a given element count. */
  readonly arrays: ReadonlyMap<string, number>;
  /** Bytes of an element, where there are arrays and all have the same. */
  readonly elementSize: number | undefined;
  /** What is printed of a state, in this order. */
  readonly columns: readonly Column[];
}

/** A part of a printed state. */
export interface Column {
  /** As herd7 writes it: `0:r0`, `[x]`, `a[1]`, `a`. */
  readonly name: string;
  /** Places in `Frame.items`: one for a register or a location, all elements for a whole array. */
  readonly items: readonly number[];
  /** True for `a={0,1}`. */
  readonly whole: boolean;
  /** The type that the initial state declares, as written. */
  readonly type: string | undefined;
}

/** Resolves a test for the axioms; adds problems for what has no meaning there. */
export function frameOf(test: Test, problems: Problem[]): Frame {
  const known = frameBefore(test);
  if (known !== undefined) return known;
  const declared: Declared = {
    initial: new Map(),
    types: new Map(),
    arrays: new Map(),
    registers: startingRegisters(test),
    threadNumber: new Map(test.threads.map((thread, index) => [thread.name, index])),
    problems,
  };
  const { initial, types, arrays, registers } = declared;
  for (const thread of test.threads) {
    if (!isPlain(thread)) {
      problems.push({
        code: "unsupported",
        severity: "error",
        span: thread.span,
        message: `${thread.name}: the axioms know neither devices nor handlers`,
        hint: "`fencepost check` runs them",
      });
    }
    for (const { name } of thread.parameters) initial.set(name, 0);
  }
  declareAll(test.init, declared);
  const before = problems.length;
  checkCondition(test, declared);
  const observed = observe(test, declared);
  if (problems.length === before) keepObserved(test, observed);
  for (const item of observed.items) if (item.kind === "location" && !initial.has(item.name)) initial.set(item.name, 0);
  return { initial, types, registers, ...observed, arrays, elementSize: elementSizeOf(arrays, types) };
}

/** A thread starts with the addresses of its parameters. Shared by all tests that share the thread. */
const addressesOf = madeOnce((parameters: Thread["parameters"]) => new Map<string, Value>(parameters.map(({ name }) => [name, name])));

/** What the registers of each thread hold before the initial state says more of them. */
function startingRegisters({ threads, init }: Test): readonly Map<string, Value>[] {
  const more = init.some((each) => each.kind === "register" || isMember(each));
  return threads.map(({ parameters }) => (more ? new Map(addressesOf(parameters)) : addressesOf(parameters)));
}

/** What a condition came to. */
interface Observation {
  /** The threads' names. */
  readonly threads: string;
  readonly init: Test["init"];
  /** All locations that it names. */
  readonly locations: readonly string[];
  readonly observed: Observed;
}

/** By the trees of conditions: one that was read once stands in many tests (`KnownParts`). */
const observations = new WeakMap<Proposition, Observation>();

/** The frame of a test whose condition was resolved before, for threads of the same names and with the same initial state; undefined where there is more to it. */
function frameBefore(test: Test): Frame | undefined {
  const { condition, threads, init } = test;
  const known = condition === undefined || !isAllThatIsObserved(test) ? undefined : observations.get(condition.proposition);
  if (known === undefined || known.threads !== namesOf(threads) || (known.init !== init && known.init.length + init.length > 0))
    return undefined;
  const stated = init.length === 0 ? NOTHING_STATED : statedBy(init);
  if (stated === undefined) return undefined;
  const initial = new Map<string, Value>();
  const registers: ReadonlyMap<string, Value>[] = [];
  for (let at = 0; at < threads.length; at++) {
    const thread = threads[at] as Thread;
    if (!isPlain(thread)) return undefined;
    const { parameters } = thread;
    for (let each = 0; each < parameters.length; each++) initial.set((parameters[each] as Thread["parameters"][number]).name, 0);
    registers.push(addressesOf(parameters));
  }
  for (let at = 0; at < stated.initial.length; at++) {
    const { name, value } = stated.initial[at] as Stated["initial"][number];
    initial.set(name, value);
  }
  // A location that is no parameter may be a slip of the pen.
  for (let at = 0; at < known.locations.length; at++) if (!initial.has(known.locations[at] as string)) return undefined;
  const { items, shown, condition: resolved, filter, columns } = known.observed;
  return {
    initial,
    types: stated.types,
    registers,
    items,
    shown,
    condition: resolved,
    filter,
    arrays: NO_ARRAYS,
    elementSize: undefined,
    columns,
  };
}

const NO_ARRAYS: ReadonlyMap<string, number> = new Map();

/** What an initial state says that declares locations and nothing else. */
interface Stated {
  readonly initial: readonly { readonly name: string; readonly value: Value }[];
  readonly types: ReadonlyMap<string, string>;
}

const NOTHING_STATED: Stated = { initial: [], types: new Map() };

/** Undefined where it says more. */
const statedBy = madeOnce((init: Test["init"]): Stated | undefined => {
  if (!init.every((each) => each.kind === "location" && !isMember(each))) return undefined;
  const declared: Declared = {
    initial: new Map(),
    types: new Map(),
    arrays: new Map(),
    registers: [],
    threadNumber: new Map(),
    problems: [],
  };
  declareAll(init, declared);
  const { initial, types, arrays, problems } = declared;
  if (problems.length > 0 || arrays.size > 0) return undefined;
  return { initial: [...initial].map(([name, value]) => ({ name, value })), types };
});

/** A thread of the driver, which nothing has to start. */
function isPlain({ role, clauses }: Thread): boolean {
  return role === "cpu" && clauses.length === 0;
}

function keepObserved(test: Test, observed: Observed): void {
  const { condition, threads, init } = test;
  if (condition === undefined || !isAllThatIsObserved(test)) return;
  const locations = atomsOf(condition.proposition).flatMap((atom) =>
    atom.kind === "compare" ? [atom.left, atom.right].flatMap(locationNames) : [],
  );
  observations.set(condition.proposition, { threads: namesOf(threads), init, locations, observed });
}

/** The locations that a term names, as contents or as an address. */
function locationNames(term: Named): readonly string[] {
  return term.kind === "location" ? [term.name] : term.kind === "list" ? term.items.flatMap(locationNames) : [];
}

/** Is the condition all that says what to look at? */
function isAllThatIsObserved({ locations, filter }: Test): boolean {
  return locations.length === 0 && filter === undefined;
}

function namesOf(threads: Test["threads"]): string {
  let names = "";
  for (const { name } of threads) names += `${name} `;
  return names;
}
