/** What names types and numbers, and is no location: `struct desc { … };`, `typedef …;`, `enum { … };`. It stands in the initial state, or before it. */
import { constantValue } from "./constant.js";
import type { Cursor } from "./cursor.js";
import { expressionReader, parseExpression } from "./parse-expression.js";
import { type Structures, takeStructure } from "./parse-struct.js";

/** True where a line of the header is such a description: `struct desc {`, `typedef`, `enum {`. */
export function startsDescription(text: string, at: number): boolean {
  description.lastIndex = at;
  return description.test(text);
}

const description = /(?:typedef\b|(?:struct|enum)\b(?:\s+\w+)?\s*\{)/y;

/**
 * Consumes one without its semicolon: false, and nothing consumed, where none starts here. A structure that a variable follows is none: it is consumed as part of the declaration.
 */
export function takeDescription(cursor: Cursor, structures: Structures): boolean {
  if (cursor.atWord("typedef")) {
    parseTypedef(cursor, structures);
    return true;
  }
  if (!atEnum(cursor)) return false;
  parseEnum(cursor);
  return true;
}

/** `enum { … }` or `enum state { … }`, and no variable of such a type. */
function atEnum(cursor: Cursor): boolean {
  if (!cursor.atWord("enum")) return false;
  const next = cursor.after();
  return next.kind === "{" || (next.kind === "word" && cursor.after(next).kind === "{");
}

/** `typedef struct { … } desc_t`, `typedef struct desc desc_t`; the names of other types say nothing. */
function parseTypedef(cursor: Cursor, structures: Structures): void {
  cursor.advance();
  if (atEnum(cursor)) parseEnum(cursor);
  const fields = takeStructure(cursor, structures);
  while (!cursor.failing && !cursor.at(";") && !cursor.at("}") && !cursor.at("end")) {
    const pointer = cursor.take("*");
    const word = cursor.advance();
    if (fields !== undefined && !pointer && word.kind === "word") structures.set(word.text, fields);
  }
}

/** `enum { IDLE, BUSY = 4, DONE }`: each name stands for its number from here on. */
function parseEnum(cursor: Cursor): void {
  cursor.advance();
  if (cursor.at("word")) cursor.advance();
  // Numbers are computed as in C.
  cursor.advance("body");
  let next = 0;
  while (!cursor.failing && !cursor.at("}")) {
    const { here } = cursor;
    if (cursor.at("number")) {
      const written = cursor.text.slice(here.start, here.end);
      cursor.fail("duplicate", here, `\`${written}\` stands for a number already`);
      break;
    }
    const name = cursor.expectWord("a name for a number");
    if (name === undefined) break;
    if (cursor.take("=")) {
      const at = cursor.here;
      const value = constantValue(parseExpression(expressionReader(cursor)));
      if (value === undefined && !cursor.failing) cursor.report("syntax", at, `\`${name.text}\` stands for no number`, "write `DONE = 1`");
      next = value ?? next;
    }
    cursor.define(name.text, next >>> 0);
    next++;
    if (!cursor.take(",")) break;
  }
  if (cursor.at("}")) cursor.advance("outer");
  else {
    if (!cursor.failing) cursor.failExpected("`,` or `}` in the list");
    cursor.resume("outer");
  }
}
