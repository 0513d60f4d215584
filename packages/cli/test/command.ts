/** Runs the built command line, as a user would. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const main = join(root, "packages/cli/bin/fencepost.js");

if (!existsSync(join(root, "packages/cli/dist/main.js"))) throw new Error("The command line is not built: npx tsc -b packages/cli");

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `fencepost ...args` from the root of the repository. */
export function fencepost(args: readonly string[], input = ""): Ran {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: root,
    env,
    input,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    timeout: 300_000,
  });
  return { code: status, out: stdout, err: stderr };
}

const folder = mkdtempSync(join(tmpdir(), "fencepost-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file with this text, gone after the tests. */
export function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The race, with an `expect` line of one's own. */
export function race(expect = ""): string {
  return `C race
{ dma(streaming) int data; dma(streaming) int cq; }
D0(int *data, int *cq) { DMA_WRITE(*data, 1); DMA_WRITE(*cq, 1); }
P0(int *cq, int *data) { int r0 = READ_ONCE(*cq); rmb(); int r1 = READ_ONCE(*data); }
exists (0:r0=1 /\\ 0:r1=0)
${expect}
`;
}
