/** The protocol's numbers. The library has them too, but as exports of a CommonJS module that Node cannot import by name. */
import type {
  CompletionItemKind as CompletionKind,
  DiagnosticSeverity,
  FoldingRangeKind,
  InsertTextFormat,
  SymbolKind as Kind,
  MarkupKind,
  MessageType,
  TextDocumentSyncKind,
} from "vscode-languageserver";

export const SEVERITY = { error: 1, warning: 2, information: 3, hint: 4 } as const satisfies {
  readonly [name: string]: DiagnosticSeverity;
};
export const INSERT = { plain: 1, snippet: 2 } as const satisfies { readonly [name: string]: InsertTextFormat };
export const INCREMENTAL = 2 satisfies TextDocumentSyncKind;
export const WARNING = 2 satisfies MessageType;
export const MARKDOWN = "markdown" satisfies MarkupKind;
export const COMPLETION = {
  function: 3,
  field: 5,
  variable: 6,
  class: 7,
  module: 9,
  property: 10,
  keyword: 14,
  snippet: 15,
  member: 20,
  type: 25,
} as const satisfies { readonly [name: string]: CompletionKind };
export const SYMBOL = { module: 2, class: 5, field: 8, function: 12, variable: 13, boolean: 17, event: 24 } as const satisfies {
  readonly [name: string]: Kind;
};
export const FOLD_COMMENT = "comment" satisfies FoldingRangeKind;
