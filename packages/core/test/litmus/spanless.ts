import type { Test } from "../../src/litmus/test.js";

/** What a test says, without where it says it: two texts say the same if this is equal. */
export function spanless(test: Test): unknown {
  return JSON.parse(JSON.stringify(test, (key: string, value: unknown) => (key === "span" ? undefined : value)));
}
