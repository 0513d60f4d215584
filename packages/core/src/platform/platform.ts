/**
 * A platform: places where packets wait, each with one table of who may pass whom, and two translations: what each accessor turns into, and what becomes
 * of each mapping request. A platform is data; everything here is what a platform file can say.
 *
 * A platform is composed of three parts: a CPU (window rules, storage, accessors), a fabric (places, routes, tables, mapping) and a kernel era (which
 * version of each accessor holds).
 */
import type { CpuTiming, FabricTiming } from "./timing.js";

/** What a CPU window holds. `in`/`out`: PIO to uncached or device memory; `wcin`/`wcout`: to write-combining memory. */
export type AccessKind = "read" | "write" | "in" | "out" | "wcin" | "wcout";

export const ACCESS_KINDS: readonly AccessKind[] = ["read", "write", "in", "out", "wcin", "wcout"];

/** A cell's answer. `must` ("has to be able to pass") is `may` for safety and matters for deadlock. */
export type Pass = "no" | "may" | "must";

/** One rule of a CPU's window: may the younger access be performed before the older one? The first rule that matches decides; no match: may. */
export interface WindowRule {
  readonly id: string;
  readonly older: readonly AccessKind[];
  readonly younger: readonly AccessKind[];
  readonly when: readonly string[];
  readonly pass: Pass;
  readonly source: string;
}

/**
 * One step of what an accessor turns into.
 * `access`: the access itself. `fence`: accesses of the kinds `before` that are older are performed before those of `after` that are younger.
 * `token`: a packet sent to a place that this thread waits for: `flush` (into the fabric, at the device last read), `drain` (into this CPU's path of PIO writes).
 */
export type Lowered =
  | {
      readonly kind: "access";
      readonly acquire: boolean;
      readonly release: boolean;
      /** The store becomes visible to all observers at once, together with everything before it. */
      readonly global: boolean;
      /** The CPU waits until the packet was answered (non-posted writes). */
      readonly waits: boolean;
      /** The accessor promises order at the device (not `_relaxed`): what `drain ordered` waits for. */
      readonly ordered: boolean;
      /** A lock's read makes what it saw precede this thread's later stores for everybody. */
      readonly inherits: boolean;
      /** The two halves of an atomic may be apart (load-linked, store-conditional). */
      readonly split: boolean;
      /** A raw access: rules may exempt it (`older.unordered`, `younger.unordered`). */
      readonly unordered: boolean;
      /** An atomic whose old value nobody gets: its read half is no read to fences (LKMM's Noreturn). */
      readonly noreturn: boolean;
      /** A register write that the next spin unlock answers for: see `beside` of fences. */
      readonly pending: boolean;
    }
  | {
      readonly kind: "fence";
      readonly before: readonly AccessKind[];
      readonly after: readonly AccessKind[];
      /**
       * What it means where stores reach other CPUs one by one. `none`: nothing. `stores`: this CPU's earlier stores precede its later ones everywhere. `cumulative`: so do
       * the stores it has read. `strong`: all those have reached everybody before the fence ends. `devices`: have reached every device.
       */
      readonly propagates: "none" | "stores" | "cumulative" | "strong" | "devices";
      /**
       * A fence that counts only together with an access of its thread (LKMM): it orders what stands up to the last atomic before it (`after-atomic`), or lock
       * (`after-spinlock`), or the unlock before that lock (`after-unlock-lock`); or what stands from the next atomic on (`before-atomic`). Without that access: nothing.
       * `pending-write`: it is there only where a `pending` register write was made under a spin lock, and no spin lock was given back since (include/asm-generic/mmiowb.h).
       */
      readonly beside: "none" | "before-atomic" | "after-atomic" | "after-spinlock" | "after-unlock-lock" | "pending-write";
    }
  | {
      readonly kind: "token";
      readonly token: string;
      readonly ordered: boolean;
      /** Only the access of this accessor waits for it, and not what follows. */
      readonly own: boolean;
    };

export interface Accessor {
  readonly steps: readonly Lowered[];
  readonly text: readonly string[];
  readonly source: string;
}

/** The option that says whether DMA that lands is seen by all CPUs at once, or `one-by-one` as CPU stores are; only where these are. */
export const LANDING_OPTION = "dma-landing";

