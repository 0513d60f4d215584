// npm run validate: the simulator beside others' numbers, and against the checker. Exit code 1 if something is outside its tolerance.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build, install, requireNode, root } from "./setup.mjs";

requireNode();
if (!install() || !build("packages/cli")) process.exit(1);
const load = (path) => import(join(root, "packages/core/dist", path, "index.js"));
const { allowedEnds, altixRows, byAdversary, forbiddenByClock, latencyRows, linkRows, mutantsOf, rankRows, signRows } =
  await load("simulate/validation");
const { hasTimes } = await load("simulate");
const { platform, platformNames } = await load("platform");
const { parseTest } = await load("litmus");
const { lowerTest } = await load("program");

let wrong = 0;
const mark = (holds) => {
  if (!holds) wrong++;
  return holds ? "  " : "! ";
};
const percent = (share) => `${share >= 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;

function table(rows) {
  const [first] = rows;
  console.log(`\n== ${first.section}`);
  for (const row of rows) {
    const error = row.manner === "computed" ? `${(row.ours - row.theirs).toFixed(3)}` : percent(row.error);
    console.log(
      `${mark(row.holds)}${row.what.padEnd(62)} ${row.theirs.toFixed(2).padStart(9)} ${row.ours.toFixed(2).padStart(9)} ${row.unit.padEnd(5)} ${error.padStart(8)}  ${row.manner}`,
    );
  }
  for (const manner of ["computed", "fitted", "prediction", "calibration"]) {
    const these = rows.filter((row) => row.manner === manner);
    if (these.length === 0) continue;
    const largest = Math.max(...these.map((row) => Math.abs(manner === "computed" ? row.ours - row.theirs : row.error)));
    const mean = these.reduce((sum, row) => sum + Math.abs(manner === "computed" ? row.ours - row.theirs : row.error), 0) / these.length;
    const words = (value) => (manner === "computed" ? `${value.toFixed(4)} Gb/s` : `${(value * 100).toFixed(1)} %`);
    console.log(`  ${these.length} ${manner}: mean error ${words(mean)}, largest ${words(largest)}`);
  }
  console.log(`  theirs: ${first.source}`);
}

table(linkRows());
table(latencyRows());
table(altixRows());
console.log("  three numbers, three free figures (shub latency, down latency, flush): calibration, which proves nothing");

console.log("\n== Fences, relaxations and read-backs: the sign only");
for (const row of signRows())
  console.log(
    `${mark(row.holds)}${row.platform.padEnd(21)} ${row.what.padEnd(42)} ${row.measure.padEnd(8)} ${row.without.toPrecision(4).padStart(9)} -> ${row.with.toPrecision(4).padEnd(9)} expected ${row.expected.padEnd(4)} (${row.theirs}; ${row.source})`,
  );
console.log("\n== What is dearer than what, CPU time per message");
for (const row of rankRows())
  console.log(
    `${mark(row.holds)}${row.platform.padEnd(8)} ${row.order.map((each) => `${each.what} ${each.cpu.toFixed(0)} ns`).join(" > ")}`,
  );

console.log("\n== Against the checker");
const catalogue = join(root, "catalogue");
const programs = readdirSync(catalogue, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".litmus"))
  .sort()
  .flatMap((path) => {
    const source = { name: path, text: readFileSync(join(catalogue, path), "utf8") };
    const test = parseTest(source);
    const lowered = test.ok ? lowerTest(test.value, source) : test;
    return lowered.ok ? [{ path, program: lowered.value }] : [];
  });
let checked = 0;
let allowedCount = 0;
let reached = 0;
let small = 0;
let forbidden = 0;
let untimed = 0;
const cache = new Map();
const MOST = 20_000;
for (const name of platformNames()) {
  const on = platform(name);
  if (!hasTimes(on)) continue;
  for (const { path, program } of programs) {
    const allowed = allowedEnds(program, on, MOST);
    if (allowed === undefined) continue;
    cache.set(`${name} ${path}`, allowed);
    const shown = forbiddenByClock(program, on, allowed, { messages: 200, size: 2048, hops: 16 });
    if (shown === undefined) untimed++;
    else {
      checked++;
      forbidden += shown.length;
      if (shown.length > 0) console.log(`${mark(false)}${path} on ${name}: ${shown.join("; ")}`);
    }
    if (allowedEnds(program, on, 1000, "none") === undefined) continue;
    // What is rare is asked for again, longer.
    let { missed, forbidden: more } = byAdversary(program, on, allowed, 1500);
    if (missed.length > 0) ({ missed, forbidden: more } = byAdversary(program, on, allowed, 30_000));
    small++;
    allowedCount += allowed.size;
    reached += allowed.size - missed.length;
    forbidden += more.length;
    if (missed.length + more.length > 0)
      console.log(`${mark(false)}${path} on ${name}: missed ${missed.join("; ")}; forbidden ${more.join("; ")}`);
  }
}
console.log(
  `  by the clock: ${checked} tests on platforms with times, ${forbidden} outcomes that the checker forbids, ${untimed} that could not be timed`,
);
console.log(`  by the adversary: ${reached} of ${allowedCount} outcomes that the checker allows on ${small} tests of at most 1000 states`);
for (const name of ["sn2-pic", "pcie"]) {
  const on = platform(name);
  let byClock = 0;
  let byBoth = 0;
  const unseen = [];
  const mutants = mutantsOf(on);
  for (const mutant of mutants) {
    let clock = false;
    let adversary = false;
    for (const { path, program } of programs) {
      if (!/^(altix|pcie|interrupts|linux-io)/.test(path)) continue;
      const allowed = cache.get(`${name} ${path}`);
      if (allowed === undefined) continue;
      if (!clock) clock = (forbiddenByClock(program, on, allowed, { messages: 200, size: 4096, hops: 16 }, mutant.change)?.length ?? 0) > 0;
      if (!adversary) adversary = byAdversary(program, on, allowed, 60, mutant.change).forbidden.length > 0;
      if (clock && adversary) break;
    }
    if (clock) byClock++;
    if (clock || adversary) byBoth++;
    else unseen.push(mutant.name);
  }
  console.log(
    `  faults put into the simulator alone, ${name}: ${byBoth} of ${mutants.length} are seen, ${byClock} of them by the clock; not seen: ${unseen.join("; ") || "none"}`,
  );
}
console.log(wrong === 0 ? "\nAll within tolerance." : `\n${wrong} outside tolerance.`);
process.exit(wrong === 0 ? 0 : 1);
