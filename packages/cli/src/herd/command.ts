/** `fencepost herd`: runs C litmus tests under a model and prints what herd7 prints. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { ARCHITECTURES } from "@fencepost/core/axioms";
import { shippedModels } from "@fencepost/core/cat";
import { noKnownParts } from "@fencepost/core/litmus";
import { CONFIG_FILES, NAME } from "../config-places.js";
import { EXIT, exitCode, UsageError } from "../exit.js";
import { VERSION } from "../version.js";
import { loadModel } from "./model.js";
import { type HerdOptions, parseHerdOptions } from "./options.js";
import { type Ending, type Ran, runFile } from "./run.js";

/** Fewer tests than this are done in one thread: a second one has to start and to warm up, which takes it half a second. With -speedcheck that is as long as two thousand tests. */
const WORTH_A_THREAD = { states: 200, verdicts: 5000 };

const HERD_USAGE = `Usage: fencepost herd [options] tests...

Runs C litmus tests under a memory model in herd7's cat language and prints what herd7 prints.
Tests are *.litmus files, directories, @files (one test a line), or - for standard input.

Model (default: Fencepost's own model of the Linux kernel)
  -model NAME|FILE.cat   also -cat, --model: ${shippedModels().join(", ")}, or a file
  -conf FILE.cfg         a configuration file: macros, bell, model, variant and options
  -I DIR                 look for models, macros, configurations and includes here too; may be repeated
  -bell FILE  -macros FILE.def  -variant NAMES  -skipchecks NAMES
  -through all|invalid   keep executions that fail the model's checks
  -c11                   the C11 model
  --arch ARCH            lowers the kernel's C to the instructions of ARCH (${[...ARCHITECTURES.keys()].join(", ")}) and asks its model, or the one of -model

Search
  -speedcheck true|fast  only what decides the condition; fast stops at the first execution
  -unroll N              rounds of a loop (2)
  -timeout SECONDS       CPU time for each test; an answer is then unknown, never a guess
  --max-candidates N     sets of executions to look at for each test
  --jobs N               threads (as many as there are CPUs)
  -kinds FILE            gives tests (a name and Allow, Forbid or Require on each line) another quantifier
  -conds FILE            gives tests (a name and a condition in quotes on each line) another condition
  -oknames, -nonames NAMES  -names, -excl FILE   which tests to run

Output
  -show prop|all|wit|neg|cond  which executions to draw, with -o DIR (DOT) or --svg DIR; -nshow N, -showone true
  -doshow, -unshow NAMES       relations to draw, or not to
  -hexa true                   numbers in hexadecimal; -suffix TEXT at the end of the names of pictures
  --json                       one JSON object for each test
  --config FILE, --no-config   the configuration whose \`timeout\` holds where none is given: docs/ci.md
  --herd-exit                  end with 0 whatever happens to a test, as herd7 does
`;

/** Runs the command line behind `herd`; gives the exit code. */
export async function herdCommand(args: readonly string[]): Promise<number> {
  const given = parseHerdOptions(args);
  if (given.help) {
    process.stdout.write(HERD_USAGE);
    return EXIT.ok;
  }
  const { options, wrong } = await withConfiguration(given);
  if (options.version) {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.ok;
  }
  compileLess();
  const files = testFiles(options.tests);
  // Mistakes in the model are told once, before anything runs.
  const loaded = loadModel(options);
  const endings = new Set<Ending>();
  let waiting = "";
  const flush = (): void => {
    if (waiting !== "") process.stdout.write(waiting);
    waiting = "";
  };
  const printed = new Map<string, NonNullable<Ran["test"]>>();
  const done = (answered: Ran): void => {
    const ran = withoutSecond(answered, printed);
    endings.add(ran.ending);
    waiting += ran.out;
    // Each write is a system call: short answers are put together, until there are many, or a test takes long.
    if (waiting.length > 1 << 16 || ran.err !== "") flush();
    if (ran.err !== "") process.stderr.write(ran.err);
  };
  const worth = options.speedcheck === "false" ? WORTH_A_THREAD.states : WORTH_A_THREAD.verdicts;
  const jobs = Math.min(options.jobs ?? availableParallelism(), Math.ceil(files.length / worth));
  if (jobs <= 1) {
    const shared = { loaded, session: loaded.model.session(), options, known: noKnownParts(), otherModels: new Map(), waiting: flush };
    for (const file of files) done(runFile(file, shared));
    flush();
  } else {
    await inThreads(files, options, jobs, done, flush);
  }
  const code = exitCode({
    faults: false,
    wrongInput: wrong || endings.has("wrong"),
    differs: false,
    budget: endings.has("unknown"),
    interrupted: false,
  });
  return options.herdExit ? EXIT.ok : code;
}

