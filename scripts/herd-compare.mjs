/**
 * Runs the explorer over the corpora of litmus tests whose answers by herd7 are on record, and compares: verdicts, and in states mode the number of distinct end
 * states. What `portable` allows the Linux kernel memory model has to allow; the reverse should hold outside named classes.
 *
 *     node scripts/herd-compare.mjs [--platform portable] [--corpus lkmm-kernel,lkmm-catalogue,lkmm-paulmck] [--match REGEX] [--every N]
 *                                   [--mode states|verdict] [--reduce full|none] [--max-states 200000] [--test-seconds 20] [--total-seconds 3600]
 *                                   [--csv FILE]
 *
 * The corpora are read where they are (FENCEPOST_SHARED, by default ../shared); nothing of them is copied. Build first: `node scripts/embed-platforms.mjs && npx tsc -b`.
 * Exit: 0 no difference outside the named classes, 1 some, 2 wrong command line.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { search } from "../packages/core/dist/explore/explore.js";
import { parseTest } from "../packages/core/dist/litmus/parse.js";
import { buildMachine } from "../packages/core/dist/machine/machine.js";
import { BUILTIN } from "../packages/core/dist/platform/builtin.js";
import { findPlatform, library } from "../packages/core/dist/platform/load.js";
import { lowerTest } from "../packages/core/dist/program/lower.js";
import { recordedAnswers, requireCorpora, tarFiles } from "./corpora.mjs";

function commandLine() {
  try {
    return parseArgs({
      options: {
        platform: { type: "string", default: "portable" },
        corpus: { type: "string", default: "lkmm-kernel,lkmm-catalogue,lkmm-paulmck" },
        match: { type: "string", default: "" },
        every: { type: "string", default: "1" },
        mode: { type: "string", default: "states" },
        reduce: { type: "string", default: "full" },
        "max-states": { type: "string", default: "200000" },
        "test-seconds": { type: "string", default: "20" },
        "total-seconds": { type: "string", default: "3600" },
        csv: { type: "string" },
      },
    }).values;
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}

/** Tests in a class that herd7 does not flag. */
const NAMED = [
  { name: /\/C-JO-OOTA-\d\.litmus$/, what: "out of thin air" },
  // A plain store is no part of happens-before, though smp_wmb stands behind it.
  { name: /\/C-wmb-race2\.litmus$/, what: "plain access" },
];

/**
 * Why the explorer may allow less than herd7. Data race: herd7 flags the test; what becomes of a racy plain access is the compiler's business, and the explorer
 * runs it as the hardware would. Out of thin air: the model admits values that depend on themselves, no machine makes them.
 */
function classOf(name, answer) {
  if (/data-race|mixed-accesses/.test(answer.flags)) return "data race";
  return NAMED.find((entry) => entry.name.test(name))?.what ?? "";
}

/** One test on one platform: what the explorer says, in herd7's words. */
function run(text, name, platform, limits) {
  const source = { name, text };
  const test = parseTest(source);
  if (!test.ok) return { kind: "unsupported", why: `parse: ${test.problems[0]?.message}` };
  const program = lowerTest(test.value, source);
  if (!program.ok) return { kind: "unsupported", why: `${program.problems[0]?.code}: ${program.problems[0]?.message}` };
  const began = performance.now();
  const attempt = (mode) => {
    const deadline = performance.now() + limits.seconds * 1000;
    return search(buildMachine(program.value, platform), {
      mode,
      reduce: limits.reduce,
      maxStates: limits.maxStates,
      interrupted: () => performance.now() > deadline,
    });
  };
  let result;
  let mode = limits.mode;
  try {
    result = attempt(mode);
    if (!result.complete && mode === "states") {
      mode = "verdict";
      result = attempt(mode);
    }
  } catch (error) {
    return { kind: "fault", why: `${error.stack ?? error}`.split("\n").slice(0, 2).join(" ") };
  }
  const took = performance.now() - began;
  const common = { states: result.states, took, mode };
  if (!result.satisfiable && !result.complete) return { kind: "unknown", why: result.stopped, ...common };
  return {
    kind: "answer",
    allowed: result.satisfiable,
    ends: mode === "states" && result.complete ? result.ends.length : undefined,
    always: mode === "states" && result.complete ? result.ends.every((end) => end.satisfies) : undefined,
    deadlocks: result.deadlocks,
    ...common,
  };
}

const COLUMNS = [
  "files",
  "no row",
  "run",
  "agree",
  "same ends",
  "other ends",
  "allows more",
  "allows less",
  "classed",
  "unsupported",
  "unknown",
  "herd timeout",
  "fault",
];

