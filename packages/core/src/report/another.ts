/** Another witness: a run to the same outcome in which something else went ahead, or was read; or at least in another order. */
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

/** Another run that ends as the condition says, and in what it differs from those known. */
export interface Another {
  readonly story: Story;
  /** `in order`: the same happens, in another order. */
  readonly differs: "in what happens" | "in order";
}

/**
 * A run that differs from all of `known` (witnesses of the machine) in what went ahead of what, what was missed or what was read; where none is found, one in which the same happens
 * in another order. First each rule that a known run used is taken away, then orders of the search are tried. Undefined: neither was found, which does not prove that there is none.
 */
export function anotherStory(machine: Machine, known: readonly (readonly number[])[], limits: Limits): Another | undefined {
  const runs = known.map((steps) => replay(machine, steps));
  const gists = new Set(runs.map(gist));
  const orders = new Set(runs.map(orderOf));
  let inOrder: Replay | undefined;
  const fresh = (steps: readonly number[] | undefined): Replay | undefined => {
    if (steps === undefined) return undefined;
    const run = replay(machine, arrange(machine, steps));
    if (!gists.has(gist(run))) return run;
    inOrder ??= [run, replay(machine, steps)].find((each) => !orders.has(orderOf(each)));
    return undefined;
  };
  const told = (run: Replay, differs: Another["differs"]): Another => ({
    story: { run, entries: entriesOf(run), permissions: permissionsOf(run, limits) },
    differs,
  });
  const { program, platform, settings } = machine;
  const last = runs.at(-1);
  const rules = last === undefined ? [] : permissionsOf(last, limits).rules;
  for (const rule of rules) {
    if (rule.kind === "fact") continue;
    const found = search(buildMachine(program, without(platform, [rule]), settings), { ...limits, mode: "verdict" });
    // A step of another machine may not be one of this one.
    const run = found.witness !== undefined && isRun(machine, found.witness) ? fresh(found.witness) : undefined;
    if (run !== undefined) return told(run, "in what happens");
  }
  for (let seed = 1; seed <= SEEDS && limits.interrupted?.() !== true; seed++) {
    const run = fresh(sampleWitness(machine, { seed, maxStates: Math.min(TRY, limits.maxStates), interrupted: limits.interrupted }));
    if (run !== undefined) return told(run, "in what happens");
  }
  return inOrder === undefined ? undefined : told(inOrder, "in order");
}

/** What a reader sees happen, in its order. */
const orderOf = (run: Replay): string =>
  entriesOf(run)
    .map((entry) => entry.what)
    .join("\n");

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
