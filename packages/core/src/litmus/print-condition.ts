/** Propositions back to text, by herd7's precedences: `\/` loosest, then `/\`, `=>`, `~`. */
import type { Arrival, Proposition, Term } from "./test.js";

const levels = { or: 1, and: 2, implies: 3, not: 4 } as const;
const operators = { or: "\\/", and: "/\\", implies: "=>" } as const;

/** A proposition as tests write it. */
export function printProposition(proposition: Proposition): string {
  return print(proposition, levels.or);
}

function print(proposition: Proposition, tightest: number): string {
  switch (proposition.kind) {
    case "constant":
      return String(proposition.value);
    case "compare":
      return `${printTerm(proposition.left)}${proposition.operator}${printTerm(proposition.right)}`;
    case "stuck":
      return "stuck";
    case "order":
      return `order(${printArrival(proposition.first)}, ${printArrival(proposition.second)})`;
    case "not":
      return `~${print(proposition.operand, levels.not)}`;
    case "and":
    case "or":
    case "implies": {
      const own = levels[proposition.kind];
      // `=>` groups to the right, the others to the left.
      const right = proposition.kind === "implies";
      const left = print(proposition.left, right ? own + 1 : own);
      const text = `${left} ${operators[proposition.kind]} ${print(proposition.right, right ? own : own + 1)}`;
      return own < tightest ? `(${text})` : text;
    }
  }
}

/** A term of a condition as tests write it. */
export function printTerm(term: Term): string {
  switch (term.kind) {
    case "integer":
      return String(term.value);
    case "register":
      return `${term.thread.startsWith("P") ? term.thread.slice(1) : term.thread}:${term.name}`;
    case "location": {
      const owner = term.owner === undefined ? "" : `${term.owner}.`;
      const text = owner + indexed(term.name, term.index, term.field);
      return term.contents === true ? `[${text}]` : text;
    }
    case "list":
      return `{${term.items.map(printTerm).join(", ")}}`;
  }
}

/** `x[1]`, and `ring[1].own` where `field` is `own` and the name `ring.own`. */
export function indexed(name: string, index: number | undefined, field: string | undefined): string {
  if (index === undefined) return name;
  return field === undefined ? `${name}[${index}]` : `${name.slice(0, -field.length - 1)}[${index}].${field}`;
}

function printArrival(arrival: Arrival): string {
  return `${arrival.owner}.${arrival.name}${arrival.value === undefined ? "" : `=${arrival.value}`}`;
}
