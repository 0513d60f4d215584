import { expect, test } from "vitest";
import { herdText } from "../../src/axioms/index.js";
import { answered, litmus, read, summary } from "./model.js";

const MP = (write: string, first: string, between = ""): string =>
  litmus(
    "x y",
    [`WRITE_ONCE(*x, 1); ${write}`, `int r0; int r1; r0 = ${first}; ${between} r1 = READ_ONCE(*x);`],
    "exists (1:r0=1 /\\ 1:r1=0)",
  );

test("message passing, with and without its barriers", () => {
  expect(summary(MP("WRITE_ONCE(*y, 1);", "READ_ONCE(*y)"))).toBe("Sometimes 1 3 of 4");
  expect(summary(MP("smp_store_release(y, 1);", "smp_load_acquire(y)"))).toBe("Never 0 3 of 3");
  expect(summary(MP("smp_wmb(); WRITE_ONCE(*y, 1);", "READ_ONCE(*y)", "smp_rmb();"))).toBe("Never 0 3 of 3");
  expect(summary(MP("smp_wmb(); WRITE_ONCE(*y, 1);", "READ_ONCE(*y)", "smp_wmb();"))).toBe("Sometimes 1 3 of 4");
});

test("plain accesses race, and the flag says so", () => {
  const racy = litmus("x y", ["*x = 1;", "int r0 = READ_ONCE(*x);"], "exists (1:r0=1)");
  expect(summary(racy)).toBe("Sometimes 1 1 of 2 data-race");
});

test("what the filter leaves out is not counted and raises no flag", () => {
  const text = (filter: string): string =>
    litmus("x", ["*x = 1;", "int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*x);"], `${filter}\nexists (1:r1=1)`);
  expect(summary(text(""))).toBe("Sometimes 2 1 of 2 data-race");
  expect(summary(text("filter (1:r0=0 /\\ 1:r1=0)"))).toBe("Never 0 1 of 1 data-race");
  expect(summary(text("filter (1:r0=2)"))).toBe("Never 0 0 of 0");
});

test("orders of writes are counted, not visited", () => {
  const writers = Array.from({ length: 9 }, (_, thread) => `WRITE_ONCE(*x, ${thread + 1});`);
  const given = answered(litmus("x", writers, "exists (x=1)"));
  expect([given.positive, given.negative, given.states.length, given.nodes]).toEqual([40320, 322560, 9, 1]);
});

test("atomics read each other's results in some order", () => {
  const adders = ["", "", "", ""].map(() => "int r0; r0 = atomic_fetch_add(1, x);");
  expect(summary(litmus("x:atomic_t", adders, "exists (x=4)"))).toBe("Always 24 0 of 1");
});

test("a failed compare-and-exchange writes nothing", () => {
  const both = ["int r0; r0 = cmpxchg(x, 0, 1);", "int r0; r0 = cmpxchg(x, 0, 2);"];
  expect(summary(litmus("x", both, "exists (0:r0=0 /\\ 1:r0=0)"))).toBe("Never 0 2 of 2");
  expect(summary(litmus("x", both, "exists (0:r0=2 /\\ x=2)"))).toBe("Sometimes 1 1 of 2");
});

test("locks exclude each other; a failed trylock orders nothing", () => {
  const critical = "int r0; spin_lock(s); r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); spin_unlock(s);";
  expect(summary(litmus("x s:spinlock_t", [critical, critical, critical], "exists (~x=3)"))).toBe("Never 0 6 of 1");
  const tried = ["spin_lock(s); WRITE_ONCE(*x, 1); spin_unlock(s);", "int r0; int r1; r0 = spin_trylock(s); r1 = READ_ONCE(*x);"];
  expect(summary(litmus("x s:spinlock_t", tried, "exists (1:r0=0 /\\ 1:r1=0)"))).toMatch(/^Sometimes/);
});

test("a grace period waits for readers", () => {
  const reader = "int r0; int r1; rcu_read_lock(); r0 = READ_ONCE(*x); r1 = READ_ONCE(*y); rcu_read_unlock();";
  const text = (wait: string): string =>
    litmus("x y", [`WRITE_ONCE(*y, 1); ${wait} WRITE_ONCE(*x, 1);`, reader], "exists (1:r0=1 /\\ 1:r1=0)");
  expect(summary(text("synchronize_rcu();"))).toBe("Never 0 3 of 3");
  expect(summary(text(""))).toBe("Sometimes 1 3 of 4");
});

