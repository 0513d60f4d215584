/** The ways of packets: which places a request visits, what it looks like there, and which packets it may pass. */
import { holds } from "../platform/condition.js";
import type { Cell, PacketKind, Place, Platform, RouteKind } from "../platform/platform.js";
import type { Attributes, Location, Program, Thread } from "../program/program.js";
import { creditsOf } from "../program/settings.js";
import type { Act } from "./act.js";

/** One place on a packet's way. */
export interface Stop {
  /** The place and which instance of it. */
  readonly key: string;
  readonly place: Place;
  readonly kind: PacketKind;
}

export interface Packet {
  readonly stops: readonly Stop[];
  /** How many stops the request has; the reply's follow. It arrives as it leaves the last of them. */
  readonly home: number;
  /** The CPU that sends it; -1 where a device does. */
  readonly cpu: number;
  readonly requester: number;
  readonly device: number;
  readonly location: Location | undefined;
  readonly tc: number;
  readonly uio: boolean;
  readonly fields: ReadonlySet<string>;
  /** What is different in its reply, where the device's program answers. */
  readonly answered: { readonly requester: number; readonly fields: ReadonlySet<string> } | undefined;
  /** Packets of one transaction have the same name here. */
  readonly transaction: string;
  readonly kind: Act["kind"];
}

export type Lookup = (option: string) => string | undefined;

/** The packet of an act that goes to `location`; undefined where it sends none. */
export function packetOf(
  program: Program,
  platform: Platform,
  option: Lookup,
  thread: Thread,
  act: Act,
  location: number,
  transaction: string,
): Packet | undefined {
  if (act.swallowed) return undefined;
  const target = program.locations[location];
  const own = thread.device;
  const peer = own >= 0 && target !== undefined && target.space !== "memory" ? target.owner : undefined;
  const way = wayOf(program, platform, act, target, own, peer);
  if (way === undefined) return undefined;
  const { device, request, reply } = way;

  const fields = new Set<string>();
  if (peer !== undefined) fields.add("peer");
  if (act.kind === "dma-atomic") fields.add("atomic");
  if (act.kind === "msi") fields.add("msi");
  if (act.zeroLength) fields.add("zero-length");
  if (act.attributes.ro) fields.add("ro");
  if (act.attributes.ido) fields.add("ido");
  if (act.facts.has("ordered")) fields.add("ordered");
  if (own >= 0 && peer === undefined) applyMapping(platform, option, act, target, own, fields);
  // Withheld until the device's program answers: it waits at its register, behind those that came before.
  const completion = answersOf(program, act, location);
  const held: readonly Stop[] = completion === undefined ? [] : [{ key: `held/${location}`, place: WAITING, kind: "completion" }];
  const requester = own >= 0 ? own : -2 - act.cpu;
  return {
    stops: [...request, ...held, ...reply],
    home: request.length,
    cpu: act.cpu,
    requester,
    answered: completion && {
      requester: completion.ido ? (target?.owner ?? requester) : requester,
      fields: new Set([...fields, ...(completion.ro ? ["ro"] : []), ...(completion.ido ? ["ido"] : [])]),
    },
    device,
    location: target,
    tc: act.attributes.tc,
    uio: act.attributes.uio,
    fields,
    transaction,
    kind: act.kind,
  };
}

/** The stops of a request and of its reply, and the device that it is from, or goes to. */
interface Way {
  readonly device: number;
  readonly request: readonly Stop[];
  readonly reply: readonly Stop[];
}

