/** What a bare name means inside one thread: a constant, a location or a register. */
import type { Expression, Statement, Test, Thread } from "../litmus/test.js";
import type { Locations, Place } from "./resolve.js";
import { termsOf } from "./resolve.js";

/** What a name stands for. */
export type Meaning =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "location"; readonly place: Place }
  /** `known`: something declares or sets it. */
  | { readonly kind: "register"; readonly known: boolean };

/** The names that are known at a place of a body. */
export interface Scope {
  lookup(name: string): Meaning;
  /** True for a parameter: the address of its location. */
  isParameter(name: string): boolean;
  /** True where an access through that pointer is volatile. */
  isVolatile(name: string): boolean;
  /** Names of registers that something declares or sets, for hints. */
  readonly registers: ReadonlySet<string>;
  /** Registers that the condition or `locations` shows. */
  readonly observed: ReadonlySet<string>;
  /** The loop variables that are constant here. */
  readonly constants: Map<string, number>;
}

const words: ReadonlyMap<string, number> = new Map([
  ["NULL", 0],
  ["true", 1],
  ["false", 0],
]);

/**
 * The scope of `thread`. In this order: a local declaration is a register; a parameter is its location (as in C, the parameter
 * `x` is the address of the location x); a declared location needs no parameter; a name that the thread assigns, or that the
 * initial state or the condition names with this thread, is a register; what other threads have as a parameter is a location.
 */
export function scopeOf(thread: Thread, test: Test, locations: Locations, device: number | undefined): Scope {
  const declared = new Set<string>();
  const assigned = new Set<string>();
  const volatiles = new Set<string>();
  walk(thread.body, (statement) => {
    if (statement.kind === "declare") {
      declared.add(statement.name);
      if (isVolatilePointer(statement.type)) volatiles.add(statement.name);
    }
    for (const target of targets(statement)) assigned.add(target);
  });
  const parameters = new Set<string>();
  for (const parameter of thread.parameters) {
    parameters.add(parameter.name);
    if (/\bvolatile\b/.test(parameter.type)) volatiles.add(parameter.name);
  }
  const named = new Set<string>();
  for (const declaration of test.init)
    if (declaration.kind === "register" && declaration.thread === thread.name) named.add(declaration.name);
  const observed = new Set<string>();
  for (const term of termsOf(test)) if (term.kind === "register" && term.thread === thread.name) observed.add(term.name);

  /** `regs->ctl`, with a parameter `struct regs __iomem *regs`, is the one register `ctl`. */
  const registerOf = (name: string): Place | undefined => {
    const dot = name.indexOf(".");
    if (dot === -1 || !parameters.has(name.slice(0, dot)) || locations.memory(name.slice(dot + 1)) !== undefined) return undefined;
    return locations.named(name.slice(dot + 1), device);
  };

  const constants = new Map<string, number>();
  const registers = new Set([...declared, ...assigned, ...named]);
  for (const name of parameters) if (!declared.has(name)) registers.delete(name);
  return {
    registers,
    observed,
    constants,
    isParameter: (name) => parameters.has(name),
    isVolatile: (name) => volatiles.has(name),
    lookup(name) {
      const value = constants.get(name);
      if (value !== undefined) return { kind: "constant", value };
      if (declared.has(name)) return { kind: "register", known: true };
      const place = locations.named(name, device) ?? registerOf(name);
      if (place !== undefined && (parameters.has(name) || name.includes(".") || locations.declared(name)))
        return { kind: "location", place };
      if (assigned.has(name) || named.has(name) || observed.has(name))
        return { kind: "register", known: assigned.has(name) || named.has(name) };
      if (place !== undefined) return { kind: "location", place };
      const word = words.get(name);
      return word === undefined ? { kind: "register", known: false } : { kind: "constant", value: word };
    },
  };
}

const isVolatilePointer = (type: string): boolean => /\bvolatile\b/.test(type) && type.includes("*");

/** Bare names that a statement itself sets: the left of an assignment, and `&r` or `r` where a primitive may return through it. */
function targets(statement: Statement): string[] {
  if (statement.kind === "assign") return statement.target.kind === "name" ? [statement.target.name] : [];
  const found: string[] = [];
  for (const expression of expressionsOf(statement)) calls(expression, found);
  return found;
}

const returning = /^(pci_read_config_|reads[bwlq]$|ins[bwl]$|ioread\d+_rep$|memcpy_fromio$|DMA_READV$)|try_cmpxchg/;

function calls(expression: Expression, found: string[]): void {
  if (expression.kind === "call" && returning.test(expression.name)) {
    for (const argument of expression.arguments) {
      if (argument.kind === "name") found.push(argument.name);
      if (argument.kind === "unary" && argument.operator === "&" && argument.operand.kind === "name") found.push(argument.operand.name);
    }
  }
  for (const child of children(expression)) calls(child, found);
}

/** The expressions directly inside one. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "integer":
    case "name":
    case "member":
      return [];
    case "index":
      return [expression.base, expression.index];
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.condition, expression.then, expression.else];
    case "call":
      return expression.arguments;
  }
}

function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case "declare":
      return statement.value === undefined ? [] : [statement.value];
    case "assign":
      return [statement.target, statement.value];
    case "expression":
      return [statement.expression];
    case "if":
    case "while":
    case "do":
      return [statement.condition];
    case "for":
      return statement.condition === undefined ? [] : [statement.condition];
    default:
      return [];
  }
}

/** Calls `visit` for every statement, those inside others too. */
export function walk(statements: readonly Statement[], visit: (statement: Statement) => void): void {
  for (const statement of statements) {
    visit(statement);
    switch (statement.kind) {
      case "if":
        walk(statement.then, visit);
        walk(statement.else, visit);
        break;
      case "for":
        walk(statement.start, visit);
        walk(statement.step, visit);
        walk(statement.body, visit);
        break;
      case "while":
      case "do":
      case "block":
      case "atomic":
        walk(statement.body, visit);
        break;
      default:
        break;
    }
  }
}

/** Whether a statement in the list sets the register of that name. */
export function sets(statements: readonly Statement[], name: string): boolean {
  let found = false;
  walk(statements, (statement) => {
    if ((statement.kind === "declare" && statement.name === name) || targets(statement).includes(name)) found = true;
  });
  return found;
}
