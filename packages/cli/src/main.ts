/** The command line. What a command needs is loaded when it is asked for: a run of a tenth of a second feels the difference. */
import { Command, CommanderError, Help, Option } from "commander";
import type { CheckOptions } from "./check.js";
import { EXIT } from "./exit.js";
import type { ExplainOptions } from "./explain.js";
import type { FixOptions } from "./fix.js";
import { FORMATS } from "./formats/index.js";
import { list, natural, port, positive, several, whole } from "./option-values.js";
import { waitBeforeOptimising } from "./patience.js";
import type { PlatformsOptions } from "./platforms.js";
import { runProcess } from "./process.js";
import type { ServeOptions } from "./serve.js";
import type { SimOptions } from "./sim.js";
import { VERSION } from "./version.js";

const CONFIG = ["--config <file>", "a configuration (default: fencepost.config.* or package.json, here or above): docs/ci.md"] as const;
const NO_CONFIG = ["--no-config", "look for no configuration"] as const;

function searchOptions(command: Command): Command {
  return command
    .option("--platform-file <file>", "a platform of your own, from a data file; may be repeated", list, [])
    .option("--option <name=value>", "fix what no source settles, or credits=N, compiler=on; may be repeated", list, [])
    .option("--compiler", "let the compiler reorder plain accesses before the CPU sees them")
    .addOption(
      new Option("--reduce <how>", "how much of the search to save; none gives a shortest run").choices(["full", "none"]).default("full"),
    )
    .option("--max-states <n>", "stop a search after this many states", whole, 2_000_000)
    .option("--timeout <seconds>", "stop a search after this time", positive)
    .option("--memory <MB>", "stop a search when the process holds more than this", positive)
    .option(...CONFIG)
    .option(...NO_CONFIG);
}

/** Does an option stand on the command line? */
const givenOn =
  (command: Command) =>
  (option: string): boolean =>
    command.getOptionValueSource(option) === "cli";

const CODES = `
Exit codes:
  0    all as expected, or nothing was expected
  1    some verdict differs from its expect, an unknown included
  2    the command line is wrong
  3    an input is wrong
  4    a budget ran out on a test without expect
  5    a fault of Fencepost
  130  Ctrl-C
Where several apply: 5, then 3, then 1, then 4.`;

/** Told the exit code of the command that ran. */
type Done = (code: number) => void;

function createProgram(): Command {
  return (
    new Command("fencepost")
      .description("Checks whether a device and its driver agree about memory order: litmus tests of CPUs, devices, DMA and interrupts.")
      .version(VERSION)
      .addHelpText("after", CODES)
      .showHelpAfterError("(fencepost --help lists the commands)")
      // That what may be repeated is not given by default goes without saying; a sweep's only value is itself.
      .configureHelp({
        optionDescription(option) {
          if (!Array.isArray(option.defaultValue)) return new Help().optionDescription(option);
          const shown = Object.assign(new Option(option.flags, option.description), { argChoices: option.argChoices });
          const value = option.defaultValue.join();
          return new Help().optionDescription(value === "" ? shown : shown.default(value, value));
        },
      })
      .exitOverride()
  );
}

function addCheck(program: Command, done: Done): void {
  searchOptions(
    program
      .command("check")
      .description("say which outcomes can happen, and compare with what the tests expect")
      .argument("[paths...]", "litmus files, directories, or - for standard input (default: `tests` of the configuration)")
      .option(
        "--platform <names>",
        "platforms, separated by commas; all; conforming (default for one file: those it names, portable, x86, arm64, sn2; else all)",
      )
      .addOption(
        new Option("--mode <mode>", "all end states, or only the verdict (default: states for one test on one platform)").choices([
          "states",
          "verdict",
        ]),
      ),
  )
    .option("--expect-only", "only the platforms that a test's expect speaks of")
    .option("--json", "one JSON document instead of text: docs/output.schema.json; the same as --format json")
    .option("--format <name>", `${FORMATS.join(", ")}; NAME=FILE writes a file besides; may be repeated: docs/ci.md`, list, [])
    .action(async (paths: string[], options: CheckOptions, command: Command) => {
      const { checkCommand } = await import("./check.js");
      waitBeforeOptimising();
      done(await checkCommand(paths, options, givenOn(command)));
    });
}

function addExplain(program: Command, done: Done): void {
  searchOptions(
    program
      .command("explain")
      .description("tell how an outcome happens and by which rule, or what forbids it")
      .argument("<file>", "a litmus file, or - for standard input")
      .option("--platform <names>", "platforms, separated by commas; a file of your own: ./my-board.json"),
  )
    .option("--svg <file>", "write the ladder diagram to a file")
    .option("--json", "one document, as docs/explanation.schema.json describes it")
    .action(async (file: string, options: ExplainOptions, command: Command) => {
      const { explainCommand } = await import("./explain.js");
      waitBeforeOptimising();
      done(await explainCommand(file, options, givenOn(command)));
    });
}

