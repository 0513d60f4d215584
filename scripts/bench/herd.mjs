/**
 * The axioms' part of npm run bench: CPU seconds of whole processes, start of Node included, beside herd7's. Where the environment's FENCEPOST_HERD7 names a herd7 binary and FENCEPOST_LKMM the kernel's
 * tools/memory-model, herd7 runs in the same run and both use the kernel's model; else its recorded seconds stand as they are and our own lkmm is used. FENCEPOST_HERD7_ARGS has options that herd7 itself needs (-set-libdir DIR).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { corporaFolder, recordedAnswers, tarFiles } from "../corpora.mjs";
import { root } from "../setup.mjs";
import { FAMILIES } from "./families.mjs";

const { FENCEPOST_HERD7: herd7, FENCEPOST_LKMM: lkmm, FENCEPOST_HERD7_ARGS: extra = "" } = process.env;
const withHerd = herd7 !== undefined && lkmm !== undefined;
const kernel =
  lkmm === undefined
    ? []
    : ["-I", lkmm, "-macros", "linux-kernel.def", "-bell", "linux-kernel.bell", "-model", "linux-kernel.cat", "-variant", "lkmmv2"];
const folder = mkdtempSync(join(tmpdir(), "fencepost-bench-"));

/** User and system seconds of a command; its standard output. */
function timed(command, args) {
  const target = join(folder, "out");
  const { stdout } = spawnSync("bash", ["-c", '"$@" > "$0" 2> /dev/null; times', target, command, ...args], { encoding: "utf8" });
  // The shell's own times, then its children's.
  const line = stdout.trim().split("\n").at(-1) ?? "";
  const seconds = line.split(" ").reduce((sum, each) => {
    const [, minutes = 0, rest = 0] = /(\d+)m([\d.]+)s/.exec(each) ?? [];
    return sum + Number(minutes) * 60 + Number(rest);
  }, 0);
  return { seconds, out: readFileSync(target, "utf8") };
}

const ours = (args) => timed(process.execPath, [join(root, "packages/cli/bin/fencepost.js"), "herd", "--jobs", "1", ...kernel, ...args]);
const theirs = (args) => timed(herd7, [...extra.split(" ").filter((each) => each !== ""), ...kernel, ...args]);
/** The machine is shared, and what else runs on it can double a short run: the least of three, of both sides in turn. */
function inTurn(...runs) {
  const rounds = [0, 1, 2].map(() => runs.map((run) => run()));
  return runs.map((_, at) => rounds.map((round) => round[at]).reduce((best, each) => (each.seconds < best.seconds ? each : best)));
}
const list = (name, files) => {
  const path = join(folder, name);
  writeFileSync(path, `${files.join("\n")}\n`);
  return `@${path}`;
};
const number = (value, digits = 2) => value.toFixed(digits);
const times = (before, after) => `${(before / after).toFixed(before / after < 10 ? 1 : 0)}x`;
const load = () => loadavg()[0].toFixed(1);

