/** The roads of a program's packets: which places each one visits, with which attributes, and which packets can do more than go on. */
import { applyMappingRules, requestedWords } from "../platform/mapping.js";
import type { PacketKind, PlaceDeed, Platform, RouteKind } from "../platform/platform.js";
import type { Attributes, Location, Program, Thread } from "../program/program.js";
import type { Draft } from "./instruction.js";
import type { Hop, Packet } from "./packet.js";

const NO_ATTRIBUTES: Attributes = { ro: false, ido: false, uio: false, translated: false, tc: 0 };

/** Which way a packet goes: request hops, reply hops, the device whose places these are, and the fields that come with its kind. */
interface Way {
  readonly request: readonly Hop[];
  readonly reply: readonly Hop[];
  readonly device: number;
  readonly fields: readonly string[];
}

/** The packets of a program and the places they visit. */
export class Roads {
  readonly packets: Packet[] = [];
  /** By place instance: the place, the key it is an instance for, and how many packets' hops are there. */
  readonly visits: { place: number; key: number; count: number }[] = [];
  private readonly instances = new Map<string, number>();
  /** Registers whose reads the device's program answers: the attributes of those completions. */
  private readonly answers = new Map<number, Attributes>();

  constructor(
    private readonly program: Program,
    private readonly platform: Platform,
    private readonly option: (id: string) => string | undefined,
  ) {
    for (const thread of program.threads)
      for (const operation of thread.code) if (operation.kind === "answer") this.answers.set(operation.location, operation.attributes);
  }

  /** The number of a place's instance. */
  private number(label: string, place: number, key: number): number {
    const known = this.instances.get(label);
    if (known !== undefined) return known;
    this.instances.set(label, this.visits.length);
    return this.visits.push({ place, key, count: 0 }) - 1;
  }

  private hop(place: number, kind: PacketKind): Hop {
    const visit = this.visits[place];
    if (visit !== undefined) visit.count++;
    return { place, kind };
  }

  /** Where a request has arrived and waits for its answer: one queue for each register. */
  private held(location: number): Hop {
    return this.hop(this.number(`held/${location}`, -1, location), "completion");
  }

  /** What the place of a hop does besides holding packets. */
  deeds(hop: Hop): readonly PlaceDeed[] {
    return this.platform.fabric.places[this.visits[hop.place]?.place ?? -1]?.does ?? [];
  }

  private instance(id: string, device: number, cpu: number): number {
    const place = this.platform.fabric.places.findIndex((candidate) => candidate.id === id);
    const found = this.platform.fabric.places[place];
    if (found === undefined) throw new Error(`fabric ${this.platform.fabric.name}: no place ${id}`);
    const at = this.program.devices[device];
    const key = ((): number => {
      switch (found.per) {
        case "machine":
          return 0;
        case "node":
          return at?.node ?? -1;
        case "bridge":
          return at === undefined ? -1 : at.node * 64 + at.bridge;
        case "port":
          return at?.port ?? -1;
        case "slot":
          return at === undefined ? -1 : (at.node * 64 + at.bridge) * 64 + at.slot;
        case "card":
          return at?.card ?? -1;
        case "device":
          return device;
        case "cpu":
          return cpu;
      }
    })();
    return this.number(`${place}/${key}`, place, key);
  }

  private hops(route: RouteKind | readonly string[], kind: PacketKind, upstream: number, downstream: number, cpu: number): readonly Hop[] {
    const ids = typeof route === "string" ? this.platform.fabric.routes[route] : route;
    return ids.map((id) => {
      // A peer's packet goes up from its requester and down to its target: a place is downstream where only PIO requests and DMA replies go.
      const down = this.platform.fabric.routes["pio-write"].includes(id) || this.platform.fabric.routes["dma-reply"].includes(id);
      return this.hop(this.instance(id, down ? downstream : upstream, cpu), kind);
    });
  }

  /** The way of a CPU's access to a device's register. */
  private pioWay(draft: Draft, target: Location | undefined): Way {
    const device = target?.owner ?? -1;
    if (device < 0) return { request: [], reply: [], device, fields: [] };
    const hops = (route: RouteKind, kind: PacketKind): readonly Hop[] => this.hops(route, kind, device, device, draft.cpu);
    const space = target?.space === "port" || target?.space === "config" ? target.space : "pio";
    if (draft.kind === "pio-read")
      return { request: hops(`${space}-read`, "read"), reply: hops("pio-reply", "completion"), device, fields: [] };
    const posted = target?.space === "mmio" && target.memoryType !== "np";
    const request = hops(`${space}-write`, posted ? "posted" : "npdata");
    return { request, reply: draft.waits ? hops("pio-reply", posted ? "completion" : "io-completion") : [], device, fields: [] };
  }

  /** The way of a device's access: to memory, or to `peer`, whose register it is. */
  private dmaWay(draft: Draft, own: number, peer: number | undefined): Way {
    const fields = [...(draft.kind === "dma-atomic" ? ["atomic"] : []), ...(peer === undefined ? [] : ["peer"])];
    const [write, read, reply] =
      peer === undefined ? (["dma-write", "dma-read", "dma-reply"] as const) : (["peer-write", "peer-read", "peer-reply"] as const);
    const there = peer ?? own;
    if (draft.kind === "dma-write") return { request: this.hops(write, "posted", own, there, -1), reply: [], device: own, fields };
    const request = this.hops(read, draft.kind === "dma-read" ? "read" : "npdata", own, there, -1);
    return { request, reply: this.hops(reply, "completion", there, own, -1), device: own, fields };
  }

