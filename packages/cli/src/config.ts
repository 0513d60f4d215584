/** `fencepost.config.*`: which tests a repository has, on which platforms, within which budgets. docs/ci.md describes it, docs/config.schema.json is made from the same description. */
import { spawnSync } from "node:child_process";
import { basename, dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Problem, platformNames, type Source } from "@fencepost/core";
import {
  checkShape,
  type JsonNode,
  parseJson,
  platform,
  type Shape,
  shapeSchema,
  similarNames,
  spanAt,
  valueOf,
} from "@fencepost/core/platform";
import { collectComplaints } from "@fencepost/core/program";
import { lilconfig } from "lilconfig";
import { CONFIG_FILES, NAME } from "./config-places.js";
import { UsageError } from "./exit.js";
import { FORMATS } from "./formats/index.js";
import type { Found } from "./inputs.js";

/** Everything can be left out; what stands on the command line goes before it. Paths are seen from the folder of the file. */
export interface Config {
  readonly tests?: readonly string[];
  readonly platforms?: readonly string[];
  readonly platformFiles?: readonly string[];
  readonly options?: { readonly [name: string]: string };
  readonly compiler?: boolean;
  readonly mode?: "states" | "verdict";
  readonly expectOnly?: boolean;
  readonly maxStates?: number;
  readonly timeout?: number;
  readonly memory?: number;
  readonly format?: readonly string[];
}

const text: Shape = { kind: "text" };
const formatPattern = new RegExp(`^(${FORMATS.join("|")})(=.+)?$`);

/** The description of the file. */
const configShape: Shape = {
  kind: "record",
  fields: {
    $schema: { shape: text, optional: true, says: "For editors." },
    tests: {
      shape: { kind: "list", of: text, each: "path" },
      optional: true,
      says: "Files and directories of tests, seen from this file.",
    },
    platforms: {
      shape: { kind: "list", of: text, each: "platform", filled: true },
      optional: true,
      says: "Platforms to check on: names, `all`, `conforming`.",
    },
    platformFiles: {
      shape: { kind: "list", of: text, each: "path" },
      optional: true,
      says: "Platform files of your own, seen from this file.",
    },
    options: {
      shape: { kind: "map", of: text, each: "option" },
      optional: true,
      says: 'What no source settles, fixed: `{ "barrier": "two-way" }`.',
    },
    compiler: { shape: { kind: "boolean" }, optional: true, says: "Let the compiler reorder plain accesses before the CPU sees them." },
    mode: { shape: { kind: "word", words: ["states", "verdict"] }, optional: true, says: "All end states, or only the verdict." },
    expectOnly: { shape: { kind: "boolean" }, optional: true, says: "Only the platforms that a test's `expect` speaks of." },
    maxStates: { shape: { kind: "count" }, optional: true, says: "Stop a search after this many states." },
    timeout: { shape: { kind: "count" }, optional: true, says: "Stop a search after this many seconds." },
    memory: { shape: { kind: "count" }, optional: true, says: "Stop a search when the process holds more than this many megabytes." },
    format: {
      shape: { kind: "list", of: { kind: "text", pattern: formatPattern, example: "sarif=fencepost.sarif" }, each: "format" },
      optional: true,
      says: "Formats of the report, each with the file that it goes to: `sarif=fencepost.sarif`; one can do without.",
    },
  },
};

/** The JSON schema of the file. */
export function configSchema(): unknown {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "config.schema.json",
    title: "fencepost.config.json",
    ...shapeSchema(configShape),
  };
}

export interface FoundConfig {
  /** As people write it: seen from here. */
  readonly path: string;
  /** Empty where something is wrong. */
  readonly config: Config;
  readonly problems: readonly Found[];
}

/** What a loader found: its text, so that mistakes have places, or its value. */
type Loaded = { readonly text: string } | { readonly value: unknown };

/**
 * The configuration that `asked` names, or the one that is found in this folder or one above it; undefined where there is none. What is wrong in it is a problem; a file that is asked for and
 * is not there is a UsageError.
 */
