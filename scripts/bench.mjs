// npm run bench: the completion-queue family in verdict mode, the unreduced rate, the whole catalogue, and the workbench. CPU seconds, with the machine's load beside them.
import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";
import { family } from "./bench/family.mjs";
import { benchHerd } from "./bench/herd.mjs";
import { measured } from "./bench/measured.mjs";
import { build, install, requireNode, root } from "./setup.mjs";

requireNode();
if (!install() || !build("packages/cli")) process.exit(1);

const PLATFORM = "sn2-pic";
const load = () => loadavg()[0].toFixed(1);
const row = (...args) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, "scripts/bench/row.mjs"), ...args.map(String)], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};
// docs: states of the prototype with late binding and ample queues (an independent spike of the same family); a target of ten times that.
const PROTOTYPE = {
  "4,3,none": 64,
  "4,3,barrier": 16,
  "4,3,pio": 19,
  "8,2,none": 52,
  "8,2,barrier": 19,
  "8,2,pio": 21,
  "14,4,none": 436,
  "14,4,barrier": 61,
  "14,4,pio": 65,
  "14,8,none": 7396,
  "14,8,barrier": 121,
  "14,8,pio": 129,
};
// How fast the machine is just now: everything below contains this once a process.
const bare = () => {
  const { stdout } = spawnSync(process.execPath, ["-e", "const u = process.cpuUsage(); console.log((u.user + u.system) / 1e6)"], {
    encoding: "utf8",
  });
  return Number(stdout);
};
console.log(`\nBare start of Node: ${Math.min(...Array.from({ length: 7 }, bare)).toFixed(3)} CPU s, load ${load()}`);
console.log(`\nCompletion-queue family on ${PLATFORM}, verdict mode; CPU seconds of the whole process (start of Node included)`);
console.log("N,M     cure     verdict    states  prototype   CPU s    MB  load");
for (const [n, m] of [
  [4, 1],
  [8, 1],
  [12, 1],
  [8, 2],
  [4, 3],
  [14, 4],
  [14, 8],
]) {
  for (const cure of ["none", "barrier", "pio"]) {
    const { out, seconds, megabytes } = measured(["check", "-", "--platform", PLATFORM, "--mode", "verdict", "--json"], family(n, m, cure));
    const [{ verdict, explored }] = JSON.parse(out).tests[0].verdicts;
    const prototype = PROTOTYPE[`${n},${m},${cure}`] ?? "-";
    console.log(
      `${`${n},${m}`.padEnd(7)} ${cure.padEnd(8)} ${verdict.padEnd(9)} ${String(explored.states).padStart(7)} ${String(prototype).padStart(10)} ${seconds.toFixed(2).padStart(7)} ${String(megabytes).padStart(5)}  ${load()}`,
    );
  }
}
console.log("\nUnreduced (--reduce none), states per CPU second of the search, bytes a state");
for (const [n, m, most] of [
  [6, 1, 2e6],
  [8, 1, 2e6],
  [3, 2, 2e6],
  // Hundreds of millions of states: as far as the limit.
  [4, 3, 4e6],
]) {
  const r = row(n, m, "none", PLATFORM, "states", "none", most);
  console.log(
    `${`${n},${m}`.padEnd(7)} none ${String(r.states).padStart(9)} states ${Math.round(r.states / r.searchSeconds)
      .toLocaleString("en")
      .padStart(9)}/s ${(r.bytes / r.states).toFixed(0).padStart(4)} B${r.verdict === "unknown" ? " (stopped)" : ""}  load ${load()}`,
  );
}
console.log("\nSimulator: events per CPU second of the run, and memory of the process for ten times as many messages (target: 2 million)");
for (const [test, platform] of [
  ["altix/cq-race", "sn2-pic"],
  ["altix/cq-pio-read", "sn2-pic"],
  ["interrupts/msi-after-data", "pcie"],
  ["linux-io/doorbell", "arm64"],
]) {
  const sizes = [60_000, 600_000].map((messages) => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(root, "scripts/bench/sim.mjs"), join(root, `catalogue/${test}.litmus`), platform, String(messages)],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  });
  const [few, many] = sizes;
  console.log(
    `${test.padEnd(28)} ${platform.padEnd(8)} ${Math.round(many.events / many.seconds)
      .toLocaleString("en")
      .padStart(10)}/s  ${few.megabytes.toFixed(0).padStart(4)} MB, ${many.megabytes.toFixed(0).padStart(4)} MB  load ${load()}`,
  );
}
console.log("\nThe whole catalogue on all platforms, verdict mode");
const catalogue = measured(["check", "catalogue", "--platform", "all"]);
console.log(catalogue.out.trim().split("\n").at(-1));
console.log(`${catalogue.seconds.toFixed(2)} CPU s, ${catalogue.megabytes} MB, load ${load()}`);
spawnSync(process.execPath, [join(root, "scripts/bench/workbench.mjs")], { cwd: root, stdio: "inherit" });
benchHerd();
