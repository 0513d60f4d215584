/** The command line of `fencepost herd`: herd7's options under their own names, and our own with two dashes. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../exit.js";
import { findFile } from "./find-file.js";

export type Show = "none" | "prop" | "all" | "wit" | "neg" | "cond";

export interface HerdOptions {
  readonly tests: readonly string[];
  /** Directories that models, macros and configurations are looked for in, first the ones given with -I. */
  readonly include: readonly string[];
  /** A file, or the name of a shipped model. */
  readonly model: string | undefined;
  readonly bell: string | undefined;
  readonly macros: string | undefined;
  readonly variants: readonly string[];
  readonly architecture: string | undefined;
  readonly unroll: number;
  readonly speedcheck: "false" | "true" | "fast";
  readonly skip: readonly string[];
  /** Executions that fail a check of the model are kept. */
  readonly through: boolean;
  readonly show: Show;
  /** Pictures of at most so many executions of a test. */
  readonly shownAtMost: number;
  /** Relations to draw beside the model's own. */
  readonly doshow: readonly string[];
  readonly unshow: readonly string[];
  /** Where DOT files go, and SVG files. */
  readonly dot: string | undefined;
  readonly svg: string | undefined;
  readonly json: boolean;
  /** Exit 0 on wrong inputs and exhausted budgets, as herd7 does. */
  readonly herdExit: boolean;
  readonly seconds: number | undefined;
  readonly maxNodes: number | undefined;
  readonly jobs: number | undefined;
  /** Names of tests to run, or not to. */
  readonly only: readonly string[];
  readonly except: readonly string[];
  readonly badFlag: string | undefined;
  /** Numbers in hexadecimal. */
  readonly hexa: boolean;
  /** Stands at the end of the names of pictures. */
  readonly suffix: string;
  /** Quantifiers of tests, by name. */
  readonly kinds: ReadonlyMap<string, Quantifier>;
  /** Conditions in place of the tests' own, by the tests' names. */
  readonly conditions: ReadonlyMap<string, string>;
  readonly version: boolean;
  readonly help: boolean;
  /** A configuration of Fencepost; undefined: one is looked for; false: none. */
  readonly config: string | false | undefined;
}

type Writable = { -readonly [Key in keyof HerdOptions]: HerdOptions[Key] };

const split = (text: string): string[] => text.split(",").filter((each) => each !== "");

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((each) => each === value);
  if (found === undefined) throw new UsageError(`${option} takes one of ${choices.join(", ")}, not ${value}`);
  return found;
}

function positive(option: string, value: string): number {
  const number = Number(value);
  if (!(number > 0) || !Number.isFinite(number)) throw new UsageError(`${option} takes a number above 0, not ${value}`);
  return number;
}

function whole(option: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new UsageError(`${option} takes a whole number, not ${value}`);
  return number;
}

function boolean(option: string, value: string): boolean {
  return oneOf(option, value, ["true", "false"]) === "true";
}

type Setter = (options: Writable, value: string, option: string, from: string | undefined) => void;

/** Those of herd7's that change the events of a C test, or their values; the others concern other architectures, or models. */
const REFUSED_VARIANTS: ReadonlySet<string> = new Set(["normw", "cutoff", "mixed", "s128", "deps", "morello", "memtag", "vmsa", "kvm"]);

/** With more variants; the last word on the version of the kernel's model holds. */
export function withVariants(variants: readonly string[], more: readonly string[]): readonly string[] {
  let all = [...variants];
  for (const name of more.map((each) => each.toLowerCase())) {
    if (REFUSED_VARIANTS.has(name))
      throw new UsageError(`-variant ${name} is not supported: it changes what C means in a way that is not modelled here`);
    if (/^lkmmv[12]$/.test(name)) all = all.filter((each) => !/^lkmmv[12]$/.test(each));
    if (!all.includes(name)) all.push(name);
  }
  return all;
}

function onlyWith(supported: boolean, reason: string): Setter {
  return (_options, value, option) => {
    if (boolean(option, value) !== supported) throw new UsageError(`herd7's ${option} ${value} is not supported: ${reason}`);
  };
}

export type Quantifier = "exists" | "~exists" | "forall";

const KINDS: ReadonlyMap<string, Quantifier> = new Map([
  ["allow", "exists"],
  ["allowed", "exists"],
  ["forbid", "~exists"],
  ["forbidden", "~exists"],
  ["require", "forall"],
  ["required", "forall"],
]);

/** `name Allow` on each line. */
function kindsIn(path: string): readonly (readonly [string, Quantifier])[] {
  return namesIn(path).map((line) => {
    const [name = "", kind = ""] = line.split(/\s+/);
    const quantifier = KINDS.get(kind.toLowerCase());
    if (quantifier === undefined) throw new UsageError(`${path}: ${line}: a test's name and Allow, Forbid or Require are needed`);
    return [name, quantifier];
  });
}

