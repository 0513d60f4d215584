/** The options of a run: what the caller and the test's header set, and which of them anybody asked for. */
import { optionValues } from "../platform/mapping.js";
import type { Platform } from "../platform/platform.js";

/** Options of a run: the value of each platform option that is not its default, and those that hold on every platform (program/settings.ts). */
export type Settings = ReadonlyMap<string, string>;

/** Reads the platform's options, and enters into `read` each that is asked for; undefined for an option that the platform does not have. */
export function optionReader(platform: Platform, settings: Settings, read: Set<string>): (id: string) => string | undefined {
  const valueOf = optionValues(platform, settings);
  const known = new Set(platform.options.map((option) => option.id));
  return (id) => {
    if (!known.has(id)) return undefined;
    read.add(id);
    return valueOf(id);
  };
}

/** How devices' requests are looked up: as the setting `iommu` says, where something of the fabric looks them up at all. */
export function translationOf(platform: Platform, settings: Settings): "passthrough" | "lazy" | "strict" {
  const asked = settings.get("iommu");
  if (asked !== "lazy" && asked !== "strict") return "passthrough";
  const deeds = platform.fabric.places.flatMap((place) => place.does ?? []);
  if (deeds.includes("translate")) return asked;
  return deeds.includes("may-translate") ? "lazy" : "passthrough";
}
