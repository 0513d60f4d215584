/** Names for one machine: `x86` and `pcie`, `sn2` and `sn2-pic`. */
import type { Platform } from "../platform/platform.js";

const keys = new WeakMap<Platform, string>();

function keyOf(platform: Platform): string {
  const known = keys.get(platform);
  if (known !== undefined) return known;
  const accessors = [...platform.accessors].map(([name, { steps }]) => [name, steps]);
  const key = JSON.stringify([platform.cpu, platform.fabric, platform.options, accessors]);
  keys.set(platform, key);
  return key;
}

/** Each machine once, under the name that came first. */
export function distinctPlatforms(platforms: readonly Platform[]): readonly Platform[] {
  return platforms.filter(
    (platform, index) => platforms.findIndex((other) => other === platform || keyOf(other) === keyOf(platform)) === index,
  );
}
