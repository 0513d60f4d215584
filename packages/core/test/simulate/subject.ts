/** Programs and platforms for the simulator's tests. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseTest } from "../../src/litmus/index.js";
import { type Platform, platform } from "../../src/platform/index.js";
import { lowerTest, type Program } from "../../src/program/index.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

export function programOf(text: string, name = "<test>"): Program {
  const source = { name, text };
  const parsed = parseTest(source);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.problems[0]?.message ?? ""}`);
  const lowered = lowerTest(parsed.value, source);
  if (!lowered.ok) throw new Error(`${name}: ${lowered.problems[0]?.message ?? ""}`);
  return lowered.value;
}

export const catalogueProgram = (path: string): Program => programOf(readFileSync(`${root}catalogue/${path}.litmus`, "utf8"), path);

export function cataloguePaths(): readonly string[] {
  return readdirSync(`${root}catalogue`, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".litmus"))
    .map((path) => path.slice(0, -".litmus".length))
    .sort();
}

export function platformOf(name: string): Platform {
  const found = platform(name);
  if (found === undefined) throw new Error(`no platform ${name}`);
  return found;
}
