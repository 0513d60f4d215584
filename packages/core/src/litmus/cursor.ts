/** Where the parser stands in the text, and what it has found wrong so far. */
import type { Outcome, Problem, ProblemCode } from "../problem.js";
import { position, type Span } from "../source.js";
import { type Language, scan, type Token, type TokenKind } from "./scan.js";

/** Names for numbers, and what is wrong with them. */
export interface Definitions {
  /** Each name's number. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
}

/** How deep brackets, statements and unary operators may nest: far beyond any real test, and safe for recursion. */
const deepestNesting = 200;

const NO_PROBLEMS: readonly Problem[] = [];

/** After so many problems the rest of a file says nothing new. */
const mostProblems = 100;

/**
 * The parser's place. It guards three things: that the current token belongs to the language of the place, that one mistake
 * gives one problem (after `fail` everything is silent until the parser has found firm ground and says `recovered`), and that
 * parsing always ends (nesting and number of problems are bounded).
 */
export class Cursor {
  readonly text: string;
  /** The current token: never `unknown` and never unclosed, those are reported and passed over. */
  token: Token = { kind: "end", start: 0, end: 0, text: "" };
  /** Where the last consumed token ended. */
  previousEnd = 0;
  #language: Language = "outer";
  readonly #problems: Problem[] = [];
  #failing = false;
  #stopped = false;
  #scanned = 0;
  #unreadable = -1;
  #depth = 0;

  /** Names for numbers (`#define`, `enum`): wherever one stands, its number is read. */
  readonly #numbers: Map<string, number>;

  constructor(text: string, definitions?: Definitions) {
    this.text = text;
    this.#numbers = new Map(definitions?.numbers);
    this.#problems.push(...(definitions?.problems ?? []));
  }

  /** From here on the name stands for the number. */
  define(name: string, value: number): void {
    this.#numbers.set(name, value);
  }

