/** What the page asks its workers, and what they answer: plain data, so that any of it can be posted, kept and compared. */
import type { Problem, Span } from "@fencepost/core";
import type { Another, Drive, Entry, Ladder, Rule, Snapshot } from "@fencepost/core/report";

/** Values of options, `compiler` and `credits` included. */
export type Settings = readonly (readonly [option: string, value: string])[];

/** A test on a platform, under settings, with some of the platform's rules turned off. */
export interface Question {
  readonly text: string;
  readonly platform: string;
  readonly settings: Settings;
  readonly off: readonly Rule[];
}

/** What a text says before any platform comes in. */
export interface Reading {
  readonly problems: readonly Problem[];
  /** Undefined where the text is no test. */
  readonly test:
    | {
        readonly name: string;
        readonly doc: string | undefined;
        /** `exists (0:r0=1 /\ 0:r1=0)`. */
        readonly condition: string;
        readonly sources: readonly string[];
        /** Platforms that its `expect` lines name and that exist. */
        readonly stated: readonly string[];
        /** Has it devices or handlers? */
        readonly devices: boolean;
      }
    | undefined;
  /** False: it is read, but the explorer does not run it; `problems` says why. */
  readonly runs: boolean;
}

export type VerdictWord = "allowed" | "forbidden" | "depends" | "unknown";

/** A cell of the matrix. */
export interface Cell {
  readonly platform: string;
  readonly verdict: VerdictWord;
  readonly byDefault: VerdictWord;
  /** `depends: allowed; forbidden if barrier = two-way`. */
  readonly words: string;
  readonly reason: string | undefined;
  readonly vacuous: boolean;
  readonly bounds: readonly string[];
  readonly states: number;
  readonly expected: { readonly stated: string; readonly met: boolean } | undefined;
}

/** A run, ready to be shown step by step. */
export interface Story {
  readonly steps: readonly number[];
  readonly entries: readonly Entry[];
  readonly ladder: Ladder;
  /** Before the first step, and after each step (not each entry). */
  readonly snapshots: readonly Snapshot[];
  readonly rules: readonly Rule[];
  readonly deciding: readonly Rule[];
  /** The statement of the test that each entry is about. */
  readonly spans: readonly (Span | undefined)[];
  /** The question that it answers, the settings of a variant included, and what is so in it, in words. */
  readonly at: Question;
  readonly words: string;
}

/** Why a verdict is what it is. */
export interface Account {
  readonly question: Question;
  readonly cell: Cell;
  readonly platformTitle: string;
  readonly story: Story | undefined;
  /** Sets of rules each of which forbids the outcome; undefined where it is not forbidden. */
  readonly obstacles: { readonly sets: readonly (readonly Rule[])[]; readonly complete: boolean } | undefined;
  /** Forbidden by default, and how it is allowed under another setting. */
  readonly otherwise: { readonly words: string; readonly story: Story } | undefined;
  readonly stuck: Story | undefined;
  /** Options of the platform that can matter here. */
  readonly options: readonly {
    readonly id: string;
    readonly values: readonly string[];
    readonly default: string;
    readonly question: string;
    readonly source: string;
  }[];
  readonly mapping: readonly { readonly location: string; readonly requested: string; readonly bits: readonly string[] }[];
}

/** A run driven by hand so far, and what can happen next. */
export interface Played extends Drive {
  /** As in a story: before the first step, and after each. */
  readonly snapshots: readonly Snapshot[];
}

/** A platform, as its page shows it. */
export interface PlatformView {
  readonly name: string;
  readonly title: string;
  readonly conforming: boolean;
  readonly era: string;
  readonly cpu: { readonly name: string; readonly title: string; readonly source: string; readonly says: readonly string[] };
  readonly fabric: { readonly name: string; readonly title: string; readonly source: string; readonly coherent: boolean };
  readonly window: readonly CellView[];
  readonly places: readonly {
    readonly id: string;
    readonly title: string;
    readonly per: string;
    readonly table: string;
    readonly source: string;
  }[];
  readonly tables: readonly { readonly name: string; readonly cells: readonly CellView[] }[];
  readonly routes: readonly { readonly kinds: readonly string[]; readonly places: readonly string[] }[];
  readonly mapping: readonly { readonly id: string; readonly when: readonly string[]; readonly sets: string; readonly source: string }[];
  readonly accessors: readonly { readonly name: string; readonly text: string; readonly source: string }[];
  readonly options: Account["options"];
}

