/** Runs the command line as a user does, and says what it printed and used: CPU seconds of the whole process, the largest memory in MB. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../setup.mjs";

const hook = pathToFileURL(join(root, "scripts/bench/usage.mjs")).href;
const command = join(root, "packages/cli/bin/fencepost.js");
const file = join(mkdtempSync(join(tmpdir(), "fencepost-bench-")), "usage.json");

export function measured(args, input = "") {
  const { stdout, stderr, signal } = spawnSync(process.execPath, ["--import", hook, command, ...args], {
    cwd: root,
    env: { ...process.env, FENCEPOST_USAGE: file },
    encoding: "utf8",
    input,
    maxBuffer: 1 << 28,
  });
  if (signal !== null) throw new Error(`fencepost ${args.join(" ")}: ${signal}\n${stderr}`);
  return { ...JSON.parse(readFileSync(file, "utf8")), out: stdout };
}
