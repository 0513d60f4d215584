/** Sentences for what packets do: one step, or several steps of one packet in a row. */
import type { Event, Missed, Overtaking, Passing, Stretch } from "./event.js";
import { joinWords } from "./names.js";

/** What several events in a row of one packet say together, or what one event says. Without a full stop. */
export function tell(events: readonly Event[]): string {
  const parts = events.flatMap(({ stretch, passed, overtook }) => (stretch === undefined ? [] : [{ stretch, passed, overtook }]));
  return parts.length === 0 ? (events[0]?.what ?? "") : packetSentence(parts);
}

/** One stretch of a packet's way, and what it went ahead of there. */
export interface Part {
  readonly stretch: Stretch;
  readonly passed: readonly Passing[];
  readonly overtook: readonly Overtaking[];
}

/** The way of one packet, from where it was to where it comes to rest. */
export function packetSentence(parts: readonly Part[]): string {
  const { sender, name, reply, left: start } = (parts[0] as Part).stretch;
  const ahead = overtakingWords(parts.flatMap((part) => part.overtook));
  const clauses: string[] = [];
  let subject = sender !== undefined ? `${sender}${ahead === "" ? "" : `${ahead},`} sends ${name}` : reply ? `the answer to ${name}` : name;
  let left = start;
  let places: string[] = [];
  let passed: Passing[] = [];
  /** Ends a clause: the packet comes to rest in the last place, or does what `end` says. */
  const go = (end: string | undefined): void => {
    const rest = end === undefined ? places.pop() : undefined;
    const through = places.length === 0 ? "" : ` through ${places.join(", then ")}`;
    const passing = passingWords(passed);
    if (left !== undefined)
      clauses.push(`${subject} leaves ${left}${through}${rest === undefined ? ` and ${end}` : ` for ${rest}`}${passing}`);
    else if (rest !== undefined) clauses.push(`${subject}${subject === ANSWER ? " goes" : ""}${through} into ${rest}${passing}`);
    else if (subject === ANSWER) clauses.push(`${subject} goes${through} and ${end}${passing}`);
    else clauses.push(`${subject}${through}`, `it ${end}${passing}`);
    left = undefined;
    places = [];
    passed = [];
  };
  for (const part of parts) {
    passed.push(...part.passed);
    const end = part.stretch.arrives ?? part.stretch.returns;
    if (end !== undefined) {
      go(end);
      subject = ANSWER;
    }
    if (part.stretch.entered !== undefined) places.push(part.stretch.entered);
  }
  if (places.length > 0) go(undefined);
  return clauses.join("; ");
}

const ANSWER = "the answer";

function passingWords(passed: readonly Passing[]): string {
  if (passed.length === 0) return "";
  const byPlace = new Map<string, string[]>();
  for (const { place, older } of passed) byPlace.set(place, [...(byPlace.get(place) ?? []), older]);
  return `, passing ${joinWords([...byPlace].map(([place, olders]) => `${joinWords(olders)} in ${place}`))}`;
}

export function overtakingWords(overtook: readonly Overtaking[]): string {
  return overtook.length === 0 ? "" : `, ahead of its older ${joinWords(overtook.map(({ older }) => older))}`;
}

export function missedWords(missed: readonly Missed[]): string {
  return missed.length === 0 ? "" : ` - ${joinWords(missed.map(({ write, where }) => `${write} ${where}`))}`;
}
