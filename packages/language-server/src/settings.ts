/** What a client can set: as `initializationOptions`, as the configuration section `fencepost`, or both; the later one wins key by key. */
import { type Platform, platform, similarNames } from "@fencepost/core/platform";
import { didYouMean } from "@fencepost/core/program";

export interface Settings {
  /** Platforms that lenses, hovers and explanations speak of, besides those that the test's `expect` lines name. */
  readonly platforms: readonly string[];
  /** Code lenses with verdicts. */
  readonly lenses: boolean;
  /** Report verdicts that differ from what the test states as problems. Needs the verdicts, so it costs the searches. */
  readonly verdicts: boolean;
  /** States that a search may visit. */
  readonly maxStates: number;
  /** Seconds that one verdict may take. */
  readonly timeout: number;
}

export const DEFAULT_SETTINGS: Settings = {
  platforms: ["portable", "x86", "arm64", "sn2"],
  lenses: true,
  verdicts: true,
  maxStates: 2_000_000,
  timeout: 10,
};

/** Settings with those of `value` that make sense; whatever else a client sends is passed over. */
export function readSettings(value: unknown, before: Settings): Settings {
  if (typeof value !== "object" || value === null) return before;
  const { platforms, lenses, verdicts, maxStates, timeout } = value as { readonly [key: string]: unknown };
  const above = (number: unknown, otherwise: number): number =>
    typeof number === "number" && number > 0 && Number.isFinite(number) ? number : otherwise;
  return {
    platforms: Array.isArray(platforms)
      ? platforms.filter((name) => typeof name === "string" && platform(name) !== undefined)
      : before.platforms,
    lenses: typeof lenses === "boolean" ? lenses : before.lenses,
    verdicts: typeof verdicts === "boolean" ? verdicts : before.verdicts,
    maxStates: Math.ceil(above(maxStates, before.maxStates)),
    timeout: above(timeout, before.timeout),
  };
}

/** What a client sends that makes no sense, a sentence each; a client's own keys are nobody's business here. */
export function settingMistakes(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const mistakes: string[] = [];
  for (const [key, given] of Object.entries(value)) {
    const usual: unknown = DEFAULT_SETTINGS[key as keyof Settings];
    if (usual === undefined) {
      const hint = didYouMean(key, Object.keys(DEFAULT_SETTINGS));
      if (hint !== undefined) mistakes.push(`fencepost.${key} is no setting: ${hint}`);
    } else if (Array.isArray(usual)) {
      if (!Array.isArray(given)) mistakes.push(`fencepost.${key} is a list of platforms`);
      else for (const name of given as readonly unknown[]) mistakes.push(...platformMistake(name));
    } else if (typeof given !== typeof usual || (typeof given === "number" && !(given > 0 && Number.isFinite(given)))) {
      mistakes.push(`fencepost.${key} is ${typeof usual === "boolean" ? "true or false" : "a number above 0"}`);
    }
  }
  return mistakes;
}

function platformMistake(name: unknown): readonly string[] {
  if (typeof name === "string" && platform(name) !== undefined) return [];
  const [similar] = typeof name === "string" ? similarNames(name) : [];
  return [`fencepost.platforms: there is no platform ${JSON.stringify(name)}${similar === undefined ? "" : `; did you mean ${similar}?`}`];
}

/** The platforms that a test is looked at on: those that it names, in its order, then those of the settings. */
export function platformsFor(expects: readonly { readonly platform: string }[], settings: Settings): readonly Platform[] {
  const names = [...expects.map((each) => each.platform).filter((name) => name !== "all"), ...settings.platforms];
  return [...new Set(names)].flatMap((name) => platform(name) ?? []);
}
