/** What a test says outside its threads, resolved: initial values, what the threads start with, what is observed of an execution. */
import { atomsOf } from "../litmus/proposition.js";
import type { Declaration, Expression, Initial, Term as Named, Proposition, Test, Thread } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";
import { madeOnce } from "./made-once.js";
import type { Value } from "./value.js";
import { asWord, indexed, sizeOf, smallBits } from "./value.js";

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
  const initial = new Map<string, Value>();
  const types = new Map<string, string>();
  const arrays = new Map<string, number>();
  const registers = startingRegisters(test);
  const threadNumber = new Map(test.threads.map((thread, index) => [thread.name, index]));
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
  for (const declaration of test.init) {
    declare(declaration, { initial, types, arrays, registers, threadNumber, problems });
    // A member of a structure stands in bodies by its own name, which is no parameter: `d->own` is what `d.own` points to.
    if (declaration.kind === "location" && declaration.owner === undefined && declaration.name.includes("."))
      for (const own of registers) own.set(declaration.name, declaration.name);
  }
  for (const declaration of test.init)
    if ("value" in declaration) ensureAddressed(declaration.value, declaration.span, initial, arrays, problems);

  const declared = { types, arrays, threadNumber, problems };
  const before = problems.length;
  checkCondition(test, initial, arrays, problems);
  const observed = observe(test, declared);
  if (problems.length === before) keepObserved(test, observed);
  for (const item of observed.items) if (item.kind === "location" && !initial.has(item.name)) initial.set(item.name, 0);
  return {
    initial,
    types,
    registers,
    ...observed,
    arrays,
    elementSize: elementSizeOf(arrays, types),
  };
}

/** What the initial state says that matters to what is observed. */
interface Declared {
  readonly types: ReadonlyMap<string, string>;
  readonly arrays: ReadonlyMap<string, number>;
  readonly threadNumber: ReadonlyMap<string, number>;
  readonly problems: Problem[];
}

/** A thread starts with the addresses of its parameters. Shared by all tests that share the thread. */
const addressesOf = madeOnce((parameters: Thread["parameters"]) => new Map<string, Value>(parameters.map(({ name }) => [name, name])));

/** What the registers of each thread hold before the initial state says more of them. */
function startingRegisters({ threads, init }: Test): readonly Map<string, Value>[] {
  const more = init.some((each) => each.kind === "register" || (each.kind === "location" && each.name.includes(".")));
  return threads.map(({ parameters }) => (more ? new Map(addressesOf(parameters)) : addressesOf(parameters)));
}

/** What is observed of an execution. */
type Observed = Pick<Frame, "items" | "shown" | "condition" | "filter" | "columns">;

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
  const initial = new Map<string, Value>();
  const types = new Map<string, string>();
  const arrays = new Map<string, number>();
  const problems: Problem[] = [];
  for (const declaration of init) {
    if (declaration.kind !== "location" || declaration.name.includes(".")) return undefined;
    declare(declaration, { initial, types, arrays, registers: [], threadNumber: new Map(), problems });
  }
  for (const declaration of init)
    if ("value" in declaration) ensureAddressed(declaration.value, declaration.span, initial, arrays, problems);
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

