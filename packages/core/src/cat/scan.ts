/** Text of a model -> tokens. Comments are `(* *)`, nested, and from `//` or `#` to the end of the line. */
import type { Source } from "../source.js";
import type { CatProblem } from "./model.js";

export interface CatToken {
  readonly kind: "name" | "keyword" | "tag" | "string" | "symbol" | "end";
  /** A tag without its quote, a string without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "let rec and when acyclic irreflexive show unshow empty subset as fun in undefined_unless flag assert include variant begin end procedure call enum debug match with forall from do try if then else " +
    "catdep instructions default not"
  ).split(" "),
);

const NAME = /_?[A-Za-z][A-Za-z0-9_.-]*'?/y;
const SYMBOL = /\|\||&&|\+\+|->|-1|[()[\]{}_0|&*~+^\\?=;,]/y;

export function scanCat(source: Source): { readonly tokens: readonly CatToken[]; readonly problems: readonly CatProblem[] } {
  const text = source.text;
  const tokens: CatToken[] = [];
  const problems: CatProblem[] = [];
  const complain = (start: number, end: number, message: string, hint?: string): void => {
    const problem: CatProblem = { severity: "error", place: { source, span: { start, end } }, message };
    problems.push(hint === undefined ? problem : { ...problem, hint });
  };
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === " " || char === "\t" || char === "\r" || char === "\n") {
      at++;
      continue;
    }
    if (char === "#" || text.startsWith("//", at)) {
      const line = text.indexOf("\n", at);
      at = line === -1 ? text.length : line;
      continue;
    }
    if (text.startsWith("(*", at)) {
      const end = commentEnd(text, at);
      if (end === undefined) {
        complain(at, at + 2, "this comment is not closed", "comments nest: each `(*` needs a `*)`");
        at = text.length;
      } else at = end;
      continue;
    }
    if (char === '"') {
      const end = text.indexOf('"', at + 1);
      if (end === -1) {
        complain(at, at + 1, "this string is not closed");
        at = text.length;
        continue;
      }
      tokens.push({ kind: "string", text: text.slice(at + 1, end), start: at, end: end + 1 });
      at = end + 1;
      continue;
    }
    const quoted = char === "'" ? 1 : 0;
    NAME.lastIndex = at + quoted;
    const name = NAME.exec(text)?.[0];
    if (name !== undefined) {
      const end = at + quoted + name.length;
      const kind = quoted === 1 ? "tag" : KEYWORDS.has(name) ? "keyword" : "name";
      tokens.push({ kind, text: name, start: at, end });
      at = end;
      continue;
    }
    SYMBOL.lastIndex = at;
    const symbol = SYMBOL.exec(text)?.[0];
    if (symbol !== undefined) {
      tokens.push({ kind: "symbol", text: symbol, start: at, end: at + symbol.length });
      at += symbol.length;
      continue;
    }
    complain(at, at + 1, `\`${char}\` starts nothing in a model`);
    at++;
  }
  tokens.push({ kind: "end", text: "the end of the file", start: text.length, end: text.length });
  return { tokens, problems };
}

function commentEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    if (text.startsWith("(*", at)) {
      depth++;
      at += 2;
    } else if (text.startsWith("*)", at)) {
      depth--;
      at += 2;
      if (depth === 0) return at;
    } else at++;
  }
  return undefined;
}
