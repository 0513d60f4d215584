/** Which rules of a platform decide a verdict: found by changing them and searching again. */
import { search } from "../explore/explore.js";
import type { Limits } from "../explore/verdict.js";
import { buildMachine } from "../machine/machine.js";
import { PERFORM, stepAction, stepChoice, stepSubject } from "../machine/step.js";
import type { Platform } from "../platform/platform.js";
import { ACCESS_KINDS } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import type { Replay } from "./replay.js";
import { cellRule, noRule, type Rule, sameRule, weakRule, windowRule } from "./rule.js";
import { strictRules } from "./strict.js";
import { without } from "./without.js";

/** What forbids an outcome. */
export interface Obstacles {
  /** Each of these sets suffices: without it the outcome would be allowed. All sets of one rule, or else one set from which nothing can be left out. */
  readonly sets: readonly (readonly Rule[])[];
  /** False: a budget ran out, and there may be more. */
  readonly complete: boolean;
}

/** Pairs of rules are all tried up to this many rules. */
const PAIRS_UP_TO = 24;

/**
 * The sets of rules without which a forbidden outcome would be allowed. Empty where even without all of them it is forbidden: then coherence, dependencies or the values
 * themselves forbid it, whatever the platform.
 */
export function minimalCells(program: Program, platform: Platform, limits: Limits): Obstacles {
  const settings = limits.settings ?? new Map<string, string>();
  const rules = strictRules(program, platform, settings);
  let complete = true;
  const allowed = (gone: readonly Rule[]): boolean => {
    const result = search(buildMachine(program, without(platform, gone), settings), { ...limits, mode: "verdict" });
    if (!result.complete) complete = false;
    return result.satisfiable;
  };
  const alone = rules.filter((rule) => allowed([rule])).map((rule) => [rule]);
  if (alone.length > 0) return { sets: alone, complete };
  const set = smallestPair(rules, allowed) ?? smallestSet(rules, allowed);
  return { sets: set === undefined ? [] : [set], complete };
}

function smallestPair(rules: readonly Rule[], allowed: (gone: readonly Rule[]) => boolean): readonly Rule[] | undefined {
  if (rules.length > PAIRS_UP_TO) return undefined;
  for (const [index, first] of rules.entries()) {
    for (const second of rules.slice(index + 1)) if (allowed([first, second])) return [first, second];
  }
  return undefined;
}

/** Takes away one rule after the other until the outcome is allowed, then puts back what was not needed. */
function smallestSet(rules: readonly Rule[], allowed: (gone: readonly Rule[]) => boolean): readonly Rule[] | undefined {
  let end = 1;
  while (end <= rules.length && !allowed(rules.slice(0, end))) end++;
  if (end > rules.length) return undefined;
  let set = rules.slice(0, end);
  for (const rule of [...set].reverse()) {
    const smaller = set.filter((other) => other !== rule);
    if (smaller.length > 0 && allowed(smaller)) set = smaller;
  }
  return set;
}

/** What let an allowed outcome happen. */
export interface Permissions {
  /** The rules by which something went ahead of something in the run, in the order of the run. */
  readonly rules: readonly Rule[];
  /** Those among them without which the outcome would be forbidden. */
  readonly deciding: readonly Rule[];
}

/** The rules that a run made use of, and which of them decide. */
export function permissionsOf(run: Replay, limits: Limits): Permissions {
  const { platform, program, settings, instructions } = run.machine;
  const rules: Rule[] = [];
  const add = (rule: Rule): void => {
    if (!rules.some((other) => sameRule(rule, other))) rules.push(rule);
  };
  const kinds = (id: number) => ACCESS_KINDS.filter((_, bit) => ((instructions[id]?.mask ?? 0) & (1 << bit)) !== 0);
  for (const event of run.events) {
    for (const { table, cell } of event.passed) {
      const index = cell === undefined ? -1 : (platform.fabric.tables[table]?.indexOf(cell) ?? -1);
      if (index >= 0) add(cellRule(platform, table, index));
    }
    for (const { rule, olderInstruction, youngerInstruction } of event.overtook) {
      const index = rule === undefined ? -1 : platform.cpu.window.indexOf(rule);
      add(index >= 0 ? windowRule(platform, index) : noRule(platform, kinds(olderInstruction), kinds(youngerInstruction)));
    }
  }
  for (const { by } of run.events.flatMap((event) => event.missed)) {
    if (by === "cpus") add(weakRule(platform, "multiCopyAtomic"));
    if (by === "devices") add(weakRule(platform, platform.cpu.devicesSee === "later" ? "devicesSee" : "multiCopyAtomic"));
    if (by === "cache") add(weakRule(platform, "coherent"));
  }
  for (const rule of [...merges(run), ...apart(run)]) add(rule);
  const forbids = (rule: Rule): boolean => {
    if (rule.kind === "fact") return false;
    const result = search(buildMachine(program, without(platform, [rule]), settings), { ...limits, mode: "verdict" });
    return result.complete && !result.satisfiable;
  };
  return { rules, deciding: rules.filter(forbids) };
}

/** Writes that a write-combining buffer has replaced by later ones. */
function merges({ machine, steps }: Replay): Rule[] {
  const merged = steps.some((step) => {
    const kind = machine.instructions[stepSubject(step)]?.kind;
    return stepAction(step) === PERFORM && stepChoice(step) === 1 && (kind === "pio-write" || kind === "dma-write");
  });
  if (!merged) return [];
  const { cpu } = machine.platform;
  return [
    {
      kind: "fact",
      id: `${cpu.name}: write combining`,
      says: "the buffer holds writes back, and takes a later write to the same word in place of an earlier one",
      source: cpu.source,
    },
  ];
}

/** Packets that arrived in another order than they were sent in, because they were in different places then. */
function apart(run: Replay): Rule[] {
  const { machine } = run;
  const order: number[] = [];
  const rules: Rule[] = [];
  for (const event of run.events) {
    const { stretch } = event;
    if (stretch === undefined) continue;
    if (stretch.sender !== undefined) order.push(stretch.instruction);
    if (stretch.arrives === undefined) continue;
    const mine = machine.packets.find((packet) => packet.instruction === stretch.instruction);
    const before = order.slice(0, order.indexOf(stretch.instruction));
    order.splice(order.indexOf(stretch.instruction), 1);
    for (const older of before) {
      const theirs = run.whereabouts(event.number, older);
      const place = machine.platform.fabric.places[machine.places[theirs]?.place ?? -1];
      if (place === undefined || mine === undefined || mine.hops.slice(0, mine.home).some((hop) => hop.place === theirs)) continue;
      if (!related(machine, stretch.instruction, older)) continue;
      const other = mine.hops
        .slice(0, mine.home)
        .find((hop) => !machine.packets[machine.instructions[older]?.packet ?? -1]?.hops.some(({ place: on }) => on === hop.place));
      const way = machine.platform.fabric.places[machine.places[other?.place ?? theirs]?.place ?? -1];
      rules.push({
        kind: "fact",
        id: `${place.id}: apart`,
        says: `${run.nameOf(older)} waits in ${run.names.place(theirs)}, which is not on the way of ${run.nameOf(stretch.instruction)}`,
        source: way?.source ?? place.source,
      });
    }
  }
  return rules;
}

/** Do the two go the same way on the whole: both up from devices, or both down from CPUs? */
function related(machine: Replay["machine"], a: number, b: number): boolean {
  const role = (id: number): string | undefined => machine.threads[machine.instructions[id]?.thread ?? -1]?.role;
  return role(a) === role(b);
}
