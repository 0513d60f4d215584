/** An explanation as text. */
import { conditionWords } from "./condition-words.js";
import type { Explanation, Story } from "./explain.js";
import { layOut, legend } from "./ladder.js";
import { ladderText } from "./ladder-text.js";
import { mappingsOf } from "./mapping.js";
import type { Rule } from "./rule.js";
import { printState } from "./state.js";
import { stuckLines } from "./stuck.js";
import { variantWords, verdictWords } from "./verdict-words.js";
import { wrap } from "./wrap.js";

const WIDTH = 100;

/** The whole explanation; ends with a line break. */
export function explanationText(explanation: Explanation): string {
  const { program, platform, verdict, story, obstacles, stuck, otherwise } = explanation;
  const lines = wrap(`${program.name} on ${platform.name}: ${verdictWords(verdict)}`, WIDTH, 2);
  if (program.test.doc !== undefined) lines.push(...wrap(`  "${program.test.doc}"`, WIDTH, 2));
  lines.push(...wrap(`  ${conditionWords(program.test)}`, WIDTH, 4));
  lines.push(
    ...wrap(
      `  ${platform.name}: ${platform.title}; CPU ${platform.cpu.name}, fabric ${platform.fabric.name}, kernel ${platform.era}`,
      WIDTH,
      4,
    ),
  );
  if (story !== undefined) lines.push("", ...storyLines(story, "How it happens:", conditionWords(program.test)));
  if (verdict.byDefault === "unknown") lines.push("", `Unknown: ${verdict.reason ?? "the search did not end"}.`);
  if (verdict.byDefault === "forbidden") lines.push("", ...forbiddenLines(explanation));
  if (obstacles !== undefined) lines.push("", ...obstacleLines(obstacles.sets, obstacles.complete));
  if (stuck !== undefined) lines.push("", ...stuckRunLines(stuck));
  if (verdict.variants.length > 0) lines.push("", ...variantLines(explanation));
  if (otherwise !== undefined)
    lines.push(
      "",
      ...storyLines(
        otherwise.story,
        `How it happens, ${variantWords(otherwise.variant)}:`.replace("allowed if", "if"),
        conditionWords(program.test),
      ),
    );
  const mapped = mappingLines(explanation);
  if (mapped.length > 0) lines.push("", "What becomes of the mappings:", ...mapped);
  for (const [index, source] of program.test.sources.entries())
    lines.push(...(index === 0 ? [""] : []), ...wrap(`Source of the test: ${source}`, WIDTH, 2));
  return `${lines.join("\n")}\n`;
}

function storyLines(story: Story, head: string, condition: string): string[] {
  const { run, entries, permissions } = story;
  const lines = [head];
  for (const entry of entries) lines.push(...numbered(entry.number, `${entry.what}.`));
  lines.push(`At the end: ${printState(run.machine.program, run.values) || "the condition holds"}`, "");
  const stuck = stuckLines(run);
  if (stuck.length > 0) lines.push("Nothing can move any more:", ...stuck.flatMap((line) => wrap(`  ${line}`, WIDTH, 6)));
  else lines.push(...ruleLines(permissions.rules, permissions.deciding));
  const ladder = layOut(run, entries, condition);
  lines.push("", ladderText(ladder, WIDTH));
  const meanings = legend(ladder);
  if (meanings.length > 0) lines.push("", ...meanings.flatMap((text) => wrap(text, WIDTH, 2)));
  return lines;
}

function stuckRunLines({ run, entries }: NonNullable<Explanation["stuck"]>): string[] {
  return [
    "A run can get stuck:",
    ...entries.flatMap((entry) => numbered(entry.number, `${entry.what}.`)),
    "Then nothing can move any more:",
    ...stuckLines(run).flatMap((line) => wrap(`  ${line}`, WIDTH, 6)),
  ];
}

const numbered = (number: number, text: string): string[] => {
  const head = `${String(number).padStart(3)}. `;
  return wrap(`${head}${text}`, WIDTH, head.length);
};

function ruleLines(rules: readonly Rule[], deciding: readonly Rule[]): string[] {
  if (rules.length === 0) return ["Nothing went ahead of anything: the order of the programs alone allows it."];
  if (deciding.length === 0) {
    const none = "None of them decides alone: with any one of them changed it would still be allowed.";
    return [
      "The rules that let it happen:",
      ...rules.flatMap(ruleText),
      ...(rules.some((rule) => rule.kind === "fact") ? [] : wrap(none, WIDTH)),
    ];
  }
  const others = rules.filter((rule) => !deciding.includes(rule));
  const each =
    deciding.length === 1 ? "Without it the outcome would be forbidden." : "Without any one of them the outcome would be forbidden.";
  return [
    deciding.length === 1 ? "The rule that decides:" : "The rules that decide:",
    ...deciding.flatMap(ruleText),
    `  ${each}`,
    ...(others.length === 0 ? [] : ["Also used:", ...others.flatMap(ruleText)]),
  ];
}

function ruleText(rule: Rule): string[] {
  return [...wrap(`  ${rule.id} - ${rule.says}`, WIDTH, 6), ...(rule.source === "" ? [] : wrap(`      [${rule.source}]`, WIDTH, 7))];
}

function forbiddenLines({ verdict }: Explanation): string[] {
  if (verdict.vacuous) return ["No run ends at all, so the outcome is forbidden vacuously."];
  return ["No run ends with it.", ...verdict.bounds.map((bound) => `Within this bound: ${bound}.`)];
}

function obstacleLines(sets: readonly (readonly Rule[])[], complete: boolean): string[] {
  const caution = complete ? [] : ["(A budget ran out: there may be other ways.)"];
  const [first, ...rest] = sets;
  if (first === undefined) {
    return [
      ...wrap(
        "No rule of the platform alone forbids it: with every one of them dropped, coherence, dependencies, what the CPU keeps in order of itself, and the values would.",
        WIDTH,
      ),
      ...caution,
    ];
  }
  const head =
    first.length > 1
      ? "What forbids it: without all of these together the outcome would be allowed."
      : rest.length > 0
        ? "What forbids it: without any one of these the outcome would be allowed."
        : "What forbids it: without this the outcome would be allowed.";
  return [head, ...sets.flatMap((set) => set.flatMap(ruleText)), ...caution];
}

function variantLines({ platform, verdict }: Explanation): string[] {
  const lines = ["It depends on what no source settles:"];
  for (const variant of verdict.variants) {
    lines.push(`  ${variantWords(variant)}`);
    for (const { option } of variant.settings) {
      const found = platform.options.find((candidate) => candidate.id === option);
      if (found !== undefined) lines.push(...wrap(`      ${found.question} Default: ${found.default} [${found.source}]`, WIDTH, 6));
    }
  }
  return lines;
}

function mappingLines({ program, platform, settings }: Explanation): string[] {
  return mappingsOf(program, platform, settings).flatMap(({ location, requested, bits, rules }) => [
    `  ${location}: requested ${requested}; on the bus ${bits.length === 0 ? "nothing" : bits.join(", ")}`,
    ...rules.flatMap((rule) => wrap(`      ${rule.id} [${rule.source}]`, WIDTH, 7)),
  ]);
}
