/**
 * A ladder diagram as one SVG file, 800 px wide: nothing outside it is needed, and it follows the reader's light or dark colour scheme. Widths of texts are those of a
 * monospaced font, 0.602 em a character.
 */
import { type Ladder, type Lane, legend, type Row } from "./ladder.js";
import { columnsOf } from "./ladder-text.js";
import { wrap } from "./wrap.js";

const WIDTH = 800;
const MARGIN = 16;
/** Where the first lane may stand: right of the entries' numbers. */
const FIRST = 56;
const SIZE = 12;
const CHARACTER = SIZE * 0.602;
const SMALL = 11;
const SMALL_CHARACTER = SMALL * 0.602;
const ROW = 30;
const NOTE = 15;
const HEAD = 26;

const STYLE = `
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: ${SIZE}px; fill: #1f2328; }
.ground { fill: #ffffff; }
.name { font-size: 15px; font-weight: 600; }
.faint, .number { fill: #59636e; font-size: ${SMALL}px; }
.lane { stroke: #8c959f; stroke-width: 1.2; }
.place { stroke: #b1bac4; stroke-dasharray: 2 4; }
.box { fill: #f6f8fa; stroke: #8c959f; stroke-width: 1; }
.box.of-place { stroke-dasharray: 3 3; }
.wait { fill: #0969da; fill-opacity: 0.45; }
.arrow { stroke: #1f2328; stroke-width: 1.5; fill: none; }
.reply { stroke-dasharray: 5 3; }
.tip, .dot { fill: #1f2328; stroke: none; }
.label { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; }
.passing { stroke: #bc4c00; }
.passing-tip { fill: #bc4c00; }
.passed { fill: #ffffff; stroke: #bc4c00; stroke-width: 2; }
.note { font-size: ${SMALL}px; fill: #59636e; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; }
.note-passing { fill: #bc4c00; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.ground { fill: #0d1117; }
.faint, .number { fill: #9198a1; }
.lane { stroke: #6e7681; }
.place { stroke: #484f58; }
.box { fill: #161b22; stroke: #6e7681; }
.wait { fill: #4493f8; fill-opacity: 0.55; }
.arrow { stroke: #e6edf3; }
.tip, .dot { fill: #e6edf3; }
.label { stroke: #0d1117; }
.passing { stroke: #f0883e; }
.passing-tip { fill: #f0883e; }
.passed { fill: #0d1117; stroke: #f0883e; }
.note { fill: #9198a1; stroke: #0d1117; }
.note-passing { fill: #f0883e; }
}`;