/** A rule of a table or of the window. */
export interface CellView {
  readonly rule: Rule;
  readonly id: string;
  readonly younger: readonly string[];
  readonly older: readonly string[];
  readonly when: readonly string[];
  readonly pass: "no" | "may" | "must";
  readonly source: string;
}

/** Platforms as a list. */
export interface PlatformLine {
  readonly name: string;
  readonly title: string;
  readonly conforming: boolean;
}

/** Simulated: nanoseconds a message, one at a time, and messages a second, as many as go. */
export interface Price {
  readonly cpu: number;
  readonly latency: number;
  readonly rate: number;
}

/** Repairs of a test on some platforms; see `Repair` of the core. */
export interface Fixes {
  readonly platforms: readonly string[];
  readonly outcome: "repaired" | "not-needed" | "none" | "unknown";
  readonly stopped: string | undefined;
  readonly complete: number | undefined;
  readonly candidates: number;
  /** The test as it is, on the first platform. */
  readonly before: Price | undefined;
  readonly answers: readonly {
    readonly changes: readonly string[];
    readonly soundness: string;
    readonly onPortable: string;
    readonly caution: string | undefined;
    readonly costs: readonly { readonly platform: string; readonly words: string; readonly source: string }[];
    readonly price: Price | undefined;
    readonly unreduced: string;
    readonly text: string;
    readonly patch: string;
    readonly commit: string;
  }[];
  readonly rejected: readonly { readonly changes: readonly string[]; readonly platform: string; readonly reason: string }[];
  readonly superfluous: readonly { readonly words: string; readonly kind: string; readonly instead: readonly string[] }[];
  readonly obstacle: { readonly platform: string; readonly run: readonly string[] } | undefined;
}

/** A memory model's verdict, as herd7 gives it. */
export interface ModelRow {
  readonly name: string;
  readonly verdict: VerdictWord;
  /** `Sometimes 1 3`, or why unknown. */
  readonly says: string;
}

/** What a worker does. Every call is a function of its arguments, but that a search may be stopped by the clock: its verdict is then unknown. */
export interface Engine {
  /** Loads what may be asked for later, so that it is there even if the network goes away. */
  ahead(): Promise<void>;
  read(text: string): Reading;
  judge(question: Question): Cell;
  explain(question: Question): Account;
  /** Another run to the same outcome than those known, or undefined where none was found. Throws where a known one is no run. */
  another(
    question: Question,
    known: readonly (readonly number[])[],
  ): Promise<{ readonly story: Story; readonly differs: Another["differs"] } | undefined>;
  /** The run with these steps. Throws where they are none. */
  replay(question: Question, steps: readonly number[]): Story;
  drive(question: Question, steps: readonly number[]): Promise<Played>;
  /** The whole explanation for people, 100 columns wide. */
  text(question: Question): Promise<string>;
  /** The ladder of a story as an SVG file. */
  svg(story: Pick<Story, "at" | "steps" | "words">): Promise<string>;
  /** Repairs for the question's platform, or for all of `platforms` where some are given. */
  fixes(question: Question, platforms: readonly string[]): Promise<Fixes>;
  /** What the axioms say; empty for tests with devices. */
  models(text: string): Promise<readonly ModelRow[]>;
  /** A simulation in words. */
  simulate(question: Question): Promise<string>;
  platforms(): readonly PlatformLine[];
  /** Undefined where there is none of that name. */
  platform(name: string): Promise<PlatformView | undefined>;
  /** The report of `fencepost check --json`, as docs/output.schema.json describes it. */
  report(text: string, platforms: readonly string[], settings: Settings): Promise<string>;
  /** For each text a row of verdicts, one a platform. */
  verdicts(texts: readonly string[], platforms: readonly string[]): readonly (readonly VerdictWord[])[];
  /** Which of these texts have another verdict on the platform without the rule? Indices. */
  decided(texts: readonly string[], platform: string, rule: Rule): readonly number[];
}
