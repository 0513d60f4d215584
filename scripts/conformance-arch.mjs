/**
 * npm run conformance:arch: the explorer on an architecture against the architecture's model, over all corpus files without devices that both take; and every Never of the kernel's model
 * (as herd7 recorded it) against the architectures' models: none of them may allow it.
 *
 *     node scripts/conformance-arch.mjs [--arch x86,arm64,riscv,ppc64] [--corpus lkmm-kernel,lkmm-catalogue,lkmm-paulmck] [--match REGEX] [--every N] [--states 20000] [--seconds 2] [--quiet]
 *
 * The axioms ask for the verdict alone (-speedcheck fast) of the kernel C lowered to the architecture (axioms/lower-arch.ts). Exit: 0 no difference, 1 some, 2 wrong command line.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ARCHITECTURES, answer } from "../packages/core/dist/axioms/index.js";
import { compileModel, libraryFile, parseCat } from "../packages/core/dist/cat/index.js";
import { findPlatform, load, search } from "../packages/core/dist/index.js";
import { parseTest } from "../packages/core/dist/litmus/parse.js";
import { recordedAnswers, requireCorpora, tarFiles } from "./corpora.mjs";

function commandLine() {
  try {
    return parseArgs({
      options: {
        arch: { type: "string", default: [...ARCHITECTURES.keys()].join(",") },
        corpus: { type: "string", default: "lkmm-kernel,lkmm-catalogue,lkmm-paulmck" },
        match: { type: "string", default: "" },
        every: { type: "string", default: "1" },
        states: { type: "string", default: "20000" },
        seconds: { type: "string", default: "2" },
        quiet: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function loadModel(architecture) {
  const source = libraryFile(`${architecture.model}.cat`);
  const parsed = parseCat(source, libraryFile);
  const compiled = parsed.ok ? compileModel(parsed.value, { architecture: architecture.vocabulary }) : parsed;
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join("; "));
  return { model: compiled.value, session: compiled.value.session() };
}

/** true: some execution of the lowered test ends as the proposition says; undefined: not known; a text: refused, and why. */
function byAxioms(test, architecture, { model, session }, seconds) {
  const until = cpuSeconds() + seconds;
  let asked = 0;
  const result = answer(test, model, session, {
    lower: architecture,
    speedcheck: "fast",
    interrupted: () => (++asked & 15) === 0 && cpuSeconds() > until,
  });
  if (result.kind === "problems") return result.problems[0].message;
  if (result.kind === "unknown") return undefined;
  // For `forall` the search looks for an execution against the proposition.
  return result.answer.quantifier === "forall" ? result.answer.negative > 0 : result.answer.positive > 0;
}

/** The same by the explorer. */
function byExplorer(source, test, platform, states) {
  const program = load(source);
  if (!program.ok) return program.problems[0].message;
  // Of a `forall` the axioms look for the contrary: of no use here.
  if (test.condition?.quantifier === "forall") return "forall";
  const result = search(program.value, platform, { mode: "verdict", maxStates: states });
  if (result.satisfiable) return true;
  return result.complete ? false : undefined;
}

const COLUMNS = ["files", "both", "agree", "differ", "unknown", "refused", "LKMM Never", "forbidden", "allowed"];

function main() {
  const options = commandLine();
  const corpora = requireCorpora();
  const recorded = recordedAnswers(join(corpora, "herd-answers.csv"));
  const pattern = new RegExp(options.match);
  const files = options.corpus
    .split(",")
    .flatMap((corpus) => [...tarFiles(join(corpora, `${corpus}.tar.gz`))])
    .filter(({ name }) => name.endsWith(".litmus") && pattern.test(name))
    .filter((_, index) => index % Number(options.every) === 0);
  console.log(`${"".padEnd(8)}${COLUMNS.map((column) => column.padStart(Math.max(8, column.length + 2))).join("")}    CPU s`);
  const notes = [];
  for (const name of options.arch.split(",")) {
    const architecture = ARCHITECTURES.get(name);
    const platform = findPlatform(name);
    if (architecture === undefined || !platform.ok) {
      console.error(`--arch takes some of ${[...ARCHITECTURES.keys()].join(", ")}, not ${name}`);
      process.exit(2);
    }
    const began = cpuSeconds();
    const loaded = loadModel(architecture);
    const counts = Object.fromEntries(COLUMNS.map((column) => [column, 0]));
    for (const source of files) {
      counts.files++;
      const test = parseTest(source);
      if (!test.ok) {
        counts.refused++;
        continue;
      }
      const axioms = byAxioms(test.value, architecture, loaded, Number(options.seconds));
      const row = recorded.get(source.name);
      if (
        row?.herd_result === "Never" &&
        row.flags === "" &&
        typeof axioms === "boolean" &&
        test.value.condition?.quantifier !== "forall"
      ) {
        counts["LKMM Never"]++;
        if (axioms) {
          counts.allowed++;
          notes.push(`${name}: ${source.name}: Never by the kernel's model, allowed by ${architecture.model}`);
        } else counts.forbidden++;
      }
      const explored = typeof axioms === "string" ? axioms : byExplorer(source, test.value, platform.value, Number(options.states));
      if (typeof axioms === "string" || typeof explored === "string") counts.refused++;
      else if (axioms === undefined || explored === undefined) counts.unknown++;
      else {
        counts.both++;
        if (axioms === explored) counts.agree++;
        else {
          counts.differ++;
          notes.push(
            `${name}: ${source.name}: ${architecture.model} ${axioms ? "allows" : "forbids"}, the explorer ${explored ? "allows" : "forbids"}${row?.flags ? ` (${row.flags})` : ""}`,
          );
        }
      }
    }
    console.log(
      `${name.padEnd(8)}${COLUMNS.map((column) => String(counts[column]).padStart(Math.max(8, column.length + 2))).join("")}${(cpuSeconds() - began).toFixed(1).padStart(9)}`,
    );
  }
  if (!options.quiet) for (const note of notes) console.log(`  ${note}`);
  process.exit(notes.length > 0 ? 1 : 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
