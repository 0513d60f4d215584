/** What the platform's window says of two instructions of a thread: may the younger one be performed before the older one? */
import { holds } from "../platform/condition.js";
import type { Platform, WindowRule } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { type AccessFacts, type Instruction, KIND_BIT, kindsOf } from "./instruction.js";
import type { Machine } from "./machine.js";

/** One fact about two accesses of a thread; see `platform/condition.ts`. */
function accessFact(program: Program, name: string, older: Instruction, younger: Instruction): boolean {
  const [side, field] = name.split(".") as [string, string | undefined];
  if (field !== undefined) return (side === "younger" ? younger : older).facts[field as keyof AccessFacts] === true;
  switch (name) {
    case "same-device":
      return (
        older.location >= 0 &&
        younger.location >= 0 &&
        program.locations[older.location]?.owner === program.locations[younger.location]?.owner
      );
    case "same-register-space":
      return (
        older.location >= 0 &&
        younger.location >= 0 &&
        program.locations[older.location]?.space === program.locations[younger.location]?.space
      );
    default:
      throw new Error(`unknown condition ${name}`);
  }
}

/** Accesses of which the rules cannot tell one from another: a class for each instruction. */
function classesOf(instructions: readonly Instruction[]): { readonly classOf: Int32Array; readonly size: number } {
  const numbers = new Map<string, number>();
  const classOf = Int32Array.from(instructions, ({ facts, fenced, kind, location, mapping, mask }) => {
    const { acquire, release, ordered, unordered, plain, atomic, lock } = facts;
    const flags = [acquire, release, ordered, unordered, plain, atomic, lock].reduce((bits, flag) => 2 * bits + (flag ? 1 : 0), 0);
    const key = `${kind} ${mask} ${mapping < 0 ? "" : fenced} ${location} ${flags}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
  return { classOf, size: numbers.size };
}

/** Does a sorted list hold a number? */
function holdsNumber(list: readonly number[], number: number): boolean {
  let low = 0;
  for (let high = list.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((list[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return list[low] === number;
}

/** Asks the window's rules. Answers are kept, for each two classes of accesses. */
export function createWindowRules(
  program: Program,
  platform: Platform,
  instructions: readonly Instruction[],
  olderLoads: readonly (readonly number[])[],
  option: (id: string) => string | undefined,
): Pick<Machine, "window" | "windowRule"> {
  const { coherentReads, window: rules } = platform.cpu;
  const { classOf, size } = classesOf(instructions);
  const answers = new Int8Array(2 * size * size).fill(-1);
  const forbidding = new Map<number, string>();
  const memory = KIND_BIT.read | KIND_BIT.write;
  const decide = (older: Instruction, younger: Instruction, swaps: boolean, key: number): number => {
    let answer = 1;
    const inMemory = (older.mask & memory) !== 0 && (younger.mask & memory) !== 0;
    // A write-combining buffer holds one value a word.
    if (
      (older.mask & KIND_BIT.wcout) !== 0 &&
      (younger.mask & (KIND_BIT.wcout | KIND_BIT.wcin)) !== 0 &&
      older.location === younger.location
    )
      return 0;
    // Coherence: only a load may go before an older store to its address (it forwards).
    const incoherent = !coherentReads && older.kind === "load" && younger.kind === "load" && older.facts.plain && younger.facts.plain;
    if (inMemory && !incoherent && !swaps && !(older.kind === "store" && younger.kind === "load")) {
      if (older.location < 0 || younger.location < 0) answer = 2;
      else if (older.location === younger.location) return 0;
    }
    // An atomic has two kinds: of each pair of kinds the first rule that matches decides.
    for (const first of kindsOf(older.mapping >= 0 ? older.fenced : older.mask)) {
      for (const second of kindsOf(younger.mapping >= 0 ? younger.fenced : younger.mask)) {
        const ruled = (oneLocation: boolean): WindowRule | undefined =>
          rules.find(
            (each) =>
              each.older.includes(first) &&
              each.younger.includes(second) &&
              holds(each.when, (name) => (name === "same-address" ? oneLocation : accessFact(program, name, older, younger)), option),
          );
        const rule = ruled(older.location >= 0 && older.location === younger.location);
        if (rule?.pass === "no") {
          forbidding.set(key, rule.id);
          return 0;
        }
        // Where an address is computed, whether the two are of one location is asked when it is known.
        const meeting = answer === 1 && inMemory && (older.location < 0 || younger.location < 0) ? ruled(true) : undefined;
        if (meeting?.pass !== "no") continue;
        forbidding.set(key, meeting.id);
        answer = 2;
      }
    }
    return answer;
  };
  const keyOf = (older: Instruction, younger: Instruction): number => {
    // Two loads may swap; that both read the same store is asked when the older one is performed (rereads.ts).
    const ahead = olderLoads[younger.id] as readonly number[];
    const swaps = ahead.length > 0 && older.kind === "load" && holdsNumber(ahead, older.id);
    return 2 * ((classOf[older.id] as number) * size + (classOf[younger.id] as number)) + (swaps ? 1 : 0);
  };
  return {
    window(older, younger) {
      const key = keyOf(older, younger);
      let answer = answers[key] ?? 1;
      if (answer < 0) {
        answer = decide(older, younger, key % 2 === 1, key);
        answers[key] = answer;
      }
      return answer;
    },
    windowRule: (older, younger) => forbidding.get(keyOf(older, younger)),
  };
}
