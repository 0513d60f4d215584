/** A ladder diagram in plain ASCII, fit for a terminal and for a mail. */
import type { Ladder, Row } from "./ladder.js";
import { wrap } from "./wrap.js";

/** Columns left of the first lane: the entry's number. */
const GUTTER = 4;
const SMALLEST_GAP = 6;

/** At most `width` columns (40 at least). Each line ends without blanks; the last has no line break. */
export function ladderText(ladder: Ladder, width = 100): string {
  const columns = columnsOf(ladder, Math.max(40, width));
  const lines: string[] = [...titles(ladder, columns, width)];
  ladder.rows.forEach((row, index) => {
    if (row.number !== undefined && index > 0) lines.push(canvas(ladder, columns, index, width).text());
    lines.push(drawRow(ladder, columns, row, index, width));
    for (const note of row.notes) lines.push(...drawNote(ladder, columns, row, index, note, width));
  });
  lines.push(canvas(ladder, columns, ladder.rows.length, width).text());
  return lines.join("\n");
}

/** The column of each lane, where one column has room for one character. */
export function columnsOf(ladder: Ladder, width: number): readonly number[] {
  const { lanes } = ladder;
  const { gaps: labels, after } = roomForLabels(ladder);
  const gaps = lanes.slice(1).map((lane, index) => {
    const titles = Math.ceil(((lanes[index]?.title.length ?? 0) + lane.title.length) / 2) + 2;
    return Math.max(titles, labels[index] as number);
  });
  const first = GUTTER + Math.floor((lanes[0]?.title.length ?? 0) / 2);
  const last = Math.max(after, Math.ceil((lanes.at(-1)?.title.length ?? 0) / 2));
  const room = width - first - last - 1;
  // Titles may go on a second line, so their room is taken first; then labels are clipped.
  shrink(gaps, labels, room);
  shrink(gaps, labels.fill(SMALLEST_GAP), room);
  shrink(gaps, labels.fill(2), room);
  return gaps.reduce<number[]>((columns, gap) => [...columns, (columns.at(-1) as number) + gap], [first]);
}

/** What the gaps between lanes, and the room behind the last, need for what is written in them. */
function roomForLabels({ lanes, rows }: Ladder): { readonly gaps: number[]; readonly after: number } {
  const gaps = lanes.slice(1).map(() => SMALLEST_GAP);
  let after = 0;
  for (const { from, to, label } of rows) {
    const at = Math.min(from, to);
    if (from === to && from === gaps.length) after = Math.max(after, label.length + 3);
    else if (Math.abs(from - to) <= 1) gaps[at] = Math.max(gaps[at] as number, label.length + 5);
  }
  // Arrows over several lanes need their room in one of the gaps, or all of them together; beside the mark of what they pass, in one.
  for (const { from, to, label, passes } of rows) {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const column = (lane: number): number => gaps.slice(low, lane).reduce((sum, gap) => sum + gap, 0);
    const start = (column(high) - label.length) / 2;
    const hidden = passes.some((lane) => column(lane) >= start - 1 && column(lane) <= start + label.length);
    if (hidden && !gaps.slice(low, high).some((gap) => gap >= label.length + 5)) gaps[high - 1] = label.length + 5;
    const span = gaps.slice(low, high).reduce((sum, gap) => sum + gap, 0);
    if (high > low && span < label.length + 5) gaps[low] = (gaps[low] as number) + label.length + 5 - span;
  }
  return { gaps, after };
}

/** Takes columns away where there are most to spare, down to `least`, until the gaps have room. */
function shrink(gaps: number[], least: readonly number[], room: number): void {
  let sum = gaps.reduce((total, gap) => total + gap, 0);
  while (sum > room) {
    const spare = gaps.map((gap, index) => gap - (least[index] as number));
    const most = Math.max(0, ...spare);
    if (most === 0) return;
    const at = spare.indexOf(most);
    gaps[at] = (gaps[at] as number) - 1;
    sum--;
  }
}

