/**
 * The oracle notices when the stepper is wrong: machines with one thing changed in what they say to the stepper, each of which has to end otherwise than the oracle
 * says on some test of a fixed set.
 */
import { describe, expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import type { Instruction } from "../../src/machine/instruction.js";
import { buildMachine, type Machine } from "../../src/machine/machine.js";
import type { Packet } from "../../src/machine/packet.js";
import { withWaits } from "../../src/machine/passing.js";
import { consult } from "../../src/oracle/oracle.js";
import type { PacketKind } from "../../src/platform/platform.js";
import { platform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { listEnds } from "../property/cases.js";
import { JUDGES } from "./judges.js";

type Mutation = (machine: Machine) => Machine;

/** Other answers about pairs in a window: `change` says 0 (no), 1 (may), or undefined where the answer stays. */
const window =
  (change: (older: Instruction, younger: Instruction) => number | undefined): Mutation =>
  (machine) => ({ ...machine, window: (older, younger) => change(older, younger) ?? machine.window(older, younger) });

/** Other answers about pairs in a place. */
const pass =
  (change: (younger: PacketKind | undefined, older: PacketKind | undefined, a: Packet, b: Packet) => boolean | undefined): Mutation =>
  (machine) =>
    withWaits({
      ...machine,
      pass: (younger, youngerHop, older, olderHop) => {
        const a = machine.packets[younger] as Packet;
        const b = machine.packets[older] as Packet;
        return change(a.hops[youngerHop - 1]?.kind, b.hops[olderHop - 1]?.kind, a, b) ?? machine.pass(younger, youngerHop, older, olderHop);
      },
    });

const instructions =
  (change: (instruction: Instruction) => Partial<Instruction>): Mutation =>
  (machine) => ({ ...machine, instructions: machine.instructions.map((instruction) => ({ ...instruction, ...change(instruction) })) });

const packets =
  (change: (packet: Packet) => Partial<Packet>): Mutation =>
  (machine) => ({ ...machine, packets: machine.packets.map((packet) => ({ ...packet, ...change(packet) })) });

const is =
  (...kinds: readonly string[]) =>
  (instruction: Instruction): boolean =>
    kinds.includes(instruction.kind);

const MUTANTS: { readonly [name: string]: Mutation } = {
  "no window rule at all": window((older, younger) => (older.location === younger.location ? undefined : 1)),
  "everything in program order": window(() => 0),
  "no store buffer": window((older, younger) => (is("store")(older) && is("load")(younger) ? 0 : undefined)),
  "loads pass loads": window((older, younger) =>
    is("load")(older) && is("load")(younger) && older.location !== younger.location ? 1 : undefined,
  ),
  "loads of one address pass each other": window((older, younger) => (is("load")(older) && is("load")(younger) ? 1 : undefined)),
  "loads that swapped read what they like": (machine) => ({ ...machine, olderLoads: machine.instructions.map(() => []) }),
  "loads never pass loads": window((older, younger) => (is("load")(older) && is("load")(younger) ? 0 : undefined)),
  "stores pass stores": window((older, younger) =>
    is("store")(older) && is("store")(younger) && older.location !== younger.location ? 1 : undefined,
  ),
  "stores of one address pass each other": window((older, younger) => (is("store")(older) && is("store")(younger) ? 1 : undefined)),
  "stores never pass stores": window((older, younger) => (is("store")(older) && is("store")(younger) ? 0 : undefined)),
  "stores never pass loads": window((older, younger) => (is("load")(older) && is("store")(younger) ? 0 : undefined)),
  "PIO passes PIO": window((older, younger) =>
    is("pio-read", "pio-write")(older) && is("pio-read", "pio-write")(younger) ? 1 : undefined,
  ),
  "loads pass PIO reads never": window((older, younger) => (is("pio-read")(older) && is("load")(younger) ? 0 : undefined)),
  "doorbells wait for stores": window((older, younger) => (is("store")(older) && is("pio-write")(younger) ? 0 : undefined)),
  "fences order nothing": instructions((instruction) => (instruction.kind === "fence" ? { before: 0, after: 0 } : {})),
  "fences order no stores before": instructions((instruction) => (instruction.kind === "fence" ? { before: instruction.before & ~2 } : {})),
  "fences order no loads after": instructions((instruction) => (instruction.kind === "fence" ? { after: instruction.after & ~1 } : {})),
  "fences order no PIO after": instructions((instruction) => (instruction.kind === "fence" ? { after: instruction.after & 3 } : {})),
  "release is nothing": window((older, younger) =>
    younger.facts.release ? (older.location === younger.location ? undefined : 1) : undefined,
  ),
  "acquire is nothing": window((older, younger) =>
    older.facts.acquire ? (older.location === younger.location ? undefined : 1) : undefined,
  ),
  "fences make nothing travel": instructions((instruction) => (instruction.kind === "fence" ? { propagates: "none" } : {})),
  "fences spread everything": instructions((instruction) =>
    instruction.kind === "fence" && instruction.propagates !== "none" ? { propagates: "strong", active: true } : {},
  ),
  "strong fences spread nothing": instructions((instruction) =>
    instruction.kind === "fence" && instruction.propagates === "strong" ? { propagates: "cumulative", active: false } : {},
  ),
  "nobody's store is seen by all at once": instructions(() => ({ global: false })),
  "every store is seen by all at once": instructions((instruction) => (is("store")(instruction) ? { global: true } : {})),
  "locks pass on nothing": instructions(() => ({ inherits: false })),
  "nothing passes in a place": pass(() => false),
  "everything passes in a place": pass(() => true),
  "writes pass writes": pass((a, b) => (a === "posted" && b === "posted" ? true : undefined)),
  "writes do not pass reads": pass((a, b) => (a === "posted" && b === "read" ? false : undefined)),
  "reads pass writes": pass((a, b) => (a === "read" && b === "posted" ? true : undefined)),
  "reads do not pass reads": pass((a, b) => (a === "read" && b === "read" ? false : undefined)),
  "replies pass writes": pass((a, b) => (a === "completion" && b === "posted" ? true : undefined)),
  "relaxed ordering is ignored": pass((_, __, a) => (a.fields.has("ro") ? false : undefined)),
  "barrier writes wait for nothing": pass((_, __, a) => (a.fields.has("barrier") && !a.fields.has("msi") ? true : undefined)),
  "interrupt messages pass data": pass((_, __, a) => (a.fields.has("msi") ? true : undefined)),
  "flushes pass everything": pass((a) => (a === "flush" ? true : undefined)),
  "drains pass everything": pass((a) => (a === "drain" ? true : undefined)),
  "traffic classes are ignored": pass((_, __, a, b) => (a.tc === b.tc ? undefined : false)),
  "the words of one TLP pass each other": (machine) =>
    pass((_, __, a, b) =>
      machine.instructions[a.instruction]?.operation === machine.instructions[b.instruction]?.operation ? true : undefined,
    )(machine),
  "one place too early": packets((packet) => ({
    home: Math.max(1, packet.home - 1),
    hops: packet.hops.length === packet.home ? packet.hops.slice(0, Math.max(1, packet.home - 1)) : packet.hops,
  })),
  "posted writes to ports": instructions((instruction) => (instruction.kind === "pio-write" ? { waits: false } : {})),
  "locks do not wait": instructions((instruction) => (instruction.locks ? { locks: false } : {})),
  "unlocks do not unlock": instructions((instruction) =>
    instruction.facts.lock && instruction.kind === "store" && instruction.pair < 0 ? { value: { kind: "constant", value: 1 } } : {},
  ),
  "atomics add one more": instructions((instruction) =>
    instruction.modify?.kind === "arithmetic" ? { modify: { ...instruction.modify, value: { kind: "constant", value: 2 } } } : {},
  ),
  "compare and swap always swaps": instructions((instruction) =>
    instruction.modify?.kind === "compare" && instruction.kind === "dma-atomic"
      ? { modify: { kind: "exchange", value: instruction.modify.value } }
      : {},
  ),
  "waits do not wait": instructions((instruction) => (instruction.kind === "wait" ? { value: { kind: "constant", value: 1 } } : {})),
  "hearing does not wait": instructions((instruction) => (instruction.kind === "hear" ? { kind: "nothing" } : {})),
  "indivisible steps are divisible": instructions(() => ({ block: -1, blockEnd: -1 })),
  "zero instead of what was read": instructions((instruction) => (is("dma-read")(instruction) ? { target: -1 } : {})),
  "completions are their requester's own": (machine) => ({ ...machine, otherMoves: false }),
  "completions are for whoever asks for anything": (machine) => ({
    ...machine,
    otherMoves: true,
    thieves: machine.packets.map((packet) =>
      machine.packets.flatMap((other, at) =>
        other.requester !== packet.requester && other.hops.length > other.home && packet.hops.length > packet.home ? [at] : [],
      ),
    ),
  }),
  "writes never leave together": (machine) => ({ ...machine, followers: machine.followers.map(() => []) }),
  "any two writes may leave together": (machine) => {
    const writes = machine.packets.flatMap((packet, at) =>
      machine.instructions[packet.instruction]?.kind === "pio-write" && packet.hops.length === packet.home ? [at] : [],
    );
    return {
      ...machine,
      otherMoves: true,
      followers: machine.packets.map((_, at) => (writes.includes(at) ? writes.filter((other) => other !== at) : [])),
    };
  },
  "devices take every word of a burst": (machine) => ({
    ...machine,
    program: { ...machine.program, locations: machine.program.locations.map((location) => ({ ...location, noBurst: false })) },
  }),
  "nobody answers": instructions((instruction) => (is("answer")(instruction) ? { kind: "nothing" } : {})),
  "answers say what the register holds": instructions((instruction) => (is("answer")(instruction) ? { value: undefined } : {})),
  "answers pass what was sent before": pass((a, b, packet) => (packet.held > 0 && a === "completion" && b === "posted" ? true : undefined)),
  "an answer's own attributes are nothing": pass((a, b, packet) =>
    packet.answered !== undefined && a === "completion" && b === "posted" ? false : undefined,
  ),
  "nothing is looked up": packets(() => ({ lookup: 0 })),
  "unmaps do not wait": instructions((instruction) => (is("unmapped")(instruction) ? { kind: "nothing" } : {})),
  "unmaps do nothing": instructions((instruction) => (is("unmap")(instruction) ? { kind: "nothing" } : {})),
  "maps do nothing": instructions((instruction) => (is("map")(instruction) ? { kind: "nothing" } : {})),
  "unordered I/O is ordered": pass((_, __, a, b) => (a.uio || b.uio ? false : undefined)),
  "ID-based ordering is ignored": pass((_, __, a) => (a.fields.has("ido") ? false : undefined)),
  "there is always room": (machine) => ({
    ...machine,
    places: machine.places.map((place) => ({ ...place, credits: Number.POSITIVE_INFINITY })),
  }),
  "interrupts are never masked": instructions((instruction) => (is("interrupts")(instruction) ? { enable: true } : {})),
  "stores store the constant": instructions((instruction) =>
    is("store")(instruction) && instruction.pair < 0 && !instruction.facts.lock ? { value: { kind: "constant", value: 1 } } : {},
  ),
};

const SCALE = { mode: "states", reduce: "none", maxStates: 50_000 } as const;

/** What the oracle says, and the machine to change. */
const trials = JUDGES.map((judge) => {
  const answer = consult(judge.program, platform(judge.platform));
  if (answer.kind !== "ends") throw new Error(`${judge.name}: ${answer.kind}`);
  const said = `${listEnds(answer.ends)} ${answer.ends.some((end) => end.satisfies)}`;
  return { name: judge.name, machine: buildMachine(judge.program, platform(judge.platform)), said };
});

const told = (machine: Machine): string => {
  const found = search(machine, SCALE);
  return `${listEnds(found.ends)} ${found.satisfiable}`;
};

/** The tests on which a mutant ends otherwise; one that crashes or runs away is noticed too. */
function killers(mutation: Mutation, some: boolean): string[] {
  const result: string[] = [];
  for (const { name, machine, said } of trials) {
    let here: string;
    try {
      here = told(mutation(machine));
    } catch (error) {
      here = String(error);
    }
    if (here !== said) result.push(name);
    if (some && result.length > 0) break;
  }
  return result;
}

test("without a change nothing is noticed", () => {
  expect(killers((machine) => machine, false)).toEqual([]);
});

describe("the oracle notices", () => {
  test.each(Object.entries(MUTANTS))("%s", (_, mutation) => {
    expect(killers(mutation, true)).not.toEqual([]);
  });
});

/**
 * One pair's answer turned round, everywhere in turn. Many such changes change nothing (the pair meets nowhere, or something else orders it), so not all can be killed;
 * how many are must not fall.
 */
test("single answers turned round, a seeded sample", () => {
  const source = random(20261122);
  let changed = 0;
  let noticed = 0;
  for (const { machine, said } of trials) {
    const pairs: (readonly [Instruction, Instruction])[] = [];
    for (const older of machine.instructions) {
      for (const younger of machine.instructions)
        if (older.thread === younger.thread && older.id < younger.id && older.mask !== 0 && younger.mask !== 0)
          pairs.push([older, younger]);
    }
    for (let i = 0; i < 6 && pairs.length > 0; i++) {
      const [first, second] = source.pick(pairs);
      changed++;
      const mutant = window((older, younger) =>
        older === first && younger === second ? (machine.window(older, younger) === 0 ? 1 : 0) : undefined,
      )(machine);
      if (told(mutant) !== said) noticed++;
    }
    if (machine.packets.length < 2) continue;
    for (let i = 0; i < 6; i++) {
      const a = source.below(machine.packets.length);
      const b = source.below(machine.packets.length);
      if (a === b) continue;
      changed++;
      const turned: Machine = {
        ...machine,
        pass: (y, yh, o, oh) => (y === a && o === b ? !machine.pass(y, yh, o, oh) : machine.pass(y, yh, o, oh)),
      };
      if (told(turned) !== said) noticed++;
    }
  }
  expect(changed).toBeGreaterThan(300);
  expect(noticed / changed).toBeGreaterThan(0.2);
});
