/**
 * Local pointers to structures: `struct desc *d = &ring[i]`. The members of an array of structures are arrays of their own, `ring.own`; so such a pointer is the index of its element, and
 * `d->own` is `ring.own[d]`. That keeps what C has: the access depends on what the pointer was computed from. A pointer to a structure that stands alone is another name for it.
 */
import type { Expression, Statement, Test, Thread } from "../litmus/test.js";
import { primitive } from "./primitives.js";
import { walk } from "./scope.js";

/** A structure, or an array of them; `owner`, where its members are registers. */
interface Structure {
  readonly owner: string | undefined;
  readonly name: string;
  readonly array: boolean;
  /** A member of it, whose address stands for that of the whole. */
  readonly first: string;
}

/** A local that points into a structure: at the element `index` where it is given one only, and once; at the element that it holds otherwise. */
interface Pointer {
  readonly structure: Structure;
  readonly fixed: Expression | undefined;
}

type Structures = ReadonlyMap<string, Structure>;
type Pointers = ReadonlyMap<string, Pointer>;

/** Where an expression points: a structure, and which element of the array. */
interface Pointed {
  readonly structure: Structure;
  readonly index: Expression | undefined;
}

/** The thread with its pointers to structures written as indices; those that point into more than one array, or come from memory, stay what they are. */
export function withoutStructurePointers(thread: Thread, test: Test): Thread {
  const structures = structuresOf(test);
  if (structures.size === 0) return thread;
  const assigned = assignments(thread.body);
  const into = new Map<string, Structure>();
  for (const name of assigned.keys()) if (!structures.has(name)) solve(name, assigned, structures, into, new Set());
  const pointers = new Map<string, Pointer>();
  for (const [name, structure] of into) {
    const [value, second] = assigned.get(name) ?? [];
    const once = value !== undefined && second === undefined ? pointed(value, structures, pointers)?.index : undefined;
    pointers.set(name, { structure, fixed: once?.kind === "integer" ? once : undefined });
  }
  return pointers.size === 0 ? thread : { ...thread, body: rewriteAll(thread.body, structures, pointers) };
}

const keyOf = (owner: string | undefined, name: string): string => (owner === undefined ? name : `${owner}.${name}`);

/** By what is before a member's dot: `ring` of `ring.own`. */
function structuresOf(test: Test): ReadonlyMap<string, Structure> {
  const found = new Map<string, Structure>();
  for (const declaration of test.init) {
    if (declaration.kind !== "location") continue;
    const { owner, name, field } = declaration;
    for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
      const base = name.slice(0, dot);
      const first = name.slice(dot + 1);
      const array = field === first;
      const known = found.get(keyOf(owner, base));
      // What is inside an array of structures is no array of its own that could be pointed into.
      if (known === undefined && (array || field === undefined || field.length < first.length))
        found.set(keyOf(owner, base), { owner, name: base, array, first });
    }
  }
  return found;
}

/** What each local is given, wherever that is. */
function assignments(body: readonly Statement[]): ReadonlyMap<string, readonly Expression[]> {
  const found = new Map<string, Expression[]>();
  const add = (name: string, value: Expression): void => void found.set(name, [...(found.get(name) ?? []), value]);
  walk(body, (statement) => {
    if (statement.kind === "declare" && statement.value !== undefined) add(statement.name, statement.value);
    if (statement.kind === "assign" && statement.target.kind === "name")
      add(statement.target.name, statement.operator === undefined ? statement.value : statement.target);
  });
  return found;
}

/** Finds the structure that a local points into, and enters it; undefined where it is not one. */
function solve(
  name: string,
  assigned: ReadonlyMap<string, readonly Expression[]>,
  structures: Structures,
  pointers: Map<string, Structure>,
  asked: Set<string>,
): Structure | undefined {
  const known = pointers.get(name);
  if (known !== undefined || asked.has(name)) return known;
  asked.add(name);
  const values = assigned.get(name) ?? [];
  let structure: Structure | undefined;
  for (const value of values) {
    const into = aim(value, name, (other) => solve(other, assigned, structures, pointers, asked), structures);
    if (into === "itself") continue;
    if (into === undefined || (structure !== undefined && structure !== into)) return undefined;
    structure = into;
  }
  if (structure !== undefined) pointers.set(name, structure);
  return structure;
}

