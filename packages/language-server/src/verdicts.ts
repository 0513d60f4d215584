/** Verdicts in the editor: code lenses, problems where a test states something else, explanations. */

import { expectationFor } from "@fencepost/core/report";
import type { CodeLens, Diagnostic } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Analysis } from "./analysis.js";
import type { Desk } from "./desk.js";
import { rangeOf } from "./diagnostics.js";
import { SEVERITY } from "./numbers.js";
import { EXPLAIN, EXPLAIN_COMMAND, type ExplainParameters, type ExplainResult } from "./protocol.js";
import type { Answer, Question, Verdict } from "./search.js";
import type { Searcher } from "./searcher.js";

/** Milliseconds that a lens waits for its verdict before it says that the search goes on. */
const PATIENCE = 250;

/** Verdicts that are kept. */
const MOST_KEPT = 500;

export interface Verdicts {
  /** The platforms, of those that a place of the text speaks of, on which the outcome is known to be possible and is not stated to be. */
  allowedAt(analysis: Analysis, start: number, end: number): readonly string[];
  /** Forgets what is being searched for a document: its text has changed. */
  drop(uri: string): void;
  /** Problems of verdicts that are not what the test states, found one by one; `found` is called when there is something new. */
  watch(document: TextDocument, analysis: Analysis, found: (diagnostics: readonly Diagnostic[]) => void): void;
}

interface LensData {
  readonly uri: string;
  readonly version: number;
  readonly platform: string;
}

