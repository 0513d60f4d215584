/**
 * Minimal tests of what the property tests have found. `test.fails`: a fault or a bound that still stands (see known-faults.ts and
 * docs/decisions/0003-oracle.md); the others are repaired and stay as regressions.
 */
import { describe, expect, test } from "vitest";
import { type SearchResult, search } from "../../src/explore/explore.js";
import { check } from "../../src/explore/verdict.js";
import { keptConditionals } from "../../src/machine/conditionals.js";
import { buildMachine } from "../../src/machine/machine.js";
import { createStepper } from "../../src/machine/step.js";
import { consult } from "../../src/oracle/oracle.js";
import type { Platform } from "../../src/platform/platform.js";
import type { Program } from "../../src/program/program.js";
import { platform } from "../generate/platforms.js";
import { programOf } from "../subject.js";
import { listEnds } from "./cases.js";

const program = (text: string): Program => programOf(`C fault\n${text}`);

const look = (of: Program, on: Platform, mode: "states" | "verdict", reduce: "none" | "full"): SearchResult =>
  search(buildMachine(of, on), { mode, reduce, maxStates: 100_000 });

/** Can the condition's proposition hold: what the oracle says, and what the machine says. */
function compare(text: string, on: Platform): { readonly oracle: boolean; readonly machine: boolean } {
  const of = program(text);
  const answer = consult(of, on);
  if (answer.kind !== "ends") throw new Error(answer.kind);
  return { oracle: answer.ends.some((end) => end.satisfies), machine: look(of, on, "states", "none").satisfiable };
}

describe("handlers that share a CPU", () => {
  test("an interrupt may be taken before they are masked", () => {
    const { oracle, machine } = compare(
      `{ }
      P0(int *x) { local_irq_disable(); int r0 = READ_ONCE(*x); local_irq_enable(); }
      P1(int *x) on msi(D0) cpu(0) { WRITE_ONCE(*x, 1); }
      D0() { MSI(); }
      exists (0:r0=1)`,
      platform("x86"),
    );
    expect(oracle).toBe(true);
    expect(machine).toBe(oracle);
  });

  test("a handler sees the stores of the thread that it interrupts", () => {
    const { oracle, machine } = compare(
      `{ mmio int D0.a; }
      P0(int *x) { WRITE_ONCE(*x, 1); writel_relaxed(1, D0.a); }
      P1(int *x) on msi(D0) cpu(0) { int r1 = 1; int r0 = READ_ONCE(*x); }
      D0() { WAIT(D0.a == 1); MSI(); }
      exists (1:r1=1 /\\ 1:r0=0)`,
      platform("arm64"),
    );
    expect(oracle).toBe(false);
    expect(machine).toBe(oracle);
  });

  test("a thread sees the stores of the handler that interrupted it", () => {
    const { oracle, machine } = compare(
      `{ }
      P0(int *x) { int r0 = READ_ONCE(*x); }
      P1(int *x) on msi(D0) cpu(0) { WRITE_ONCE(*x, 3); WRITE_ONCE(*x, 2); }
      D0() { MSI(); }
      exists (0:r0=3)`,
      platform("x86"),
    );
    expect(oracle).toBe(false);
    expect(machine).toBe(oracle);
  });

  test("a thread's fence orders what a handler before it did", () => {
    const { oracle, machine } = compare(
      `{ }
      P0(int *f, int *y) { int r0 = READ_ONCE(*f); smp_mb(); int r1 = READ_ONCE(*y); }
      P1(int *f, int *x) on msi(D0) cpu(0) { WRITE_ONCE(*f, 1); WRITE_ONCE(*x, 1); }
      P2(int *x, int *y) { WRITE_ONCE(*y, 1); smp_mb(); int r2 = READ_ONCE(*x); }
      D0() { MSI(); }
      exists (0:r0=1 /\\ 0:r1=0 /\\ 2:r2=0)`,
      platform("x86"),
    );
    expect(oracle).toBe(false);
    expect(machine).toBe(oracle);
  });

  test("two handlers of one CPU do not interrupt each other", () => {
    const { oracle, machine } = compare(
      `{ }
      P0() { }
      P1(int *x) on msi(D0) cpu(0) { int r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); }
      P2(int *x) on intx(D0) cpu(0) { int r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); }
      D0() { MSI(); INTX(); }
      exists (x=1)`,
      platform("x86"),
    );
    expect(oracle).toBe(false);
    expect(machine).toBe(oracle);
  });
});

