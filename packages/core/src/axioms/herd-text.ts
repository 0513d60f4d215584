/** An answer as herd7 prints it, line by line. */
import type { Proposition, Term, Test } from "../litmus/test.js";
import type { Answer } from "./answer.js";
import type { Column, Frame } from "./frame.js";
import { madeOnce } from "./made-once.js";
import { isUndetermined } from "./read-values.js";
import { asWord, elementOf, sizeOf, smallBits, unqualified, type Value } from "./value.js";

/** What a session calls the flag of a failed `undefined_unless`. */
const UNDEFINED = "Undef";

const KINDS = { exists: "Allowed", "~exists": "Forbidden", forall: "Required" } as const;

export interface HerdTextOptions {
  /** Seconds, for the `Time` line; none is printed where it is undefined. */
  readonly seconds: number | undefined;
  /** Tests with executions that raise this flag have no answer to give: `Undef` instead of `Ok` or `No`. */
  readonly badFlag?: string;
  /** Numbers in hexadecimal, herd7's -hexa. */
  readonly hexa?: boolean;
  /** What stands behind `Hash=`; no such line where it is undefined. */
  readonly hash?: string;
}

/** What herd7 prints of a test, with the blank line at its end. */
export function herdText(test: Test, answer: Answer, options: HerdTextOptions): string {
  const { name, quantifier, states, flags } = answer;
  const number = options.hexa === true ? hexadecimal : String;
  let text = `Test ${name} ${KINDS[quantifier]}\nStates ${states.length}\n`;
  if (states.length > 0) {
    const writer = stateWriter(answer.frame, number);
    for (const state of states) text += `${writer(state)}\n`;
  }
  const isUndefined = flags.some((flag) => flag === UNDEFINED || flag === options.badFlag);
  const [positive, negative] = quantifier === "~exists" ? [answer.negative, answer.positive] : [answer.positive, answer.negative];
  text += `${answer.cut ? "Loop " : ""}${isUndefined ? "Undef" : answer.validated ? "Ok" : "No"}\nWitnesses\nPositive: ${positive} Negative: ${negative}\n`;
  for (const flag of flags) text += `Flag ${flag === UNDEFINED ? "*undef*" : flag}\n`;
  text += `Condition ${conditionText(test, number)}\nObservation ${name} ${answer.observation} ${answer.positive} ${answer.negative}\n`;
  if (options.seconds !== undefined) text += `Time ${name} ${secondsText(options.seconds)}\n`;
  return options.hash === undefined ? `${text}\n` : `${text}Hash=${options.hash}\n\n`;
}

/** Most tests take next to none. */
function secondsText(seconds: number): string {
  return seconds < 0.005 ? "0.00" : seconds.toFixed(2);
}

/** How numbers are written. */
type NumberText = (value: number) => string;

