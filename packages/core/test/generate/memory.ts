/** Random tests of cached memory alone: what an architecture's model and the explorer both take. */
import type { Draft, DraftThread, Statement } from "./draft.js";
import type { Random } from "./random.js";

/** What a random test of memory may contain. */
export interface MemoryTaste {
  /** About how many accesses. */
  readonly size: number;
  /** Read-modify-writes. */
  readonly atomics: boolean;
  /** Critical sections. */
  readonly locks: boolean;
  /** Barriers that count beside an atomic or a lock. */
  readonly beside?: boolean;
  /** Two accesses of three are read-modify-writes. */
  readonly dense?: boolean;
}

const FENCES = ["smp_mb", "smp_mb", "smp_rmb", "smp_wmb"];
const BESIDE_ATOMICS = ["smp_mb__before_atomic", "smp_mb__after_atomic"];
const BESIDE_LOCKS = ["smp_mb__after_spinlock", "smp_mb__after_unlock_lock"];
const SUFFIXES = ["", "_relaxed", "_acquire", "_release"];

/** A random test: two to four threads, one to three locations, dependencies of every kind, few enough accesses that loads of one location meet often. */
export function randomMemoryTest(random: Random, taste: MemoryTaste): Draft {
  const names = ["x", "y", "z"].slice(0, 1 + random.below(3));
  const threads: DraftThread[] = [];
  const shown = [...names];
  const fences = taste.beside === true ? [...FENCES, ...BESIDE_ATOMICS, ...BESIDE_ATOMICS, ...(taste.locks ? BESIDE_LOCKS : [])] : FENCES;
  const count = 2 + (random.chance(0.4) ? 1 : 0) + (random.chance(0.1) ? 1 : 0);
  for (let thread = 0; thread < count; thread++) {
    const set: string[] = [];
    const lock = taste.locks && random.chance(0.6);
    const target = (): string => {
      const name = random.pick(names);
      return set.length > 0 && random.chance(0.35) ? dependent(name, random.pick(set)) : name;
    };
    const stored = (): string => {
      const value = String(1 + random.below(2));
      return set.length > 0 && random.chance(0.3) ? `${value} + ${zero(random.pick(set))}` : value;
    };
    const compared = (): string => {
      const value = String(random.below(2));
      return set.length > 0 && random.chance(0.3) ? `${value} + ${zero(random.pick(set))}` : value;
    };
    const fresh = (): string => `r${set.length}`;
    const load = (call: (register: string) => string): string => {
      const register = fresh();
      const text = call(register);
      set.push(register);
      shown.push(`${thread}:${register}`);
      return text;
    };
    const access = (): Statement => {
      const roll = random.below(100);
      const [reads, plain] = taste.dense === true ? [20, 34] : [48, 74];
      if (roll < reads)
        return load((r) => `int ${r} = ${random.chance(0.85) ? `READ_ONCE(*${target()})` : `smp_load_acquire(${target()})`}`);
      if (roll < plain || !taste.atomics)
        return random.chance(0.85) ? `WRITE_ONCE(*${target()}, ${stored()})` : `smp_store_release(${target()}, ${stored()})`;
      const suffix = random.pick(SUFFIXES);
      return load((r) =>
        random.pick([
          `int ${r} = xchg${suffix}(${target()}, ${stored()})`,
          `int ${r} = atomic_fetch_add${suffix}(${taste.beside === true ? stored() : 1}, ${target()})`,
          `int ${r} = cmpxchg${suffix}(${target()}, ${compared()}, ${stored()})`,
          ...(taste.beside === true ? [`int ${r} = atomic_add_unless(${target()}, ${stored()}, ${compared()})`] : []),
        ]),
      );
    };
    const within = (): Statement[] =>
      taste.beside === true && random.chance(0.6)
        ? [
            ...(random.chance(0.4) ? [`${random.pick(fences)}()`] : []),
            `atomic_inc(${target()})`,
            ...(random.chance(0.4) ? [`${random.pick(fences)}()`] : []),
          ]
        : [`WRITE_ONCE(*${target()}, ${stored()})`];
    const body: Statement[] = [];
    const accesses = Math.max(1, Math.round((taste.size * (0.6 + 0.2 * random.below(5))) / count));
    for (let at = 0; at < accesses; at++) {
      if (at > 0 && random.chance(0.25)) body.push(`${random.pick(fences)}()`);
      // A register that one arm alone sets has no value in the other.
      if (set.length > 0 && random.chance(0.12)) body.push({ head: `if (${random.pick(set)})`, body: within() });
      else if (lock && random.chance(0.3)) body.push("spin_lock(l)", access(), "spin_unlock(l)");
      else body.push(access());
    }
    threads.push({ head: `P${thread}(${[...names.map((name) => `int *${name}`), ...(lock ? ["spinlock_t *l"] : [])].join(", ")})`, body });
  }
  return { init: [], threads, shown, condition: [] };
}

/** 0, but not to a processor. */
const zero = (register: string): string => `(${register} ^ ${register})`;
const dependent = (name: string, register: string): string => `(${name} + ${zero(register)})`;
