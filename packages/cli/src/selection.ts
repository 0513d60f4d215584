/** The platforms that a command line asks for. */
import { readFileSync } from "node:fs";
import { type Platform, partNames, platform, platformNames, readPlatform, similarNames } from "@fencepost/core/platform";
import { COMMON_SETTINGS, didYouMean } from "@fencepost/core/program";
import { UsageError } from "./exit.js";
import { type Found, fileProblem, type Input, unreadable } from "./inputs.js";

export interface Shelf {
  /** The platforms of the user's own files; they go before built-in ones of the same name. */
  readonly own: ReadonlyMap<string, Platform>;
  readonly problems: readonly Found[];
  /** Some file of the user's could not be read: a name that is not found may be in it. */
  readonly broken: boolean;
  find(name: string): Platform | undefined;
  /** Every name there is, compositions apart. */
  names(): readonly string[];
}

/** Where a platform is asked for, is it by the file that holds it? No name of a platform has a `/`, or ends like that. */
const isFile = (name: string): boolean => name.includes("/") || name.endsWith(".json");

const asList = (asked: string): readonly string[] => asked.split(",").map((name) => name.trim());

/** The built-in platforms, and those of `files`, and of the files among the names that are asked for. */
export function createShelf(files: readonly string[], asked = ""): Shelf {
  const own = new Map<string, Platform>();
  const byFile = new Map<string, Platform>();
  const problems: Found[] = [];
  for (const path of new Set([...files, ...asList(asked).filter(isFile)])) {
    try {
      const source = { name: path, text: readFileSync(path, "utf8") };
      const outcome = readPlatform(source);
      problems.push(...outcome.problems.map((problem) => ({ source, problem })));
      if (outcome.ok) {
        own.set(outcome.value.name, outcome.value);
        byFile.set(path, outcome.value);
      }
    } catch (error) {
      problems.push(fileProblem(path, unreadable(error)));
    }
  }
  return {
    own,
    problems,
    broken: problems.some(({ problem }) => problem.severity === "error"),
    find: (name) => byFile.get(name) ?? own.get(name) ?? platform(name),
    names: () => [...new Set([...own.keys(), ...platformNames()])],
  };
}

/** What single tests are checked on when nothing else is asked for, besides the platforms that they name. */
const USUAL = ["portable", "x86", "arm64", "sn2"];

export interface Selection {
  /** In the order of the columns. */
  readonly platforms: readonly Platform[];
  /** Whether a test is also checked on platforms that only its own `expect` names: `riscv@5.1`, say. */
  readonly andNamed: boolean;
}

/**
 * The platforms of a run. Throws a UsageError for a name that nothing defines. Where a platform file is wrong, what it may have defined is left out, and its
 * problems are what there is to say.
 */
export function selectPlatforms(shelf: Shelf, asked: string | undefined, inputs: readonly Input[], single: boolean): Selection {
  if (asked !== undefined) {
    const names = asList(asked);
    return { platforms: unique(names.flatMap((name) => named(shelf, name))), andNamed: names.includes("all") };
  }
  if (shelf.own.size > 0 || shelf.broken) return { platforms: [...shelf.own.values()], andNamed: false };
  if (!single) return { platforms: named(shelf, "all"), andNamed: true };
  return {
    platforms: unique([...inputs.flatMap((input) => statedPlatforms(shelf, input)), ...USUAL.flatMap((name) => shelf.find(name) ?? [])]),
    andNamed: true,
  };
}

/** The platforms that a test's `expect` lines name. */
export function statedPlatforms(shelf: Shelf, { test }: Input): readonly Platform[] {
  return unique(test.expects.flatMap((each) => (each.platform === "all" ? [] : (shelf.find(each.platform) ?? []))));
}