test("handlers of a CPU on which nothing else runs do not interrupt each other", () => {
  const { oracle, machine } = compare(
    `{ }
    P1(int *x, int *y) on msi(D0) cpu(0) { int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*y); }
    P2(int *x, int *y) on msi(D0) cpu(0) { WRITE_ONCE(*y, 1); WRITE_ONCE(*x, 3); }
    D0() { MSI(); }
    exists (1:r0=0 /\\ 1:r1=1)`,
    platform("x86"),
  );
  expect(oracle).toBe(false);
  expect(machine).toBe(oracle);
});

test("what is taken later interrupts the thread no earlier", () => {
  const { oracle, machine } = compare(
    `{ mmio int D0.a; }
    P0(int *x) { WRITE_ONCE(*x, 1); }
    P1(int *x) on msi(D0) cpu(0) { int r0 = READ_ONCE(*x); int r1 = readl(D0.a); }
    P2(int *x) on msi(D0) cpu(0) { writel(1, D0.a); int r0 = READ_ONCE(*x); }
    D0() { MSI(); }
    exists (1:r0=1 /\\ 1:r1=0 /\\ 2:r0=0)`,
    platform("x86"),
  );
  expect(oracle).toBe(false);
  expect(machine).toBe(oracle);
});

test("what two runs of a device's handler send with one statement are two transactions", () => {
  // An address that is computed is out of the oracle's reach here: it might be the register's.
  const of = program(`{ mmio int D0.a; dma(streaming) int x[2]; }
    P0() { writel(0, D0.a); writel(1, D0.a); }
    P1(int *x) { int r0 = READ_ONCE(x[1]); rmb(); int r1 = READ_ONCE(x[0]); }
    D0(int *x) on write(D0.a) { int r0 = D0.a; DMA_WRITE(x[r0], 1); }
    exists (1:r0=1 /\\ 1:r1=0 /\\ x[0]=1)`);
  expect(look(of, platform("sn2-pic"), "verdict", "full").satisfiable).toBe(true);
  expect(look(of, platform("pcie"), "verdict", "full").satisfiable).toBe(false);
});

test("a load takes its value from an own store through a pointer", () => {
  const { oracle, machine } = compare(
    `{ int *p = &x; }
    P0(int **p, int *x, int *y) { int *r0 = READ_ONCE(*p); WRITE_ONCE(*r0, 2); int r1 = READ_ONCE(*x); int r2 = READ_ONCE(*y); }
    P1(int *x, int *y) { WRITE_ONCE(*y, 1); smp_mb(); int r3 = READ_ONCE(*x); }
    exists (0:r1=2 /\\ 0:r2=0 /\\ 1:r3=0)`,
    platform("x86"),
  );
  expect(oracle).toBe(true);
  expect(machine).toBe(oracle);
});

test("a device's packet to a computed address has that address's mapping", () => {
  const { oracle, machine } = compare(
    `{ dma(streaming) int data; dma(coherent) int cq; dma(coherent) int *p = &cq; }
    D0(int *data, int *cq, int **p) { int *r0 = DMA_READ(*p); DMA_WRITE(*data, 1); DMA_WRITE(*r0, 1); }
    P0(int *cq, int *data) { int r0 = READ_ONCE(*cq); rmb(); int r1 = READ_ONCE(*data); }
    exists (0:r0=1 /\\ 0:r1=0)`,
    platform("arm64+sn2-pic"),
  );
  expect(oracle).toBe(false);
  expect(machine).toBe(oracle);
});

test("a handler may run again while its packets are under way", () => {
  const { oracle, machine } = compare(
    `{ mmio int D0.a; }
    P0() { writel(1, D0.a); writel(1, D0.a); }
    D0() { }
    D1(int *x) in(D0) on write(D0.a) { DMA_WRITE(*x, 3); int r0 = DMA_READ(*x, TC(1)); }
    exists (D1:r0=0)`,
    platform("x86"),
  );
  expect(oracle).toBe(true);
  expect(machine).toBe(oracle);
});

test("an address that comes late is held against a handler that was taken behind it", () => {
  const { oracle, machine } = compare(
    `{ }
    P0(int **p, int *y) { WRITE_ONCE(*p, y); int *r0 = READ_ONCE(*p); WRITE_ONCE(*r0, 3); }
    P1(int *y) on msi(D0) cpu(0) { int r1 = *y; WRITE_ONCE(*y, 2); }
    D0() { MSI(); }
    exists (y=2 /\\ 1:r1=0)`,
    platform("riscv"),
  );
  expect(oracle).toBe(false);
  expect(machine).toBe(oracle);
});

