/** What a client asks about a text as it stands: hover, definitions, references, outline, folding, colours. */
import type { DocumentSymbol, Location, SymbolKind } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { colours, TOKEN_TYPES as TYPES } from "./colours.js";
import type { Desk } from "./desk.js";
import { rangeOf } from "./diagnostics.js";
import { hoverAt } from "./hover.js";
import type { Occurrence } from "./named.js";
import type { Names } from "./names.js";
import { FOLD_COMMENT, MARKDOWN, SYMBOL } from "./numbers.js";
import { folds, outline, type Part } from "./outline.js";

const KINDS: { readonly [kind in Part["kind"]]: SymbolKind } = {
  test: SYMBOL.module,
  location: SYMBOL.variable,
  register: SYMBOL.field,
  local: SYMBOL.variable,
  cpu: SYMBOL.function,
  device: SYMBOL.class,
  condition: SYMBOL.boolean,
  expect: SYMBOL.event,
};

export function answerReading({ connection, look, platforms }: Desk): void {
  connection.onHover(({ textDocument, position }) => {
    const found = look(textDocument.uri);
    if (found === undefined) return undefined;
    const { document, analysis } = found;
    const page = hoverAt(analysis, document.offsetAt(position), platforms(analysis));
    return page && { contents: { kind: MARKDOWN, value: page.markdown }, range: rangeOf(document, page) };
  });

  connection.onDefinition(({ textDocument, position }) => {
    const found = look(textDocument.uri);
    if (found === undefined) return undefined;
    const { document, analysis } = found;
    const at = analysis.names.at(document.offsetAt(position));
    return at && places(document, definitionsOf(analysis.names, at));
  });

  connection.onReferences(({ textDocument, position, context }) => {
    const found = look(textDocument.uri);
    if (found === undefined) return undefined;
    const { document, analysis } = found;
    const at = analysis.names.at(document.offsetAt(position));
    if (at === undefined) return undefined;
    const definitions = context.includeDeclaration ? [] : definitionsOf(analysis.names, at);
    return places(
      document,
      analysis.names.of(at.named).filter((each) => !definitions.includes(each)),
    );
  });

  connection.onDocumentHighlight(({ textDocument, position }) => {
    const found = look(textDocument.uri);
    if (found === undefined) return undefined;
    const { document, analysis } = found;
    const at = analysis.names.at(document.offsetAt(position));
    return at && analysis.names.of(at.named).map(({ token }) => ({ range: rangeOf(document, token) }));
  });

  connection.onDocumentSymbol(({ textDocument }) => {
    const found = look(textDocument.uri);
    return found && outline(found.analysis).map((part) => symbolOf(found.document, part));
  });

  connection.onFoldingRanges(({ textDocument }) => {
    const found = look(textDocument.uri);
    if (found === undefined) return undefined;
    return folds(found.analysis.tokens).flatMap(({ start, end, comment }) => {
      const [first, last] = [found.document.positionAt(start).line, found.document.positionAt(end).line];
      // The line of the closing brace stays in sight.
      const endLine = comment ? last : last - 1;
      return endLine > first ? [{ startLine: first, endLine, ...(comment ? { kind: FOLD_COMMENT } : {}) }] : [];
    });
  });

  connection.languages.semanticTokens.on(({ textDocument }) => {
    const found = look(textDocument.uri);
    return { data: found === undefined ? [] : packed(found.document, colours(found.analysis)) };
  });
}

/** Where something is declared; where nothing declares it, the parameters of its name, or the first place that names it. */
function definitionsOf(names: Names, { named }: Occurrence): readonly Occurrence[] {
  const all = names.of(named);
  for (const role of ["declaration", "parameter"] as const) {
    const found = all.filter((each) => each.role === role);
    // `device D0(slot=1);` places a device; its program is what it is.
    const program = found.filter(({ token }) => token.region === "head");
    if (found.length > 0) return named.kind === "thread" && program.length > 0 ? program : found;
  }
  return all.slice(0, 1);
}

const places = (document: TextDocument, occurrences: readonly Occurrence[]): Location[] =>
  occurrences.map(({ token }) => ({ uri: document.uri, range: rangeOf(document, token) }));

function symbolOf(document: TextDocument, part: Part): DocumentSymbol {
  return {
    name: part.name,
    detail: part.detail,
    kind: KINDS[part.kind],
    range: rangeOf(document, part),
    selectionRange: rangeOf(document, { start: part.nameStart, end: part.nameEnd }),
    children: part.parts.map((each) => symbolOf(document, each)),
  };
}

/** Five numbers for each: lines and columns relative to the one before, length, type, modifiers. */
function packed(document: TextDocument, list: ReturnType<typeof colours>): number[] {
  let [line, column] = [0, 0];
  return list.flatMap(({ start, end, type, modifiers }) => {
    const at = document.positionAt(start);
    const data = [at.line - line, at.line === line ? at.character - column : at.character, end - start, TYPES.indexOf(type), modifiers];
    [line, column] = [at.line, at.character];
    return data;
  });
}
