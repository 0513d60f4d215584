/** What a formula is made of. */
import type { Formula } from "./program.js";

/** A formula without formulas in it. */
export type FormulaAtom = Exclude<Formula, { readonly kind: "not" | "and" | "or" }>;

/** The atoms of a formula, in the order of the text. */
export function formulaAtoms(formula: Formula | undefined, into: FormulaAtom[] = []): readonly FormulaAtom[] {
  if (formula === undefined) return into;
  switch (formula.kind) {
    case "not":
      formulaAtoms(formula.operand, into);
      break;
    case "and":
    case "or":
      formulaAtoms(formula.left, into);
      formulaAtoms(formula.right, into);
      break;
    default:
      into.push(formula);
  }
  return into;
}
