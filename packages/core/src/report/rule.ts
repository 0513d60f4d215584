/** The rules of a platform that can decide a verdict, in words and each with its source. */
import { ACCESS_KINDS, type AccessKind, PACKET_KINDS, type Pass, type Platform } from "../platform/platform.js";

/** What a CPU keeps in order by itself. */
export type Strength = "multiCopyAtomic" | "readsJoin" | "addressPending" | "control";

/** What is weak without a rule that says so. */
export type Weakness = "multiCopyAtomic" | "devicesSee" | "coherent";

/** A rule of the platform that decided something. */
export type Rule =
  /** A cell of a place's table. */
  | {
      readonly kind: "cell";
      readonly table: string;
      readonly index: number;
      readonly id: string;
      readonly says: string;
      readonly source: string;
    }
  /** A rule of the CPU's window. */
  | { readonly kind: "window"; readonly index: number; readonly id: string; readonly says: string; readonly source: string }
  /** That the window has no rule for such a pair. */
  | {
      readonly kind: "no-rule";
      readonly older: readonly AccessKind[];
      readonly younger: readonly AccessKind[];
      readonly id: string;
      readonly says: string;
      readonly source: string;
    }
  /** A fence, a token or a wait that an accessor turns into. */
  | {
      readonly kind: "step";
      readonly accessor: string;
      readonly index: number;
      readonly id: string;
      readonly says: string;
      readonly source: string;
    }
  /** How the CPU's stores reach others. */
  | { readonly kind: "cpu"; readonly property: Strength; readonly id: string; readonly says: string; readonly source: string }
  /** That stores reach other CPUs one by one, that devices see them late, or that the CPU's caches do not see DMA. */
  | { readonly kind: "weak"; readonly property: Weakness; readonly id: string; readonly says: string; readonly source: string }
  /** What is no rule of its own: that two packets wait in different places, say. */
  | { readonly kind: "fact"; readonly id: string; readonly says: string; readonly source: string };

/** That something is weak, as a rule. */
export function weakRule(platform: Platform, property: Weakness): Rule {
  const { cpu, fabric } = platform;
  switch (property) {
    case "multiCopyAtomic":
      return {
        kind: "weak",
        property,
        id: `${cpu.name}: not multi-copy atomic`,
        says: "a store reaches other CPUs one by one",
        source: cpu.source,
      };
    case "devicesSee":
      return {
        kind: "weak",
        property,
        id: `${cpu.name}: devices see late`,
        says: "a store reaches devices later than CPUs",
        source: cpu.source,
      };
    case "coherent":
      return {
        kind: "weak",
        property,
        id: `${fabric.name}: not coherent`,
        says: "the CPU's caches do not see DMA, nor devices the caches",
        source: fabric.source,
      };
  }
}

const VERB: { readonly [pass in Pass]: string } = { no: "must not pass", may: "may pass", must: "may pass" };

/** A cell, or a rule of a window, as a sentence; `all` is how many kinds there are. */
function says(
  cell: { readonly younger: readonly string[]; readonly older: readonly string[]; readonly when: readonly string[]; readonly pass: Pass },
  all: number,
): string {
  const kinds = (list: readonly string[]): string => (list.length === all ? "anything" : list.map(kindWords).join(", "));
  const when = cell.when.length === 0 ? "" : `, where ${cell.when.join(", ")}`;
  return `younger ${kinds(cell.younger)} ${VERB[cell.pass]} older ${kinds(cell.older)}${when}`;
}

const ACCESS_WORDS: { readonly [kind: string]: string } = {
  in: "PIO read",
  out: "PIO write",
  wcin: "write-combining read",
  wcout: "write-combining write",
};

/** The kinds of packets are words already. */
export const kindWords = (kind: string): string => ACCESS_WORDS[kind] ?? kind;

const PACKETS = PACKET_KINDS.length;
const ACCESSES = ACCESS_KINDS.length;

/** A cell of a table as a rule. */
export function cellRule(platform: Platform, table: string, index: number): Rule {
  const cell = platform.fabric.tables[table]?.[index];
  if (cell === undefined) throw new Error(`no cell ${index} in table ${table} of ${platform.name}`);
  return { kind: "cell", table, index, id: `${table}: ${cell.id}`, says: says(cell, PACKETS), source: cell.source };
}

/** A window rule as a rule. */
export function windowRule(platform: Platform, index: number): Rule {
  const rule = platform.cpu.window[index];
  if (rule === undefined) throw new Error(`no window rule ${index} in ${platform.cpu.name}`);
  return { kind: "window", index, id: `${platform.cpu.name}: ${rule.id}`, says: says(rule, ACCESSES), source: rule.source };
}

/** That nothing in the window keeps a `younger` access behind an `older` one. */
export function noRule(platform: Platform, older: readonly AccessKind[], younger: readonly AccessKind[]): Rule {
  return {
    kind: "no-rule",
    older,
    younger,
    id: `${platform.cpu.name}: no rule`,
    says: `nothing keeps a ${younger.map(kindWords).join(" or ")} behind an older ${older.map(kindWords).join(" or ")}`,
    source: platform.cpu.source,
  };
}

export const sameRule = (a: Rule, b: Rule): boolean => JSON.stringify(a) === JSON.stringify(b);