/** Resolves the condition, the filter and the locations. */
function observe(test: Test, { types, arrays, threadNumber, problems }: Declared): Observed {
  const shownItems: Item[] = [];
  const seen = new Set<string>();
  const add = (list: Item[], item: Item): void => {
    const key = itemKey(item);
    if (seen.has(key)) return;
    seen.add(key);
    list.push(item);
  };
  const resolve = (term: Named): Item | undefined => {
    if (term.kind === "register") {
      const thread = threadNumber.get(term.thread);
      if (thread !== undefined) return { kind: "register", thread, name: term.name };
      problems.push({ code: "condition", severity: "error", span: term.span, message: `there is no thread ${term.thread}` });
    } else if (term.kind === "location") {
      if (term.owner === undefined) return { kind: "location", name: indexed(term.name, term.index ?? 0) };
      problems.push({ code: "unsupported", severity: "error", span: term.span, message: "the axioms know no device registers" });
    }
    return undefined;
  };
  /** The array that a term means as a whole. */
  const wholeOf = (term: Named): string | undefined =>
    term.kind === "location" && term.owner === undefined && term.index === undefined && arrays.has(term.name) ? term.name : undefined;
  const visit = (proposition: Proposition | undefined, list: Item[], wholes: Set<string>): void => {
    for (const atom of atomsOf(proposition)) {
      if (atom.kind === "compare") {
        for (const side of [atom.left, atom.right]) {
          if (side === atom.right && side.kind === "location" && !isContents(side, atom.left)) continue;
          const whole = wholeOf(side);
          if (whole !== undefined) {
            wholes.add(whole);
            continue;
          }
          const item = resolve(side);
          if (item !== undefined) add(list, item);
        }
      } else if (atom.kind !== "constant") {
        problems.push({
          code: "unsupported",
          severity: "error",
          span: atom.span,
          message: atom.kind === "stuck" ? "the axioms know no stuck runs" : "the axioms know no order of arrivals at a device",
        });
      }
    }
  };
  const wholes = new Set<string>();
  visit(test.condition?.proposition, shownItems, wholes);
  for (const location of test.locations) {
    const whole = wholeOf(location);
    if (whole !== undefined) wholes.add(whole);
    const item = whole === undefined ? resolve(location) : undefined;
    if (item !== undefined) add(shownItems, item);
  }
  const drafts = [
    ...shownItems.map((item): Draft => ({ items: [item], whole: undefined })),
    ...[...wholes].map((whole): Draft => ({ items: elements(whole, arrays.get(whole) as number), whole })),
  ].sort((a, b) => compareDrafts(a, b, arrays));
  shownItems.length = 0;
  seen.clear();
  for (const draft of drafts) for (const item of draft.items) add(shownItems, item);
  const filterItems: Item[] = [];
  const filtered = new Set<string>();
  visit(test.filter, filterItems, filtered);
  for (const whole of filtered) for (const item of elements(whole, arrays.get(whole) as number)) add(filterItems, item);
  const items = [...shownItems, ...filterItems];
  const index = new Map(items.map((item, at) => [itemKey(item), at]));
  const operand = (term: Named, right: boolean, other: Named): Operand => {
    if (term.kind === "integer") return { kind: "value", value: asWord(term.value) };
    if (term.kind === "list") return { kind: "value", value: 0 };
    if (right && term.kind === "location" && !isContents(term, other))
      return { kind: "value", value: byteAddress(term.name, term.index ?? 0, arrays, types) };
    const item = resolve(term);
    const at = item === undefined ? undefined : index.get(itemKey(item));
    return at === undefined ? { kind: "value", value: 0 } : { kind: "item", item: at };
  };
  const bitsCompared = ({ operator, left, right }: Comparison): { readonly bits?: number } => {
    if (right.kind !== "integer" || (operator !== "=" && operator !== "!=")) return {};
    const item = resolve(left);
    const bits = item === undefined ? undefined : smallBits(types.get(typeKey({ items: [item], whole: undefined })))?.bits;
    return bits === undefined ? {} : { bits };
  };
  const condition = (proposition: Proposition): Condition => {
    switch (proposition.kind) {
      case "constant":
        return { kind: "constant", value: proposition.value };
      case "compare": {
        const parts = wholesCompared(proposition, arrays);
        if (parts !== undefined) {
          const equal =
            parts === "unlike"
              ? ({ kind: "constant", value: false } as const)
              : parts.map(condition).reduce((left, right): Condition => ({ kind: "and", left, right }));
          return proposition.operator === "!=" ? { kind: "not", operand: equal } : equal;
        }
        return {
          kind: "compare",
          operator: proposition.operator,
          left: operand(proposition.left, false, proposition.right),
          right: operand(proposition.right, true, proposition.left),
          ...bitsCompared(proposition),
        };
      }
      case "not":
        return { kind: "not", operand: condition(proposition.operand) };
      case "and":
      case "or":
      case "implies":
        return { kind: proposition.kind, left: condition(proposition.left), right: condition(proposition.right) };
      case "stuck":
      case "order":
        return { kind: "constant", value: false };
    }
  };
  return {
    items,
    shown: shownItems.length,
    condition: test.condition === undefined ? { kind: "constant", value: true } : condition(test.condition.proposition),
    filter: test.filter === undefined ? undefined : condition(test.filter),
    columns: drafts.map((draft) => ({
      name: draft.whole ?? itemText(draft.items[0] as Item, arrays),
      items: draft.items.map((item) => index.get(itemKey(item)) as number),
      whole: draft.items.length > 1,
      type: types.get(typeKey(draft)),
    })),
  };
}

/** The address `a[4]` on the right of a comparison: as in herd7 the index counts bytes. What lies between the elements of an array is no value that is ever read. */
function byteAddress(name: string, bytes: number, arrays: ReadonlyMap<string, number>, types: ReadonlyMap<string, string>): Value {
  const size = arrays.has(name) ? sizeOf(types.get(name)) : Number.POSITIVE_INFINITY;
  return bytes % size === 0 ? indexed(name, bytes / size) : `${name}+${bytes}`;
}

