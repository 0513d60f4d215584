/** What a client asks in order to change a text: completion, renaming, formatting, fixes. */
import { type CodeAction, type CompletionItem, type CompletionItemKind, ResponseError, type TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { documentation, type Proposal, plainInsert, proposalsAt } from "./completion.js";
import type { Desk } from "./desk.js";
import { rangeOf } from "./diagnostics.js";
import { fixesIn } from "./fixes.js";
import { type Edit, formatEdits } from "./formatting.js";
import { COMPLETION, INSERT, MARKDOWN } from "./numbers.js";
import { renamable, renameAt } from "./rename.js";
import type { Repairs } from "./repairs.js";
import { platformsFor } from "./settings.js";

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

/** The protocol's code for a request that cannot be done: `RequestFailed`. */
const REQUEST_FAILED = -32803;

/** The protocol's number for an action that nobody has called for: the client only wants to know whether there is one. */
const AUTOMATIC = 2;

export function answerEditing(desk: Desk, repairs: Repairs): void {
  const { connection, look } = desk;
  connection.onCompletion(({ textDocument, position, context }) => {
    const found = look(textDocument.uri);
    if (found === undefined) return [];
    const { document, analysis } = found;
    const { list, start, end } = proposalsAt(analysis, document.offsetAt(position));
    // A blank opens the list where names are few and known.
    if (context?.triggerCharacter === " " && list.length > 60) return [];
    const range = rangeOf(document, { start, end });
    const platforms = desk.platforms(analysis).map(({ name }) => name);
    return list.map((proposal): CompletionItem => {
      const snippet = proposal.snippet && desk.client.snippets;
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
    const on = platformsFor(
      names.map((name) => ({ platform: name })),
      { ...desk.settings, platforms: [] },
    );
    const value = documentation(item.label, on);
    return value === undefined ? item : { ...item, documentation: { kind: MARKDOWN, value } };
  });

  connection.onPrepareRename(({ textDocument, position }) => {
    const found = look(textDocument.uri);
    const at = found && renamable(found.analysis, found.document.offsetAt(position));
    if (found === undefined || at === undefined) return null;
    const { token, named } = at;
    return { range: rangeOf(found.document, token), placeholder: token.kind === "number" ? named.name : token.text };
  });
  connection.onRenameRequest(({ textDocument, position, newName }) => {
    const found = look(textDocument.uri);
    if (found === undefined) return null;
    const edits = renameAt(found.analysis, found.document.offsetAt(position), newName);
    if (typeof edits === "string") return new ResponseError(REQUEST_FAILED, edits);
    return { changes: { [textDocument.uri]: textEdits(found.document, edits) } };
  });

  connection.onDocumentFormatting(({ textDocument, options }) => {
    const found = look(textDocument.uri);
    if (found === undefined) return [];
    return textEdits(found.document, formatEdits(found.document.getText(), styleOf(options)));
  });
  connection.onDocumentRangeFormatting(({ textDocument, range, options }) => {
    const found = look(textDocument.uri);
    if (found === undefined) return [];
    const { document } = found;
    const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    const edits = formatEdits(document.getText(), styleOf(options)).filter((edit) => start <= edit.end && edit.start <= end);
    return textEdits(document, edits);
  });

  connection.onCodeAction(async ({ textDocument, range, context }) => {
    const found = look(textDocument.uri);
    if (found === undefined || context.only?.some((kind) => "quickfix".startsWith(kind)) === false) return [];
    const { document, analysis } = found;
    const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    const fixes = fixesIn(analysis, start, end).map(({ title, edit, problem }): CodeAction => {
      const diagnostics = context.diagnostics.filter(
        (each) =>
          each.code === problem.code &&
          document.offsetAt(each.range.end) >= problem.span.start &&
          document.offsetAt(each.range.start) <= problem.span.end,
      );
      return {
        title,
        kind: "quickfix",
        isPreferred: true,
        diagnostics,
        edit: { changes: { [document.uri]: textEdits(document, [edit]) } },
      };
    });
    return [...fixes, ...(await repairs.at(document.uri, start, end, context.triggerKind === AUTOMATIC))];
  });
  connection.onCodeActionResolve((action) => (action.data === undefined ? action : repairs.resolve(action)));
}

const styleOf = (options: { readonly tabSize: number; readonly insertSpaces: boolean }): { readonly unit: string } => ({
  unit: options.insertSpaces ? " ".repeat(Math.max(1, Math.min(16, options.tabSize))) : "\t",
});

const textEdits = (document: TextDocument, edits: readonly Edit[]): TextEdit[] =>
  edits.map((edit) => ({ range: rangeOf(document, edit), newText: edit.text }));
