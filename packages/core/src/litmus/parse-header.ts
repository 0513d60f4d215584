/** The header: `C name`, a doc string, `key=value` lines and comments, up to the `{` of the initial state. */
import type { Span } from "../source.js";
import type { Cursor } from "./cursor.js";
import { startsDescription, takeDescription } from "./parse-description.js";
import { type Structures, takeStructure } from "./parse-struct.js";
import { startsThread } from "./place.js";
import { endOfDirective, endOfLine, endOfNestedComment, isDirective } from "./scan.js";
import type { Test } from "./test.js";

/** What stands before the initial state. */
export type Header = Pick<Test, "name" | "doc" | "info"> & {
  readonly start: number;
  /** What was described before it. */
  readonly structures: Structures;
  /** False where the `{` of the initial state is missing and the threads follow at once. */
  readonly init: boolean;
};

const firstLine = /(\w+)(?:[ \t\r]+([^\n]*))?/y;
const keyValue = /([A-Za-z][\w/.-]*)[ \t]*=[ \t]*([^\r\n]*)/y;
/** Where a doc string, a comment or herd7's `(texname)` starts behind the name. */
const afterName = /"|\(\*|\s\(|\s\/[/*]/;
/** herd7's second name, for LaTeX, and a semicolon that it allows. */
const texName = /[ \t]*(?:\([A-Za-z][\w/.-]*\))?[ \t;]*/y;

/**
 * Reads the header and leaves the cursor in front of the `{`. Gives undefined where the rest cannot be read as a C test.
 * herd7 passes over whatever it does not know here; we do too, with a warning.
 */
export function parseHeader(cursor: Cursor): Header | undefined {
  const lone = cursor.text.indexOf("\r");
  if (lone !== -1 && !cursor.text.includes("\n")) {
    cursor.report(
      "syntax",
      { start: lone, end: lone + 1 },
      "the lines of this file end with a carriage return alone",
      "save it with line feeds",
    );
    return undefined;
  }
  const start = skipComments(cursor, 0);
  if (start === undefined) return undefined;
  firstLine.lastIndex = start;
  const [whole, language, rest = ""] = firstLine.exec(cursor.text) ?? [];
  if (whole === undefined || language !== "C") {
    rejectFirstLine(cursor, start, language);
    return undefined;
  }
  const nameStart = start + whole.length - rest.length;
  // As in herd7 the name is one word, and what stands behind it is passed over.
  const name = trimSemicolons(rest.slice(0, afterName.exec(rest)?.index ?? rest.length)).split(/\s/, 1)[0] as string;
  if (name === "") {
    cursor.report("syntax", { start: start + 1, end: start + 1 }, "expected the name of the test after `C`", "write `C my-test`");
  }
  texName.lastIndex = nameStart + name.length;
  texName.test(cursor.text);
  return parseLines(cursor, start, name, texName.lastIndex);
}

function trimSemicolons(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ";" || text.charCodeAt(end - 1) <= 0x20)) end--;
  return text.slice(0, end);
}

function rejectFirstLine(cursor: Cursor, start: number, language: string | undefined): void {
  const hint = "a test starts with a line such as `C my-test`";
  const line = { start, end: endOfLine(cursor.text, start) };
  if (language !== undefined && architectures.has(language.toLowerCase())) {
    const span = { start, end: start + language.length };
    const instead =
      "write it in C, with READ_ONCE, WRITE_ONCE and the kernel's barriers; `fencepost herd --arch` lowers that to an architecture";
    cursor.report("unsupported", span, `this is a test for ${language}; Fencepost reads tests in C`, instead);
  } else if (line.end === cursor.text.length && cursor.text.slice(start).trim() === "") {
    cursor.report("syntax", line, "there is no test in this file", hint);
  } else {
    const coded = /[\0\uFFFD]/.test(cursor.text.slice(start, start + 100));
    cursor.report("syntax", line, "expected `C` and the name of the test", coded ? `${hint}; save the file as UTF-8` : hint);
  }
}

/** The first words of the other files that herd7 reads. */
const architectures = new Set("x86 x86_64 arm aarch64 ppc riscv mips bpf lisa cpp java asl ptx bell kvm".split(" "));

