/** From the JSON of platform files to a composed Platform. The shape was checked by `validate.ts`. */
import { expandKinds, parseStep } from "./accessor.js";
import type {
  AccessorData,
  AccessorTable,
  Bounds,
  CpuData,
  CpuFile,
  FabricData,
  FabricFile,
  MachineData,
  MachinesFile,
  PlatformFile,
} from "./file.js";
import { completeCpu, completeFabric } from "./like.js";
import {
  type Accessor,
  type Cell,
  type Cpu,
  type Fabric,
  type Lowered,
  PACKET_KINDS,
  type PacketKind,
  type Platform,
  ROUTE_KINDS,
  type RouteKind,
} from "./platform.js";

/** All the parts at hand, by name. */
export interface Library {
  readonly cpus: ReadonlyMap<string, CpuData>;
  readonly fabrics: ReadonlyMap<string, FabricData>;
  readonly machines: ReadonlyMap<string, MachineData>;
  /** The parts as written, for what is `like` them. */
  readonly cpuFiles: ReadonlyMap<string, CpuFile>;
  readonly fabricFiles: ReadonlyMap<string, FabricFile>;
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

/** The route that a kind of traffic takes, its own or the one it falls back to; undefined where the fabric names neither. */
export function routeOf(routes: FabricData["routes"], kind: RouteKind): readonly string[] | undefined {
  let from: RouteKind | undefined = kind;
  while (from !== undefined && routes[from] === undefined) from = ROUTE_DEFAULTS[from];
  return from === undefined ? undefined : routes[from];
}

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

/** Does an entry hold for a kernel version? */
export function holdsFor(data: Bounds, era: string): boolean {
  return (
    (data.since === undefined || compareVersions(era, data.since) >= 0) &&
    (data.before === undefined || compareVersions(era, data.before) < 0)
  );
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

/** A CPU as its file has it, what it leaves out at its default. */
function loadCpu(data: CpuData): Cpu {
  return {
    name: data.name,
    title: data.title,
    source: data.source,
    multiCopyAtomic: data.multiCopyAtomic,
    readsJoin: data.readsJoin,
    barriersTravel: data.barriersTravel ?? false,
    sameAddressCommits: data.sameAddressCommits ?? false,
    conditionalsInOrder: data.conditionalsInOrder ?? false,
    coherentReads: data.coherentReads ?? true,
    sameStoreSwaps: data.sameStoreSwaps ?? false,
    plainRaces: data.plainRaces ?? "model",
    devicesSee: data.devicesSee ?? "at-once",
    control: data.control,
    addressPending: data.addressPending,
    timing: data.timing,
    window: data.window.map((rule) => ({
      ...rule,
      when: rule.when ?? [],
      older: expandKinds(rule.older),
      younger: expandKinds(rule.younger),
    })),
  };
}

/** Packet kinds as files write them: `*` is all. */
export function packetKinds(names: readonly string[]): readonly PacketKind[] {
  return names.includes("*") ? PACKET_KINDS : (names as readonly PacketKind[]);
}

/** A fabric as its file has it, in a kernel version (`era`). */
function loadFabric(data: FabricData, era: string): Fabric {
  const routes = {} as Record<RouteKind, readonly string[]>;
  for (const kind of ROUTE_KINDS) routes[kind] = routeOf(data.routes, kind) ?? [];
  return {
    name: data.name,
    title: data.title,
    source: data.source,
    coherent: data.coherent,
    refuses: data.refuses ?? [],
    timing: data.timing,
    places: data.places.map((place) => ({ ...place, credits: place.credits })),
    tables: Object.fromEntries(
      Object.entries(data.tables).map(([name, cells]) => [
        name,
        cells.map((cell): Cell => ({ ...cell, when: cell.when ?? [], older: packetKinds(cell.older), younger: packetKinds(cell.younger) })),
      ]),
    ),
    routes,
    tokens: data.tokens,
    mapping: data.mapping.filter((rule) => holdsFor(rule, era)),
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
    fabric: loadFabric(fabric, machine.era),
    accessors: loadAccessors([cpu.accessors, fabric.accessors ?? {}], machine.era),
    options: [...(cpu.options ?? []), ...(fabric.options ?? [])].map((option) => {
      const fixed = settings[option.id];
      return fixed === undefined ? option : { ...option, default: fixed, values: [fixed] };
    }),
  };
}

/** The library of a set of parsed platform files, with everything that is `like` something else filled in. */
export function library(files: readonly unknown[]): Library {
  const cpuFiles = new Map<string, CpuFile>();
  const fabricFiles = new Map<string, FabricFile>();
  const machines = new Map<string, MachineData>();
  for (const file of files) {
    const part = file as CpuFile | FabricFile | MachinesFile;
    switch (part.kind) {
      case "cpu":
        cpuFiles.set(part.name, part);
        break;
      case "fabric":
        fabricFiles.set(part.name, part);
        break;
      case "machines":
        for (const machine of part.machines) machines.set(machine.name, machine);
        break;
    }
  }
  const cpus = new Map<string, CpuData>();
  for (const [name, file] of cpuFiles) {
    const data = completeCpu(file, (other) => cpuFiles.get(other));
    if (data !== undefined) cpus.set(name, data);
  }
  const fabrics = new Map<string, FabricData>();
  for (const [name, file] of fabricFiles) {
    const data = completeFabric(file, (other) => fabricFiles.get(other));
    if (data !== undefined) fabrics.set(name, data);
  }
  return { cpus, fabrics, machines, cpuFiles, fabricFiles };
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
  if (era !== undefined) {
    if (!/^\d+(\.\d+)*$/.test(era)) return undefined;
    machine = { ...machine, era };
  }
  const cpu = parts.cpus.get(machine.cpu);
  const fabric = parts.fabrics.get(machine.fabric);
  return cpu === undefined || fabric === undefined ? undefined : compose(machine, cpu, fabric);
}

/** The CPU that a platform file names or holds, with everything filled in; undefined where something is not there. */
export function cpuOf(file: PlatformFile, parts: Library): CpuData | undefined {
  const { cpu } = file;
  if (typeof cpu === "string") return parts.cpus.get(cpu) ?? parts.cpus.get(parts.machines.get(cpu)?.cpu ?? "");
  return completeCpu({ title: file.title ?? file.name, ...cpu, kind: "cpu", name: file.name } as CpuFile, (name) =>
    parts.cpuFiles.get(name),
  );
}

/** The same for the fabric. */
export function fabricOf(file: PlatformFile, parts: Library): FabricData | undefined {
  const { fabric } = file;
  if (typeof fabric === "string") return parts.fabrics.get(fabric) ?? parts.fabrics.get(parts.machines.get(fabric)?.fabric ?? "");
  return completeFabric({ title: file.title ?? file.name, ...fabric, kind: "fabric", name: file.name } as FabricFile, (name) =>
    parts.fabricFiles.get(name),
  );
}

/** A user's platform: the value of a file of kind `platform` that `validatePlatformFile` let through. */
export function loadUserPlatform(file: PlatformFile, parts: Library): Platform | undefined {
  const cpu = cpuOf(file, parts);
  const fabric = fabricOf(file, parts);
  if (cpu === undefined || fabric === undefined) return undefined;
  const machine: MachineData = {
    name: file.name,
    title: file.title ?? file.name,
    cpu: cpu.name,
    fabric: fabric.name,
    era: file.era ?? "6.19",
    conforming: file.conforming ?? false,
    ...(file.settings === undefined ? {} : { settings: file.settings }),
  };
  return compose(machine, cpu, fabric);
}
