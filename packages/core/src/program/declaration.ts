/** Declarations of locations: what `dma(...)`, `mmio(...)`, `port` and `config` ask for. */
import type { Attribute, Declaration } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import type { Complaints } from "./complaints.js";
import { CHIPSET, type Devices } from "./devices.js";
import type { Location, MappingRequest } from "./program.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Types that make a location a lock. */
export const lockType = /\b(raw_)?spinlock_t\b|\bmutex(_t)?\b/;

/** Memory that no `dma` declares. */
export const coherent: MappingRequest = {
  mode: "coherent",
  writeBarrier: false,
  weakOrdering: false,
  relaxedOrdering: false,
  prefetch: false,
  mask: 64,
  device: -1,
};

/** A declaration of a location. */
export type LocationDeclaration = Extract<Declaration, { kind: "location" }>;

/** What a declaration says of its locations, but for their names and values. */
export function fieldsOf(declaration: LocationDeclaration, devices: Devices, complaints: Complaints): Partial<Location> {
  const { space, attributes, owner, span } = declaration;
  const lock = declaration.type !== undefined && lockType.test(declaration.type);
  if (space === "memory") {
    if (owner !== undefined) {
      complaints.error(
        "misplaced",
        span,
        "memory has no owner",
        `a register behind a BAR is declared \`mmio int ${owner}.${declaration.name};\``,
      );
    }
    return { lock, mapping: declaration.dma ? mappingOf(attributes, devices, complaints) : coherent };
  }
  if (owner === undefined) {
    const own = declaration.name.slice(declaration.name.indexOf(".") + 1);
    const hint = own === declaration.name ? "" : "devices are named D0, D1, …: ";
    complaints.error("arguments", span, `\`${declaration.name}\` needs an owner`, `${hint}write \`${space} int D0.${own};\``);
  }
  const index = owner === undefined || owner === CHIPSET ? -1 : devices.expect(owner, span);
  const fields: Mutable<Partial<Location>> = { space, owner: index };
  for (const attribute of attributes) {
    if (space === "mmio" && (attribute.name === "uc" || attribute.name === "wc" || attribute.name === "np"))
      fields.memoryType = attribute.name;
    else if (space === "mmio" && attribute.name === "combining") fields.combining = true;
    else if (space === "mmio" && attribute.name === "no_burst") fields.noBurst = true;
    else if (space === "mmio" && attribute.name === "at") {
      if (typeof attribute.value === "number" && attribute.value >= 0 && attribute.value % 4 === 0) fields.offset = attribute.value;
      else complaints.error("arguments", attribute.span, "`at` takes an offset in bytes, a multiple of 4", "write `at=4`");
    } else {
      const known = space === "mmio" ? ["uc", "wc", "np", "combining", "no_burst", "at"] : [];
      const hint = known.length === 0 ? undefined : (didYouMean(attribute.name, known) ?? `there are ${known.join(", ")}`);
      complaints.error("unknown-attribute", attribute.span, `\`${space}\` has no attribute \`${attribute.name}\``, hint);
    }
  }
  return fields;
}

/** The names of `dma` attributes, today's and historical ones. */
const mappingNames: ReadonlyMap<string, keyof MappingRequest> = new Map<string, keyof MappingRequest>([
  ["streaming", "mode"],
  ["coherent", "mode"],
  ["consistent", "mode"],
  ["write_barrier", "writeBarrier"],
  ["dmaflush", "writeBarrier"],
  ["dmasync", "writeBarrier"],
  ["dma_barrier", "writeBarrier"],
  ["weak_ordering", "weakOrdering"],
  ["relaxed_ordering", "relaxedOrdering"],
  ["prefetch", "prefetch"],
  ["mask", "mask"],
  ["for", "device"],
]);

function mappingOf(attributes: readonly Attribute[], devices: Devices, complaints: Complaints): MappingRequest {
  const mapping: Mutable<MappingRequest> = { ...coherent, mode: "streaming" };
  let mode: string | undefined;
  for (const { name, value, span } of attributes) {
    switch (mappingNames.get(name)) {
      case "mode":
        if (mode !== undefined && (mode === "streaming") !== (name === "streaming")) {
          complaints.error("arguments", span, "a mapping is either streaming or coherent");
        }
        mode = name;
        mapping.mode = name === "streaming" ? "streaming" : "coherent";
        break;
      case "writeBarrier":
        mapping.writeBarrier = true;
        break;
      case "weakOrdering":
        mapping.weakOrdering = true;
        break;
      case "relaxedOrdering":
        mapping.relaxedOrdering = true;
        break;
      case "prefetch":
        mapping.prefetch = true;
        break;
      case "mask":
        if (typeof value === "number" && value >= 1 && value <= 64) mapping.mask = value;
        else complaints.error("arguments", span, "`mask` takes a number of bits, 1 to 64", "write `mask=32`");
        break;
      case "device":
        if (typeof value === "string") mapping.device = devices.expect(value, span);
        else complaints.error("arguments", span, "`for` takes a device", "write `for=D0`");
        break;
      default: {
        const known = [...mappingNames.keys()];
        complaints.error(
          "unknown-attribute",
          span,
          `\`dma\` has no attribute \`${name}\``,
          didYouMean(name, known) ?? `there are ${known.join(", ")}`,
        );
      }
    }
  }
  return mapping;
}
