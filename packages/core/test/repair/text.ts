/** Tests of repairs start from texts. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Platform } from "../../src/platform/index.js";
import type { Program } from "../../src/program/index.js";
import { type Answer, type Repair, type RepairOptions, repair } from "../../src/repair/index.js";
import type { Source } from "../../src/source.js";
import { catalogueSource, platformOf, programOf, sourceOf } from "../subject.js";

export interface Loaded {
  readonly source: Source;
  readonly program: Program;
}

export const load = (text: string, name = "test.litmus"): Loaded => ({ source: sourceOf(text, name), program: programOf(text, name) });

export function catalogue(path: string): Loaded {
  const { text, name } = catalogueSource(path);
  return load(text, name);
}

export const named = (names: string): Platform[] => names.split(",").map(platformOf);

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
