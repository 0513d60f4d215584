/**
 * Tokens. A litmus file is three lexical languages: the header, which is lines (`parse-header.ts`), and the two here.
 *
 * `outer` is the initial state, the heads of threads and what follows the threads: herd7's nested `(* … *)` is a comment
 * there, and so are C's. `body` is C: `(*` cannot open a comment, because `READ_ONCE(*x)` contains it.
 *
 * Scanning is a pure function of text, place and language: the parser, which knows where it is, says which language it wants.
 */

export type Language = "outer" | "body";

/**
 * What a token is. Punctuation is its own kind: `";"`, `"/\\"`. An `unknown` is a run of characters that start no token;
 * an `unclosed-comment` reaches to the end of the text, an `unclosed-string` to the end of its line.
 */
export type TokenKind = "word" | "number" | "string" | "end" | "unknown" | "unclosed-comment" | "unclosed-string" | Punctuation;

export type Punctuation =
  | ("{" | "}" | "(" | ")" | "[" | "]" | ";" | "," | ":" | "." | "=" | "==" | "=>" | "!=" | "<>" | "<" | "<=" | ">" | ">=" | "/\\" | "\\/")
  | ("~" | "&" | "&&" | "|" | "||" | "!" | "*" | "+" | "-" | "?" | "<<" | "<<=" | ">>" | ">>=" | "++" | "+=" | "--" | "-=" | "->" | "*=")
  | ("/" | "/=" | "%" | "%=" | "&=" | "|=" | "^" | "^=");

/** A piece of the text, with its place. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** As written; for a string what stands between the quotes. */
  readonly text: string;
}

/** The first token at or after `from`. Takes time linear in what it passes. */
export function scan(text: string, from: number, language: Language): Token {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isBlank(code)) {
      at++;
    } else if (code === slash && text.charCodeAt(at + 1) === slash) {
      at = endOfLine(text, at);
    } else if (code === slash && text.charCodeAt(at + 1) === star) {
      const close = text.indexOf("*/", at + 2);
      if (close === -1) return token("unclosed-comment", text, at, text.length);
      at = close + 2;
    } else if (language === "outer" && code === parenthesis && text.charCodeAt(at + 1) === star) {
      const close = endOfNestedComment(text, at);
      if (close === undefined) return token("unclosed-comment", text, at, text.length);
      at = close;
    } else if (code === hash && isDirective(text, at)) {
      at = endOfDirective(text, at);
    } else {
      return scanAt(text, at, code, language === "outer" ? outerTable : bodyTable);
    }
  }
}

const directive = /#[ \t]*(?:define|undef|include|pragma)\b/y;

/** Is this a preprocessor's line that says nothing here, or that `definitions.ts` reads? */
export function isDirective(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== hash) return false;
  directive.lastIndex = at;
  return directive.test(text) && text.slice(text.lastIndexOf("\n", at) + 1, at).trim() === "";
}

/** Where such a line ends: a `\` at its end carries it on. */
export function endOfDirective(text: string, at: number): number {
  let end = endOfLine(text, at);
  while (end < text.length && /\\\r?$/.test(text.slice(Math.max(at, end - 2), end))) end = endOfLine(text, end + 1);
  return end;
}

/** The end of the `(* … *)` that opens at `start`, or undefined if it does not close. Such comments nest. */
export function endOfNestedComment(text: string, start: number): number | undefined {
  let depth = 1;
  let open = text.indexOf("(*", start + 2);
  for (let close = text.indexOf("*)", start + 2); close !== -1; ) {
    if (open !== -1 && open < close) {
      depth++;
      // The star of `(*)` closes nothing.
      if (close < open + 2) close = text.indexOf("*)", open + 2);
      open = text.indexOf("(*", open + 2);
      continue;
    }
    if (--depth === 0) return close + 2;
    close = text.indexOf("*)", close + 2);
  }
  return undefined;
}

/** The offset of the line break that ends the line of `at`, or the length of the text. */
export function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

const slash = 0x2f;
const hash = 0x23;
const star = 0x2a;
const parenthesis = 0x28;
const quote = 0x22;
const backquote = 0x60;
const lineBreak = 0x0a;

/** As herd7 writes values that its own grammar has no other form for. */
const quotedNumber = /`(0[xX][0-9a-fA-F]+|[0-9]+)`/y;

/** Blanks, line breaks, and the two invisible characters that copying from web pages leaves behind. */
function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0xfeff;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isWordStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

type PunctuationTable = readonly (readonly Punctuation[] | undefined)[];

/** By first character, longest first. */
function tableOf(list: string): PunctuationTable {
  const table: Punctuation[][] = [];
  for (const each of list.split(" ").sort((a, b) => b.length - a.length)) {
    const code = each.charCodeAt(0);
    const row = table[code] ?? [];
    row.push(each as Punctuation);
    table[code] = row;
  }
  return table;
}

const outerTable = tableOf("{ } ( ) [ ] ; , : . = == => != <> < <= > >= /\\ \\/ ~ & && | || ! * + - % <<");
const bodyTable = tableOf(
  "{ } ( ) [ ] ; , : . ? = == != ! < <= << <<= > >= >> >>= + ++ += - -- -= -> * *= / /= % %= & && &= | || |= ^ ^= ~",
);

function token(kind: TokenKind, text: string, start: number, end: number): Token {
  return { kind, start, end, text: text.slice(start, end) };
}

function scanAt(text: string, start: number, code: number, table: PunctuationTable): Token {
  if (start >= text.length) return { kind: "end", start: text.length, end: text.length, text: "" };
  if (isWordStart(code) || isDigit(code)) {
    let end = start + 1;
    for (let next = text.charCodeAt(end); isWordStart(next) || isDigit(next); next = text.charCodeAt(end)) end++;
    return token(isDigit(code) ? "number" : "word", text, start, end);
  }
  if (code === backquote && table === outerTable) {
    quotedNumber.lastIndex = start;
    const [whole, inside] = quotedNumber.exec(text) ?? [];
    if (whole !== undefined && inside !== undefined) return { kind: "number", start, end: start + whole.length, text: inside };
  }
  if (code === quote) {
    let close = start + 1;
    while (close < text.length && text.charCodeAt(close) !== quote && text.charCodeAt(close) !== lineBreak) close++;
    if (text.charCodeAt(close) !== quote) return token("unclosed-string", text, start, close);
    return { kind: "string", start, end: close + 1, text: text.slice(start + 1, close) };
  }
  const marks = table[code];
  for (let at = 0; marks !== undefined && at < marks.length; at++) {
    const mark = marks[at] as Punctuation;
    if (text.startsWith(mark, start)) return { kind: mark, start, end: start + mark.length, text: mark };
  }
  let end = start + 1;
  while (end < text.length && startsNothing(text.charCodeAt(end), table)) end++;
  return token("unknown", text, start, end);
}

function startsNothing(code: number, table: PunctuationTable): boolean {
  return !(isBlank(code) || isWordStart(code) || isDigit(code) || code === quote || table[code] !== undefined);
}
