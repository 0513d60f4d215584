/** What stands under the pointer, in Markdown. */
import type { Declaration } from "@fencepost/core/litmus";
import { type Platform, platform } from "@fencepost/core/platform";
import { type Analysis, tokenAt } from "./analysis.js";
import { namedWords, type Occurrence } from "./named.js";
import { calledPrimitive, mappingPage, plainText, platformPage, primitivePage } from "./page.js";
import type { Token } from "./tokens.js";
import * as vocabulary from "./vocabulary.js";

export interface Page {
  readonly markdown: string;
  /** What it is about. */
  readonly start: number;
  readonly end: number;
}

/** The page of what stands at an offset; undefined where there is nothing to say. */
export function hoverAt(analysis: Analysis, offset: number, platforms: readonly Platform[]): Page | undefined {
  const token = tokenAt(analysis.tokens, offset);
  if (token === undefined || token.kind === "comment" || token.kind === "string" || token.kind === "text") return undefined;
  const markdown = pageOf(analysis, token, platforms);
  return markdown === undefined ? undefined : { markdown, start: token.start, end: token.end };
}

function pageOf(analysis: Analysis, token: Token, platforms: readonly Platform[]): string | undefined {
  const { tokens } = analysis;
  const index = tokens.indexOf(token);
  if (token.kind === "platform") {
    if (token.text === "all") return "**all** - every conforming platform: the altix family and the defect variants are not.";
    const found = platform(token.text);
    return found && platformPage(found);
  }
  const occurrence = analysis.names.at(token.start);
  if (occurrence !== undefined && occurrence.token === token) return namePage(analysis, occurrence);
  if (token.kind !== "word" && token.text !== "~") return undefined;
  const found = token.region === "body" ? calledPrimitive(token.text) : undefined;
  if (found !== undefined) return primitivePage(found, platforms);
  const word = wordAt(tokens, index);
  if (word === undefined) return undefined;
  return vocabulary.DMA_ATTRIBUTES.includes(word) ? mappingPage(word, platforms) : `**${word.name}** - ${word.says}`;
}

/** The word of the language that stands at this index, by where it stands. */
function wordAt(tokens: readonly Token[], index: number): vocabulary.Word | undefined {
  const token = tokens[index];
  if (token === undefined) return undefined;
  const named = (list: readonly vocabulary.Word[]): vocabulary.Word | undefined => list.find((word) => word.name === token.text);
  const next = tokens[index + 1];
  switch (token.region) {
    case "init": {
      const list = attributeList(tokens, index);
      return list === undefined ? named(vocabulary.DECLARATIONS) : named(list);
    }
    case "head":
      return named(vocabulary.EVENTS) ?? named(vocabulary.CLAUSES);
    case "body":
      return named(vocabulary.PACKET_ATTRIBUTES) ?? named(vocabulary.STATEMENTS);
    case "tail":
      if (token.text === "~" && next?.text === "exists") return vocabulary.TAIL_WORDS.find((word) => word.name === "~exists");
      return named(vocabulary.VERDICTS) ?? named(vocabulary.TAIL_WORDS) ?? named(vocabulary.CONDITION_WORDS);
    default:
      return undefined;
  }
}

/** The attributes that may stand at this index of the initial state, where that is inside the parentheses of `dma(`, `device D0(` and so on. */
export function attributeList(tokens: readonly Token[], index: number): readonly vocabulary.Word[] | undefined {
  let at = index - 1;
  while (at >= 0 && !/^[;{}()]$/.test(tokens[at]?.text ?? "")) at--;
  if (tokens[at]?.text !== "(" || tokens[at]?.region !== "init") return undefined;
  const before = tokens.slice(Math.max(0, at - 2), at).map((token) => token.text);
  if (before.at(-1) === "dma") return vocabulary.DMA_ATTRIBUTES;
  if (before.at(-1) === "mmio") return vocabulary.MMIO_ATTRIBUTES;
  if (before.at(0) === "device") return vocabulary.DEVICE_ATTRIBUTES;
  if (before.at(0) === "thread") return vocabulary.THREAD_ATTRIBUTES;
  return undefined;
}

function namePage({ test, source }: Analysis, { named }: Occurrence): string {
  const title = `**${plainText(namedWords(named))}**`;
  const declaration = test?.init.find((each) => declares(each, named));
  const declared =
    declaration === undefined ? "" : `\n\n\`\`\`c\n${source.text.slice(declaration.span.start, declaration.span.end)};\n\`\`\``;
  switch (named.kind) {
    case "location":
      return `${title} - a location in memory${declaration === undefined ? "; it is not declared and starts at 0" : ""}.${declared}`;
    case "register":
      return `${title} - a register of ${named.owner === "HOST" ? "the chipset" : named.owner}.${declared}`;
    case "local":
      return `${title} - a register of ${named.thread}; conditions write it so.${declared}`;
    case "thread": {
      const thread = test?.threads.find((each) => each.name === named.name);
      const handler = thread?.clauses.some((clause) => clause.kind === "on") === true ? ", a handler" : "";
      return `${title} - ${named.name.startsWith("D") ? "a device: it issues in order, does not wait, and waits where it uses a value" : `a CPU thread${handler}`}.${declared}`;
    }
  }
}

function declares(declaration: Declaration, named: Occurrence["named"]): boolean {
  switch (named.kind) {
    case "location":
      return declaration.kind === "location" && declaration.owner === undefined && declaration.name === named.name;
    case "register":
      return declaration.kind === "location" && declaration.owner === named.owner && declaration.name === named.name;
    case "local":
      return declaration.kind === "register" && declaration.thread === named.thread && declaration.name === named.name;
    case "thread":
      return (declaration.kind === "device" || declaration.kind === "thread") && declaration.name === named.name;
  }
}
