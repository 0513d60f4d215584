/** The parts of a test: for an outline, for folding. */
import type { Analysis } from "./analysis.js";
import { namedWords } from "./named.js";
import { type Token, threadOf } from "./tokens.js";

export interface Part {
  readonly name: string;
  readonly detail: string;
  readonly kind: "test" | "location" | "register" | "local" | "cpu" | "device" | "condition" | "expect";
  readonly start: number;
  readonly end: number;
  /** Where its name stands. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly parts: readonly Part[];
}

/** The test with its locations, threads, condition and expectations; from the tokens, so that half a test has an outline too. */
export function outline(analysis: Analysis): readonly Part[] {
  const { tokens, names, source } = analysis;
  const title = tokens.find((token) => token.region === "header" && token.kind === "text");
  const first = tokens[0];
  if (first === undefined) return [];
  const declared = names.occurrences.flatMap(({ named, role, token }): Part[] => {
    if (role !== "declaration" || token.region !== "init" || named.kind === "thread") return [];
    const kind = named.kind;
    return [
      {
        ...spanOf(declarationTokens(tokens, token)),
        name: namedWords(named),
        detail: "",
        kind,
        nameStart: token.start,
        nameEnd: token.end,
        parts: [],
      },
    ];
  });
  const threads = names.occurrences.flatMap(({ named, role, token }): Part[] => {
    if (role !== "declaration" || token.region !== "head" || named.kind !== "thread") return [];
    const own = threadTokens(tokens, token);
    const inside = new Set(own);
    const parts = names.occurrences.flatMap((each): Part[] =>
      each.named.kind === "local" && each.role === "declaration" && inside.has(each.token)
        ? [
            {
              name: each.named.name,
              detail: "",
              kind: "local",
              start: each.token.start,
              end: each.token.end,
              nameStart: each.token.start,
              nameEnd: each.token.end,
              parts: [],
            },
          ]
        : [],
    );
    const close = own.findIndex((each) => each.text === ")");
    const brace = own.findIndex((each) => each.text === "{");
    const clauses = close === -1 || brace <= close + 1 ? "" : source.text.slice(own[close + 1]?.start, own[brace - 1]?.end);
    const kind = named.name.startsWith("D") ? "device" : "cpu";
    return [{ ...spanOf(own), name: named.name, detail: clauses, kind, nameStart: token.start, nameEnd: token.end, parts }];
  });
  const tail = tailParts(analysis);
  const parts = [...declared, ...threads, ...tail].sort((a, b) => a.start - b.start);
  if (title === undefined) return parts;
  const end = tokens.at(-1)?.end ?? title.end;
  return [{ name: title.text, detail: "", kind: "test", start: first.start, end, nameStart: title.start, nameEnd: title.end, parts }];
}

const spanOf = (list: readonly Token[]): { readonly start: number; readonly end: number } => ({
  start: list[0]?.start ?? 0,
  end: list.at(-1)?.end ?? 0,
});

/** Back to the `;` or `{` before, on to the `;` behind. */
function declarationTokens(tokens: readonly Token[], token: Token): readonly Token[] {
  const at = tokens.indexOf(token);
  const ends = (each: Token | undefined): boolean =>
    each === undefined || each.kind === "comment" || each.region !== "init" || (each.depth <= 1 && /^[;{}]$/.test(each.text));
  let [from, to] = [at, at];
  while (!ends(tokens[from - 1])) from--;
  while (!ends(tokens[to + 1])) to++;
  return tokens.slice(from, to + 1);
}

function threadTokens(tokens: readonly Token[], name: Token): readonly Token[] {
  const from = tokens.indexOf(name);
  const thread = threadOf(name.text);
  let to = from;
  const goesOn = (at: number): boolean => {
    const next = tokens[at + 1];
    if (next === undefined || next.thread !== thread) return false;
    return next.region === "body" || (next.region === "head" && tokens[at]?.region === "head");
  };
  while (goesOn(to)) to++;
  return tokens.slice(tokens[from - 1]?.text === "void" ? from - 1 : from, to + 1);
}

function tailParts({ tokens, source }: Analysis): Part[] {
  const tail = tokens.filter((token) => token.region === "tail" && token.kind !== "comment");
  const starts = tail.flatMap((token, index) =>
    token.kind === "word" && /^(exists|forall|filter|expect)$/.test(token.text) ? [index] : [],
  );
  return starts.map((at, number): Part => {
    const negated = tail[at - 1]?.text === "~" || tail[at - 1]?.text === "not";
    const own = tail.slice(negated ? at - 1 : at, starts[number + 1] ?? tail.length);
    const end = own.findIndex((token, index) => index > 0 && (token.text === "source" || token.text === "locations"));
    const next = starts[number + 1];
    const before = next !== undefined && (tail[next - 1]?.text === "~" || tail[next - 1]?.text === "not") ? -1 : undefined;
    const mine = end === -1 ? own.slice(0, before) : own.slice(0, end);
    const span = spanOf(mine);
    const name = mine.find((token) => token.kind === "word") ?? (mine[0] as Token);
    const detail = source.text.slice(name.end, span.end).replace(/\s+/g, " ").trim();
    return {
      ...span,
      name: `${negated ? "~" : ""}${name.text}`,
      detail,
      kind: name.text === "expect" ? "expect" : "condition",
      nameStart: name.start,
      nameEnd: name.end,
      parts: [],
    };
  });
}

export interface Fold {
  readonly start: number;
  readonly end: number;
  readonly comment: boolean;
}

/** What can be folded: braces and comments over several lines. */
export function folds(tokens: readonly Token[]): readonly Fold[] {
  const found: Fold[] = [];
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.kind === "comment" && token.text.includes("\n")) found.push({ start: token.start, end: token.end, comment: true });
    if (token.kind !== "punctuation") continue;
    if (token.text === "{") {
      // A new part: what was left open before it stays so.
      if (token.depth === 0) open.length = 0;
      open.push(token);
    }
    if (token.text === "}") {
      const opener = open.pop();
      if (opener !== undefined) found.push({ start: opener.start, end: token.end, comment: false });
    }
  }
  return found;
}
