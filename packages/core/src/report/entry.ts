/** The events of a replay as numbered entries: several steps of one packet in a row are one entry. */
import type { Event, Missed, Overtaking, Passing, Site } from "./event.js";
import type { Replay } from "./replay.js";
import { tell } from "./sentence.js";
import { FENCE } from "./tell-access.js";

/** One line of a told run. */
export interface Entry {
  /** From 1. */
  readonly number: number;
  readonly events: readonly Event[];
  /** A whole sentence without its full stop. */
  readonly what: string;
  readonly passed: readonly Passing[];
  readonly overtook: readonly Overtaking[];
  readonly missed: readonly Missed[];
}

/** What is worth telling, in order. Fences that are steps of their own are left out: what they do shows in what cannot happen. */
export function entriesOf(replay: Replay): readonly Entry[] {
  const groups: Event[][] = [];
  for (const event of replay.events) {
    if (event.arrows[0]?.label === FENCE) continue;
    const group = groups.at(-1);
    const last = group?.at(-1);
    const goesOn = last?.stretch !== undefined && last.stretch.instruction === event.stretch?.instruction;
    if (goesOn && event.stretch?.sender === undefined) group?.push(event);
    else groups.push([event]);
  }
  return groups.map((events, index) => ({
    number: index + 1,
    events,
    what: tell(events),
    passed: events.flatMap((event) => event.passed),
    overtook: events.flatMap((event) => event.overtook),
    missed: events.flatMap((event) => event.missed),
  }));
}

const key = (site: Site): string =>
  `${site.kind}${"thread" in site ? site.thread : "device" in site ? site.device : "place" in site ? site.place : ""}`;
/** Do they stand at the same place of the text? */
export const sameSite = (a: Site, b: Site): boolean => key(a) === key(b);
