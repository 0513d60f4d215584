/** Another witness: a run to the same outcome in which something else went ahead, or was read. */
import { sampleWitness } from "../explore/another.js";
import { search } from "../explore/explore.js";
import type { Limits } from "../explore/verdict.js";
import { buildMachine, type Machine } from "../machine/machine.js";
import { arrange } from "./arrange.js";
import { permissionsOf } from "./cells.js";
import { entriesOf } from "./entry.js";
import type { Story } from "./explain.js";
import { type Replay, replay } from "./replay.js";
import { without } from "./without.js";

/** Orders tried before giving up. */
const SEEDS = 48;

/** States of one such try. */
const TRY = 20_000;

/**
 * A run that differs from all of `known` (witnesses of the machine) in what went ahead of what, what was missed or what was read; not one in which the same happens in another
 * order. First each rule that a known run used is taken away, then orders of the search are tried. Undefined: none was found, which does not prove that there is none.
 */
export function anotherStory(machine: Machine, known: readonly (readonly number[])[], limits: Limits): Story | undefined {
  const seen = new Set(known.map((steps) => gist(replay(machine, steps))));
  const fresh = (steps: readonly number[] | undefined): Story | undefined => {
    if (steps === undefined) return undefined;
    const run = replay(machine, arrange(machine, steps));
    return seen.has(gist(run)) ? undefined : { run, entries: entriesOf(run), permissions: permissionsOf(run, limits) };
  };
  const { program, platform, settings } = machine;
  const last = known.at(-1);
  const rules = last === undefined ? [] : permissionsOf(replay(machine, last), limits).rules;
  for (const rule of rules) {
    if (rule.kind === "fact") continue;
    const found = search(buildMachine(program, without(platform, [rule]), settings), { ...limits, mode: "verdict" });
    // A step of another machine may not be one of this one.
    const story = found.witness !== undefined && isRun(machine, found.witness) ? fresh(found.witness) : undefined;
    if (story !== undefined) return story;
  }
  for (let seed = 1; seed <= SEEDS; seed++) {
    if (limits.interrupted?.() === true) return undefined;
    const story = fresh(sampleWitness(machine, { seed, maxStates: Math.min(TRY, limits.maxStates), interrupted: limits.interrupted }));
    if (story !== undefined) return story;
  }
  return undefined;
}

function isRun(machine: Machine, steps: readonly number[]): boolean {
  try {
    replay(machine, steps);
    return true;
  } catch {
    return false;
  }
}

/** What a run is about: everything that went ahead of something, was missed or was read. */
function gist({ events, values }: Replay): string {
  const facts = events.flatMap(({ passed, overtook, missed, arrows }) => [
    ...passed.map((each) => `p${each.youngerInstruction}>${each.olderInstruction}@${each.placeId}`),
    ...overtook.map((each) => `o${each.youngerInstruction}>${each.olderInstruction}`),
    ...missed.map((each) => `m${each.write} ${each.where}`),
    ...arrows.filter((arrow) => arrow.kind === "read").map((arrow) => `r${JSON.stringify(arrow.to)}${arrow.label}`),
  ]);
  return JSON.stringify([[...new Set(facts)].sort(), values]);
}