/** The way of an act's packet, `own` being the device that sends it (-1: a CPU), `peer` the one that it goes to; undefined where it sends none. */
function wayOf(
  program: Program,
  platform: Platform,
  act: Act,
  target: Location | undefined,
  own: number,
  peer: number | undefined,
): Way | undefined {
  const { fabric } = platform;
  const stop = (id: string, kind: PacketKind, upstream: number, downstream: number): Stop => {
    const found = fabric.places.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error(`no place ${id}`);
    const place = { ...found, credits: found.credits ?? roomOf(program, id) };
    // Downstream places belong to the device that the packet goes to, upstream ones to the one that it comes from.
    const down = fabric.routes["pio-write"].includes(id) || fabric.routes["dma-reply"].includes(id);
    return { key: `${id}/${instance(program, place, down ? downstream : upstream, act.cpu)}`, place, kind };
  };
  const along = (route: RouteKind, kind: PacketKind, upstream: number, downstream = upstream): readonly Stop[] =>
    fabric.routes[route].map((id) => stop(id, kind, upstream, downstream));
  switch (act.kind) {
    case "pio-read":
    case "pio-write": {
      const device = target?.owner ?? -1;
      // The chipset's own registers lie behind nothing.
      if (device < 0) return { device, request: [], reply: [] };
      const space = target?.space === "port" ? "port" : target?.space === "config" ? "config" : "pio";
      if (act.kind === "pio-read")
        return { device, request: along(`${space}-read`, "read", device), reply: along("pio-reply", "completion", device) };
      const posted = space === "pio" && target?.memoryType !== "np";
      const request = along(`${space}-write`, posted ? "posted" : "npdata", device);
      return { device, request, reply: act.waits ? along("pio-reply", posted ? "completion" : "io-completion", device) : [] };
    }
    case "dma-write":
      return {
        device: own,
        request: peer === undefined ? along("dma-write", "posted", own) : along("peer-write", "posted", own, peer),
        reply: [],
      };
    case "dma-read":
    case "dma-atomic": {
      const kind = act.kind === "dma-read" ? "read" : "npdata";
      return peer === undefined
        ? { device: own, request: along("dma-read", kind, own), reply: along("dma-reply", "completion", own) }
        : { device: own, request: along("peer-read", kind, own, peer), reply: along("peer-reply", "completion", peer, own) };
    }
    case "msi":
      return { device: own, request: along("msi", "posted", own), reply: [] };
    case "intx":
      return { device: own, request: along("intx", "intx", own), reply: [] };
    case "invalidate-done":
      return { device: own, request: along("dma-write", "posted", own), reply: [] };
    case "token": {
      const token = fabric.tokens[act.token];
      const { device } = act;
      return token && { device, request: token.route.map((id) => stop(id, token.kind, device, device)), reply: [] };
    }
    default:
      return undefined;
  }
}

/** What the test's own line says of the room in a place; undefined: there is always room. */
function roomOf(program: Program, place: string): number | undefined {
  const room = creditsOf(settingOf(program, "credits"), place);
  return Number.isFinite(room) ? room : undefined;
}

const settingOf = (program: Program, name: string): string | undefined => program.settings.findLast(([each]) => each === name)?.[1];

const WAITING: Place = { id: "", title: "", per: "machine", table: "", credits: undefined, source: "" };

/** The attributes of the completion where a device's program answers this act; undefined where nobody does. */
export function answersOf(program: Program, act: Act, location: number): Attributes | undefined {
  if (act.kind !== "pio-read" && act.kind !== "dma-read" && act.kind !== "dma-atomic") return undefined;
  if ((program.locations[location]?.owner ?? -1) < 0) return undefined;
  for (const thread of program.threads)
    for (const operation of thread.code) if (operation.kind === "answer" && operation.location === location) return operation.attributes;
  return undefined;
}

function instance(program: Program, place: Place, device: number, cpu: number): string {
  const at = program.devices[device];
  switch (place.per) {
    case "machine":
      return "";
    case "cpu":
      return `${cpu}`;
    case "device":
      return `${device}`;
    case "node":
      return `${at?.node}`;
    case "bridge":
      return `${at?.node}.${at?.bridge}`;
    case "slot":
      return `${at?.node}.${at?.bridge}.${at?.slot}`;
    case "port":
      return `${at?.port}`;
    case "card":
      return `${at?.card}`;
  }
}

