/** The layout of a ladder diagram, for text and SVG alike: lanes from left to right, rows downwards in time. */
import { type Entry, sameSite } from "./entry.js";
import type { Arrow, Event, Site } from "./event.js";
import type { Replay } from "./replay.js";
import { printState } from "./state.js";

/** A column of the picture. */
export interface Lane {
  readonly site: Site;
  readonly title: string;
  /** What the title stands for, for a legend; empty where it speaks for itself. */
  readonly meaning: string;
}

/** One arrow, or one mark on a lane (`from` and `to` are the same). Numbers of lanes. */
export interface Row {
  /** The entry's number; undefined on its further rows. */
  readonly number: number | undefined;
  readonly from: number;
  readonly to: number;
  /** Lanes that it goes through without a stop. */
  readonly via: readonly number[];
  readonly label: string;
  readonly kind: Arrow["kind"];
  /** Lanes in which something older was passed. */
  readonly passes: readonly number[];
  /** What to say below the arrow. */
  readonly notes: readonly string[];
}

/** A packet waits in a place, from the row that brings it to the row that takes it away (or beyond the last). */
export interface Wait {
  readonly lane: number;
  readonly first: number;
  readonly last: number;
  readonly label: string;
  /** Which of those that wait there at the same time, from 0. */
  readonly track: number;
}

/** A run as a picture: lanes, and what happens in them. */
export interface Ladder {
  readonly name: string;
  readonly platform: string;
  readonly title: string;
  readonly condition: string;
  readonly lanes: readonly Lane[];
  readonly rows: readonly Row[];
  readonly waits: readonly Wait[];
  /** The observed terms at the end. */
  readonly end: string;
  /** The rules by which something was passed, with their sources, each once. */
  readonly rules: readonly { readonly id: string; readonly source: string }[];
}

/** Puts a told run in lanes and rows. */
export function layOut(replay: Replay, entries: readonly Entry[], condition: string): Ladder {
  const lanes = lanesOf(replay, entries);
  const laneOf = (site: Site): number => lanes.findIndex((lane) => sameSite(lane.site, site));
  const rows: Row[] = [];
  const open = new Map<number, { lane: number; first: number; label: string }>();
  const waits: Omit<Wait, "track">[] = [];
  for (const entry of entries) {
    const packet = entry.events[0]?.stretch?.instruction;
    straightArrows(entry, laneOf).forEach((arrow, index) => {
      const row = rows.length;
      const { from, to, via, label, kind } = arrow;
      if (packet !== undefined) {
        const waited = open.get(packet);
        if (waited !== undefined && waited.lane === from) {
          if (waited.first < row - 1 || index === 0) waits.push({ ...waited, last: row });
          open.delete(packet);
        }
        if (lanes[to]?.site.kind === "place") open.set(packet, { lane: to, first: row, label });
      }
      const here = [from, ...via];
      const passed = entry.passed
        .map(({ placeId }) => lanes.findIndex((lane) => lane.title === placeId))
        .filter((lane) => here.includes(lane));
      rows.push({
        number: index === 0 ? entry.number : undefined,
        from,
        to,
        via,
        label,
        kind,
        passes: [...new Set(passed)],
        notes: notesOf(entry, index === 0, (placeId) => here.some((lane) => lanes[lane]?.title === placeId)),
      });
    });
  }
  for (const waited of open.values()) waits.push({ ...waited, last: rows.length });
  const { program, platform } = replay.machine;
  return {
    name: program.name,
    platform: platform.name,
    title: platform.title,
    condition,
    lanes,
    rows,
    waits: onTracks(waits),
    end: printState(program, replay.values),
    rules: rulesOf(entries),
  };
}

type LaneArrow = Pick<Row, "from" | "to" | "via" | "label" | "kind">;

/** The arrows of an entry between lanes, those joined that continue each other in one direction. */
function straightArrows(entry: Entry, laneOf: (site: Site) => number): readonly LaneArrow[] {
  const result: LaneArrow[] = [];
  for (const arrow of entry.events.flatMap((event) => event.arrows)) {
    const [from, to] = [laneOf(arrow.from), laneOf(arrow.to)];
    const last = result.at(-1);
    const goesOn =
      last !== undefined && arrow.kind === last.kind && last.to === from && Math.sign(to - from) === Math.sign(last.to - last.from);
    if (goesOn && from !== to) result[result.length - 1] = { ...last, to, via: [...last.via, from] };
    else result.push({ from, to, via: [], label: arrow.label, kind: arrow.kind });
  }
  return result;
}

