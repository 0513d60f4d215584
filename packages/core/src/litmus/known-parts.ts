/** Parts of tests that were read before: tests of one collection are made of few different threads, and have few different initial states and conditions. */
import type { Cursor } from "./cursor.js";
import { parseInit } from "./parse-init.js";
import type { Structures } from "./parse-struct.js";
import type { Tail } from "./parse-tail.js";
import { parseThread } from "./parse-thread.js";
import type { Declaration, Thread } from "./test.js";

/**
 * Initial states by their text, threads by theirs behind the name, and what stands behind the threads, by its text. A part that is found again is the same tree, but for a thread's name and its own span: the positions
 * in it are those of its first reading. Nothing is taken from here, or kept, where the text has definitions of its own.
 */
export interface KnownParts {
  readonly inits: Map<string, readonly Declaration[]>;
  readonly threads: Map<string, Thread>;
  readonly tails: Map<string, Tail>;
}

/** As many of each are kept, of so many characters at most. */
const MOST_KNOWN = 5000;
const LONGEST_KNOWN = 2000;

export function noKnownParts(): KnownParts {
  return { inits: new Map(), threads: new Map(), tails: new Map() };
}

/** Consumes the initial state, the cursor standing at its brace. One that names numbers, or follows the description of structures, is read as any other. */
export function parseKnownInit(cursor: Cursor, structures: Structures, { inits }: KnownParts): readonly Declaration[] {
  const { start } = cursor.token;
  const close = cursor.text.indexOf("}", start) + 1;
  if (cursor.defines || structures.size > 0 || close === 0 || close - start > LONGEST_KNOWN) return parseInit(cursor, structures);
  const key = cursor.text.slice(start, close);
  const found = inits.get(key);
  if (found !== undefined) {
    cursor.jump(close, "outer");
    return found;
  }
  const before = cursor.problemCount;
  const init = parseInit(cursor, structures);
  const plain = cursor.problemCount === before && cursor.previousEnd === close && !cursor.defines && structures.size === 0;
  if (plain && inits.size < MOST_KNOWN) inits.set(key, init);
  return init;
}

/** Consumes a whole thread, from those known where it is among them, the cursor standing at its head. */
export function parseKnownThread(cursor: Cursor, { threads }: KnownParts): Thread {
  const { start, end } = cursor.token;
  const name = cursor.token.text;
  const { text } = cursor;
  // A body ends with a brace at the beginning of a line, almost always; where it does not, the thread is read as any other.
  const close = text.indexOf("\n}", end) + 2;
  if (!/^P\d+$/.test(name) || close < 2 || close - end > LONGEST_KNOWN) return parseThread(cursor);
  const key = text.slice(end, close);
  const found = threads.get(key);
  if (found !== undefined) {
    cursor.jump(close, "outer");
    return { name, role: "cpu", parameters: found.parameters, clauses: found.clauses, body: found.body, span: { start, end: close } };
  }
  const before = cursor.problemCount;
  const thread = parseThread(cursor);
  // A parser that consumed just this text, and had nothing to say, does the same wherever the text stands.
  if (cursor.problemCount === before && cursor.previousEnd === close && threads.size < MOST_KNOWN) threads.set(key, thread);
  return thread;
}

/** What the rest of the text, from the cursor on, was read as before; undefined where it was not. */
export function knownTail(cursor: Cursor, { tails }: KnownParts): Tail | undefined {
  return tails.get(cursor.text.slice(cursor.token.start));
}

/** Keeps what the text from `start` to its end was read as, without a problem. */
export function keepTail(cursor: Cursor, start: number, tail: Tail, { tails }: KnownParts): void {
  if (cursor.text.length - start <= LONGEST_KNOWN && tails.size < MOST_KNOWN) tails.set(cursor.text.slice(start), tail);
}
