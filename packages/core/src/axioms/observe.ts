/** What a test observes of an execution: what its condition, `locations` and filter name, in the order in which herd7 prints it. */
import { atomsOf } from "../litmus/proposition.js";
import type { Expression, Term as Named, Proposition, Test } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";
import type { Declared } from "./declare.js";
import type { Condition, Frame, Item, Operand } from "./frame.js";
import { asWord, indexed, sizeOf, smallBits, type Value } from "./value.js";

/** What is observed of an execution. */
export type Observed = Pick<Frame, "items" | "shown" | "condition" | "filter" | "columns">;

/** Resolves the condition, the filter and the locations. */
export function observe(test: Test, { types, arrays, threadNumber, problems }: Declared): Observed {
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
export function checkCondition(test: Test, { initial, arrays, problems }: Declared): void {
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
