/** Changes applied to a text, and where in the original a place of the new text comes from. */
import type { Change, TextEdit } from "./change.js";

/** A text with changes made. */
export interface Edited {
  readonly text: string;
  /** A name for a place of the new text that is the same in every text that comes from the original: its offset there, or which change put it in. */
  origin(offset: number): string;
}

interface Piece extends TextEdit {
  readonly owner: string;
}

/** Undefined where two edits overlap: the changes cannot be made together. */
export function applyEdits(
  original: string,
  changes: readonly { readonly id: string; readonly edits: readonly TextEdit[] }[],
): Edited | undefined {
  const pieces: Piece[] = [];
  for (const { id, edits } of changes) {
    for (const [index, edit] of edits.entries()) {
      // Who replaces the same by the same wants one thing.
      const replaces = edit.span.end > edit.span.start;
      const known = pieces.some((piece) => sameEdit(piece, edit) && (replaces || (edit.shared && piece.shared)));
      if (!known) pieces.push({ ...edit, owner: `${id}/${index}` });
    }
  }
  pieces.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end || a.order - b.order || (a.owner < b.owner ? -1 : 1));
  let text = "";
  let at = 0;
  const stretches: { readonly start: number; readonly name: (relative: number) => string }[] = [];
  const keep = (start: number, end: number): void => {
    if (end <= start) return;
    stretches.push({ start: text.length, name: (relative) => String(start + relative) });
    text += original.slice(start, end);
  };
  for (const piece of pieces) {
    if (piece.span.start < at) return undefined;
    keep(at, piece.span.start);
    const { start, end } = piece.span;
    const name =
      end > start
        ? (relative: number) => (relative === 0 ? String(start) : `${start}~${piece.owner}+${relative}`)
        : (relative: number) => `+${piece.owner}+${relative}`;
    if (piece.text !== "") stretches.push({ start: text.length, name });
    text += piece.text;
    at = end;
  }
  keep(at, original.length);
  return {
    text,
    origin(offset) {
      const found = stretches.findLast((stretch) => stretch.start <= offset);
      return found === undefined ? String(offset) : found.name(offset - found.start);
    },
  };
}

/** Makes changes in a text. */
export function applyChanges(original: string, changes: readonly Change[]): Edited | undefined {
  const ids = new Set(changes.map((change) => change.id));
  if (changes.some((change) => change.needs !== undefined && !ids.has(change.needs))) return undefined;
  if (new Set(changes.map((change) => change.site)).size < changes.length) return undefined;
  // Who polls the data itself needs nothing else; beside other changes it would only fill the list.
  if (changes.length > 1 && changes.some(({ kind }) => kind === "poll")) return undefined;
  return applyEdits(original, changes);
}

const sameEdit = (a: TextEdit, b: TextEdit): boolean => a.span.start === b.span.start && a.span.end === b.span.end && a.text === b.text;

/** The text with the changes of an answer made, or other forms of them; undefined where they cannot be made together. */
export function withChanges(
  original: string,
  changes: readonly { readonly id: string; readonly edits: readonly TextEdit[] }[],
): string | undefined {
  return applyEdits(original, changes)?.text;
}
