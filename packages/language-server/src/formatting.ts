/**
 * Formatting: indentation, blanks at the ends of lines, blank lines, the line break at the end. What stands in a line stays as its author put it, comments included, so it never changes what a
 * test says; `formatEdits` proves that on each text by reading it again.
 */
import { parseTest } from "@fencepost/core/litmus";
import { readTokens, type Token } from "./tokens.js";

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Style {
  /** One step of indentation. */
  readonly unit: string;
}

/** The text with the edits made; they must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** The edits that format a whole text; none where it cannot be told what they would do. */
export function formatEdits(text: string, style: Style = { unit: "  " }): readonly Edit[] {
  const edits = lineEdits(text, style);
  return saysTheSame(text, applyEdits(text, edits)) ? edits : [];
}

/** Do two texts parse to the same, positions apart: the same test, or the same problems? */
function saysTheSame(before: string, after: string): boolean {
  const words = (text: string): string => {
    const outcome = parseTest({ name: "", text });
    const said = outcome.ok ? outcome.value : outcome.problems.map(({ code, message }) => [code, message]);
    return JSON.stringify(said, (key: string, value: unknown) => (key === "span" ? undefined : value));
  };
  return words(before) === words(after);
}

interface Line {
  readonly start: number;
  /** Without the line break. */
  readonly end: number;
  /** With it. */
  readonly next: number;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length; ) {
    const at = text.indexOf("\n", start);
    const next = at === -1 ? text.length : at + 1;
    const end = at === -1 ? text.length : text.charAt(at - 1) === "\r" && at > start ? at - 1 : at;
    lines.push({ start, end, next });
    start = next;
  }
  return lines;
}

function lineEdits(text: string, style: Style): Edit[] {
  const tokens = readTokens(text);
  const inParentheses = parentheses(tokens);
  const lines = linesOf(text);
  const edits: Edit[] = [];
  const change = (start: number, end: number, to: string): void => {
    if (text.slice(start, end) !== to) edits.push({ start, end, text: to });
  };
  const breaks = text.includes("\r\n") ? "\r\n" : "\n";
  let first = 0;
  let blank = 0;
  let contents = false;
  for (const line of lines) {
    while ((tokens[first]?.end ?? Number.POSITIVE_INFINITY) <= line.start) first++;
    const opener = tokens[first];
    // The line begins inside a comment or a string: it is theirs.
    const inside = opener !== undefined && opener.start < line.start && line.start < opener.end;
    const shown = text.slice(line.start, line.end);
    if (!inside && shown.trim() === "") {
      blank++;
      // One blank line is a pause, more are none; before everything there is none at all.
      if (blank > 1 || !contents) change(line.start, line.next, "");
      else change(line.start, line.end, "");
      continue;
    }
    blank = 0;
    contents = true;
    let at = first;
    while ((tokens[at]?.end ?? Number.POSITIVE_INFINITY) <= line.end) at++;
    const next = tokens[at];
    const last = next !== undefined && next.start < line.end ? next : undefined;
    const trimmed = line.start + shown.trimEnd().length;
    if (!inside && opener !== undefined) {
      const lead = line.start + (shown.length - shown.trimStart().length);
      change(line.start, lead, style.unit.repeat(Math.min(40, stepsAt(tokens, first, inParentheses))));
    }
    if (last === undefined) change(trimmed, line.end, "");
  }
  // Blank lines at the end go, and the last line ends.
  const end = text.trimEnd().length;
  const rest = edits.filter((edit) => edit.start < end);
  if (end > 0 && text.slice(end) !== breaks && !/^\r?\n$/.test(text.slice(end))) rest.push({ start: end, end: text.length, text: breaks });
  return rest;
}

/** How many steps the line is indented that starts with this token. */
function stepsAt(tokens: readonly Token[], index: number, inParentheses: readonly boolean[]): number {
  const token = tokens[index];
  if (token === undefined) return 0;
  let at = index - 1;
  while (tokens[at]?.kind === "comment") at--;
  const before = tokens[at];
  switch (token.region) {
    case "header":
      return 0;
    case "head":
      return before?.region === "head" && before.thread !== undefined && token.text !== "{" ? 2 : 0;
    case "description":
    case "init":
    case "body": {
      if (token.text === "{" && token.depth === 0 && token.region !== "description") return 0;
      if (token.region === "body" && (token.text === "case" || (token.text === "default" && tokens[index + 1]?.text === ":")))
        return Math.max(0, token.depth - 1);
      const ended =
        before === undefined ||
        before.region !== token.region ||
        (token.region === "description" && before.text === ",") ||
        (token.region === "body" && before.text === ":") ||
        (token.text === "{" && before.text !== "=") ||
        token.text === "}" ||
        ends(before, inParentheses[at] === true);
      return token.depth + (ended ? 0 : 1);
    }
    case "tail":
      if (token.kind === "comment" || before === undefined || before.region !== "tail") return 0;
      return token.kind === "word" && startsPart.test(token.text)
        ? 0
        : token.text === "~" || token.text === "(" || token.text === "not"
          ? tailSteps(tokens, index)
          : 1;
  }
}

const startsPart = /^(exists|forall|filter|locations|expect|source|final|with)$/;

/** `~exists` starts a part, `~0:r0=1` goes on; a bare `(…)` is a condition where none has begun. */
function tailSteps(tokens: readonly Token[], index: number): number {
  if (tokens[index + 1]?.text === "exists") return 0;
  for (let at = index - 1; at >= 0 && tokens[at]?.region === "tail"; at--)
    if (tokens[at]?.kind === "word" && startsPart.test(tokens[at]?.text ?? "")) return 1;
  return 0;
}

/** Does a statement, a declaration or a block end with this token? `for (;;)` has semicolons that end nothing. */
const ends = ({ text }: Token, inParentheses: boolean): boolean => text === "{" || text === "}" || (text === ";" && !inParentheses);

/** For each token: is a parenthesis open there? None is open past a brace. */
function parentheses(tokens: readonly Token[]): readonly boolean[] {
  let open = 0;
  return tokens.map(({ kind, text }) => {
    if (kind === "punctuation") {
      if (text === "(") open++;
      else if (text === ")") open = Math.max(0, open - 1);
      else if (text === "{" || text === "}") open = 0;
    }
    return open > 0;
  });
}
