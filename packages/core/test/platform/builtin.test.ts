import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { BUILTIN } from "../../src/platform/builtin.js";
import { platformSchema, validatePlatformFile } from "../../src/platform/index.js";
import { formatProblem } from "../../src/problem.js";

const folder = fileURLToPath(new URL("../../../../platforms/", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json"))
  .sort();

describe("the built-in files", () => {
  test.each(files)("%s is valid, without warnings", (name) => {
    const source = { name, text: readFileSync(folder + name, "utf8") };
    const checked = validatePlatformFile(source);
    expect(checked.problems.map((problem) => formatProblem(source, problem))).toEqual([]);
    expect(checked.ok).toBe(true);
  });

  test("are what the core holds: run `node scripts/embed-platforms.mjs` after a change", () => {
    expect(BUILTIN).toHaveLength(files.length);
    for (const name of files) expect(BUILTIN).toContainEqual(JSON.parse(readFileSync(folder + name, "utf8")));
  });

  test("the schema is up to date (vitest -u writes it)", async () => {
    await expect(`${JSON.stringify(platformSchema(), undefined, 2)}\n`).toMatchFileSnapshot(`${folder}platform.schema.json`);
  });
});
