/** What README.md shows is what the commands print. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { main, root } from "./command.js";

/** Commands of the `sh` blocks with the lines below them, up to the next command. */
function shown(text: string): { readonly command: string; readonly output: readonly string[] }[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
  return blocks.flatMap((block) => {
    const found: { command: string; output: string[] }[] = [];
    for (const line of block.trimEnd().split("\n")) {
      if (line.startsWith("$ ")) found.push({ command: line.slice(2), output: [] });
      else found.at(-1)?.output.push(line);
    }
    return found;
  });
}

/** Does the text match the lines, where a line `...` stands for any lines? */
function matches(lines: readonly string[], expected: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return lines.length === 0;
  if (first === "...") return lines.some((_, index) => matches(lines.slice(index), rest)) || rest.length === 0;
  return lines[0] === first && matches(lines.slice(1), rest);
}

const readme = readFileSync(join(root, "README.md"), "utf8");

test.for(shown(readme).filter(({ output }) => output.some((line) => line !== "")))("README.md: $command", ({ command, output }) => {
  const run = command.replace(/^npx fencepost/, `"${process.execPath}" "${main}"`);
  const { stdout } = spawnSync("bash", ["-c", run], { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  const trim = (text: string): string[] => text.trimEnd().split("\n");
  if (!matches(trim(stdout), trim(output.join("\n")))) expect(trim(stdout)).toEqual(trim(output.join("\n")));
});

test("the Altix table is what the runs say", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/altix-table.mjs", "--check"], { cwd: root, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
