/** From searches to a verdict: runs the options that the test reads, and says allowed, forbidden, depends or unknown. */

import { askOf, unlessInterrupted } from "../machine/deadline.js";
import { lands } from "../machine/instruction.js";
import { buildMachine, type Machine } from "../machine/machine.js";
import { ENDLESS, overlappingRuns, sendsPackets, storesMessages, timesRaised, timesTold } from "../machine/overlap.js";
import { MOST_SUBJECTS } from "../machine/step.js";
import { landingShows } from "../machine/stores.js";
import { variantOf } from "../machine/variant.js";
import { LANDING_OPTION, type Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { atomicBounds } from "./atomic-bounds.js";
import { type EndState, type SearchOptions, type SearchResult, search as searchAnew, tooLarge } from "./explore.js";
import { speaksOfStuck } from "./formula.js";
import type { KnownSearches } from "./known.js";
import { plainRaces, restsOnPlainDependency } from "./races.js";
import { nothingSeen } from "./result.js";
import { stricter } from "./stricter.js";

/** How a check searches, and how far. */
export interface Limits {
  readonly mode: "states" | "verdict";
  readonly reduce: "full" | "none";
  readonly maxStates: number;
  readonly interrupted?: () => boolean;
  /** Searches of the same program, on other platforms perhaps, that need not be made again. */
  readonly known?: KnownSearches;
  /** Option values the user fixed; a fixed option is not varied. */
  readonly settings?: ReadonlyMap<string, string>;
}

function search(machine: Machine, options: SearchOptions & Pick<Limits, "known">): SearchResult {
  return options.known === undefined
    ? searchAnew(machine, options)
    : options.known.find(machine, options, () => searchAnew(machine, options));
}

/** The verdict alone, reduced, two million states at the most. */
export const DEFAULT_LIMITS: Limits = { mode: "verdict", reduce: "full", maxStates: 2_000_000 };

/** The verdict of one setting of the options. */
export type Plain = "allowed" | "forbidden" | "unknown";

/** What one setting of the options gave. */
export interface Variant {
  /** The options that differ from their defaults. */
  readonly settings: readonly { readonly option: string; readonly value: string }[];
  readonly verdict: Plain;
}

/** What a check found. */
export interface Verdict {
  readonly test: string;
  readonly platform: string;
  readonly verdict: Plain | "depends";
  /** The verdict with every option at its default; for `depends` the one that is printed first. */
  readonly byDefault: Plain;
  /** The settings that give another verdict than the default's. */
  readonly variants: readonly Variant[];
  /** Forbidden because no run ends. */
  readonly vacuous: boolean;
  /** Why unknown. */
  readonly reason: string | undefined;
  /** What a *forbidden* does not cover: rounds of loops that overlap beyond a bound, what a compiler makes of racing plain accesses. */
  readonly bounds: readonly string[];
  /** Distinct end states under the default options (states mode). */
  readonly ends: readonly EndState[];
  readonly result: SearchResult | undefined;
  /** The machine under the default options; replay a witness on it. */
  readonly machine: Machine | undefined;
}

const plain = (result: SearchResult): Plain => (result.satisfiable ? "allowed" : result.complete ? "forbidden" : "unknown");

/** Loops that do something in each round are unrolled; beyond, rounds do not overlap. An instruction has one packet at a time. */
function loopBounds(program: Program, platform: Platform): string[] {
  return program.threads.flatMap((thread) => {
    const loops = thread.code.some((operation) => operation.kind === "loop" && !operation.polls);
    const raised = timesRaised(program, thread);
    const kept = overlappingRuns(program, platform, thread);
    const device = thread.on?.kind === "write" || thread.on?.kind === "read";
    const told = program.devices.some((_, to) => timesTold(program, thread.device, to) === Number.POSITIVE_INFINITY);
    return [
      ...(loops ? [`${thread.name}: the rounds of a loop beyond the second do not overlap`] : []),
      ...((loops || raised > kept) && storesMessages(thread, platform)
        ? [`${thread.name}: what it stored is seen by all before it stores there again`]
        : []),
      ...(raised > kept && sendsPackets(thread)
        ? [`${thread.name}: the handler is not run again while what ${kept} of its runs sent is under way`]
        : []),
      ...(device && raised === Number.POSITIVE_INFINITY
        ? [`${thread.name}: no more than ${ENDLESS} of what raises the handler wait for it at a time`]
        : []),
      ...(told && thread.code.some(({ kind }) => kind === "tell")
        ? [`${thread.name}: it is no more than ${ENDLESS} words ahead of whom it tells`]
        : []),
    ];
  });
}

/**
 * Where stores reach CPUs one by one, no source says that DMA does not. A platform has an option for it; DMA on a platform without the option lands for all at once. Asked where two
 * CPUs read what devices write.
 */
function landingBounds(program: Program, platform: Platform, machine: Machine): string[] {
  if (!landingShows(program, platform, machine.instructions)) return [];
  const optional = platform.options.some(({ id }) => id === LANDING_OPTION);
  // Of what goes to an address that is computed, and is not told apart by its targets, the option says nothing.
  const atOnce = machine.instructions.filter((each) => lands(each) && (!optional || each.location < 0));
  return landingShows(program, platform, [...machine.instructions.filter(({ kind }) => kind === "load" || kind === "rmw"), ...atOnce])
    ? [`DMA that lands ${optional ? "at a computed address" : "in memory"} is seen by all CPUs at once, which no source promises or denies`]
    : [];
}

/** May something in the test wait for what never comes? */
const mayBlock = (program: Program): boolean =>
  program.threads.some((thread) =>
    thread.code.some((operation) => ["loop", "wait", "hear", "lock", "ats-wait", "answer"].includes(operation.kind)),
  );

/** What the test asks for and the platform does not have. */
function refusal(program: Program, platform: Platform): string | undefined {
  const refused = platform.fabric.refuses.find((kind) =>
    program.threads.some((thread) => thread.code.some((operation) => operation.kind === kind)),
  );
  return refused === undefined
    ? undefined
    : `${platform.name} has no ${refused === "msi" ? "MSI" : refused}: nothing can be said of a test that uses it`;
}

/** Up to so many settings of the options that a test reads, they are tried in all combinations; beyond, each is varied alone. */
const MOST_COMBINATIONS = 16;

/** What follows for a machine from the verdicts of others: a stricter one forbids what they forbid, and allows what a stricter one allows. */
function implied(machine: Machine, known: readonly { readonly machine: Machine; readonly verdict: Plain }[]): Plain | undefined {
  const { condition, filter } = machine.program;
  if (speaksOfStuck(condition.formula) || speaksOfStuck(filter)) return undefined;
  return known.find(
    (other) =>
      (other.verdict === "forbidden" && stricter(machine, other.machine)) ||
      (other.verdict === "allowed" && stricter(other.machine, machine)),
  )?.verdict;
}

/** The settings of options that give another verdict. Of two that do, one within the other, the smaller is kept. */
function vary(machine: Machine, limits: Limits, fixed: ReadonlyMap<string, string>, byDefault: Plain): readonly Variant[] {
  const known = [{ machine, verdict: byDefault }];
  // Options are looked up while tables are consulted, so each search may add to those read.
  const read = new Set(machine.optionsRead);
  const variants: Variant[] = [];
  const tried = new Set<string>();
  const attempt = (settings: Variant["settings"]): void => {
    const key = settings.map(({ option, value }) => `${option}=${value}`).join();
    const within = ({ settings: smaller }: Variant): boolean =>
      smaller.every(({ option, value }) => settings.some((each) => each.option === option && each.value === value));
    if (tried.has(key) || variants.some(within)) return;
    tried.add(key);
    const given = new Map([...fixed, ...settings.map(({ option, value }) => [option, value] as const)]);
    const varied = unlessInterrupted(() => variantOf(machine, given, askOf(limits.interrupted)));
    if (varied === undefined) {
      if (byDefault !== "unknown") variants.push({ settings, verdict: "unknown" });
      return;
    }
    const verdict = implied(varied, known) ?? plain(search(varied, { ...limits, mode: "verdict" }));
    known.push({ machine: varied, verdict });
    for (const option of varied.optionsRead) read.add(option);
    if (verdict !== byDefault) variants.push({ settings, verdict });
  };
  for (let before = -1; before !== read.size; ) {
    before = read.size;
    const open = machine.platform.options.filter((option) => read.has(option.id) && !fixed.has(option.id) && option.values.length > 1);
    const others = open.map((option) => option.values.flatMap((value) => (value === option.default ? [] : [{ option: option.id, value }])));
    const combinations = open.reduce((product, option) => product * option.values.length, 1);
    for (const values of others) for (const setting of values) attempt([setting]);
    if (combinations > MOST_COMBINATIONS) continue;
    for (let size = 2; size <= open.length; size++) for (const settings of choices(others, size)) attempt(settings);
  }
  return variants;
}

/** Every way to take values of exactly `size` of the options. */
function choices<T>(options: readonly (readonly T[])[], size: number): readonly (readonly T[])[] {
  if (size === 0) return [[]];
  return options.flatMap((values, at) =>
    choices(options.slice(at + 1), size - 1).flatMap((rest) => values.map((value) => [value, ...rest])),
  );
}

/** Where *states* mode has seen so many, the verdict is asked for by itself before all the rest: it may take a hundredth of the time, and no limit that ends the rest loses it. */
const FEW_STATES = 20_000;

/** The search that the limits ask for. In *states* mode a search that stopped may still know the verdict: `decided`. */
function searched(machine: Machine, limits: Limits): { readonly result: SearchResult; readonly decided: Plain } {
  const options = { ...limits, vacuity: mayBlock(machine.program) };
  const few = search(machine, limits.mode === "states" ? { ...options, maxStates: Math.min(options.maxStates, FEW_STATES) } : options);
  if (limits.mode === "verdict" || few.stopped !== "states") return { result: few, decided: plain(few) };
  const verdict = few.satisfiable ? few : search(machine, { ...options, mode: "verdict" });
  const further = options.maxStates > FEW_STATES && verdict.stopped !== "interrupted";
  // What was interrupted is not said to have run out of states.
  const all: SearchResult = further ? search(machine, options) : { ...few, stopped: verdict.stopped ?? few.stopped };
  if (all.complete || all.satisfiable) return { result: all, decided: plain(all) };
  const { satisfiable, witness, someRunEnds } = verdict;
  return {
    result: { ...all, ends: satisfiable ? [...verdict.ends, ...all.ends] : all.ends, satisfiable, witness, someRunEnds },
    decided: plain(verdict),
  };
}

const brokenBy = (races: readonly string[]): string =>
  `it rests on a dependency from a plain access that races on ${races.join(", ")}: a compiler may break it`;

function stoppedBy({ stopped }: Pick<SearchResult, "stopped">, { maxStates }: Limits): string | undefined {
  if (stopped === "states") return `more than ${maxStates} states`;
  return stopped === "interrupted" ? "stopped" : undefined;
}

const tooManyInstructions = ({ instructions }: Machine): string =>
  `${instructions.length} instructions, and no more than ${MOST_SUBJECTS} can be searched`;

/** Time was up before the machine was there. */
function notBuilt(program: Program, platform: Platform): Verdict {
  return {
    test: program.name,
    platform: platform.name,
    verdict: "unknown",
    byDefault: "unknown",
    variants: [],
    vacuous: false,
    reason: stoppedBy({ stopped: "interrupted" }, DEFAULT_LIMITS),
    bounds: [],
    ends: [],
    result: nothingSeen("interrupted"),
    machine: undefined,
  };
}

/** Checks one test on one platform. Deterministic, unless `interrupted` says stop. */
export function check(program: Program, platform: Platform, limits: Limits = DEFAULT_LIMITS): Verdict {
  const fixed = new Map([...program.settings, ...(limits.settings ?? [])]);
  const machine = unlessInterrupted(() => buildMachine(program, platform, fixed, askOf(limits.interrupted)));
  if (machine === undefined) return notBuilt(program, platform);
  const { result, decided } = searched(machine, limits);
  const asked = platform.cpu.plainRaces === "nothing" && !result.satisfiable && result.stopped !== "interrupted";
  const races = asked ? plainRaces(machine) : [];
  const broken = races.length > 0 && restsOnPlainDependency(machine, races);
  const refused = refusal(program, platform);
  const byDefault = broken || refused !== undefined ? "unknown" : decided;
  const variants = refused === undefined ? vary(machine, limits, fixed, byDefault) : [];
  const depends = byDefault !== "unknown" && variants.some((variant) => variant.verdict !== "unknown");
  return {
    test: program.name,
    platform: platform.name,
    verdict: depends ? "depends" : byDefault,
    byDefault,
    variants,
    vacuous: byDefault === "forbidden" && result.someRunEnds === false,
    reason:
      refused ??
      (broken
        ? brokenBy(races)
        : decided !== "unknown"
          ? undefined
          : tooLarge(machine)
            ? tooManyInstructions(machine)
            : stoppedBy(result, limits)),
    bounds:
      byDefault === "forbidden"
        ? [
            ...loopBounds(program, platform),
            ...landingBounds(program, platform, machine),
            ...atomicBounds(machine),
            ...races.map(
              (name) =>
                `plain accesses race on ${name}: the verdict holds for what the CPU is given, not for what a compiler may make of it`,
            ),
          ]
        : [],
    ends: result.ends,
    result,
    machine,
  };
}
