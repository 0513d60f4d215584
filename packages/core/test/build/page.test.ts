/** docs/library.md: its blocks are one program that compiles, together with the examples, and prints what the page shows. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const page = readFileSync(join(root, "docs/library.md"), "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1] ?? "");

const folder = mkdtempSync(join(tmpdir(), "fencepost-"));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(folder, "library.mts");
writeFileSync(program, `${blocks("ts").join("\n")}\nexport {};\n`);

test("the page and the examples compile", () => {
  const examples = join(root, "examples");
  const options = {
    extends: join(examples, "tsconfig.json"),
    compilerOptions: { rootDir: "/" },
    include: [join(examples, "*.ts"), program],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const { stdout, status } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
    encoding: "utf8",
  });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

test("the page prints what it shows", async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...words: readonly unknown[]) => {
    lines.push(words.join(" "));
  });
  await import(/* @vite-ignore */ pathToFileURL(program).href);
  log.mockRestore();
  expect(`${lines.join("\n")}\n`).toBe(blocks("text").join(""));
});
