/**
 * Runs the shell blocks of the documents, so that what they say to type works.
 *
 * Every ```sh block of README.md, ARCHITECTURE.md and docs/*.md is run from the repository root, each line by a bash of
 * its own; a backslash at the end continues a line. In a block with `$ ` prompts only the prompted lines are run: the
 * others show output. A line must exit with 0, or with N if it ends in `# exit N`. A block opened by ```sh no-run is not run.
 *
 *     node scripts/run-docs.mjs [FILE...]
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./setup.mjs";

const secondsPerLine = 300;

function documents() {
  const docs = existsSync(join(root, "docs")) ? readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")) : [];
  return ["README.md", "ARCHITECTURE.md", ...docs.sort().map((name) => `docs/${name}`)].filter((file) => existsSync(join(root, file)));
}

/** The blocks to run: the line of the opening fence, and the lines between the fences. */
function blocks(text) {
  const found = [];
  let open;
  text.split("\n").forEach((line, index) => {
    const fence = /^\s*(`{3,})(.*)$/.exec(line);
    if (open === undefined && fence) {
      open = { fence: fence[1], info: fence[2].trim(), line: index + 1, lines: [] };
    } else if (open !== undefined && line.trim() === open.fence) {
      if (open.info === "sh") found.push(open);
      open = undefined;
    } else {
      open?.lines.push(line);
    }
  });
  return found;
}

/** The commands of a block, continued lines joined. */
function commands(lines) {
  const prompted = lines.some((line) => line.trimStart().startsWith("$ "));
  const found = [];
  let continues = false;
  for (const line of lines) {
    const text = line.trim();
    if (continues) found.push(`${found.pop()}\n${text}`);
    else if (prompted && text.startsWith("$ ")) found.push(text.slice(2));
    else if (!prompted && text !== "" && !text.startsWith("#")) found.push(text);
    else continue;
    continues = text.endsWith("\\");
  }
  return found;
}

/** Gives undefined if the command did as its line says, else what happened. */
function fault(command) {
  const expected = Number(/#\s*exit (\d+)\s*$/.exec(command)?.[1] ?? 0);
  const { status, signal, stdout, stderr } = spawnSync("bash", ["-c", command], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: secondsPerLine * 1000,
    maxBuffer: 1 << 28,
    // npx must run this repository's fencepost or fail, never fetch another; `npm test` refuses to run in itself.
    env: { ...process.env, npm_config_yes: "false", FENCEPOST_RUN_DOCS: "1" },
  });
  if (status === expected) return undefined;
  const end = status === null ? `was stopped by ${signal}` : `exit ${status}`;
  const output = `${stdout}${stderr}`.trimEnd().split("\n").slice(-20).join("\n    ");
  return `  $ ${command}\n    ${output}\n  ${end}, expected exit ${expected}`;
}

/** Runs all blocks of the files and prints a line for each; gives their names and what went wrong, if anything did. */
export function runDocuments(files = documents()) {
  const results = [];
  for (const file of files) {
    for (const block of blocks(readFileSync(resolve(root, file), "utf8"))) {
      const name = `${file}:${block.line}`;
      let problem;
      for (const command of commands(block.lines)) {
        problem = fault(command);
        if (problem !== undefined) break;
      }
      console.log(problem === undefined ? `ok   ${name}` : `FAIL ${name}\n${problem}`);
      results.push({ name, ok: problem === undefined });
    }
  }
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = process.argv.slice(2);
  const results = runDocuments(files.length > 0 ? files : undefined);
  process.exit(results.every((result) => result.ok) ? 0 : 1);
}