test("a reduced search takes the handlers of one CPU in either order", () => {
  const of = program(
    `{ }
    P0(int *x) { smp_store_release(x, 3); }
    P1(int *x) on intx(D0) cpu(0) { WRITE_ONCE(*x, 0); }
    P2(int *x) on msi(D0) cpu(0) { int r0 = *x; }
    D0(int *x) { int r0 = DMA_READ(*x); if (r0) { MSI(); } INTX(); }
    locations [2:r0; D0:r0;]
    exists (2:r0=0 /\\ D0:r0=3)`,
  );
  expect(look(of, platform("portable"), "states", "none").satisfiable).toBe(true);
  expect(look(of, platform("portable"), "states", "full").satisfiable).toBe(true);
  expect(look(of, platform("portable"), "verdict", "full").satisfiable).toBe(true);
});

test("a handler that waits for another of its CPU is no way out of a reduced search", () => {
  const of = program(
    `{ mmio(wc) int D0.b; }
    P0(int *x) { int r0 = READ_ONCE(*x); }
    P1() on msi(D0) cpu(0) { writel(3, D0.b); }
    P2(int *x) on msi(D0) cpu(0) { int r0 = atomic_add_return_release(3, x); int r1 = readl(D0.b); }
    D0(int *x) { MSI(); }
    locations [0:r0; 2:r1;]
    exists (0:r0=3 /\\ 2:r1=3)`,
  );
  for (const reduce of ["none", "full"] as const) expect(look(of, platform("mips+zx1"), "states", reduce).satisfiable).toBe(true);
});

test("a handler that runs again has one message of each store at a time", () => {
  const { oracle, machine } = compare(
    `{ }
    P0(int *x) { smp_store_release(x, 5); }
    P1(int *x) on msi(D0) { atomic_inc(x); WRITE_ONCE(*x, 3); }
    D0() { MSI(); MSI(); }
    exists (x=4)`,
    platform("portable"),
  );
  expect(oracle).toBe(false);
  expect(machine).toBe(oracle);
});

test("a conditional atomic that stores nothing is no store to fences", () => {
  const { oracle, machine } = compare(
    `{ }
    P0(int *x, int *y) { int r0 = cmpxchg_relaxed(x, 5, 1); smp_wmb(); WRITE_ONCE(*y, 1); }
    P1(int *x, int *y) { int r1 = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, 1); }
    exists (0:r0=1 /\\ 1:r1=1)`,
    platform("arm64"),
  );
  expect(oracle).toBe(true);
  expect(machine).toBe(oracle);
});

test("of an atomic, each half asks for the first rule that matches", () => {
  const base = platform("mips+pcie");
  const rule = { id: "may", older: ["read"], younger: ["read", "write"], when: [], pass: "may", source: "test" } as const;
  const { oracle, machine } = compare(
    `{ }
    P0(int *x, int *y) { int r0 = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, 1); }
    P1(int *x, int *y) { int r0 = READ_ONCE(*x); int r1 = xchg_relaxed(y, 1); }
    exists (0:r0=1 /\\ 1:r0=1)`,
    { ...base, cpu: { ...base.cpu, window: [rule, ...base.cpu.window] } },
  );
  expect(oracle).toBe(true);
  expect(machine).toBe(oracle);
});

test("an interrupt may be taken between a store and the fence behind it", () => {
  const { oracle, machine } = compare(
    `{ }
    P0(int *x, int *z) { WRITE_ONCE(*x, 1); smp_mb(); int r0 = READ_ONCE(*z); }
    P1(int *x, int *y) on msi(D0) cpu(0) { int r1 = READ_ONCE(*x); smp_rmb(); int r2 = READ_ONCE(*y); }
    P2(int *x, int *y) { WRITE_ONCE(*y, 1); smp_mb(); int r3 = READ_ONCE(*x); }
    D0() { MSI(); }
    exists (1:r1=1 /\\ 1:r2=0 /\\ 2:r3=0)`,
    platform("arm64"),
  );
  expect(oracle).toBe(true);
  expect(machine).toBe(oracle);
});

test("a reduced search does not take only ways that are discarded later", () => {
  const of = program(
    `{ }
    P0(int **p, int *y) { WRITE_ONCE(*p, y); int *r0 = READ_ONCE(*p); int r1 = READ_ONCE(*r0); int r2 = READ_ONCE(*y); }
    exists (0:r1=0)`,
  );
  expect(look(of, platform("arm64"), "states", "none").satisfiable).toBe(true);
  expect(look(of, platform("arm64"), "states", "full").satisfiable).toBe(true);
});

