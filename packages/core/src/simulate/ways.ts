/**
 * Which of its ways a packet goes whose time in a place is over, where the machine leaves it several: on alone, with words that stand behind it as one burst, refused by the table of mappings,
 * or not at all, because a completion that is for whoever asks lies ready.
 */
import { BURST, MOVE, type Packet, REFUSED, stepAction, stepChoice, stepSubject, TAKEN_BY } from "../machine/index.js";
import type { Automaton, Node } from "./automaton.js";
import type { Mappings } from "./mappings.js";
import type { Run } from "./messages.js";
import type { Queues } from "./queues.js";
import type { Transit } from "./transit.js";

/** It stays a little longer. */
export const LATER = -1;

export type Ways = ReturnType<typeof createWays>;

export function createWays(
  { machine, times, extent, clocks }: Run,
  automaton: Automaton,
  queues: Queues,
  transit: Transit,
  mappings: Mappings,
) {
  const { instructions, layout, packets, thieves } = machine;
  const { count, slots, keys, hopCount } = extent;
  const { span } = times;
  /** Whose completion each packet may take. */
  const takes = Uint8Array.from(packets, (_, packet) => (thieves.some((list) => list.includes(packet)) ? 1 : 0));
  /** A burst's first word has waited for the data of those behind it. */
  const isLong = new Uint8Array(slots * count);

  /** The first of a packet's moves in a node is at `from`; so many there are. */
  function movesOf(node: Node, from: number): number {
    const subject = stepSubject(node.steps[from] as number);
    let end = from + 1;
    while (end < node.steps.length && stepSubject(node.steps[end] as number) === subject && stepAction(node.steps[end] as number) === MOVE)
      end++;
    return end - from;
  }

  /** The later words of a burst. */
  function wordsOf(node: Node, at: number, first: number): readonly number[] {
    const changes = automaton.follow(node, at)?.changes ?? [];
    const words: number[] = [];
    for (let i = 0; i < changes.length; i += 3) {
      const packet = instructions[changes[i] as number]?.packet ?? -1;
      if (packet >= 0 && packet !== first && changes[i + 1] === packets[packet]?.home) words.push(packet);
    }
    return words;
  }

  /** The longest burst, once the data of all its words is through; -1 where there is none. */
  function burst(slot: number, node: Node, from: number, moves: number, packet: number): number | undefined {
    let best: number | undefined;
    for (let at = from; at < from + moves; at++) {
      const choice = stepChoice(node.steps[at] as number);
      if (choice > BURST && choice < TAKEN_BY && automaton.follow(node, at) !== null) best = at;
    }
    if (best === undefined) return undefined;
    const { instruction, home } = packets[packet] as Packet;
    const mine = slot * count + instruction;
    if (isLong[mine] === 1) {
      isLong[mine] = 0;
      return best;
    }
    let data = 0;
    let saved = 0;
    for (const word of wordsOf(node, best, packet)) {
      const hop = word * span + (packets[word] as Packet).home - 1;
      data += times.data[hop] as number;
      saved += (times.service[hop] as number) - (times.data[hop] as number);
    }
    // One burst has one header: the bus is free that much sooner.
    const server = queues.server(slot, packet * span + home - 1);
    queues.free[server] = Math.max(clocks.now, (queues.free[server] as number) - saved);
    if (data === 0) return best;
    isLong[mine] = 1;
    clocks.start(slot * keys + instruction, slot, clocks.now + data);
    return LATER;
  }

  /** The step by which somebody's completion goes to this packet's requester, once it is there. */
  function theft(slot: number, node: Node, packet: number): number | undefined {
    const at = node.steps.findIndex((step) => stepAction(step) === MOVE && stepChoice(step) === TAKEN_BY + packet);
    if (at < 0 || automaton.follow(node, at) === null) return undefined;
    const owner = stepSubject(node.steps[at] as number);
    const hop = (instructions[owner]?.packet ?? 0) * span + (node.state[layout.status + owner] as number) - 1;
    const ready = transit.readyAt[slot * hopCount + hop] as number;
    if (ready <= clocks.now) return at;
    clocks.start(slot * keys + (packets[packet] as Packet).instruction, slot, ready);
    return LATER;
  }

  return {
    /** A message begins. */
    clear(slot: number): void {
      isLong.fill(0, slot * count, (slot + 1) * count);
    },

    /** The step of a packet at its hop whose moves begin at `from`; `LATER`: its clock was started anew. */
    choose(slot: number, node: Node, from: number, packet: number, hop: number): number {
      const { home, lookup, location } = packets[packet] as Packet;
      const moves = movesOf(node, from);
      const last = from + moves - 1;
      if (hop === 1 && takes[packet] === 1) {
        const taken = theft(slot, node, packet);
        if (taken !== undefined) return taken;
      }
      if (hop === home) {
        const together = burst(slot, node, from, moves, packet);
        if (together !== undefined) return together;
      }
      if (hop !== lookup || (layout.looked[packet] as number) < 0) return last;
      const entry = node.state[layout.entry[location] as number] as number;
      if (entry === 0 || (entry === 1 && mappings.lingers(slot, location))) {
        mappings.found(slot, location);
        return last;
      }
      for (let at = from; at <= last; at++) if (stepChoice(node.steps[at] as number) === REFUSED) return at;
      return last;
    },
  };
}
