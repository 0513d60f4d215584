/**
 * npm run conformance: the axioms against herd7's recorded answers, over all the corpora: observation, number of states, positive and negative witnesses, flags.
 *
 *     node scripts/conformance.mjs [--kernel DIR] [--corpus lkmm-kernel,lkmm-catalogue,lkmm-paulmck] [--match REGEX] [--every N] [--seconds 20] [--speedcheck] [--csv FILE] [--quiet]
 *
 * The model is our own lkmm, or the kernel's where --kernel (or the environment's FENCEPOST_LKMM) names a directory with linux-kernel.cat, .bell, .def and lock.cat. The corpora are read
 * where they are (FENCEPOST_SHARED, by default ../shared). Exit: 0 every answer agrees, 1 some differ, 2 wrong command line.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { answer, KERNEL_MACROS, parseMacros } from "../packages/core/dist/axioms/index.js";
import { compileModel, libraryFile, parseCat } from "../packages/core/dist/cat/index.js";
import { noKnownParts } from "../packages/core/dist/litmus/known-parts.js";
import { parseTest } from "../packages/core/dist/litmus/parse.js";
import { recordedAnswers, requireCorpora, tarFiles } from "./corpora.mjs";

function commandLine() {
  try {
    return parseArgs({
      options: {
        kernel: { type: "string", default: process.env.FENCEPOST_LKMM },
        corpus: { type: "string", default: "lkmm-kernel,lkmm-catalogue,lkmm-paulmck" },
        match: { type: "string", default: "" },
        every: { type: "string", default: "1" },
        seconds: { type: "string", default: "20" },
        speedcheck: { type: "boolean", default: false },
        csv: { type: "string" },
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

/** Threads of the files before: most are in several. */
const known = noKnownParts();

/** Our model of the kernel, or the kernel's own from a directory. */
export function loadKernelModel(folder) {
  const include = (name) => {
    const path = folder === undefined ? undefined : join(folder, name);
    if (path !== undefined && existsSync(path)) return { name: path, text: readFileSync(path, "utf8") };
    return libraryFile(name);
  };
  const need = (outcome) => {
    if (outcome.ok) return outcome.value;
    throw new Error(outcome.problems.map(({ message }) => message).join("; "));
  };
  const model = need(parseCat(include(folder === undefined ? "lkmm.cat" : "linux-kernel.cat"), include));
  const bell = folder === undefined ? undefined : need(parseCat(include("linux-kernel.bell"), include));
  const compiled = need(
    compileModel(model, { architecture: "C", variant: (name) => name === "lkmmv2", ...(bell === undefined ? {} : { bell }) }),
  );
  const macros = folder === undefined ? KERNEL_MACROS : need(parseMacros(include("linux-kernel.def")));
  return { model: compiled, session: compiled.session(), macros };
}

/** Answers one test; CPU seconds beside it. */
export function answerText(name, text, loaded, limit, speedcheck) {
  const began = cpuSeconds();
  const parsed = parseTest({ name, text }, known);
  if (!parsed.ok) return { kind: "refused", why: parsed.problems[0].message, seconds: cpuSeconds() - began };
  let asked = 0;
  try {
    const result = answer(parsed.value, loaded.model, loaded.session, {
      macros: loaded.macros,
      interrupted: () => (++asked & 15) === 0 && cpuSeconds() - began > limit,
      ...(speedcheck ? { speedcheck: "true" } : {}),
    });
    const seconds = cpuSeconds() - began;
    if (result.kind === "problems") return { kind: "refused", why: result.problems[0].message, seconds };
    if (result.kind === "unknown") return { kind: "unknown", why: result.reason, seconds };
    return { kind: "answer", answer: result.answer, seconds };
  } catch (error) {
    return { kind: "fault", why: error.stack, seconds: cpuSeconds() - began };
  }
}

