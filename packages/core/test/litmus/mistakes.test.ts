import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { formatProblem } from "../../src/problem.js";

/** A mistake is a file in mistakes/, and what is said of it the .txt beside it (`vitest -u` writes it: read it then). */
const folder = new URL("mistakes/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".litmus"));

test.each(names)("%s", async (name) => {
  const source = { name, text: readFileSync(new URL(name, folder), "utf8") };
  const { problems } = parseTest(source);
  expect(problems).not.toEqual([]);
  const said = problems.map((each) => `${formatProblem(source, each)}\n`).join("");
  await expect(said).toMatchFileSnapshot(`mistakes/${name.replace(".litmus", ".txt")}`);
});
