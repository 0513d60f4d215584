/** A unified diff, as `patch` reads it, between a text and its changed form. */

const CONTEXT = 3;

interface Line {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** Empty where the texts are the same. `name` stands behind `a/` and `b/`. */
export function unifiedDiff(name: string, before: string, after: string): string {
  const lines = compare(linesOf(before), linesOf(after));
  const changed = lines.flatMap(({ mark }, index) => (mark === " " ? [] : [index]));
  const hunks: { from: number; to: number }[] = [];
  for (const index of changed) {
    const from = Math.max(0, index - CONTEXT);
    const to = Math.min(lines.length, index + 1 + CONTEXT);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  if (hunks.length === 0) return "";
  const path = name.replace(/^(\.?\/)+/, "");
  return `--- a/${path}\n+++ b/${path}\n${hunks.map((hunk) => hunkText(lines, hunk)).join("")}`;
}

function hunkText(lines: readonly Line[], { from, to }: { readonly from: number; readonly to: number }): string {
  const counted = (part: readonly Line[], other: "-" | "+"): number => part.filter(({ mark }) => mark !== other).length;
  const before = lines.slice(0, from);
  const part = lines.slice(from, to);
  const range = (other: "-" | "+"): string => {
    const length = counted(part, other);
    return `${counted(before, other) + (length === 0 ? 0 : 1)},${length}`;
  };
  const body = part.map(({ mark, text }) => `${mark}${text}${text.endsWith("\n") ? "" : "\n\\ No newline at end of file\n"}`);
  return `@@ -${range("+")} +${range("-")} @@\n${body.join("")}`;
}

/** Lines with their line breaks; the last may have none. */
const linesOf = (text: string): string[] => text.split(/(?<=\n)/);

/** The longest common subsequence of lines; texts here are short. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1;
  const longest = new Int32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      longest[i * width + j] =
        before[i] === after[j]
          ? (longest[(i + 1) * width + j + 1] as number) + 1
          : Math.max(longest[(i + 1) * width + j] as number, longest[i * width + j + 1] as number);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ mark: " ", text: before[i] as string });
      i++;
      j++;
    } else if (
      i < before.length &&
      (j >= after.length || (longest[(i + 1) * width + j] as number) >= (longest[i * width + j + 1] as number))
    ) {
      lines.push({ mark: "-", text: before[i++] as string });
    } else lines.push({ mark: "+", text: after[j++] as string });
  }
  return lines;
}
