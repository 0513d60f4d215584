import { describe, expect, test } from "vitest";
import { code, cpu, listing, problems } from "./listing.js";

describe("accesses", () => {
  test.each([
    ["int r0 = READ_ONCE(*x);", "r0 = READ_ONCE x"],
    ["int r0 = *x;", "r0 = plain_read x"],
    ["*x = 1;", "plain_write x = 1"],
    ["WRITE_ONCE(*x, 1);", "WRITE_ONCE x = 1"],
    ["int r0 = smp_load_acquire(x);", "r0 = smp_load_acquire x"],
    ["int r0 = smp_load_acquire(&*x);", "r0 = smp_load_acquire x"],
    ["smp_store_release(x, 1);", "smp_store_release x = 1"],
    ["smp_store_mb(*x, 1);", "WRITE_ONCE x = 1; smp_mb"],
    ["int r0 = rcu_dereference(*x);", "r0 = rcu_dereference x"],
    ["rcu_assign_pointer(*x, y);", "rcu_assign_pointer x = &y"],
    ["int r0 = atomic_read(x); atomic_set(x, 2);", "r0 = atomic_read x; atomic_set x = 2"],
    ["int r0 = atomic_read_acquire(x); atomic_set_release(x, 2);", "r0 = smp_load_acquire x; smp_store_release x = 2"],
    ["READ_ONCE(*x);", "$0 = READ_ONCE x"],
    ["int r0 = __load{acquire}(*x); __store{once}(*x, 1); __fence{mb};", "r0 = smp_load_acquire x; WRITE_ONCE x = 1; smp_mb"],
    ["int r0 = __atomic_fetch_op{release}(x, +, 2);", "r0 = atomic_fetch_add_release x + 2 [release, old]"],
  ])("%s", (body, expected) => {
    expect(cpu(body)).toBe(expected);
  });

  test("a volatile parameter makes plain accesses marked ones", () => {
    expect(code("P0(volatile int *x, int *y) { int r0 = *x; *x = 1; *y = 2; }")).toBe(
      "r0 = READ_ONCE x; WRITE_ONCE x = 1; plain_write y = 2",
    );
  });

  test("through a pointer in a register", () => {
    expect(cpu("int *r0 = READ_ONCE(*x); int r1 = READ_ONCE(*r0); WRITE_ONCE(*r0, r1);")).toBe(
      "r0 = READ_ONCE x; r1 = READ_ONCE *(r0); WRITE_ONCE *(r0) = r1",
    );
  });

  test("a parameter is the address of its location", () => {
    expect(cpu("int r0 = x == y; int *r1 = x; WRITE_ONCE(*x, y);")).toBe("r0 = 0; r1 = &x; WRITE_ONCE x = &y");
  });

  test("a declared location needs no parameter, and READ_ONCE takes it either way", () => {
    expect(code("P0() { int r0 = READ_ONCE(*g); int r1 = READ_ONCE(g); WRITE_ONCE(g, 1); }", "int g;")).toBe(
      "r0 = READ_ONCE g; r1 = READ_ONCE g; WRITE_ONCE g = 1",
    );
  });

  test("arrays", () => {
    expect(listing("P0(int *a) { a[1] = 5; int r0 = a[0] + *(a + 1); }", "int a[2]={1,2};")).toBe(
      "  a[0] = 1\n  a[1] = 2\nP0: cpu 0\n   0  plain_write a[1] = 5\n   1  $0 = plain_read a[0]\n   2  $1 = plain_read a[1]\n   3  r0 = $0 + $1\nexists true\nobserved\n",
    );
  });
});

test("elements that an array does not have", () => {
  expect(problems("P0(int *a, int *x) { a[2] = 1; int r0 = READ_ONCE(x[1]); readl(D0.m[7]); }", "int a[2]; mmio int D0.m[2];")).toEqual([
    'arguments "a[2]": there is no element 2 (an array is declared in the initial state: `int x[2];`)',
    'arguments "x[1]": there is no element 1 (an array is declared in the initial state: `int x[2];`)',
    'arguments "D0.m[7]": there is no element 7 (an array is declared in the initial state: `int x[2];`)',
  ]);
});

