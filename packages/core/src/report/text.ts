/** One test on one platform, as herd7 users know it. */
import type { EndState } from "../explore/explore.js";
import type { Verdict } from "../explore/verdict.js";
import type { Condition } from "../litmus/test.js";
import { type Checked, expectationPlace, type Result } from "./checked.js";
import { conditionWords } from "./condition-words.js";
import { count } from "./names.js";
import { printState, sortStates } from "./state.js";
import { PLAIN, paint, type Style } from "./style.js";
import { verdictWords } from "./verdict-words.js";

type Quantifier = Condition["quantifier"];

const HEADS = { exists: "Allowed", forall: "Required", "~exists": "Forbidden" } as const;

/** The block of a verdict that was found in states mode; ends with a line break. */
export function testBlock(checked: Checked, result: Result, style: Style = PLAIN): string {
  const { program, test } = checked;
  const { verdict } = result;
  const complete = verdict.result?.complete === true;
  const states = program === undefined ? [] : sortStates(program, verdict.ends).map((state) => printState(program, state.values));
  const quantifier = test.condition?.quantifier ?? "exists";
  const lines = [
    `Test ${test.name} ${HEADS[quantifier]}`,
    `States ${states.length}${complete ? "" : " (not all)"}`,
    ...states,
    conditionHolds(quantifier, verdict),
    `Condition ${conditionWords(test)}`,
    ...(complete || states.length > 0 || verdict.byDefault !== "unknown"
      ? [`Observation ${test.name} ${observation(verdict.ends)}${complete ? "" : " (so far)"}`]
      : []),
    `${verdict.platform}: ${paint(style, verdict.verdict, verdictWords(verdict))}`,
    ...remarks(checked, result, style),
  ];
  return `${lines.join("\n")}\n`;
}

/** `Ok` or `No`: is the condition, with its quantifier, true of the states? `Undef` where the search did not get far enough to say. */
export function conditionHolds(quantifier: Quantifier, verdict: Pick<Verdict, "ends" | "result" | "byDefault">): "Ok" | "No" | "Undef" {
  const some = verdict.ends.some((end) => end.satisfies);
  const others = verdict.ends.some((end) => !end.satisfies);
  const complete = verdict.result?.complete === true || (verdict.byDefault === "forbidden" && quantifier !== "forall");
  switch (quantifier) {
    case "exists":
      return some ? "Ok" : complete ? "No" : "Undef";
    case "~exists":
      return some ? "No" : complete ? "Ok" : "Undef";
    case "forall":
      return others ? "No" : complete ? "Ok" : "Undef";
  }
}

/** Of the bare proposition, whatever quantifier stands before it. */
export function observation(ends: readonly EndState[]): "Never" | "Sometimes" | "Always" {
  if (!ends.some((end) => end.satisfies)) return "Never";
  return ends.every((end) => end.satisfies) ? "Always" : "Sometimes";
}

function remarks(checked: Checked, { verdict, comparison, fault }: Result, style: Style): string[] {
  const lines: string[] = [];
  if (fault !== undefined) lines.push(style.red(`Fault of ours: ${fault}`));
  else if (verdict.reason !== undefined) lines.push(`Unknown because: ${verdict.reason}`);
  if (verdict.reason === undefined && verdict.result?.complete === false && verdict.byDefault !== "unknown")
    lines.push(`Not all states: the search for them stopped after ${count(verdict.result.states, "state")}`);
  if (verdict.vacuous) lines.push("Vacuous: no run ends");
  if ((verdict.result?.deadlocks ?? 0) > 0) lines.push("Deadlock: some run gets stuck");
  lines.push(...verdict.bounds.map((bound) => `Bound: ${bound}`));
  if (comparison !== undefined) {
    const place = expectationPlace(checked.source, comparison);
    if (!comparison.met) lines.push(style.red(`Differs from its expect (${place}): ${comparison.stated}`));
    else if (comparison.byDefault) lines.push(`As expected (${place}), by the default of what no source settles`);
    else lines.push(`As expected (${place})`);
  }
  if (verdict.result !== undefined)
    lines.push(style.faint(`Explored ${count(verdict.result.states, "state")}, ${count(verdict.result.transitions, "step")}`));
  return lines;
}
