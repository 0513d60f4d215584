/** The places of a platform as a graph: devices to the left, CPU and memory to the right, and between them the ways that packets go. */
import { useMemo } from "preact/hooks";
import type { PlatformView } from "../engine/protocol.js";

const WIDTH = 860;
const BOX = { width: 108, height: 34 };
const ROW = 62;

interface Node {
  readonly id: string;
  readonly title: string;
  readonly end: boolean;
  readonly x: number;
  readonly y: number;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kinds: readonly string[];
  readonly flow: Flow;
}

type Flow = "up" | "down" | "peer";

/** Where each kind of packet starts and ends. */
const ENDS: { readonly [kind: string]: readonly [from: string, to: string, flow: Flow] } = {
  "dma-write": ["device", "memory", "up"],
  "dma-read": ["device", "memory", "up"],
  "dma-reply": ["memory", "device", "down"],
  msi: ["device", "CPU", "up"],
  intx: ["device", "CPU", "up"],
  "pio-write": ["CPU", "device", "down"],
  "pio-read": ["CPU", "device", "down"],
  "pio-reply": ["device", "CPU", "up"],
  "port-write": ["CPU", "device", "down"],
  "port-read": ["CPU", "device", "down"],
  "config-write": ["CPU", "device", "down"],
  "config-read": ["CPU", "device", "down"],
  "peer-write": ["device", "other device", "peer"],
  "peer-read": ["device", "other device", "peer"],
  "peer-reply": ["other device", "device", "peer"],
};

function graphOf(view: PlatformView): { readonly nodes: readonly Node[]; readonly edges: readonly Edge[]; readonly height: number } {
  const edges = new Map<string, { from: string; to: string; kinds: string[]; flow: Flow }>();
  const shares = new Map<string, number[]>();
  const flows = new Map<string, Set<Flow>>();
  for (const { kinds, places } of view.routes) {
    for (const kind of kinds) {
      const [from, to, flow] = ENDS[kind] ?? ["device", "memory", "up"];
      const way = [from, ...places, to];
      way.slice(1).forEach((next, index) => {
        const before = way[index] as string;
        const key = `${before}>${next}`;
        const edge = edges.get(key) ?? { from: before, to: next, kinds: [], flow };
        edge.kinds.push(kind);
        edges.set(key, edge);
      });
      places.forEach((place, index) => {
        const share = (index + 1) / (places.length + 1);
        flows.set(place, (flows.get(place) ?? new Set<Flow>()).add(flow));
        if (flow !== "peer") shares.set(place, [...(shares.get(place) ?? []), flow === "up" ? share : 1 - share]);
      });
    }
  }
  const used = view.places.filter((place) => flows.has(place.id));
  const average = (id: string): number => {
    const list = shares.get(id) ?? [0.35];
    return list.reduce((sum, each) => sum + each, 0) / list.length;
  };
  // Up on top, down below, what lies on both ways between them.
  const rank = (id: string): number => {
    const on = flows.get(id);
    if (on?.has("up") === true) return on.has("down") ? 1 : 0;
    return on?.has("down") === true ? 2 : 3;
  };
  const taken: { x: number; y: number }[] = [];
  const nodes: Node[] = [];
  for (const place of [...used].sort((a, b) => rank(a.id) - rank(b.id) || average(a.id) - average(b.id))) {
    const x = 150 + average(place.id) * (WIDTH - 300);
    let y = 36 + rank(place.id) * ROW;
    while (taken.some((other) => Math.abs(other.x - x) < BOX.width + 14 && Math.abs(other.y - y) < BOX.height + 10)) y += ROW / 2;
    taken.push({ x, y });
    nodes.push({ id: place.id, title: place.title, end: false, x, y });
  }
  const low = Math.max(36 + 2 * ROW, ...taken.map((each) => each.y));
  const ends = new Set([...edges.values()].flatMap((edge) => [edge.from, edge.to]).filter((id) => !flows.has(id)));
  const places: { readonly [id: string]: readonly [number, number] } = {
    device: [58, (36 + low) / 2 - (ends.has("other device") ? 20 : 0)],
    "other device": [58, low + 20],
    memory: [WIDTH - 58, 36 + ROW / 2],
    CPU: [WIDTH - 58, low - ROW / 4],
  };
  for (const id of ends) nodes.push({ id, title: id, end: true, x: places[id]?.[0] ?? 0, y: places[id]?.[1] ?? 0 });
  return { nodes, edges: [...edges.values()], height: low + 56 };
}

