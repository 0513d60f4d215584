import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileModel, libraryFile, parseCat } from "../../src/cat/index.js";

/** herd7's own models, read from disk where they are: HERD_LIBDIR is herd7's `herd/libdir`. */
const folder = process.env.HERD_LIBDIR ?? "";
const present = folder !== "" && existsSync(join(folder, "stdlib.cat"));

test.skipIf(!present)("every model of herd7's library is read, or refused by name, file, line and column", () => {
  const read = (name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? { name: path, text: readFileSync(path, "utf8") } : undefined;
  };
  // Our library first: herd7's own stands in for what we do not have.
  const include = (name: string) => libraryFile(name) ?? read(name);
  const files = readdirSync(folder).filter((name) => name.endsWith(".cat"));
  const refused: string[] = [];
  let compiled = 0;
  for (const name of files) {
    const source = read(name);
    if (source === undefined) continue;
    const parsed = parseCat(source, include);
    if (!parsed.ok) {
      refused.push(name);
      expect(parsed.problems[0]?.message).not.toBe("");
      continue;
    }
    const model = compileModel(parsed.value);
    if (model.ok) compiled++;
    else expect(model.problems[0]?.place.source.text).toBeDefined();
  }
  // uniproc-normw-cat.cat says `rf -1`, which herd7 does not read either.
  expect(refused).toEqual(["uniproc-normw-cat.cat"]);
  // Whole models among them; the rest are parts (ppo.cat) that name what their includer defines, and those of page tables and instruction fetches.
  expect(compiled).toBeGreaterThan(40);
});
