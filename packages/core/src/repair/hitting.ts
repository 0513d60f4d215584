/**
 * The search for the smallest sets of changes. A set that does not help leaves a bad run; whatever helps has to contain a change that this run does not survive. So each set is extended by those
 * changes alone: a tree of hitting sets (Reiter 1987), level by level, so that what is found first is smallest. All minimal sets up to a size are found, provided that a change never brings a
 * bad run back, and that a run which several changes stop together is stopped by one of them with full barriers beside it (docs/repair.md).
 */
import { buildMachine } from "../machine/machine.js";
import type { Platform } from "../platform/platform.js";
import type { Source } from "../source.js";
import { applyChanges, applyEdits, type Edited } from "./apply.js";
import type { Change } from "./change.js";
import type { Proof } from "./prove.js";
import { survive } from "./survive.js";
import { type Escape, findEscape, type Trial, type TrialLimits, trialOf } from "./trial.js";

/** How far the search goes. */
export interface HittingOptions {
  readonly platforms: readonly Platform[];
  readonly limits: TrialLimits;
  /** Sets of this size are the largest. */
  readonly maxChanges: number;
  /** Once sets of this size were tried, larger ones are tried only while nothing was found. */
  readonly enough: number;
  /** Most texts tried. */
  readonly maxTrials: number;
  prove(trial: Trial): Proof;
}

/** A set of changes none of which can be left out. */
export interface Minimal {
  readonly changes: readonly Change[];
  readonly trial: Trial;
}

/** A set that forbids the bad outcome and still is no answer. */
export interface Rejected {
  readonly changes: readonly Change[];
  readonly platform: string;
  readonly reason: string;
}

/** All minimal sets that were found. */
export interface Hitting {
  readonly minimal: readonly Minimal[];
  readonly rejected: readonly Rejected[];
  /** Every minimal set of up to this many changes is among them; undefined where a budget ran out before any size was done. */
  readonly complete: number | undefined;
  /** What stopped it, where something did. */
  readonly stopped: string | undefined;
  /** A bad run that nothing stops, or else one that the largest sets leave: of which set, and where. */
  readonly obstacle: { readonly changes: readonly Change[]; readonly escape: Escape; readonly unstoppable: boolean } | undefined;
  readonly trials: number;
  /** Bad runs that taught which changes matter. */
  readonly clauses: number;
}

interface Node {
  readonly changes: readonly Change[];
  readonly trial: Trial;
  /** A bad run of it that is known already. */
  readonly escape: Escape | undefined;
}

type Failing = Node & { readonly escape: Escape };

