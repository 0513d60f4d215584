/** Repairs for people, and as one JSON document. */
import { PLAIN, paint, type Style } from "../report/style.js";
import { wrap } from "../report/wrap.js";
import type { Answer, Repair } from "./answer.js";
import { type Cost, compareTimes } from "./cost.js";
import type { Leaner } from "./superfluous.js";

const WIDTH = 100;

/** The list of answers with verdicts and costs. */
export function repairText(repair: Repair, style: Style = PLAIN): string {
  const lines = [...wrap(headOf(repair, style), WIDTH, 2), ""];
  switch (repair.outcome) {
    case "not-needed":
      lines.push("The outcome is forbidden as it is: nothing has to be repaired.");
      break;
    case "none":
      lines.push(
        ...wrap(
          `No set of at most ${repair.complete ?? 0} of the ${repair.candidates} changes that this test and these platforms allow forbids the outcome on all of them.`,
          WIDTH,
        ),
      );
      if (repair.allowedInOrder)
        lines.push(
          "",
          ...wrap(
            "It happens even where every CPU keeps program order and every packet its turn: no order forbids it, the program has to do something else.",
            WIDTH,
          ),
        );
      lines.push(...obstacleLines(repair));
      break;
    case "unknown":
      lines.push(...wrap(`Not known: ${repair.stopped ?? "the model does not reach"}.`, WIDTH));
      break;
    case "repaired": {
      const count = repair.answers.length;
      const reach =
        repair.complete === undefined
          ? `others may be missing (${repair.stopped ?? "a budget ran out"})`
          : `all the smallest ones with at most ${repair.complete} ${repair.complete === 1 ? "change" : "changes"}`;
      const open = repair.complete !== undefined && repair.stopped !== undefined ? `; not all found: ${repair.stopped}` : "";
      lines.push(
        ...wrap(
          `${count} ${count === 1 ? "repair" : "repairs"}, cheapest first, ${reach}${open}. Each was proved by the explorer on every platform.`,
          WIDTH,
        ),
      );
    }
  }
  for (const [index, answer] of repair.answers.entries()) lines.push("", ...answerLines(answer, index + 1, style));
  if (repair.timingOnly.length > 0) {
    lines.push("", style.bold("Timing only, and unsound: nothing is forbidden, the outcome only gets rarer."));
    for (const answer of repair.timingOnly) lines.push(...bullet(answer.changes.map(({ words }) => words).join("; ")));
  }
  if (repair.rejected.length > 0) {
    lines.push("", "These forbid the outcome at too high a price:");
    for (const { changes, platform, reason } of repair.rejected.slice(0, 5))
      lines.push(...bullet(`${changes.join("; ")} (${platform}: ${reason})`));
    if (repair.rejected.length > 5) lines.push(`  … and ${repair.rejected.length - 5} more`);
  }
  if (repair.superfluous.length > 0) lines.push("", superfluousText(repair.superfluous).trimEnd());
  return `${lines.join("\n")}\n`;
}

/** What could go or be weaker, as a list. */
export function superfluousText(list: readonly Leaner[], where = "on these platforms"): string {
  if (list.length === 0) return `Nothing in it is superfluous ${where}.\n`;
  const lines = [`Not needed ${where}:`];
  for (const { words, instead, together } of list) {
    const more = instead.length > 1 ? ` (so do ${instead.slice(1).join(", ")})` : "";
    lines.push(...bullet(`${words}${more}${together ? "" : "; not together with those above"}`));
  }
  return `${lines.join("\n")}\n`;
}

function headOf(repair: Repair, style: Style): string {
  const groups = new Map<string, string[]>();
  for (const { platform, verdict } of repair.before) groups.set(verdict, [...(groups.get(verdict) ?? []), platform]);
  const parts = [...groups].map(([verdict, names]) => `${paint(style, verdict as "allowed", verdict)} on ${names.join(", ")}`);
  return `${repair.test}: ${parts.join("; ")}`;
}

