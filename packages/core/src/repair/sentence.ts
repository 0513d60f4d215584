/** The sentence that a maintainer would put into the commit message. */

import type { Platform } from "../platform/platform.js";
import { conditionWords } from "../report/explain-text.js";
import type { Change } from "./change.js";
import type { Subject } from "./source-program.js";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function commitSentence(
  { test }: Subject,
  changes: readonly Change[],
  platforms: readonly Platform[],
  soundness: "sound" | "platform-specific" | "timing-only",
): string {
  const what = capital(list(changes.map(({ short }) => short)));
  const names = list(platforms.map(({ name }) => name));
  const reach =
    soundness === "sound"
      ? `The kernel's documents promise it (portable), so it holds on ${names} as well.`
      : soundness === "platform-specific"
        ? `This holds on ${names}; the kernel's documents do not promise it everywhere.`
        : `This only makes it rarer: nothing forbids it on ${names}.`;
  return `${what}, so that ${test.name} can no longer end with ${conditionWords(test).replace(/^~?(exists|forall)\s*/, "")}. ${reach}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