function main() {
  const options = commandLine();
  const corpora = requireCorpora();
  const parts = library(BUILTIN);
  const platform = findPlatform(parts, options.platform) ?? findPlatform(parts, `${options.platform}+pcie`);
  if (platform === undefined) {
    console.error(`no platform ${options.platform}`);
    process.exit(2);
  }
  const answers = recordedAnswers(join(corpora, "herd-answers.csv"));
  const pattern = new RegExp(options.match);
  const limits = {
    mode: options.mode,
    reduce: options.reduce,
    maxStates: Number(options["max-states"]),
    seconds: Number(options["test-seconds"]),
  };
  const stop = performance.now() + Number(options["total-seconds"]) * 1000;
  const table = new Map();
  const notes = { "allows more": [], "allows less": [], classed: [], "other ends": [], unknown: [], fault: [] };
  const unsupported = new Map();
  const rows = [];
  let herdSeconds = 0;
  let ourSeconds = 0;
  let out = false;
  for (const corpus of options.corpus.split(",")) {
    const counts = Object.fromEntries(COLUMNS.map((column) => [column, 0]));
    table.set(corpus, counts);
    let index = 0;
    for (const file of tarFiles(join(corpora, `${corpus}.tar.gz`))) {
      if (!file.name.endsWith(".litmus") || !pattern.test(file.name) || index++ % Number(options.every) !== 0) continue;
      if (performance.now() > stop) {
        out = true;
        break;
      }
      counts.files++;
      const answer = answers.get(file.name);
      const result = run(file.text, file.name, platform, limits);
      const note = (list, text) => notes[list].push(`${file.name}${text}`);
      rows.push([
        file.name,
        result.kind,
        result.allowed ?? "",
        result.ends ?? "",
        result.states ?? "",
        result.took?.toFixed(1) ?? "",
        result.mode ?? "",
        answer?.herd_result ?? "",
        answer?.num_states ?? "",
      ]);
      if (result.kind === "unsupported") {
        counts.unsupported++;
        const why = result.why.replace(/`[^`]*`/g, "…");
        unsupported.set(why, [...(unsupported.get(why) ?? []), file.name]);
        continue;
      }
      if (result.kind === "fault") {
        counts.fault++;
        note("fault", `: ${result.why}`);
        continue;
      }
      counts.run++;
      ourSeconds += result.took / 1000;
      if (answer === undefined) {
        counts["no row"]++;
        continue;
      }
      herdSeconds += Number(answer.seconds);
      if (result.kind === "unknown") {
        counts.unknown++;
        note("unknown", `: ${result.why}, ${result.states} states, ${(result.took / 1000).toFixed(1)} s (herd7 ${answer.seconds} s)`);
        continue;
      }
      if (!["Never", "Sometimes", "Always"].includes(answer.herd_result)) {
        counts["herd timeout"]++;
        continue;
      }
      const herdAllows = answer.herd_result !== "Never";
      const ends = result.ends === undefined ? "" : ` (${result.ends} ends, herd7 ${answer.num_states})`;
      if (result.allowed === herdAllows) {
        counts.agree++;
        if (result.ends !== undefined) {
          const same =
            result.ends === Number(answer.num_states) && (answer.herd_result === "Always") === (result.always === true && result.allowed);
          counts[same ? "same ends" : "other ends"]++;
          if (!same)
            note(
              "other ends",
              `${ends}${result.ends > Number(answer.num_states) ? " MORE" : ""}${classOf(file.name, answer) === "" ? "" : ` [${classOf(file.name, answer)}]`}`,
            );
        }
        continue;
      }
      if (!result.allowed && classOf(file.name, answer) !== "") {
        counts.classed++;
        note("classed", `: forbidden, herd7 ${answer.herd_result}${ends} [${classOf(file.name, answer)}]`);
        continue;
      }
      const kind = result.allowed ? "allows more" : "allows less";
      counts[kind]++;
      note(kind, `: ${result.allowed ? "allowed" : "forbidden"}, herd7 ${answer.herd_result}${ends}`);
    }
  }
  const width = 16;
  console.log(`platform ${platform.name}, ${limits.mode} mode, ${limits.maxStates} states and ${limits.seconds} s a test`);
  console.log("".padEnd(width) + COLUMNS.map((column) => column.padStart(column.length + 2)).join(""));
  for (const [corpus, counts] of table)
    console.log(corpus.padEnd(width) + COLUMNS.map((column) => `${counts[column]}`.padStart(column.length + 2)).join(""));
  const titles = {
    "allows more": "ALLOWED HERE, FORBIDDEN BY HERD7",
    "allows less": "FORBIDDEN HERE, ALLOWED BY HERD7",
    classed: "different, in a named class",
    "other ends": "same verdict, other end states",
    unknown: "unknown",
    fault: "faults",
  };
  for (const [kind, names] of Object.entries(notes)) {
    if (names.length > 0) console.log(`\n${titles[kind]} (${names.length})\n${names.map((name) => `  ${name}`).join("\n")}`);
  }
  if (unsupported.size > 0) {
    console.log("\nunsupported");
    for (const [why, names] of [...unsupported].sort((a, b) => b[1].length - a[1].length))
      console.log(`  ${`${names.length}`.padStart(5)}  ${why}  (${names[0]})`);
  }
  console.log(
    `\n${ourSeconds.toFixed(1)} s here, ${herdSeconds.toFixed(1)} s CPU by herd7's record (tests run and recorded)${out ? "; STOPPED by --total-seconds" : ""}`,
  );
  if (options.csv !== undefined)
    writeFileSync(options.csv, `test,kind,allowed,ends,states,ms,mode,herd,herd_states\n${rows.map((row) => row.join(",")).join("\n")}\n`);
  const unexplained = notes["other ends"].filter((name) => !name.endsWith("]"));
  process.exit(notes["allows more"].length + notes["allows less"].length + unexplained.length + notes.fault.length > 0 ? 1 : 0);
}

main();
