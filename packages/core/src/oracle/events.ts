/** The events of a scenario: one number each, and which of them are one indivisible step. */
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { silent } from "./act.js";
import { arrivalOf, endOf, type Item, startOf } from "./item.js";
import { isLookedUp } from "./mappings.js";
import { Order } from "./order.js";
import { type Lookup, type Packet, packetOf, type Stop } from "./roads.js";
import type { Run, Scenario } from "./scenario.js";

/** The acts of all runs with their events. */
export interface Events {
  readonly count: number;
  readonly items: readonly Item[];
  readonly byRun: ReadonlyMap<Run, readonly Item[]>;
  /** When each run of a handler starts. */
  readonly starts: ReadonlyMap<Run, number>;
  /** The answer of each read that was withheld. */
  readonly answers: ReadonlyMap<Item, Item>;
  /** Words of a burst and the next one each: they stand behind each other in the place that they leave together. */
  readonly behind: readonly (readonly [Item, Item])[];
  /** Says nothing yet, but has room for every event. */
  readonly order: Order;
  /** Is event `a` before event `b` in an order? Events of one indivisible step are ordered as the program has them. */
  before(order: Order, a: number, b: number): boolean;
  /** Adds a pair to an order; false where that contradicts it. */
  add(order: Order, a: number, b: number): boolean;
}

/** Hands out events. Each is a point of the order, its node; those of one indivisible step share a node and have ranks in it. */
interface Counter {
  readonly node: number[];
  readonly rank: number[];
  nodes: number;
}

/** An indivisible step. */
interface Block {
  readonly node: number;
  next: number;
}

