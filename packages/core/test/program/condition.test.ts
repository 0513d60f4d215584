import { describe, expect, test } from "vitest";
import { listing, lower, problems } from "./listing.js";

const end = (threads: string, init = ""): string =>
  listing(threads, init)
    .split("\n")
    .filter((line) => /^(exists|~exists|forall|filter|observed)/.test(line))
    .join("\n");

describe("conditions", () => {
  test.each([
    ["registers and locations", "P0(int *x) { int r0 = 1; }\nexists (0:r0=1 /\\ x=0)", "exists P0:r0=1 /\\ [x]=0\nobserved 0:r0 [x]"],
    [
      "addresses on the right",
      "P0(int *x, int *y) { int r0 = x; }\nexists (0:r0=x \\/ y=x)",
      "exists P0:r0=&x \\/ [y]=&x\nobserved 0:r0 [y]",
    ],
    ["registers on both sides", "P0() { int r0 = 1; } P1() { int r0 = 1; }\nforall (0:r0=1:r0)", "forall P0:r0=P1:r0\nobserved 0:r0 1:r0"],
    ["negation", "P0(int *x) { }\n~exists (~(x=1 /\\ not (x=2)))", "~exists ~([x]=1 /\\ ~[x]=2)\nobserved [x]"],
    [
      "locations and filter",
      "P0(int *x, int *y) { int r0 = 1; }\nlocations [y; 0:r0;]\nfilter (y=1)\nexists (x=1)",
      "filter [y]=1\nexists [x]=1\nobserved [x] [y] 0:r0",
    ],
    ["none", "P0(int *x) { }\nlocations [x;]\nexists (true)", "exists true\nobserved [x]"],
  ])("%s", (_, threads, expected) => {
    expect(end(threads)).toBe(expected);
  });

  test("arrays", () => {
    expect(end("P0(int *a) { }\nlocations [a; b[1];]\nexists (a[1]=2 /\\ a=1)", "int a[2]; int b[2];")).toBe(
      "exists [a[1]]=2 /\\ [a[0]]=1\nobserved [a[1]] [a[0]] [b[1]]",
    );
  });

  test("the contents of two locations, and of whole arrays", () => {
    const threads = "P0(int *x, int *y) { }\nexists ([x]=[y] \\/ x=*y \\/ a={1,x} \\/ a!={0,0})";
    expect(end(threads, "int a[2];")).toBe(
      "exists (([x]=[y] \\/ [x]=[y]) \\/ ([a[0]]=1 /\\ [a[1]]=&x)) \\/ ~([a[0]]=0 /\\ [a[1]]=0)\nobserved [x] [y] [a[0]] [a[1]]",
    );
    expect(problems("P0(int *x) { }\nexists (x={0} \\/ a={1})", "int a[2];")).toEqual([
      'condition "x={0}": only an array is compared with a list',
      'condition "a={1}": the array has 2 elements, the list 1',
    ]);
  });

  test("of devices", () => {
    expect(
      end("D0() { int r0 = 1; }\nexists (D0:r0=1 /\\ D0.a=2 /\\ a=2 /\\ order(D0.b=1, D0.a=2))", "mmio int D0.a; mmio int D0.b;"),
    ).toBe("exists ((D0:r0=1 /\\ [D0.a]=2) /\\ [D0.a]=2) /\\ order(D0.b=1, D0.a=2)\nobserved D0:r0 [D0.a] order(D0.b=1, D0.a=2)");
  });

  test("that speak of nothing", () => {
    expect(
      problems(
        "P0(int *x) { int r1 = 1; }\nexists (0:r2=1 /\\ y=1 /\\ 3:r0=1 /\\ D0.b=1 /\\ x[1]=0 /\\ order(D0.c=1, D0.a=1))",
        "mmio int D0.a;",
      ),
    ).toEqual([
      'warning condition "0:r2": P0 does not set `r2`: it reads as 0 (did you mean `r1`?)',
      'warning condition "y": no thread and no declaration names `y`: it stays 0 (did you mean `x`?)',
      'condition "3:r0": there is no thread `P3` (the threads are P0)',
      'condition "D0.b": there is no `D0.b` (did you mean `D0.a`?)',
      'condition "x[1]": `x` has no element 1 (it is no array)',
      'condition "D0.c=1": there is no register `D0.c` (did you mean `D0.a`?)',
    ]);
  });
});

describe("what can never happen is warned of", () => {
  test.each([
    [
      "D0() { MSI(2); }\nP0() on msi(D0) { int r = 1; }\nexists (0:r=1)",
      "D0 never sends an MSI of vector 0: P0 never runs (it sends vector 2: `on msi(D0, 2)`)",
    ],
    [
      "D0() { INTX(); }\nP0() on msi(D0, 1) { int r = 1; }\nexists (0:r=1)",
      "D0 never sends an MSI of vector 1: P0 never runs (write `MSI(1);` in D0)",
    ],
    [
      "D0() { MSI(); }\nP0() on intx(D0) { int r = 1; }\nexists (0:r=1)",
      "D0 never raises its interrupt pin: P0 never runs (write `INTX();` in D0)",
    ],
    [
      "D0() on write(D0.a) { int r = 1; }\nexists (D0:r=1)",
      "nothing writes `D0.a`: D0 never runs (write `writel(1, D0.a);` in a CPU thread)",
    ],
    [
      "P0() { writel(1, D0.a); }\nD0() { }\nexists (order(D0.a=1, D0.b))",
      "nothing reads `D0.b`: without a value, the arrival of a read is meant",
    ],
    [
      "P0() { writel(1, D0.a); writel(1, D0.b); }\nD0() { }\nexists (order(D0.a=1, D0.b=2))",
      "nothing writes 2 to `D0.b` (what is written is 1)",
    ],
    ["P0() { writel(1, D0.a); }\nD0() { }", "the test asks nothing: it has no condition (write `exists (0:r0=1)` behind the threads)"],
  ])("%s", (threads, expected) => {
    const { source, outcome } = lower(`C t\n{ mmio int D0.a; mmio int D0.b; }\n${threads}`);
    expect(
      outcome.ok && outcome.problems.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`)),
      source.text,
    ).toEqual([expected]);
  });

  test("and nothing else", () => {
    const threads = `P0() { int r = readl(D0.b); writel(r, D0.a); }\nP1() on msi(D0, 1) { }
D0() { MSI(1); }\nD1() on write(D1.c) { }\nD2() { DMA_WRITE(D1.c, 3); }\nexists (order(D0.a=7, D0.b) /\\ order(D1.c=3, D0.b))`;
    const { outcome } = lower(`C t\n{ mmio int D0.a; mmio int D0.b; mmio int D1.c; }\n${threads}`);
    expect(outcome.problems).toEqual([]);
  });
});