test("where caches do not snoop, a reduced search ends as an unreduced one", () => {
  const of = program(
    `{ dma(streaming) int x; }
    P0(int *x) { WRITE_ONCE(*x, 2); }
    D0(int *y) { int r0 = DMA_READ(*y); }
    locations [x;]
    exists (true)`,
  );
  const on = platform("arm64-noncoherent");
  expect(look(of, on, "states", "full").ends).toEqual(look(of, on, "states", "none").ends);
});

test("the witness of a reduced search is a run where stores reach CPUs one by one", () => {
  const of = program(
    `{ }
    P0(int *z) { smp_store_release(z, 1); }
    P1(int *y, int *z) { *z = 2; }
    exists (true)`,
  );
  const machine = buildMachine(of, platform("alpha"));
  const stepper = createStepper(machine);
  const state = machine.initial.slice();
  const steps: number[] = [];
  for (const step of look(of, platform("alpha"), "verdict", "full").witness ?? []) {
    const count = stepper.steps(state, steps);
    expect(steps.slice(0, count)).toContain(step);
    stepper.apply(state, step);
  }
});

test("a verdict is vacuous where no run ends", () => {
  const of = program(
    `{ mmio int D0.a; }
    P0(int *x) { int r0 = READ_ONCE(*x); }
    D0() { WAIT(D0.a == 1); }
    exists (0:r0=1)`,
  );
  expect(look(of, platform("x86"), "states", "none").someRunEnds).toBe(false);
  expect(check(of, platform("x86")).vacuous).toBe(true);
});

test("ends that differ in what arrived first are two", () => {
  const of = program(
    `{ mmio int D0.a; mmio int D1.a; }
    P0() { writel(1, D0.a); writel(1, D1.a); }
    D0() { }
    D1() { }
    exists (order(D0.a=1, D1.a=1))`,
  );
  expect(
    look(of, platform("x86"), "states", "none")
      .ends.map((end) => end.satisfies)
      .sort(),
  ).toEqual([false, true]);
});

describe("what raises a handler, and what is told, is counted", () => {
  const ends = (text: string, on: string): string => {
    const of = program(text);
    const answer = consult(of, platform(on));
    if (answer.kind !== "ends") throw new Error(answer.kind);
    const found = look(of, platform(on), "states", "none");
    expect(found.ends.map(({ values }) => values.join())).toEqual(answer.ends.map(({ values }) => values.join()));
    expect(found.deadlocks).toBe(0);
    return found.ends.map(({ values }) => values.join()).join(" | ");
  };

  test("four writes run it four times, five reads five times", () => {
    const count = "D0() on write(D0.a) { int r0; ATOMIC { r0 = D0.n; D0.n = r0 + 1; } }";
    const writes = "writel(1, D0.a); writel(1, D0.a); writel(1, D0.a); writel(1, D0.a);";
    expect(ends(`{ mmio int D0.a; mmio int D0.n; } P0() { ${writes} } ${count} locations [D0.n;] exists (true)`, "x86")).toBe("4");
    const reads = "int r0 = readl(D0.a); int r1 = readl(D0.a); int r2 = readl(D0.a); int r3 = readl(D0.a); int r4 = readl(D0.a);";
    const read = count.replace("write(", "read(");
    expect(ends(`{ mmio int D0.a; mmio int D0.n; } P0() { ${reads} } ${read} locations [D0.n;] exists (true)`, "x86")).toBe("5");
  });

  test("the fourth word told is heard", () => {
    const four = (word: string): string => Array(4).fill(word).join(" ");
    expect(
      ends(`{ } D0() { ${four("TELL(D1);")} } D1(int *x) { ${four("HEAR(D0);")} DMA_WRITE(*x, 1); } locations [x;] exists (true)`, "x86"),
    ).toBe("1");
  });

  test("a loop that may be further ahead names the bound", () => {
    const { byDefault, bounds } = check(
      program(
        `{ mmio int D0.a; } P0(int *x) { while (READ_ONCE(*x) == 0) { writel(1, D0.a); } } D0(int *x) on write(D0.a) { DMA_WRITE(*x, 1); } exists (x=2)`,
      ),
      platform("x86"),
    );
    expect(byDefault).toBe("forbidden");
    expect(bounds).toContain("D0: no more than 3 of what raises the handler wait for it at a time");
  });

  test("what two runs of a handler stored may be seen in part, by each as he likes", () => {
    // The handler stores twice to x; P1 has seen the second, P2 not even the first, though it sees what P1 then stores without a barrier.
    const text = `{ mmio int D0.a; }
      D0() { MSI(); WAIT(D0.a == 1); MSI(); }
      P0(int *x) on msi(D0) { int r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); writel_relaxed(1, D0.a); }
      P1(int *x, int *y) { int r0 = READ_ONCE(*x); WRITE_ONCE(*y, r0); }
      P2(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); }
      exists (x=2 /\\ 1:r0=2 /\\ 2:r0=2 /\\ 2:r1=0)`;
    const { oracle, machine } = compare(text, platform("portable"));
    expect(oracle).toBe(true);
    expect(machine).toBe(true);
  });
});

