/**
 * An event graph as one SVG file: nothing outside it is needed, and it follows the reader's light or dark colour scheme. Threads are columns, events rows; arrows within a thread bulge to a side,
 * arrows between threads go from box to box; labels move along their arrow until they cover nothing.
 */
import type { EventGraph, GraphEdge, GraphNode } from "./graph.js";

const SIZE = 12;
const CHARACTER = SIZE * 0.602;
const SMALL = 11;
const SMALL_CHARACTER = SMALL * 0.602;
const MARGIN = 24;
const BOX = 26;
const ROW = 66;
const GAP = 112;
const HEAD = 64;

const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  po: ["#8c959f", "#6e7681"],
  rf: ["#1a7f37", "#3fb950"],
  co: ["#0969da", "#58a6ff"],
  fr: ["#9a6700", "#d29922"],
  addr: ["#8250df", "#bc8cff"],
  data: ["#8250df", "#bc8cff"],
  ctrl: ["#8250df", "#bc8cff"],
  rmw: ["#57606a", "#9198a1"],
  other: ["#3e1f79", "#d2a8ff"],
  cycle: ["#cf222e", "#ff7b72"],
};

function style(): string {
  const rules = (at: 0 | 1): string =>
    Object.entries(COLOURS)
      .map(([kind, colours]) => `.${kind} { stroke: ${colours[at]}; } .${kind}-fill { fill: ${colours[at]}; }`)
      .join("\n");
  return `
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: ${SIZE}px; fill: #1f2328; }
.ground { fill: #ffffff; }
.name { font-size: 15px; font-weight: 600; }
.faint { fill: #59636e; font-size: ${SMALL}px; }
.box { fill: #f6f8fa; stroke: #8c959f; stroke-width: 1; }
.box.initial { stroke: none; fill: none; }
.arrow { fill: none; stroke-width: 1.5; }
.arrow.cycle { stroke-width: 2.6; }
.arrow.ctrl, .arrow.addr, .arrow.data { stroke-dasharray: 5 3; }
.box.cycle { stroke-width: 2.2; }
.label { font-size: ${SMALL}px; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; }
${rules(0)}
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.ground { fill: #0d1117; }
.faint { fill: #9198a1; }
.box { fill: #161b22; stroke: #6e7681; }
.label { stroke: #0d1117; }
${rules(1)}
}`;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const round = (value: number): string => String(Math.round(value * 10) / 10);

/** The picture. */
export function graphSvg(graph: EventGraph): string {
  const columns = columnsOf(graph);
  const bottom = HEAD + graph.rows * ROW;
  const textWidth = Math.max(graph.title.length * 15 * 0.602, ...graph.notes.map((note) => note.length * SMALL_CHARACTER));
  const width = Math.max(columns.width, textWidth + 2 * MARGIN, 320);
  const height = bottom + 14 + graph.notes.length * 18;
  const shift = (width - columns.width) / 2;
  const boxes = graph.nodes.map((node, index) => boxOf(graph, node, index, columns, shift));
  const out: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-label="${escape(graph.title)}">`,
    `<style>${style()}</style>`,
    `<rect class="ground" width="100%" height="100%"/>`,
    `<text class="name" x="${MARGIN}" y="28">${escape(graph.title)}</text>`,
  ];
  for (let thread = 0; thread < graph.threads; thread++) {
    out.push(
      `<text class="faint" x="${round((columns.centres[thread] ?? 0) + shift)}" y="${HEAD - 12}" text-anchor="middle">P${thread}</text>`,
    );
  }
  const taken: Box[] = [...boxes];
  const labels: string[] = [];
  const ports = new Map<string, number>();
  // What matters is drawn last, over the rest.
  const order = [...graph.edges].sort((a, b) => Number(a.onCycle) - Number(b.onCycle) || Number(b.kind === "po") - Number(a.kind === "po"));
  for (const edge of order) {
    const curve = route(graph, edge, boxes, ports);
    const kind = edge.onCycle ? "cycle" : edge.kind in COLOURS ? edge.kind : "other";
    out.push(
      `<path class="arrow ${kind}${edge.onCycle ? "" : ` ${edge.kind in COLOURS ? "" : "other"}`}" d="${pathOf(curve)}"/>`,
      tip(curve, kind),
    );
    if (edge.name === "" || edge.kind === "po") continue;
    const place = labelPlace(curve, edge.name, taken);
    taken.push(place);
    labels.push(
      `<text class="label ${kind}-fill" x="${round(place.x + place.width / 2)}" y="${round(place.y + SMALL - 1)}" text-anchor="middle">${escape(edge.name)}</text>`,
    );
  }
  graph.nodes.forEach((node, index) => {
    const box = boxes[index] as Box;
    const classes = `box${node.thread < 0 ? " initial" : ""}${node.onCycle ? " cycle" : ""}`;
    out.push(
      `<rect class="${classes}" x="${round(box.x)}" y="${round(box.y)}" width="${round(box.width)}" height="${BOX}" rx="4"/>`,
      `<text x="${round(box.x + box.width / 2)}" y="${round(box.y + 17)}" text-anchor="middle">${escape(nodeText(node))}</text>`,
    );
  });
  out.push(...labels);
  graph.notes.forEach((note, at) => {
    out.push(`<text class="faint" x="${MARGIN}" y="${round(bottom + 8 + at * 18)}">${escape(note)}</text>`);
  });
  out.push("</svg>\n");
  return out.join("\n");
}

function nodeText(node: GraphNode): string {
  return node.thread < 0 ? node.text : `${node.label}: ${node.text}`;
}

interface Columns {
  readonly centres: readonly number[];
  readonly width: number;
}

function columnsOf(graph: EventGraph): Columns {
  const widths = Array.from({ length: graph.threads }, (_, thread) =>
    Math.max(60, ...graph.nodes.filter((node) => node.thread === thread).map((node) => nodeText(node).length * CHARACTER + 20)),
  );
  const centres: number[] = [];
  let x = MARGIN + 44;
  for (const width of widths) {
    centres.push(x + width / 2);
    x += width + GAP;
  }
  return { centres, width: x - GAP + MARGIN + 44 };
}

function boxOf(graph: EventGraph, node: GraphNode, index: number, columns: Columns, shift: number): Box {
  const width = nodeText(node).length * CHARACTER + 20;
  let centre = columns.centres[node.thread] ?? 0;
  if (node.thread < 0) {
    const initials = graph.nodes.flatMap((each, at) => (each.thread < 0 ? [at] : []));
    centre = (columns.width * (initials.indexOf(index) + 1)) / (initials.length + 1);
  }
  return { x: centre + shift - width / 2, y: HEAD + node.row * ROW, width, height: BOX };
}

/** Four points of a cubic curve. */
type Curve = readonly [Point, Point, Point, Point];

function route(graph: EventGraph, edge: GraphEdge, boxes: readonly Box[], ports: Map<string, number>): Curve {
  const to = boxes[edge.to] as Box;
  const b = graph.nodes[edge.to] as GraphNode;
  if (edge.from === undefined) {
    // From the initial state: a short arrow out of nowhere, at the side where nothing comes from.
    const right = b.thread > 0 && b.thread === graph.threads - 1;
    const end = { x: right ? to.x + to.width : to.x, y: to.y + BOX / 2 + port(ports, edge.to, right) };
    return line({ x: end.x + (right ? 40 : -40), y: end.y + 14 }, end);
  }
  const from = boxes[edge.from] as Box;
  const a = graph.nodes[edge.from] as GraphNode;
  const middle = (box: Box): number => box.x + box.width / 2;
  if (a.thread === b.thread && a.thread >= 0) {
    if (b.row - a.row === 1 && edge.kind === "po") {
      return line({ x: middle(from), y: from.y + BOX }, { x: middle(to), y: to.y });
    }
    // Round the side, further out for each one more.
    const key = `side ${a.thread}`;
    const nth = ports.get(key) ?? 0;
    ports.set(key, nth + 1);
    const right = nth % 2 === 0;
    const out = 26 + 16 * Math.floor(nth / 2) + 6 * Math.abs(b.row - a.row);
    const side = (box: Box): number => (right ? box.x + box.width : box.x);
    const far = right ? Math.max(side(from), side(to)) + out : Math.min(side(from), side(to)) - out;
    const down = b.row > a.row ? 1 : -1;
    const start = { x: side(from), y: from.y + BOX / 2 + 5 * down };
    const end = { x: side(to), y: to.y + BOX / 2 - 5 * down };
    return [start, { x: far, y: start.y }, { x: far, y: end.y }, end];
  }
  if (a.thread < 0 || b.thread < 0) {
    const start = a.thread < 0 ? { x: middle(from), y: from.y + BOX } : { x: middle(from), y: from.y };
    const end = b.thread < 0 ? { x: middle(to), y: to.y + BOX } : { x: middle(to), y: to.y };
    const bend = (end.y - start.y) / 2;
    return [start, { x: start.x, y: start.y + bend }, { x: end.x, y: end.y - bend }, end];
  }
  const right = middle(to) > middle(from);
  const start = { x: right ? from.x + from.width : from.x, y: from.y + BOX / 2 + port(ports, edge.from, right) };
  const end = { x: right ? to.x : to.x + to.width, y: to.y + BOX / 2 + port(ports, edge.to, !right) };
  const reach = Math.max(30, Math.abs(end.x - start.x) * 0.35) * (right ? 1 : -1);
  const lifted = (lift: number): Curve => [start, { x: start.x + reach, y: start.y + lift }, { x: end.x - reach, y: end.y + lift }, end];
  if (Math.abs(a.thread - b.thread) === 1) return lifted(0);
  // Past the columns in between: above or below their boxes.
  const others = boxes.filter((_, index) => index !== edge.from && index !== edge.to);
  let best = lifted(0);
  let least = Number.POSITIVE_INFINITY;
  for (const lift of [0, 0.5, -0.5, 0.9, -0.9, 1.3, -1.3]) {
    const curve = lifted(lift * ROW);
    const hit = crossings(curve, others);
    if (hit >= least) continue;
    least = hit;
    best = curve;
  }
  return best;
}

/** How much of a curve lies in boxes. */
function crossings(curve: Curve, boxes: readonly Box[]): number {
  let hits = 0;
  for (let step = 1; step < 40; step++) {
    const { x, y } = pointAt(curve, step / 40);
    if (boxes.some((box) => x > box.x - 3 && x < box.x + box.width + 3 && y > box.y - 3 && y < box.y + box.height + 3)) hits++;
  }
  return hits;
}

/** Arrows at one side of a box keep a little apart. */
function port(ports: Map<string, number>, node: number, right: boolean): number {
  const key = `${node} ${right}`;
  const nth = ports.get(key) ?? 0;
  ports.set(key, nth + 1);
  return [0, 7, -7, 10, -10][nth % 5] as number;
}

function line(from: Point, to: Point): Curve {
  const at = (t: number): Point => ({ x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t });
  return [from, at(1 / 3), at(2 / 3), to];
}

function pathOf([a, b, c, d]: Curve): string {
  return `M${round(a.x)} ${round(a.y)}C${round(b.x)} ${round(b.y)} ${round(c.x)} ${round(c.y)} ${round(d.x)} ${round(d.y)}`;
}

function pointAt([a, b, c, d]: Curve, t: number): Point {
  const u = 1 - t;
  const mix = (p: number, q: number, r: number, s: number): number => u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s;
  return { x: mix(a.x, b.x, c.x, d.x), y: mix(a.y, b.y, c.y, d.y) };
}

function tip(curve: Curve, kind: string): string {
  const end = curve[3];
  const before = pointAt(curve, 0.96);
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const [dx, dy] = [(end.x - before.x) / length, (end.y - before.y) / length];
  const size = kind === "cycle" ? 10 : 8;
  const corner = (side: number): string => `${round(end.x - dx * size - dy * side)},${round(end.y - dy * size + dx * side)}`;
  return `<polygon class="${kind}-fill" points="${round(end.x)},${round(end.y)} ${corner(3.6)} ${corner(-3.6)}"/>`;
}

/** Where along the arrow its label covers least. */
function labelPlace(curve: Curve, text: string, taken: readonly Box[]): Box {
  const width = text.length * SMALL_CHARACTER + 4;
  const height = SMALL + 3;
  let best: Box | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const t of [0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.2, 0.8]) {
    const at = pointAt(curve, t);
    const box = { x: at.x - width / 2, y: at.y - height / 2, width, height };
    const covered = taken.reduce((sum, other) => sum + overlap(box, other), 0);
    if (covered < least) {
      least = covered;
      best = box;
    }
    if (covered === 0) break;
  }
  return best as Box;
}

function overlap(a: Box, b: Box): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return across > 0 && down > 0 ? across * down : 0;
}