  /** The names that stand for numbers here. */
  get numberNames(): ReadonlySet<string> {
    return new Set(this.#numbers.keys());
  }

  /** Whether there are any. */
  get defines(): boolean {
    return this.#numbers.size > 0;
  }

  /** Goes to an offset and continues in the given language. */
  jump(at: number, language: Language): void {
    this.previousEnd = at;
    this.#language = language;
    this.#read(at);
  }

  /** Consumes the current token; what follows is read in `language`, by default the language of the place. */
  advance(language: Language = this.#language): Token {
    const consumed = this.token;
    this.previousEnd = consumed.end;
    this.#language = language;
    this.#read(consumed.end);
    return consumed;
  }

  /** Reads the current token again, in another language. */
  resume(language: Language): void {
    this.#language = language;
    this.#read(this.token.start);
  }

  at(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  atWord(text: string): boolean {
    return this.token.kind === "word" && this.token.text === text;
  }

  /** Consumes the current token if it is of this kind. */
  take(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false;
    this.advance();
    return true;
  }

  /** The token after the given one, without going there. */
  after(token: Token = this.token): Token {
    return this.#defined(scan(this.text, token.end, this.#language));
  }

  /** The number that a word stands for, in the word's place. */
  #defined(token: Token): Token {
    const number = token.kind === "word" ? this.#numbers.get(token.text) : undefined;
    return number === undefined ? token : { ...token, kind: "number", text: String(number) };
  }

  /** True if a line break stands before the current token. */
  get onNewLine(): boolean {
    return this.breaks(this.previousEnd, this.token.start);
  }

  /** True if the text between two offsets contains a line break. */
  breaks(start: number, end: number): boolean {
    return this.text.slice(start, end).includes("\n");
  }

  /** From `start` to the end of the last consumed token. */
  span(start: number): Span {
    return { start, end: Math.max(start, this.previousEnd) };
  }

  /** The current token's own range. */
  get here(): Span {
    return { start: this.token.start, end: this.token.end };
  }

  /** How to name the current token in a message. */
  get found(): string {
    if (this.token.kind === "end") return "the end of the file";
    if (this.token.kind === "string") return "a string";
    return `\`${this.token.text}\``;
  }

  /** Adds an error; parsing goes on as if the text were right. */
  report(code: ProblemCode, span: Span, message: string, hint?: string): void {
    this.#add("error", code, span, message, hint);
  }

  /** Adds a warning. */
  warn(code: ProblemCode, span: Span, message: string, hint?: string): void {
    this.#add("warning", code, span, message, hint);
  }

  /** Adds an error from which this place cannot go on: silent until `recovered`. */
  fail(code: ProblemCode, span: Span, message: string, hint?: string): void {
    this.report(code, span, message, hint);
    this.#failing = true;
  }

  /** Fails because the current token is not what has to stand here. */
  failExpected(what: string, hint?: string): void {
    this.fail("syntax", this.here, `expected ${what}, found ${this.found}`, hint);
  }

  /** Consumes a token of this kind or fails; `what` names it in the message, by default the token itself. */
  expect(kind: TokenKind, what = `\`${kind}\``, hint?: string): boolean {
    if (this.take(kind)) return true;
    this.failExpected(what, hint);
    return false;
  }

  /** Consumes a word and gives it, or fails and gives undefined. */
  expectWord(what: string, hint?: string): Token | undefined {
    if (this.at("word")) return this.advance();
    this.failExpected(what, hint);
    return undefined;
  }

  /**
   * Consumes a `;`. Where it was evidently forgotten (at the end of a line, before a brace), says so and goes on.
   */
  expectSemicolon(afterWhat: string): void {
    if (this.take(";")) return;
    if (this.onNewLine || this.at("}") || this.at("end")) {
      const missing = { start: this.previousEnd, end: this.previousEnd };
      this.report("syntax", missing, `expected \`;\` after ${afterWhat}`, "add `;`");
    } else {
      this.failExpected(`\`;\` after ${afterWhat}`);
    }
  }

  /** Consumes the bracket that closes the one at `open`, or reports; where the text evidently goes on without it, so does the parser. */
  expectClosing(kind: ")" | "]" | "}", open: Span): void {
    if (this.take(kind) || this.#failing) return;
    const opener = kind === ")" ? "(" : kind === "]" ? "[" : "{";
    const line = position(this.text, open.start).line;
    const hint = `the \`${opener}\` of line ${line} is not closed`;
    if (this.onNewLine || this.at("{") || this.at("}") || this.at(";") || this.at("end")) {
      this.report("syntax", { start: this.previousEnd, end: this.previousEnd }, `expected \`${kind}\``, hint);
      if (this.at(";") || this.at("}") || this.at("end")) this.#failing = true;
    } else {
      // `(* … *)` where C is read: a parenthesis, and what a pointer points to.
      const comment = kind === ")" && /^\(\*\s/.test(this.text.slice(open.start, open.start + 3));
      this.failExpected(`\`${kind}\``, comment ? "inside a thread a comment is `/* … */` or `// …`" : hint);
    }
  }

  /** True from a `fail` until the next `recovered`. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Says that the parser stands on firm ground again. */
  recovered(): void {
    this.#failing = false;
  }

  /** Runs `parse` one level deeper, or fails and gives `otherwise` if that is too deep. */
  nested<T>(otherwise: T, parse: () => T): T {
    if (this.#depth >= deepestNesting) {
      this.fail("too-deep", this.here, `nested more than ${deepestNesting} levels deep`);
      return otherwise;
    }
    this.#depth++;
    const result = parse();
    this.#depth--;
    return result;
  }

  /** Problems found so far. */
  get problemCount(): number {
    return this.#problems.length;
  }

  /** The value, if nothing was wrong with the text; all problems in the order of the text. */
  outcome<T>(value: T): Outcome<T> {
    if (this.#problems.length === 0) return { ok: true, value, problems: NO_PROBLEMS };
    const problems = this.#problems.sort((a, b) => a.span.start - b.span.start);
    return problems.some((each) => each.severity === "error") ? { ok: false, problems } : { ok: true, value, problems };
  }

  #add(severity: Problem["severity"], code: ProblemCode, span: Span, message: string, hint: string | undefined): void {
    if (this.#failing || this.#stopped) return;
    // What is missing right behind an unreadable character is that character.
    if (code === "syntax" && this.#unreadable >= this.previousEnd) return;
    // Where a bracket and then a semicolon are missing, the first of them is the mistake.
    const last = this.#problems.at(-1);
    if (last?.span.start === span.start && last.code === code) return;
    this.#problems.push({ code, severity, span, message, ...(hint === undefined ? {} : { hint }) });
    if (this.#problems.length >= mostProblems) this.#stop();
  }

  /** Nothing after this place can be read: what would be missed from here on is no news. */
  #stop(): void {
    this.#stopped = true;
    this.token = { kind: "end", start: this.text.length, end: this.text.length, text: "" };
  }

  #read(from: number): void {
    if (this.#stopped) return;
    let token = scan(this.text, from, this.#language);
    while (token.kind === "unknown" || token.kind === "unclosed-comment" || token.kind === "unclosed-string") {
      this.#reportUnreadable(token);
      if (this.#stopped) return;
      if (token.kind === "unclosed-string") {
        token = { ...token, kind: "string", text: token.text.slice(1) };
        break;
      }
      token = scan(this.text, token.end, this.#language);
    }
    this.token = this.#defined(token);
    this.#scanned = Math.max(this.#scanned, token.end);
  }

  /** Read twice, after a change of language say, it is still one problem. While the parser looks for firm ground it is none. */
  #reportUnreadable(token: Token): void {
    const known = token.start < this.#scanned;
    this.#scanned = Math.max(this.#scanned, token.end);
    const span = { start: token.start, end: token.end };
    if (token.kind === "unclosed-comment") {
      const opening = { start: token.start, end: token.start + 2 };
      this.#failing = false;
      if (!known) this.report("unterminated", opening, "this comment is not closed", commentHint(token.text));
      this.#stop();
    } else if (token.kind === "unclosed-string") {
      if (!known) this.report("unterminated", span, "this string is not closed on its line", 'add `"`');
    } else if (!known) {
      const plural = [...token.text].length > 1 ? "s" : "";
      this.report("unexpected-character", span, `unexpected character${plural} ${visible(token.text)}`, lookalikes.get(token.text));
      this.#unreadable = token.start;
    }
  }
}

/** `(*x=1)` is meant as a term far more often than as a comment. */
function commentHint(text: string): string {
  const term = /^\(\*\s?(\w{1,40})\s{0,4}[=!<>/,)]/.exec(text);
  if (term !== null) return `\`(*\` opens a comment here; write \`( *${term[1]}\` or \`[${term[1]}]\``;
  return text.startsWith("(*") ? "add `*)`; such comments nest" : "add `*/`";
}

/** What word processors and mathematicians write. */
const lookalikes: ReadonlyMap<string, string> = new Map([
  ["∧", "and is written `/\\`"],
  ["∨", "or is written `\\/`"],
  ["¬", "not is written `~`"],
  ["≠", "write `!=`"],
  ["⇒", "write `=>`"],
  ["“", 'write `"`'],
  ["”", 'write `"`'],
  ["−", "write `-`"],
  ["–", "write `-`"],
]);

function visible(text: string): string {
  const shown = [...text].slice(0, 8).map((each) => {
    const code = each.codePointAt(0) ?? 0;
    const printable = code > 0x20 && code !== 0x7f && !(code >= 0x80 && code < 0xa0) && !(code >= 0xd800 && code < 0xe000) && code < 0xfff0;
    return printable || code > 0xffff ? each : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  });
  return `\`${shown.join("")}\``;
}