export function hittingSets(source: Source, original: Trial, universe: readonly Change[], options: HittingOptions): Hitting {
  const { limits, maxTrials } = options;
  const minimal: Minimal[] = [];
  const rejected: Rejected[] = [];
  const unreached: Rejected[] = [];
  let order = [...options.platforms];
  let trials = 0;
  let clauses = 0;
  let obstacle: Hitting["obstacle"];
  let stopped: string | undefined;
  const exhausted = (): boolean => {
    const cause = limits.interrupted?.() === true ? "stopped" : trials > maxTrials ? `more than ${maxTrials} changed tests` : undefined;
    if (cause !== undefined) stopped = cause;
    return cause !== undefined;
  };

  /** Looks where it went wrong last first. */
  const escapeOf = (trial: Trial): Escape | undefined | "unknown" => {
    let open = false;
    for (const platform of order) {
      const finding = findEscape(trial.program, platform, limits);
      if (finding.kind === "escape") {
        order = [platform, ...order.filter((other) => other !== platform)];
        return finding.escape;
      }
      if (finding.kind === "unknown") {
        open = true;
        stopped ??= `${finding.platform}: ${finding.reason}`;
      }
    }
    return open ? "unknown" : undefined;
  };

  const texts = new Map<string, Trial | "no test">();
  /** A bad run of a changed text that follows the one known. */
  const follow = (
    parent: Trial,
    escape: Escape,
    edited: Edited | undefined,
  ): { readonly trial: Trial; readonly escape: Escape | undefined } | undefined => {
    if (edited === undefined) return undefined;
    let trial = texts.get(edited.text);
    if (trial === undefined) {
      trials++;
      trial = trialOf(source, edited) ?? "no test";
      texts.set(edited.text, trial);
    }
    if (trial === "no test") return undefined;
    const machine = buildMachine(trial.program, escape.platform, escape.machine.settings);
    const steps = survive({ machine: escape.machine, edited: parent.edited }, escape.steps, { machine, edited: trial.edited });
    return { trial, escape: steps === undefined ? undefined : { platform: escape.platform, machine, steps } };
  };

  /** Judges one set; a bad run of it, where it is no answer and may become one. */
  const evaluate = (node: Node): Failing | undefined => {
    const amounts = new Set(node.changes.flatMap(({ id, covers }) => [id, ...covers]));
    const has = (changes: readonly Change[]): boolean => changes.every(({ id }) => amounts.has(id));
    if (minimal.some(({ changes }) => has(changes)) || rejected.some(({ changes }) => has(changes))) return undefined;
    // Another way to the same text.
    if (minimal.some(({ trial }) => trial.edited.text === node.trial.edited.text)) return undefined;
    const escape = node.escape ?? escapeOf(node.trial);
    if (escape === "unknown") return undefined;
    if (escape !== undefined) return { ...node, escape };
    const proof = options.prove(node.trial);
    if (proof.kind === "proved") minimal.push({ changes: node.changes, trial: node.trial });
    else if (proof.kind === "rejected") rejected.push({ changes: node.changes, platform: proof.platform, reason: proof.reason });
    else if (proof.kind === "unreached") unreached.push({ changes: node.changes, platform: proof.platform, reason: proof.reason });
    else stopped ??= `${proof.platform}: ${proof.reason}`;
    return undefined;
  };

  /** The sets with one change more which the bad run does not survive. */
  const extend = ({ changes: made, trial, escape }: Failing, known: Set<string>, next: Node[]): void => {
    const ids = new Set(made.map(({ id }) => id));
    clauses++;
    for (const change of universe) {
      if (ids.has(change.id)) continue;
      const changes = [...made, change].sort((a, b) => (a.id < b.id ? -1 : 1));
      const key = changes.map(({ id }) => id).join(" ");
      if (known.has(key) || minimal.some((found) => found.changes.every(({ id }) => id === change.id || ids.has(id)))) continue;
      const followed = follow(trial, escape, applyChanges(source.text, changes));
      if (followed === undefined) continue;
      if (followed.escape === undefined) {
        known.add(key);
        next.push({ changes, trial: followed.trial, escape: undefined });
        continue;
      }
      // It survives this change. With help beside it? If the help alone does not stop the run, the change may be part of an answer.
      if (change.helped === undefined || changes.length >= options.maxChanges) continue;
      // Help that cannot be made beside this set says nothing: then the change may be part of one.
      const tried = (edits: Change["edits"]): ReturnType<typeof follow> =>
        follow(trial, escape, applyEdits(source.text, [...made, { id: change.id, edits }]));
      if (tried(change.helped.edits)?.escape !== undefined) continue;
      const alone = tried(change.helped.helpAlone);
      if (alone !== undefined && alone.escape === undefined) continue;
      known.add(key);
      next.push({ changes, trial: followed.trial, escape: followed.escape });
    }
  };

  let level: Node[] = [{ changes: [], trial: original, escape: undefined }];
  let complete: number | undefined;
  for (let size = 0; size <= options.maxChanges && level.length > 0; size++) {
    const failing: Failing[] = [];
    for (const node of level) {
      const failed = exhausted() ? undefined : evaluate(node);
      if (failed !== undefined) failing.push(failed);
    }
    if (exhausted()) break;
    complete = size;
    const first = failing[0];
    if (first !== undefined) obstacle = { changes: first.changes, escape: first.escape, unstoppable: false };
    if (size >= options.enough && minimal.length > 0) break;
    level = [];
    if (size === options.maxChanges) break;
    const known = new Set<string>();
    for (const node of failing) if (!exhausted()) extend(node, known, level);
    if (exhausted()) break;
    if (level.length === 0) {
      if (first !== undefined) obstacle = { changes: first.changes, escape: first.escape, unstoppable: true };
      complete = options.maxChanges;
    }
  }
  return { minimal, rejected: [...rejected, ...unreached], complete, stopped, obstacle, trials, clauses };
}
