/** `fencepost platforms`: the platforms there are, and everything that one of them says. */
import { platformList, platformPage } from "@fencepost/core/report";
import { configuredOptions } from "./configured.js";
import { EXIT, UsageError } from "./exit.js";
import { printFound } from "./inputs.js";
import { createShelf, type Shelf, unknownPlatform } from "./selection.js";
import { outputStyle } from "./terminal.js";

export interface PlatformsOptions {
  readonly platformFile: readonly string[];
  readonly config?: string | boolean;
}

/** The platforms there are, those of the files that the command line or the configuration names included; what is wrong is said. */
async function shelfOf(
  given: PlatformsOptions,
  isGiven: (option: string) => boolean,
  asked?: string,
): Promise<{ shelf: Shelf; wrong: boolean }> {
  const { options, problems: configuration } = await configuredOptions({ ...given, option: [] }, isGiven);
  const shelf = createShelf(options.platformFile, asked);
  const problems = [...configuration, ...shelf.problems];
  for (const found of problems) process.stderr.write(`${printFound(found)}\n`);
  return { shelf, wrong: problems.some(({ problem }) => problem.severity === "error") };
}

export async function listPlatforms(options: PlatformsOptions, isGiven: (option: string) => boolean): Promise<number> {
  const { shelf, wrong } = await shelfOf(options, isGiven);
  process.stdout.write(
    platformList(
      shelf.names().flatMap((name) => shelf.find(name) ?? []),
      outputStyle(),
    ),
  );
  return wrong ? EXIT.input : EXIT.ok;
}

export async function showPlatform(name: string, options: PlatformsOptions, isGiven: (option: string) => boolean): Promise<number> {
  const { shelf, wrong } = await shelfOf(options, isGiven, name);
  const found = shelf.find(name);
  if (found === undefined && shelf.broken) return EXIT.input;
  if (found === undefined) throw new UsageError(unknownPlatform(shelf, name));
  process.stdout.write(platformPage(found, outputStyle()));
  return wrong ? EXIT.input : EXIT.ok;
}