/** Text as XML has it; control characters, which XML does not have, become question marks. */
const escape = (text: string): string =>
  [...text]
    .map((char) => (/[&<>"']/.test(char) ? `&#${char.charCodeAt(0)};` : char < " " || char === "\ufffe" || char === "\uffff" ? "?" : char))
    .join("");

const round = (value: number): string => String(Math.round(value * 10) / 10);

/** The SVG text of a ladder; `verdict` stands in its head. Ends with a line break. */
export function ladderSvg(ladder: Ladder, verdict: string): string {
  const parts: string[] = [];
  let y = MARGIN + 14;
  const line = (text: string, kind: string, size = SMALL_CHARACTER, height = 16): void => {
    for (const part of wrap(text, Math.floor((WIDTH - 2 * MARGIN) / size))) {
      parts.push(`<text class="${kind}" x="${MARGIN}" y="${round(y)}">${escape(part)}</text>`);
      y += height;
    }
  };
  line(`${ladder.name} on ${ladder.platform}: ${verdict}`, "name", 15 * 0.602, 20);
  line(ladder.condition, "faint");
  const xs = positions(ladder);
  const heads = headsOf(ladder.lanes, xs, y);
  y += heads.deep ? 2 * HEAD : HEAD;
  const start = y - 4;
  const rows = ladder.rows.map((row) => {
    y += row.number === undefined ? ROW - 4 : ROW;
    const at = y;
    const noteLines = row.notes.flatMap((note) => wrap(note, noteRoom(xs, row)));
    y += noteLines.length * NOTE;
    return { row, at, noteLines };
  });
  const end = y + 16;
  const yOf = (index: number): number => rows[index]?.at ?? end;
  ladder.lanes.forEach((lane, index) => {
    const x = round(xs[index] as number);
    parts.push(
      `<line class="lane${lane.site.kind === "place" ? " place" : ""}" x1="${x}" y1="${round(start)}" x2="${x}" y2="${round(end)}"/>`,
    );
  });
  for (const wait of ladder.waits) {
    const x = (xs[wait.lane] as number) - 3 + wait.track * 8;
    const [from, to] = [yOf(wait.first), yOf(wait.last)];
    parts.push(
      `<rect class="wait" x="${round(x)}" y="${round(from)}" width="6" height="${round(Math.max(4, to - from))}" rx="3"><title>${escape(wait.label)}</title></rect>`,
    );
  }
  for (const { row, at, noteLines } of rows) parts.push(...drawRow(xs, row, at), ...drawNotes(xs, row, at, noteLines));
  parts.push(...heads.parts);
  y = end + 24;
  line(`At the end: ${ladder.end === "" ? "the condition holds" : ladder.end}`, "faint");
  for (const text of legend(ladder)) line(text, "faint");
  for (const rule of ladder.rules) line(`${rule.id} [${rule.source}]`, "faint");
  const height = Math.ceil(y);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escape(`${ladder.name} on ${ladder.platform}: ${verdict}`)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

/** Lanes spread over the width, in the proportions of the text form. */
function positions(ladder: Ladder): readonly number[] {
  const columns = columnsOf(ladder, Math.floor((WIDTH - MARGIN) / CHARACTER));
  const [first, last] = [columns[0] as number, columns.at(-1) as number];
  const half = (lane: Lane | undefined): number => ((lane?.title.length ?? 0) * CHARACTER) / 2 + 8;
  const left = Math.max(FIRST, MARGIN + 24 + half(ladder.lanes[0]));
  const own = ladder.rows
    .filter((row) => row.from === row.to && row.from === columns.length - 1)
    .map((row) => row.label.length * CHARACTER + 12);
  const right = WIDTH - MARGIN - Math.max(half(ladder.lanes.at(-1)), ...own);
  const scale = last === first ? 0 : Math.min(24, (right - left) / (last - first));
  return columns.map((column) => left + (column - first) * scale);
}

/** The lanes' titles in boxes; where they would touch, every other one a line lower. */
function headsOf(
  lanes: readonly Lane[],
  xs: readonly number[],
  top: number,
): { readonly parts: readonly string[]; readonly deep: boolean } {
  const parts: string[] = [];
  const ends = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let deep = false;
  lanes.forEach((lane, index) => {
    const width = lane.title.length * CHARACTER + 12;
    const x = Math.max(2, Math.min(WIDTH - 2 - width, (xs[index] as number) - width / 2));
    const level = x > (ends[0] as number) + 3 ? 0 : 1;
    ends[level] = x + width;
    if (level === 1) deep = true;
    const y = top + level * HEAD;
    parts.push(
      `<rect class="box${lane.site.kind === "place" ? " of-place" : ""}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="22" rx="4"/>`,
      `<text x="${round(x + width / 2)}" y="${round(y + 15)}" text-anchor="middle">${escape(lane.title)}</text>`,
    );
  });
  return { parts, deep };
}

function drawRow(xs: readonly number[], row: Row, y: number): string[] {
  const parts: string[] = [];
  if (row.number !== undefined)
    parts.push(`<text class="number" x="${MARGIN + 14}" y="${round(y + 4)}" text-anchor="end">${row.number}</text>`);
  const [from, to] = [xs[row.from] as number, xs[row.to] as number];
  if (row.from === row.to) {
    parts.push(`<circle class="dot" cx="${round(from)}" cy="${round(y)}" r="4"/>`);
    const room = ((xs[row.from + 1] ?? WIDTH) - from - 14) / CHARACTER;
    parts.push(`<text class="label" x="${round(from + 9)}" y="${round(y + 4)}">${escape(clip(row.label, room))}</text>`);
    return parts;
  }
  const passing = row.passes.length > 0;
  const way = Math.sign(to - from);
  const tip = to - way * 2;
  parts.push(
    `<line class="arrow${row.kind === "reply" ? " reply" : ""}${passing ? " passing" : ""}" x1="${round(from)}" y1="${round(y)}" x2="${round(tip - way * 6)}" y2="${round(y)}"/>`,
  );
  parts.push(`<path class="tip${passing ? " passing-tip" : ""}" d="M${round(tip)} ${round(y)}l${-9 * way} -4.5v9z"/>`);
  for (const lane of row.via)
    if (!row.passes.includes(lane))
      parts.push(`<circle class="dot${passing ? " passing-tip" : ""}" cx="${round(xs[lane] as number)}" cy="${round(y)}" r="2.5"/>`);
  for (const lane of row.passes) parts.push(`<circle class="passed" cx="${round(xs[lane] as number)}" cy="${round(y)}" r="5"/>`);
  const [x, room] = labelPlace(xs, row);
  parts.push(`<text class="label" x="${round(x)}" y="${round(y - 5)}" text-anchor="middle">${escape(clip(row.label, room))}</text>`);
  return parts;
}

/** The middle of the widest stretch between two stops that has room for the label, else of the whole arrow; and the room there, in characters. */
function labelPlace(xs: readonly number[], row: Row): readonly [number, number] {
  const stops = [...new Set([row.from, ...row.via, row.to].map((lane) => xs[lane] as number))].sort((a, b) => a - b);
  const [low, high] = [stops[0] as number, stops.at(-1) as number];
  let best: readonly [number, number] = [low, high];
  let widest = 0;
  for (let i = 1; i < stops.length; i++) {
    const [start, end] = [stops[i - 1] as number, stops[i] as number];
    if (end - start > widest && (end - start - 12) / CHARACTER >= row.label.length) {
      widest = end - start;
      best = [start, end];
    }
  }
  return [(best[0] + best[1]) / 2, (high - low - 8) / CHARACTER];
}

const noteLeft = (xs: readonly number[], row: Row): number => {
  const lane = row.passes[0] ?? Math.min(row.from, row.to);
  return Math.min((xs[lane] as number) + 10, WIDTH - MARGIN - 46 * SMALL_CHARACTER);
};
const noteRoom = (xs: readonly number[], row: Row): number => Math.floor((WIDTH - MARGIN - noteLeft(xs, row)) / SMALL_CHARACTER);

function drawNotes(xs: readonly number[], row: Row, y: number, lines: readonly string[]): string[] {
  const x = round(noteLeft(xs, row));
  const kind = row.passes.length > 0 ? "note note-passing" : "note";
  return lines.map((text, index) => `<text class="${kind}" x="${x}" y="${round(y + 15 + index * NOTE)}">${escape(text)}</text>`);
}

function clip(text: string, room: number): string {
  const most = Math.floor(room);
  if (text.length <= most) return text;
  return most < 3 ? "" : `${text.slice(0, most - 1)}…`;
}