/** Why there is none: the run that stays. */
function obstacleLines({ obstacle }: Repair): string[] {
  if (obstacle === undefined) return [];
  const with_ = obstacle.changes.length === 0 ? "" : `, with these changes made: ${obstacle.changes.join("; ")}`;
  const head = obstacle.unstoppable
    ? `None of them stops this run on ${obstacle.platform}${with_}:`
    : `This run is still there on ${obstacle.platform}${with_}:`;
  return ["", ...wrap(head, WIDTH), ...obstacle.run.flatMap((what, index) => wrap(`  ${index + 1}. ${what}.`, WIDTH, 5))];
}

function answerLines(answer: Answer, number: number, style: Style): string[] {
  const sound = answer.soundness === "sound" ? style.green("sound") : style.yellow(answer.soundness);
  const portable = answer.soundness === "sound" ? "" : ` (portable: ${answer.onPortable})`;
  const unreduced = answer.unreduced === "confirmed" ? "; confirmed without reductions" : "";
  const lines = wrap(`${number}. ${sound}${portable}; ${costWords(answer)}${unreduced}`, WIDTH, 3);
  for (const [index, change] of answer.changes.entries()) {
    lines.push(...bullet(change.words));
    const instead = answer.alternatives.filter((alternative) => alternative.instead === index);
    if (instead.length === 0) continue;
    const names = instead.map(({ change: other, soundness }) =>
      soundness === answer.soundness ? other.operation : `${other.operation} (${soundness})`,
    );
    lines.push(...wrap(`     or ${names.join(", ")}`, WIDTH, 8));
  }
  if (answer.caution !== undefined) lines.push(...wrap(`     Mind: ${answer.caution}.`, WIDTH, 5));
  return lines;
}

const bullet = (text: string): string[] => wrap(`   - ${text}`, WIDTH, 5);

function costWords({ costs }: Answer): string {
  const byCost = new Map<string, string[]>();
  for (const { platform, cost } of costs) byCost.set(timeWords(cost), [...(byCost.get(timeWords(cost)) ?? []), platform]);
  const groups = [...byCost];
  if (groups.length === 1) return groups[0]?.[0] ?? "";
  if (groups.length <= 3) return groups.map(([words, names]) => `${words} on ${names.join(", ")}`).join("; ");
  const sorted = [...costs].sort((x, y) => compareTimes(x.cost, y.cost));
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return "";
  return `from ${timeWords(least.cost)} on ${least.platform} to ${timeWords(most.cost)} on ${most.platform}`;
}

/** What an answer costs on a platform, in words. */
export function timeWords({ nanoseconds, latency, rank }: Cost): string {
  if (nanoseconds === Number.POSITIVE_INFINITY) return "a wait without bound";
  const longer = latency !== undefined && latency > 1.2 * nanoseconds + 1 ? `, ${duration(latency)} more until a message is done` : "";
  if (nanoseconds > 0) return `${latency === undefined ? "about " : ""}${duration(nanoseconds)} of CPU time${longer}`;
  return rank >= 5 && latency === undefined ? "nothing for the CPU, a round trip for the device" : `nothing for the CPU${longer}`;
}

const duration = (time: number): string => (time < 1000 ? `${Math.round(time)} ns` : `${(time / 1000).toFixed(1)} µs`);

/** The version of the format of `fix --json`. */
const FORMAT = 1;

const json = (document: object): string =>
  `${JSON.stringify(document, (_, value: unknown) => (value === Number.POSITIVE_INFINITY ? null : value), 2)}\n`;

/** What `fix --json` prints: the repair without what JSON cannot say (an infinite time is null). */
export function repairJson(file: string, repair: Repair, exitCode: number): string {
  return json({ format: FORMAT, file, ...repair, exitCode });
}

/** What `fix --superfluous --json` prints; `platforms` are those on which the outcome is forbidden. */
export function superfluousJson(
  file: string,
  test: string,
  platforms: readonly string[],
  list: readonly Leaner[],
  exitCode: number,
): string {
  return json({ format: FORMAT, file, test, platforms, superfluous: list, exitCode });
}