/** The structure that an expression points into. */
function aim(
  tree: Expression,
  name: string,
  pointer: (name: string) => Structure | undefined,
  structures: Structures,
): Structure | "itself" | undefined {
  const inner = (each: Expression): Structure | "itself" | undefined => aim(each, name, pointer, structures);
  switch (tree.kind) {
    case "name":
      return tree.name === name ? "itself" : (structures.get(tree.name) ?? pointer(tree.name));
    case "member":
      return structures.get(keyOf(tree.owner, tree.name));
    case "unary":
      if (tree.operator === "&" && tree.operand.kind === "index") return inner(tree.operand.base);
      return tree.operator === "&" || tree.operator === "*" ? inner(tree.operand) : undefined;
    case "binary":
      return tree.operator === "+" || tree.operator === "-" ? inner(tree.left) : undefined;
    case "conditional": {
      const [then, otherwise] = [inner(tree.then), inner(tree.else)];
      if (then === "itself") return otherwise;
      return otherwise === "itself" || otherwise === then ? then : undefined;
    }
    default:
      return undefined;
  }
}

type Span = Expression["span"];

const number = (value: number, span: Span): Expression => ({ kind: "integer", value, span });

const sum = (left: Expression | undefined, right: Expression, operator = "+"): Expression =>
  left === undefined || (left.kind === "integer" && left.value === 0 && operator === "+")
    ? right
    : { kind: "binary", operator, left, right, span: right.span };

function rewriteAll(statements: readonly Statement[], structures: Structures, pointers: Pointers): Statement[] {
  const value = (tree: Expression): Expression => rewrite(tree, structures, pointers);
  const list = (inner: readonly Statement[]): Statement[] => rewriteAll(inner, structures, pointers);
  const given = (name: string, tree: Expression): Expression =>
    pointers.has(name) ? (pointed(tree, structures, pointers)?.index ?? number(0, tree.span)) : value(tree);
  return statements.map((statement): Statement => {
    switch (statement.kind) {
      case "declare":
        return statement.value === undefined ? statement : { ...statement, value: given(statement.name, statement.value) };
      case "assign": {
        const { target } = statement;
        if (target.kind !== "name" || !pointers.has(target.name))
          return { ...statement, target: value(target), value: value(statement.value) };
        return { ...statement, value: statement.operator === undefined ? given(target.name, statement.value) : value(statement.value) };
      }
      case "expression":
        return { ...statement, expression: value(statement.expression) };
      case "if":
        return { ...statement, condition: value(statement.condition), then: list(statement.then), else: list(statement.else) };
      case "while":
      case "do":
        return { ...statement, condition: value(statement.condition), body: list(statement.body) };
      case "for": {
        const condition = statement.condition === undefined ? undefined : value(statement.condition);
        return { ...statement, start: list(statement.start), condition, step: list(statement.step), body: list(statement.body) };
      }
      case "block":
      case "atomic":
        return { ...statement, body: list(statement.body) };
      default:
        return statement;
    }
  });
}

/** Where an expression points, if into a structure. */
function pointed(tree: Expression, structures: Structures, pointers: Pointers): Pointed | undefined {
  const { span } = tree;
  switch (tree.kind) {
    case "name": {
      const structure = structures.get(tree.name);
      if (structure !== undefined) return { structure, index: structure.array ? number(0, span) : undefined };
      const into = pointers.get(tree.name);
      return into === undefined ? undefined : { structure: into.structure, index: into.structure.array ? (into.fixed ?? tree) : undefined };
    }
    case "member": {
      const structure = structures.get(keyOf(tree.owner, tree.name));
      return structure === undefined ? undefined : { structure, index: structure.array ? number(0, span) : undefined };
    }
    case "unary":
      if (tree.operator !== "&") return undefined;
      if (tree.operand.kind !== "index") return pointed(tree.operand, structures, pointers);
      return moved(tree.operand.base, tree.operand.index, "+", structures, pointers);
    case "binary":
      return tree.operator === "+" || tree.operator === "-" ? moved(tree.left, tree.right, tree.operator, structures, pointers) : undefined;
    case "conditional": {
      const then = pointed(tree.then, structures, pointers);
      const otherwise = pointed(tree.else, structures, pointers);
      if (then === undefined || otherwise?.structure !== then.structure) return undefined;
      if (then.index === undefined || otherwise.index === undefined) return then;
      const condition = rewrite(tree.condition, structures, pointers);
      return { structure: then.structure, index: { kind: "conditional", condition, then: then.index, else: otherwise.index, span } };
    }
    default:
      return undefined;
  }
}

function moved(base: Expression, by: Expression, operator: "+" | "-", structures: Structures, pointers: Pointers): Pointed | undefined {
  const from = pointed(base, structures, pointers);
  if (from === undefined || !from.structure.array) return undefined;
  return { structure: from.structure, index: sum(from.index, rewrite(by, structures, pointers), operator) };
}

