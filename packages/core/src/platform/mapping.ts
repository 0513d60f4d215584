/**
 * The mapping translation: what the driver asks of the DMA API, and what the platform puts on the bus. The default is no rule, which is nothing; a platform overrides it
 * with rules. Everybody who wants to know what becomes of a request asks here.
 */
import type { MappingRequest } from "../program/program.js";
import { holds } from "./condition.js";
import type { MappingRule, Platform } from "./platform.js";

/** A request in the words that mapping rules ask for (`MAPPING_CONDITIONS`). Memory that nobody mapped for the device is coherent to it. */
export function requestedWords(mapping: MappingRequest | undefined): readonly string[] {
  return [
    mapping?.mode ?? "coherent",
    ...(mapping?.writeBarrier === true ? ["write-barrier"] : []),
    ...(mapping?.weakOrdering === true ? ["weak-ordering"] : []),
    ...(mapping?.relaxedOrdering === true ? ["relaxed-ordering"] : []),
    ...(mapping?.prefetch === true ? ["prefetch"] : []),
    (mapping?.mask ?? 64) > 32 ? "mask64" : "mask32",
  ];
}

/** Values of a platform's options: those given, the defaults for the others. */
export function optionValues(platform: Platform, settings: ReadonlyMap<string, string>): (id: string) => string | undefined {
  return (id) => settings.get(id) ?? platform.options.find((candidate) => candidate.id === id)?.default;
}

/** Runs the platform's rules on a request: sets and clears `attributes` in place, and gives the rules that matched, in order (later ones win). */
export function applyMappingRules(
  platform: Platform,
  words: readonly string[],
  option: (id: string) => string | undefined,
  attributes: Set<string>,
): readonly MappingRule[] {
  return platform.fabric.mapping.filter((rule) => {
    if (!holds(rule.when, (word) => words.includes(word), option)) return false;
    for (const [attribute, value] of Object.entries(rule.set)) {
      if (value) attributes.add(attribute);
      else attributes.delete(attribute);
    }
    return true;
  });
}
