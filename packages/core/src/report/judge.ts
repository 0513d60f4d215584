/** The verdict of one test on one platform, whatever the platform lacks. */
import { check, type Limits, type Verdict } from "../explore/verdict.js";
import { MissingAccessor } from "../machine/accessor.js";
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";

/** A verdict that is unknown for a reason that no search can change. */
export function unknown(test: string, platform: string, reason: string): Verdict {
  return {
    test,
    platform,
    verdict: "unknown",
    byDefault: "unknown",
    variants: [],
    vacuous: false,
    reason,
    bounds: [],
    ends: [],
    result: undefined,
    machine: undefined,
  };
}

/** Like `check`, but a platform that says nothing of an accessor that the test uses gives *unknown*: the model does not reach. */
export function judge(program: Program, platform: Platform, limits: Limits): Verdict {
  try {
    return check(program, platform, limits);
  } catch (error) {
    if (error instanceof MissingAccessor) return unknown(program.name, platform.name, error.message);
    throw error;
  }
}