export async function findConfig(asked: string | undefined): Promise<FoundConfig | undefined> {
  const problems: Found[] = [];
  const shown = (file: string): string => relative(process.cwd(), file) || file;
  const importing = async (file: string): Promise<Loaded> => {
    try {
      const module = (await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown };
      return { value: module.default };
    } catch (error) {
      problems.push(moduleProblem(shown(file), file, error));
      return { value: undefined };
    }
  };
  const reading = (file: string, content: string): unknown => {
    if (!file.endsWith("package.json")) return { text: content } satisfies Loaded;
    try {
      const { [NAME]: mine } = JSON.parse(content) as { readonly [key: string]: unknown };
      return mine === undefined ? {} : { [NAME]: { text: content } satisfies Loaded };
    } catch {
      // Not ours to complain about, unless it was asked for.
      if (asked !== undefined) return { [NAME]: { text: content } satisfies Loaded };
      return {};
    }
  };
  const searcher = lilconfig(NAME, {
    searchPlaces: ["package.json", ...CONFIG_FILES],
    ignoreEmptySearchPlaces: false,
    loaders: { ".json": reading, ".js": importing, ".mjs": importing, ".cjs": importing },
  });
  let found: Awaited<ReturnType<typeof searcher.search>>;
  try {
    found = asked === undefined ? await searcher.search() : await searcher.load(resolve(asked));
  } catch (error) {
    throw new UsageError(`--config ${asked ?? ""}: ${reason(error, asked)}`);
  }
  if (found === null) return undefined;
  const path = shown(found.filepath);
  if (problems.length > 0) return { path, config: {}, problems };
  const inPackage = found.filepath.endsWith("package.json");
  const loaded = (found.config ?? { value: undefined }) as Loaded;
  // An empty file is an empty text.
  const source: Source = {
    name: path,
    text: "text" in loaded ? loaded.text : found.isEmpty === true ? "" : (JSON.stringify(loaded.value, undefined, 2) ?? ""),
  };
  const checked = check(source, inPackage);
  // The text of a module's value is none of its author's: there is no place to point at.
  const placed = "text" in loaded || found.isEmpty === true;
  const named = checked.problems.map((problem): Found => (placed ? { source, problem } : withoutPlace(path, source, problem)));
  const wrong = checked.problems.some(({ severity }) => severity === "error");
  return { path, config: wrong || checked.config === undefined ? {} : seenFrom(dirname(found.filepath), checked.config), problems: named };
}

/** Checks the text of a configuration; in a package.json it stands under its key. */
function check(source: Source, inPackage: boolean): { readonly config: Config | undefined; readonly problems: readonly Problem[] } {
  if (source.text.trim() === "") {
    const problem: Problem = {
      code: "config",
      severity: "error",
      span: { start: 0, end: 0 },
      message: "the configuration is empty",
      hint: "write `{}` if nothing is to be set",
    };
    return { config: undefined, problems: [problem] };
  }
  const parsed = parseJson(source);
  if (!parsed.ok) return { config: undefined, problems: parsed.problems };
  const root =
    inPackage && parsed.value.kind === "object"
      ? (parsed.value.members.find(({ key }) => key === NAME)?.value ?? parsed.value)
      : parsed.value;
  const complaints = collectComplaints();
  checkShape(root, configShape, "the configuration", complaints);
  const shape: Problem[] = complaints.list().map((problem) => ({ ...problem, code: "config" }));
  // A record's lists are looked at even where something else is wrong: everything is said at once.
  const config = (root.kind === "object" ? valueOf(root) : {}) as Config;
  const problems = [...shape, ...unknownPlatforms(root, config), ...patterns(root, config)].sort((a, b) => a.span.start - b.span.start);
  return { config: shape.length === 0 ? config : undefined, problems };
}

