/** Parts of tests that were read before: tests of one collection are made of few different threads, and end in few different conditions. */
import type { Cursor } from "./cursor.js";
import type { Tail } from "./parse-tail.js";
import { parseThread } from "./parse-thread.js";
import type { Thread } from "./test.js";

/**
 * Threads by their text behind the name, and what stands behind the threads, by its text. A part that is found again is the same tree, but for a thread's name and its own span: the positions
 * in it are those of its first reading. Nothing is taken from here, or kept, where the text has definitions of its own.
 */
export interface KnownParts {
  readonly threads: Map<string, Thread>;
  readonly tails: Map<string, Tail>;
}

/** As many of each are kept, of so many characters at most. */
const MOST_KNOWN = 5000;
const LONGEST_KNOWN = 2000;

export function noKnownParts(): KnownParts {
  return { threads: new Map(), tails: new Map() };
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