/** How an answer differs from the recorded one; empty where it does not. */
export function differences(given, row) {
  const found = [];
  const compare = (what, ours, theirs) => {
    if (String(ours) !== String(theirs)) found.push(`${what} ${ours}, herd7 ${theirs}`);
  };
  compare("observation", given.observation, row.herd_result);
  compare("states", given.states.length, row.num_states);
  compare("positive", given.positive, row.positive);
  compare("negative", given.negative, row.negative);
  compare("flags", given.flags.join(";"), row.flags.split(";").sort().join(";"));
  return found.join("; ");
}

const COLUMNS = [
  "files",
  "recorded",
  "agree",
  "both refuse",
  "differ",
  "refused",
  "unknown",
  "herd timeout",
  "answered",
  "faults",
  "CPU s",
  "herd CPU s",
];

function main() {
  const options = commandLine();
  const corpora = requireCorpora();
  const loaded = loadKernelModel(options.kernel);
  const rows = recordedAnswers(join(corpora, "herd-answers.csv"));
  const pattern = new RegExp(options.match);
  const notes = [];
  const csv = ["test,kind,observation,states,positive,negative,flags,nodes,seconds,herd,herd_seconds"];
  let differ = 0;
  console.log(
    COLUMNS.map((column) => column.padStart(Math.max(7, column.length) + 1))
      .join("")
      .padStart(16),
  );
  for (const corpus of options.corpus.split(",")) {
    const counts = Object.fromEntries(COLUMNS.map((column) => [column, 0]));
    let index = 0;
    for (const file of tarFiles(join(corpora, `${corpus}.tar.gz`))) {
      if (!file.name.endsWith(".litmus") || !pattern.test(file.name) || index++ % Number(options.every) !== 0) continue;
      const row = rows.get(file.name);
      counts.files++;
      const result = answerText(file.name, file.text, loaded, Number(options.seconds), options.speedcheck);
      counts["CPU s"] += result.seconds;
      const given = result.kind === "answer" ? result.answer : undefined;
      csv.push(
        [
          file.name,
          result.kind,
          given?.observation ?? "",
          given?.states.length ?? "",
          given?.positive ?? "",
          given?.negative ?? "",
          given?.flags.join(";") ?? "",
          given?.nodes ?? "",
          result.seconds.toFixed(4),
          row?.herd_result ?? "",
          row?.seconds ?? "",
        ].join(","),
      );
      const note = (kind, text) => notes.push(`  ${kind}: ${file.name}${text === "" ? "" : `: ${text}`}`);
      if (result.kind === "fault") {
        counts.faults++;
        note("fault", result.why);
      }
      if (row === undefined) {
        if (result.kind !== "answer") note(`${result.kind} (no record)`, result.why);
        continue;
      }
      if (row.herd_result === "Timeout") {
        counts["herd timeout"]++;
        if (given !== undefined) counts.answered++;
        else note("unknown, as herd7", result.why);
        continue;
      }
      counts.recorded++;
      counts["herd CPU s"] += Number(row.seconds);
      if (row.herd_result === "Error") {
        if (result.kind === "refused") counts["both refuse"]++;
        else note("answered, herd7 refuses", "");
      } else if (result.kind === "refused") {
        counts.refused++;
        note("refused", result.why);
      } else if (result.kind === "unknown") {
        counts.unknown++;
        note("unknown", result.why);
      } else if (given !== undefined) {
        const found = options.speedcheck
          ? (given.observation === "Never") === (row.herd_result === "Never")
            ? ""
            : given.observation
          : differences(given, row);
        if (found === "") counts.agree++;
        else {
          counts.differ++;
          differ++;
          note("differs", found);
        }
      }
    }
    console.log(
      `${COLUMNS.map((column) => (column.endsWith("CPU s") ? counts[column].toFixed(1) : String(counts[column])).padStart(Math.max(7, column.length) + 1)).join("")}  ${corpus}`,
    );
  }
  if (!options.quiet) for (const note of notes) console.log(note);
  console.log(`${cpuSeconds().toFixed(1)} s CPU in all, start included; load ${loadavg()[0].toFixed(1)}`);
  if (options.csv !== undefined) writeFileSync(options.csv, `${csv.join("\n")}\n`);
  process.exit(differ > 0 ? 1 : 0);
}

if (process.argv[1]?.endsWith("conformance.mjs")) main();