function nextEvent(counter: Counter, block?: Block): number {
  counter.node.push(block === undefined ? counter.nodes++ : block.node);
  counter.rank.push(block === undefined ? 0 : block.next++);
  return counter.node.length - 1;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The events of a scenario; undefined where it cannot be. */
export function eventsOf(program: Program, platform: Platform, option: Lookup, scenario: Scenario): Events | undefined {
  const counter: Counter = { node: [], rank: [], nodes: 0 };
  const byRun = new Map<Run, readonly Item[]>();
  const starts = new Map<Run, number>();
  for (const [at, run] of scenario.runs.entries()) {
    if (program.threads[run.thread]?.on !== undefined) starts.set(run, nextEvent(counter));
    byRun.set(run, itemsOf(program, platform, option, counter, run, at));
  }
  const items = takeCompletions(counter, scenario, byRun);
  if (items === undefined) return undefined;
  for (const own of byRun.values()) items.push(...own);
  const behind = joinBursts(counter, scenario, byRun);
  if (behind === undefined) return undefined;
  const answers = giveAnswers(scenario, byRun);

  const { node, rank } = counter;
  const order = Order.of(counter.nodes);
  const before = (of: Order, a: number, b: number): boolean =>
    node[a] === node[b] ? (rank[a] as number) < (rank[b] as number) : of.before(node[a] as number, node[b] as number);
  const add = (of: Order, a: number, b: number): boolean =>
    node[a] === node[b] ? (rank[a] as number) < (rank[b] as number) : of.add(node[a] as number, node[b] as number);
  return { count: node.length, items, byRun, starts, answers, behind, order, before, add };
}

/** The acts of one run, the `at`th of the scenario. */
function itemsOf(program: Program, platform: Platform, option: Lookup, counter: Counter, run: Run, at: number): readonly Item[] {
  const thread = program.threads[run.thread] as (typeof program.threads)[number];
  const blocks = new Map<number, Block>();
  return run.acts.map((act, position): Item => {
    const location = run.locations[position] as number;
    const packet = packetOf(program, platform, option, thread, act, location, `${at}.${act.operation}.${act.round}`);
    const events: number[] = [];
    if (!silent(act)) {
      let block = blocks.get(act.block);
      if (act.block >= 0 && block === undefined) {
        block = { node: counter.nodes++, next: 0 };
        blocks.set(act.block, block);
      }
      events.push(nextEvent(counter, block));
      for (let i = 0; i < (packet?.stops.length ?? 0); i++) events.push(nextEvent(counter));
    }
    const lookedUp = isLookedUp(program, platform, act, location);
    return { run, position, act, location, packet, lookedUp, events, issued: events[0] as number, stolen: undefined, again: false };
  });
}

/**
 * A read that loses its completion is asked again from that moment on; one that takes it leaves its first place for good. Changes the acts of `byRun`, and gives those that
 * were in vain besides; undefined where a completion cannot go where the scenario says.
 */
function takeCompletions(counter: Counter, scenario: Scenario, byRun: ReadonlyMap<Run, readonly Item[]>): Item[] | undefined {
  const vain: Item[] = [];
  const packets = new Map([...byRun.values()].flat().map((item) => [item, item.packet]));
  for (const item of packets.keys()) {
    const lost = scenario.thefts.filter(({ victim }) => victim.run === item.run && victim.position === item.position);
    if (lost.length === 0) continue;
    const whole = packets.get(item);
    const shared = sharedStop(whole);
    if (whole === undefined || shared < 0) return undefined;
    let from = item.issued;
    let again = false;
    for (const { thief } of lost) {
      const taker = byRun.get(thief.run)?.[thief.position] as Mutable<Item> | undefined;
      const way = taker?.packet;
      if (taker === undefined || way === undefined || way.home === 0 || way.stops[shared]?.key !== whole.stops[shared]?.key)
        return undefined;
      const packet = { ...whole, stops: whole.stops.slice(0, shared + 1) };
      const retries = packet.stops.map(() => nextEvent(counter));
      const tried: Item = { ...item, packet, issued: from, events: [from, ...retries], stolen: undefined, again };
      vain.push(tried);
      from = endOf(tried);
      again = true;
      taker.packet = { ...way, stops: [way.stops[0] as Stop, ...way.stops.slice(shared + 1)], home: 1 };
      taker.events = [taker.events[0] as number, from, ...taker.events.slice(shared + 2)];
      taker.stolen = tried;
    }
    const change = item as Mutable<Item>;
    change.events = [from, ...item.events.slice(1)];
    change.again = true;
  }
  return vain;
}

/** The place on a packet's way back in which its completion may go to another; -1 for none. */
function sharedStop(packet: Packet | undefined): number {
  return packet?.stops.findIndex(({ place }, at) => at >= packet.home && place.does?.includes("share-completions")) ?? -1;
}

/** The words of a burst leave at once, in the order of their addresses, from a place in which they stand behind each other; undefined where nothing combines them. */
function joinBursts(
  counter: Counter,
  scenario: Scenario,
  byRun: ReadonlyMap<Run, readonly Item[]>,
): readonly (readonly [Item, Item])[] | undefined {
  const behind: (readonly [Item, Item])[] = [];
  for (const burst of scenario.bursts) {
    const words = burst.map(({ thread, number, position }) => {
      const run = scenario.runs.find((each) => each.thread === thread && each.number === number);
      return run === undefined ? undefined : byRun.get(run)?.[position];
    });
    const together = counter.nodes++;
    for (const [at, word] of words.entries()) {
      const last = word?.packet?.stops[word.packet.home - 1];
      if (word === undefined || last?.kind !== "posted" || !last.place.does?.includes("combine")) return undefined;
      counter.node[arrivalOf(word)] = together;
      counter.rank[arrivalOf(word)] = at;
      if (at > 0) behind.push([words[at - 1] as Item, word]);
    }
  }
  return behind;
}

/** A reply that was withheld sets out when its answer is given. */
function giveAnswers(scenario: Scenario, byRun: ReadonlyMap<Run, readonly Item[]>): ReadonlyMap<Item, Item> {
  const answers = new Map<Item, Item>();
  for (const { read, answer } of scenario.answers) {
    const [reader, given] = [byRun.get(read.run)?.[read.position], byRun.get(answer.run)?.[answer.position]];
    if (reader?.packet === undefined || given === undefined) continue;
    answers.set(reader, given);
    (reader.events as number[])[reader.packet.home + 1] = startOf(given);
  }
  return answers;
}
