/** Tests of repairs start from texts. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseTest } from "../../src/litmus/index.js";
import { type Platform, platform } from "../../src/platform/index.js";
import { lowerTest, type Program } from "../../src/program/index.js";
import { type Answer, type Repair, type RepairOptions, repair } from "../../src/repair/index.js";
import type { Source } from "../../src/source.js";

export interface Loaded {
  readonly source: Source;
  readonly program: Program;
}

export function load(text: string, name = "test.litmus"): Loaded {
  const source = { name, text };
  const test = parseTest(source);
  if (!test.ok) throw new Error(test.problems.map(({ message }) => message).join("; "));
  const program = lowerTest(test.value, source);
  if (!program.ok) throw new Error(program.problems.map(({ message }) => message).join("; "));
  return { source, program: program.value };
}

export const catalogue = (name: string): Loaded =>
  load(readFileSync(fileURLToPath(new URL(`../../../../catalogue/${name}.litmus`, import.meta.url)), "utf8"), `catalogue/${name}.litmus`);

export function named(names: string): Platform[] {
  return names.split(",").map((name) => {
    const found = platform(name);
    if (found === undefined) throw new Error(`no platform ${name}`);
    return found;
  });
}

export const repaired = ({ source, program }: Loaded, names: string, options?: RepairOptions): Repair =>
  repair(source, program, named(names), options);

/** `dma_rmb`, `mmiowb + mmiowb`: what an answer brings in. */
export const operations = (answer: Answer): string => answer.changes.map(({ operation }) => operation).join(" + ");

/** Every test of a folder of the catalogue. */
export function folderOf(folder: string): Loaded[] {
  const path = fileURLToPath(new URL(`../../../../catalogue/${folder}`, import.meta.url));
  return readdirSync(path)
    .sort()
    .map((name) => catalogue(`${folder}/${name.replace(".litmus", "")}`));
}
