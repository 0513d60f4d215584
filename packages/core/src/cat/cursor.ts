/** A place in the tokens of a model, and what expressions and instructions are read with alike: patterns and variants. */
import type { Source, Span } from "../source.js";
import type { CatProblem } from "./model.js";
import type { CatToken } from "./scan.js";
import type { Pattern, Place, VariantCondition } from "./syntax.js";

/** Thrown after a problem was reported: a file is read up to its first mistake. */
export class Failed extends Error {}

const DEEPEST = 200;

export class Cursor {
  #at = 0;
  #depth = 0;

  constructor(
    readonly source: Source,
    private readonly tokens: readonly CatToken[],
    private readonly problems: CatProblem[],
  ) {}

  get token(): CatToken {
    return this.tokens[this.#at] as CatToken;
  }

  get here(): Span {
    return { start: this.token.start, end: this.token.end };
  }

  get position(): number {
    return this.#at;
  }

  /** The token after this one. */
  after(distance = 1): CatToken {
    return this.tokens[Math.min(this.#at + distance, this.tokens.length - 1)] as CatToken;
  }

  atEnd(): boolean {
    return this.token.kind === "end";
  }

  /** At a keyword or symbol of this text? */
  at(text: string): boolean {
    return this.token.text === text && (this.token.kind === "keyword" || this.token.kind === "symbol");
  }

  atKind(kind: CatToken["kind"]): boolean {
    return this.token.kind === kind;
  }

  /** At `acyclic`, `~empty` and the like? */
  atTest(): boolean {
    const token = this.at("~") ? this.after() : this.token;
    return token.kind === "keyword" && (token.text === "acyclic" || token.text === "irreflexive" || token.text === "empty");
  }

  advance(): CatToken {
    const token = this.token;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  take(text: string): boolean {
    if (!this.at(text)) return false;
    this.advance();
    return true;
  }

  takeKind(kind: CatToken["kind"]): CatToken | undefined {
    return this.atKind(kind) ? this.advance() : undefined;
  }

  expect(text: string, what = `\`${text}\``): void {
    if (!this.take(text)) this.failExpected(what);
  }

  expectKind(kind: CatToken["kind"], what: string): CatToken {
    return this.takeKind(kind) ?? this.failExpected(what);
  }

  fail(span: Span, message: string, hint?: string): never {
    const problem: CatProblem = { severity: "error", place: { source: this.source, span }, message };
    this.problems.push(hint === undefined ? problem : { ...problem, hint });
    throw new Failed(message);
  }

  failExpected(what: string): never {
    const { kind, text } = this.token;
    const found =
      kind === "end" ? text : kind === "tag" ? `the tag \`'${text}\`` : kind === "string" ? `the string "${text}"` : `\`${text}\``;
    const hint = kind === "keyword" ? `\`${text}\` is a word of the language and no name` : undefined;
    return this.fail(
      this.here,
      `expected ${what}, found ${found}`,
      what.startsWith("a name") || what.startsWith("the name") ? hint : undefined,
    );
  }

  /** From an offset up to the end of the token before this one. */
  placeFrom(start: number): Place {
    const before = this.tokens[Math.max(0, this.#at - 1)] as CatToken;
    return { source: this.source, span: { start, end: Math.max(before.end, start) } };
  }

  /** Reads something that may contain itself; too deep a nesting is a mistake, not a crash. */
  nested<T>(read: () => T): T {
    if (this.#depth >= DEEPEST) this.fail(this.here, `nested deeper than ${DEEPEST} levels`);
    this.#depth++;
    const value = read();
    this.#depth--;
    return value;
  }

  /** A name, or `_` as undefined. */
  patternName(): string | undefined {
    if (this.take("_")) return undefined;
    return this.expectKind("name", "a name or `_`").text;
  }

  /** What stands between the parentheses of a pattern; the closing one is consumed. */
  formalsTo(close: string): Pattern {
    const names: (string | undefined)[] = [];
    while (!this.at(close)) {
      names.push(this.patternName());
      if (!this.take(",")) break;
    }
    this.expect(close);
    return names.length === 1 ? { kind: "one", name: names[0] } : { kind: "tuple", names };
  }

  /** `"name"`, `not`, `&&`, `||` and parentheses, from tight to loose in this order. */
  variant(): VariantCondition {
    let left = this.variantAnd();
    while (this.take("||")) left = { kind: "or", left, right: this.variantAnd() };
    return left;
  }

  /** True where a condition on variants starts here, and none on values. */
  atVariant(): boolean {
    for (let distance = 0; ; distance++) {
      const token = distance === 0 ? this.token : this.after(distance);
      if (token.kind === "string" || (token.kind === "keyword" && (token.text === "variant" || token.text === "not"))) return true;
      if (token.kind !== "symbol" || token.text !== "(") return false;
    }
  }

  private variantAnd(): VariantCondition {
    let left = this.variantOne();
    while (this.take("&&")) left = { kind: "and", left, right: this.variantOne() };
    return left;
  }

  private variantOne(): VariantCondition {
    if (this.take("not")) return { kind: "not", of: this.variantOne() };
    if (this.take("(")) {
      const inner = this.variant();
      this.expect(")");
      return inner;
    }
    this.take("variant");
    return { kind: "variant", name: this.expectKind("string", "a variant in double quotes").text };
  }
}