/** On the right a location stands for its address, but against a number (`1=x`) and where it is `[x]`. */
function isContents(right: Named, left: Named): boolean {
  return left.kind === "integer" || (right.kind === "location" && right.contents === true);
}

type Comparison = Extract<Proposition, { kind: "compare" }>;

/** Where whole arrays are compared: the comparisons of their elements; `unlike` where there is no such array, as of an array with a number (herd7's answer, too). An array of one element is that element. */
function wholesCompared(
  { left, right, operator, span }: Comparison,
  arrays: ReadonlyMap<string, number>,
): readonly Comparison[] | "unlike" | undefined {
  const lengthOf = (term: Named): number | undefined => {
    if (term.kind === "list") return term.items.length;
    const length = term.kind === "location" && term.owner === undefined && term.index === undefined ? arrays.get(term.name) : undefined;
    return length === 1 ? undefined : length;
  };
  const one = lengthOf(left);
  const other = right.kind !== "location" || isContents(right, left) ? lengthOf(right) : undefined;
  if (one === undefined && other === undefined) return undefined;
  if (one === undefined || one !== other) return "unlike";
  const element = (term: Named, index: number): Named =>
    term.kind === "list" ? (term.items[index] as Named) : term.kind === "location" ? { ...term, index } : term;
  return Array.from({ length: one }, (_, index) => ({
    kind: "compare",
    operator: operator === "!=" ? "=" : operator,
    left: element(left, index),
    right: element(right, index),
    span,
  }));
}

/** A column before its items have their places. */
interface Draft {
  readonly items: readonly Item[];
  readonly whole: string | undefined;
}

function elementSizeOf(arrays: ReadonlyMap<string, number>, types: ReadonlyMap<string, string>): number | undefined {
  if (arrays.size === 0) return undefined;
  const sizes = new Set([...arrays.keys()].map((name) => sizeOf(types.get(name))));
  return sizes.size === 1 ? [...sizes][0] : undefined;
}

function typeKey({ items, whole }: Draft): string {
  const item = items[0] as Item;
  return whole ?? (item.kind === "register" ? itemKey(item) : item.name.replace(/\[\d+\]$/, ""));
}

function elements(array: string, length: number): readonly Item[] {
  return Array.from({ length }, (_, at): Item => ({ kind: "location", name: indexed(array, at) }));
}

/** A register, a location in brackets, or an element of an array, as herd7 writes them. */
function itemText(item: Item, arrays: ReadonlyMap<string, number>): string {
  if (item.kind === "register") return `${item.thread}:${item.name}`;
  if (arrays.has(item.name)) return `${item.name}[0]`;
  return item.name.endsWith("]") ? item.name : `[${item.name}]`;
}

/** What a condition speaks of has to be in the test: a name that stands nowhere else is a slip of the pen. */
function checkCondition(test: Test, initial: ReadonlyMap<string, Value>, arrays: ReadonlyMap<string, number>, problems: Problem[]): void {
  const complain = (span: Span, code: Problem["code"], message: string, hint: string): void => {
    problems.push({ code, severity: "error", span, message, hint });
  };
  const check = (term: Named, address = false): void => {
    if (term.kind === "list") for (const item of term.items) check(item, true);
    if (term.kind !== "location" || term.owner !== undefined) return;
    const { name, index, span } = term;
    const length = arrays.get(name);
    if (!initial.has(name) && !test.threads.some(({ body }) => takesAddress(body, name))) {
      const hint = didYouMean(name, initial.keys()) ?? "a location is a parameter of a thread, or stands in the initial state";
      complain(span, "unknown-name", `there is no location \`${name}\` in this test`, hint);
    } else if (index !== undefined && !address && index >= (length ?? 0)) {
      if (length === undefined) complain(span, "condition", `\`${name}\` is not an array`, `declare it: \`int ${name}[${index + 1}];\``);
      else complain(span, "condition", `\`${name}\` has ${length} elements`, `the last one is \`${name}[${length - 1}]\``);
    }
  };
  for (const atom of atomsOf(test.condition?.proposition)) {
    if (atom.kind !== "compare") continue;
    check(atom.left);
    check(atom.right, !isContents(atom.right, atom.left));
    if (atom.operator !== "=" && atom.operator !== "!=" && wholesCompared(atom, arrays) !== undefined)
      complain(atom.span, "condition", "arrays have no order", "compare their elements");
  }
}

/** Does `&name` stand in this part of a tree? */
function takesAddress(tree: unknown, name: string): boolean {
  if (typeof tree !== "object" || tree === null) return false;
  const { kind, operator, operand } = tree as Partial<Extract<Expression, { kind: "unary" }>>;
  if (kind === "unary" && operator === "&" && operand?.kind === "name" && operand.name === name) return true;
  return Object.values(tree).some((part) => takesAddress(part, name));
}

