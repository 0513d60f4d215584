/** The language server: one implementation, whatever carries its messages (`node.ts`: standard input and output; `browser.ts`: a Web Worker). */
import type { Connection, Diagnostic } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { TOKEN_MODIFIERS, TOKEN_TYPES } from "./colours.js";
import { clientOf, createDesk } from "./desk.js";
import { diagnosticsOf } from "./diagnostics.js";
import { answerEditing } from "./editing.js";
import { INCREMENTAL, WARNING } from "./numbers.js";
import { answerReading } from "./reading.js";
import { createRepairs } from "./repairs.js";
import { createSearcher, type Port } from "./searcher.js";
import { readSettings, settingMistakes } from "./settings.js";
import { answerVerdicts } from "./verdicts.js";

export interface ServeOptions {
  /** Starts a worker for searches; without it, or where it throws, they run between two messages. It is given the client's `initializationOptions`. */
  readonly spawn?: (initializationOptions: unknown) => Port;
}

/** Milliseconds without a key after which the problems of a text are looked for, and its verdicts. */
const PAUSE = 60;
const LONG_PAUSE = 300;

/** Answers on a connection until it ends. */
export function serve(connection: Connection, options: ServeOptions = {}): void {
  const desk = createDesk(connection);
  const { spawn } = options;
  let initialization: unknown;
  const searcher = createSearcher(spawn === undefined ? undefined : () => spawn(initialization));

  connection.onInitialize((parameters) => {
    desk.client = clientOf(parameters);
    initialization = parameters.initializationOptions;
    desk.settings = readSettings(parameters.initializationOptions, desk.settings);
    return {
      serverInfo: { name: "fencepost", version: "0.1.0" },
      capabilities: {
        textDocumentSync: INCREMENTAL,
        hoverProvider: true,
        completionProvider: { triggerCharacters: [".", ":", "(", " ", "*", "&"], resolveProvider: true },
        definitionProvider: true,
        referencesProvider: true,
        documentHighlightProvider: true,
        documentSymbolProvider: true,
        foldingRangeProvider: true,
        documentFormattingProvider: true,
        documentRangeFormattingProvider: true,
        renameProvider: { prepareProvider: true },
        codeActionProvider: { codeActionKinds: ["quickfix"], resolveProvider: true },
        codeLensProvider: { resolveProvider: true },
        semanticTokensProvider: { legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] }, full: true },
      },
    };
  });
  const warn = (value: unknown): void => {
    const mistakes = settingMistakes(value);
    if (mistakes.length > 0) void connection.sendNotification("window/showMessage", { type: WARNING, message: mistakes.join("\n") });
  };
  connection.onInitialized(() => warn(initialization));
  connection.onShutdown(() => searcher.close());
  connection.onExit(() => searcher.close());

  answerReading(desk);
  const verdicts = answerVerdicts(desk, searcher);
  answerEditing(desk, createRepairs(desk, searcher, verdicts));

  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const later = (document: TextDocument, pause: number, then: () => void): void => {
    clearTimeout(waiting.get(document.uri));
    waiting.set(document.uri, setTimeout(then, pause));
  };
  const publish = (document: TextDocument, version: number, diagnostics: Diagnostic[]): void => {
    if (document.version === version && desk.documents.get(document.uri) === document)
      void connection.sendDiagnostics({ uri: document.uri, version, diagnostics });
  };
  const look = (document: TextDocument): void => {
    const { version } = document;
    const analysis = desk.analysis(document);
    const problems = diagnosticsOf(document, analysis);
    publish(document, version, problems);
    later(document, LONG_PAUSE, () => verdicts.watch(document, analysis, (found) => publish(document, version, [...problems, ...found])));
  };

  connection.onDidChangeConfiguration(({ settings }) => {
    const own = (settings as { readonly fencepost?: unknown } | null | undefined)?.fencepost;
    desk.settings = readSettings(own, desk.settings);
    warn(own);
    for (const document of desk.documents.all()) {
      verdicts.drop(document.uri);
      look(document);
    }
    if (desk.client.refreshesLenses) void connection.sendRequest("workspace/codeLens/refresh").catch(() => {});
  });
  desk.documents.onDidChangeContent(({ document }) => {
    verdicts.drop(document.uri);
    // The first time at once: nobody is typing yet.
    later(document, desk.knows(document.uri) ? PAUSE : 0, () => look(document));
  });
  desk.documents.onDidClose(({ document }) => {
    verdicts.drop(document.uri);
    clearTimeout(waiting.get(document.uri));
    waiting.delete(document.uri);
    desk.forget(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });

  desk.documents.listen(connection);
  connection.listen();
}
