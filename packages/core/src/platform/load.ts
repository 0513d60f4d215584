/** From the JSON of platform files to a composed Platform. The shape was checked by `validate.ts`. */
import { parseStep } from "./accessor.js";
import {
  type Accessor,
  type Cell,
  type Cpu,
  type Fabric,
  type Lowered,
  type Option,
  PACKET_KINDS,
  type PacketKind,
  type Platform,
  ROUTE_KINDS,
  type RouteKind,
  type WindowRule,
} from "./platform.js";

/** An accessor as files write it; `since`/`before` bound the kernel versions it holds for. */
export interface AccessorData {
  readonly do: readonly string[];
  readonly source: string;
  readonly since?: string;
  readonly before?: string;
}

type AccessorTable = { readonly [name: string]: AccessorData | readonly AccessorData[] };

export interface CpuData {
  readonly kind: "cpu";
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly multiCopyAtomic: boolean;
  readonly readsJoin: boolean;
  readonly devicesSee?: "at-once" | "later";
  readonly control: "all" | "arms";
  readonly addressPending: "no" | "may";
  readonly window: readonly (Omit<WindowRule, "when"> & { readonly when?: readonly string[] })[];
  readonly options?: readonly Option[];
  readonly accessors: AccessorTable;
}

export interface FabricData {
  readonly kind: "fabric";
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly coherent: boolean;
  readonly places: readonly {
    readonly id: string;
    readonly title: string;
    readonly per: Fabric["places"][number]["per"];
    readonly table: string;
    readonly credits?: number;
    readonly source: string;
  }[];
  readonly tables: {
    readonly [name: string]: readonly (Omit<Cell, "when" | "older" | "younger"> & {
      readonly when?: readonly string[];
      readonly older: readonly string[];
      readonly younger: readonly string[];
    })[];
  };
  readonly routes: { readonly [kind in RouteKind]?: readonly string[] };
  readonly tokens: Fabric["tokens"];
  readonly mapping: Fabric["mapping"];
  readonly options?: readonly Option[];
  readonly accessors?: AccessorTable;
}

export interface MachineData {
  readonly name: string;
  readonly title: string;
  readonly cpu: string;
  readonly fabric: string;
  readonly era: string;
  readonly conforming: boolean;
  /** Values that this machine fixes for options of its parts. */
  readonly settings?: { readonly [option: string]: string };
}

/** All the parts at hand, by name. */
export interface Library {
  readonly cpus: ReadonlyMap<string, CpuData>;
  readonly fabrics: ReadonlyMap<string, FabricData>;
  readonly machines: ReadonlyMap<string, MachineData>;
}

/** Routes that fall back to another when a fabric does not name them. */
const ROUTE_DEFAULTS: { readonly [kind in RouteKind]?: RouteKind } = {
  "port-write": "pio-write",
  "port-read": "pio-read",
  "config-write": "port-write",
  "config-read": "port-read",
  "peer-write": "dma-write",
  "peer-read": "dma-read",
  "peer-reply": "dma-reply",
  msi: "dma-write",
};

