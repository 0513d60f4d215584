/** What a proposition is made of. */
import type { Proposition } from "./test.js";

/** A proposition without propositions in it. */
export type Atom = Exclude<Proposition, { readonly kind: "not" | "and" | "or" | "implies" }>;

/** The atoms of a proposition, in the order of the text. */
export function atomsOf(proposition: Proposition | undefined, into: Atom[] = []): readonly Atom[] {
  if (proposition === undefined) return into;
  switch (proposition.kind) {
    case "not":
      atomsOf(proposition.operand, into);
      break;
    case "and":
    case "or":
    case "implies":
      atomsOf(proposition.left, into);
      atomsOf(proposition.right, into);
      break;
    default:
      into.push(proposition);
  }
  return into;
}
