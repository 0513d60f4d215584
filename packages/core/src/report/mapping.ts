/** What a platform makes of each mapping request: requested against applied. */
import { addressesTaken } from "../machine/pointers.js";
import { applyMappingRules, optionValues, requestedWords } from "../platform/mapping.js";
import type { MappingRule, Platform } from "../platform/platform.js";
import { ADDRESS_BASE, type Expression, type Program } from "../program/program.js";

/** A mapping request, and what the platform makes of it. */
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
  const bits = new Set<string>();
  const rules = applyMappingRules(platform, words, optionValues(platform, settings), bits);
  return { requested: requestWords(words), bits: [...bits].sort(), rules };
}

function requestWords(words: readonly string[]): string {
  return words
    .filter((word) => word !== "mask64")
    .map((word) => (word === "mask32" ? "32-bit mask" : word.replaceAll("-", " ")))
    .join(", ");
}

/** Requested against applied for each location that a device's DMA names. */
export function mappingsOf(
  program: Program,
  platform: Platform,
  settings: ReadonlyMap<string, string>,
): readonly (Applied & { readonly location: string })[] {
  const reached = program.locations.filter((location) => location.space === "memory" && dmaReaches(program, location.name));
  return reached.map((location) => ({ location: location.name, ...applyMapping(platform, requestedWords(location.mapping), settings) }));
}

/** Does some device's DMA name the location, or can it point there? */
function dmaReaches(program: Program, name: string): boolean {
  const index = program.locations.findIndex((location) => location.name === name);
  const address = ADDRESS_BASE + index;
  let pointers: readonly number[] | undefined;
  const reaches = (expression: Expression): boolean => {
    if (expression.kind === "constant") return expression.value === address;
    pointers ??= addressesTaken(program);
    return pointers.includes(index);
  };
  return program.threads.some((thread) =>
    thread.code.some((operation) => {
      switch (operation.kind) {
        case "dma-write":
        case "dma-read":
          return operation.parts.some((part) => reaches(part.address));
        case "dma-atomic":
          return reaches(operation.address);
        default:
          return false;
      }
    }),
  );
}
