/** Options of a command as the command line gives them, with what the configuration says where it gives nothing. */
import { type Config, findConfig } from "./config.js";
import type { Found } from "./inputs.js";

/** The options that a configuration can set. */
export interface Configurable {
  readonly platform?: string;
  readonly platformFile: readonly string[];
  readonly option: readonly string[];
  readonly compiler?: boolean;
  readonly mode?: "states" | "verdict";
  readonly maxStates?: number;
  readonly timeout?: number;
  readonly memory?: number;
  readonly format?: readonly string[];
  readonly json?: boolean;
  readonly expectOnly?: boolean;
  readonly config?: string | boolean;
}

export interface Configured<Options> {
  readonly options: Options;
  /** Those of `options.option` that the configuration gives, and not the command line: they hold where a platform knows them. */
  readonly general: ReadonlySet<string>;
  /** The tests that the configuration names. */
  readonly tests: readonly string[] | undefined;
  readonly problems: readonly Found[];
}

/** `isGiven`: does the option stand on the command line? Reads the file that `--config` names, or looks for one; `--no-config` looks for none. */
export async function configuredOptions<Options extends Configurable>(
  given: Options,
  isGiven: (option: string) => boolean,
): Promise<Configured<Options>> {
  const found = given.config === false ? undefined : await findConfig(typeof given.config === "string" ? given.config : undefined);
  if (found === undefined) return { options: given, general: new Set(), tests: undefined, problems: [] };
  const options = { ...given, ...settings(found.config, given, isGiven) };
  return {
    options,
    general: new Set(options.option.filter((each) => !given.option.includes(each))),
    tests: found.config.tests,
    problems: found.problems,
  };
}

function settings(config: Config, given: Configurable, isGiven: (option: string) => boolean): Partial<Configurable> {
  const { platforms, platformFiles, options, format } = config;
  const own = new Set(given.option.map((text) => text.split("=", 1)[0]));
  const plain = (["compiler", "mode", "maxStates", "timeout", "memory", "expectOnly"] as const).filter(
    (name) => config[name] !== undefined && !isGiven(name),
  );
  return {
    ...Object.fromEntries(plain.map((name) => [name, config[name]])),
    ...(platforms === undefined || isGiven("platform") ? {} : { platform: platforms.join(",") }),
    ...(platformFiles === undefined || isGiven("platformFile") ? {} : { platformFile: platformFiles }),
    // An option of the command line goes before the same one of the file; the others hold.
    option: [...given.option, ...Object.entries(options ?? {}).flatMap(([name, value]) => (own.has(name) ? [] : [`${name}=${value}`]))],
    ...(format === undefined || isGiven("format") || given.json === true || given.format === undefined ? {} : { format }),
  };
}