describe("evaluation", () => {
  test.each([
    ["left to right", "int r0 = READ_ONCE(*x) - READ_ONCE(*y);", "$0 = READ_ONCE x; $1 = READ_ONCE y; r0 = $0 - $1"],
    [
      "temporaries are used again",
      "WRITE_ONCE(*y, READ_ONCE(*x)); WRITE_ONCE(*x, READ_ONCE(*y));",
      "$0 = READ_ONCE x; WRITE_ONCE y = $0; $0 = READ_ONCE y; WRITE_ONCE x = $0",
    ],
    ["constants are folded", "WRITE_ONCE(*x, 2 * 3 + (1 << 4));", "WRITE_ONCE x = 22"],
    ["&& without accesses is an expression", "int r0 = 1; int r1 = r0 && r0 < 3;", "r0 = 1; r1 = r0 && (r0 < 3)"],
    [
      "&& with an access is lazy",
      "int r0 = READ_ONCE(*x) && READ_ONCE(*y);",
      "$0 = READ_ONCE x; $1 = $0 != 0; branch $1 else 5 join 5; $2 = READ_ONCE y; $1 = $1 && $2; r0 = $1",
    ],
    [
      "|| likewise",
      "int r0 = READ_ONCE(*x) || READ_ONCE(*y);",
      "$0 = READ_ONCE x; $1 = $0 != 0; branch !$1 else 5 join 5; $2 = READ_ONCE y; $1 = $1 || $2; r0 = $1",
    ],
    [
      "?: likewise",
      "int r0 = READ_ONCE(*x) ? READ_ONCE(*y) : 7;",
      "$0 = READ_ONCE x; branch $0 else 5 join 6; $2 = READ_ONCE y; $1 = $0 ? $2 : 0; jump 6; $1 = $0 ? 0 : 7; r0 = $1",
    ],
    [
      "compound assignment",
      "int r0 = 1; r0 += READ_ONCE(*x); *y |= r0; r0++;",
      "r0 = 1; $0 = READ_ONCE x; r0 = r0 + $0; $0 = plain_read y; plain_write y = $0 | r0; r0 = r0 + 1",
    ],
  ])("%s", (_, body, expected) => {
    expect(cpu(body)).toBe(expected);
  });
});

describe("atomics", () => {
  test.each([
    ["int r0 = xchg(x, 1);", "r0 = xchg x = 1 [full, old]"],
    ["int r0 = xchg_acquire(x, 1);", "r0 = xchg_acquire x = 1 [acquire, old]"],
    ["int r0 = cmpxchg_release(x, 0, 1);", "r0 = cmpxchg_release x 0 -> 1 [release, old]"],
    ["atomic_inc(x);", "atomic_inc x + 1 [relaxed]"],
    ["atomic_add(2, x);", "atomic_add x + 2 [relaxed]"],
    ["atomic_andnot(1, x);", "atomic_andnot x & -2 [relaxed]"],
    ["int r0 = atomic_sub_return_relaxed(2, x);", "r0 = atomic_sub_return_relaxed x - 2 [relaxed, new]"],
    ["int r0 = atomic_fetch_or(2, x);", "r0 = atomic_fetch_or x | 2 [full, old]"],
    ["if (atomic_dec_and_test(x)) *y = 1;", "$0 = atomic_dec_and_test x - 1 [full, zero]; branch $0 else 3 join 3; plain_write y = 1"],
    ["int r0 = atomic_add_negative(-1, x);", "r0 = atomic_add_negative x + -1 [full, negative]"],
    ["int r0 = atomic_add_unless(x, 1, 5);", "r0 = atomic_add_unless x + 1 unless 5 [full, success]"],
    ["int r0 = atomic_cmpxchg(x, 0, 1);", "r0 = atomic_cmpxchg x 0 -> 1 [full, old]"],
    ["int r0 = atomic_xchg_relaxed(x, 1);", "r0 = atomic_xchg_relaxed x = 1 [relaxed, old]"],
    ["int r1 = 0; int r0 = try_cmpxchg(x, &r1, 1);", "r1 = 0; $0 = try_cmpxchg x r1 -> 1 [full, old]; r0 = $0 == r1; r1 = $0"],
    ["atomic_inc_return(x);", "$0 = atomic_inc_return x + 1 [full, new]"],
  ])("%s", (body, expected) => {
    expect(cpu(body)).toBe(expected);
  });
});

