/** Programs and platforms for tests: what is wrong with a text, or a name, throws. */
import { readFileSync } from "node:fs";
import { parseTest } from "../src/litmus/index.js";
import { type Platform, platform } from "../src/platform/index.js";
import { lowerTest, type Program } from "../src/program/index.js";
import type { Source } from "../src/source.js";

export function sourceOf(text: string, name = "test.litmus"): Source {
  return { name, text };
}

export function programOf(text: string, name?: string): Program {
  const source = sourceOf(text, name);
  const parsed = parseTest(source);
  const lowered = parsed.ok ? lowerTest(parsed.value, source) : parsed;
  if (!lowered.ok) throw new Error(`${source.name}: ${lowered.problems.map(({ message }) => message).join("; ")}`);
  return lowered.value;
}

/** A file of the catalogue: `altix/cq-race`. */
export function catalogueSource(path: string): Source {
  return sourceOf(readFileSync(new URL(`../../../catalogue/${path}.litmus`, import.meta.url), "utf8"), `catalogue/${path}.litmus`);
}

export function catalogueProgram(path: string): Program {
  const { text, name } = catalogueSource(path);
  return programOf(text, name);
}

export function platformOf(name: string): Platform {
  const found = platform(name);
  if (found === undefined) throw new Error(`no platform ${name}`);
  return found;
}