  /** The way of what an instruction of device `own` or of a CPU sends; undefined where it sends nothing. */
  private way(draft: Draft, target: Location | undefined, own: number, peer: number | undefined): Way | undefined {
    const up = (route: RouteKind, kind: PacketKind, ...fields: readonly string[]): Way => ({
      request: this.hops(route, kind, own, own, -1),
      reply: [],
      device: own,
      fields,
    });
    switch (draft.kind) {
      case "pio-read":
      case "pio-write":
        return this.pioWay(draft, target);
      case "dma-write":
      case "dma-read":
      case "dma-atomic":
        return this.dmaWay(draft, own, peer);
      case "msi":
        return up("msi", "posted", "msi");
      case "intx":
        return up("intx", "intx");
      case "invalidate-done":
        return up("dma-write", "posted");
      case "token": {
        const token = this.platform.fabric.tokens[draft.waits ? "drain" : "flush"];
        const { cpu, device } = draft;
        if (token === undefined) return undefined;
        return { request: this.hops(token.route, token.kind, device, device, cpu), reply: [], device, fields: [] };
      }
      default:
        return undefined;
    }
  }

  /** Makes the packet of an instruction, or returns -1 where it sends none. */
  add(draft: Draft, thread: Thread): number {
    const { operation, cpu } = draft;
    const own = thread.device;
    const target = this.program.locations[draft.location];
    const peer = own >= 0 && target !== undefined && target.space !== "memory" ? target.owner : undefined;
    const way = this.way(draft, target, own, peer);
    if (way === undefined) return -1;
    const { request, reply, device } = way;
    const requester = own >= 0 ? own : -2 - cpu;
    const attributes = "attributes" in operation ? operation.attributes : NO_ATTRIBUTES;
    const fields = new Set(way.fields);
    if (operation.kind === "dma-read" && operation.zeroLength) fields.add("zero-length");
    if (attributes.ro) fields.add("ro");
    if (attributes.ido) fields.add("ido");
    if (draft.facts.ordered) fields.add("ordered");
    if (own >= 0 && peer === undefined) this.map(draft, target, own, fields);
    const reads = draft.kind === "pio-read" || draft.kind === "dma-read" || draft.kind === "dma-atomic";
    const given = reads && target !== undefined && target.owner >= 0 ? this.answers.get(draft.location) : undefined;
    const inMemory = own >= 0 && target !== undefined && target.space === "memory" && draft.kind.startsWith("dma-");
    const translates = (hop: Hop): boolean => this.deeds(hop).some((deed) => deed === "translate" || deed === "may-translate");
    const packet: Packet = {
      instruction: draft.id,
      lookup: inMemory && !attributes.translated ? request.findIndex(translates) + 1 : 0,
      hops: [...request, ...(given === undefined ? [] : [this.held(draft.location)]), ...reply],
      home: request.length,
      held: given === undefined ? 0 : request.length + 1,
      answered:
        given === undefined || target === undefined
          ? undefined
          : {
              requester: given.ido ? target.owner : requester,
              fields: new Set([...fields, ...(given.ro ? ["ro"] : []), ...(given.ido ? ["ido"] : [])]),
            },
      requester,
      device,
      cpu,
      location: draft.location,
      tc: attributes.tc,
      uio: attributes.uio,
      fields,
    };
    return this.packets.push(packet) - 1;
  }

  /** Requested against applied: what the platform makes of the mapping. */
  private map(draft: Draft, target: Location | undefined, device: number, fields: Set<string>): void {
    const message = draft.kind === "msi" || draft.kind === "intx";
    const mapping = target === undefined || (target.mapping.device >= 0 && target.mapping.device !== device) ? undefined : target.mapping;
    if (!message && target !== undefined) fields.add(mapping?.mode ?? "coherent");
    const words = message ? [draft.kind] : target === undefined ? [] : requestedWords(mapping);
    applyMappingRules(this.platform, words, this.option, fields);
  }
}
/** Whose completions can be taken by whom: reads of one location by different requesters, where the way back leads through a place that shares completions. */
export function thievesOf(roads: Roads): readonly (readonly number[])[] {
  const { packets } = roads;
  return packets.map((packet) => {
    const hop = packet.hops.findIndex((each, at) => at >= packet.home && roads.deeds(each).includes("share-completions"));
    const at = packet.hops[hop];
    if (at === undefined || at.kind !== "completion" || packet.location < 0 || packet.fields.has("atomic")) return [];
    return packets.flatMap((other, number) =>
      other.requester !== packet.requester &&
      other.location === packet.location &&
      other.home > 0 &&
      !other.fields.has("atomic") &&
      other.hops[hop]?.place === at.place &&
      other.hops[hop]?.kind === at.kind &&
      other.fields.has("zero-length") === packet.fields.has("zero-length")
        ? [number]
        : [],
    );
  });
}

/** Which writes can leave with a write as the next word of its burst: to the register four bytes on, of the same device, both mapped `combining`, by the same CPU. */
export function followersOf(roads: Roads, program: Program): readonly (readonly number[])[] {
  const { packets } = roads;
  return packets.map((packet) => {
    const register = program.locations[packet.location];
    const last = packet.hops[packet.home - 1];
    if (packet.cpu < 0 || register?.combining !== true || last?.kind !== "posted" || !roads.deeds(last).includes("combine")) return [];
    return packets.flatMap((other, number) => {
      const next = program.locations[other.location];
      const end = other.hops[other.home - 1];
      const neighbours = register.offset >= 0 && next?.offset === register.offset + 4 && next.combining && next.owner === register.owner;
      return neighbours &&
        other.cpu === packet.cpu &&
        other.requester === packet.requester &&
        end?.kind === last.kind &&
        end.place === last.place
        ? [number]
        : [];
    });
  });
}
