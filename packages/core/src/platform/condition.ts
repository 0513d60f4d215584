/**
 * The closed vocabulary of conditions in tables: facts about a pair (older, younger), no code. `!` before a name negates it. `option:name=value` asks for an option's
 * value; it is looked at last, so that an option counts as read only where it can decide something.
 */

/** Between two packets in a place. `younger.x` and `older.x` speak of one packet's own fields. */
export const PACKET_FIELDS = [
  "ro",
  "ido",
  "barrier",
  "weak",
  "streaming",
  "coherent",
  "prefetch",
  "msi",
  "zero-length",
  "peer",
  "ordered",
  "atomic",
] as const;

/**
 * Relations of two packets. `uio`: either is an unordered-I/O packet. `different-class`: traffic classes differ. `same-register-space`: both to registers, to ports, or to
 * configuration space.
 */
export const PACKET_RELATIONS = [
  "different-class",
  "uio",
  "same-requester",
  "different-requester",
  "same-address",
  "same-line",
  "same-target",
  "same-register-space",
  "same-transaction",
  "same-card",
  "same-slot",
  "same-bridge",
  "same-node",
  "same-port",
  "same-cpu",
] as const;

/** Between two accesses in a CPU window. */
export const ACCESS_FIELDS = ["acquire", "release", "ordered", "unordered", "plain", "atomic", "lock"] as const;

export const ACCESS_RELATIONS = ["same-device", "same-address", "same-register-space"] as const;

/** What mapping rules can ask for. */
export const MAPPING_CONDITIONS = [
  "streaming",
  "coherent",
  "write-barrier",
  "weak-ordering",
  "relaxed-ordering",
  "prefetch",
  "mask32",
  "mask64",
  "msi",
  "intx",
] as const;

/** What mapping rules can set: fields of a packet. */
export const MAPPING_ATTRIBUTES = ["barrier", "ro", "ido", "weak", "prefetch", "no-snoop"] as const;

/** Evaluates a `when` list: facts first, options last. `fact` answers for a name without `!`; `option` for an option's current value. */
export function holds(when: readonly string[], fact: (name: string) => boolean, option: (id: string) => string | undefined): boolean {
  for (const condition of when) {
    if (condition.startsWith("option:")) continue;
    const negated = condition.startsWith("!");
    if (fact(negated ? condition.slice(1) : condition) === negated) return false;
  }
  for (const condition of when) {
    if (!condition.startsWith("option:")) continue;
    const [id, value] = condition.slice("option:".length).split("=");
    if (option(id ?? "") !== value) return false;
  }
  return true;
}
