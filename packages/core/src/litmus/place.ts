/** How to tell, after a mistake, where in a test one is: the beginnings of threads and of what follows them. */
import type { Cursor } from "./cursor.js";
import { isThreadName } from "./parse-thread-name.js";

/** True if the head of a thread starts here: nothing else puts such a name before a `(`. */
export function atThread(cursor: Cursor): boolean {
  if (!cursor.at("word")) return false;
  if (cursor.token.text === "void") {
    let next = cursor.after();
    if (next.kind === "*") next = cursor.after(next);
    return next.kind === "word" && isThreadName(next.text) && cursor.after(next).kind === "(";
  }
  return isThreadName(cursor.token.text) && cursor.after().kind === "(";
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
