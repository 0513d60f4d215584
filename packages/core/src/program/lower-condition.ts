/** Conditions: terms become operands, and what they name becomes what a state shows. */
import type { Arrival as ArrivalTree, Proposition, Term, Test } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import type { Span } from "../source.js";
import type { Complaints } from "./complaints.js";
import type { Devices } from "./devices.js";
import type { Arrival, Condition, Formula, Observed, Operand } from "./program.js";
import { addressOf, type Locations, type Place } from "./resolve.js";

/** A thread's registers, as far as a condition needs them. */
export interface Registers {
  readonly name: string;
  /** Index of the register; made if need be, with a warning if the test does not set it. */
  register(name: string, span: Span): number;
  registerName(register: number): string;
}

export interface Context {
  readonly threads: readonly Registers[];
  readonly locations: Locations;
  readonly devices: Devices;
  readonly complaints: Complaints;
}

/** Lowers the condition, the filter, and what `locations` shows. */
export function lowerConditions(
  test: Test,
  context: Context,
): { readonly condition: Condition; readonly filter: Formula | undefined; readonly observed: readonly Observed[] } {
  const observed = observe(context);
  const condition: Condition =
    test.condition === undefined
      ? { quantifier: "exists", formula: { kind: "constant", value: true } }
      : { quantifier: test.condition.quantifier, formula: lowerProposition(test.condition.proposition, context, observed.add) };
  for (const term of test.locations) {
    // An array shows all of its elements.
    const place = term.kind === "location" && term.index === undefined ? placeOf(term, context.locations) : undefined;
    if (place?.length === undefined) operand(term, "left", context, observed.add);
    else for (let i = 0; i < place.length; i++) observed.add({ kind: "location", location: place.location + i });
  }
  // The filter decides which runs count; it does not add to what is shown.
  const filter = test.filter === undefined ? undefined : lowerProposition(test.filter, context, () => {});
  return { condition, filter, observed: observed.list };
}

type Shown = Exclude<Operand, { kind: "constant" }> | (Formula & { readonly kind: "order" | "stuck" });

type Seen = (operand: Operand | Shown) => void;

function observe(context: Context): { readonly list: readonly Observed[]; readonly add: Seen } {
  const list: Observed[] = [];
  const known = new Set<string>();
  const add: Seen = (operand) => {
    if (operand.kind === "constant") return;
    const entry = label(operand, context);
    if (known.has(entry.label)) return;
    known.add(entry.label);
    list.push(entry);
  };
  return { list, add };
}

/** herd7 prints `0:r0` for a register of P0 and `[x]` for a location. */
function label(operand: Shown, context: Context): Observed {
  if (operand.kind === "stuck") return { ...operand, label: "stuck" };
  if (operand.kind === "order") {
    const arrived = ({ location, value }: Arrival): string =>
      `${context.locations.list[location]?.name ?? "?"}${value === undefined ? "" : `=${value}`}`;
    return { ...operand, label: `order(${arrived(operand.first)}, ${arrived(operand.second)})` };
  }
  if (operand.kind === "location") return { ...operand, label: `[${context.locations.list[operand.location]?.name ?? "?"}]` };
  const thread = context.threads[operand.thread];
  return { ...operand, label: `${thread?.name.replace(/^P(?=\d)/, "") ?? "?"}:${thread?.registerName(operand.register) ?? "?"}` };
}

function lowerProposition(proposition: Proposition, context: Context, seen: Seen): Formula {
  switch (proposition.kind) {
    case "constant":
      return { kind: "constant", value: proposition.value };
    case "compare": {
      if (proposition.right.kind === "list") return compareElements(proposition, proposition.right.items, context, seen);
      const left = operand(proposition.left, "left", context, seen);
      // Against a number, a location on the right is its contents: `1 = x`.
      const contents =
        proposition.left.kind === "integer" || (proposition.right.kind === "location" && proposition.right.contents === true);
      const right = operand(proposition.right, contents ? "left" : "right", context, seen);
      return { kind: "compare", operator: proposition.operator, left, right };
    }
    case "order": {
      const order = { kind: "order", first: arrival(proposition.first, context), second: arrival(proposition.second, context) } as const;
      seen(order);
      return order;
    }
    case "stuck":
      seen({ kind: "stuck" });
      return { kind: "stuck" };
    case "not":
      return { kind: "not", operand: lowerProposition(proposition.operand, context, seen) };
    case "and":
    case "or":
      return {
        kind: proposition.kind,
        left: lowerProposition(proposition.left, context, seen),
        right: lowerProposition(proposition.right, context, seen),
      };
    case "implies": {
      const left = lowerProposition(proposition.left, context, seen);
      return { kind: "or", left: { kind: "not", operand: left }, right: lowerProposition(proposition.right, context, seen) };
    }
  }
}

