/** `#define NAME value`: names for numbers, as drivers have them. Directives are blank to the scanner; this file reads them. */
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";
import { endOfDirective, isDirective } from "./scan.js";

export interface Definitions {
  /** Each name's number. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
}

const NONE: Definitions = { numbers: new Map(), problems: [] };

const stringOrComment = /"(?:[^"\\\n]|\\.)*"|\/\*(?:[\s\S]*?\*\/|[\s\S]*)|\/\/[^\n]*/g;

/** The text with blanks for its comments, each character where it was. */
const withoutComments = (text: string): string =>
  text.replace(stringOrComment, (found) => (found.startsWith('"') ? found : found.replace(/[^\n]/g, " ")));

const define = /^#[ \t]*define\b[ \t]*/;
const parts = /^(\w+)(\()?([\s\S]*)$/;

/** The preprocessor's lines, each with the lines that carry it on. */
function* directives(text: string): Generator<{ readonly line: string; readonly at: number }> {
  const first = /^[ \t]*#/gm;
  for (let found = first.exec(text); found !== null; found = first.exec(text)) {
    const at = first.lastIndex - 1;
    if (!isDirective(text, at)) continue;
    const end = endOfDirective(text, at);
    yield { line: text.slice(at, end), at };
    first.lastIndex = end;
  }
}

/** All definitions of a text, in its order: a value may name what was defined before it. */
export function readDefinitions(text: string): Definitions {
  if (!text.includes("define")) return NONE;
  const numbers = new Map<string, number>();
  const problems: Problem[] = [];
  for (const { line, at } of directives(withoutComments(text))) {
    const head = define.exec(line)?.[0];
    if (head === undefined) continue;
    const rest = line.slice(head.length);
    const start = at + head.length;
    const shown = rest.trimEnd();
    const span: Span = { start, end: start + Math.max(1, shown.length) };
    const [, name, parameters, value = ""] = parts.exec(shown) ?? [];
    const wrong = (message: string, hint: string): void =>
      void problems.push({ code: "unsupported", severity: "error", span, message, hint });
    if (name === undefined || /^\d/.test(name)) {
      wrong("expected the name that is defined", "write `#define DONE 1`");
    } else if (parameters !== undefined) {
      wrong(`\`${name}\` is a macro with parameters, which is not part of the language`, "write out what it stands for");
    } else {
      const number = valueOf(value.replace(/\\\r?\n/g, " "), numbers);
      if (number === undefined)
        wrong(`\`${name}\` stands for no number`, "a `#define` names a number: `#define DONE 0x1`, `#define DONE BIT(0)`");
      else numbers.set(name, number);
    }
  }
  return { numbers, problems };
}

const token = /\s*(0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|\w+|<<|>>|[()+\-*|&^~])/y;

/** How tightly C's operators bind, of those that constants are made with. */
const binding: Readonly<Record<string, number>> = { "|": 1, "^": 2, "&": 3, "<<": 4, ">>": 4, "+": 5, "-": 5, "*": 6 };

/** The value of a constant expression, 32 bits unsigned; undefined where it is none. Nothing in it nests deeper than 50 levels. */
function valueOf(text: string, known: ReadonlyMap<string, number>): number | undefined {
  const tokens: string[] = [];
  let at = 0;
  for (const end = text.trimEnd().length; at < end; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text)?.[1];
    if (found === undefined) return undefined;
    tokens.push(found);
  }
  let next = 0;
  const operand = (depth: number): number | undefined => {
    const word = tokens[next++];
    if (word === undefined || depth > 50) return undefined;
    if (word === "(") {
      const inner = expression(1, depth + 1);
      return tokens[next++] === ")" ? inner : undefined;
    }
    if (word === "-" || word === "~" || word === "+") {
      const inner = operand(depth + 1);
      return inner === undefined ? undefined : word === "-" ? -inner : word === "~" ? ~inner : inner;
    }
    if (/^\d/.test(word)) {
      const number = Number(word.replace(/[uUlL]+$/, ""));
      return number <= 0xffff_ffff ? number : undefined;
    }
    if ((word === "BIT" || word === "BIT_ULL") && tokens[next] === "(") {
      const bit = operand(depth + 1);
      return bit === undefined || bit < 0 || bit > 31 ? undefined : 1 << bit;
    }
    return known.get(word);
  };
  const expression = (loosest: number, depth: number): number | undefined => {
    let left = operand(depth);
    for (;;) {
      const operator = tokens[next] ?? "";
      const own = binding[operator];
      if (own === undefined || own < loosest || left === undefined) return left;
      next++;
      const right = expression(own + 1, depth + 1);
      if (right === undefined) return undefined;
      left = computed(operator, left, right);
    }
  };
  const value = expression(1, 0);
  return value === undefined || next < tokens.length ? undefined : value >>> 0;
}

function computed(operator: string, left: number, right: number): number {
  switch (operator) {
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "&":
      return left & right;
    case "<<":
      return left << right;
    case ">>":
      return left >>> right;
    case "+":
      return (left + right) | 0;
    case "-":
      return (left - right) | 0;
    default:
      return Math.imul(left, right);
  }
}
