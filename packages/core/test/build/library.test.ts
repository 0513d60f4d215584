/** The public face of the core: packages/core/src/index.ts. */

import { readFileSync } from "node:fs";
import {
  check,
  explain,
  findPlatform,
  load,
  loadPlatform,
  lower,
  ProblemError,
  parse,
  platformNames,
  print,
  replay,
  search,
  sourceOf,
  valueOf,
} from "@fencepost/core";
import { describe, expect, test } from "vitest";

const source = {
  name: "cq-race.litmus",
  text: readFileSync(new URL("../../../../catalogue/altix/cq-race.litmus", import.meta.url), "utf8"),
};
const race = valueOf(load(source), source);
const sn2 = valueOf(findPlatform("sn2"));
const pcie = valueOf(findPlatform("pcie"));

function frozen(data: unknown): boolean {
  if (typeof data !== "object" || data === null) return true;
  return Object.isFrozen(data) && Object.values(data).every(frozen);
}

test("a text is parsed, lowered and printed", () => {
  const parsed = valueOf(parse(source));
  expect(lower(parsed, source)).toEqual({ ok: true, value: race, problems: [] });
  expect(valueOf(parse(print(parsed))).threads.length).toBe(2);
  expect(sourceOf(parsed)).toEqual({ name: "cq-race", text: print(parsed) });
  expect(sourceOf("C x").name).toBe("<text>");
});

test("a parsed test without its text is told in its canonical one", () => {
  const [device] = valueOf(lower(valueOf(parse(source)))).threads;
  expect(device?.code[0]?.text).toBe("DMA_WRITE(*data, 1)");
});

test("mistakes are values, and exceptions where that is handier", () => {
  const text = "C bad\n{}\nP0() { foo(); }\nexists (true)\n";
  const outcome = load(text);
  expect(outcome.problems.map((problem) => problem.code)).toEqual(["unknown-call"]);
  expect(() => valueOf(outcome, sourceOf(text))).toThrow(ProblemError);
  expect(() => valueOf(outcome, sourceOf(text))).toThrow("<text>:3:8: error[unknown-call]: there is no primitive `foo`");
  expect(load("no test").ok).toBe(false);
});

describe("platforms", () => {
  test("by name", () => {
    expect(platformNames()).toContain("sn2");
    expect(valueOf(findPlatform("arm64+pci@5.1")).era).toBe("5.1");
    expect(() => valueOf(findPlatform("arm46"))).toThrow("unknown-platform: there is no platform `arm46`; did you mean `arm64`?");
  });

  test("from a user's file", () => {
    const file = {
      name: "mine.json",
      text: '{ "kind": "platform", "name": "mine", "source": "me", "cpu": "x86", "fabric": { "like": "sn2-tiocp" } }',
    };
    expect(check(race, valueOf(loadPlatform(file), file)).verdict).toBe("allowed");
    expect(loadPlatform({ name: "mine.json", text: '{ "kind": "platform" }' }).ok).toBe(false);
  });
});

describe("verdicts", () => {
  test("of the race", () => {
    expect(check(race, sn2).verdict).toBe("allowed");
    expect(check(race, pcie).verdict).toBe("forbidden");
    expect(check(race, sn2, { mode: "states" }).ends.length).toBe(4);
    expect(check(race, sn2, { maxStates: 1, reduce: "none" })).toMatchObject({ verdict: "unknown", reason: "more than 1 states" });
  });

  test("a search gives a witness, and a replay tells it", () => {
    const { witness } = search(race, sn2);
    const entries = replay(race, sn2, witness ?? []);
    expect(entries.map((entry) => entry.what).join("\n")).toContain("P0 reads cq: 1");
    expect(() => replay(race, sn2, [1, 2, 3])).toThrow("the witness is no run");
  });

  test("an explanation of what is allowed has its run, the rule that decides and a picture", () => {
    const { entries, deciding, obstacles, text, svg } = explain(race, sn2);
    expect(entries.length).toBeGreaterThan(3);
    expect(deciding.map((rule) => rule.id)).toEqual(["numa: out-of-order-DMA"]);
    expect(obstacles).toEqual([]);
    expect(text).toContain("cq-race on sn2: allowed");
    expect(svg).toContain("<svg");
  });

  test("an explanation of what is forbidden has the rules that forbid it", () => {
    const { entries, obstacles, svg } = explain(race, pcie);
    expect(entries).toEqual([]);
    expect(svg).toBeUndefined();
    expect(obstacles.flat().map((rule) => rule.id)).toContain("pcie: A2a");
  });
});

test("all of it is plain frozen data", () => {
  for (const data of [
    parse(source),
    race,
    check(race, sn2, { mode: "states" }),
    search(race, sn2),
    explain(race, sn2),
    explain(race, pcie),
    findPlatform("x+y"),
  ]) {
    expect(frozen(data)).toBe(true);
    expect(structuredClone(data)).toEqual(data);
  }
  expect(frozen(sn2)).toBe(true);
  expect(structuredClone(sn2)).toEqual(sn2);
});