export interface Cpu {
  readonly name: string;
  readonly title: string;
  readonly window: readonly WindowRule[];
  /** False where a store reaches other CPUs one by one. */
  readonly multiCopyAtomic: boolean;
  /** False where a read of a new value may be followed by a dependent read of an old one (alpha). */
  readonly readsJoin: boolean;
  /**
   * Power: a barrier that reached this CPU, with a store that it read, goes ahead of the stores it performs from then on (B-cumulativity), and coherence agrees with
   * the order that barriers give to stores.
   */
  readonly barriersTravel: boolean;
  /** Power: a store waits for the older loads of each location that its address, its value or a branch before it was loaded from (ppc.cat: po-loc in cc0). */
  readonly sameAddressCommits: boolean;
  /** Power: the store-conditionals of one CPU are in coherence order (ppc.cat: scXX). */
  readonly conditionalsInOrder: boolean;
  /** False where two plain loads of one address may be reordered (ia64). */
  readonly coherentReads: boolean;
  /** Two loads of one address may be performed in either order where both read the same store (the test RSW). */
  readonly sameStoreSwaps: boolean;
  /** What is promised where plain accesses race: `model`, what the CPU does with them; `nothing`: the report of a forbidden outcome says so. */
  readonly plainRaces: "model" | "nothing";
  /** When devices see a store: with the CPUs, or later, on a route of its own that no barrier waits for. */
  readonly devicesSee: "at-once" | "later";
  /** How far a control dependency reaches: to all later stores, or to those in the branch's arms. */
  readonly control: "all" | "arms";
  /** May a store leave before an older access has its address? */
  readonly addressPending: "no" | "may";
  /** What things take; undefined where nobody says. */
  readonly timing: CpuTiming | undefined;
  readonly source: string;
}

/** Packet kinds in a place. */
export type PacketKind = "posted" | "read" | "npdata" | "completion" | "io-completion" | "flush" | "drain" | "intx";

export const PACKET_KINDS: readonly PacketKind[] = ["posted", "read", "npdata", "completion", "io-completion", "flush", "drain", "intx"];

/** One cell of a place's table. The first cell that matches decides. */
export interface Cell {
  readonly id: string;
  readonly younger: readonly PacketKind[];
  readonly older: readonly PacketKind[];
  readonly when: readonly string[];
  readonly pass: Pass;
  readonly source: string;
}

/** There is one instance of a place per value of `per` (of the packet's device: requester upstream, target downstream). */
export type PlaceKey = "machine" | "node" | "bridge" | "port" | "slot" | "card" | "device" | "cpu";

export interface Place {
  readonly id: string;
  readonly title: string;
  readonly per: PlaceKey;
  readonly table: string;
  /** Most packets it holds; unlimited when undefined. Per kind class: posted, non-posted, completion. */
  readonly credits: number | undefined;
  readonly does?: readonly PlaceDeed[];
  readonly source: string;
}

/**
 * What a place does besides holding packets. `translate`: a device's request is looked up in the table of mappings as it leaves (docs/language.md, section 4).
 * `share-completions`: a completion is for whoever asks for its address and command, not for its requester (PCI 2.1). `combine`: writes to neighbouring registers that are
 * mapped `combining` may leave as one burst. `may-translate`: as `translate`, but nobody promises that it is done, or when an unmap takes effect.
 */
export type PlaceDeed = "translate" | "may-translate" | "share-completions" | "combine";

export const PLACE_DEEDS: readonly PlaceDeed[] = ["translate", "may-translate", "share-completions", "combine"];

/** What travels: the key of a route. */
export type RouteKind =
  | "dma-write"
  | "dma-read"
  | "dma-reply"
  | "msi"
  | "intx"
  | "pio-write"
  | "pio-read"
  | "pio-reply"
  | "port-write"
  | "port-read"
  | "config-write"
  | "config-read"
  | "peer-write"
  | "peer-read"
  | "peer-reply";

export const ROUTE_KINDS: readonly RouteKind[] = [
  "dma-write",
  "dma-read",
  "dma-reply",
  "msi",
  "intx",
  "pio-write",
  "pio-read",
  "pio-reply",
  "port-write",
  "port-read",
  "config-write",
  "config-read",
  "peer-write",
  "peer-read",
  "peer-reply",
];

/** What a mapping request turns into on the bus. Every rule that matches applies, later ones win. The default is nothing. */
export interface MappingRule {
  readonly id: string;
  readonly when: readonly string[];
  readonly set: { readonly [attribute: string]: boolean };
  readonly source: string;
}

export interface Fabric {
  readonly name: string;
  readonly title: string;
  readonly places: readonly Place[];
  readonly tables: { readonly [name: string]: readonly Cell[] };
  readonly routes: { readonly [kind in RouteKind]: readonly string[] };
  /** Where a token waits: place ids it passes through, first to last. */
  readonly tokens: { readonly [token: string]: { readonly route: readonly string[]; readonly kind: PacketKind; readonly source: string } };
  readonly mapping: readonly MappingRule[];
  /** Do CPU caches see DMA to streaming memory? False: `dma_sync_*` does the work. */
  readonly coherent: boolean;
  /** What the bridge refuses: a verdict about a test that uses it is unknown. */
  readonly refuses: readonly "msi"[];
  /** What things take; undefined where nobody says. */
  readonly timing: FabricTiming | undefined;
  readonly source: string;
}

/** What no source settles. `question` names the open question. */
export interface Option {
  readonly id: string;
  readonly values: readonly string[];
  readonly default: string;
  readonly question: string;
  readonly source: string;
}

export interface Platform {
  readonly name: string;
  readonly title: string;
  readonly conforming: boolean;
  /** Kernel version, as `6.19`. */
  readonly era: string;
  readonly cpu: Cpu;
  readonly fabric: Fabric;
  /** By canonical accessor name (see program/program.ts). */
  readonly accessors: ReadonlyMap<string, Accessor>;
  readonly options: readonly Option[];
}