test("a read is no word of a burst, nor is what a device writes", () => {
  const { oracle, machine } = compare(
    `{ mmio(combining, at=0) int D0.a; mmio(combining, at=4, no_burst) int D0.b; }
    P0() { writesl(D0.a, 1, 1); int r0 = readl(D0.b); }
    D0() { D0.b = 1; int r0 = D0.a; }
    exists (0:r0=0 /\\ D0:r0=0)`,
    platform("mips+pci21"),
  );
  expect(oracle).toBe(false);
  expect(machine).toBe(oracle);
  const portable = platform("portable");
  const inOrder = portable.fabric.tables.down?.map((cell) => ({ ...cell, pass: "no" as const })) ?? [];
  const peers = compare(
    `{ mmio(combining, at=0) int D0.a; mmio(combining, at=4, no_burst) int D0.b; }
    D0() { }
    D1() { DMA_WRITE(D0.a, 1); DMA_WRITE(D0.b, 1); }
    exists (D0.b=0)`,
    { ...portable, fabric: { ...portable.fabric, tables: { ...portable.fabric.tables, down: inOrder } } },
  );
  expect(peers.oracle).toBe(false);
  expect(peers.machine).toBe(false);
});

describe("what a compiler moves", () => {
  const verdict = (first: string, second: string): boolean => {
    const { oracle, machine } = compare(
      `{ mmio int D0.a; }
      P0(int *x, int *y) { ${first} ${second} }
      P1(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); }
      exists (1:r0=1 /\\ 1:r1=0)`.replace("{ mmio", "compiler=on\n{ mmio"),
      platform("x86"),
    );
    expect(machine).toBe(oracle);
    return machine;
  };

  test("nothing across a release, which on x86 is a store and a barrier for the compiler", () => {
    expect(verdict("*x = 1;", "smp_store_release(y, 1);")).toBe(false);
    expect(verdict("*x = 1;", "rcu_assign_pointer(*y, 1);")).toBe(false);
    expect(verdict("*x = 1;", "WRITE_ONCE(*y, 1);")).toBe(true);
  });

  test("what stands between stops it, or not", () => {
    expect(verdict("*x = 1; writel(1, D0.a);", "*y = 1;")).toBe(false);
    expect(verdict("*x = 1; writel_relaxed(1, D0.a);", "*y = 1;")).toBe(true);
    expect(verdict("*x = 1; writesl(D0.a, 1, 1);", "*y = 1;")).toBe(true);
    expect(verdict("*x = 1; barrier();", "*y = 1;")).toBe(false);
    expect(verdict("*x = 1; int r9 = smp_load_acquire(y);", "*y = 1;")).toBe(false);
  });
});

test("a thread that comes to another CPU drains what was written there", () => {
  const { oracle, machine } = compare(
    `{ mmio int D0.a; mmio int D0.b; }
    D0() { }
    P0(int *x, int *y) { MIGRATE(1); int r0 = READ_ONCE(*x); if (r0) { mmiowb(); smp_mb(); WRITE_ONCE(*y, 1); } }
    P1(int *x) { writel(1, D0.a); smp_mb(); WRITE_ONCE(*x, 1); }
    P2(int *y) { int r0 = READ_ONCE(*y); if (r0) { writel(1, D0.b); } }
    exists (order(D0.b=1, D0.a=1))`,
    platform("sn2-pic"),
  );
  expect(oracle).toBe(false);
  expect(machine).toBe(oracle);
});

test("a location that only the filter names is looked at", () => {
  const of = program(
    `{ mmio int D0.a; }
    P0() { writel(1, D0.a); }
    D0() { D0.a = 2; }
    filter (D0.a=2)
    exists (true)`,
  );
  for (const mode of ["states", "verdict"] as const) expect(look(of, platform("x86"), mode, "full").satisfiable).toBe(true);
});

