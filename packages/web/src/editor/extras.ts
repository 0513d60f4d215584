/** What the editor gets once the page is there: its keys and undo, completion, hover, search, errors under the text. Loaded after the first verdict, so that nobody waits for it. */
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { hoverTooltips, LSPClient, serverCompletion, type Transport } from "@codemirror/lsp-client";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";
import type { Problem } from "@fencepost/core";
import { hireWorker } from "../engine/hire.js";
import { sanitized } from "./sanitize.js";

/** The language server in its worker: the same that other editors talk to. */
function languageServer(ready: () => void): Extension {
  const worker = hireWorker("language");
  const handlers = new Set<(message: string) => void>();
  worker.addEventListener("message", ({ data }) => {
    for (const handler of handlers) handler(JSON.stringify(data));
  });
  const transport: Transport = {
    send: (message) => worker.postMessage(JSON.parse(message)),
    subscribe: (handler) => void handlers.add(handler),
    unsubscribe: (handler) => void handlers.delete(handler),
  };
  const client = new LSPClient({
    sanitizeHTML: sanitized,
    timeout: 10_000,
    extensions: [serverCompletion(), hoverTooltips()],
    // The problems that are shown come with the verdicts; they are the same.
    unhandledNotification: () => undefined,
  });
  client.connect(transport);
  void client.initializing.then(ready);
  return client.plugin("file:///test.litmus", "litmus");
}

/** `ready` is called when the language server answers. */
export function extras(ready: () => void): Extension {
  return [
    autocompletion({ icons: false }),
    highlightSelectionMatches(),
    history(),
    // Escape, then Tab, leaves the editor.
    keymap.of([...completionKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
    languageServer(ready),
  ];
}

/** Underlines problems in the text. */
export function underline(view: EditorView, problems: readonly Problem[]): void {
  const { length } = view.state.doc;
  const diagnostics = problems.map(({ span, severity, message, hint }): Diagnostic => {
    const from = Math.max(0, Math.min(span.start, length));
    const to = Math.max(from, Math.min(span.end, length));
    return { from, to, severity, message: hint === undefined ? message : `${message}\n${hint}` };
  });
  view.dispatch(setDiagnostics(view.state, diagnostics));
}