/** A run is short: compiling functions that are soon done with costs more than it saves. Measured with this V8; others may name the options otherwise. */
function compileLess(): void {
  if (!process.versions.v8.startsWith("11.")) return;
  setFlagsFromString("--interrupt-budget=300000");
  // What is inlined is compiled again for each function that it is put into.
  setFlagsFromString("--max-inlined-bytecode-size=150");
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=300");
}

/** Nothing of a test that was printed already; a problem where another test has its name: tools that read the output know tests by name. herd7 does so. */
function withoutSecond(ran: Ran, printed: Map<string, NonNullable<Ran["test"]>>): Ran {
  if (ran.test === undefined) return ran;
  const { name, hash, path } = ran.test;
  const first = printed.get(name);
  if (first === undefined) {
    printed.set(name, ran.test);
    return ran;
  }
  if (first.hash === hash) return { ending: "skipped", out: "", err: "" };
  return {
    ending: "wrong",
    out: "",
    err: `${path}: error[duplicate]: ${first.path} has another test of the name ${name}\n  hint: give one of them another name, or ask for --json\n`,
  };
}

/** With what the configuration says of time. Reading one costs more than a short run: it is loaded only where there is a file that may be one. */
async function withConfiguration(given: HerdOptions): Promise<{ options: HerdOptions; wrong: boolean }> {
  if (given.config === false || (given.config === undefined && !configurationAbove())) return { options: given, wrong: false };
  const [{ findConfig }, { printFound }] = await Promise.all([import("../config.js"), import("../inputs.js")]);
  const found = await findConfig(given.config);
  for (const each of found?.problems ?? []) process.stderr.write(`${printFound(each)}\n`);
  return {
    options: { ...given, seconds: given.seconds ?? found?.config.timeout },
    wrong: found?.problems.some(({ problem }) => problem.severity === "error") ?? false,
  };
}

/** Is there a configuration, or a package.json that may hold one, in this folder or one above it? */
function configurationAbove(): boolean {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (CONFIG_FILES.some((name) => existsSync(join(folder, name)))) return true;
    try {
      if (readFileSync(join(folder, "package.json"), "utf8").includes(`"${NAME}"`)) return true;
    } catch {
      // There is none.
    }
    if (dirname(folder) === folder) return false;
  }
}

/** The tests that the arguments name, in order, none twice. */
function testFiles(arguments_: readonly string[]): readonly string[] {
  if (arguments_.length === 0) throw new UsageError("herd: give a test, a directory, or - for standard input (fencepost herd --help)");
  const files = new Set<string>();
  const add = (path: string): void => {
    if (path.startsWith("@") || basename(path).startsWith("@")) {
      // herd7's lists have the @ in their names.
      const list = basename(path).startsWith("@") && existsSync(path) ? path : path.slice(1);
      let text: string;
      try {
        text = readFileSync(list, "utf8");
      } catch {
        throw new UsageError(`${path}: no such file`);
      }
      for (const line of text.split("\n")) {
        const name = line.replace(/#.*$/, "").trim();
        if (name !== "") add(isAbsolute(name) ? name : join(dirname(list), name));
      }
      return;
    }
    // Asking the system about each of thousands of files takes its time.
    if (path !== "-" && !path.endsWith(".litmus") && isFolder(path)) {
      const below = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".litmus"));
      for (const name of below.sort()) files.add(join(path, name));
    } else files.add(path);
  };
  for (const path of arguments_) add(path);
  return [...files];
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Tests handed out one small group after the other; printed in the order of the command line. */
async function inThreads(
  files: readonly string[],
  options: HerdOptions,
  jobs: number,
  done: (ran: Ran) => void,
  flush: () => void,
): Promise<void> {
  const results: (Ran | undefined)[] = files.map(() => undefined);
  let printed = 0;
  let next = 0;
  const GROUP = 8;
  const print = (): void => {
    for (let ran = results[printed]; ran !== undefined; ran = results[printed]) {
      done(ran);
      results[printed] = undefined;
      printed++;
    }
    flush();
  };
  await Promise.all(
    Array.from({ length: jobs }, () => {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: options });
      return new Promise<void>((resolve, reject) => {
        const hand = (): void => {
          const first = next;
          next = Math.min(files.length, first + GROUP);
          if (first >= files.length) {
            void worker.terminate();
            resolve();
          } else worker.postMessage({ first, files: files.slice(first, next) });
        };
        worker.on("message", ({ first, ran }: { readonly first: number; readonly ran: readonly Ran[] }) => {
          ran.forEach((each, index) => {
            results[first + index] = each;
          });
          print();
          hand();
        });
        worker.on("error", reject);
        hand();
      });
    }),
  );
}
