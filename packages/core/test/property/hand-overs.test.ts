/**
 * P1 over hand-overs, all of them: a CPU writes a register or memory, says so by a flag, a lock or a doorbell, and somebody follows. What the random tests of portable.test.ts
 * seldom make: an access under a lock whose sign stands behind it, a mapping that combines, an atomic as the sign.
 */
import { expect, test } from "vitest";
import { check } from "../../src/explore/verdict.js";
import { parseTest } from "../../src/litmus/parse.js";
import { lowerTest } from "../../src/program/lower.js";
import { CONFORMING, forgetsPortWrites, platform } from "../generate/platforms.js";

const INIT = "dma(coherent) int x; int t; spinlock_t l; mmio int D0.a; mmio int D0.c; mmio int D0.q; port int D0.o; mmio(wc) int D0.w;";

/** What is written first, and how somebody else writes the same place. */
const FIRST: readonly (readonly [string, string])[] = [
  ["WRITE_ONCE(*x, 1);", ""],
  ["writel(1, D0.a);", "writel(2, D0.a);"],
  ["writel_relaxed(1, D0.a);", "writel(2, D0.a);"],
  ["writel(1, D0.w);", "writel(2, D0.w);"],
  ["outl(1, D0.o);", "outl(2, D0.o);"],
];
const BETWEEN = ["", "wmb();", "smp_mb();", "mb();", "int r9 = readl(D0.q);", "lock", "both"];
const SIGNS = [
  "WRITE_ONCE(*t, 1);",
  "smp_store_release(t, 1);",
  "xchg(t, 1);",
  "xchg_relaxed(t, 1);",
  "writel(1, D0.c);",
  "writel_relaxed(1, D0.c);",
];
const SEEN = ["int r0 = smp_load_acquire(t);", "lock"];

function texts(): readonly string[] {
  const list: string[] = [];
  const add = (first: string, second: string, condition: string, init = INIT): void => {
    list.push(`C t\n{ ${init} }\nP0(int *x, int *t, spinlock_t *l) { ${first} }\n${second}\nexists (${condition})\n`);
  };
  for (const [write, follow] of FIRST)
    for (const between of BETWEEN)
      for (const sign of SIGNS) {
        const first =
          between === "lock"
            ? `spin_lock(l); ${write} spin_unlock(l); ${sign}`
            : between === "both"
              ? `spin_lock(l); ${write} ${sign} spin_unlock(l);`
              : `${write} ${between} ${sign}`;
        const register = /D0\.\w/.exec(write)?.[0];
        if (sign.includes("D0.c")) {
          if (register === undefined) add(first, "D0(int *x) { WAIT(D0.c == 1); int r0 = DMA_READ(*x); }", "D0:r0=0");
          else add(first, "D0() { }", `order(D0.c=1, ${register}=1)`);
          continue;
        }
        for (const seen of SEEN) {
          const use = register === undefined ? "int r1 = READ_ONCE(*x);" : `if (r0 == 1) ${follow}`;
          const then = seen === "lock" ? `spin_lock(l); int r0 = READ_ONCE(*t); ${use} spin_unlock(l);` : `${seen} ${use}`;
          const condition = register === undefined ? "1:r0=1 /\\ 1:r1=0" : `order(${register}=2, ${register}=1)`;
          add(first, `P1(int *x, int *t, spinlock_t *l) { ${then} }\nD0() { }`, condition);
        }
      }
  return list;
}

test("no hand-over that a conforming platform gets wrong is right on portable", { timeout: 120_000 }, () => {
  const portable = platform("portable");
  let forbidden = 0;
  let excepted = 0;
  for (const text of texts()) {
    const source = { name: "t", text };
    const parsed = parseTest(source);
    const lowered = parsed.ok ? lowerTest(parsed.value, source) : parsed;
    if (!lowered.ok) throw new Error(`${lowered.problems[0]?.message}\n${text}`);
    const promised = check(lowered.value, portable);
    if (promised.verdict !== "forbidden") continue;
    forbidden++;
    for (const on of CONFORMING) {
      // docs/decisions/0006-verdicts-that-differ.md
      const kept = !(forgetsPortWrites(on) && /spin_lock.*outl\(1/.test(text));
      if (!kept) excepted++;
      expect([on.name, check(lowered.value, on).verdict, text]).toEqual([on.name, kept ? "forbidden" : "allowed", text]);
    }
  }
  expect(excepted).toBe(10);
  // 5 x 7 x (4 signs x 2 ways to see them + 2 doorbells) = 350 in all.
  expect(texts()).toHaveLength(350);
  expect(forbidden).toBeGreaterThan(90);
});
