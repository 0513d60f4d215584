import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { validatePlatformFile } from "../../src/platform/index.js";
import { formatProblem } from "../../src/problem.js";

/** Each `.input` of broken/ is a platform file; the `.output` beside it is what is said about it. A new case is a new file; `vitest -u` writes what is said. */
const folder = fileURLToPath(new URL("./broken/", import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".input"))
  .map((name) => name.replace(/\.input$/, ""));

test.each(names)("%s", async (name) => {
  const source = { name: `${name}.json`, text: readFileSync(`${folder}${name}.input`, "utf8") };
  const checked = validatePlatformFile(source);
  const said = checked.problems.map((problem) => `${formatProblem(source, problem)}\n`).join("");
  expect(said).not.toBe("");
  await expect(said).toMatchFileSnapshot(`${folder}${name}.output`);
});
