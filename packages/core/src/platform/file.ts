/** What platform files hold: the JSON of a CPU, a fabric and a list of machines, as written and with everything filled in. */
import type { Fabric, Option, Pass, PlaceDeed, PlaceKey, RouteKind } from "./platform.js";
import type { CpuTiming, FabricTiming } from "./timing.js";

/** Kernel versions that an entry holds for: from `since` on, up to but not including `before`. */
export interface Bounds {
  readonly since?: string;
  readonly before?: string;
}

/** An accessor as files write it. */
export interface AccessorData extends Bounds {
  readonly do: readonly string[];
  readonly source: string;
}

/** One entry, or several of which the first that holds for the kernel version is taken. */
export type AccessorTable = { readonly [name: string]: AccessorData | readonly AccessorData[] };

/** `older` and `younger` take access kinds and the groups memory, io and all. */
export interface WindowRuleData {
  readonly id: string;
  readonly older: readonly string[];
  readonly younger: readonly string[];
  readonly when?: readonly string[];
  readonly pass: Pass;
  readonly source: string;
}

/** A CPU as files have it. */
export interface CpuData {
  readonly kind: "cpu";
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly multiCopyAtomic: boolean;
  readonly readsJoin: boolean;
  readonly barriersTravel?: boolean;
  readonly sameAddressCommits?: boolean;
  readonly conditionalsInOrder?: boolean;
  readonly coherentReads?: boolean;
  readonly sameStoreSwaps?: boolean;
  readonly plainRaces?: "model" | "nothing";
  readonly devicesSee?: "at-once" | "later";
  readonly control: "all" | "arms";
  readonly addressPending: "no" | "may";
  readonly window: readonly WindowRuleData[];
  readonly options?: readonly Option[];
  readonly accessors: AccessorTable;
  readonly timing?: CpuTiming;
}

/** `older` and `younger` take packet kinds, and `*` for all. */
export interface CellData {
  readonly id: string;
  readonly younger: readonly string[];
  readonly older: readonly string[];
  readonly when?: readonly string[];
  readonly pass: Pass;
  readonly source: string;
}

/** Cells, or cells that stand before those of another table: `name`, or `fabric/name`. */
export type TableData = readonly CellData[] | { readonly like: string; readonly cells?: readonly CellData[] };

/** A place as files have it. */
export interface PlaceData {
  readonly id: string;
  readonly title: string;
  readonly per: PlaceKey;
  readonly table: string;
  readonly credits?: number;
  readonly does?: readonly PlaceDeed[];
  readonly source: string;
}

/** A mapping rule as files have it. */
export interface MappingRuleData extends Bounds {
  readonly id: string;
  readonly when: readonly string[];
  readonly set: { readonly [attribute: string]: boolean };
  readonly source: string;
}

/** A fabric as files have it. */
export interface FabricData<Table = readonly CellData[]> {
  readonly kind: "fabric";
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly coherent: boolean;
  readonly refuses?: Fabric["refuses"];
  readonly places: readonly PlaceData[];
  readonly tables: { readonly [name: string]: Table };
  readonly routes: { readonly [kind in RouteKind]?: readonly string[] };
  readonly tokens: Fabric["tokens"];
  readonly mapping: readonly MappingRuleData[];
  readonly options?: readonly Option[];
  readonly accessors?: AccessorTable;
  readonly timing?: FabricTiming;
}

/** A file that says only what differs from the part it names with `like`. */
type Variant<Data extends { readonly kind: string }> = Partial<Data> &
  Pick<Data, "kind"> & { readonly name: string; readonly like: string };

/** A file of one CPU. */
export type CpuFile = (CpuData & { readonly like?: undefined }) | Variant<CpuData>;

/** A file of one fabric. */
export type FabricFile = (FabricData<TableData> & { readonly like?: undefined }) | Variant<FabricData<TableData>>;

/** A named machine: a CPU and a fabric of the library. */
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

/** The file of all named machines. */
export interface MachinesFile {
  readonly kind: "machines";
  readonly machines: readonly MachineData[];
}

/** A user's platform in one file. A part is a name (of a CPU, a fabric, or a machine that has one), or stands here itself. */
export interface PlatformFile {
  readonly kind: "platform";
  readonly name: string;
  readonly title?: string;
  readonly source?: string;
  readonly cpu: string | Omit<CpuFile, "kind" | "name">;
  readonly fabric: string | Omit<FabricFile, "kind" | "name">;
  readonly era?: string;
  readonly conforming?: boolean;
  readonly settings?: { readonly [option: string]: string };
}
