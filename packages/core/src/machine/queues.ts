/** Packets in their places: who stands where, who may leave, and where there is room. */
import type { State } from "./action.js";
import type { Instruction, Machine, Packet } from "./machine.js";

/** Packets in their places. */
export type Queues = ReturnType<typeof createQueues>;

/** Entering and leaving places, and who may. */
export function createQueues(machine: Machine) {
  const { instructions, packets, places, layout } = machine;
  const { status } = layout;

  function queueLength(state: State, place: number): number {
    const { offset, capacity } = places[place] as (typeof places)[number];
    let length = 0;
    while (length < capacity && state[offset + length] !== 0) length++;
    return length;
  }

  function enter(state: State, packet: number, hop: number): void {
    const item = packets[packet] as Packet;
    const place = (item.hops[hop - 1] as { place: number }).place;
    state[(places[place] as { offset: number }).offset + queueLength(state, place)] = packet + 1;
    state[status + item.instruction] = hop;
  }

  function leave(state: State, packet: number, hop: number): void {
    const item = packets[packet] as Packet;
    const { offset, capacity } = places[(item.hops[hop - 1] as { place: number }).place] as (typeof places)[number];
    let at = 0;
    while (state[offset + at] !== packet + 1) at++;
    for (; at < capacity; at++) state[offset + at] = at + 1 < capacity ? (state[offset + at + 1] as number) : 0;
  }

  const postedClass = (kind: string): number =>
    kind === "posted" || kind === "intx" ? 0 : kind === "completion" || kind === "io-completion" ? 2 : 1;

  function hasRoom(state: State, packet: number, hop: number): boolean {
    const hops = (packets[packet] as Packet).hops;
    const at = hops[hop - 1];
    if (at === undefined) return true;
    const place = places[at.place] as (typeof places)[number];
    if (place.credits === Number.POSITIVE_INFINITY) return true;
    let used = 0;
    for (let i = 0; i < place.capacity && state[place.offset + i] !== 0; i++) {
      const other = packets[(state[place.offset + i] as number) - 1] as Packet;
      const otherHop = other.hops[(state[status + other.instruction] as number) - 1];
      if (otherHop !== undefined && postedClass(otherHop.kind) === postedClass(at.kind)) used++;
    }
    return used < place.credits;
  }

  function mayLeave(state: State, packet: number): boolean {
    const item = packets[packet] as Packet;
    const hop = state[status + item.instruction] as number;
    const { offset } = places[(item.hops[hop - 1] as { place: number }).place] as (typeof places)[number];
    const drains =
      (instructions[item.instruction] as Instruction).kind === "token" && (instructions[item.instruction] as Instruction).facts.ordered;
    for (let at = 0; state[offset + at] !== packet + 1; at++) {
      const other = (state[offset + at] as number) - 1;
      const older = packets[other] as Packet;
      if (drains && !older.fields.has("ordered")) continue;
      if (!machine.pass(packet, hop, other, state[status + older.instruction] as number)) return false;
    }
    return hop === item.hops.length || hasRoom(state, packet, hop + 1);
  }

  const inPlace = (state: State, place: number): readonly number[] => {
    const { offset, capacity } = places[place] as (typeof places)[number];
    const result: number[] = [];
    for (let i = 0; i < capacity && state[offset + i] !== 0; i++)
      result.push((packets[(state[offset + i] as number) - 1] as Packet).instruction);
    return result;
  };

  return { enter, hasRoom, inPlace, leave, mayLeave };
}
