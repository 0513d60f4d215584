/** Code actions that forbid an outcome: the repair's answers, where a test's condition or an `expect` stands. */
import type { CodeAction } from "vscode-languageserver";
import type { Analysis } from "./analysis.js";
import type { Desk } from "./desk.js";
import { rangeOf } from "./diagnostics.js";
import type { Change, RepairQuestion } from "./search.js";
import type { Searcher } from "./searcher.js";
import type { Verdicts } from "./verdicts.js";

export interface Repairs {
  /** The actions at a place. `automatic`: nobody has called for them, so nothing is searched for; one is offered that is searched for once it is chosen. */
  at(uri: string, start: number, end: number, automatic: boolean): Promise<CodeAction[]>;
  /** The edit of an action that was offered without one. */
  resolve(action: CodeAction): Promise<CodeAction>;
}

interface ActionData {
  readonly uri: string;
  readonly version: number;
  readonly platforms: readonly string[];
}

/** Answers that are kept. */
const MOST_KEPT = 20;

export function createRepairs(desk: Desk, searcher: Searcher, verdicts: Verdicts): Repairs {
  /** By everything that they depend on. */
  const known = new Map<string, readonly Change[]>();

  const questionOf = ({ source }: Analysis, platforms: readonly string[]): RepairQuestion => {
    const { maxStates, timeout } = desk.settings;
    return { kind: "repair", source, platforms, maxStates, timeout };
  };
  const find = async (uri: string, asked: RepairQuestion): Promise<readonly Change[]> => {
    const key = JSON.stringify(asked);
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = await searcher.ask(asked, uri);
    if (answer?.kind !== "repair") return [];
    known.set(key, answer.changes);
    const [oldest] = known.keys();
    if (known.size > MOST_KEPT && oldest !== undefined) known.delete(oldest);
    return answer.changes;
  };

  return {
    async at(uri, start, end, automatic) {
      const found = desk.look(uri);
      // Repairs take many searches: between two messages there is no time for them.
      if (found === undefined || !searcher.beside) return [];
      const { document, analysis } = found;
      const platforms = verdicts.allowedAt(analysis, start, end);
      if (platforms.length === 0) return [];
      const asked = questionOf(analysis, platforms);
      const title = `Forbid it on ${platforms.join(", ")}`;
      if (automatic && !known.has(JSON.stringify(asked))) {
        const data: ActionData = { uri, version: document.version, platforms };
        return desk.client.resolvesActions ? [{ title: `${title} by the smallest change`, kind: "quickfix", data }] : [];
      }
      const changes = await find(uri, asked);
      // The text may have changed meanwhile.
      if (desk.look(uri)?.analysis !== analysis) return [];
      return changes.map(({ words, soundness, edit }) => ({
        title: `${title}: ${words}${soundness === "sound" ? "" : ` (${soundness})`}`,
        kind: "quickfix",
        edit: { changes: { [uri]: [{ range: rangeOf(document, edit), newText: edit.text }] } },
      }));
    },
    async resolve(action) {
      const { uri, version, platforms } = action.data as ActionData;
      const found = desk.look(uri);
      if (found === undefined || found.document.version !== version) return action;
      const [best] = await find(uri, questionOf(found.analysis, platforms));
      if (best === undefined) {
        desk.connection.window.showInformationMessage(
          `Fencepost: no small change forbids it on ${platforms.join(", ")}, or none was found in time.`,
        );
        return action;
      }
      return { ...action, edit: { changes: { [uri]: [{ range: rangeOf(found.document, best.edit), newText: best.edit.text }] } } };
    },
  };
}
