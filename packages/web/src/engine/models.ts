/** What the axioms say: the kernel's model, and the architectures' models of the lowered test. Loaded by the worker when there is a test without devices. */
import { ARCHITECTURES, answer } from "@fencepost/core/axioms";
import { type CompiledModel, compileModel, libraryFile, parseCat, type Session } from "@fencepost/core/cat";
import { parseTest } from "@fencepost/core/litmus";
import type { ModelRow } from "./protocol.js";

interface Opened {
  readonly model: CompiledModel;
  readonly session: Session;
}

const opened = new Map<string, Opened | undefined>();

/** A shipped model, compiled once. Our own model of the kernel is its second version. */
function openModel(name: string, vocabulary: string): Opened | undefined {
  if (!opened.has(name)) {
    const source = libraryFile(`${name}.cat`);
    const parsed = source && parseCat(source, libraryFile);
    const compiled =
      parsed?.ok === true
        ? compileModel(parsed.value, { variant: (each) => name === "lkmm" && each === "lkmmv2", skip: new Set(), architecture: vocabulary })
        : undefined;
    opened.set(name, compiled?.ok === true ? { model: compiled.value, session: compiled.value.session() } : undefined);
  }
  return opened.get(name);
}

/** Sets of executions that one model may look at: the page must answer. */
const MOST = 200_000;

/** A row for each model; none where the axioms do not know what the test uses. */
export function modelRows(text: string, interrupted: () => boolean): readonly ModelRow[] {
  const parsed = parseTest({ name: "test.litmus", text });
  if (!parsed.ok) return [];
  const kernel = { name: "lkmm", model: "lkmm", vocabulary: "C", lower: undefined };
  const architectures = [...ARCHITECTURES.values()].map((lower) => ({
    name: lower.name,
    model: lower.model,
    vocabulary: lower.vocabulary,
    lower,
  }));
  const rows: ModelRow[] = [];
  for (const { name, model, vocabulary, lower } of [kernel, ...architectures]) {
    const found = openModel(model, vocabulary);
    if (found === undefined) continue;
    const answered = answer(parsed.value, found.model, found.session, {
      interrupted,
      maxNodes: MOST,
      ...(lower === undefined ? {} : { lower }),
    });
    if (answered.kind === "problems") {
      // Devices and handlers are beyond all of them; RCU only beyond the architectures.
      if (lower === undefined) return [];
      continue;
    }
    if (answered.kind === "unknown") rows.push({ name, verdict: "unknown", says: answered.reason });
    else {
      const { observation, positive, negative } = answered.answer;
      rows.push({ name, verdict: positive > 0 ? "allowed" : "forbidden", says: `${observation} ${positive} ${negative}` });
    }
  }
  return rows;
}
