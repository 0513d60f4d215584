/**
 * Circles of waiting. When buffers are full, a packet waits for what its table does not let it pass, for room in its next place, and a request at the end of its route for
 * room for its reply. Where that goes round through more than one place, everything can stop: the reason why PCI's table says *must* for posted writes and completions
 * against requests (PCIe 2.4.1, A3, A4, D3, D4).
 */
import type { FabricData } from "./file.js";
import { packetKinds, routeOf } from "./load.js";
import type { PacketKind, RouteKind } from "./platform.js";

const key = (place: string, kind: PacketKind): string => `${kind} in ${place}`;

const REQUESTS: readonly {
  readonly request: RouteKind;
  readonly kind: PacketKind;
  readonly reply: RouteKind;
  readonly with: PacketKind;
}[] = [
  { request: "dma-read", kind: "read", reply: "dma-reply", with: "completion" },
  { request: "pio-read", kind: "read", reply: "pio-reply", with: "completion" },
  { request: "port-read", kind: "read", reply: "pio-reply", with: "completion" },
  { request: "port-write", kind: "npdata", reply: "pio-reply", with: "io-completion" },
  { request: "peer-read", kind: "read", reply: "peer-reply", with: "completion" },
];

const ONE_WAY: readonly { readonly route: RouteKind; readonly kind: PacketKind }[] = [
  { route: "dma-write", kind: "posted" },
  { route: "pio-write", kind: "posted" },
  { route: "peer-write", kind: "posted" },
  { route: "intx", kind: "intx" },
];

/** A circle of waiting through at least two places, or undefined. Only what a table forbids whatever the packets count: cells without conditions. */
export function findCycle(fabric: FabricData): readonly string[] | undefined {
  const waits = new Map<string, Set<string>>();
  const present = new Map<string, Set<PacketKind>>();
  const wait = (from: string, to: string): void => {
    waits.set(from, (waits.get(from) ?? new Set()).add(to));
  };
  const travel = (route: readonly string[], kind: PacketKind): void => {
    route.forEach((place, index) => {
      present.set(place, (present.get(place) ?? new Set()).add(kind));
      const next = route[index + 1];
      if (next !== undefined) wait(key(place, kind), key(next, kind));
    });
  };
  for (const { route, kind } of ONE_WAY) travel(routeOf(fabric.routes, route) ?? [], kind);
  for (const { request, kind, reply, with: answer } of REQUESTS) {
    const there = routeOf(fabric.routes, request) ?? [];
    const back = routeOf(fabric.routes, reply) ?? [];
    travel(there, kind);
    travel(back, answer);
    const last = there.at(-1);
    if (last !== undefined && back[0] !== undefined) wait(key(last, kind), key(back[0], answer));
  }
  for (const place of fabric.places) {
    const kinds = [...(present.get(place.id) ?? [])];
    for (const younger of kinds) {
      for (const older of kinds) {
        if (younger === older) continue;
        const cells = (fabric.tables[place.table] ?? []).filter(
          (cell) => packetKinds(cell.younger).includes(younger) && packetKinds(cell.older).includes(older),
        );
        if (cells.find((cell) => (cell.when ?? []).length === 0)?.pass === "no") wait(key(place.id, younger), key(place.id, older));
      }
    }
  }

  // The packets of one place wait for older ones only, so a circle inside it is none: look for one through an edge from place to place.
  const placeOf = (node: string): string => node.slice(node.indexOf(" in ") + 4);
  for (const [from, targets] of waits) {
    for (const to of targets) {
      if (placeOf(from) === placeOf(to)) continue;
      const back = path(waits, to, from);
      if (back !== undefined) return [from, ...back];
    }
  }
  return undefined;
}

/** A shortest path, both ends included. */
function path(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): readonly string[] | undefined {
  const before = new Map<string, string | undefined>([[from, undefined]]);
  const queue = [from];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    if (node === to) {
      const result: string[] = [];
      for (let at: string | undefined = to; at !== undefined; at = before.get(at)) result.unshift(at);
      return result;
    }
    for (const next of edges.get(node) ?? []) {
      if (before.has(next)) continue;
      before.set(next, node);
      queue.push(next);
    }
  }
  return undefined;
}
