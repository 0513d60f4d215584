/** Who may pass whom in a place, and what that leaves of a place's order: who waits for whom. */
import { holds } from "../platform/condition.js";
import type { Cell, Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import type { Instruction } from "./instruction.js";
import type { Machine, Range } from "./machine.js";
import type { Packet, PlaceInstance, Visit, Wait } from "./packet.js";

/** One fact about two packets in a place; see `platform/condition.ts`. */
function packetFact(program: Program, name: string, younger: Packet, older: Packet): boolean {
  const [side, field] = name.split(".") as [string, string | undefined];
  if (field !== undefined) return (side === "younger" ? younger : older).fields.has(field);
  const a = program.devices[younger.device];
  const b = program.devices[older.device];
  switch (name) {
    case "different-class":
      return younger.tc !== older.tc;
    case "uio":
      return younger.uio || older.uio;
    case "same-requester":
      return younger.requester === older.requester;
    case "different-requester":
      return younger.requester !== older.requester;
    case "same-address":
      return younger.location >= 0 && younger.location === older.location;
    case "same-line":
      return (
        younger.location >= 0 &&
        older.location >= 0 &&
        program.locations[younger.location]?.line === program.locations[older.location]?.line
      );
    case "same-target":
      return (
        younger.location >= 0 &&
        older.location >= 0 &&
        program.locations[younger.location]?.owner === program.locations[older.location]?.owner
      );
    case "same-register-space":
      return (
        younger.location >= 0 &&
        older.location >= 0 &&
        program.locations[younger.location]?.space === program.locations[older.location]?.space
      );
    case "same-transaction":
      return younger.instruction === older.instruction;
    case "same-card":
      return younger.device === older.device || (a !== undefined && a.card === b?.card);
    case "same-slot":
      return (
        younger.device === older.device ||
        (a !== undefined && b !== undefined && a.node === b.node && a.bridge === b.bridge && a.slot === b.slot)
      );
    case "same-bridge":
      return younger.device === older.device || (a !== undefined && b !== undefined && a.node === b.node && a.bridge === b.bridge);
    case "same-node":
      return younger.device === older.device || (a !== undefined && a.node === b?.node);
    case "same-port":
      return younger.device === older.device || (a !== undefined && a.port === b?.port);
    case "same-cpu":
      return younger.cpu === older.cpu;
    default:
      throw new Error(`unknown condition ${name}`);
  }
}

/** What `createPassing` knows of two classes. */
const NOBODY_ASKED = 0;
const NEVER = 1;
const ALWAYS = 2;
const DEPENDS = 3;

interface Rivals {
  /** Of the packets present in a place, by their number there: those that one may have to wait for, in order. The others' cells are known to let it pass. */
  rivals(present: readonly Visit[]): (younger: Visit) => readonly number[];
}

/** Conditions that two classes of packets answer, whatever their locations. */
const BY_CLASS: ReadonlySet<string> = new Set([
  "different-class",
  "uio",
  "same-requester",
  "different-requester",
  "same-card",
  "same-slot",
  "same-bridge",
  "same-node",
  "same-port",
  "same-cpu",
]);
const isOption = (condition: string): boolean => condition.startsWith("option:");
const ofClasses = (condition: string): boolean =>
  !isOption(condition) && (condition.includes(".") || BY_CLASS.has(condition.startsWith("!") ? condition.slice(1) : condition));

/**
 * Who may pass whom. Cells are looked up by class of packet: all that their conditions ask is in a packet's class or in how the two locations are
 * related. Answers are kept. `runs`: the instructions of each thread's runs. `must` false: what has to be able to pass does not.
 */
export function createPassing(
  program: Program,
  platform: Platform,
  roads: { readonly packets: readonly Packet[]; readonly visits: readonly { readonly place: number }[] },
  instructions: readonly Instruction[],
  runs: readonly (readonly Range[])[],
  option: (id: string) => string | undefined,
  must: boolean,
): Pick<Machine, "cell" | "pass"> & Rivals {
  const { packets } = roads;
  const classes = new Map<string, number>();
  const classed = (key: string): number => {
    const found = classes.get(key) ?? classes.size;
    classes.set(key, found);
    return found;
  };
  // By packet: as its request, and as its reply.
  const sides = packets.map((packet): readonly [Packet, Packet] => [packet, { ...packet, ...packet.answered }]);
  const side = (packet: number, hop: number): Packet | undefined => sides[packet]?.[hop > (packets[packet]?.home ?? 0) ? 1 : 0];
  /** By packet and hop: a number for all that a cell can ask of one packet in one place. */
  const classOf = packets.map((packet, number) =>
    packet.hops.map((hop, at) => {
      const { requester, device, cpu, tc, uio, fields } = side(number, at + 1) as Packet;
      const place = roads.visits[hop.place]?.place ?? -1;
      return classed([hop.kind, place, requester, device, cpu, tc, uio, [...fields].sort()].join());
    }),
  );
  const size = classes.size;
  // How the locations of two packets are related, and whether they are of one instruction, in five bits.
  const { locations } = program;
  const related = (a: Packet, b: Packet): number => {
    const own = a.instruction === b.instruction ? 8 : 0;
    const first = locations[a.location];
    const second = locations[b.location];
    if (first === undefined || second === undefined) return own;
    const bits = (first === second ? 1 : 0) | (first.line === second.line ? 2 : 0) | (first.owner === second.owner ? 4 : 0);
    return own | bits | (first.space === second.space ? 16 : 0);
  };
  /** For two classes and a relation: the cell that decides, if one does. */
  const decided = new Map<number, Cell | undefined>();
  const cell = (younger: number, youngerHop: number, older: number, olderHop: number): Cell | undefined => {
    const first = classOf[younger]?.[youngerHop - 1];
    const second = classOf[older]?.[olderHop - 1];
    if (first === undefined || second === undefined) return undefined;
    const key = (first * size + second) * 32 + related(packets[younger] as Packet, packets[older] as Packet);
    const known = decided.get(key);
    if (known !== undefined || decided.has(key)) return known;
    const found = decide(younger, youngerHop, older, olderHop);
    decided.set(key, found);
    return found;
  };
  function decide(younger: number, youngerHop: number, older: number, olderHop: number): Cell | undefined {
    const a = side(younger, youngerHop) as Packet;
    const b = side(older, olderHop) as Packet;
    const hopA = a.hops[youngerHop - 1];
    const hopB = b.hops[olderHop - 1];
    const place = platform.fabric.places[roads.visits[hopA?.place ?? -1]?.place ?? -1];
    // Reads that wait for their answers are answered in the order in which they came.
    if (place === undefined || hopA === undefined || hopB === undefined) return undefined;
    return platform.fabric.tables[place.table]?.find(
      (candidate) =>
        candidate.younger.includes(hopA.kind) &&
        candidate.older.includes(hopB.kind) &&
        holds(candidate.when, (name) => packetFact(program, name, a, b), option),
    );
  }
  /** May a cell for the classes of two packets ask something that the classes alone cannot say? Options are not looked at: who looks at one makes it count as read. */
  const asksMore = (younger: number, youngerHop: number, older: number, olderHop: number): boolean => {
    const a = side(younger, youngerHop) as Packet;
    const b = side(older, olderHop) as Packet;
    const hopA = a.hops[youngerHop - 1];
    const hopB = b.hops[olderHop - 1];
    const place = platform.fabric.places[roads.visits[hopA?.place ?? -1]?.place ?? -1];
    if (place === undefined || hopA === undefined || hopB === undefined) return false;
    const fact = (name: string): boolean => packetFact(program, name, a, b);
    return (platform.fabric.tables[place.table] ?? []).some(
      ({ younger: kinds, older: others, when }) =>
        kinds.includes(hopA.kind) &&
        others.includes(hopB.kind) &&
        !when.every((condition) => isOption(condition) || ofClasses(condition)) &&
        holds(when.filter(ofClasses), fact, option),
    );
  };
  const transactionOf = transactionsOf(instructions, runs);
  const sameTlp = (a: Packet, b: Packet): boolean =>
    transactionOf[a.instruction] === transactionOf[b.instruction] &&
    instructions[a.instruction]?.kind === "dma-write" &&
    !a.fields.has("ro") &&
    !a.uio;
  const allows = (found: Cell | undefined): boolean => found !== undefined && found.pass !== "no" && (found.pass !== "must" || must);
  /** For two classes: nobody has asked, their cells never let pass, always do, or it depends on how the two locations are related. */
  const between = new Uint8Array(size * size);
  const pass = (younger: number, youngerHop: number, older: number, olderHop: number): boolean => {
    const first = classOf[younger]?.[youngerHop - 1];
    const second = classOf[older]?.[olderHop - 1];
    if (first === undefined || second === undefined) return false;
    const known = between[first * size + second];
    let allowed = known === ALWAYS;
    if (known === NOBODY_ASKED || known === DEPENDS) {
      allowed = allows(cell(younger, youngerHop, older, olderHop));
      if (known === NOBODY_ASKED)
        between[first * size + second] = asksMore(younger, youngerHop, older, olderHop) ? DEPENDS : allowed ? ALWAYS : NEVER;
    }
    return allowed && !sameTlp(packets[younger] as Packet, packets[older] as Packet);
  };
  // By transaction: its packets.
  const sent = new Int32Array(instructions.length);
  for (const { instruction } of packets) (sent[transactionOf[instruction] as number] as number)++;
  const rivals = (present: readonly Visit[]): ((younger: Visit) => readonly number[]) => {
    const byClass = new Map<number, number[]>();
    for (const [at, { packet, hop }] of present.entries()) {
      const of = classOf[packet]?.[hop - 1] ?? -1;
      const list = byClass.get(of);
      if (list === undefined) byClass.set(of, [at]);
      else list.push(at);
    }
    const everybody = present.map((_, at) => at);
    return ({ packet, hop }) => {
      const first = classOf[packet]?.[hop - 1] ?? -1;
      // Parts of one transaction stay in order whatever the cells say.
      if (first < 0 || (sent[transactionOf[packets[packet]?.instruction ?? -1] ?? -1] ?? 0) > 1) return everybody;
      const found: number[] = [];
      let lists = 0;
      byClass.forEach((list, second) => {
        if (second >= 0 && between[first * size + second] === ALWAYS) return;
        lists++;
        for (let i = 0; i < list.length; i++) found.push(list[i] as number);
      });
      return lists < 2 ? found : found.sort((a, b) => a - b);
    };
  };
  return { cell, pass, rivals };
}

/** By instruction: the first of its transaction. One statement is one transaction in each run of a handler: what two runs send are two. */
function transactionsOf(instructions: readonly Instruction[], runs: readonly (readonly Range[])[]): Int32Array {
  const firsts = new Int32Array(instructions.length);
  for (const { first, end } of runs.flat()) {
    const byOperation = new Map<unknown, number>();
    for (let id = first; id < end; id++) {
      const operation = instructions[id]?.operation;
      if (!byOperation.has(operation)) byOperation.set(operation, id);
      firsts[id] = byOperation.get(operation) as number;
    }
  }
  return firsts;
}

const everybody = (present: readonly Visit[]): (() => readonly number[]) => {
  const all = present.map((_, at) => at);
  return () => all;
};

/**
 * The machine with its places laid out in the state, as its `pass` says. A packet leaves when nothing that came before it holds it back, and nothing else about the order
 * in a place can ever be told: so the state keeps, for each two packets that may not pass, whether the one waits for the other, and no queue.
 */
export function withWaits(machine: Machine, { rivals }: Rivals = { rivals: everybody }): Machine {
  const { packets, instructions, layout } = machine;
  let size = layout.waits;
  const visitors: Visit[][] = machine.places.map(() => []);
  packets.forEach((packet, number) => {
    packet.hops.forEach((hop, at) => {
      visitors[hop.place]?.push({ packet: number, hop: at + 1 });
    });
  });
  const waits = packets.map((packet) => packet.hops.map((): Wait[] => []));
  const holdsBack = packets.map((packet) => packet.hops.map((): number[] => []));
  for (const present of visitors) {
    const rivalsOf = rivals(present);
    for (let i = 0; i < present.length; i++) {
      machine.ask();
      const younger = present[i] as Visit;
      const mine = waits[younger.packet]?.[younger.hop - 1];
      const instruction = instructions[packets[younger.packet]?.instruction ?? -1];
      // A drained path holds only what has to be drained.
      const drains = instruction?.kind === "token" && instruction.facts.ordered;
      const met = rivalsOf(younger);
      for (let k = 0; k < met.length; k++) {
        const older = present[met[k] as number] as Visit;
        if (older.packet === younger.packet || (drains && packets[older.packet]?.fields.has("ordered") !== true)) continue;
        if (machine.pass(younger.packet, younger.hop, older.packet, older.hop)) continue;
        mine?.push({ packet: older.packet, hop: older.hop, slot: size });
        holdsBack[older.packet]?.[older.hop - 1]?.push(size++);
      }
    }
  }
  const deciding = size;
  const places = machine.places.map((place, number): PlaceInstance => {
    const offset = size;
    size += place.capacity + 1;
    return { ...place, offset, visitors: visitors[number] ?? [] };
  });
  const initial = new Int32Array(size);
  initial.set(machine.initial.subarray(0, layout.waits));
  return { ...machine, places, waits, holdsBack, layout: { ...layout, deciding, size }, initial };
}