/** The member that `name`, `d.own`, is of a pointer, as an expression that is a location; `by`: how many elements on. */
function member(
  { name, span }: Extract<Expression, { kind: "name" }>,
  by: Expression | undefined,
  pointers: Pointers,
): Expression | undefined {
  const dot = name.indexOf(".");
  const pointer = name.slice(0, dot);
  const into = dot === -1 ? undefined : pointers.get(pointer);
  if (into === undefined) return undefined;
  const { structure, fixed } = into;
  const whole = `${structure.name}${name.slice(dot)}`;
  const base: Expression =
    structure.owner === undefined ? { kind: "name", name: whole, span } : { kind: "member", owner: structure.owner, name: whole, span };
  if (structure.array) {
    const index: Expression = fixed ?? { kind: "name", name: pointer, span };
    return { kind: "index", base, index: by === undefined ? index : sum(index, by), span };
  }
  return by === undefined ? base : { kind: "index", base, index: by, span };
}

const compares: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);

/** An expression with the members of pointers to structures as the locations that they are, and such pointers as addresses. */
function rewrite(tree: Expression, structures: Structures, pointers: Pointers): Expression {
  const inner = (each: Expression): Expression => rewrite(each, structures, pointers);
  const { span } = tree;
  switch (tree.kind) {
    case "name": {
      const into = pointers.has(tree.name) ? pointed(tree, structures, pointers) : undefined;
      if (into !== undefined) return address(into.structure, into.index, span);
      const found = member(tree, undefined, pointers);
      // The base of a further index; as a value of its own it would be the address.
      return found === undefined || found.kind !== "index" ? (found ?? tree) : { kind: "unary", operator: "&", operand: found, span };
    }
    case "unary": {
      if (tree.operator === "*" && tree.operand.kind === "name") {
        const found = member(tree.operand, undefined, pointers);
        if (found !== undefined) return found.kind === "name" ? { ...tree, operand: found } : found;
      }
      const into = tree.operator === "&" ? pointed(tree, structures, pointers) : undefined;
      if (into !== undefined && (into.structure.array || tree.operand.kind !== "member")) return address(into.structure, into.index, span);
      return { ...tree, operand: inner(tree.operand) };
    }
    case "index": {
      const found = tree.base.kind === "name" ? member(tree.base, inner(tree.index), pointers) : undefined;
      return found ?? { ...tree, base: inner(tree.base), index: inner(tree.index) };
    }
    case "binary": {
      // `d < ring + 2`: pointers into one array are compared by their addresses.
      const side = (each: Expression): Expression => {
        const into = compares.has(tree.operator) ? pointed(each, structures, pointers) : undefined;
        return into === undefined ? inner(each) : address(into.structure, into.index, each.span);
      };
      return { ...tree, left: side(tree.left), right: side(tree.right) };
    }
    case "conditional":
      return { ...tree, condition: inner(tree.condition), then: inner(tree.then), else: inner(tree.else) };
    case "call":
      return { ...tree, arguments: tree.arguments.map((each) => wholeArgument(tree.name, each, structures, pointers) ?? inner(each)) };
    default:
      return tree;
  }
}

/** What a call of the DMA API takes: a structure, or an element of an array of them, is all that is in it. */
function wholeArgument(callee: string, tree: Expression, structures: Structures, pointers: Pointers): Expression | undefined {
  if (primitive(callee)?.meaning.kind !== "dma-api") return undefined;
  const into = pointed(tree, structures, pointers);
  if (into === undefined || (into.index !== undefined && into.index.kind !== "integer")) return undefined;
  const { structure, index } = into;
  const { span } = tree;
  const base: Expression =
    structure.owner === undefined
      ? { kind: "name", name: structure.name, span }
      : { kind: "member", owner: structure.owner, name: structure.name, span };
  // An array by its name is all of it.
  return index === undefined || (tree.kind === "name" && structures.has(tree.name)) ? base : elementOf(base, index);
}

const elementOf = (base: Expression, index: Expression): Expression => ({
  kind: "unary",
  operator: "&",
  operand: { kind: "index", base, index, span: base.span },
  span: base.span,
});

/** The address of a structure: that of its first member. */
function address({ owner, name, first }: Structure, index: Expression | undefined, span: Span): Expression {
  const whole = `${name}.${first}`;
  const base: Expression = owner === undefined ? { kind: "name", name: whole, span } : { kind: "member", owner, name: whole, span };
  if (index === undefined) return { kind: "unary", operator: "&", operand: base, span };
  const start: Expression = { kind: "unary", operator: "&", operand: { kind: "index", base, index: number(0, span), span }, span };
  // Behind the last element there is an address, too.
  return index.kind === "integer" && index.value === 0 ? start : { kind: "binary", operator: "+", left: start, right: index, span };
}
