/** `#define NAME value`: names for numbers, as drivers have them. Directives are blank to the scanner; this file reads them. */
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";
import { constantValue } from "./constant.js";
import { Cursor, type Definitions } from "./cursor.js";
import { expressionReader, parseExpression } from "./parse-expression.js";
import { endOfDirective, isDirective } from "./scan.js";

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
    const span: Span = { start, end: Math.min(text.length, start + Math.max(1, shown.length)) };
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

/** The value of a constant expression, 32 bits unsigned; undefined where it is none. */
function valueOf(text: string, numbers: ReadonlyMap<string, number>): number | undefined {
  const cursor = new Cursor(text, { numbers, problems: [] });
  cursor.jump(0, "body");
  const reader = expressionReader(cursor);
  const tree = parseExpression(reader);
  const whole = cursor.at("end") && cursor.problemCount === 0 && reader.pending.length === 0;
  const value = whole ? constantValue(tree) : undefined;
  return value === undefined ? undefined : value >>> 0;
}