test("pointers: the address that was read decides what is read", () => {
  const text = `C T
{ int *p = &y; int z = 2; }
P0(int **p, int *x) { int *r1; int r2; r1 = READ_ONCE(*p); r2 = READ_ONCE(*r1); WRITE_ONCE(*x, r2); }
P1(int **p, int *z, int *x) { WRITE_ONCE(*p, z); int r5 = READ_ONCE(*x); }
locations [p; 0:r1; 1:r5]
exists (0:r2=2 /\\ 0:r1=z /\\ x=2)
`;
  expect(summary(text)).toBe("Sometimes 2 2 of 3");
  expect(herdText(read(text), answered(text), { seconds: undefined })).toBe(`Test T Allowed
States 3
0:r1=y; 0:r2=0; 1:r5=0; [p]=z; [x]=0;
0:r1=z; 0:r2=2; 1:r5=0; [p]=z; [x]=2;
0:r1=z; 0:r2=2; 1:r5=2; [p]=z; [x]=2;
Ok
Witnesses
Positive: 2 Negative: 2
Condition exists (0:r2=2 /\\ 0:r1=z /\\ [x]=2)
Observation T Sometimes 2 2

`);
});

test("loops are cut, and the answer says so", () => {
  const spin = ["int r0; r0 = READ_ONCE(*x); while (r0 == 0) { r0 = READ_ONCE(*x); }", "WRITE_ONCE(*x, 1);"];
  const given = answered(litmus("x", spin, "exists (0:r0=1)"));
  expect([given.observation, given.positive, given.cut]).toEqual(["Always", 3, true]);
});

test("values from nowhere: copies in a circle have some value, sums none", () => {
  const copy = ["int r0 = READ_ONCE(*x); *y = r0;", "int r0 = READ_ONCE(*y); *x = r0;"];
  expect(summary(litmus("x y", copy, "exists (0:r0=2)"))).toBe("Never 0 4 of 2 data-race");
  const sums = ["int r0 = READ_ONCE(*x); *y = r0 + 1;", "int r0 = READ_ONCE(*y); *x = r0;"];
  expect(summary(litmus("x y", sums, "exists (0:r0=2)"))).toBe("Never 0 3 of 1 data-race");
});

test("the quantifiers", () => {
  const text = (condition: string): string => litmus("x", ["WRITE_ONCE(*x, 1);", "int r0 = READ_ONCE(*x);"], condition);
  const words = (condition: string): string => {
    const given = answered(text(condition));
    return `${given.validated} ${given.observation} ${given.positive} ${given.negative}`;
  };
  expect(words("exists (1:r0=0)")).toBe("true Sometimes 1 1");
  expect(words("~exists (1:r0=0)")).toBe("false Sometimes 1 1");
  expect(words("forall (1:r0=0)")).toBe("false Sometimes 1 1");
  expect(words("forall (1:r0=0 \\/ 1:r0=1)")).toBe("true Always 2 0");
});

test("a ring of readers and grace periods with half a million states takes a few dozen looks", () => {
  const n = 12;
  const threads = Array.from({ length: n }, (_, thread) =>
    thread % 2 === 0
      ? `int r0; r0 = READ_ONCE(*x${thread}); synchronize_rcu(); WRITE_ONCE(*x${(thread + 1) % n}, 1);`
      : `int r0; rcu_read_lock(); r0 = READ_ONCE(*x${thread}); WRITE_ONCE(*x${(thread + 1) % n}, 1); rcu_read_unlock();`,
  );
  const names = Array.from({ length: n }, (_, thread) => `x${thread}`).join(" ");
  const condition = Array.from({ length: n }, (_, thread) => `${thread}:r0=1`).join(" /\\ ");
  const given = answered(litmus(names, threads, `exists (${condition})`));
  expect([given.observation, given.negative, given.states.length]).toEqual(["Never", 4095, 4095]);
  expect(given.nodes).toBeLessThan(40);
});

test("C11's atomics under its model", () => {
  const mp = (write: string, first: string): string =>
    litmus(
      "x:atomic_int y:atomic_int",
      [
        `atomic_store_explicit(x, 1, memory_order_relaxed); atomic_store_explicit(y, 1, ${write});`,
        `int r0 = atomic_load_explicit(y, ${first}); int r1 = atomic_load_explicit(x, memory_order_relaxed);`,
      ],
      "exists (1:r0=1 /\\ 1:r1=0)",
    );
  expect(summary(mp("memory_order_release", "memory_order_acquire"), "c11")).toBe("Never 0 3 of 3");
  expect(summary(mp("memory_order_relaxed", "memory_order_acquire"), "c11")).toBe("Sometimes 1 3 of 4");
  const add = "int r0 = atomic_fetch_add_explicit(x, 1, memory_order_relaxed);";
  expect(summary(litmus("x:atomic_int", [add, add, add], "exists (x=3)"), "c11")).toBe("Always 6 0 of 1");
});

test("a test without a condition asks for all states", () => {
  const given = answered(litmus("x", ["WRITE_ONCE(*x, 1);"], "locations [x]"));
  expect([given.quantifier, given.observation, given.positive, given.states]).toEqual(["forall", "Always", 1, [[1]]]);
});

test("a loop that no candidate goes round again is not told", () => {
  const never = ["int r0 = READ_ONCE(*x); while (r0 == 0) { r0 = READ_ONCE(*x); }", "WRITE_ONCE(*x, 2);"];
  expect(answered(litmus("x", never, "exists (0:r0=2)", "x=1;")).cut).toBe(false);
});