/** The texts of a list, with their indices; nothing where it is none. */
const texts = (list: unknown): readonly (readonly [number, string])[] =>
  Array.isArray(list) ? list.flatMap((each, index) => (typeof each === "string" ? [[index, each] as const] : [])) : [];

function patterns(root: JsonNode, { tests }: Config): Problem[] {
  return texts(tests).flatMap(([index, path]): Problem[] => {
    if (!/[*?[\]]/.test(path)) return [];
    const folder = path.replace(/\/?[^/]*[*?[\]].*$/, "") || ".";
    const hint = `name the directory \`${folder}\`: all *.litmus below it are taken`;
    return [
      {
        code: "config",
        severity: "error",
        span: spanAt(root, ["tests", index]),
        message: `\`${path}\` is a pattern; a path is expected`,
        hint,
      },
    ];
  });
}

/** Names of platforms that nothing defines, files of one's own apart: what those define is known once they are read. */
function unknownPlatforms(root: JsonNode, { platforms, platformFiles = [] }: Config): Problem[] {
  if (platformFiles.length > 0) return [];
  return texts(platforms).flatMap(([index, name]): Problem[] => {
    if (name === "all" || name === "conforming" || platform(name) !== undefined) return [];
    const similar = similarNames(name)[0];
    const file = name.includes("/") || name.endsWith(".json");
    const hint = file
      ? "files of platforms are named in `platformFiles`"
      : similar === undefined
        ? `platforms: ${platformNames().join(", ")}`
        : `did you mean \`${similar}\`?`;
    return [
      { code: "config", severity: "error", span: spanAt(root, ["platforms", index]), message: `there is no platform \`${name}\``, hint },
    ];
  });
}

/** Paths are seen from the folder of the file; from here on, from the folder of the run. */
function seenFrom(folder: string, config: Config): Config {
  const path = (each: string): string => relative(process.cwd(), resolve(folder, each)) || ".";
  const { tests, platformFiles, format } = config;
  return {
    ...config,
    ...(tests === undefined ? {} : { tests: tests.map(path) }),
    ...(platformFiles === undefined ? {} : { platformFiles: platformFiles.map(path) }),
    ...(format === undefined
      ? {}
      : { format: format.map((each) => (each.includes("=") ? each.replace(/=(.*)$/s, (_, file: string) => `=${path(file)}`) : each)) }),
  };
}

/** A module that cannot be loaded: with its line where the engine says it. */
function moduleProblem(path: string, file: string, error: unknown): Found {
  if (!(error instanceof Error)) return configProblem(path, `it threw ${String(error)}`);
  // The stack of a module that does not parse has no place in it; a process that only checks it says where.
  const told =
    error instanceof SyntaxError ? spawnSync(process.execPath, ["--check", file], { encoding: "utf8" }).stderr : (error.stack ?? "");
  const line = /^:(\d+)/.exec(told.split(basename(file))[1] ?? "")?.[1];
  return configProblem(line === undefined ? path : `${path}:${line}`, `${error.name}: ${error.message.split("\n", 1)[0] ?? ""}`);
}

/** A problem of a file whose text cannot be shown. */
const configProblem = (name: string, message: string): Found => ({
  source: { name, text: "" },
  problem: { code: "config", severity: "error", span: { start: 0, end: 0 }, message },
});

function withoutPlace(path: string, source: Source, { message, hint, span }: Problem): Found {
  const at = source.text.slice(span.start, span.end).split("\n", 1)[0] ?? "";
  return configProblem(
    path,
    `${message}${hint === undefined ? "" : `; ${hint}`}${at.length > 1 && !message.includes(at.replace(/^"|"$/g, "")) ? ` (${at})` : ""}`,
  );
}

function reason(error: unknown, asked: string | undefined): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "no such file";
  if (code === "EISDIR") return "this is a directory";
  if (/No loader specified/.test(message))
    return `a configuration is a ${CONFIG_FILES.join(", ")} or a package.json, not ${asked ?? "this"}`;
  return message;
}
