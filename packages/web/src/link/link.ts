/** What a link carries: the test, platforms, settings, the selected cell and step; compressed into the fragment, so that no server ever sees it. */

import type { Rule } from "@fencepost/core/report";
import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";
import type { Settings } from "../engine/protocol.js";

/** The state of the bench that a link restores. */
export interface Carried {
  readonly text: string;
  readonly platforms: readonly string[] | undefined;
  readonly settings: Settings;
  readonly selected: string | undefined;
  readonly step: number | undefined;
  /** Rules that are turned off. */
  readonly off: readonly Rule[];
  /** Steps of further witnesses, the last one shown. */
  readonly stories: readonly (readonly number[])[];
  /** Steps of free play; undefined where that is not shown. */
  readonly play: readonly number[] | undefined;
}

/** Of the version of what follows. */
const MARK = "#t1.";

/** A test is a page of text; what is longer than this was not made by this page. */
const LONGEST_TEXT = 64 * 1024;
const LONGEST_BODY = 256 * 1024;
const LONGEST_LINK = 128 * 1024;

/** Why a link cannot be opened; its message is for people. */
export class LinkError extends Error {
  override readonly name = "LinkError";
}

/** The fragment, `#` included. */
export function fragmentOf(carried: Carried): string {
  const body: { [key: string]: unknown } = { t: carried.text };
  if (carried.platforms !== undefined) body["p"] = carried.platforms;
  if (carried.settings.length > 0) body["o"] = carried.settings;
  if (carried.selected !== undefined) body["c"] = carried.selected;
  if (carried.step !== undefined) body["s"] = carried.step;
  if (carried.off.length > 0) body["x"] = carried.off;
  if (carried.stories.length > 0) body["w"] = carried.stories;
  if (carried.play !== undefined) body["f"] = carried.play;
  return MARK + base64url(deflateSync(strToU8(JSON.stringify(body)), { level: 9 }));
}

/** Reads such a fragment; throws a LinkError, and nothing else, for what is not one of ours. */
export function carriedBy(fragment: string): Carried {
  if (!fragment.startsWith(MARK)) throw new LinkError("This link is of a later version of the workbench.");
  if (fragment.length > LONGEST_LINK) throw new LinkError("This link is too long to be one of the workbench's.");
  let body: unknown;
  try {
    body = JSON.parse(strFromU8(inflateAtMost(bytesOf(fragment.slice(MARK.length)), LONGEST_BODY)));
  } catch (error) {
    if (error instanceof LinkError) throw error;
    throw new LinkError("This link is damaged: it may have been cut off where it was copied.");
  }
  return checked(body);
}

function checked(body: unknown): Carried {
  if (typeof body !== "object" || body === null) throw new LinkError("This link carries no test.");
  const { t, p, o, c, s, x, w, f } = body as { readonly [key: string]: unknown };
  if (typeof t !== "string") throw new LinkError("This link carries no test.");
  if (t.length > LONGEST_TEXT) throw new LinkError(`The test in this link is longer than ${LONGEST_TEXT / 1024} kB.`);
  const wrong = (what: string): never => {
    throw new LinkError(`This link is damaged: its ${what} cannot be read.`);
  };
  const word = (value: unknown): value is string => typeof value === "string" && value.length <= 80;
  const steps = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length <= 4000 && value.every((each) => Number.isInteger(each) && each >= 0 && each <= 0x7fffffff);
  if (p !== undefined && !(Array.isArray(p) && p.length <= 60 && p.every(word))) wrong("list of platforms");
  if (o !== undefined && !(Array.isArray(o) && o.length <= 60 && o.every((e) => Array.isArray(e) && e.length === 2 && e.every(word))))
    wrong("list of options");
  if (c !== undefined && !word(c)) wrong("platform");
  if (s !== undefined && !(Number.isInteger(s) && (s as number) >= 0)) wrong("step");
  if (x !== undefined && !(Array.isArray(x) && x.length <= 60 && x.every(isRule))) wrong("list of rules");
  if (w !== undefined && !(Array.isArray(w) && w.length <= 20 && w.every(steps))) wrong("run");
  if (f !== undefined && !steps(f)) wrong("run");
  return {
    text: t,
    platforms: p as string[] | undefined,
    settings: (o as [string, string][] | undefined) ?? [],
    selected: c as string | undefined,
    step: s as number | undefined,
    off: (x as Rule[] | undefined) ?? [],
    stories: (w as number[][] | undefined) ?? [],
    play: f as number[] | undefined,
  };
}

const RULE_KINDS: ReadonlySet<unknown> = new Set(["cell", "window", "no-rule", "step", "cpu", "weak"]);

function isRule(value: unknown): value is Rule {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const rule = value as { readonly [key: string]: unknown };
  return (
    RULE_KINDS.has(rule["kind"]) &&
    Object.entries(rule).every(([key, each]) => {
      if (key === "index") return Number.isInteger(each);
      if (key === "older" || key === "younger") return Array.isArray(each) && each.every((kind) => typeof kind === "string");
      return typeof each === "string" && each.length < 2000;
    }) &&
    ["id", "says", "source"].every((key) => typeof rule[key] === "string")
  );
}

/** Stops as soon as there is too much: a short link can hold gigabytes of zeros. */
function inflateAtMost(bytes: Uint8Array, most: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate((part) => {
    length += part.length;
    if (length > most) throw new LinkError("This link holds more than a test.");
    parts.push(part);
  });
  // In small pieces: each piece's output is looked at before the next goes in.
  for (let at = 0; at < bytes.length; at += 512) inflate.push(bytes.subarray(at, at + 512), at + 512 >= bytes.length);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function base64url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytesOf(text: string): Uint8Array {
  if (!/^[\w-]*$/.test(text)) throw new LinkError("This link is damaged: it holds characters that no link of ours has.");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
