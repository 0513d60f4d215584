/** The model, bell file and macros that a command line names, read and compiled. */
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Source } from "@fencepost/core";
import { ARCHITECTURES, type Architecture, formatProblem, KERNEL_MACROS, type Macros, parseMacros } from "@fencepost/core/axioms";
import { type CatProblem, type CompiledModel, compileModel, libraryFile, parseCat, shippedModels } from "@fencepost/core/cat";
import { UsageError } from "../exit.js";
import { findFile } from "./find-file.js";
import type { HerdOptions } from "./options.js";

export interface LoadedModel {
  readonly model: CompiledModel;
  readonly macros: Macros;
  /** What the first version of the kernel's model needs: see `AnswerOptions`. */
  readonly fencesAroundAtomics: boolean;
  /** What tests are lowered to, with --arch. */
  readonly lower: Architecture | undefined;
}

/** Reads what the options name; throws a `UsageError` with all that is wrong. */
export function loadModel(options: HerdOptions): LoadedModel {
  const asked = architectureOf(options);
  const kernel = asked === undefined && (options.model === undefined || options.model === "lkmm");
  const variants = new Set(options.variants);
  // Our own model of the kernel is its second version; a model from disk says which it is by its configuration.
  if (kernel) variants.add("lkmmv2");
  const second = kernel || variants.has("lkmmv2") || options.macros === undefined;
  const include = (name: string): Source | undefined => {
    const path = findFile(name, options.include);
    return path === undefined ? libraryFile(name) : read(path);
  };
  const source = modelSource(options, asked?.model ?? "lkmm");
  const parsed = parseCat(source, include);
  if (!parsed.ok) throw new UsageError(problemsText(parsed.problems));
  // A model whose header names an architecture speaks of its events.
  const lower = asked ?? (options.architecture === undefined ? architectureNamed(parsed.value.architecture) : undefined);
  let bell: ReturnType<typeof parseCat> | undefined;
  if (options.bell !== undefined) {
    const path = findFile(options.bell, options.include);
    if (path === undefined) throw new UsageError(`-bell ${options.bell}: no such file`);
    bell = parseCat(read(path), include);
    if (!bell.ok) throw new UsageError(problemsText(bell.problems));
  }
  const compiled = compileModel(parsed.value, {
    variant: (name) => variants.has(name),
    skip: new Set(options.skip),
    through: options.through,
    architecture: lower?.vocabulary ?? "C",
    ...(bell?.ok ? { bell: bell.value } : {}),
  });
  if (!compiled.ok) throw new UsageError(problemsText(compiled.problems));
  return { model: compiled.value, macros: macrosOf(options), fencesAroundAtomics: !second, lower };
}

function architectureOf({ architecture }: HerdOptions): Architecture | undefined {
  if (architecture === undefined || architecture === "C") return undefined;
  const found = ARCHITECTURES.get(architecture);
  if (found === undefined) throw new UsageError(`--arch takes one of ${[...ARCHITECTURES.keys()].join(", ")}, not ${architecture}`);
  return found;
}

/** The architecture that a model's header names (`X86_64 TSO`). */
function architectureNamed(header: string | undefined): Architecture | undefined {
  return [...ARCHITECTURES.values()].find(({ vocabulary }) => vocabulary === header || (header === "X86" && vocabulary === "X86_64"));
}

function macrosOf(options: HerdOptions): Macros {
  if (options.macros === undefined) return KERNEL_MACROS;
  const path = findFile(options.macros, options.include);
  if (path === undefined) throw new UsageError(`-macros ${options.macros}: no such file`);
  const source = read(path);
  const parsed = parseMacros(source);
  if (!parsed.ok) throw new UsageError(parsed.problems.map((problem) => formatProblem(source, problem)).join("\n"));
  return parsed.value;
}

function read(path: string): Source {
  try {
    return { name: path, text: readFileSync(path, "utf8") };
  } catch {
    throw new UsageError(`${path}: cannot be read`);
  }
}

function modelSource(options: HerdOptions, otherwise: string): Source {
  const name = options.model ?? otherwise;
  const path = name.endsWith(".cat") || name.includes("/") ? findFile(name, options.include) : undefined;
  if (path !== undefined && existsSync(path)) return read(path);
  const shipped = libraryFile(name) ?? libraryFile(`${name}.cat`);
  if (shipped !== undefined && basename(name) === name) return shipped;
  const known = shippedModels().join(", ");
  throw new UsageError(`-model ${name}: no such file, and no model of that name is shipped (there are ${known})`);
}

/** `file:line:column: error: message` with the line and the hint. */
function problemsText(problems: readonly CatProblem[]): string {
  return problems
    .map(({ severity, place, message, hint }) =>
      formatProblem(place.source, { code: "syntax", severity, span: place.span, message, ...(hint === undefined ? {} : { hint }) }).replace(
        `${severity}[syntax]`,
        severity,
      ),
    )
    .join("\n");
}