function itemKey(item: Item): string {
  return item.kind === "register" ? `${item.thread}:${item.name}` : `[${item.name}]`;
}

/** herd7's order: registers by thread, then by name; locations and whole arrays by name; elements of arrays by array, then by index. */
function compareDrafts(a: Draft, b: Draft, arrays: ReadonlyMap<string, number>): number {
  const one = draftKey(a, arrays);
  const other = draftKey(b, arrays);
  return one.rank - other.rank || (one.name < other.name ? -1 : one.name > other.name ? 1 : one.index - other.index);
}

const LOCATIONS = Number.MAX_SAFE_INTEGER - 1;

function draftKey({ items, whole }: Draft, arrays: ReadonlyMap<string, number>) {
  const item = items[0] as Item;
  if (item.kind === "register") return { rank: item.thread, name: item.name, index: 0 };
  if (whole !== undefined) return { rank: LOCATIONS, name: whole, index: 0 };
  const [, array, index] = /^(\w+)\[(\d+)\]$/.exec(itemText(item, arrays)) ?? [];
  return array === undefined ? { rank: LOCATIONS, name: item.name, index: 0 } : { rank: LOCATIONS + 1, name: array, index: Number(index) };
}

function initialValue(value: Initial | undefined): Value {
  if (value === undefined || value.kind === "list") return 0;
  return value.kind === "integer" ? asWord(value.value) : indexed(value.name, value.index ?? 0);
}

/** What initial values point to is there. */
function ensureAddressed(
  value: Initial | undefined,
  span: Span,
  initial: Map<string, Value>,
  arrays: ReadonlyMap<string, number>,
  problems: Problem[],
): void {
  if (value?.kind === "list") for (const item of value.items) ensureAddressed(item, span, initial, arrays, problems);
  if (value?.kind !== "address") return;
  const { name, index = 0 } = value;
  if (!initial.has(name)) initial.set(name, 0);
  const length = arrays.get(name);
  if (index < (length ?? 1)) return;
  const message = length === undefined ? `\`${name}\` is not an array` : `\`${name}\` has ${length} elements`;
  problems.push({ code: "arguments", severity: "error", span, message, hint: `its first element is \`${name}\`` });
}

/** A small type holds no more than its bits, without a sign. */
function cut(value: Value, type: string | undefined): Value {
  const bits = smallBits(type)?.bits;
  return bits === undefined || typeof value !== "number" ? value : value & (2 ** bits - 1);
}

function declare(
  declaration: Declaration,
  into: {
    readonly initial: Map<string, Value>;
    readonly types: Map<string, string>;
    readonly arrays: Map<string, number>;
    readonly registers: readonly Map<string, Value>[];
    readonly threadNumber: ReadonlyMap<string, number>;
    readonly problems: Problem[];
  },
): void {
  const unsupported = (message: string): void => {
    into.problems.push({ code: "unsupported", severity: "error", span: declaration.span, message, hint: "`fencepost check` runs it" });
  };
  switch (declaration.kind) {
    case "location": {
      if (declaration.space !== "memory" || declaration.owner !== undefined) {
        unsupported("the axioms know ordinary memory only");
        return;
      }
      const { name, value } = declaration;
      if (declaration.type !== undefined) into.types.set(name, declaration.type);
      // `{}` is what all is without it: 0.
      const items = value?.kind === "list" && value.items.length > 0 ? value.items : undefined;
      const length = declaration.length ?? items?.length;
      if (items !== undefined && length !== undefined && items.length > length) {
        into.problems.push({
          code: "syntax",
          severity: "error",
          span: declaration.span,
          message: `\`${name}\` has ${length} elements, and is given ${items.length} values`,
        });
      }
      if (length === undefined) {
        into.initial.set(name, cut(initialValue(value), declaration.type));
      } else {
        into.arrays.set(name, length);
        for (let at = 0; at < length; at++) into.initial.set(indexed(name, at), cut(initialValue(items?.[at]), declaration.type));
      }
      return;
    }
    case "register": {
      const thread = into.threadNumber.get(declaration.thread);
      if (thread === undefined) {
        into.problems.push({
          code: "unknown-name",
          severity: "error",
          span: declaration.span,
          message: `there is no thread ${declaration.thread}`,
        });
        return;
      }
      const value = initialValue(declaration.value);
      into.registers[thread]?.set(declaration.name, value);
      if (declaration.type !== undefined) into.types.set(`${thread}:${declaration.name}`, declaration.type);
      return;
    }
    case "line":
      return;
    case "device":
    case "thread":
      unsupported(`${declaration.name}: the axioms know no placement`);
  }
}
