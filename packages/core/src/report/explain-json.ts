/** The report of `explain --json`: docs/explanation.schema.json describes it. */
import type { Plain, Verdict } from "../explore/verdict.js";
import { conditionWords } from "./condition-words.js";
import type { Explanation, Story } from "./explain.js";
import { FORMAT } from "./json.js";
import { mappingsOf } from "./mapping.js";
import type { Rule } from "./rule.js";
import { printState } from "./state.js";
import { stuckLines } from "./stuck.js";

/** A rule of a platform that lets something happen, or forbids it. */
export interface JsonRule {
  readonly kind: Rule["kind"];
  readonly id: string;
  readonly says: string;
  readonly source: string;
}

/** A run, told: what happened, and by which rules it could. */
export interface JsonRun {
  readonly steps: readonly string[];
  /** The end state as `check` prints it. */
  readonly end: string;
  /** The rules by which something went ahead of something. */
  readonly rules: readonly JsonRule[];
  /** Those of them without any one of which the outcome would be forbidden. */
  readonly deciding: readonly JsonRule[];
  /** Where it got stuck: what cannot move, and why. */
  readonly stuck: readonly string[];
}

/** One test explained on one platform. */
export interface JsonExplanation {
  readonly format: typeof FORMAT;
  readonly test: string;
  readonly platform: string;
  readonly condition: string;
  readonly verdict: Verdict["verdict"];
  readonly byDefault: Plain;
  readonly reason: string | null;
  readonly vacuous: boolean;
  readonly bounds: readonly string[];
  /** Where it is allowed by default. */
  readonly run: JsonRun | null;
  /** Where it is forbidden by default: sets of rules; without any one of these sets it would be allowed. */
  readonly forbiddenBy: readonly (readonly JsonRule[])[];
  /** Settings of options that give another verdict. */
  readonly variants: readonly { readonly settings: { readonly [option: string]: string }; readonly verdict: Plain }[];
  /** A run under the first setting that allows what the default forbids. */
  readonly otherwise: JsonRun | null;
  /** A run that gets stuck, where the condition does not ask for one. */
  readonly deadlock: { readonly steps: readonly string[]; readonly stuck: readonly string[] } | null;
  /** Requested against applied. */
  readonly mappings: readonly {
    readonly location: string;
    readonly requested: string;
    readonly applied: readonly string[];
    readonly rules: readonly string[];
  }[];
  readonly sources: readonly string[];
}

/** An explanation as plain data. */
export function explanationJson(explanation: Explanation): JsonExplanation {
  const { program, platform, verdict, story, obstacles, stuck, otherwise, settings } = explanation;
  return {
    format: FORMAT,
    test: program.name,
    platform: platform.name,
    condition: conditionWords(program.test),
    verdict: verdict.verdict,
    byDefault: verdict.byDefault,
    reason: verdict.reason ?? null,
    vacuous: verdict.vacuous,
    bounds: verdict.bounds,
    run: story === undefined ? null : runJson(story),
    forbiddenBy: (obstacles?.sets ?? []).map((set) => set.map(ruleJson)),
    variants: verdict.variants.map((variant) => ({
      settings: Object.fromEntries(variant.settings.map(({ option, value }) => [option, value])),
      verdict: variant.verdict,
    })),
    otherwise: otherwise === undefined ? null : runJson(otherwise.story),
    deadlock: stuck === undefined ? null : { steps: stuck.entries.map((entry) => entry.what), stuck: stuckLines(stuck.run) },
    mappings: mappingsOf(program, platform, settings).map(({ location, requested, bits, rules }) => ({
      location,
      requested,
      applied: bits,
      rules: rules.map((rule) => rule.id),
    })),
    sources: program.test.sources,
  };
}

function runJson({ run, entries, permissions }: Story): JsonRun {
  return {
    steps: entries.map((entry) => entry.what),
    end: printState(run.machine.program, run.values),
    rules: permissions.rules.map(ruleJson),
    deciding: permissions.deciding.map(ruleJson),
    stuck: stuckLines(run),
  };
}

const ruleJson = ({ kind, id, says, source }: Rule): JsonRule => ({ kind, id, says, source });
