/** The platforms that come with Fencepost, and those that users write. */

import { nearest } from "../nearest.js";
import type { Outcome } from "../problem.js";
import type { Source } from "../source.js";
import { BUILTIN } from "./builtin.js";
import type { PlatformFile } from "./file.js";
import { findPlatform, type Library, library, loadUserPlatform } from "./load.js";
import type { Platform } from "./platform.js";
import { validatePlatformFile as validate } from "./validate.js";

export type { PlatformFile } from "./file.js";
export { type JsonNode, parseJson, spanAt, valueOf } from "./json.js";
export * from "./platform.js";
export { platformSchema, schemaOf as shapeSchema } from "./schema.js";
export { checkShape, type Field, type Shape } from "./shape.js";

let parts: Library | undefined;

function builtin(): Library {
  parts ??= library(BUILTIN);
  return parts;
}

const found = new Map<string, Platform | undefined>();

/** The names of the built-in platforms, in the order in which they are listed. */
export function platformNames(): readonly string[] {
  return [...builtin().machines.keys()];
}

/** The names of their parts: any CPU goes with any fabric, `arm64+pci`. */
export function partNames(): { readonly cpus: readonly string[]; readonly fabrics: readonly string[] } {
  return { cpus: [...builtin().cpus.keys()], fabrics: [...builtin().fabrics.keys()] };
}

/** `arm64`, `sn2@2.6.24`, `arm64+pci`, `riscv+pcie@5.1`: the platform of that name, or undefined where a part of the name is unknown. */
export function platform(name: string): Platform | undefined {
  if (!found.has(name)) found.set(name, findPlatform(builtin(), name));
  return found.get(name);
}

/** Names that may have been meant: the nearest platform, or the same name with its wrong parts set right. Best first; may be empty. */
export function similarNames(name: string): readonly string[] {
  const [point = "", era] = name.split("@");
  const { cpus, fabrics } = partNames();
  const suffix = era !== undefined && /^\d+(\.\d+)*$/.test(era) ? `@${era}` : "";
  const [cpu = "", fabric] = point.split("+");
  const candidates: (string | undefined)[] = [];
  if (fabric === undefined) candidates.push(nearest(point, platformNames()));
  else {
    const left = nearest(cpu, [...cpus, ...platformNames()]);
    const right = nearest(fabric, [...fabrics, ...platformNames()]);
    candidates.push(left === undefined || right === undefined ? undefined : `${left}+${right}`);
  }
  candidates.push(
    ...platformNames().filter((known) => point.length > 1 && (known.startsWith(point) || (known.length > 2 && point.startsWith(known)))),
  );
  return [...new Set(candidates.filter((candidate) => candidate !== undefined).map((candidate) => candidate + suffix))].filter(
    (candidate) => platform(candidate) !== undefined,
  );
}

/** Checks a platform file of any kind against the built-in parts. */
export function validatePlatformFile(source: Source): Outcome<unknown> {
  return validate(source, builtin());
}

/** Reads a user's platform: a file of kind `platform`. */
export function readPlatform(source: Source): Outcome<Platform> {
  const checked = validate(source, builtin());
  if (!checked.ok) return checked;
  const file = checked.value as PlatformFile;
  const value = file.kind === "platform" ? loadUserPlatform(file, builtin()) : undefined;
  if (value !== undefined) return { ok: true, value, problems: checked.problems };
  const span = { start: 0, end: 1 };
  return {
    ok: false,
    problems: [
      {
        code: "platform",
        severity: "error",
        span,
        message: `a ${String(file.kind)} alone is no platform`,
        hint: 'a file of kind "platform" names a cpu and a fabric',
      },
    ],
  };
}