/** -1, 0 or 1: compares kernel versions such as 2.6.24 and 6.19. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

function holdsFor(data: { readonly since?: string; readonly before?: string }, era: string): boolean {
  return (data.since === undefined || compareVersions(era, data.since) >= 0) && (data.before === undefined || compareVersions(era, data.before) < 0);
}

function loadAccessors(tables: readonly AccessorTable[], era: string): Map<string, Accessor> {
  const result = new Map<string, Accessor>();
  for (const table of tables) {
    for (const [name, entry] of Object.entries(table)) {
      const candidates: readonly AccessorData[] = Array.isArray(entry) ? entry : [entry as AccessorData];
      const data = candidates.find((candidate) => holdsFor(candidate, era));
      if (data === undefined) continue;
      const steps = data.do.map((text): Lowered => {
        const step = parseStep(text);
        if (typeof step === "string") throw new Error(`accessor ${name}: ${step}`);
        return step;
      });
      result.set(name, { steps, text: data.do, source: data.source });
    }
  }
  return result;
}

export function loadCpu(data: CpuData): Cpu {
  return {
    name: data.name,
    title: data.title,
    source: data.source,
    multiCopyAtomic: data.multiCopyAtomic,
    readsJoin: data.readsJoin,
    devicesSee: data.devicesSee ?? "at-once",
    control: data.control,
    addressPending: data.addressPending,
    window: data.window.map((rule) => ({ ...rule, when: rule.when ?? [] })),
  };
}

function packetKinds(names: readonly string[]): readonly PacketKind[] {
  return names.includes("*") ? PACKET_KINDS : (names as readonly PacketKind[]);
}

export function loadFabric(data: FabricData): Fabric {
  const routes = {} as Record<RouteKind, readonly string[]>;
  for (const kind of ROUTE_KINDS) {
    let from: RouteKind | undefined = kind;
    while (from !== undefined && data.routes[from] === undefined) from = ROUTE_DEFAULTS[from];
    routes[kind] = (from === undefined ? undefined : data.routes[from]) ?? [];
  }
  return {
    name: data.name,
    title: data.title,
    source: data.source,
    coherent: data.coherent,
    places: data.places.map((place) => ({ ...place, credits: place.credits })),
    tables: Object.fromEntries(
      Object.entries(data.tables).map(([name, cells]) => [
        name,
        cells.map((cell): Cell => ({ ...cell, when: cell.when ?? [], older: packetKinds(cell.older), younger: packetKinds(cell.younger) })),
      ]),
    ),
    routes,
    tokens: data.tokens,
    mapping: data.mapping,
  };
}

/** Composes a platform; its parts must exist. */
export function compose(machine: MachineData, cpu: CpuData, fabric: FabricData): Platform {
  const settings = machine.settings ?? {};
  return {
    name: machine.name,
    title: machine.title,
    conforming: machine.conforming,
    era: machine.era,
    cpu: loadCpu(cpu),
    fabric: loadFabric(fabric),
    accessors: loadAccessors([cpu.accessors, fabric.accessors ?? {}], machine.era),
    options: [...(cpu.options ?? []), ...(fabric.options ?? [])].map((option) => {
      const fixed = settings[option.id];
      return fixed === undefined ? option : { ...option, default: fixed, values: [fixed] };
    }),
  };
}

/** The library of a set of parsed platform files. */
export function library(files: readonly unknown[]): Library {
  const cpus = new Map<string, CpuData>();
  const fabrics = new Map<string, FabricData>();
  const machines = new Map<string, MachineData>();
  for (const file of files) {
    const part = file as CpuData | FabricData | { readonly kind: "machines"; readonly machines: readonly MachineData[] };
    switch (part.kind) {
      case "cpu":
        cpus.set(part.name, part);
        break;
      case "fabric":
        fabrics.set(part.name, part);
        break;
      case "machines":
        for (const machine of part.machines) machines.set(machine.name, machine);
        break;
    }
  }
  return { cpus, fabrics, machines };
}

/** `arm64`, `sn2-pic`, `arm64+pcie`, `x86@2.6.24`: the platform of that name, or undefined where a part is unknown. */
export function findPlatform(parts: Library, name: string): Platform | undefined {
  const [point, era] = name.split("@") as [string, string | undefined];
  const named = parts.machines.get(point);
  let machine: MachineData | undefined = named === undefined ? undefined : { ...named, name };
  if (machine === undefined) {
    const [cpu, fabric, ...rest] = point.split("+");
    const base = parts.machines.get(cpu ?? "");
    const cpuName = parts.cpus.has(cpu ?? "") ? cpu : base?.cpu;
    const fabricName = parts.fabrics.has(fabric ?? "") ? fabric : parts.machines.get(fabric ?? "")?.fabric;
    if (rest.length > 0 || cpuName === undefined || fabricName === undefined) return undefined;
    machine = { name, title: `${cpuName} on ${fabricName}`, cpu: cpuName, fabric: fabricName, era: base?.era ?? "6.19", conforming: false };
  }
  if (era !== undefined) machine = { ...machine, era };
  const cpu = parts.cpus.get(machine.cpu);
  const fabric = parts.fabrics.get(machine.fabric);
  return cpu === undefined || fabric === undefined ? undefined : compose(machine, cpu, fabric);
}