function addFix(program: Command, done: Done): void {
  program
    .command("fix")
    .alias("repair")
    .description("find the smallest changes that forbid an outcome, proved, with costs and patches; or what is superfluous")
    .argument("<file>", "a litmus file, or - for standard input")
    .option("--platform <names>", "platforms on all of which it has to be forbidden, separated by commas; all; conforming")
    .option("--platform-file <file>", "a platform of your own, from a data file; may be repeated", list, [])
    .option("--option <name=value>", "fix what no source settles, or credits=N, compiler=on; may be repeated", list, [])
    .option("--compiler", "let the compiler reorder plain accesses before the CPU sees them")
    .option("--keep <names>", "threads, devices and locations that must stay as they are, separated by commas")
    .option("--max-changes <n>", "the largest sets to try (default: 3, and none above 2 once something was found)", whole)
    .option("--patch [n]", "print the patch of the best repair, or of the n-th, and nothing else", whole)
    .option("--json", "one JSON document with answers, edits and patches")
    .option("--superfluous", "the other way round: what could go, or be weaker, where the outcome is forbidden")
    .option("--timing-only", "offer delays, too, marked unsound")
    .option("--max-states <n>", "stop a search after this many states", whole, 200_000)
    .option("--timeout <seconds>", "stop after this time", positive)
    .option(...CONFIG)
    .option(...NO_CONFIG)
    .action(async (file: string, options: FixOptions, command: Command) => {
      const { fixCommand } = await import("./fix.js");
      waitBeforeOptimising();
      done(await fixCommand(file, options, givenOn(command)));
    });
}

function addSim(program: Command, done: Done): void {
  program
    .command("sim")
    .alias("simulate")
    .description("run tests against the clock: rates, latencies, CPU time, where the time goes, how often the condition holds")
    .argument("<paths...>", "litmus files, directories, or - for standard input")
    .option("--platform <names>", "platforms, separated by commas")
    .option("--platform-file <file>", "a platform of your own, from a data file; may be repeated", list, [])
    .option("--option <name=value>", "fix what no source settles; may be repeated", list, [])
    .option("--compiler", "let the compiler reorder plain accesses before the CPU sees them")
    .option("--messages <n>", "messages to measure", whole, 10_000)
    .option("--size <bytes>", "bytes of a message; several, separated by commas, make a sweep", several(whole), [64])
    .option("--entry <bytes>", "bytes of what is no payload: completion queue entries, descriptors", whole, 32)
    .option("--depth <n>", "messages of a device under way at a time; several make a sweep", several(whole), [16])
    .option("--devices <n>", "devices of the same kind, each with a ring of its own", whole, 1)
    .option("--hops <n>", "NUMA hops between the device and its memory; several make a sweep", several(natural), [0])
    .option("--rate <n>", "messages offered per second (default: as many as go); several make a sweep", several(positive))
    .addOption(new Option("--arrivals <how>", "how messages of a given rate are spaced").choices(["even", "poisson"]).default("poisson"))
    .option("--seed <n>", "seed of the random numbers", natural, 1)
    .option("--payload <names>", "the locations that hold a message's bytes (default: what devices move, but for what announces it)")
    .option("--adverse", "an adversary in place of the clock: how a test can end, in as many runs as --messages says")
    .option("--compare", "one row for each simulation")
    .option("--figures", "list every number that the result rests on, with its source")
    .option("--plot <file>", "draw rate, CPU time and latency as an SVG file")
    .option("--csv <file>", "write the results as comma-separated values")
    .option("--json", "one JSON document instead of text")
    .option(...CONFIG)
    .option(...NO_CONFIG)
    .action(async (paths: string[], options: SimOptions, command: Command) => {
      const { simCommand } = await import("./sim.js");
      waitBeforeOptimising();
      done(await simCommand(paths, options, givenOn(command)));
    });
}

// Here for `--help` alone. Its options are herd7's, with one dash and a name: no grammar of ours reads them, and bin/fencepost.js starts herd/main.ts.
function addHerd(program: Command): void {
  program
    .command("herd")
    .description("run tests under a memory model in herd7's language, and print what herd7 prints: fencepost herd --help")
    .argument("<tests...>", "litmus files, directories, @lists, or - for standard input");
}

function addPlatforms(program: Command, done: Done): void {
  const platforms = program
    .command("platforms")
    .description("list the platforms, or show one: places, tables, accessors, mappings, each with its source")
    .option("--platform-file <file>", "a platform of your own, from a data file; may be repeated", list, [])
    .option(...CONFIG)
    .option(...NO_CONFIG)
    .action(async (options: PlatformsOptions, command: Command) => {
      const { listPlatforms } = await import("./platforms.js");
      done(await listPlatforms(options, givenOn(command)));
    });
  platforms
    .command("show")
    .description("show a platform")
    .argument("<name>", "its name, or CPU+FABRIC@KERNEL")
    .action(async (name: string) => {
      const { showPlatform } = await import("./platforms.js");
      done(await showPlatform(name, platforms.opts<PlatformsOptions>(), givenOn(platforms)));
    });
}

function addLsp(program: Command): void {
  program
    .command("lsp")
    .description("the language server for editors, on standard input and output: docs/editors.md")
    .option("--stdio", "what editors say; there is no other way")
    .action(async () => {
      const { serveStdio } = await import("@fencepost/language-server");
      waitBeforeOptimising();
      serveStdio();
    });
}

function addServe(program: Command, done: Done): void {
  program
    .command("serve")
    .description("show the workbench in a browser: a page that checks, explains and shares tests, with nothing sent anywhere")
    .option("--port <n>", "port; 0 takes any that is free", port, 8420)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .action(async (options: ServeOptions) => {
      const { serveCommand } = await import("./serve.js");
      done(await serveCommand(options));
    });
}

function commandLine(done: Done): Command {
  const program = createProgram();
  for (const add of [addCheck, addExplain, addFix, addSim, addHerd, addPlatforms, addLsp, addServe]) add(program, done);
  for (const command of program.commands) {
    const name = command.name();
    command.showHelpAfterError(
      name === "platforms" ? "(fencepost platforms show NAME shows one)" : `(fencepost ${name} --help lists its options)`,
    );
  }
  return program;
}

async function main(): Promise<number> {
  let code: number = EXIT.ok;
  try {
    await commandLine((result) => {
      code = result;
    }).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
  return code;
}

void runProcess(main);
