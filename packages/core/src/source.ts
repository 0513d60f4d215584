/** Text with a name, and places in it. */

/** A half-open range of offsets (UTF-16 code units) into a source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text, and what it is called in messages. */
export interface Source {
  /** What to print before the line number: a path, or `<stdin>`. */
  readonly name: string;
  readonly text: string;
}

/** One-based line and column (columns count UTF-16 code units). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The line and column of an offset; offsets outside the text are clamped to it. */
export function position(text: string, offset: number): Position {
  const end = Math.max(0, Math.min(offset, text.length));
  let line = 1;
  let start = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: end - start + 1 };
}

/** The text of a one-based line, without its line break. */
export function lineText(text: string, line: number): string {
  return text.split("\n", line)[line - 1]?.replace(/\r$/, "") ?? "";
}