function parseLines(cursor: Cursor, start: number, name: string, from: number): Header | undefined {
  const { text } = cursor;
  let doc: string | undefined;
  const info: { key: string; value: string; span: Span }[] = [];
  const structures: Structures = new Map();
  /** Lines that are nothing we know, with what to say of them if they turn out to be harmless. */
  const strays: { span: Span; message: string }[] = [];
  let at = skipComments(cursor, from);
  while (at !== undefined && at < text.length) {
    if (text.startsWith("{", at)) {
      for (const each of strays) cursor.warn("syntax", each.span, each.message);
      cursor.jump(at, "outer");
      return { name, doc, info, start, structures, init: true };
    }
    if (text.startsWith('"', at)) {
      const close = text.indexOf('"', at + 1);
      if (close === -1) {
        cursor.report("unterminated", { start: at, end: at + 1 }, "this string is not closed", 'add `"`');
        return undefined;
      }
      if (doc === undefined) doc = text.slice(at + 1, close);
      else strays.push({ span: { start: at, end: close + 1 }, message: "a test has one doc string; this one is passed over" });
      at = close + 1;
    } else if (startsDescription(text, at)) {
      at = parseDescription(cursor, at, structures);
    } else {
      const line = lineSpan(text, at);
      const shown = text.slice(line.start, line.end);
      keyValue.lastIndex = at;
      const [whole, key, value] = keyValue.exec(text) ?? [];
      if (startsThread(shown) || shown.startsWith("}")) {
        return missingState(cursor, { name, doc, info, start, structures, init: false }, line, strays[0]?.span ?? line);
      }
      if (whole !== undefined && key !== undefined && value !== undefined) {
        info.push({ key, value: value.trimEnd(), span: { start: at, end: at + whole.trimEnd().length } });
        at += whole.length;
      } else {
        strays.push({ span: line, message: "this line is passed over: it is not `key=value`, a comment or a doc string" });
        at = line.end;
      }
    }
    at = skipComments(cursor, at);
  }
  if (at !== undefined) {
    const end = text.trimEnd().length;
    cursor.report("syntax", { start: end, end }, "expected the initial state in braces, found the end of the file", missingHint);
  }
  return undefined;
}

/** A structure, a `typedef` or an `enum` before the initial state; gives where it ends. */
function parseDescription(cursor: Cursor, at: number, structures: Structures): number {
  cursor.jump(at, "outer");
  if (!takeDescription(cursor, structures)) takeStructure(cursor, structures);
  if (!cursor.failing) cursor.expectSemicolon("the description");
  while (cursor.failing && !cursor.at("end") && !(cursor.at("{") && cursor.onNewLine)) {
    if (cursor.advance().kind === ";" && cursor.onNewLine) break;
  }
  cursor.recovered();
  // Where nothing could be read, the line is passed over.
  return cursor.at("end") ? cursor.text.length : cursor.previousEnd > at ? cursor.previousEnd : endOfLine(cursor.text, at);
}

const missingHint = "the initial state stands in braces before the threads; write `{}` if everything starts at 0";

/** No `{` came before the first thread: says so and goes on with the threads, or behind the `}` of the initial state. */
function missingState(cursor: Cursor, header: Header, line: Span, place: Span): Header {
  cursor.report("syntax", place, "expected `{` and the initial state before this line", missingHint);
  cursor.jump(line.start, "outer");
  cursor.take("}");
  return header;
}

/** The rest of the line of `at`, without blanks at its end, and at most up to a `{`. */
function lineSpan(text: string, at: number): Span {
  const line = text.slice(at, endOfLine(text, at));
  const brace = line.indexOf("{");
  return { start: at, end: at + (brace === -1 ? line : line.slice(0, brace)).trimEnd().length };
}

const blanks = /[\s\uFEFF]*/y;

/** Passes over blanks and comments; undefined if a comment does not close, which is reported. */
function skipComments(cursor: Cursor, from: number): number | undefined {
  const { text } = cursor;
  let at: number | undefined = from;
  for (;;) {
    blanks.lastIndex = at;
    blanks.test(text);
    at = blanks.lastIndex;
    const start: number = at;
    if (text.startsWith("//", at)) {
      at = endOfLine(text, at);
    } else if (isDirective(text, at)) {
      at = endOfDirective(text, at);
    } else if (text.startsWith("(*", at)) {
      at = endOfNestedComment(text, at);
    } else if (text.startsWith("/*", at)) {
      const close: number = text.indexOf("*/", at + 2);
      at = close === -1 ? undefined : close + 2;
    } else {
      return at;
    }
    if (at === undefined) {
      const closing = text.startsWith("(*", start) ? "add `*)`; such comments nest" : "add `*/`";
      cursor.report("unterminated", { start, end: start + 2 }, "this comment is not closed", closing);
      return undefined;
    }
  }
}