function titles(ladder: Ladder, columns: readonly number[], width: number): string[] {
  const line = blank(width);
  // Titles that would touch go on a second line.
  const second = blank(width);
  let end = 0;
  let used = false;
  ladder.lanes.forEach(({ title }, index) => {
    const start = Math.max(0, Math.min(width - title.length, (columns[index] as number) - Math.floor((title.length - 1) / 2)));
    if (start <= end && index > 0) {
      put(second, start, title);
      used = true;
    } else {
      put(line, start, title);
      end = start + title.length;
    }
  });
  return [line, ...(used ? [second] : [])].map((chars) => chars.join("").trimEnd());
}

const blank = (width: number): string[] => Array.from({ length: width }, () => " ");

function put(line: string[], at: number, text: string): void {
  for (const [index, char] of [...text].entries()) if (at + index >= 0 && at + index < line.length) line[at + index] = char;
}

interface Canvas {
  readonly line: string[];
  text(): string;
}

/** A line with all lanes as they are just above row `index`, or in it: `|` where something waits or runs, `:` elsewhere. */
function canvas(ladder: Ladder, columns: readonly number[], index: number, width: number, inRow = false): Canvas {
  const line = blank(width);
  ladder.lanes.forEach((lane, number) => {
    const waits = ladder.waits.some(
      (wait) => wait.lane === number && (wait.first < index || (inRow && wait.first === index)) && wait.last >= index,
    );
    put(line, columns[number] as number, lane.site.kind !== "place" || waits ? "|" : ":");
  });
  return { line, text: () => line.join("").trimEnd() };
}

function drawRow(ladder: Ladder, columns: readonly number[], row: Row, index: number, width: number): string {
  const { line, text } = canvas(ladder, columns, index, width, true);
  if (row.number !== undefined) put(line, 0, String(row.number).padStart(GUTTER - 2));
  const [from, to] = [columns[row.from] as number, columns[row.to] as number];
  if (row.from === row.to) {
    put(line, from, "o");
    put(line, from + 2, clip(row.label, (columns[row.from + 1] ?? width) - from - 3));
    return text();
  }
  const dash = row.kind === "reply" ? "." : "-";
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  for (let at = low + 1; at < high; at++) put(line, at, dash);
  put(line, to > from ? high - 1 : low + 1, to > from ? ">" : "<");
  for (const lane of row.via) put(line, columns[lane] as number, "+");
  putLabel(line, columns, row, low, high);
  for (const lane of row.passes) put(line, columns[lane] as number, "*");
  return text();
}

/** In the widest gap that it fits, else over the whole arrow. */
function putLabel(line: string[], columns: readonly number[], row: Row, low: number, high: number): void {
  const stops = [...new Set([row.from, ...row.via, row.to].map((lane) => columns[lane] as number))].sort((a, b) => a - b);
  let best: readonly [number, number] = [low, high];
  let widest = 0;
  for (let i = 1; i < stops.length; i++) {
    const [start, end] = [stops[i - 1] as number, stops[i] as number];
    if (end - start > widest && end - start >= row.label.length + 5) {
      widest = end - start;
      best = [start, end];
    }
  }
  const label = clip(row.label, high - low - 4);
  const middle = Math.round((best[0] + best[1] - label.length) / 2);
  put(line, Math.max(low + 2, middle), label);
}

function clip(text: string, room: number): string {
  if (text.length <= room) return text;
  return room < 4 ? text.slice(0, Math.max(0, room)) : `${text.slice(0, room - 2)}..`;
}

/** Notes stand below their arrow, to the right of where it starts if there is room. */
function drawNote(ladder: Ladder, columns: readonly number[], row: Row, index: number, note: string, width: number): string[] {
  const mark = row.passes.length > 0 ? "* " : "";
  const lane = Math.min(row.from, row.to, ...row.passes);
  const start = Math.max(GUTTER + 2, Math.min((columns[row.passes[0] ?? lane] as number) + 2, width - 46));
  return wrap(`${mark}${note}`, width - start - 1, mark.length).map((part) => {
    const { line, text } = canvas(ladder, columns, index + 1, width);
    put(line, start - 1, ` ${part} `);
    return text();
  });
}
