/** The language server: one implementation, whatever carries its messages (`node.ts`: standard input and output; `browser.ts`: a Web Worker). */
import {
  type CompletionItem,
  type CompletionItemKind,
  type Connection,
  type Diagnostic,
  type InitializeParams,
  TextDocuments,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type Analysis, analyse } from "./analysis.js";
import { documentation, type Proposal, plainInsert, proposalsAt } from "./completion.js";
import { diagnosticsOf, rangeOf } from "./diagnostics.js";
import { hoverAt } from "./hover.js";
import { COMPLETION, INCREMENTAL, INSERT, MARKDOWN } from "./numbers.js";
import { DEFAULT_SETTINGS, platformsFor, readSettings, type Settings } from "./settings.js";

/** Milliseconds without a key after which the problems of a text are looked for. */
const PAUSE = 60;

const KINDS: { readonly [kind in Proposal["kind"]]: CompletionItemKind } = {
  function: COMPLETION.function,
  attribute: COMPLETION.property,
  keyword: COMPLETION.keyword,
  type: COMPLETION.type,
  platform: COMPLETION.module,
  location: COMPLETION.variable,
  register: COMPLETION.field,
  local: COMPLETION.variable,
  thread: COMPLETION.class,
  verdict: COMPLETION.member,
  test: COMPLETION.snippet,
};

/** Answers on a connection until it ends. */
export function serve(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  let settings: Settings = DEFAULT_SETTINGS;
  let client = clientOf(undefined);

  const analyses = new Map<string, { readonly version: number; readonly analysis: Analysis }>();
  /** Computed once for each version of a document. */
  const analysisOf = (document: TextDocument): Analysis => {
    const known = analyses.get(document.uri);
    if (known !== undefined && known.version === document.version) return known.analysis;
    const analysis = analyse({ name: document.uri, text: document.getText() });
    analyses.set(document.uri, { version: document.version, analysis });
    return analysis;
  };
  const platformsOf = (analysis: Analysis) => platformsFor(analysis.test?.expects ?? statedIn(analysis), settings);

  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const publish = (document: TextDocument, diagnostics: Diagnostic[]): void => {
    void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics });
  };
  const look = (document: TextDocument): void => publish(document, diagnosticsOf(document, analysisOf(document)));

  connection.onInitialize((parameters) => {
    client = clientOf(parameters);
    settings = readSettings(parameters.initializationOptions, settings);
    return {
      serverInfo: { name: "fencepost", version: "0.1.0" },
      capabilities: {
        textDocumentSync: INCREMENTAL,
        hoverProvider: true,
        completionProvider: { triggerCharacters: [".", ":", "(", " ", "*", "&"], resolveProvider: true },
      },
    };
  });
  connection.onDidChangeConfiguration(({ settings: changed }) => {
    settings = readSettings((changed as { readonly fencepost?: unknown } | null | undefined)?.fencepost, settings);
  });

  documents.onDidChangeContent(({ document }) => {
    clearTimeout(waiting.get(document.uri));
    // The first time at once: nobody is typing yet.
    const pause = analyses.has(document.uri) ? PAUSE : 0;
    waiting.set(
      document.uri,
      setTimeout(() => look(document), pause),
    );
  });
  documents.onDidClose(({ document }) => {
    clearTimeout(waiting.get(document.uri));
    waiting.delete(document.uri);
    analyses.delete(document.uri);
    publish(document, []);
  });

  connection.onHover(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return undefined;
    const analysis = analysisOf(document);
    const page = hoverAt(analysis, document.offsetAt(position), platformsOf(analysis));
    return page && { contents: { kind: MARKDOWN, value: page.markdown }, range: rangeOf(document, page) };
  });

  connection.onCompletion(({ textDocument, position, context }) => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return [];
    const analysis = analysisOf(document);
    const { list, start, end } = proposalsAt(analysis, document.offsetAt(position));
    // A blank opens the list where names are few and known.
    if (context?.triggerCharacter === " " && list.length > 60) return [];
    const range = rangeOf(document, { start, end });
    const platforms = platformsOf(analysis).map(({ name }) => name);
    return list.map((proposal): CompletionItem => {
      const snippet = proposal.snippet && client.snippets;
      return {
        label: proposal.label,
        kind: KINDS[proposal.kind],
        sortText: `${proposal.rank}${proposal.label}`,
        insertTextFormat: snippet ? INSERT.snippet : INSERT.plain,
        textEdit: { range, newText: snippet ? proposal.insert : plainInsert(proposal) },
        ...(proposal.detail === undefined ? {} : { detail: proposal.detail }),
        ...(proposal.says === undefined ? {} : { documentation: { kind: MARKDOWN, value: proposal.says } }),
        ...(proposal.kind === "function" ? { data: { platforms } } : {}),
      };
    });
  });
  connection.onCompletionResolve((item) => {
    const names = (item.data as { readonly platforms?: readonly string[] } | undefined)?.platforms;
    if (names === undefined) return item;
    const value = documentation(
      item.label,
      platformsFor(
        names.map((name) => ({ platform: name })),
        { ...settings, platforms: [] },
      ),
    );
    return value === undefined ? item : { ...item, documentation: { kind: MARKDOWN, value } };
  });

  documents.listen(connection);
  connection.listen();
}

/** What the client can do. */
function clientOf(parameters: InitializeParams | undefined): { readonly snippets: boolean } {
  return { snippets: parameters?.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true };
}

/** The platforms that the `expect` lines of a text name that is no test yet. */
const statedIn = ({ tokens }: Analysis): { readonly platform: string }[] =>
  tokens.flatMap((token) => (token.kind === "platform" ? [{ platform: token.text }] : []));