test("a word that may pass the first of its burst leaves with it, or alone", () => {
  const portable = platform("portable");
  const down = portable.fabric.tables.down?.map((cell) => ({ ...cell, pass: "may" as const })) ?? [];
  const on = { ...portable, fabric: { ...portable.fabric, tables: { ...portable.fabric.tables, down } } };
  const text = `{ mmio(combining, at=0) int D0.a; mmio(combining, at=4, no_burst) int D0.b; }
    D0() { }
    P0() { writel(1, D0.a); writel(1, D0.b); }
    locations [D0.b;]
    exists (D0.b=0)`;
  const { oracle, machine } = compare(text, on);
  expect(oracle).toBe(true);
  expect(machine).toBe(oracle);
  expect(look(program(text), on, "states", "full").ends.map(({ values }) => values.join())).toEqual(["0", "1"]);
});

describe("atomics in halves, and the architecture's models", () => {
  /** What the models of LKMM and Armv8 say of each, and herd7 with them. */
  const allowed = (text: string, ...on: readonly string[]): readonly boolean[] =>
    on.map((name) => {
      const { oracle, machine } = compare(text, platform(name));
      expect(machine).toBe(oracle);
      return machine;
    });

  test("reading does not wait for what will be stored", () => {
    const failed = `{ }
      P0(int *x, int *z) { smp_store_release(z, 2); int r0 = xchg_release(x, 2); }
      P1(int *x, int *z) { int r0 = atomic_fetch_add_release(1, x); int r1 = cmpxchg(z, 1, 2 + (r0 ^ r0)); }
      exists (1:r0=2 /\\ 1:r1=0)`;
    expect(allowed(failed, "arm64", "portable", "riscv")).toEqual([true, true, true]);
    const passedOn = (call: string): string => `{ }
      P0(int *x, int *w) { int r0 = READ_ONCE(*w); WRITE_ONCE(*x, 1 + (r0 ^ r0)); }
      P1(int *x, int *z, int *w) { int r0 = READ_ONCE(*x); int r1 = ${call}; WRITE_ONCE(*(w + (r1 ^ r1)), 1); }
      exists (0:r0=1 /\\ 1:r0=1)`;
    expect(allowed(passedOn("xchg_relaxed(z, 1 + (r0 ^ r0))"), "arm64", "portable", "riscv")).toEqual([true, true, true]);
    // What an addition returns waits for what it adds: one computation, in herd7.
    for (const call of ["atomic_fetch_add_relaxed", "atomic_add_return_relaxed"])
      expect(allowed(passedOn(`${call}(1 + (r0 ^ r0), z)`), "arm64", "portable", "riscv")).toEqual([false, false, false]);
  });

  test("nor for what a comparison expects, which decides only whether it stores", () => {
    const text = `{ }
      P0(int *x, int *z) { smp_store_release(z, 2); int r0 = xchg_release(x, 2); }
      P1(int *x, int *z) { int r0 = atomic_fetch_add_release(1, x); int r1 = cmpxchg(z, 1 + (r0 ^ r0), 2); }
      exists (1:r0=2 /\\ 1:r1=0)`;
    expect(allowed(text, "arm64", "portable", "riscv")).toEqual([true, true, true]);
    const passedOn = (call: string): string => `{ z = 1; }
      P0(int *x, int *w) { int r0 = READ_ONCE(*w); WRITE_ONCE(*x, 1 + (r0 ^ r0)); }
      P1(int *x, int *z, int *w) { int r0 = READ_ONCE(*x); int r1 = ${call}; WRITE_ONCE(*(w + (r1 ^ r1)), 1); }
      exists (0:r0=1 /\\ 1:r0=1)`;
    expect(allowed(passedOn("cmpxchg_relaxed(z, 1 + (r0 ^ r0), 2)"), "arm64", "portable", "riscv")).toEqual([true, true, true]);
    expect(allowed(passedOn("cmpxchg_relaxed(z, 2 + (r0 ^ r0), 2)"), "arm64", "portable", "riscv")).toEqual([true, true, true]);
    // Whether it stored hangs on what it compared with.
    expect(allowed(passedOn("atomic_add_unless(z, 1, 1 + (r0 ^ r0))"), "arm64", "portable", "riscv")).toEqual([false, false, false]);
  });

  test("what a compare stores may be read before it has read, where it stores", () => {
    const text = `{ }
      P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); }
      P1(int *x, int *y) { int r1 = cmpxchg_relaxed(y, 1, 2); int r2 = READ_ONCE(*y); int r3 = READ_ONCE(*(x + (r2 ^ r2))); }
      exists (1:r1=1 /\\ 1:r2=2 /\\ 1:r3=0)`;
    expect(allowed(text, "arm64", "portable", "riscv")).toEqual([true, true, false]);
  });

  test("a loop's round waits for its comparisons", () => {
    const text = `{ z = 1; }
      P0(int *x, int *z) { int r0 = READ_ONCE(*x); int r1 = 0; while (r1 == 0) { r1 = cmpxchg_relaxed(z, 1 + (r0 ^ r0), 2); } }
      P1(int *x) { WRITE_ONCE(*x, 1); }
      exists (0:r0=1 /\\ 0:r1=1)`;
    for (const on of ["arm64", "portable", "ppc64"]) {
      const ends = (reduce: "full" | "none"): string => listEnds(look(program(text), platform(on), "states", reduce).ends);
      expect(ends("full")).toBe(ends("none"));
      expect(look(program(text), platform(on), "states", "full").satisfiable).toBe(true);
    }
  });

  test("what an exchange stores may be read before the exchange has read", () => {
    const text = `{ }
      P0(int *x, int *y) { int r0 = xchg_relaxed(y, 2); int r1 = READ_ONCE(*y); WRITE_ONCE(*(x + (r1 ^ r1)), 1); }
      P1(int *x, int *y) { int r1 = READ_ONCE(*x); WRITE_ONCE(*y, 1 + (r1 ^ r1)); }
      exists (1:r1=1 /\\ 0:r0=1)`;
    expect(allowed(text, "arm64", "portable", "riscv")).toEqual([true, true, false]);
    // What an addition stores, nobody knows before.
    expect(allowed(text.replace("xchg_relaxed(y, 2)", "atomic_fetch_add_relaxed(2, y)"), "arm64", "portable")).toEqual([false, false]);
  });

  test("a rule for accesses of one location holds where addresses are computed", () => {
    const text = `{ }
      P0(int *x, int *y) { int r0 = atomic_fetch_add_release(1, y); int r1 = smp_load_acquire(x); }
      P1(int *x, int *y) { int r0 = cmpxchg_acquire(x, 0, 1); int r2 = xchg_acquire(x + (r0 ^ r0), 2); WRITE_ONCE(*y, 2); }
      exists (0:r0=2 /\\ 0:r1=0)`;
    expect(allowed(text, "arm64")).toEqual([false]);
  });
});

