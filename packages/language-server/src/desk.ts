/** What the parts of the server share: the open documents and what is known of them, the settings, what the client can do. */
import type { Platform } from "@fencepost/core/platform";
import { type Connection, type InitializeParams, TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type Analysis, analyse } from "./analysis.js";
import { DEFAULT_SETTINGS, platformsFor, type Settings } from "./settings.js";

export interface Desk {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  settings: Settings;
  client: Client;
  /** Computed once for each text. */
  analysis(document: TextDocument): Analysis;
  /** The document and what is known of it; undefined for one that is not open. */
  look(uri: string): { readonly document: TextDocument; readonly analysis: Analysis } | undefined;
  forget(uri: string): void;
  /** Has a text of the document been looked at? */
  knows(uri: string): boolean;
  /** The platforms that a test is looked at on. */
  platforms(analysis: Analysis): readonly Platform[];
}

/** What the client can do. */
export interface Client {
  readonly snippets: boolean;
  /** It asks for code lenses again when told to. */
  readonly refreshesLenses: boolean;
  /** It asks for the edit of a code action once that is chosen. */
  readonly resolvesActions: boolean;
}

export function clientOf(parameters: InitializeParams | undefined): Client {
  const { textDocument, workspace } = parameters?.capabilities ?? {};
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    refreshesLenses: workspace?.codeLens?.refreshSupport === true,
    resolvesActions: textDocument?.codeAction?.resolveSupport?.properties.includes("edit") === true,
  };
}

export function createDesk(connection: Connection): Desk {
  const documents = new TextDocuments(TextDocument);
  const analyses = new Map<string, { readonly version: number; readonly analysis: Analysis }>();
  const desk: Desk = {
    connection,
    documents,
    settings: DEFAULT_SETTINGS,
    client: clientOf(undefined),
    analysis(document) {
      const known = analyses.get(document.uri);
      if (known !== undefined && known.version === document.version) return known.analysis;
      const analysis = analyse({ name: fileName(document.uri), text: document.getText() });
      analyses.set(document.uri, { version: document.version, analysis });
      return analysis;
    },
    look(uri) {
      const document = documents.get(uri);
      return document && { document, analysis: desk.analysis(document) };
    },
    forget: (uri) => void analyses.delete(uri),
    knows: (uri) => analyses.has(uri),
    platforms(analysis) {
      const stated = analysis.tokens.flatMap((token) => (token.kind === "platform" ? [{ platform: token.text }] : []));
      return platformsFor(stated, desk.settings);
    },
  };
  return desk;
}

/** The last part of a URI, as people write it. */
function fileName(uri: string): string {
  const last = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