/** `a={0, 1}`: each element holds what is listed for it. */
function compareElements(
  { operator, left, span }: Extract<Proposition, { kind: "compare" }>,
  items: readonly Term[],
  context: Context,
  seen: Seen,
): Formula {
  const place = left.kind === "location" && left.index === undefined ? placeOf(left, context.locations) : undefined;
  const length = place?.length;
  if (left.kind !== "location" || length !== items.length) {
    const message =
      length === undefined ? "only an array is compared with a list" : `the array has ${length} elements, the list ${items.length}`;
    context.complaints.error("condition", span, message);
    return { kind: "constant", value: false };
  }
  const equal = items
    .map((right, index) => lowerProposition({ kind: "compare", operator: "=", left: { ...left, index }, right, span }, context, seen))
    .reduce((left, right): Formula => ({ kind: "and", left, right }));
  return operator === "!=" ? { kind: "not", operand: equal } : equal;
}

const nothing: Operand = { kind: "constant", value: 0 };

/** On the left a location stands for its contents, on the right for its address. */
function operand(term: Term, side: "left" | "right", context: Context, seen: Seen): Operand {
  switch (term.kind) {
    case "integer":
      return { kind: "constant", value: term.value | 0 };
    case "register": {
      const thread = context.threads.findIndex((candidate) => candidate.name === term.thread);
      const found = context.threads[thread];
      if (found === undefined) {
        const names = context.threads.map((candidate) => candidate.name);
        context.complaints.error("condition", term.span, `there is no thread \`${term.thread}\``, `the threads are ${names.join(", ")}`);
        return nothing;
      }
      const operand: Operand = { kind: "register", thread, register: found.register(term.name, term.span) };
      seen(operand);
      return operand;
    }
    case "location": {
      const location = locationOf(term, context);
      if (location === undefined) return nothing;
      if (side === "right") return { kind: "constant", value: addressOf(location) };
      const operand: Operand = { kind: "location", location };
      seen(operand);
      return operand;
    }
    case "list":
      return nothing;
  }
}

function placeOf(term: Extract<Term, { kind: "location" }>, locations: Locations): Place | undefined {
  return term.owner === undefined ? locations.named(term.name) : locations.owned(term.owner, term.name);
}

function locationOf(term: Extract<Term, { kind: "location" }>, context: Context): number | undefined {
  const { locations, complaints } = context;
  const name = term.owner === undefined ? term.name : `${term.owner}.${term.name}`;
  const place = placeOf(term, locations);
  if (place === undefined) {
    const owners = term.owner === undefined ? locations.owners(term.name) : [];
    const hint =
      owners.length > 0
        ? `write ${owners.map((owner) => `${owner}.${term.name}`).join(" or ")}`
        : didYouMean(
            name,
            locations.list.map((location) => location.name),
          );
    complaints.error(
      "condition",
      term.span,
      owners.length > 0 ? `\`${name}\` may be any of ${owners.length} registers` : `there is no \`${name}\``,
      hint,
    );
    return undefined;
  }
  const index = term.index ?? 0;
  if (index < 0 || index >= (place.length ?? 1)) {
    complaints.error(
      "condition",
      term.span,
      `\`${name}\` has no element ${index}`,
      place.length === undefined ? "it is no array" : `the last is ${place.length - 1}`,
    );
    return undefined;
  }
  return place.location + index;
}

function arrival(tree: ArrivalTree, context: Context): Arrival {
  const place = context.locations.owned(tree.owner, tree.name);
  if (place === undefined) {
    const known = context.locations.list.filter((location) => location.space !== "memory").map((location) => location.name);
    context.complaints.error(
      "condition",
      tree.span,
      `there is no register \`${tree.owner}.${tree.name}\``,
      didYouMean(`${tree.owner}.${tree.name}`, known),
    );
    return { location: 0, value: tree.value };
  }
  return { location: place.location, value: tree.value === undefined ? undefined : tree.value | 0 };
}