describe("names", () => {
  test("what nothing sets reads as 0, with a warning", () => {
    expect(problems("P0(int *x) { int r1 = 1; WRITE_ONCE(*x, rl); }")).toEqual([
      'warning unknown-name "rl": nothing sets `rl`: it reads as 0 (did you mean `r1`?)',
    ]);
  });

  test("what is dereferenced must be known", () => {
    expect(problems("P0() { WRITE_ONCE(*q, 1); }")).toEqual([
      'unknown-name "q": `q` is neither a parameter nor a declared location (declare `int q;` in the initial state or add a parameter `int *q`)',
    ]);
  });

  test("unknown functions, all at once", () => {
    expect(problems("P0(int *x) { int r0 = READ_ONC(*x); smp_bm(); frobnicate(); }")).toEqual([
      'unknown-call "READ_ONC(*x)": there is no primitive `READ_ONC` (did you mean `READ_ONCE`?)',
      'unknown-call "smp_bm()": there is no primitive `smp_bm` (did you mean `smp_mb`?)',
      'unknown-call "frobnicate()": there is no primitive `frobnicate`',
    ]);
  });

  test("numbers of arguments", () => {
    expect(problems("P0(int *x) { WRITE_ONCE(*x); smp_mb(1); atomic_add(x); }")).toEqual([
      'arguments "WRITE_ONCE(*x)": `WRITE_ONCE` takes 2 arguments, not 1 (it is written `WRITE_ONCE(*x, value)`)',
      'arguments "smp_mb(1)": `smp_mb` takes 0 arguments, not 1 (it is written `smp_mb()`)',
      'arguments "atomic_add(x)": `atomic_add` takes 2 arguments, not 1 (it is written `atomic_add(i, v)`)',
    ]);
  });

  test("a parameter cannot be assigned", () => {
    expect(problems("P0(int *x) { x = 1; }")).toEqual([
      'misplaced "x": `x` is the address of a location, which cannot be assigned (write `*x = …`)',
    ]);
  });

  test("a declared variable without a parameter is itself, as in C; a parameter is an address", () => {
    expect(code("P0() { x = 1; int r0 = x; x += r0; if (r0 && x) r0 = 2; int r1 = READ_ONCE(x); }", "int x;")).toBe(
      code("P0(int *x) { *x = 1; int r0 = *x; *x += r0; if (r0 && *x) r0 = 2; int r1 = READ_ONCE(*x); }", "int x;"),
    );
    expect(code("P0() { spin_lock(l); WRITE_ONCE(*a, 1); int *r0 = a; int *r1 = &x; }", "spinlock_t l; int a[2]; int x;")).toBe(
      code(
        "P0(spinlock_t *l, int *a, int *x) { spin_lock(l); WRITE_ONCE(*a, 1); int *r0 = a; int *r1 = x; }",
        "spinlock_t l; int a[2]; int x;",
      ),
    );
    expect(problems("P0(int *x) { int r0 = x; if (x == 1) r0 = 2; while (!x) ; int *r1 = x; }")).toEqual([
      'warning misplaced "x": `x` is an address here, not what is stored there (write `READ_ONCE(*x)`)',
      'warning misplaced "x": `x` is an address here, not what is stored there (write `READ_ONCE(*x)`)',
      'warning misplaced "x": `x` is an address here, not what is stored there (write `READ_ONCE(*x)`)',
    ]);
  });

  test("RCU is named, once for each use", () => {
    expect(problems("P0(int *x) { rcu_read_lock(); int r0 = rcu_dereference(*x); rcu_read_unlock(); read_lock(x); }")).toEqual([
      'unsupported "rcu_read_lock()": `rcu_read_lock`: the explorer does not run RCU; `fencepost herd` does',
      'unsupported "rcu_read_unlock()": `rcu_read_unlock`: the explorer does not run RCU; `fencepost herd` does',
      'unsupported "read_lock(x)": `read_lock`: reader-writer locks are not modelled; spin_lock and mutex_lock are',
    ]);
  });
});