/** What to say below an arrow: what was passed on its way, and below the entry's first arrow what else is to say. */
function notesOf({ passed, overtook, missed }: Entry, first: boolean, here: (placeId: string) => boolean): string[] {
  return [
    ...passed
      .filter(({ placeId }) => here(placeId))
      .map(({ older, placeId, cell }) => `passes ${older} in ${placeId}${cell === undefined ? "" : ` (${cell.id})`}`),
    ...(first ? overtook.map(({ older }) => `ahead of the older ${older}`) : []),
    ...(first ? missed.map(({ write, where }) => `${write} ${where}`) : []),
  ];
}

function rulesOf(entries: readonly Entry[]): Ladder["rules"] {
  const found = new Map<string, string>();
  for (const { table, cell } of entries.flatMap((entry) => entry.passed))
    if (cell !== undefined) found.set(`${table}: ${cell.id}`, cell.source);
  return [...found].map(([id, source]) => ({ id, source }));
}

/** Those that wait in one place at the same time, side by side. */
function onTracks(waits: readonly Omit<Wait, "track">[]): readonly Wait[] {
  const placed: Wait[] = [];
  for (const wait of [...waits].sort((a, b) => a.first - b.first || a.last - b.last)) {
    const taken = new Set(
      placed.filter((other) => other.lane === wait.lane && other.last > wait.first && other.first < wait.last).map((other) => other.track),
    );
    let track = 0;
    while (taken.has(track)) track++;
    placed.push({ ...wait, track });
  }
  return placed;
}

/** The lanes that something happens on: devices to the left, CPUs to the right, memory before them, and the places on the ways between. */
function lanesOf(replay: Replay, entries: readonly Entry[]): readonly Lane[] {
  const sites: Site[] = [];
  const add = (site: Site): void => {
    if (!sites.some((other) => sameSite(site, other))) sites.push(site);
  };
  for (const event of entries.flatMap((entry): readonly Event[] => entry.events)) {
    for (const arrow of event.arrows) {
      add(arrow.from);
      add(arrow.to);
    }
  }
  const at = (site: Site): number => laneRank(replay, site);
  return sites
    .map((site, index) => ({ site, index }))
    .sort((a, b) => at(a.site) - at(b.site) || numberOf(a.site) - numberOf(b.site) || a.index - b.index)
    .map(({ site }) => laneFor(replay, site));
}

const numberOf = (site: Site): number =>
  "thread" in site ? site.thread : "device" in site ? site.device : "place" in site ? site.place : 0;

/** 0 at the devices, 1 at memory, 2 and more at the CPUs; a place lies where packets on their way meet it, on average. */
function laneRank(replay: Replay, site: Site): number {
  switch (site.kind) {
    case "device":
      return site.device < 0 ? 0.99 : 0;
    case "memory":
      return 1;
    case "thread":
      return 2;
    case "place": {
      const found: number[] = [];
      const { packets } = replay.machine;
      // What goes from device to device says little of how near to memory a place is.
      const straight = packets.filter((packet) => !packet.fields.has("peer") && packet.hops.some((hop) => hop.place === site.place));
      for (const packet of straight.length > 0 ? straight : packets) {
        const upstream = packet.requester >= 0;
        packet.hops.forEach((hop, index) => {
          if (hop.place !== site.place) return;
          const request = index < packet.home;
          const length = request ? packet.home : packet.hops.length - packet.home;
          const share = ((request ? index : index - packet.home) + 1) / (length + 1);
          // A device's request goes up and its answer comes down; a CPU's the other way round.
          found.push(upstream === request ? share : 1 - share);
        });
      }
      return found.reduce((sum, share) => sum + share, 0) / Math.max(1, found.length);
    }
  }
}

/** What the lanes' titles stand for, those that stand for the same thing together: `link (D0), link (D1): the card's bus`. */
export function legend({ lanes }: Ladder): readonly string[] {
  const titles = new Map<string, string[]>();
  for (const { title, meaning } of lanes) if (meaning !== "") titles.set(meaning, [...(titles.get(meaning) ?? []), title]);
  return [...titles].map(([meaning, list]) => `${list.join(", ")}: ${meaning}`);
}

function laneFor({ machine, names }: Replay, site: Site): Lane {
  switch (site.kind) {
    case "memory":
      return { site, title: "memory", meaning: "" };
    case "device":
      return { site, title: names.device(site.device), meaning: "" };
    case "thread": {
      const thread = machine.threads[site.thread];
      const on = thread?.thread.on;
      return { site, title: thread?.name ?? "?", meaning: on === undefined ? "" : `handler on ${on.kind}` };
    }
    case "place": {
      const place = machine.platform.fabric.places[machine.places[site.place]?.place ?? -1];
      return { site, title: names.placeId(site.place), meaning: place?.title ?? "" };
    }
  }
}
