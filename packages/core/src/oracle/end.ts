/** The end state of an order. */
import { applyBinary } from "../litmus/arithmetic.js";
import type { Platform } from "../platform/platform.js";
import type { Arrival, Formula, Observed, Operand, Program } from "../program/program.js";
import type { Constraints } from "./constraints.js";
import { comesTrue } from "./guesses.js";
import { type Settled, type Values, valuesIn } from "./values.js";

/** The end of a run, as the condition sees it. */
export interface OracleEnd {
  /** One value per `program.observed`. */
  readonly values: readonly number[];
  /** Does the proposition hold? */
  readonly satisfies: boolean;
}

/** The end state of an order, or undefined where a guess was wrong, a wait in vain, or the test's filter drops it. */
export function endOf(program: Program, platform: Platform, constraints: Constraints, view: Settled): OracleEnd | undefined {
  const values = valuesIn(program, constraints, view);
  if (!comesTrue({ program, platform, constraints, view, values })) return undefined;
  const end: End = { program, constraints, values };
  if (program.filter !== undefined && !holds(end, program.filter)) return undefined;
  return { values: program.observed.map((term) => shown(end, term)), satisfies: holds(end, program.condition.formula) };
}

/** The end of a run, of which something is asked. */
interface End {
  readonly program: Program;
  readonly constraints: Constraints;
  readonly values: Values;
}

function shown(end: End, term: Observed): number {
  if (term.kind === "stuck") return 0;
  return term.kind === "order" ? Number(inOrder(end, term.first, term.second)) : operand(end, term);
}

function operand({ program, constraints, values }: End, of: Operand): number {
  switch (of.kind) {
    case "constant":
      return of.value;
    case "location":
      return values.contents(of.location, undefined);
    case "register": {
      // Handlers: as the last run left it.
      const last = constraints.scenario.runs.filter((run) => run.thread === of.thread).sort((a, b) => b.number - a.number)[0];
      if (last === undefined) return program.threads[of.thread]?.initial[of.register] ?? 0;
      return values.register(last, last.acts.length, of.register);
    }
  }
}

/** Did the one arrive, and the other only behind it? */
function inOrder({ constraints, values }: End, one: Arrival, other: Arrival): boolean {
  const at = ({ location, value }: Arrival): number[] =>
    constraints.touches
      .filter((touch) => {
        const { kind } = touch.item.act;
        if (touch.location !== location) return false;
        if (value === undefined) return kind === "pio-read" || kind === "dma-read";
        return touch.writes && kind !== "register-write" && values.effectOf(touch.item).stored === value;
      })
      .map((touch) => touch.event);
  const [firsts, seconds] = [at(one), at(other)];
  return firsts.some((first) => {
    const others = seconds.filter((second) => second !== first);
    return others.length > 0 && others.every((second) => values.earlier(first, second));
  });
}

/** The operators of conditions as C has them. */
const OPERATORS = { "=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=" } as const;

function holds(end: End, formula: Formula): boolean {
  switch (formula.kind) {
    case "constant":
      return formula.value;
    case "stuck":
      return false;
    case "compare":
      return applyBinary(OPERATORS[formula.operator], operand(end, formula.left), operand(end, formula.right)) !== 0;
    case "order":
      return inOrder(end, formula.first, formula.second);
    case "not":
      return !holds(end, formula.operand);
    case "and":
      return holds(end, formula.left) && holds(end, formula.right);
    case "or":
      return holds(end, formula.left) || holds(end, formula.right);
  }
}
