/** An answer as herd7 prints it, line by line. */
import type { Proposition, Term, Test } from "../litmus/test.js";
import type { Answer } from "./answer.js";
import type { Item } from "./frame.js";
import { isUndetermined } from "./search.js";
import { indexed, type Value } from "./value.js";

/** What a session calls the flag of a failed `undefined_unless`. */
const UNDEFINED = "Undef";

const KINDS = { exists: "Allowed", "~exists": "Forbidden", forall: "Required" } as const;

export interface HerdTextOptions {
  /** Seconds, for the `Time` line; none is printed where it is undefined. */
  readonly seconds: number | undefined;
  /** Tests with executions that raise this flag have no answer to give: `Undef` instead of `Ok` or `No`. */
  readonly badFlag?: string;
}

/** What herd7 prints of a test, with the blank line at its end. */
export function herdText(test: Test, answer: Answer, options: HerdTextOptions): string {
  const { name, quantifier } = answer;
  const lines = [`Test ${name} ${KINDS[quantifier]}`, `States ${answer.states.length}`];
  for (const state of answer.states) lines.push(stateText(answer, state));
  const undefined_ = answer.flags.some((flag) => flag === UNDEFINED || flag === options.badFlag);
  lines.push(`${answer.cut ? "Loop " : ""}${undefined_ ? "Undef" : answer.validated ? "Ok" : "No"}`);
  lines.push("Witnesses");
  const [positive, negative] = quantifier === "~exists" ? [answer.negative, answer.positive] : [answer.positive, answer.negative];
  lines.push(`Positive: ${positive} Negative: ${negative}`);
  for (const flag of answer.flags) lines.push(`Flag ${flag === UNDEFINED ? "*undef*" : flag}`);
  lines.push(`Condition ${conditionText(test)}`);
  lines.push(`Observation ${name} ${answer.observation} ${answer.positive} ${answer.negative}`);
  if (options.seconds !== undefined) lines.push(`Time ${name} ${options.seconds.toFixed(2)}`);
  const hash = test.info.find(({ key }) => key === "Hash");
  if (hash !== undefined) lines.push(`Hash=${hash.value}`);
  return `${lines.join("\n")}\n\n`;
}

/** `0:r0=1; [x]=2;` */
export function stateText(answer: Answer, state: readonly Value[]): string {
  return answer.frame.items
    .slice(0, answer.frame.shown)
    .map((item, index) => `${itemText(item)}=${valueText(state[index] as Value)};`)
    .join(" ");
}

export function itemText(item: Item): string {
  if (item.kind === "register") return `${item.thread}:${item.name}`;
  return item.name.endsWith("]") ? item.name : `[${item.name}]`;
}

export function valueText(value: Value): string {
  // A value that nothing determines: herd7 prints the name of its variable.
  return isUndetermined(value) ? String(value).slice(1) : String(value);
}

/** The condition with its quantifier, as herd7 writes it. */
export function conditionText(test: Test): string {
  const { condition } = test;
  return condition === undefined ? "forall (true)" : `${condition.quantifier} (${propositionText(condition.proposition, 0)})`;
}

const LEVELS = { implies: 1, or: 2, and: 3 } as const;
const SIGNS = { implies: "=>", or: "\\/", and: "/\\" } as const;

function propositionText(proposition: Proposition, level: number): string {
  switch (proposition.kind) {
    case "constant":
      return proposition.value ? "true" : "false";
    case "not":
      return `not (${propositionText(proposition.operand, 0)})`;
    case "and":
    case "or":
    case "implies": {
      const own = LEVELS[proposition.kind];
      const text = `${propositionText(proposition.left, own)} ${SIGNS[proposition.kind]} ${propositionText(proposition.right, own)}`;
      return own < level ? `(${text})` : text;
    }
    case "compare": {
      const address = proposition.left.kind !== "integer";
      const equal = `${termText(proposition.left, false)}=${termText(proposition.right, address)}`;
      if (proposition.operator === "=") return equal;
      if (proposition.operator === "!=") return `not (${equal})`;
      return `${termText(proposition.left, false)}${proposition.operator}${termText(proposition.right, address)}`;
    }
    case "stuck":
    case "order":
      return proposition.kind;
  }
}

/** On the right of a comparison a location stands for its address, without brackets. */
function termText(term: Term, right: boolean): string {
  switch (term.kind) {
    case "integer":
      return String(term.value);
    case "register":
      return `${term.thread.replace(/^P/, "")}:${term.name}`;
    case "location": {
      const name = indexed(term.name, term.index ?? 0);
      return right || term.index !== undefined ? name : `[${name}]`;
    }
  }
}