export function PlaceGraph({ view }: { readonly view: PlatformView }) {
  const { nodes, edges, height } = useMemo(() => graphOf(view), [view]);
  const at = (id: string): Node | undefined => nodes.find((node) => node.id === id);
  const describe = view.routes
    .map(({ kinds, places }) => `${kinds.join(", ")}: ${places.length === 0 ? "straight there" : places.join(", then ")}`)
    .join("; ");
  return (
    // biome-ignore lint: what scrolls has to be reached by keys
    <div class="graph" tabIndex={0} role="region" aria-label="Places and the ways between them">
      <svg width={WIDTH} height={height} viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={describe}>
        {edges.map((edge) => {
          const [from, to] = [at(edge.from), at(edge.to)];
          return from === undefined || to === undefined ? null : (
            <EdgeLine
              key={`${edge.from}>${edge.to}`}
              edge={edge}
              from={from}
              to={to}
              others={nodes.filter((node) => node !== from && node !== to)}
            />
          );
        })}
        {nodes.map((node) => (
          <g
            key={node.id}
            class={node.end ? "node end" : "node"}
            transform={`translate(${node.x - BOX.width / 2} ${node.y - BOX.height / 2})`}
          >
            <title>{node.title}</title>
            <rect width={BOX.width} height={BOX.height} rx={node.end ? 4 : 9} />
            <text x={BOX.width / 2} y={BOX.height / 2 + 4.5} text-anchor="middle">
              {node.id}
            </text>
          </g>
        ))}
      </svg>
      <p class="legend">
        <span class="flow up">towards memory and CPU</span> <span class="flow down">towards devices</span>{" "}
        <span class="flow peer">between devices</span>
      </p>
    </div>
  );
}

type Point = readonly [x: number, y: number];

/** A line through points from side to side, level at each of them. */
const curve = (points: readonly Point[]): string =>
  points
    .map(([x, y], index) => {
      const [beforeX, beforeY] = points[index - 1] ?? [x, y];
      const bend = ((x - beforeX) * 2) / 5;
      return index === 0 ? `M${x} ${y}` : ` C${beforeX + bend} ${beforeY} ${x - bend} ${y} ${x} ${y}`;
    })
    .join("");

/** Where a line would go through a box that is none of its ends: along its upper or lower side, whichever is nearer. */
function detour(x1: number, y1: number, x2: number, y2: number, others: readonly Node[]): readonly Point[] {
  const room = BOX.height / 2 + 9;
  const between = others.filter(({ x }) => (x - x1) * (x - x2) < 0 && Math.abs(x - x1) > BOX.width / 2 && Math.abs(x - x2) > BOX.width / 2);
  for (const { x, y } of between) {
    // As a curve that is level at both ends goes, not as a straight line.
    const share = (x - x1) / (x2 - x1);
    const there = y1 + (y2 - y1) * share * share * (3 - 2 * share);
    if (Math.abs(there - y) >= room) continue;
    const beside = there < y ? y - room : y + room;
    const half = Math.sign(x2 - x1) * (BOX.width / 2);
    return [
      [x - half, beside],
      [x + half, beside],
    ];
  }
  return [];
}

function EdgeLine({
  edge,
  from,
  to,
  others,
}: {
  readonly edge: Edge;
  readonly from: Node;
  readonly to: Node;
  readonly others: readonly Node[];
}) {
  const right = to.x >= from.x;
  const same = Math.abs(to.x - from.x) < BOX.width;
  const [x1, x2] = same
    ? [from.x - BOX.width / 2, to.x - BOX.width / 2]
    : right
      ? [from.x + BOX.width / 2, to.x - BOX.width / 2]
      : [from.x - BOX.width / 2, to.x + BOX.width / 2];
  // The two directions between the same two places stand apart.
  const shift = edge.flow === "up" ? -5 : edge.flow === "down" ? 5 : 0;
  const [y1, y2] = [from.y + shift, to.y + shift];
  const last = x2 + (same || right ? -7 : 7);
  const path = same
    ? `M${x1} ${y1} C${x1 - 46} ${y1} ${x2 - 46} ${y2} ${last} ${y2}`
    : curve([[x1, y1], ...detour(x1, y1, x2, y2, others), [last, y2]]);
  const tip = same || right ? "-9 -4.5 v9 z" : "9 -4.5 v9 z";
  return (
    <g class={`edge ${edge.flow}`}>
      <title>{edge.kinds.join(", ")}</title>
      <path class="way" d={path} />
      <path class="tip" d={`M${x2} ${y2} l${tip}`} />
    </g>
  );
}
