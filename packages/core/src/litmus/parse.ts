/** Text of a litmus test to its syntax tree. */
import { nearest } from "../nearest.js";
import type { Outcome } from "../problem.js";
import type { Source } from "../source.js";
import { Cursor } from "./cursor.js";
import { readDefinitions } from "./definitions.js";
import { type KnownParts, keepTail, knownTail, parseKnownInit, parseKnownThread } from "./known-parts.js";
import { parseHeader } from "./parse-header.js";
import { parseInit } from "./parse-init.js";
import { atTail, emptyTail, parseTail } from "./parse-tail.js";
import { parseThread } from "./parse-thread.js";
import { isThreadName } from "./parse-thread-name.js";
import { atItem, atThread } from "./place.js";
import type { Test, Thread } from "./test.js";

/**
 * Reads a test: docs/language.md is the description. Takes any text: never throws, in time linear in its length. Either the tree,
 * perhaps with warnings, or all errors in the order of the text; a mistake does not hide those behind it. With `known`, threads and tails that were read before are taken from there, with the
 * positions that they had: whoever wants to point into the text reads it without.
 */
export function parseTest(source: Source, known?: KnownParts): Outcome<Test> {
  const cursor = new Cursor(source.text, readDefinitions(source.text));
  const header = parseHeader(cursor);
  if (header === undefined) return cursor.outcome(nothing);
  const { structures } = header;
  const init = !header.init ? [] : known === undefined ? parseInit(cursor, structures) : parseKnownInit(cursor, structures, known);
  // An `enum` of the header or the initial state defines names, too.
  const kept = cursor.defines ? undefined : known;
  const threads: Thread[] = [];
  let tail = emptyTail();
  let inTail = false;
  /** Where the tail starts, while it has nothing but its parts, and no problem. */
  let clean: number | undefined;
  while (!cursor.at("end")) {
    const before = cursor.token.start;
    if (atThread(cursor)) {
      if (inTail) cursor.report("syntax", cursor.here, "the threads stand before the condition", "move this thread up");
      threads.push(kept === undefined ? parseThread(cursor) : parseKnownThread(cursor, kept));
    } else if (atTail(cursor)) {
      const found = inTail || kept === undefined ? undefined : knownTail(cursor, kept);
      if (found !== undefined) {
        tail = found;
        cursor.jump(cursor.text.length, "outer");
        break;
      }
      if (!inTail && cursor.problemCount === 0) clean = before;
      inTail = true;
      parseTail(cursor, tail);
    } else if (!cursor.take(";")) {
      failOutside(cursor, inTail);
    }
    if (cursor.failing) recover(cursor, inTail);
    // What looks like the head of a thread to C may be none outside, where `(*` opens a comment.
    if (cursor.token.start === before && !cursor.at("end")) cursor.advance();
  }
  if (kept !== undefined && clean !== undefined && cursor.problemCount === 0) keepTail(cursor, clean, tail, kept);
  const { name, doc, info, start } = header;
  const { locations, filter, condition, expects, sources } = tail;
  return cursor.outcome({ name, doc, info, init, threads, locations, filter, condition, expects, sources, span: cursor.span(start) });
}

/** The names that stand for numbers in a text, whatever else is wrong with it: those of `#define` and `enum`. */
export function numberNames(text: string): ReadonlySet<string> {
  const cursor = new Cursor(text, readDefinitions(text));
  const header = parseHeader(cursor);
  if (header?.init === true) parseInit(cursor, header.structures);
  return cursor.numberNames;
}

const nothing: Test = {
  name: "",
  doc: undefined,
  info: [],
  init: [],
  threads: [],
  ...emptyTail(),
  span: { start: 0, end: 0 },
};

/** Neither a thread nor a part of the tail starts here. */
function failOutside(cursor: Cursor, inTail: boolean): void {
  const { text } = cursor.token;
  if (isThreadName(text) && cursor.after().kind === "unclosed-comment") {
    // Going there reports it, and nothing else is wrong.
    cursor.advance();
  } else if (cursor.at("}")) {
    cursor.fail("syntax", cursor.here, "unexpected `}`", "one `}` too many: nothing is open here");
  } else if (cursor.at("{")) {
    const hint = "put the initial state first, then the threads";
    cursor.fail("unsupported", cursor.here, "code outside the threads is not part of the language", hint);
  } else if (inTail || !cursor.at("word")) {
    cursor.failExpected(inTail ? "`expect`, `source` or the end of the file" : "a thread or the condition");
  } else if (opensBody(cursor)) {
    const hint =
      text === "enum"
        ? "an `enum` stands before the threads"
        : text === "struct"
          ? "structures are described before the threads"
          : "`P0`, `P1`, … are CPU threads, `D0`, `D1`, … devices; what a function does is written out in the thread";
    cursor.fail("syntax", cursor.here, `\`${text}\` is not the name of a thread`, hint);
  } else {
    const meant = nearest(text, ["exists", "forall", "filter", "locations", "expect", "source"]);
    const hint = meant === undefined ? "a statement belongs into a thread: is there one `}` too many above?" : `did you mean \`${meant}\`?`;
    cursor.failExpected("a thread or the condition", hint);
  }
}

/** True if a `{` comes before the end of a statement: the words here are meant as the head of a thread. */
function opensBody(cursor: Cursor): boolean {
  // Whatever it is, it is C.
  cursor.resume("body");
  let { token } = cursor;
  while (token.kind !== "{" && token.kind !== "}" && token.kind !== ";" && token.kind !== "end") token = cursor.after(token);
  return token.kind === "{";
}

/** Goes to the next thread or part of the tail. Before the tail, what is passed over may be C, where `(*` is no comment. */
function recover(cursor: Cursor, inTail: boolean): void {
  cursor.resume(inTail ? "outer" : "body");
  while (!atItem(cursor) && !(inTail && cursor.onNewLine && cursor.at("word") && atTail(cursor))) cursor.advance();
  cursor.resume("outer");
  cursor.recovered();
}
