/** Renaming: every place where a name stands for the same thing, and no edit that would make a name stand for another. */
import type { Outcome } from "@fencepost/core";
import { isTypeWord, parseTest } from "@fencepost/core/litmus";
import { lowerTest, primitive } from "@fencepost/core/program";
import { type Analysis, analyse } from "./analysis.js";
import { applyEdits, type Edit } from "./formatting.js";
import { KEYWORDS, keyOf, type Named, namedWords, type Occurrence } from "./named.js";
import { isThreadName, threadOf } from "./tokens.js";

/** What can be renamed at an offset: the word there. */
export function renamable({ names }: Analysis, offset: number): Occurrence | undefined {
  const found = names.at(offset);
  // A structure's members stand under its name: what would be renamed is not one name.
  if ((found?.named.kind === "location" || found?.named.kind === "register") && found.named.name.includes(".")) return undefined;
  // The chipset is what it is.
  return found?.named.kind === "register" && found.token.text === "HOST" ? undefined : found;
}

const RESERVED: ReadonlySet<string> = new Set(
  "HOST RO IDO UIO AT TC exists forall filter locations expect source order not true false dma mmio port config device thread line on in user cpu node".split(
    " ",
  ),
);

/** The edits that give what stands at an offset another name, or a sentence that says why not. */
export function renameAt(analysis: Analysis, offset: number, to: string): readonly Edit[] | string {
  const found = renamable(analysis, offset);
  if (found === undefined) return "there is no name here";
  const { named } = found;
  const wrong = refuse(named, to);
  if (wrong !== undefined) return wrong;
  const renamed = nameAfter(named, to);
  if (keyOf(renamed) === keyOf(named)) return [];
  const taken = analysis.names.of(renamed)[0];
  if (taken !== undefined) return `there is a \`${namedWords(renamed)}\` already`;
  const edits = analysis.names
    .of(named)
    .map(({ token }): Edit => ({ start: token.start, end: token.end, text: token.kind === "number" ? to.slice(1) : to }));
  const text = applyEdits(analysis.source.text, edits);
  const after = analyse({ name: analysis.source.name, text });
  if (!sameNames(analysis, after, named, renamed)) return `\`${to}\` would stand for something else in some place`;
  if (analysis.program !== undefined && !sameProgram(analysis, text, named)) return `with \`${to}\` it would be another test`;
  return edits;
}

function refuse(named: Named, to: string): string | undefined {
  if (named.kind === "thread") {
    const kind = named.name.charAt(0);
    const right = isThreadName(to) && to === threadOf(to) && to.startsWith(kind) && Number(to.slice(1)) <= 9999;
    return right ? undefined : `${kind === "D" ? "devices are named D0, D1, …" : "CPU threads are named P0, P1, …"}`;
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(to)) return "a name is made of letters, digits and `_`, and starts with no digit";
  if (isThreadName(to)) return `\`${to}\` names a thread or a device`;
  // Behind `D0.` only a word of C is none; elsewhere what stands before other things, too.
  if (KEYWORDS.has(to) || isTypeWord(to) || (named.kind !== "register" && RESERVED.has(to))) return `\`${to}\` is a word of the language`;
  return primitive(to) === undefined ? undefined : `\`${to}\` is a function of the language`;
}

function nameAfter(named: Named, to: string): Named {
  return named.kind === "register" ? { ...named, name: to } : { ...named, name: to };
}

/** What stood for the thing stands for it under its new name, and everything else stands for what it did. */
function sameNames(before: Analysis, after: Analysis, from: Named, to: Named): boolean {
  const expected = before.names.occurrences.map(({ named, role }) => `${keyOf(mapped(named, from, to))} ${role}`);
  const found = after.names.occurrences.map(({ named, role }) => `${keyOf(named)} ${role}`);
  return expected.join("\n") === found.join("\n") && before.problems.length === after.problems.length;
}

/** A thread's new name is part of the names of its registers. */
function mapped(named: Named, from: Named, to: Named): Named {
  if (keyOf(named) === keyOf(from)) return to;
  if (from.kind !== "thread") return named;
  if (named.kind === "local" && named.thread === from.name) return { ...named, thread: to.name };
  if (named.kind === "register" && named.owner === from.name) return { ...named, owner: to.name };
  return named;
}

/** The program, but for names, positions and texts. Renumbering a device may move it in the list of devices: of threads only their shape is held against each other. */
function sameProgram(before: Analysis, text: string, named: Named): boolean {
  const shape = (outcome: Outcome<unknown>): string =>
    JSON.stringify(outcome.ok ? outcome.value : null, (key: string, value: unknown) => {
      if (["name", "span", "text", "label", "test", "registers"].includes(key)) return Array.isArray(value) ? value.length : undefined;
      const numbered = ["device", "cpu", "owner", "slot", "port", "card", "thread", "location", "locations", "devices", "value", "initial"];
      return named.kind === "thread" && numbered.includes(key) ? undefined : value;
    });
  const lowered = (of: string): Outcome<unknown> => {
    const source = { name: "", text: of };
    const test = parseTest(source);
    return test.ok ? lowerTest(test.value, source) : test;
  };
  return shape(lowered(before.source.text)) === shape(lowered(text));
}
