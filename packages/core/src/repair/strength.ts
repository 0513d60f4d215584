/** What barriers and accessors amount to on some platforms, and which of them are at least as strong as which. */
import type { Accessor, Lowered, Platform } from "../platform/platform.js";

type Fence = Extract<Lowered, { kind: "fence" }>;

/** Does a fence that reaches as far as `a` reach as far as one of `b`? `devices` and the two lesser words do not compare. */
const reaches = (a: Fence["propagates"], b: Fence["propagates"]): boolean =>
  a === b || b === "none" || a === "strong" || (a === "cumulative" && b === "stores");

/** Does every part of `b` stand in `a`, too? Says nothing where it answers false. */
function covers(a: Accessor | undefined, b: Accessor | undefined): boolean {
  if (b === undefined) return true;
  if (a === undefined) return b.steps.length === 0;
  return b.steps.every((step) => {
    switch (step.kind) {
      case "fence":
        return a.steps.some(
          (other) =>
            other.kind === "fence" &&
            other.beside === "none" &&
            step.before.every((kind) => other.before.includes(kind)) &&
            step.after.every((kind) => other.after.includes(kind)) &&
            reaches(other.propagates, step.propagates),
        );
      case "token":
        return a.steps.some((other) => other.kind === "token" && other.token === step.token && (!other.ordered || step.ordered));
      case "access":
        return false;
    }
  });
}

/** Is barrier `a` at least as strong as barrier `b` on each of the platforms? */
export function atLeast(platforms: readonly Platform[], a: string, b: string): boolean {
  return platforms.every((platform) => covers(platform.accessors.get(a), platform.accessors.get(b)));
}

/** Those of `names` that no other one covers; of several that cover each other the first. */
export function strongest(platforms: readonly Platform[], names: readonly string[]): string[] {
  return names.filter((name, index) =>
    names.every((other, at) => at === index || !atLeast(platforms, other, name) || (atLeast(platforms, name, other) && at > index)),
  );
}

/** Does it do anything on any of them? */
export function doesSomething(platforms: readonly Platform[], name: string): boolean {
  return platforms.some((platform) => (platform.accessors.get(name)?.steps.length ?? 0) > 0);
}
