/** What a client can set: as `initializationOptions`, as the configuration section `fencepost`, or both; the later one wins key by key. */
import { type Platform, platform } from "@fencepost/core/platform";

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

/** The platforms that a test is looked at on: those that it names, in its order, then those of the settings. */
export function platformsFor(expects: readonly { readonly platform: string }[], settings: Settings): readonly Platform[] {
  const names = [...expects.map((each) => each.platform).filter((name) => name !== "all"), ...settings.platforms];
  return [...new Set(names)].flatMap((name) => platform(name) ?? []);
}