/** `name "exists (x=1)"` on each line, as mlog2cond7 writes it. */
function conditionsIn(path: string): readonly (readonly [string, string])[] {
  return namesIn(path).map((line) => {
    const [, name, quoted, bare] = /^(\S+)\s+(?:"([^"]*)"|(\S+))$/.exec(line) ?? [];
    const condition = quoted ?? bare;
    if (name === undefined || condition === undefined)
      throw new UsageError(`${path}: ${line}: a test's name and its condition in quotes are needed`);
    return [name, condition];
  });
}

function addFolder(options: Writable, value: string): void {
  if (!options.include.includes(value)) options.include = [...options.include, value];
}

/** Options with a value, by their name without dashes; the same names stand in configuration files. */
const SETTERS: Readonly<Record<string, Setter>> = {
  I: addFolder,
  "set-libdir": addFolder,
  conf: (options, value) => readConfiguration(options, value),
  model: (options, value) => {
    options.model = value;
  },
  cat: (options, value) => {
    options.model = value;
  },
  bell: (options, value) => {
    options.bell = value;
  },
  macros: (options, value) => {
    options.macros = value;
  },
  variant: (options, value) => {
    options.variants = withVariants(options.variants, split(value));
  },
  arch: (options, value) => {
    options.architecture = value;
  },
  unroll: (options, value, option) => {
    options.unroll = whole(option, value);
  },
  speedcheck: (options, value, option) => {
    options.speedcheck = oneOf(option, value, ["false", "true", "fast"]);
  },
  skipcheck: (options, value) => {
    options.skip = [...options.skip, value];
  },
  skipchecks: (options, value) => {
    options.skip = [...options.skip, ...split(value)];
  },
  through: (options, value, option) => {
    options.through = oneOf(option, value, ["all", "invalid", "none"]) !== "none";
  },
  show: (options, value, option) => {
    options.show = oneOf(option, value, ["none", "prop", "all", "wit", "neg", "cond"]);
  },
  nshow: (options, value, option) => {
    options.shownAtMost = whole(option, value);
  },
  showone: (options, value, option) => {
    if (boolean(option, value)) options.shownAtMost = 1;
  },
  doshow: (options, value) => {
    options.doshow = [...options.doshow, ...split(value)];
  },
  unshow: (options, value) => {
    options.unshow = [...options.unshow, ...split(value)];
  },
  o: (options, value) => {
    options.dot = value;
  },
  svg: (options, value) => {
    options.svg = value;
  },
  timeout: (options, value, option) => {
    options.seconds = value === "none" ? Number.POSITIVE_INFINITY : positive(option, value);
  },
  "max-candidates": (options, value, option) => {
    options.maxNodes = positive(option, value);
  },
  jobs: (options, value, option) => {
    options.jobs = Math.max(1, whole(option, value));
  },
  config: (options, value) => {
    options.config = value;
  },
  oknames: (options, value) => {
    options.only = [...options.only, ...split(value)];
  },
  nonames: (options, value) => {
    options.except = [...options.except, ...split(value)];
  },
  names: (options, value) => {
    options.only = [...options.only, ...namesIn(value)];
  },
  excl: (options, value) => {
    options.except = [...options.except, ...namesIn(value)];
  },
  hexa: (options, value, option) => {
    options.hexa = boolean(option, value);
  },
  suffix: (options, value) => {
    options.suffix = value;
  },
  kinds: (options, value) => {
    options.kinds = new Map([...options.kinds, ...kindsIn(value)]);
  },
  conds: (options, value) => {
    options.conditions = new Map([...options.conditions, ...conditionsIn(value)]);
  },
  restrict: (_options, value, option) => {
    if (value !== "none") throw new UsageError(`${option} ${value} is not supported: outcomes are never restricted`);
  },
  throughflag: (_options, value, option) => {
    if (value !== "none") throw new UsageError(`${option} ${value} is not supported: executions that the model forbids are not kept`);
  },
  initwrites: onlyWith(true, "the initial writes are always events"),
  dumpes: onlyWith(false, "pictures show executions: -show all -o DIR"),
  candidates: onlyWith(false, "candidates are not built one by one, so they cannot be counted"),
  outcomereads: onlyWith(false, "only the observed registers are in States"),
  strictskip: onlyWith(false, "executions are not told apart by the checks they fail"),
  statelessrc11: onlyWith(false, "there is one way to run a model here: give its cat file"),
  badflag: (options, value) => {
    options.badFlag = value === "none" ? undefined : value;
  },
  exit: (options, value, option) => {
    options.herdExit = !boolean(option, value);
  },
  badexecs: (_options, value, option) => {
    if (!boolean(option, value)) throw new UsageError(`${option} false is not supported`);
  },
  checkfilter: (_options, value, option) => {
    if (!boolean(option, value)) throw new UsageError(`${option} false is not supported`);
  },
};

const FLAGS: Readonly<Record<string, (options: Writable) => void>> = {
  json: (options) => {
    options.json = true;
  },
  "herd-exit": (options) => {
    options.herdExit = true;
  },
  c11: (options) => {
    options.model ??= "c11";
  },
  "no-config": (options) => {
    options.config = false;
  },
  version: (options) => {
    options.version = true;
  },
  help: (options) => {
    options.help = true;
  },
  v: () => undefined,
  q: () => undefined,
};