/** What the platform makes of what the driver asked of the DMA API. */
function applyMapping(
  platform: Platform,
  option: Lookup,
  act: Act,
  target: Location | undefined,
  device: number,
  fields: Set<string>,
): void {
  const asked = new Set<string>();
  if (act.kind === "msi" || act.kind === "intx") asked.add(act.kind);
  else if (target !== undefined) {
    const { mapping } = target;
    // Mapped for another device: this one reaches it as any coherent memory.
    if (mapping.device >= 0 && mapping.device !== device) for (const each of ["coherent", "mask64"]) asked.add(each);
    else {
      asked.add(mapping.mode);
      asked.add(mapping.mask > 32 ? "mask64" : "mask32");
      if (mapping.writeBarrier) asked.add("write-barrier");
      if (mapping.weakOrdering) asked.add("weak-ordering");
      if (mapping.relaxedOrdering) asked.add("relaxed-ordering");
      if (mapping.prefetch) asked.add("prefetch");
    }
    fields.add(asked.has("streaming") ? "streaming" : "coherent");
  }
  for (const rule of platform.fabric.mapping) {
    if (!holds(rule.when, (name) => asked.has(name), option)) continue;
    for (const [field, value] of Object.entries(rule.set)) {
      if (value) fields.add(field);
      else fields.delete(field);
    }
  }
}

/** The cell that answers whether `younger` at its stop may leave before `older` at its own, in the place that both are in. */
export function cellOf(
  program: Program,
  platform: Platform,
  option: Lookup,
  younger: Packet,
  at: Stop,
  older: Packet,
  olderAt: Stop,
): Cell | undefined {
  return platform.fabric.tables[at.place.table]?.find(
    (cell) =>
      cell.younger.includes(at.kind) &&
      cell.older.includes(olderAt.kind) &&
      holds(cell.when, (name) => fact(program, name, younger, older), option),
  );
}

export function mayPass(
  program: Program,
  platform: Platform,
  option: Lookup,
  younger: Packet,
  at: Stop,
  older: Packet,
  olderAt: Stop,
): boolean {
  // An ordered drain waits for nothing but accesses that promise order.
  if (younger.kind === "token" && younger.fields.has("ordered") && !older.fields.has("ordered")) return true;
  // The words of one write TLP land in increasing address order, unless it is relaxed.
  const oneWrite = younger.kind === "dma-write" && younger.transaction === older.transaction;
  if (oneWrite && !younger.fields.has("ro") && !younger.uio) return false;
  const cell = cellOf(program, platform, option, younger, at, older, olderAt);
  if (cell?.pass === "must") return settingOf(program, "must") !== "no";
  return cell?.pass === "may";
}

function fact(program: Program, name: string, younger: Packet, older: Packet): boolean {
  if (name.startsWith("younger.")) return younger.fields.has(name.slice("younger.".length));
  if (name.startsWith("older.")) return older.fields.has(name.slice("older.".length));
  const a = program.devices[younger.device];
  const b = program.devices[older.device];
  const agree = (...keys: readonly ("node" | "bridge" | "slot" | "port" | "card")[]): boolean =>
    younger.device === older.device || (a !== undefined && b !== undefined && keys.every((key) => a[key] === b[key]));
  const both = younger.location !== undefined && older.location !== undefined;
  switch (name) {
    case "different-class":
      return younger.tc !== older.tc;
    case "uio":
      return younger.uio || older.uio;
    case "same-requester":
      return younger.requester === older.requester;
    case "different-requester":
      return younger.requester !== older.requester;
    case "same-address":
      return both && younger.location === older.location;
    case "same-line":
      return both && younger.location?.line === older.location?.line;
    case "same-target":
      return both && younger.location?.owner === older.location?.owner;
    case "same-register-space":
      return both && younger.location?.space === older.location?.space;
    case "same-transaction":
      return younger.transaction === older.transaction;
    case "same-card":
      return agree("card");
    case "same-slot":
      return agree("node", "bridge", "slot");
    case "same-bridge":
      return agree("node", "bridge");
    case "same-node":
      return agree("node");
    case "same-port":
      return agree("port");
    case "same-cpu":
      return younger.cpu === older.cpu;
    default:
      throw new Error(`unknown condition ${name}`);
  }
}
