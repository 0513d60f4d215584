/** Attributes: `streaming`, `mask=32`, `for=D1`, `cpu(0)`, alone or in a list. */
import type { Cursor } from "./cursor.js";
import { atSigned, parseSigned } from "./parse-integer.js";
import type { Attribute } from "./test.js";

/** Consumes `( … )`, the current token being the `(`. An empty list is allowed. */
export function parseAttributes(cursor: Cursor): Attribute[] {
  const open = cursor.here;
  cursor.advance();
  const list: Attribute[] = [];
  if (!cursor.at(")")) {
    do {
      const attribute = parseAttribute(cursor);
      if (attribute !== undefined) list.push(attribute);
    } while (!cursor.failing && cursor.take(","));
  }
  cursor.expectClosing(")", open);
  return list;
}

/** `name`, `name=value` or `name(value)`. */
export function parseAttribute(cursor: Cursor): Attribute | undefined {
  const name = cursor.expectWord("an attribute");
  if (name === undefined) return undefined;
  let value: string | number | undefined;
  const open = cursor.here;
  if (cursor.take("=")) {
    value = parseValue(cursor);
  } else if (cursor.take("(")) {
    value = parseValue(cursor);
    cursor.expectClosing(")", open);
  }
  return { name: name.text, value, span: cursor.span(name.start) };
}

function parseValue(cursor: Cursor): string | number | undefined {
  if (atSigned(cursor)) return parseSigned(cursor);
  return cursor.expectWord("a number or a name")?.text;
}