function hexadecimal(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/** `0:r0=1; [x]=2;` */
export function stateText(answer: Answer, state: readonly Value[], number: NumberText = String): string {
  return stateWriter(answer.frame, number)(state);
}

/** Writes states of a frame. There may be thousands of them, with few values in each column: what a column says of a value is written once. */
function stateWriter(frame: Frame, number: NumberText): (state: readonly Value[]) => string {
  const { columns } = frame;
  const known = columns.map(() => new Map<Value, string>());
  const texts = columns.map(() => "");
  return (state) => {
    for (let at = 0; at < columns.length; at++) {
      const column = columns[at] as Column;
      const value = column.whole ? undefined : (state[column.items[0] as number] ?? 0);
      let text = value === undefined ? undefined : known[at]?.get(value);
      if (text === undefined) {
        text = `${columnText(frame, column, state, number)};`;
        if (value !== undefined) known[at]?.set(value, text);
      }
      texts[at] = text;
    }
    return texts.join(" ");
  };
}

/** `0:r0=1`, `[x]=2`, `a={0,1}`. */
export function columnTexts(frame: Frame, state: readonly Value[], number: NumberText = String): readonly string[] {
  return frame.columns.map((column) => columnText(frame, column, state, number));
}

function columnText(frame: Frame, { name, items, whole, type }: Column, state: readonly Value[], number: NumberText): string {
  const texts = items.map((item) => valueText(inBytes(typed(state[item] ?? 0, type, number === hexadecimal), frame), number));
  return `${name}=${whole ? `{${texts.join(",")}}` : texts[0]}`;
}

/** A final value as its declared type shows it: all types but these are taken to be of 32 bits; what is not declared is an int. `bare`: without their sign. */
export function typed(value: Value, type: string | undefined, bare = false): Value {
  if (typeof value !== "number" || type === undefined) return value;
  const small = smallBits(type);
  if (small !== undefined) return small.signed && !bare ? signExtended(value, small.bits) : value & (2 ** small.bits - 1);
  return UNSIGNED.test(unqualified(type)) ? value >>> 0 : value;
}

/** The address of an element as herd7 writes it: `a+4`. */
function inBytes(value: Value, { types }: Frame): Value {
  if (typeof value !== "string") return value;
  const { name, index } = elementOf(value);
  return index === 0 ? value : `${name}+${index * sizeOf(types.get(name))}`;
}

const UNSIGNED = /\*$|^(atomic_t|uint32_t|uintptr_t|u32|unsigned( int| long)?)$/;

function signExtended(value: number, bits: number): number {
  return (value << (32 - bits)) >> (32 - bits);
}

export function valueText(value: Value, number: NumberText = String): string {
  // A value that nothing determines: herd7 prints the name of its variable.
  return isUndetermined(value) ? String(value).slice(1) : typeof value === "number" ? number(value) : value;
}

/** The condition with its quantifier, as herd7 writes it. */
export function conditionText(test: Test, number: NumberText = String): string {
  const { condition } = test;
  return condition === undefined ? "forall (true)" : `${condition.quantifier} (${wholeText(condition.proposition, number)})`;
}

/** A whole proposition; one that stands in many tests (`KnownParts`) is written once. */
function wholeText(proposition: Proposition, number: NumberText): string {
  return number === String ? decimalText(proposition) : propositionText(proposition, undefined, number);
}

const decimalText = madeOnce((proposition: Proposition) => propositionText(proposition, undefined, String));

/** Which operators stand in parentheses under which: herd7 puts more than its own grammar needs around `=>`, and none where one stands in another. */
const PARENTHESES: ReadonlySet<string> = new Set(["implies and", "implies or", "and or", "and implies", "or implies"]);
const SIGNS = { implies: "=>", or: "\\/", and: "/\\" } as const;

function propositionText(proposition: Proposition, above: "and" | "or" | "implies" | undefined, number: NumberText): string {
  switch (proposition.kind) {
    case "constant":
      return proposition.value ? "true" : "false";
    case "not":
      return `not (${propositionText(proposition.operand, undefined, number)})`;
    case "and":
    case "or":
    case "implies": {
      const { kind, left, right } = proposition;
      const text = `${propositionText(left, kind, number)} ${SIGNS[kind]} ${propositionText(right, kind, number)}`;
      return PARENTHESES.has(`${above} ${kind}`) ? `(${text})` : text;
    }
    case "compare": {
      const address = proposition.left.kind !== "integer";
      const list = proposition.right.kind === "list" && proposition.left.kind === "location";
      const left = termText(proposition.left, list, number);
      const right = termText(proposition.right, address, number);
      const equal = `${left}=${right}`;
      if (proposition.operator === "=") return equal;
      if (proposition.operator === "!=") return `not (${equal})`;
      return `${left}${proposition.operator}${right}`;
    }
    case "stuck":
    case "order":
      return proposition.kind;
  }
}

/** On the right of a comparison a location stands for its address, without brackets. */
function termText(term: Term, right: boolean, number: NumberText): string {
  switch (term.kind) {
    case "integer":
      return number(asWord(term.value));
    case "register":
      return `${term.thread.replace(/^P/, "")}:${term.name}`;
    case "location": {
      if (right && term.contents !== true) return (term.index ?? 0) === 0 ? term.name : `${term.name}+${term.index}`;
      return term.index === undefined ? `[${term.name}]` : `${term.name}[${term.index}]`;
    }
    case "list":
      return `{${term.items.map((item) => termText(item, true, number)).join(",")}}`;
  }
}
