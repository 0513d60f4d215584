/** What a repair is asked, and what it answers: plain data. */
import type { Change, TextEdit } from "./change.js";
import type { Cost } from "./cost.js";
import type { Leaner } from "./superfluous.js";

/** What a repair may change, and how far it searches. */
export interface RepairOptions {
  /** Threads, devices and locations (`P0`, `D0`, `cq`) that must stay as they are. */
  readonly keep?: readonly string[];
  /** The largest sets tried. Default: 3, but nothing larger than 2 once something was found. */
  readonly maxChanges?: number;
  /** Offer delays and register reads that only take time as well, marked unsound. */
  readonly timingOnly?: boolean;
  /** Most states of one search. */
  readonly maxStates?: number;
  /** Most changed tests tried. */
  readonly maxTrials?: number;
  /** Answers are searched once more without reductions, as far as these many states go on each platform; 0: not at all. */
  readonly unreducedStates?: number;
  /** Option values to hold fixed. */
  readonly settings?: ReadonlyMap<string, string>;
  readonly interrupted?: () => boolean;
  /** Costs by class alone, without simulating the answers on platforms that have times. */
  readonly classesOnly?: boolean;
}

/** `sound`: forbidden on `portable`, too. `platform-specific`: not there. `timing-only`: nothing is forbidden, the bad run only gets rarer. */
export type Soundness = "sound" | "platform-specific" | "timing-only";

/** One change of an answer, as data: `edits` are to be made in the original text. */
export interface RepairChange {
  readonly id: string;
  readonly kind: Change["kind"];
  readonly words: string;
  readonly operation: string;
  readonly thread: string | undefined;
  readonly edits: readonly TextEdit[];
}

/** Another form of one change of an answer that does as well, the rest of the answer as it is: proved, too. */
export interface Alternative {
  /** Index into `changes`. */
  readonly instead: number;
  readonly change: RepairChange;
  readonly soundness: Soundness;
}

/** A set of changes that forbids the outcome, and what it costs. */
export interface Answer {
  readonly changes: readonly RepairChange[];
  readonly soundness: Soundness;
  /** On `portable`: `forbidden`, `allowed`, `depends` or `unknown`. */
  readonly onPortable: string;
  /** What a reviewer would say against it; undefined where nothing. */
  readonly caution: string | undefined;
  /** By platform, in the order in which they were asked for. */
  readonly costs: readonly { readonly platform: string; readonly cost: Cost }[];
  readonly alternatives: readonly Alternative[];
  /** The search without reductions: `confirmed`, `too-large` for the states that it was given, or `not-done`. */
  readonly unreduced: "confirmed" | "too-large" | "not-done";
  /** The whole changed text, and the way to it as a unified diff. */
  readonly text: string;
  readonly patch: string;
  /** The sentence for the commit message. */
  readonly commit: string;
}

/** A set of changes that is no answer, in words, and why. */
export interface Refused {
  readonly changes: readonly string[];
  readonly platform: string;
  readonly reason: string;
}

/** What a repair found. */
export interface Repair {
  readonly test: string;
  readonly platforms: readonly string[];
  /** Platforms on which the bad outcome can happen before any change, under the worst setting of every option, and whether that is known. */
  readonly before: readonly { readonly platform: string; readonly verdict: string }[];
  /** `repaired`: there are answers. `not-needed`: forbidden as it is. `none`: no set of changes up to the size looked at helps. `unknown`: a budget ran out first, or the model does not reach. */
  readonly outcome: "repaired" | "not-needed" | "none" | "unknown";
  readonly answers: readonly Answer[];
  /** Delays and register reads, where asked for; they forbid nothing. */
  readonly timingOnly: readonly Answer[];
  /** What forbids the outcome at too high a price. */
  readonly rejected: readonly Refused[];
  /** What could go, or be weaker. Only where the outcome is forbidden as it is. */
  readonly superfluous: readonly Leaner[];
  /** Where there is no repair: a bad run that `changes` leave, told; `unstoppable`: none of the candidates stops it. */
  readonly obstacle:
    | { readonly platform: string; readonly changes: readonly string[]; readonly unstoppable: boolean; readonly run: readonly string[] }
    | undefined;
  /** Where there is no repair: the outcome happens even where every CPU keeps program order and every packet its turn. No order forbids it; the program has to say something else. */
  readonly allowedInOrder: boolean;
  /** All minimal answers of up to this many changes were found. */
  readonly complete: number | undefined;
  /** Why not more, where a budget ran out. */
  readonly stopped: string | undefined;
  readonly candidates: number;
  readonly trials: number;
  readonly clauses: number;
}
