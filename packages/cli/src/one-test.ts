/** One test, and what it is asked about: what `explain` and `fix` begin with. */
import type { Platform } from "@fencepost/core/platform";
import { type Configurable, configuredOptions } from "./configured.js";
import { UsageError } from "./exit.js";
import { type Input, printFound, readInputs } from "./inputs.js";
import { createShelf, readSettings, selectPlatforms } from "./selection.js";

export interface OneTest<Options> {
  /** As the command line and the configuration give them. */
  readonly options: Options;
  /** Undefined where the file holds no test. */
  readonly input: Input | undefined;
  readonly platforms: readonly Platform[];
  readonly settings: ReadonlyMap<string, string>;
  /** Something in the files is wrong; it has been told. */
  readonly wrongInput: boolean;
}

/** Reads the configuration, the platforms and the test of a command; prints what is wrong with them. Throws a UsageError where the command line is wrong, or there are several tests. */
export async function readOneTest<Options extends Configurable>(
  command: string,
  path: string,
  given: Options,
  isGiven: (option: string) => boolean,
): Promise<OneTest<Options>> {
  const { options, general, problems: configuration } = await configuredOptions(given, isGiven);
  const shelf = createShelf(options.platformFile, options.platform);
  const { inputs, problems: read } = readInputs([path]);
  const { platforms } = selectPlatforms(shelf, options.platform, inputs, true);
  const settings = readSettings(options, platforms, { general, shelf });
  const problems = [...configuration, ...shelf.problems, ...read];
  for (const found of problems) process.stderr.write(`${printFound(found)}\n`);
  if (inputs.length > 1) throw new UsageError(`${command} takes one test`);
  return { options, input: inputs[0], platforms, settings, wrongInput: problems.some(({ problem }) => problem.severity === "error") };
}
