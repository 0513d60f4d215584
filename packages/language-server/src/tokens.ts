/**
 * The tokens of a whole file, comments among them, each with the part of the test that it stands in. Takes any text: an editor asks while a test is half written, so this follows
 * the shape of a test alone (the parser's `place.ts` says what starts where) and never gives up.
 */
import {
  endOfDirective,
  endOfLine,
  endOfNestedComment,
  isDirective,
  type Language,
  scan,
  startsDescription,
  startsThread,
} from "@fencepost/core/litmus";

/** `head` is a thread's name, parameters and clauses; `tail` what follows the threads. */
/** `description`: a structure, a `typedef` or an `enum` before the initial state. */
export type Region = "header" | "description" | "init" | "head" | "body" | "tail";

export interface Token {
  /** `text` is the rest of a line that is no program: the test's name, `key=value`, a source. `platform` is a name in an `expect` line. */
  readonly kind: "word" | "number" | "string" | "comment" | "punctuation" | "text" | "platform";
  readonly start: number;
  readonly end: number;
  /** As written, quotes included. */
  readonly text: string;
  readonly region: Region;
  /** In a head or a body: `P0`, `D1`. */
  readonly thread: string | undefined;
  /** How many braces are open before it. */
  readonly depth: number;
}

const threadName = /^[PD][0-9]+$/;
const tailHead =
  /^(?:~[ \t]*exists\b|(?:exists|forall|filter)[ \t]*[(~[*\w]|locations[ \t]*\[|expect[ \t]+[\w+@.-]+[ \t]*[:,]|source[ \t]+\S)/;
const platformName = /[A-Za-z0-9_][A-Za-z0-9_+@.-]*/y;

/** `P0`, `D1`: true for what can name a thread. */
export const isThreadName = (word: string): boolean => threadName.test(word);

/** `P00` is `P0`, and `0` before a colon too. */
export const threadOf = (word: string): string => (/^[0-9]/.test(word) ? `P${Number(word)}` : `${word.charAt(0)}${Number(word.slice(1))}`);

/** All tokens of a file, in order. */
export function readTokens(text: string): readonly Token[] {
  const reader = createReader(text);
  readHeader(reader);
  if (reader.startsWith("{")) readBraces(reader, "init", "outer", undefined);
  for (;;) {
    reader.comments("tail", undefined, "outer");
    if (reader.done) break;
    const rest = reader.rest(200);
    if (startsThread(rest)) readThread(reader);
    else readTail(reader);
  }
  return reader.tokens;
}

interface Reader {
  readonly text: string;
  readonly tokens: Token[];
  /** Where the next token is looked for. */
  at: number;
  depth: number;
  readonly done: boolean;
  startsWith(what: string): boolean;
  /** Some of the text from here. */
  rest(length: number): string;
  /** Passes blanks and takes comments; then the text goes on with a token or has ended. */
  comments(region: Region, thread: string | undefined, language: Language): void;
  take(kind: Token["kind"], end: number, region: Region, thread?: string): Token;
  /** Takes the next token of the language, comments before it too; undefined at the end. */
  next(region: Region, thread: string | undefined, language: Language): Token | undefined;
  /** Does only white space stand between here and the start of the line? */
  startsLine(): boolean;
}

const blank = /[\s\uFEFF]*/y;

function createReader(text: string): Reader {
  const reader: Reader = {
    text,
    tokens: [],
    at: 0,
    depth: 0,
    get done() {
      return reader.at >= text.length;
    },
    startsWith: (what) => text.startsWith(what, reader.at),
    rest: (length) => text.slice(reader.at, reader.at + length),
    comments(region, thread, language) {
      for (;;) {
        blank.lastIndex = reader.at;
        blank.test(text);
        reader.at = blank.lastIndex;
        const end = commentEnd(text, reader.at, language);
        if (end === undefined) return;
        reader.take("comment", end, region, thread);
      }
    },
    take(kind, end, region, thread) {
      const token: Token = { kind, start: reader.at, end, text: text.slice(reader.at, end), region, thread, depth: reader.depth };
      reader.tokens.push(token);
      reader.at = end;
      return token;
    },
    next(region, thread, language) {
      reader.comments(region, thread, language);
      if (reader.done) return undefined;
      const { kind, end } = scan(text, reader.at, language);
      const known =
        kind === "word" || kind === "number" ? kind : kind === "string" || kind === "unclosed-string" ? "string" : "punctuation";
      return reader.take(known, Math.max(end, reader.at + 1), region, thread);
    },
    startsLine: () => /(^|\n)[ \t]*$/.test(text.slice(Math.max(0, text.lastIndexOf("\n", reader.at - 1)), reader.at)),
  };
  return reader;
}

/** The end of the comment that opens at `at`, closed or not; undefined where none opens. */
function commentEnd(text: string, at: number, language: Language): number | undefined {
  if (isDirective(text, at)) return endOfDirective(text, at);
  if (text.startsWith("//", at)) {
    const end = endOfLine(text, at);
    return text.charAt(end - 1) === "\r" ? end - 1 : end;
  }
  if (text.startsWith("/*", at)) {
    const close = text.indexOf("*/", at + 2);
    return close === -1 ? text.length : close + 2;
  }
  if (language === "outer" && text.startsWith("(*", at)) return endOfNestedComment(text, at) ?? text.length;
  return undefined;
}

/** Lines up to the `{` of the initial state, or to the first thread where it is missing. */
function readHeader(reader: Reader): void {
  const { text } = reader;
  const first = /C(?=\s)/y;
  reader.comments("header", undefined, "outer");
  first.lastIndex = reader.at;
  if (first.test(text)) {
    reader.take("word", reader.at + 1, "header");
    // The name ends where a comment, a string or the state starts.
    const line = text.slice(reader.at, endOfLine(text, reader.at));
    const lead = line.length - line.trimStart().length;
    const name =
      line
        .slice(lead)
        .split(/"|\(\*|\s\(|\s\/[/*]|\s*\{/, 1)[0]
        ?.trimEnd() ?? "";
    reader.at += lead;
    if (name !== "") reader.take("text", reader.at + name.length, "header");
  }
  for (reader.comments("header", undefined, "outer"); !reader.done; reader.comments("header", undefined, "outer")) {
    if (reader.startsWith("{") || startsThread(reader.rest(200))) return;
    if (reader.startsWith('"')) {
      const close = text.indexOf('"', reader.at + 1);
      reader.take("string", close === -1 ? text.length : close + 1, "header");
      continue;
    }
    if (startsDescription(text, reader.at)) {
      readDescription(reader);
      continue;
    }
    const line = text.slice(reader.at, endOfLine(text, reader.at));
    const brace = line.indexOf("{");
    reader.take("text", reader.at + (brace === -1 ? line : line.slice(0, brace)).trimEnd().length, "header");
  }
}

/** `struct desc { … };` before the initial state. */
function readDescription(reader: Reader): void {
  const outside = reader.depth;
  const next = (): Token | undefined => reader.next("description", undefined, "outer");
  for (let token = next(); token !== undefined; token = next()) {
    if (token.text === "{") reader.depth++;
    if (token.text === ";" && reader.depth === outside) break;
    reader.comments("description", undefined, "outer");
    if (reader.startsWith("}") && --reader.depth < outside) break;
  }
  reader.depth = outside;
}

/** A `{ … }`, the reader standing at the `{`. A brace that was forgotten ends where a thread or a part of the tail starts a line. */
function readBraces(reader: Reader, region: "init" | "body", language: Language, thread: string | undefined): void {
  const outside = reader.depth;
  while (!reader.done) {
    reader.comments(region, thread, language);
    if (reader.depth > outside && reader.startsLine()) {
      const rest = reader.rest(200);
      if (startsThread(rest) || tailHead.test(rest)) break;
    }
    const closes = reader.startsWith("}");
    if (closes) reader.depth--;
    const token = reader.next(region, thread, language);
    if (token?.text === "{") reader.depth++;
    if (closes && reader.depth <= outside) break;
  }
  reader.depth = outside;
}

function readThread(reader: Reader): void {
  let token = reader.next("head", undefined, "outer");
  if (token !== undefined && !isThreadName(token.text)) {
    while (token !== undefined && !isThreadName(token.text)) token = reader.next("head", undefined, "outer");
  }
  if (token === undefined) return;
  const thread = threadOf(token.text);
  for (;;) {
    reader.comments("head", thread, "outer");
    if (reader.done) return;
    if (reader.startsWith("{")) break;
    const rest = reader.rest(200);
    // The body was forgotten.
    if (reader.startsLine() && (startsThread(rest) || tailHead.test(rest))) return;
    reader.next("head", thread, "outer");
  }
  readBraces(reader, "body", "body", thread);
}

/** One token of the tail, or one line of it where lines matter. */
function readTail(reader: Reader): void {
  const token = reader.next("tail", undefined, "outer");
  if (token?.kind !== "word") return;
  if (token.text === "source") readSource(reader);
  else if (token.text === "expect") readExpect(reader);
}

function readSource(reader: Reader): void {
  const { text } = reader;
  const end = endOfLine(text, reader.at);
  const rest = text.slice(reader.at, end);
  if (rest.trim() === "" || rest.trimStart().startsWith('"')) return;
  reader.at += rest.length - rest.trimStart().length;
  reader.take("text", reader.at + rest.trim().length, "tail");
}

/** Platform names hold what words do not. It ends as the parser's does: with its last verdict. */
function readExpect(reader: Reader): void {
  const { text } = reader;
  let verdict = false;
  for (;;) {
    reader.comments("tail", undefined, "outer");
    if (reader.done) return;
    const rest = reader.rest(200);
    if (reader.startsLine() && !/^[\w][\w+@.-]*[ \t]*[:,]/.test(rest)) return;
    platformName.lastIndex = reader.at;
    const name = verdict ? null : platformName.exec(text);
    const token = name === null ? reader.next("tail", undefined, "outer") : reader.take("platform", reader.at + name[0].length, "tail");
    if (token === undefined) return;
    if (token.text === ":") verdict = true;
    else if (token.kind !== "punctuation" || token.text === ";") verdict = false;
    else if (token.text !== ",") return;
  }
}
