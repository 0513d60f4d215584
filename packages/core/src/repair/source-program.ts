/** A program seen from its text: the operations that stand in it, each once however often loops were unrolled, with the words that it is written in. */
import type { Test } from "../litmus/test.js";
import type { Operation, Program, Thread } from "../program/program.js";
import type { Source } from "../source.js";
import { type Placed, statementsOf } from "./layout.js";

export interface Written {
  readonly thread: Thread;
  readonly operation: Operation;
  readonly text: string;
  /** The name of the call, where it is one: `READ_ONCE`. */
  readonly name: string | undefined;
}

/** What candidates are made from. */
export interface Subject {
  readonly source: Source;
  readonly test: Test;
  readonly program: Program;
  readonly operations: readonly Written[];
  readonly statements: readonly Placed[];
}

export function subjectOf(source: Source, program: Program): Subject {
  const operations: Written[] = [];
  const seen = new Set<string>();
  for (const thread of program.threads) {
    for (const operation of thread.code) {
      const key = `${thread.name} ${operation.span.start} ${operation.span.end} ${operation.kind}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const text = source.text.slice(operation.span.start, operation.span.end);
      operations.push({ thread, operation, text, name: /^([A-Za-z_]\w*)\s*\(/.exec(text)?.[1] });
    }
  }
  return { source, test: program.test, program, operations, statements: statementsOf(source.text, program.test) };
}

const ACCESSES: ReadonlySet<Operation["kind"]> = new Set<Operation["kind"]>([
  "read",
  "write",
  "atomic",
  "lock",
  "unlock",
  "trylock",
  "is-locked",
  "pio-read",
  "pio-write",
  "ats-wait",
]);

export const isAccess = (operation: Operation): boolean => ACCESSES.has(operation.kind);

/** The operations written inside a statement. */
export function within(subject: Subject, placed: Placed): Written[] {
  return subject.operations.filter(
    ({ thread, operation }) => thread.name === placed.thread && operation.span.start >= placed.start && operation.span.end <= placed.end,
  );
}

/** The operations of the thread written before a statement. */
export function earlier(subject: Subject, placed: Placed): Written[] {
  return subject.operations.filter(({ thread, operation }) => thread.name === placed.thread && operation.span.end <= placed.start);
}

/** What a statement says, short enough for a sentence. */
export function quoted(subject: Subject, placed: Placed): string {
  const text = subject.source.text.slice(placed.start, placed.end).replace(/\s+/g, " ").replace(/;$/, "");
  return `\`${text.length > 44 ? `${text.slice(0, 42)}…` : text}\` (line ${placed.line})`;
}

/** The arguments of a call as they are written, or undefined where the text is no plain call. */
export function argumentsOf(text: string): string[] | undefined {
  const open = text.indexOf("(");
  if (open === -1 || !text.endsWith(")") || /\/[/*]/.test(text)) return undefined;
  const list: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "(" || character === "[") depth++;
    if (character === ")" || character === "]") depth--;
    if (depth === 0 && at < text.length - 1) return undefined;
    if ((character === "," && depth === 1) || depth === 0) {
      list.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return list.length === 1 && list[0] === "" ? [] : list;
}

/** `x` for `*x`, `&x[1]` for `x[1]`: the pointer to what an lvalue names. */
export function pointerTo(lvalue: string): string {
  const text = lvalue.trim();
  if (text.startsWith("*")) return text.slice(1).trim();
  return /^[A-Za-z_]\w*$/.test(text) ? text : `&${text}`;
}

/** `*x` for `x`: what a pointer points to. */
export function pointee(pointer: string): string {
  const text = pointer.trim();
  if (text.startsWith("&")) return text.slice(1).trim();
  return /^[A-Za-z_]\w*$/.test(text) ? `*${text}` : `*(${text})`;
}
