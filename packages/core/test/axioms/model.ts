/** What the tests of the axioms share: models by name, and tests written in a few lines. */
import { type Answer, answer } from "../../src/axioms/index.js";
import { type CompiledModel, compileModel, libraryFile, parseCat, type Session } from "../../src/cat/index.js";
import { parseTest, type Test } from "../../src/litmus/index.js";

const known = new Map<string, { readonly model: CompiledModel; readonly session: Session }>();

/** A shipped model, or one given as text under a name of its own. `through`: executions that fail its checks are kept. */
export function modelNamed(name: string, text?: string, through = false): { readonly model: CompiledModel; readonly session: Session } {
  const key = through ? `${name} through` : name;
  const found = known.get(key);
  if (found !== undefined) return found;
  const source = text === undefined ? libraryFile(`${name}.cat`) : { name, text };
  if (source === undefined) throw new Error(`no model ${name}`);
  const parsed = parseCat(source, libraryFile);
  const compiled = parsed.ok
    ? compileModel(parsed.value, { architecture: "C", variant: (variant) => variant === "lkmmv2", through })
    : parsed;
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join("; "));
  const made = { model: compiled.value, session: compiled.value.session() };
  known.set(key, made);
  return made;
}

export function read(text: string): Test {
  const parsed = parseTest({ name: "test.litmus", text });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join("; "));
  return parsed.value;
}

/** A test from the bodies of its threads; every location is a parameter of every thread. */
export function litmus(locations: string, bodies: readonly string[], tail: string, init = ""): string {
  const names = locations.split(" ");
  const parameters = names.map((name) => (name.includes(":") ? `${name.split(":")[1]} *${name.split(":")[0]}` : `int *${name}`)).join(", ");
  return `C T\n{ ${init} }\n${bodies.map((body, thread) => `P${thread}(${parameters}) { ${body} }\n`).join("")}${tail}\n`;
}

export function answered(text: string, name = "lkmm"): Answer {
  const { model, session } = modelNamed(name);
  const result = answer(read(text), model, session);
  if (result.kind !== "answer")
    throw new Error(result.kind === "unknown" ? result.reason : result.problems.map(({ message }) => message).join("; "));
  return result.answer;
}

/** `Never 0 3 of 3`: observation, witnesses, number of states. */
export function summary(text: string, name?: string): string {
  const { observation, positive, negative, states, flags } = answered(text, name);
  return `${observation} ${positive} ${negative} of ${states.length}${flags.map((flag) => ` ${flag}`).join("")}`;
}
