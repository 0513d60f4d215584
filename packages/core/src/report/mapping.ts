/** What a platform makes of each mapping request: requested against applied. */
import { holds } from "../platform/condition.js";
import type { MappingRule, Platform } from "../platform/platform.js";
import { ADDRESS_BASE, type MappingRequest, type Program } from "../program/program.js";

export interface Applied {
  /** In words: `streaming, write barrier, 32-bit mask`. */
  readonly requested: string;
  /** Bits on the bus: `barrier`, `ro`; none where nothing comes of the request. */
  readonly bits: readonly string[];
  /** The rules that set or cleared them, in order. */
  readonly rules: readonly MappingRule[];
}

/** What becomes of the words of a request (see `MAPPING_CONDITIONS`). */
export function applyMapping(platform: Platform, words: readonly string[], settings: ReadonlyMap<string, string>): Applied {
  const requested = new Set(words);
  const option = (id: string): string | undefined => settings.get(id) ?? platform.options.find((candidate) => candidate.id === id)?.default;
  const bits = new Set<string>();
  const rules: MappingRule[] = [];
  for (const rule of platform.fabric.mapping) {
    if (!holds(rule.when, (name) => requested.has(name), option)) continue;
    rules.push(rule);
    for (const [bit, value] of Object.entries(rule.set)) {
      if (value) bits.add(bit);
      else bits.delete(bit);
    }
  }
  return { requested: requestWords(words), bits: [...bits].sort(), rules };
}

function requestWords(words: readonly string[]): string {
  return words
    .filter((word) => word !== "mask64")
    .map((word) => (word === "mask32" ? "32-bit mask" : word.replaceAll("-", " ")))
    .join(", ");
}

export function wordsOf(mapping: MappingRequest): readonly string[] {
  return [
    mapping.mode,
    ...(mapping.writeBarrier ? ["write-barrier"] : []),
    ...(mapping.weakOrdering ? ["weak-ordering"] : []),
    ...(mapping.relaxedOrdering ? ["relaxed-ordering"] : []),
    ...(mapping.prefetch ? ["prefetch"] : []),
    mapping.mask > 32 ? "mask64" : "mask32",
  ];
}

/** Requested against applied for each location that a device's DMA names. */
export function mappingsOf(
  program: Program,
  platform: Platform,
  settings: ReadonlyMap<string, string>,
): readonly (Applied & { readonly location: string })[] {
  const reached = program.locations.filter((location) => location.space === "memory" && dmaReaches(program, location.name));
  return reached.map((location) => ({ location: location.name, ...applyMapping(platform, wordsOf(location.mapping), settings) }));
}

/** Does some device's DMA operation name the location outright? */
function dmaReaches(program: Program, name: string): boolean {
  const index = program.locations.findIndex((location) => location.name === name);
  const address = ADDRESS_BASE + index;
  return program.threads.some((thread) =>
    thread.code.some((operation) => {
      switch (operation.kind) {
        case "dma-write":
        case "dma-read":
          return operation.parts.some((part) => part.address.kind === "constant" && part.address.value === address);
        case "dma-atomic":
          return operation.address.kind === "constant" && operation.address.value === address;
        default:
          return false;
      }
    }),
  );
}
