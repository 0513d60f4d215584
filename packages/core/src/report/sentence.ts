/** Sentences for what packets do: one step, or several steps of one packet in a row. */
import type { Event, Missed, Overtaking, Passing, Stretch } from "./event.js";
import { joinWords } from "./names.js";

/** What several events in a row of one packet say together, or what one event says. Without a full stop. */
export function tell(events: readonly Event[]): string {
  const first = events[0];
  if (first === undefined) return "";
  const stretches = events.flatMap((event) => (event.stretch === undefined ? [] : [event.stretch]));
  return first.stretch === undefined
    ? first.what
    : packetSentence(
        stretches,
        events.flatMap((event) => event.passed),
        events.flatMap((event) => event.overtook),
      );
}

/** The way of one packet, from where it was to where it comes to rest. */
export function packetSentence(stretches: readonly Stretch[], passed: readonly Passing[], overtook: readonly Overtaking[]): string {
  const first = stretches[0] as Stretch;
  const sends = first.sender !== undefined;
  const ahead = overtakingWords(overtook);
  const clauses: string[] = [];
  let subject = sends ? `${first.sender}${ahead === "" ? "" : `${ahead},`} sends ${first.name}` : first.reply ? `the answer to ${first.name}` : first.name;
  let left = sends ? undefined : first.left;
  let places: string[] = [];
  /** Ends a clause: the packet comes to rest in the last place, or does what `end` says. */
  const go = (end: string | undefined): void => {
    const rest = end === undefined ? places.pop() : undefined;
    const through = places.length === 0 ? "" : ` through ${places.join(", then ")}`;
    places = [];
    if (left !== undefined) clauses.push(`${subject} leaves ${left}${through}${rest === undefined ? ` and ${end}` : ` for ${rest}`}`);
    else if (rest !== undefined) clauses.push(`${subject}${subject === ANSWER ? " goes" : ""}${through} into ${rest}`);
    else if (subject === ANSWER) clauses.push(`${subject} goes${through} and ${end}`);
    else clauses.push(`${subject}${through}`, `it ${end}`);
    left = undefined;
  };
  for (const stretch of stretches) {
    const end = stretch.arrives ?? stretch.returns;
    if (end !== undefined) {
      go(end);
      subject = ANSWER;
    }
    if (stretch.entered !== undefined) places.push(stretch.entered);
  }
  if (places.length > 0) go(undefined);
  return clauses.join("; ") + passingWords(passed);
}

const ANSWER = "the answer";

export function passingWords(passed: readonly Passing[]): string {
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