/** Options of herd7 that change nothing but how dot draws its pictures, or how hard it works: taken with their value, and without effect here. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  (
    "optace graph squished showevents movelabel fontsize xscale yscale arrowsize showinitrf showfinalrf showinitwrites splines pad edgeattr symetric noid showraw oneinit classes cycles " +
    "showpo showobserved edgemerge showlegend showkind shortlegend labelinit showthread fixedsize extrachars brackets initrfpos finalrfpos initpos margin sep fontname edgefontsizedelta " +
    "penwidth overlap dotmode mono scale dsiy siwidth ptscale boxscale shift threadposy relabel withbox labelbox tikz texmacros dotheader dotcom archcheck endian dumpallfaults"
  ).split(" "),
);

/** Options of herd7 that are refused by name, with the reason. */
const REFUSED: Readonly<Record<string, string>> = {
  view: "pictures are written to files: -o DIR for DOT, --svg DIR",
  gv: "pictures are written to files: -o DIR for DOT, --svg DIR",
  evince: "pictures are written to files: -o DIR for DOT, --svg DIR",
  preview: "pictures are written to files: -o DIR for DOT, --svg DIR",
  web: "this configuration is herd7's own web page's",
  rename: "rename the test itself",
  machsize: "C has no mixed-size accesses here",
  maxphantom: "hardware updates of page tables are not modelled",
  showflag: "pictures are chosen by the condition: -show all",
  debug: "there is nothing of herd7's inside to look at",
  switch: "it stands for nothing in herd7 either",
  libdir: "the library is built in; directories are given with -I",
};

function start(): Writable {
  return {
    tests: [],
    include: [],
    model: undefined,
    bell: undefined,
    macros: undefined,
    variants: [],
    architecture: undefined,
    unroll: 2,
    speedcheck: "false",
    skip: [],
    through: false,
    show: "none",
    shownAtMost: Number.POSITIVE_INFINITY,
    doshow: [],
    unshow: [],
    dot: undefined,
    svg: undefined,
    json: false,
    herdExit: false,
    seconds: undefined,
    maxNodes: undefined,
    jobs: undefined,
    only: [],
    except: [],
    badFlag: undefined,
    hexa: false,
    suffix: "",
    kinds: new Map(),
    conditions: new Map(),
    version: false,
    help: false,
    config: undefined,
  };
}

/** Reads the command line behind `herd`. */
export function parseHerdOptions(args: readonly string[]): HerdOptions {
  const options = start();
  // A configuration is looked for in all directories of the command line, those behind it too.
  options.include = args.flatMap((argument, at) =>
    /^--?(I|set-libdir)$/.test(argument) && args[at + 1] !== undefined ? [args[at + 1] as string] : [],
  );
  const tests: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] as string;
    if (!argument.startsWith("-") || argument === "-") {
      tests.push(argument);
      continue;
    }
    const [, name = "", attached] = /^--?([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    const flag = FLAGS[name];
    if (flag !== undefined && attached === undefined) {
      flag(options);
      continue;
    }
    const value = (): string => {
      if (attached !== undefined) return attached;
      const next = args[++at];
      if (next === undefined) throw new UsageError(`${argument} needs a value`);
      return next;
    };
    const setter = SETTERS[name];
    if (setter !== undefined) setter(options, value(), argument, undefined);
    else if (WITHOUT_EFFECT.has(name)) value();
    else throw refused(argument, name);
  }
  options.tests = tests;
  return options;
}

function refused(argument: string, name: string): UsageError {
  const reason = REFUSED[name];
  return new UsageError(
    reason === undefined
      ? `unknown option ${argument} (fencepost herd --help lists them)`
      : `herd7's ${argument} is not supported: ${reason}`,
  );
}

/** `name value` on each line, `#` and `//` for comments; the names are those of the options. Files named in it are found beside it too. */
function readConfiguration(options: Writable, name: string): void {
  const path = findFile(name, options.include);
  if (path === undefined)
    throw new UsageError(`-conf ${name}: no such file${options.include.length === 0 ? "" : ` here or in ${options.include.join(", ")}`}`);
  const folder = dirname(path);
  options.include = [...options.include, folder];
  const lines = readFileSync(path, "utf8").split("\n");
  lines.forEach((line, index) => {
    const text = line.replace(/(^|\s)(#|\/\/).*$/, "").trim();
    if (text === "") return;
    const [, option = text, value = ""] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
    const where = `${path}:${index + 1}: ${option}`;
    const setter = SETTERS[option];
    if (setter !== undefined) setter(options, value, where, folder);
    else if (FLAGS[option] !== undefined) FLAGS[option]?.(options);
    else if (!WITHOUT_EFFECT.has(option)) {
      const reason = REFUSED[option] ?? "unknown option";
      throw new UsageError(`${where}: ${reason}`);
    }
  });
}

/** Names of tests, one a line. */
function namesIn(path: string): string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .map((line) => line.replace(/#.*$/, "").trim())
      .filter((line) => line !== "");
  } catch {
    throw new UsageError(`${path}: no such file`);
  }
}
