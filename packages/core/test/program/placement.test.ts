import { describe, expect, test } from "vitest";
import { listing, problems, program } from "./listing.js";

const devices = (init: string, threads = "P0() { }"): string[] =>
  listing(threads, init)
    .split("\n")
    .filter((line) => line.startsWith("  device"))
    .map((line) => line.slice(9));

describe("devices", () => {
  test("each has a slot and a root port of its own", () => {
    expect(devices("mmio int D1.a;", "D0() { } P0() { }")).toEqual([
      "D0: node 0 bridge 0 port 0 slot 0 function 0",
      "D1: node 0 bridge 0 port 1 slot 1 function 0",
    ]);
  });

  test("also where another takes its number", () => {
    expect(devices("device D0(slot=1, port=1); device D1; device D2;")).toEqual([
      "D0: node 0 bridge 0 port 1 slot 1 function 0",
      "D1: node 0 bridge 0 port 2 slot 2 function 0",
      "D2: node 0 bridge 0 port 3 slot 3 function 0",
    ]);
  });

  test("functions of a card", () => {
    expect(devices("device D0(card=D2); device D1(card=D2); device D2(slot=5, node=1); device D3(card=D2, function=7);")).toEqual([
      "D0: node 1 bridge 0 port 2 slot 5 function 1 card D2",
      "D1: node 1 bridge 0 port 2 slot 5 function 2 card D2",
      "D2: node 1 bridge 0 port 2 slot 5 function 0",
      "D3: node 1 bridge 0 port 2 slot 5 function 7 card D2",
    ]);
  });

  test("a switch hangs below one port", () => {
    expect(devices("device D0(switch=0); device D1(switch=0); device D2;")).toEqual([
      "D0: node 0 bridge 0 port 0 slot 0 function 0 switch 0",
      "D1: node 0 bridge 0 port 0 slot 1 function 0 switch 0",
      "D2: node 0 bridge 0 port 2 slot 2 function 0",
    ]);
  });

  test("engines share the device", () => {
    const lowered = program("D0(int *x) { D0.a = 1; } D1(int *x) in(D0) { D0.a = 2; } P0() { }", "mmio int D0.a;");
    expect(lowered.devices.map((device) => device.name)).toEqual(["D0"]);
    expect(lowered.threads.map((thread) => thread.device)).toEqual([0, 0, -1]);
  });

  test("mistakes", () => {
    expect(
      problems(
        "D0() { } D1() in(D7) { } P0() in(D0) { }",
        "device D0(slots=1, slot=a); device D1(slot=2); dma(fast, mask=0, for=D9) int x; mmio(wb) int D0.a; int y[2]={1,2,3};",
      ),
    ).toEqual([
      'unknown-attribute "slots=1": a device has no attribute `slots` (did you mean `slot`?)',
      'arguments "slot=a": `slot` takes a number (write `slot=0`)',
      'misplaced "device D1(slot=2)": `D1` is no device of its own (devices are named D0, D1, …)',
      'unknown-attribute "fast": `dma` has no attribute `fast` (there are streaming, coherent, consistent, write_barrier, dmaflush, dmasync, dma_barrier, weak_ordering, relaxed_ordering, prefetch, mask, for)',
      'arguments "mask=0": `mask` takes a number of bits, 1 to 64 (write `mask=32`)',
      'unknown-name "for=D9": there is no device `D9` (did you mean `D0`?)',
      'unknown-attribute "wb": `mmio` has no attribute `wb` (did you mean `wc`?)',
      'arguments "int y[2]={1,2,3}": 3 values for 2 elements',
      'unknown-name "in(D7)": there is no device `D7` (did you mean `D0`?)',
      'misplaced "in(D0)": `in` is for engines of a device (a CPU thread has `cpu(N)`)',
    ]);
  });
});

