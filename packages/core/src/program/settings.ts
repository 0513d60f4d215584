/**
 * Settings: values of platform options, and some that hold on every platform. A test's header may give them (`credits=1` in a line of its own), and whoever runs it.
 */
import type { Test } from "../litmus/test.js";
import type { Complaints } from "./complaints.js";

/** The settings that hold on every platform: what each may be. */
export const COMMON_SETTINGS: { readonly [name: string]: { readonly says: string; readonly values: RegExp; readonly expected: string } } = {
  compiler: {
    says: "the compiler may reorder plain accesses before the CPU sees them",
    values: /^(on|off)$/,
    expected: "the values are on and off",
  },
  credits: {
    says: "how many packets of each class (posted, non-posted, completion) a place holds; `1,down:2` makes an exception of the place `down`",
    values: /^([1-9]\d*|[\w-]+:[1-9]\d*)(,[\w-]+:[1-9]\d*)*$/,
    expected: "credits is a whole number above 0, as in credits=1, or numbers by place, as in credits=1,down:2",
  },
  iommu: {
    says: "devices' requests are looked up in the table of mappings on their way: an unmap waits for the invalidation (strict), or leaves it for later (lazy)",
    values: /^(passthrough|lazy|strict)$/,
    expected: "the values are passthrough, lazy and strict",
  },
  must: {
    says: "`no`: what has to be able to pass does not, to show what the PCI table's *must* is for",
    values: /^(pass|no)$/,
    expected: "the values are pass and no",
  },
};

/** What the header of a test sets. Keys with a capital letter are diy's and say nothing. */
export function settingsOf(test: Test, complaints: Complaints): readonly (readonly [string, string])[] {
  return test.info.flatMap(({ key, value, span }): (readonly [string, string])[] => {
    if (!/^[a-z][\w-]*$/.test(key)) return [];
    const common = COMMON_SETTINGS[key];
    if (common !== undefined && !common.values.test(value)) {
      complaints.error("syntax", span, `\`${key}=${value}\` in the header: ${common.expected}`);
      return [];
    }
    return [[key, value]];
  });
}

/** The most packets of a class in a place, as the setting `credits` has it. */
export function creditsOf(setting: string | undefined, place: string): number {
  let all = Number.POSITIVE_INFINITY;
  for (const part of setting?.split(",") ?? []) {
    const [name, count] = part.split(":") as [string, string | undefined];
    if (count === undefined) all = Number(name);
    else if (name === place) return Number(count);
  }
  return all;
}
