import { arrayOf } from "@fencepost/core/program";
import { describe, expect, test } from "vitest";
import { analyse } from "../src/analysis.js";
import { keyOf } from "../src/named.js";
import { readTokens } from "../src/tokens.js";
import { catalogue, reference } from "./catalogue.js";

// On a busy machine a process takes its time.
const texts = [...catalogue, ...reference];

test("names agree with what the core resolves, on every shipped test", () => {
  let checked = 0;
  for (const { name, text } of texts) {
    const { program, names } = analyse({ name, text });
    if (program === undefined) continue;
    checked++;
    const found = names.all.flatMap((each) =>
      each.kind === "location" ? [each.name] : each.kind === "register" ? [`${each.owner}.${each.name}`] : [],
    );
    const wanted = new Set(program.locations.map((location) => arrayOf(location.name)));
    expect([...found].sort(), name).toEqual([...wanted].sort());
    const locals = names.all.flatMap((each) => (each.kind === "local" ? [`${each.thread}:${each.name}`] : []));
    const registers = program.threads.flatMap((thread) =>
      thread.registers.filter((each) => !each.startsWith("$")).map((each) => `${thread.name}:${each}`),
    );
    expect([...locals].sort(), name).toEqual([...registers].sort());
  }
  expect(checked).toBeGreaterThan(390);
});

test("the members of structures, and names for numbers, which are none", () => {
  const text = `C s
#define DONE BIT(0)
{ struct pair { u32 low; u32 high; }; dma(coherent) struct pair ring[2]; struct { u32 a, b; } one = {1, 2}; int x; }
static void P0(struct pair *ring) { int i = DONE; int r0 = READ_ONCE(ring[i].high) & DONE; one.a = r0; }
D0(struct pair *ring) { DMA_WRITE(ring[0].low, DONE); }
exists (ring[1].high=DONE /\\ one.b=2 /\\ x=0)
`;
  const { names } = analyse({ name: "s", text });
  const found = names.all.flatMap((each) => (each.kind === "location" ? [each.name] : each.kind === "local" ? [`0:${each.name}`] : []));
  expect([...found].sort()).toEqual(["0:i", "0:r0", "one.a", "one.b", "ring.high", "ring.low", "x"]);
});

test("tokens cover the text, in order, but for blanks", () => {
  for (const { name, text } of texts) {
    let at = 0;
    for (const token of readTokens(text)) {
      expect(text.slice(at, token.start).trim(), name).toBe("");
      expect(token.end, name).toBeGreaterThan(token.start);
      expect(text.slice(token.start, token.end), name).toBe(token.text);
      at = token.end;
    }
    expect(text.slice(at).trim(), name).toBe("");
  }
});

describe("half a test", () => {
  const whole = catalogue.find(({ name }) => name.includes("cq-pio-read.litmus"))?.text ?? "";

  test("every beginning of a test has tokens and names", () => {
    expect(whole.length).toBeGreaterThan(300);
    for (let end = 0; end <= whole.length; end += 7) {
      const { tokens, names } = analyse({ name: "part", text: whole.slice(0, end) });
      expect(tokens.length + names.occurrences.length).toBeGreaterThanOrEqual(end > 20 ? 2 : 0);
    }
  });

  test("a brace that is missing swallows no more than its thread", () => {
    const text = "C a\n{ int x; }\nP0(int *x) {\n  WRITE_ONCE(*x, 1);\n\nP1(int *x) {\n  int r0 = READ_ONCE(*x);\n}\nexists (1:r0=1)\n";
    const { names } = analyse({ name: "a", text });
    expect(names.all.map(keyOf)).toEqual(["location x", "thread P0", "thread P1", "local P1:r0"]);
    expect(names.of({ kind: "location", name: "x" })).toHaveLength(5);
  });
});