function named(shelf: Shelf, name: string): readonly Platform[] {
  const all = (): readonly Platform[] => shelf.names().flatMap((each) => shelf.find(each) ?? []);
  if (name === "all") return all();
  if (name === "conforming") return all().filter((each) => each.conforming);
  const found = shelf.find(name);
  if (found === undefined && shelf.broken) return [];
  if (found === undefined) throw new UsageError(unknownPlatform(shelf, name));
  return [found];
}

/** What to say of a name that no platform has: which part of it is wrong, and what may have been meant. */
export function unknownPlatform(shelf: Shelf, name: string): string {
  if (name === "") return "a platform has no name: names stand between commas, as in x86,sn2";
  const { cpus, fabrics } = partNames();
  const similar = [...similarNames(name), ...[...shelf.own.keys()].filter((own) => own.startsWith(name))];
  const [point = "", era] = name.split("@");
  const parts = point.split("+");
  if (era !== undefined && shelf.find(point) !== undefined) return `there is no kernel version '${era}': write it as in ${point}@5.1`;
  if (parts.length === 2 && !similar.some((each) => each.includes("+"))) {
    const [cpu = "", fabric = ""] = parts;
    // A machine's name stands for its part.
    const known = (list: readonly string[], part: string): boolean => list.includes(part) || shelf.find(part) !== undefined;
    if (!known(cpus, cpu)) return `there is no CPU '${cpu}'; CPUs: ${cpus.join(", ")}`;
    if (!known(fabrics, fabric)) return `there is no fabric '${fabric}'; fabrics: ${fabrics.join(", ")}`;
  }
  const hint =
    similar.length > 0
      ? `did you mean ${similar.slice(0, 3).join(" or ")}?`
      : `platforms: ${shelf.names().join(", ")}, all, conforming; or CPU+FABRIC of ${cpus.join(", ")} and ${fabrics.join(", ")}`;
  return `there is no platform '${name}'; ${hint}`;
}

function unique(platforms: readonly Platform[]): readonly Platform[] {
  return platforms.filter((each, index) => platforms.findIndex((other) => other.name === each.name) === index);
}

/** `barrier=two-way`, each checked against the options of the platforms in the run; those of a configuration say nothing of platforms without that option. */
export function readSettings(
  { option, compiler }: { readonly option: readonly string[]; readonly compiler?: boolean },
  platforms: readonly Platform[],
  configured: { readonly general: ReadonlySet<string>; readonly shelf: Shelf } | undefined = undefined,
): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  if (platforms.length === 0) return settings;
  for (const text of compiler === true ? [...option, "compiler=on"] : option) {
    const [id, value] = text.split("=", 2) as [string, string | undefined];
    if (value === undefined) throw new UsageError(`--option ${text}: write --option NAME=VALUE`);
    // Some settings hold on every platform (docs/decisions/0005-options.md).
    const common = COMMON_SETTINGS[id];
    if (common !== undefined) {
      if (!common.values.test(value)) throw new UsageError(`--option ${text}: ${common.expected}`);
      settings.set(id, value);
      continue;
    }
    const options = platforms.flatMap((each) => each.options.filter((option) => option.id === id));
    if (options.length === 0) {
      const { general, shelf } = configured ?? {};
      if (general?.has(text) && shelf?.names().some((name) => shelf.find(name)?.options.some((option) => option.id === id))) continue;
      const known = [...new Set(platforms.flatMap((each) => each.options.map((option) => option.id)))].sort();
      const everywhere = Object.keys(COMMON_SETTINGS);
      const meant = didYouMean(id, [...known, ...everywhere])?.replaceAll("`", "'");
      const hint = meant ?? `there are ${[...known, ...everywhere].join(", ")}`;
      throw new UsageError(`--option ${text}: no platform here has an option '${id}'; ${hint}`);
    }
    const values = [...new Set(options.flatMap((option) => option.values))];
    if (!values.includes(value)) throw new UsageError(`--option ${text}: the values are ${values.join(", ")}`);
    settings.set(id, value);
  }
  return settings;
}
