/** Semantic tokens: what each word is, by what it stands for. */
import { isTypeWord } from "@fencepost/core/litmus";
import { primitive } from "@fencepost/core/program";
import type { Analysis } from "./analysis.js";
import { KEYWORDS } from "./named.js";
import type { Token } from "./tokens.js";

/** The protocol's names of what a word is. */
export const TOKEN_TYPES = [
  "comment",
  "string",
  "number",
  "keyword",
  "type",
  "function",
  "variable",
  "parameter",
  "property",
  "class",
  "namespace",
  "enumMember",
  "decorator",
] as const;
export const TOKEN_MODIFIERS = ["declaration", "defaultLibrary"] as const;

type TokenType = (typeof TOKEN_TYPES)[number];

export interface Coloured {
  readonly start: number;
  readonly end: number;
  readonly type: TokenType;
  /** Bits, by index into `TOKEN_MODIFIERS`. */
  readonly modifiers: number;
}

/** In the order of the text; none spans a line break. */
export function colours({ tokens, names }: Analysis): readonly Coloured[] {
  const roles = new Map(names.occurrences.map((each) => [each.token, each]));
  return tokens.flatMap((token, index): Coloured[] => {
    const occurrence = roles.get(token);
    if (occurrence !== undefined) {
      const kinds = { location: "variable", register: "property", local: "parameter", thread: "class" } as const;
      const { named, role } = occurrence;
      return [{ start: token.start, end: token.end, type: kinds[named.kind], modifiers: role === "use" ? 0 : 1 }];
    }
    const type = typeOf(token, tokens[index + 1], tokens[index - 1]);
    return type === undefined ? [] : lines(token, type, type === "function" ? 2 : 0);
  });
}

function typeOf(token: Token, next: Token | undefined, before: Token | undefined): TokenType | undefined {
  switch (token.kind) {
    case "comment":
    case "string":
    case "number":
      return token.kind;
    case "platform":
      return "namespace";
    case "text":
      return token.region === "header" && before?.text === "C" ? "class" : "string";
    case "punctuation":
      return undefined;
    case "word":
      break;
  }
  const { text, region } = token;
  if (region === "body") {
    if (KEYWORDS.has(text)) return "keyword";
    if (isTypeWord(text)) return "type";
    if (/^(RO|IDO|UIO|AT|TC)$/.test(text)) return "decorator";
    return next?.text === "(" || primitive(text) !== undefined ? "function" : undefined;
  }
  if (isTypeWord(text)) return "type";
  if (region === "tail" && before?.text === ":") return "enumMember";
  if (region === "init" && !/^(dma|mmio|port|config|device|thread|line)$/.test(text)) return "decorator";
  return "keyword";
}

/** One for each line. */
function lines(token: Token, type: TokenType, modifiers: number): Coloured[] {
  const found: Coloured[] = [];
  let start = token.start;
  for (const line of token.text.split("\n")) {
    const end = start + line.replace(/\r$/, "").length;
    if (end > start) found.push({ start, end, type, modifiers });
    start += line.length + 1;
  }
  return found;
}