describe("threads", () => {
  test("cpu(N) is where PN runs", () => {
    const lowered = program(
      "P0() { } P1() { } P2() on msi(D0, 3) cpu(0) { } P3() on intx(D0) { } D0() { }",
      "thread P1(cpu=7, node=1, user);",
    );
    expect(lowered.threads.map((thread) => [thread.cpu, thread.node, thread.user, thread.on])).toEqual([
      [0, 0, false, undefined],
      [7, 1, true, undefined],
      [0, 0, false, { kind: "msi", device: 0, vector: 3 }],
      [3, 0, false, { kind: "intx", device: 0 }],
      [-1, 0, false, undefined],
    ]);
  });

  test("handlers in a device", () => {
    const init = "mmio int D0.door; mmio int D1.door;";
    expect(program("D0() on write(D0.door) { }", init).threads[0]?.on).toEqual({ kind: "write", location: 0 });
    expect(program("D1() on tell(D0) { }", init).threads[0]?.on).toEqual({ kind: "tell", device: 0 });
    expect(
      problems(
        "P0() on write(D0.door) { } D0() on msi(D0) { } D1() on write(D0.door) { } P1() on msi(D5) { } P2() on msi(D0) on intx(D0) { }",
        init,
      ),
    ).toEqual([
      'misplaced "on write(D0.door)": `on write` is for a device, and P0 is a CPU thread (CPUs have `on msi(D0)` and `on intx(D0)`)',
      'misplaced "on msi(D0)": `on msi` is for a CPU, and D0 is a device (devices have `on write(D0.reg)` and `on read(D0.reg)`)',
      'misplaced "on write(D0.door)": `D0.door` is not a register of D1 (a handler runs in the device whose register is written)',
      'unknown-name "on msi(D5)": there is no device `D5` (did you mean `D0`?)',
      'duplicate "on intx(D0)": P2 has two `on` clauses (write a second handler)',
    ]);
  });

  test("registers that the initial state sets", () => {
    expect(listing("P0(int *y) { WRITE_ONCE(*r1, r2); }", "0:r1=x; int 0:r2; x=7;")).toBe(
      "  x = 7\n  y = 0\nP0: cpu 0 r1=&x\n   0  WRITE_ONCE *(r1) = r2\nexists true\nobserved\n",
    );
    expect(problems("P0() { }", "1:r0=2;")).toEqual(['unknown-name "1:r0=2": there is no thread `P1` (the threads are P0)']);
  });

  test("the same thread twice", () => {
    expect(problems("D0() { } D0() { }")).toEqual([
      'duplicate "D0() { }": there are two threads `D0` (a second program of the device is an engine: `D1(…) in(D0)`)',
    ]);
  });
});

describe("locations", () => {
  test("herd7's forms", () => {
    expect(
      listing("P0(int *w) { }", "x=1; int y; int *p=&y; q=x; int a[2]={3,4}; atomic_t v = ATOMIC_INIT(3); int z; z=2;").split("P0")[0],
    ).toBe("  x = 1\n  y = 0\n  p = &y\n  q = &x\n  a[0] = 3\n  a[1] = 4\n  v = 3\n  z = 2\n  w = 0\n");
  });

  test("mappings", () => {
    const init =
      "dma(streaming) int a; dma(consistent, dmaflush) int b; dma(write_barrier, mask=32, for=D0) int c; dma() int d; int e; mmio(np) int D0.r; mmio(wc, combining) int D0.s; mmio int HOST.h;";
    expect(listing("D0() { } P0() { }", init).split("  device")[0]).toBe(
      "  a = 0 (streaming)\n  b = 0 (write_barrier)\n  c = 0 (streaming, write_barrier, mask=32, for=D0)\n  d = 0 (streaming)\n  e = 0\n" +
        "  D0.r = 0 (mmio, np)\n  D0.s = 0 (mmio, wc, combining)\n  HOST.h = 0 (mmio)\n",
    );
  });

  test("lines", () => {
    const lowered = program("P0(int *z) { }", "int x; int y; int a[2]; line(y, z); line(z, a);");
    expect(lowered.locations.map((location) => `${location.name}:${location.line}`)).toEqual(["x:0", "y:1", "a[0]:1", "a[1]:1", "z:1"]);
    expect(problems("P0() { }", "int x; line(x, zz);")).toEqual(['unknown-name "line(x, zz)": there is no location `zz`']);
  });

  test("declared twice", () => {
    expect(problems("P0() { }", "int x; int x; mmio int D0.a; mmio int D0.a; y=1; y=2;")).toEqual([
      'duplicate "int x": `x` is declared twice',
      'duplicate "mmio int D0.a": `D0.a` is declared twice',
      'duplicate "y=2": `y` is declared twice',
    ]);
  });

  test("a parameter that may be two registers", () => {
    expect(problems("P0(int *a) { }", "mmio int D0.a; mmio int D1.a;")).toEqual([
      'unknown-name "int *a": `a` may be any of 2 registers (leave the parameter out and write D0.a or D1.a)',
    ]);
  });
});
