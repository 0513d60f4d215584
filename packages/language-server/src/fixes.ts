/** Quick fixes from the hints of problems. A fix is offered where the text is better with it: that problem gone, and fewer errors than before. */
import type { Problem } from "@fencepost/core";
import { type Analysis, analyse } from "./analysis.js";
import { applyEdits, type Edit } from "./formatting.js";

export interface Fix {
  readonly title: string;
  readonly edit: Edit;
  readonly problem: Problem;
}

/** The fixes of the problems that touch a range. */
export function fixesIn(analysis: Analysis, start: number, end: number): readonly Fix[] {
  return analysis.problems
    .filter((problem) => problem.span.start <= end && start <= problem.span.end + 1)
    .flatMap((problem) => fixOf(analysis, problem) ?? []);
}

function fixOf(analysis: Analysis, problem: Problem): Fix | undefined {
  const errors = weight(analysis);
  for (const { title, edit } of candidates(analysis, problem)) {
    const after = analyse({ ...analysis.source, text: applyEdits(analysis.source.text, [edit]) });
    // A text that parses may show what the parser hid before.
    const parsed = analysis.test === undefined && after.test !== undefined;
    if (parsed || weight(after) < errors) return { title, edit, problem };
  }
  return undefined;
}

const weight = ({ problems }: Analysis): number => problems.reduce((sum, { severity }) => sum + (severity === "error" ? 100 : 1), 0);

interface Candidate {
  readonly title: string;
  readonly edit: Edit;
}

const quoted = /`([^`]+)`/;

/** What a hint can mean as an edit, likeliest first. */
function candidates({ source, tokens }: Analysis, { hint = "", message, span }: Problem): Candidate[] {
  const word = quoted.exec(hint)?.[1];
  if (word === undefined || word.includes("…")) return [];
  const text = source.text.slice(span.start, span.end);
  const wrong = quoted.exec(message)?.[1] ?? text;
  if (hint.startsWith("did you mean") || hint.startsWith("write ")) {
    const found = wholeWord(text, wrong);
    const list: Candidate[] = [];
    const at = (from: number, length: number): Candidate => ({
      title: `Replace \`${source.text.slice(span.start + from, span.start + from + length)}\` with \`${word}\``,
      edit: { start: span.start + from, end: span.start + from + length, text: word },
    });
    if (found !== -1) list.push(at(found, wrong.length));
    // An example is no fix: what it replaces has to be in it, or be a sign.
    if (
      hint.startsWith("did you mean") ||
      /^\W+$/.test(text) ||
      /is not a verdict/.test(message) ||
      text.split(/\W+/).some((part) => part !== "" && word.includes(part))
    )
      list.push(at(0, text.length));
    return list;
  }
  if (hint.startsWith("add ")) {
    return [span.start, span.end, source.text.trimEnd().length].map((place) => ({
      title: `Add \`${word}\``,
      edit: { start: place, end: place, text: word },
    }));
  }
  if (hint.startsWith("declare it")) {
    const close = tokens.findLast((token) => token.region === "init" && token.text === "}" && token.depth === 0);
    if (close === undefined) return [];
    const oneLine = !/\n[ \t]*$/.test(source.text.slice(0, close.start));
    return [
      {
        title: `Declare \`${word.replace(/;$/, "")}\``,
        edit: { start: close.start, end: close.start, text: oneLine ? `${word} ` : `  ${word}\n` },
      },
    ];
  }
  return [];
}

/** Where a word stands in a text, not as a part of another one; -1 where it does not. */
function wholeWord(text: string, word: string): number {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!/\w/.test(text.charAt(at - 1)) && !/\w/.test(text.charAt(at + word.length))) return at;
  }
  return -1;
}