test("what an addition gives is not known while what it adds is not", () => {
  const of = program(
    `{ z = 5; }
    P0(int *x, int *z) { int r1 = READ_ONCE(*x); int r0 = atomic_fetch_add_relaxed(1 + (r1 ^ r1), z); }
    P1(int *x, int *z) { int r2 = READ_ONCE(*z); WRITE_ONCE(*x, 1 + (r2 ^ r2)); }
    exists (0:r0=5 /\\ 0:r1=1 /\\ 1:r2=5)`,
  );
  for (const on of ["arm64", "portable", "riscv"])
    for (const mode of ["states", "verdict"] as const) expect(look(of, platform(on), mode, "full").satisfiable).toBe(true);
});

test("on Power an atomic takes along what barriers put before the store that it read, and not that store", () => {
  const of = (text: string): boolean => look(program(text), platform("ppc64"), "states", "none").satisfiable;
  // Without a barrier before the atomic nothing keeps y=1 behind what the atomic read.
  expect(
    of(`{ }
    P0(int *x, int *y) { int r0 = READ_ONCE(*x); smp_store_release(y, 1); }
    P1(int *x, int *y) { int r0 = READ_ONCE(*y); WRITE_ONCE(*x, 2 + (r0 ^ r0)); }
    P2(int *y) { int r0 = atomic_fetch_add_acquire(2, y); }
    P3(int *y) { WRITE_ONCE(*y, 2); }
    exists (0:r0=2 /\\ 1:r0=4 /\\ y=4)`),
  ).toBe(true);
  // A release sequence.
  expect(
    of(`{ }
    P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_store_release(y, 1); }
    P1(int *y) { int r0 = atomic_fetch_add_relaxed(1, y); }
    P2(int *x, int *y) { int r0 = READ_ONCE(*y); int r1 = READ_ONCE(*(x + (r0 ^ r0))); }
    exists (2:r0=2 /\\ 2:r1=0)`),
  ).toBe(false);
});

