/** Packets in their places: who stands where, who may leave, and where there is room. */
import type { State } from "./action.js";
import type { Machine } from "./machine.js";
import type { Hop, Packet, PlaceInstance, Visit, Wait } from "./packet.js";

/** Packets in their places. */
export type Queues = ReturnType<typeof createQueues>;

/** Entering and leaving places, and who may. `pictured`: also keep who came when, which no step needs. */
export function createQueues(machine: Machine, pictured: boolean) {
  const { packets, places, layout, waits, holdsBack } = machine;
  const { status } = layout;

  const waitsAt = (packet: number, hop: number): readonly Wait[] =>
    (waits[packet] as readonly (readonly Wait[])[])[hop - 1] as readonly Wait[];
  const slotsHeld = (packet: number, hop: number): readonly number[] =>
    (holdsBack[packet] as readonly (readonly number[])[])[hop - 1] as readonly number[];

  function enter(state: State, packet: number, hop: number): void {
    const item = packets[packet] as Packet;
    const waiting = waitsAt(packet, hop);
    for (let i = 0; i < waiting.length; i++) {
      const wait = waiting[i] as Wait;
      if (state[status + (packets[wait.packet] as Packet).instruction] === wait.hop) state[wait.slot] = 1;
    }
    state[status + item.instruction] = hop;
    if (!pictured) return;
    const { offset } = places[(item.hops[hop - 1] as Hop).place] as PlaceInstance;
    let at = 0;
    while (state[offset + at] !== 0) at++;
    state[offset + at] = packet + 1;
  }

  function leave(state: State, packet: number, hop: number): void {
    const held = slotsHeld(packet, hop);
    for (let i = 0; i < held.length; i++) state[held[i] as number] = 0;
    if (!pictured) return;
    const { offset, capacity } = places[((packets[packet] as Packet).hops[hop - 1] as Hop).place] as PlaceInstance;
    let at = 0;
    while (state[offset + at] !== packet + 1) at++;
    for (; at < capacity; at++) state[offset + at] = at + 1 < capacity ? (state[offset + at + 1] as number) : 0;
  }

  const postedClass = (kind: string): number =>
    kind === "posted" || kind === "intx" ? 0 : kind === "completion" || kind === "io-completion" ? 2 : 1;

  const isHere = (state: State, visit: Visit): boolean => state[status + (packets[visit.packet] as Packet).instruction] === visit.hop;

  /** By packet and hop, where the place's room is limited: who takes of the same credits while there. */
  const rivals = packets.map((packet) =>
    packet.hops.map((hop): readonly Visit[] | undefined => {
      const place = places[hop.place] as PlaceInstance;
      if (place.credits === Number.POSITIVE_INFINITY) return undefined;
      return place.visitors.filter(
        (visit) => postedClass(packets[visit.packet]?.hops[visit.hop - 1]?.kind ?? "") === postedClass(hop.kind),
      );
    }),
  );

  function hasRoom(state: State, packet: number, hop: number): boolean {
    const sharing = (rivals[packet] as (readonly Visit[] | undefined)[])[hop - 1];
    if (sharing === undefined) return true;
    let used = 0;
    for (let i = 0; i < sharing.length; i++) if (isHere(state, sharing[i] as Visit)) used++;
    return used < (places[((packets[packet] as Packet).hops[hop - 1] as Hop).place] as PlaceInstance).credits;
  }

  /** The instruction of a packet that this one has to wait for in its place, or -1. */
  function waitsFor(state: State, packet: number): number {
    const hop = state[status + (packets[packet] as Packet).instruction] as number;
    const waiting = waitsAt(packet, hop);
    for (let i = 0; i < waiting.length; i++) {
      const wait = waiting[i] as Wait;
      if (state[wait.slot] !== 0) return (packets[wait.packet] as Packet).instruction;
    }
    return -1;
  }

  function mayLeave(state: State, packet: number): boolean {
    const item = packets[packet] as Packet;
    const hop = state[status + item.instruction] as number;
    return hop !== item.held && waitsFor(state, packet) < 0 && (hop === item.hops.length || hasRoom(state, packet, hop + 1));
  }

  /** By location: packets that wait there for an answer, once they have arrived. */
  const withheld = packets.flatMap(({ held, location }, number) => (held > 0 ? [{ number, location }] : []));
  const answerable: (readonly number[])[] = machine.program.locations.map((_, location) =>
    withheld.filter((each) => each.location === location).map(({ number }) => number),
  );

  /** The packet that the next answer of a register is for, or -1: the one that came first. */
  function unanswered(state: State, location: number): number {
    for (const packet of answerable[location] as readonly number[]) {
      const { held, instruction } = packets[packet] as Packet;
      if (state[status + instruction] === held && waitsFor(state, packet) < 0) return packet;
    }
    return -1;
  }

  function inPlace(state: State, place: number): readonly number[] {
    const result: number[] = [];
    const { visitors } = places[place] as PlaceInstance;
    for (let i = 0; i < visitors.length; i++) {
      const visit = visitors[i] as Visit;
      if (isHere(state, visit)) result.push((packets[visit.packet] as Packet).instruction);
    }
    return result;
  }

  function underWay(state: State, packet: number): boolean {
    const { instruction, hops } = packets[packet] as Packet;
    const hop = state[status + instruction] as number;
    return hop > 0 && hop <= hops.length;
  }

  return { answerable, enter, hasRoom, inPlace, leave, mayLeave, unanswered, underWay, waitsFor };
}
