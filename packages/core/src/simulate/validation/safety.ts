/** Does the simulator keep to what the checker allows, and does the adversary reach all of it? */
import { search } from "../../explore/index.js";
import { buildMachine, type Machine } from "../../machine/index.js";
import { withWaits } from "../../machine/passing.js";
import type { Platform } from "../../platform/platform.js";
import type { Program } from "../../program/index.js";
import { adverse } from "../adverse.js";
import { hasTimes } from "../figures.js";
import { type Outcome, simulate } from "../simulate.js";
import type { Workload } from "../workload.js";

/** The ends that the checker allows, as comma-separated values; undefined where there are more states than `maxStates`. */
export function allowedEnds(
  program: Program,
  platform: Platform,
  maxStates: number,
  reduce: "full" | "none" = "full",
): ReadonlySet<string> | undefined {
  const result = search(buildMachine(program, platform), { mode: "states", reduce, maxStates });
  return result.complete ? new Set(result.ends.map((end) => end.values.join())) : undefined;
}

const ends = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.filter((outcome) => !outcome.dropped).map((outcome) => outcome.values.join());

/** Ends that a simulation against the clock showed and `allowed` does not have. `change` makes the simulator's machine another one. */
export function forbiddenByClock(
  program: Program,
  platform: Platform,
  allowed: ReadonlySet<string>,
  workload: Partial<Workload>,
  change?: (machine: Machine) => Machine,
): readonly string[] | undefined {
  if (!hasTimes(platform)) return undefined;
  const result = simulate(program, platform, workload, change === undefined ? {} : { change });
  return result.ok ? ends(result.report.outcomes).filter((end) => !allowed.has(end)) : undefined;
}

/** The same for the adversary, and the ends that it did not reach. */
export function byAdversary(
  program: Program,
  platform: Platform,
  allowed: ReadonlySet<string>,
  runs: number,
  change?: (machine: Machine) => Machine,
): { readonly forbidden: readonly string[]; readonly missed: readonly string[] } {
  const found = ends(adverse(program, platform, runs, 1, new Map(), change).outcomes);
  return { forbidden: found.filter((end) => !allowed.has(end)), missed: [...allowed].filter((end) => !found.includes(end)) };
}

/** A fault put into the simulator's semantics alone. */
export interface Mutant {
  readonly name: string;
  readonly change: (machine: Machine) => Machine;
}

/** One for each cell that says no: it lets pass; and one that knows no window rule. */
export function mutantsOf(platform: Platform): readonly Mutant[] {
  const tables = new Set(platform.fabric.places.map((place) => place.table));
  const cells = [...tables].flatMap((table) =>
    (platform.fabric.tables[table] ?? []).filter((cell) => cell.pass === "no").map((cell) => ({ table, cell })),
  );
  return [
    ...cells.map(
      ({ table, cell }): Mutant => ({
        name: `${table}/${cell.id} lets pass`,
        // Who waits for whom stands in the state's layout: it is laid out anew.
        change: (machine) =>
          withWaits({
            ...machine,
            pass: (younger, youngerHop, older, olderHop) =>
              machine.pass(younger, youngerHop, older, olderHop) || machine.cell(younger, youngerHop, older, olderHop) === cell,
          }),
      }),
    ),
    {
      name: "no window rule holds",
      change: (machine) => ({
        ...machine,
        window: (older, younger) => (machine.window(older, younger) === 0 ? 1 : machine.window(older, younger)),
      }),
    },
  ];
}
