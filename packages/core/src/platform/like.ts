/** `like`: a part that says only how it differs from another one. */

import type { AccessorTable, CellData, CpuData, CpuFile, FabricData, FabricFile, TableData } from "./file.js";
import { mergeCpuTiming, mergeFabricTiming } from "./timing.js";

/** The own entries replace those of the same id where they stand; the others follow. */
function mergeById<T extends { readonly id: string }>(base: readonly T[], own: readonly T[]): readonly T[] {
  const replaced = base.map((entry) => own.find((candidate) => candidate.id === entry.id) ?? entry);
  return [...replaced, ...own.filter((entry) => !base.some((candidate) => candidate.id === entry.id))];
}

const mergeAccessors = (base: AccessorTable | undefined, own: AccessorTable | undefined): AccessorTable => ({ ...base, ...own });

/** A CPU with everything it takes over filled in; undefined where the chain of `like` ends nowhere or never. */
export function completeCpu(
  file: CpuFile,
  named: (name: string) => CpuFile | undefined,
  chain: readonly CpuFile[] = [],
): CpuData | undefined {
  if (file.like === undefined) return file;
  const other = named(file.like);
  if (other === undefined || chain.includes(file)) return undefined;
  const base = completeCpu(other, named, [...chain, file]);
  if (base === undefined) return undefined;
  const { like: _, ...own } = file;
  return {
    ...base,
    ...own,
    // The first rule that matches decides: the own rules stand before.
    window: [...(own.window ?? []), ...base.window],
    options: mergeById(base.options ?? [], own.options ?? []),
    accessors: mergeAccessors(base.accessors, own.accessors),
    ...mergeCpuTiming(base.timing, own.timing),
  };
}

/** A fabric with what it takes over from others filled in, its tables still as written. */
export function mergedFabric(
  file: FabricFile,
  named: (name: string) => FabricFile | undefined,
  chain: readonly FabricFile[] = [],
): FabricData<TableData> | undefined {
  if (file.like === undefined) return file;
  const other = named(file.like);
  if (other === undefined || chain.includes(file)) return undefined;
  const base = mergedFabric(other, named, [...chain, file]);
  if (base === undefined) return undefined;
  const { like: _, ...own } = file;
  return {
    ...base,
    ...own,
    places: mergeById(base.places, own.places ?? []),
    tables: { ...base.tables, ...own.tables },
    routes: { ...base.routes, ...own.routes },
    tokens: { ...base.tokens, ...own.tokens },
    mapping: mergeById(base.mapping, own.mapping ?? []),
    options: mergeById(base.options ?? [], own.options ?? []),
    accessors: mergeAccessors(base.accessors, own.accessors),
    ...mergeFabricTiming(base.timing, own.timing),
  };
}

/** Longer chains of tables go round in a circle. */
const LONGEST = 32;

/** The cells of a table; undefined where it is like one that is not there, or like itself in the end. */
export function tableCells(
  fabric: FabricData<TableData>,
  table: string,
  named: (name: string) => FabricFile | undefined,
  depth = 0,
): readonly CellData[] | undefined {
  const found = fabric.tables[table];
  if (found === undefined || depth > LONGEST) return undefined;
  if (!("like" in found)) return found;
  const [first = "", second] = found.like.split("/");
  const file = second === undefined ? undefined : named(first);
  const home = second === undefined ? fabric : file === undefined ? undefined : mergedFabric(file, named);
  const rest = home === undefined ? undefined : tableCells(home, second ?? first, named, depth + 1);
  return rest === undefined ? undefined : [...(found.cells ?? []), ...rest];
}

/** A fabric with everything filled in; undefined where something it is like is not there. */
export function completeFabric(file: FabricFile, named: (name: string) => FabricFile | undefined): FabricData | undefined {
  const merged = mergedFabric(file, named);
  if (merged === undefined) return undefined;
  const tables: { [name: string]: readonly CellData[] } = {};
  for (const name of Object.keys(merged.tables)) {
    const cells = tableCells(merged, name, named);
    if (cells === undefined) return undefined;
    tables[name] = cells;
  }
  return { ...merged, tables };
}
