/** Names of threads: `P0` is a CPU thread, `D0` a device; in front of a register `0:` is short for `P0:`. */
import type { Cursor } from "./cursor.js";
import type { Token } from "./scan.js";

const threadName = /^[PD][0-9]+$/;

/** A test with more threads than this is a slip of the keyboard. */
const highestNumber = 9999;

/** `P0`, `D1`: names that only threads have. */
export function isThreadName(word: string): boolean {
  return threadName.test(word);
}

/** Consumes `P0` or `D0`; `P00` is `P0`. */
export function parseThreadName(cursor: Cursor): string {
  const { start, end, text } = cursor.advance();
  return text.charAt(0) + checkNumber(cursor, start, end, text.slice(1));
}

/** True at the `0:`, `P0:` or `D0:` of a register. */
export function atThreadPrefix(cursor: Cursor): boolean {
  return isThreadPrefix(cursor, cursor.token);
}

/** True if `token` starts one. */
export function isThreadPrefix(cursor: Cursor, token: Token): boolean {
  return (token.kind === "number" || (token.kind === "word" && isThreadName(token.text))) && cursor.after(token).kind === ":";
}

/** `0:%r0`: herd7 takes a `%` in front of the name of a register, and it says nothing. */
export function takePercent(cursor: Cursor): void {
  cursor.take("%");
}

/** Consumes `0:`, `P0:` or `D0:` and gives the thread's name. */
export function parseThreadPrefix(cursor: Cursor): string {
  if (cursor.at("word")) {
    const name = parseThreadName(cursor);
    cursor.advance();
    return name;
  }
  const { start, end, text } = cursor.advance();
  cursor.advance();
  return `P${checkNumber(cursor, start, end, text)}`;
}

function checkNumber(cursor: Cursor, start: number, end: number, digits: string): number {
  const number = Number(digits);
  if (/^[0-9]+$/.test(digits) && number <= highestNumber) return number;
  cursor.report(
    "syntax",
    { start, end },
    `\`${cursor.text.slice(start, end)}\` is no thread: the first is 0, and ${highestNumber} the last that can be`,
  );
  return 0;
}
