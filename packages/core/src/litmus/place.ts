/** How to tell, after a mistake, where in a test one is: the beginnings of threads and of what follows them. */
import type { Cursor } from "./cursor.js";
import { isThreadName } from "./parse-thread-name.js";

/** True if the head of a thread starts here: nothing else puts such a name before a `(`. */
export function atThread(cursor: Cursor): boolean {
  if (!cursor.at("word")) return false;
  let { token } = cursor;
  // A few words at most: this is asked at every token.
  for (let words = 0; words < 3 && token.kind === "word" && isReturned(token.text); words++) {
    token = cursor.after(token);
    if (token.kind === "*") token = cursor.after(token);
  }
  return token.kind === "word" && isThreadName(token.text) && cursor.after(token).kind === "(";
}

/** Words before the name of a C function, which mean nothing here: `static void P0(…)`, `irqreturn_t P1(…)`. */
export function isReturned(word: string): boolean {
  return returned.has(word);
}

const returned = new Set("void static inline noinline __always_inline int bool irqreturn_t netdev_tx_t".split(" "));

const head = /^((?:\w+[ \t*]+)*)[PD][0-9]+[ \t]*\(/;

/** True if a line starts with the head of a thread: the same, where there are no tokens yet. */
export function startsThread(line: string): boolean {
  const words = head.exec(line)?.[1];
  return words?.split(/[ \t*]+/).every((word) => word === "" || isReturned(word)) === true;
}

const propositionStarts: ReadonlySet<string> = new Set(["(", "~", "[", "*", "word", "number"]);

/**
 * True at the end of the text, and where something starts that cannot stand inside a body or an initial state: the head of a
 * thread, a condition, `locations`.
 */
export function atItem(cursor: Cursor): boolean {
  switch (cursor.token.kind) {
    case "end":
      return true;
    case "~":
      return cursor.onNewLine && cursor.after().text === "exists";
    case "word":
      break;
    default:
      return false;
  }
  switch (cursor.token.text) {
    case "exists":
    case "forall":
    case "filter":
      return cursor.onNewLine && propositionStarts.has(cursor.after().kind);
    case "locations":
      return cursor.onNewLine && cursor.after().kind === "[";
    case "expect":
    case "source":
      return cursor.onNewLine && startsTail(cursor);
    default:
      // At the beginning of a line or behind a `}`: elsewhere it is a call, and a mistake.
      return atThread(cursor) && (cursor.onNewLine || cursor.text.charAt(cursor.previousEnd - 1) === "}");
  }
}

/** `expect sn2: …`, `source "…"`, `source A. Kepner …`, and not a register or a type of that name: `source = 1;`, `source x;`. */
function startsTail(cursor: Cursor): boolean {
  const next = cursor.after();
  if (next.kind === "string") return true;
  if (next.kind !== "word") return false;
  const second = cursor.after(next).kind;
  if (cursor.token.text === "expect") return second === ":" || second === "," || second === "-" || second === "+";
  return second !== ";" && second !== "=" && second !== "[";
}
