/** Who may pass whom in a place, and what that leaves of a place's order: who waits for whom. */
import { holds } from "../platform/condition.js";
import type { Cell, Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import type { Instruction } from "./instruction.js";
import type { Machine } from "./machine.js";
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

/**
 * Who may pass whom. Cells are looked up by class of packet: all that their conditions ask is in a packet's class or in how the two locations are
 * related. Answers are kept. `must` false: what has to be able to pass does not.
 */
export function createPassing(
  program: Program,
  platform: Platform,
  roads: { readonly packets: readonly Packet[]; readonly visits: readonly { readonly place: number }[] },
  instructions: readonly Instruction[],
  option: (id: string) => string | undefined,
  must: boolean,
): Pick<Machine, "cell" | "pass"> {
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
      return classed([hop.kind, roads.visits[hop.place]?.place, requester, device, cpu, tc, uio, [...fields].sort()].join());
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
  const sameTlp = (a: Packet, b: Packet): boolean => {
    const first = instructions[a.instruction];
    const second = instructions[b.instruction];
    return first !== undefined && first.kind === "dma-write" && second?.operation === first.operation && !a.fields.has("ro") && !a.uio;
  };
  const pass = (younger: number, youngerHop: number, older: number, olderHop: number): boolean => {
    const found = cell(younger, youngerHop, older, olderHop);
    if (found === undefined || found.pass === "no" || (found.pass === "must" && !must)) return false;
    return !sameTlp(packets[younger] as Packet, packets[older] as Packet);
  };
  return { cell, pass };
}

/**
 * The machine with its places laid out in the state, as its `pass` says. A packet leaves when nothing that came before it holds it back, and nothing else about the order
 * in a place can ever be told: so the state keeps, for each two packets that may not pass, whether the one waits for the other, and no queue.
 */
export function withWaits(machine: Machine): Machine {
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
    for (const younger of present) {
      const instruction = instructions[packets[younger.packet]?.instruction ?? -1];
      // A drained path holds only what has to be drained.
      const drains = instruction?.kind === "token" && instruction.facts.ordered;
      for (const older of present) {
        if (older.packet === younger.packet || (drains && packets[older.packet]?.fields.has("ordered") !== true)) continue;
        if (machine.pass(younger.packet, younger.hop, older.packet, older.hop)) continue;
        waits[younger.packet]?.[younger.hop - 1]?.push({ ...older, slot: size });
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
