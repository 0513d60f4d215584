/** One test under the model: what is printed of it, and how it ended. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Source } from "@fencepost/core";
import { type Answered, answer, formatProblem, herdHash, herdText } from "@fencepost/core/axioms";
import type { Session } from "@fencepost/core/cat";
import { type KnownParts, parseTest, type Test } from "@fencepost/core/litmus";
import { UsageError } from "../exit.js";
import { withHeader } from "./header.js";
import { answerJson } from "./json.js";
import type { LoadedModel } from "./model.js";
import type { HerdOptions } from "./options.js";
import { drawPictures, wantsPictures } from "./pictures.js";

/** `skipped`: not selected. */
export type Ending = "answered" | "unknown" | "wrong" | "skipped";

export interface Ran {
  readonly ending: Ending;
  readonly out: string;
  readonly err: string;
  /** Of what was answered, with `Hash` lines: tests of one name may stand in one output only if they are one test. */
  readonly test?: { readonly name: string; readonly hash: string; readonly path: string } | undefined;
}

const SKIPPED: Ran = { ending: "skipped", out: "", err: "" };

/** As an object: Node makes one of a name each time. */
const UTF8 = { encoding: "utf8", flag: "r" } as const;

/** What the tests of one run share. */
export interface Shared {
  readonly loaded: LoadedModel;
  readonly session: Session;
  readonly options: HerdOptions;
  /** The threads and tails of the tests before. */
  readonly known: KnownParts;
  /** The model under other variants, which headers of tests ask for. */
  readonly otherModels: Map<string, Pick<Shared, "loaded" | "session">>;
  /** Called now and then while one test takes long. */
  readonly waiting?: () => void;
}

const wrong = (err: string): Ran => ({ ending: "wrong", out: "", err: `${err}\n` });

/** Reads a test file and answers it. */
export function runFile(path: string, shared: Shared): Ran {
  let source: Source;
  try {
    source = { name: path === "-" ? "<stdin>" : path, text: readFileSync(path === "-" ? 0 : path, UTF8) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "no such file" : code === "EISDIR" ? "this is a directory: name its files, `dir/*.litmus`" : "cannot be read";
    return wrong(`${path}: error[file]: ${why}`);
  }
  return runSource(source, path, shared, !wantsPictures(shared.options));
}

/** Pictures and problems point into the text: threads of other tests are no good for them. `original`: of the file whose condition was replaced; its hash stays the test's. */
function runSource(source: Source, path: string, forAll: Shared, reuse: boolean, original?: { readonly hash: string | undefined }): Ran {
  const parsed = parseTest(source, reuse ? forAll.known : undefined);
  if (!parsed.ok) return wrong(parsed.problems.map((problem) => formatProblem(source, problem)).join("\n"));
  let shared: Shared;
  try {
    shared = withHeader(forAll, parsed.value);
  } catch (error) {
    if (error instanceof UsageError) return wrong(`${path}: error[unsupported]: ${error.message}`);
    throw error;
  }
  const { loaded, session, options } = shared;
  const known = named(parsed.value, path);
  const condition = original === undefined ? options.conditions.get(known.name) : undefined;
  if (condition !== undefined) {
    const hash = herdHash(parsed.value, source.text);
    return runSource(withCondition(source, condition), path, forAll, reuse, { hash });
  }
  const test = ofKind(known, options);
  if (options.only.length > 0 && !options.only.includes(test.name)) return SKIPPED;
  if (options.except.includes(test.name)) return SKIPPED;
  const began = performance.now();
  const answered = answerTest(test, shared);
  switch (answered.kind) {
    case "problems":
      if (reuse) return runSource(source, path, forAll, false, original);
      return wrong(answered.problems.map((problem) => formatProblem(source, problem)).join("\n"));
    case "unknown": {
      const out = options.json ? `${JSON.stringify({ test: test.name, file: path, unknown: answered.reason })}\n` : "";
      return { ending: "unknown", out, err: `${path}: unknown: ${answered.reason}\n` };
    }
    case "answer": {
      const seconds = (performance.now() - began) / 1000;
      const hash = options.json ? undefined : original === undefined ? herdHash(parsed.value, source.text) : original.hash;
      const out = options.json
        ? `${JSON.stringify(answerJson(test, path, answered.answer))}\n`
        : herdText(test, answered.answer, {
            seconds,
            hexa: options.hexa,
            ...(hash === undefined ? {} : { hash }),
            ...(options.badFlag === undefined ? {} : { badFlag: options.badFlag }),
          });
      const err = answered.answer.cut
        ? `${path}: warning: a loop was cut after ${options.unroll} rounds, legal outcomes may be missing\n`
        : "";
      const drawn = wantsPictures(options) ? drawPictures(test, loaded, session, options) : "";
      return { ending: "answered", out, err: err + drawn, test: hash === undefined ? undefined : { name: test.name, hash, path } };
    }
  }
}

/** The test by the name that herd7 knows it by: without `.litmus`, and its file's where it is called `--`. */
function named(test: Test, path: string): Test {
  const name = test.name === "--" ? basename(path) : test.name;
  return name.endsWith(".litmus") ? { ...test, name: name.slice(0, -".litmus".length) } : name === test.name ? test : { ...test, name };
}

/** The text with another condition, which -conds gives it. */
function withCondition({ name, text }: Source, wanted: string): Source {
  // Read anew: what tests share has the places of the first of them.
  const parsed = parseTest({ name, text });
  const { start, end } = (parsed.ok ? parsed.value.condition?.span : undefined) ?? { start: text.length, end: text.length };
  return { name, text: `${text.slice(0, start)}\n${wanted}\n${text.slice(end)}` };
}

/** The test with the quantifier that -kinds gives it. */
function ofKind(test: Test, { kinds }: HerdOptions): Test {
  const quantifier = kinds.get(test.name);
  if (quantifier === undefined || test.condition === undefined) return test;
  return { ...test, condition: { ...test.condition, quantifier } };
}

function answerTest(test: Test, { loaded, session, options, waiting }: Shared): Answered {
  const { seconds } = options;
  const deadline = seconds === undefined ? undefined : cpuSeconds() + seconds;
  let asked = 0;
  return answer(test, loaded.model, session, {
    macros: loaded.macros,
    unroll: options.unroll,
    fencesAroundAtomics: loaded.fencesAroundAtomics,
    ...(loaded.lower === undefined ? {} : { lower: loaded.lower }),
    ...(options.speedcheck === "false" ? {} : { speedcheck: options.speedcheck }),
    ...(options.maxNodes === undefined ? {} : { maxNodes: options.maxNodes }),
    interrupted: () => {
      if ((++asked & 63) === 0) waiting?.();
      // Asking the clock is dearer than looking at a small set of executions.
      return deadline !== undefined && (asked & 15) === 0 && cpuSeconds() > deadline;
    },
  });
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