/** Prints the tables; nothing where there are no corpora. */
export function benchHerd() {
  const corpora = corporaFolder();
  if (corpora === undefined) {
    console.log("\nAxioms: no corpora in ../shared (FENCEPOST_SHARED), nothing to measure");
    return;
  }
  const rows = recordedAnswers(join(corpora, "herd-answers.csv"));
  const files = [];
  for (const archive of ["lkmm-kernel", "lkmm-catalogue", "lkmm-paulmck"]) {
    for (const { name, text } of tarFiles(join(corpora, `${archive}.tar.gz`))) {
      if (!name.endsWith(".litmus")) continue;
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      files.push({ name, path, row: rows.get(name) });
    }
  }
  const answered = files.filter(({ row }) => ["Never", "Sometimes", "Always"].includes(row?.herd_result));
  const timeouts = files.filter(({ row }) => row?.herd_result === "Timeout");
  const quick = files.filter(({ name }) => /^lkmm-paulmck\/(auto|luc)\//.test(name));
  const recorded = (part) => part.reduce((sum, { row }) => sum + Number(row.seconds), 0);

  console.log(
    `\nAxioms beside herd7 (${withHerd ? "run here, same model" : "its recorded seconds, unscaled; our own lkmm"}); CPU seconds of whole processes`,
  );
  console.log("what                                       files   herd7 s    here s    ratio  load");
  const line = (what, count, herd, here, note = "") =>
    console.log(
      `${what.padEnd(40)} ${String(count).padStart(7)} ${herd === undefined ? "-".padStart(9) : number(herd).padStart(9)} ${number(here).padStart(9)} ${(herd === undefined ? "-" : times(herd, here)).padStart(8)}  ${load()}${note}`,
    );
  // herd7 on a sample gives the factor between its recorded seconds and this machine's.
  const sample = answered.filter((_, index) => index % 25 === 0);
  const factor = withHerd ? theirs(sample.map(({ path }) => path)).seconds / recorded(sample) : 1;
  const full = ours([
    list(
      "answered",
      answered.map(({ path }) => path),
    ),
  ]);
  line(
    "full states, all that herd7 answered",
    answered.length,
    recorded(answered) * factor,
    full.seconds,
    withHerd ? `  (herd7: recorded x ${number(factor)}, from ${sample.length} files)` : "",
  );
  const given = ours([
    "-timeout",
    "20",
    list(
      "timeouts",
      timeouts.map(({ path }) => path),
    ),
  ]);
  line(
    "full states, herd7's timeouts",
    timeouts.length,
    undefined,
    given.seconds,
    `  (${given.out.match(/^Observation /gm)?.length ?? 0} answered)`,
  );
  const paths = quick.map(({ path }) => path);
  const [speed, herdSpeed] = inTurn(
    () => ours(["-speedcheck", "true", list("quick", paths)]),
    () => (withHerd ? theirs(["-speedcheck", "true", ...paths]) : { seconds: quick.length * 0.002 }),
  );
  line(
    "-speedcheck true over auto/ and luc/",
    quick.length,
    herdSpeed.seconds,
    speed.seconds,
    withHerd ? "  (least of three)" : "  (herd7: 2 ms a test)",
  );

  const scaling = readFileSync(join(corpora, "herd-scaling.csv"), "utf8")
    .trim()
    .split(/\r?\n/)
    .map((each) => each.split(","));
  const record = (family, n) => scaling.find((row) => row[0] === family && row[1] === String(n) && row[3] === "" && row[4] !== "");
  const write = (family, n) => {
    const path = join(folder, `${family}-${n}.litmus`);
    writeFileSync(path, FAMILIES[family](n));
    return path;
  };
  const small = write("l-SB", 11);
  const base = withHerd ? inTurn(() => theirs([small]))[0].seconds / Number(record("l-SB", 11)[4]) : 1;
  console.log(
    `\nFamilies, full states, least of three${withHerd ? `; herd7's recorded seconds x ${number(base)}, from runs of SB-11` : ""}`,
  );
  console.log("family      n   herd7 s    here s    ratio   states  positive  negative  load");
  for (const [family, ...sizes] of [
    ["l-SB", 14],
    ["l-SBmb", 13],
    ["l-LB", 13],
    ["l-ISA2", 14],
    ["l-MPk", 13],
    ["l-IRIW", 7],
    ["l-RCU", 12],
    ["l-CoW", 9],
    ["l-CoWR", 7],
    ["l-RW", 6],
    ["l-Inc", 6, 8],
    ["l-Lock", 4, 8],
  ]) {
    for (const n of sizes) {
      const path = write(family, n);
      const [{ seconds, out }] = inTurn(() => ours([path]));
      const row = record(family, n);
      const herd = row === undefined ? undefined : Number(row[4]) * base;
      const [, states = "?"] = /^States (\d+)/m.exec(out) ?? [];
      const [, positive = "?", negative = "?"] = /^Observation \S+ \S+ (\d+) (\d+)/m.exec(out) ?? [];
      const measured = row?.[11]?.startsWith("ok") ? "" : row === undefined ? "" : "  (herd7 extrapolated or killed)";
      console.log(
        `${family.padEnd(8)} ${String(n).padStart(4)} ${herd === undefined ? "-".padStart(9) : number(herd).padStart(9)} ${number(seconds).padStart(9)} ${(herd === undefined ? "-" : times(herd, seconds)).padStart(8)} ${states.padStart(8)} ${positive.padStart(9)} ${negative.padStart(9)}  ${load()}${measured}`,
      );
    }
  }
  rmSync(folder, { recursive: true });
}

if (process.argv[1]?.endsWith("bench/herd.mjs")) {
  if (!existsSync(join(root, "packages/cli/bin/fencepost.js"))) throw new Error("build first: npm run build");
  benchHerd();
}
