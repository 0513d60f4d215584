/** The small notation in which platform files say what an accessor turns into: `access acquire`, `fence read -> read,write`, `token flush`. */
import { ACCESS_KINDS, type AccessKind, type Lowered } from "./platform.js";

/** Names for several kinds at once. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Barriers that programs name. They have no access of their own. */
export const BARRIER_NAMES: readonly string[] = words(`
  smp_mb smp_rmb smp_wmb smp_mb__before_atomic smp_mb__after_atomic smp_mb__after_spinlock smp_mb__after_unlock_lock barrier
  mb rmb wmb dma_mb dma_rmb dma_wmb mmiowb io_stop_wc
  udma_to_device_barrier udma_from_device_barrier udma_ordering_write_barrier mmio_flush_writes mmio_wc_start`);

/** What every CPU has to say something about: the accessors that programs are lowered to (see program/primitives.ts). */
export const ACCESSOR_NAMES: readonly string[] = words(`
  READ_ONCE plain_read atomic_read rcu_dereference smp_load_acquire
  WRITE_ONCE plain_write atomic_set smp_store_release rcu_assign_pointer
  atomic_full atomic_acquire atomic_release atomic_relaxed
  spin_lock spin_trylock spin_unlock spin_is_locked mutex_lock mutex_trylock mutex_unlock mutex_is_locked
  ${BARRIER_NAMES.join(" ")}
  readX writeX readX_relaxed writeX_relaxed raw_readX raw_writeX plain_readX plain_writeX readsX writesX
  inX outX insX outsX config_read config_write`);

/** What a CPU may say something about; without it, another accessor answers: `atomic_relaxed` for `atomic_void` (atomic_inc and such). */
export const OPTIONAL_ACCESSORS: readonly string[] = [
  "atomic_void",
  "atomic_failed",
  "atomic_failed_full",
  "atomic_failed_release",
  "migrate",
  "handler",
];

/** Those of them that are no access: what the kernel does besides. */
export const KERNEL_STEPS: readonly string[] = ["migrate", "handler"];

/** Short for several kinds. */
export const KIND_GROUPS: { readonly [name: string]: readonly AccessKind[] } = {
  memory: ["read", "write"],
  io: ["in", "out", "wcin", "wcout"],
  all: ACCESS_KINDS,
};

/** Access kinds and groups of them (memory, io, all) as kinds; undefined where one of them is unknown. */
export function accessKinds(words: readonly string[]): readonly AccessKind[] | undefined {
  const result: AccessKind[] = [];
  for (const word of words) {
    const group = KIND_GROUPS[word] ?? (ACCESS_KINDS.includes(word as AccessKind) ? [word as AccessKind] : undefined);
    if (group === undefined) return undefined;
    result.push(...group.filter((kind) => !result.includes(kind)));
  }
  return result;
}

const kinds = (list: string): readonly AccessKind[] | undefined => accessKinds(list.split(",").map((part) => part.trim()));

/** What an accessor can send and wait for. */
const TOKEN_NAMES: readonly string[] = ["flush", "drain"];

const BESIDE = ["before-atomic", "after-atomic", "after-spinlock", "after-unlock-lock", "pending-write"] as const;
const PROPAGATES = ["stores", "cumulative", "strong", "devices"] as const;

/** The kinds that names and groups stand for; unknown names are left out (validation has complained). */
export function expandKinds(names: readonly string[]): readonly AccessKind[] {
  return names.flatMap((name) => accessKinds([name]) ?? []);
}

/** One step, or a sentence that says what is wrong with it. */
export function parseStep(text: string): Lowered | string {
  const [head, ...words] = text.trim().split(/\s+/);
  switch (head) {
    case "access": {
      const flags = ["acquire", "release", "global", "waits", "ordered", "inherits", "split", "unordered", "noreturn", "pending"];
      const unknown = words.find((word) => !flags.includes(word));
      if (unknown !== undefined) return `unknown flag \`${unknown}\` of access; expected one of ${flags.join(", ")}`;
      const has = (flag: string): boolean => words.includes(flag);
      return {
        kind: "access",
        acquire: has("acquire"),
        release: has("release"),
        global: has("global"),
        waits: has("waits"),
        ordered: has("ordered"),
        inherits: has("inherits"),
        split: has("split"),
        unordered: has("unordered"),
        noreturn: has("noreturn"),
        pending: has("pending"),
      };
    }
    case "fence": {
      const match = /^fence\s+([\w,\s]+?)\s*->\s*([\w,]+(?:\s*,\s*\w+)*)(?:\s+(\w+))?(?:\s+beside\s+([\w-]+))?$/.exec(text.trim());
      if (match === null) return "expected `fence KINDS -> KINDS [stores|cumulative|strong|devices]`";
      const before = kinds(match[1] ?? "");
      const after = kinds(match[2] ?? "");
      if (before === undefined || after === undefined) return `kinds are ${ACCESS_KINDS.join(", ")}, memory, io and all`;
      const word = match[3];
      const propagates = PROPAGATES.find((name) => name === word);
      if (word !== undefined && propagates === undefined) return `unknown word \`${word}\`; expected one of ${PROPAGATES.join(", ")}`;
      const beside = BESIDE.find((name) => name === match[4]);
      if (match[4] !== undefined && beside === undefined) return `unknown word '${match[4]}'; expected one of ${BESIDE.join(", ")}`;
      return { kind: "fence", before, after, propagates: propagates ?? "none", beside: beside ?? "none" };
    }
    case "token": {
      const [name, ...flags] = words;
      if (name === undefined || !TOKEN_NAMES.includes(name) || flags.some((flag) => flag !== "ordered" && flag !== "own"))
        return "expected `token flush` or `token drain [ordered] [own]`";
      return { kind: "token", token: name, ordered: flags.includes("ordered"), own: flags.includes("own") };
    }
    default:
      return `expected \`access\`, \`fence\` or \`token\`, found \`${head ?? ""}\``;
  }
}
