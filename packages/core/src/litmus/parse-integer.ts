/** Integers: decimal (a leading 0 is not octal, as in herd7), hexadecimal or binary, with C's suffixes, which mean nothing here. */
import type { Cursor } from "./cursor.js";

const form = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)[uUlL]{0,3}$/;

/** Consumes a number token and gives its value; values of 32 bits, signed or unsigned, fit. */
export function parseInteger(cursor: Cursor, sign: 1 | -1 = 1): number {
  if (!cursor.at("number")) {
    cursor.failExpected("a number");
    return 0;
  }
  const span = cursor.here;
  const text = cursor.advance().text;
  const digits = form.exec(text)?.[1];
  if (digits === undefined) {
    cursor.report("syntax", span, `\`${text}\` is not a number`);
    return 0;
  }
  const value = sign * Number(digits);
  if (value > 0xffff_ffff || value < -0x8000_0000) {
    cursor.report("integer-range", span, `${sign < 0 ? "-" : ""}${digits} does not fit 32 bits`);
    return 0;
  }
  return value === 0 ? 0 : value;
}

/** An integer with an optional sign. */
export function parseSigned(cursor: Cursor): number {
  if (cursor.take("-")) return parseInteger(cursor, -1);
  cursor.take("+");
  return parseInteger(cursor);
}

/** True if an integer with an optional sign starts here. */
export function atSigned(cursor: Cursor): boolean {
  if (cursor.at("-") || cursor.at("+")) return cursor.after().kind === "number";
  return cursor.at("number");
}
