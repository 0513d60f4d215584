/** A test that can still be taken apart: what the generators make, what the shrinker cuts, what is printed as a counterexample. */
import { parseTest } from "../../src/litmus/parse.js";
import { lowerTest } from "../../src/program/lower.js";
import type { Program } from "../../src/program/program.js";

export type Statement = string | { readonly head: string; readonly body: readonly Statement[]; readonly otherwise?: readonly Statement[] };

export interface DraftThread {
  /** `P0(int *x)`, with its clauses. */
  readonly head: string;
  readonly body: readonly Statement[];
}

export interface Draft {
  /** Settings in the header: `iommu=strict`. */
  readonly settings?: readonly string[];
  readonly init: readonly string[];
  readonly threads: readonly DraftThread[];
  /** What `locations` shows. */
  readonly shown: readonly string[];
  /** What runs have to satisfy to count. */
  readonly filter?: string | undefined;
  /** Clauses of the condition, all of which have to hold. */
  readonly condition: readonly string[];
}

export function printDraft(draft: Draft, name = "generated"): string {
  const lines: string[] = [`C ${name}`, ...(draft.settings ?? []), "{"];
  for (const declaration of draft.init) lines.push(`  ${declaration};`);
  lines.push("}");
  const print = (statement: Statement, indent: string): void => {
    if (typeof statement === "string") {
      lines.push(`${indent}${statement};`);
      return;
    }
    lines.push(`${indent}${statement.head} {`);
    for (const inner of statement.body) print(inner, `${indent}  `);
    if (statement.otherwise !== undefined) {
      lines.push(`${indent}} else {`);
      for (const inner of statement.otherwise) print(inner, `${indent}  `);
    }
    lines.push(`${indent}}`);
  };
  for (const thread of draft.threads) {
    lines.push(`${thread.head} {`);
    for (const statement of thread.body) print(statement, "  ");
    lines.push("}");
  }
  if (draft.shown.length > 0) lines.push(`locations [${draft.shown.map((term) => `${term};`).join(" ")}]`);
  if (draft.filter !== undefined) lines.push(`filter (${draft.filter})`);
  lines.push(`exists (${draft.condition.length === 0 ? "true" : draft.condition.join(" /\\ ")})`);
  return `${lines.join("\n")}\n`;
}

/** The program of a test's text; a sentence where there is none. */
export function programOf(text: string): Program | string {
  const source = { name: "generated.litmus", text };
  const parsed = parseTest(source);
  const lowered = parsed.ok ? lowerTest(parsed.value, source) : parsed;
  return lowered.ok ? lowered.value : lowered.problems.map((problem) => problem.message).join("; ");
}

/** Every draft with one thing less. */
function* smaller(draft: Draft): Generator<Draft> {
  const { filter, settings = [] } = draft;
  if (filter !== undefined) yield { ...draft, filter: undefined };
  for (const [at] of settings.entries()) yield { ...draft, settings: settings.filter((_, i) => i !== at) };
  for (const [at] of draft.threads.entries()) yield { ...draft, threads: draft.threads.filter((_, i) => i !== at) };
  for (const [at, thread] of draft.threads.entries()) {
    for (const body of smallerBodies(thread.body))
      yield { ...draft, threads: draft.threads.map((other, i) => (i === at ? { ...other, body } : other)) };
    for (const clause of [" user", " node(1)"])
      if (thread.head.includes(clause))
        yield {
          ...draft,
          threads: draft.threads.map((other, i) => (i === at ? { ...other, head: thread.head.replace(clause, "") } : other)),
        };
    const clause = / (on .*|cpu\(.*)$/.exec(thread.head);
    if (clause?.[1]?.includes(" cpu(") === true) {
      const head = thread.head.replace(/ cpu\(\d+\)/, "");
      yield { ...draft, threads: draft.threads.map((other, i) => (i === at ? { ...other, head } : other)) };
    }
  }
  for (const [at] of draft.condition.entries()) yield { ...draft, condition: draft.condition.filter((_, i) => i !== at) };
  for (const [at] of draft.shown.entries()) yield { ...draft, shown: draft.shown.filter((_, i) => i !== at) };
  for (const [at] of draft.init.entries()) yield { ...draft, init: draft.init.filter((_, i) => i !== at) };
}

function* smallerBodies(body: readonly Statement[]): Generator<readonly Statement[]> {
  for (const [at, statement] of body.entries()) {
    const before = body.slice(0, at);
    const after = body.slice(at + 1);
    yield [...before, ...after];
    if (typeof statement === "string") continue;
    yield [...before, ...statement.body, ...after];
    for (const inner of smallerBodies(statement.body)) yield [...before, { ...statement, body: inner }, ...after];
    if (statement.otherwise === undefined) continue;
    yield [...before, ...statement.otherwise, ...after];
    yield [...before, { head: statement.head, body: statement.body }, ...after];
    for (const inner of smallerBodies(statement.otherwise)) yield [...before, { ...statement, otherwise: inner }, ...after];
  }
}

/** The smallest draft reached by leaving things out that still fails. */
export function shrink(draft: Draft, fails: (draft: Draft) => boolean): Draft {
  let current = draft;
  for (;;) {
    let next: Draft | undefined;
    for (const candidate of smaller(current)) {
      if (fails(candidate)) {
        next = candidate;
        break;
      }
    }
    if (next === undefined) return current;
    current = next;
  }
}
