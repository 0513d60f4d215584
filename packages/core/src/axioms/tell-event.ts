/** Events in words. */
import { valueText } from "./herd-text.js";
import type { SkeletonEvent } from "./skeleton.js";
import type { Value } from "./value.js";

const LOCKS: Readonly<Record<string, string>> = {
  LKR: "lock",
  LKW: "locked",
  LC: "lock",
  UL: "unlock",
  LF: "trylock fails",
  RL: "is locked",
  RU: "is unlocked",
  SRCU: "SRCU",
};

/** `W[ONCE] x=1`, `F[MB]`, `lock s`. */
export function tellEvent(event: SkeletonEvent, value: Value | undefined): string {
  const { kind, tags, location, atomic, thread } = event;
  const word = LOCKS[kind];
  if (word !== undefined) return `${word} ${location ?? ""}`.trim();
  const tag = tags.length === 0 ? "" : `[${tags.join(",")}]`;
  if (kind === "F") return `F${tag}`;
  const text = value === undefined ? "?" : valueText(value);
  return thread < 0 ? `${location}=${text}` : `${kind}${atomic ? "*" : ""}${tag} ${location}=${text}`;
}