describe("a barrier that counts beside a lock or an atomic waits for no branch", () => {
  const holds = (between: string, behind = "WRITE_ONCE(*x, 1);"): boolean =>
    look(
      program(
        `{ spinlock_t l; }
        P0(int *x, int *y, spinlock_t *l) { ${between} smp_mb__after_spinlock(); ${behind} }
        P1(int *x, int *y) { int r0 = READ_ONCE(*x); WRITE_ONCE(*(y + (r0 ^ r0)), 1); }
        exists (0:r0=1 /\\ 1:r0=1)`,
      ),
      platform("portable"),
      "states",
      "none",
    ).satisfiable;

  test("between its lock and itself", () => {
    expect(holds("int r0 = READ_ONCE(*y); if (r0) { }")).toBe(true);
    expect(holds("spin_lock(l); int r0 = READ_ONCE(*y); if (r0) { }", "WRITE_ONCE(*x, 1); spin_unlock(l);")).toBe(true);
  });

  test("what it orders, and what a branch controls, it waits for", () => {
    expect(holds("int r0 = READ_ONCE(*y); if (r0) { } spin_lock(l);", "WRITE_ONCE(*x, 1); spin_unlock(l);")).toBe(false);
    expect(holds("int r0 = READ_ONCE(*y);", "if (r0) { WRITE_ONCE(*x, 1); }")).toBe(false);
  });
});

describe("store-conditionals of one CPU are in coherence order", () => {
  const allowed = (text: string): boolean => look(program(text), platform("ppc64"), "states", "none").satisfiable;
  const kept = (text: string): number =>
    keptConditionals(platform("ppc64"), buildMachine(program(text), platform("ppc64")).instructions).length;
  const two = `{ }
    P0(int *x, int *y) { int r1 = atomic_fetch_add_relaxed(1, x); int r2 = cmpxchg_relaxed(y, 0, 1); }
    P1(int *x, int *y) { int r0 = cmpxchg_relaxed(y, 1, 2); int r3 = atomic_fetch_add(1, x); }
    exists (1:r0=1 /\\ 1:r3=0)`;
  const three = `{ }
    P0(int *x, int *y) { int r1 = xchg_relaxed(x, 1); int r2 = xchg_relaxed(y, 1); }
    P1(int *y, int *z) { int r1 = xchg_relaxed(y, 2); int r2 = xchg_relaxed(z, 1); }
    P2(int *x, int *z) { int r1 = xchg_relaxed(z, 2); int r2 = xchg_relaxed(x, 2); }
    exists (0:r1=2 /\\ 1:r1=1 /\\ 2:r1=1)`;

  test("of two CPUs, and of three", () => {
    expect(allowed(two)).toBe(false);
    expect(allowed(three)).toBe(false);
  });

  test("and of these alone: a plain store may go either way, and the later one may be read before the earlier is there", () => {
    expect(allowed(three.replace("int r1 = xchg_relaxed(x, 1)", "WRITE_ONCE(*x, 1)").replace("0:r1=2", "x=1"))).toBe(true);
    const read = `{ }
      P0(int *x, int *y, int *z) { int r0 = READ_ONCE(*y); int r1 = xchg_relaxed(x, 1 + (r0 ^ r0)); int r2 = xchg_relaxed(z, 1); }
      P1(int *y, int *z, int *x) { int r0 = READ_ONCE(*z); int r1 = xchg_relaxed(y, 1 + (r0 ^ r0)); int r2 = xchg_relaxed(x, 2); }
      exists (0:r0=1 /\\ 0:r1=0 /\\ 1:r0=1)`;
    expect(kept(read)).toBe(0);
    expect(allowed(read)).toBe(true);
  });

  test("looked after where a circle has a pair without a barrier", () => {
    expect(kept(two)).toBe(4);
    expect(kept(two.replaceAll("_relaxed(1, x)", "(1, x)"))).toBe(0);
    expect(
      kept(two.replace("P1(int *x, int *y) { int r0 = cmpxchg_relaxed(y, 1, 2); ", "P1(int *x, int *y) { int r0 = READ_ONCE(*y); ")),
    ).toBe(0);
  });
});

test("a forbidden names that a compare waits, where a platform does not say what one does that stores nothing", () => {
  const text = `{ }
    P0(int *x, int *z) { WRITE_ONCE(*z, 2); smp_mb(); WRITE_ONCE(*x, 2); }
    P1(int *x, int *z) { int r0 = READ_ONCE(*x); int r1 = cmpxchg_relaxed(z, 1 + (r0 ^ r0), 2); smp_mb(); }
    exists (1:r0=7)`;
  const bounds = (on: string): readonly string[] => check(program(text), platform(on)).bounds;
  expect(bounds("alpha")).toContain("P1: a compare reads only when what it expects is known");
  for (const on of ["arm64", "portable", "riscv", "ppc64", "x86"]) expect(bounds(on)).toEqual([]);
});
