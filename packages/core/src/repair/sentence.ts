/** The sentence that a maintainer would put into the commit message. */
import type { Platform } from "../platform/platform.js";
import { arrange } from "../report/arrange.js";
import { conditionWords } from "../report/condition-words.js";
import { type Entry, entriesOf } from "../report/entry.js";
import { joinWords } from "../report/names.js";
import { replay } from "../report/replay.js";
import type { Change } from "./change.js";
import type { Subject } from "./source-program.js";
import type { Escape } from "./trial.js";

/** What goes wrong before the repair: where, the step that does it, and the rule that lets it with its source. */
export interface Fault {
  readonly platform: string;
  readonly what: string;
  readonly rule: string | undefined;
}

/** The step of a bad run that an engineer would point at: one packet or access ahead of another, else a read that missed a write. */
export function faultOf({ platform, machine, steps }: Escape): Fault {
  const entries = entriesOf(replay(machine, arrange(machine, steps)));
  const told = entries.find(isAhead) ?? entries.find(({ missed }) => missed.length > 0) ?? entries.at(-1);
  const cell = told?.passed[0]?.cell;
  const window = told?.overtook[0]?.rule;
  const rule = cell ?? window;
  return {
    platform: platform.name,
    what: told?.what ?? "",
    rule: rule === undefined ? undefined : [rule.id, rule.source].filter((word) => word !== "").join(", "),
  };
}

const isAhead = ({ passed, overtook }: Entry): boolean => passed.length + overtook.length > 0;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function commitSentence(
  { test }: Subject,
  changes: readonly Change[],
  platforms: readonly Platform[],
  soundness: "sound" | "platform-specific" | "timing-only",
  fault: Fault | undefined,
): string {
  const what = capital(joinWords(changes.map(({ short }) => short)));
  const names = joinWords(platforms.map(({ name }) => name));
  const rule = fault?.rule === undefined ? "" : ` (${fault.rule})`;
  const why = fault === undefined || fault.what === "" ? "" : `: on ${fault.platform} ${fault.what}${rule}, and`;
  const end = conditionWords(test).replace(/^~?(exists|forall)\s*/, "");
  const reach =
    soundness === "sound"
      ? "What the kernel's documents promise is enough for this repair (portable)."
      : soundness === "platform-specific"
        ? `It holds on ${names}; the kernel's documents alone do not promise it.`
        : `It forbids nothing: on ${names} the outcome only gets rarer.`;
  return `${what}${why}${why === "" ? ", since" : ""} ${test.name} can end with ${end}. ${reach}`;
}