export function answerVerdicts(desk: Desk, searcher: Searcher): Verdicts {
  const { connection } = desk;
  /** By everything that a verdict depends on. */
  const known = new Map<string, Verdict>();
  const running = new Map<string, Promise<Verdict | undefined>>();

  const question = (kind: Question["kind"], { source }: Analysis, platform: string): Question => {
    const { maxStates, timeout } = desk.settings;
    return { kind, source, platform, maxStates, timeout };
  };
  const keyOf = ({ source, platform, maxStates, timeout }: Question): string => JSON.stringify([platform, maxStates, timeout, source.text]);

  const verdictOf = (uri: string, analysis: Analysis, platform: string): Promise<Verdict | undefined> => {
    const asked = question("verdict", analysis, platform);
    const key = keyOf(asked);
    const before = known.get(key);
    if (before !== undefined) return Promise.resolve(before);
    const under = running.get(key);
    if (under !== undefined) return under;
    const found = searcher.ask(asked, uri).then((answer: Answer | undefined) => {
      running.delete(key);
      if (answer?.kind !== "verdict") return undefined;
      known.set(key, answer.verdict);
      const [oldest] = known.keys();
      if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest);
      return answer.verdict;
    });
    running.set(key, found);
    return found;
  };

  let refreshing: ReturnType<typeof setTimeout> | undefined;
  const refresh = (): void => {
    if (!desk.client.refreshesLenses) return;
    clearTimeout(refreshing);
    refreshing = setTimeout(() => void connection.sendRequest("workspace/codeLens/refresh").catch(() => {}), 50);
  };

  connection.onCodeLens(({ textDocument }) => {
    const found = desk.look(textDocument.uri);
    if (found === undefined || !desk.settings.lenses || found.analysis.program === undefined) return [];
    const { document, analysis } = found;
    const span = analysis.test?.condition?.span ?? { start: 0, end: 0 };
    const range = rangeOf(document, { start: span.start, end: span.start });
    return desk.platforms(analysis).map(({ name }): CodeLens => {
      const data: LensData = { uri: document.uri, version: document.version, platform: name };
      const verdict = known.get(keyOf(question("verdict", analysis, name)));
      return verdict === undefined ? { range, data } : { range, data, command: commandOf(data, verdict) };
    });
  });

  connection.onCodeLensResolve(async (lens) => {
    const data = lens.data as LensData;
    const found = desk.look(data.uri);
    if (found === undefined || found.document.version !== data.version)
      return { ...lens, command: { title: `${data.platform}: …`, command: "" } };
    const verdict = verdictOf(data.uri, found.analysis, data.platform);
    const waited = await Promise.race([verdict, new Promise<"late">((resolve) => setTimeout(() => resolve("late"), PATIENCE))]);
    if (waited === "late" && desk.client.refreshesLenses) {
      void verdict.then((late) => late !== undefined && refresh());
      return { ...lens, command: { title: `${data.platform}: …`, command: "" } };
    }
    const settled = await verdict;
    return { ...lens, command: settled === undefined ? { title: `${data.platform}: …`, command: "" } : commandOf(data, settled) };
  });

  connection.onRequest(EXPLAIN, async ({ uri, platform }: ExplainParameters): Promise<ExplainResult> => {
    const found = desk.look(uri);
    if (found === undefined) return null;
    // A group of its own: an explanation that somebody reads survives the next key.
    const answer = await searcher.ask(question("explanation", found.analysis, platform), `explain ${uri}`);
    return answer?.kind === "explanation" ? answer.explanation : null;
  });

  return {
    allowedAt(analysis, start, end) {
      const { test } = analysis;
      const touches = (span: { readonly start: number; readonly end: number } | undefined): boolean =>
        span !== undefined && span.start <= end && start <= span.end;
      if (test === undefined) return [];
      const all = desk.platforms(analysis).map(({ name }) => name);
      const names = touches(test.condition?.span)
        ? all
        : test.expects.flatMap(({ span, platform }) => (touches(span) ? (platform === "all" ? all : [platform]) : []));
      const found = [...new Set(names)].flatMap((name) => known.get(keyOf(question("verdict", analysis, name))) ?? []);
      const allowed = found.filter(({ verdict, stated }) => (verdict === "allowed" || verdict === "depends") && stated?.met !== true);
      // Where the test wants it forbidden somewhere, that is what is to be repaired.
      const wanted = allowed.filter(({ stated }) => stated?.verdict === "forbidden");
      return (wanted.length > 0 ? wanted : allowed.filter(({ stated }) => stated === undefined)).map(({ platform }) => platform);
    },
    drop: (uri) => searcher.drop(uri),
    watch(document, analysis, found) {
      const { test, program } = analysis;
      // Between two messages there is no time for what nobody has asked for.
      if (test === undefined || program === undefined || !desk.settings.verdicts || !searcher.beside) return;
      const stated = desk.platforms(analysis).filter((platform) => expectationFor(test, platform) !== undefined);
      const diagnostics: Diagnostic[] = [];
      for (const { name } of stated) {
        void verdictOf(document.uri, analysis, name).then((verdict) => {
          const diagnostic = verdict && problemOf(document, verdict);
          if (diagnostic === undefined) return;
          diagnostics.push(diagnostic);
          found(diagnostics);
        });
      }
    },
  };
}

/** `sn2: allowed, explain`. */
function commandOf(
  { uri, platform }: LensData,
  { verdict, words, stated }: Verdict,
): { title: string; command: string; arguments: string[] } {
  const differs = stated?.met === false ? ` (stated: ${stated.verdict})` : "";
  return {
    title: `${platform}: ${verdict === "unknown" ? words : verdict}${differs}, explain`,
    command: EXPLAIN_COMMAND,
    arguments: [uri, platform],
  };
}

/** A verdict that is not what the test states, with the run that shows it. */
function problemOf(document: TextDocument, { platform, words, verdict, stated, steps }: Verdict): Diagnostic | undefined {
  if (stated === undefined || stated.met) return undefined;
  const related = steps.flatMap(({ what, span }, index) =>
    span === undefined ? [] : [{ location: { uri: document.uri, range: rangeOf(document, span) }, message: `${index + 1}. ${what}` }],
  );
  return {
    range: rangeOf(document, stated.span),
    severity: verdict === "unknown" ? SEVERITY.warning : SEVERITY.error,
    code: "verdict",
    source: "fencepost",
    message: `${platform}: ${words}, but the test states ${stated.verdict}`,
    ...(related.length === 0 ? {} : { relatedInformation: related }),
  };
}
