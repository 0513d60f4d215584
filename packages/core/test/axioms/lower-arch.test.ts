import { describe, expect, test } from "vitest";
import { ARCHITECTURES, type Architecture, answer } from "../../src/axioms/index.js";
import { compileModel, libraryFile, parseCat, type Session } from "../../src/cat/index.js";
import type { CompiledModel } from "../../src/cat/model.js";
import { litmus, read } from "./model.js";

const loaded = new Map<string, { readonly architecture: Architecture; readonly model: CompiledModel; readonly session: Session }>();
for (const [name, architecture] of ARCHITECTURES) {
  const source = libraryFile(`${architecture.model}.cat`);
  if (source === undefined) throw new Error(architecture.model);
  const parsed = parseCat(source, libraryFile);
  const model = parsed.ok ? compileModel(parsed.value, { architecture: architecture.vocabulary }) : parsed;
  if (!model.ok) throw new Error(name);
  loaded.set(name, { architecture, model: model.value, session: model.value.session() });
}

/** The architectures on which the condition can come true, or why not. */
function allowedOn(text: string): string {
  const test = read(text);
  return [...loaded]
    .flatMap(([name, { architecture, model, session }]) => {
      const result = answer(test, model, session, { lower: architecture });
      if (result.kind === "problems") return [result.problems[0]?.message ?? ""];
      if (result.kind === "unknown") return [result.reason];
      return result.answer.positive > 0 ? [name] : [];
    })
    .join(" ");
}

const all = "x86 arm64 riscv ppc64";
const weak = "arm64 riscv ppc64";
const sb = (fence: string): string =>
  litmus(
    "x y",
    [`int r; WRITE_ONCE(*x, 1); ${fence} r = READ_ONCE(*y);`, `int r; WRITE_ONCE(*y, 1); ${fence} r = READ_ONCE(*x);`],
    "exists (0:r=0 /\\ 1:r=0)",
  );
const lb = (branch: string): string =>
  litmus(
    "x y z",
    [`int r; r = READ_ONCE(*x); ${branch} WRITE_ONCE(*y, 1);`, `int r; r = READ_ONCE(*y); ${branch} WRITE_ONCE(*x, 1);`],
    "exists (0:r=1 /\\ 1:r=1)",
  );
const mp = (writer: string, reader: string): string =>
  litmus("x y", [`WRITE_ONCE(*x, 1); ${writer}`, `int r; int s; ${reader} s = READ_ONCE(*x);`], "exists (1:r=1 /\\ 1:s=0)");

describe("kernel C on the models of architectures", () => {
  test.each([
    ["SB", sb(""), all],
    ["SB with smp_mb", sb("smp_mb();"), ""],
    ["SB with smp_wmb", sb("smp_wmb();"), all],
    ["MP", mp("WRITE_ONCE(*y, 1);", "r = READ_ONCE(*y);"), weak],
    ["LB with branches in which nothing happens", lb("if (r == 2) { WRITE_ONCE(*z, 1); }"), ""],
    ["LB without them", lb(""), weak],
    ["MP with smp_wmb and smp_rmb", mp("smp_wmb(); WRITE_ONCE(*y, 1);", "r = READ_ONCE(*y); smp_rmb();"), ""],
    ["MP with release and acquire", mp("smp_store_release(y, 1);", "r = smp_load_acquire(y);"), ""],
    ["MP with release alone", mp("smp_store_release(y, 1);", "r = READ_ONCE(*y);"), weak],
    [
      "a release is no fence for what comes after it",
      mp("smp_store_release(y, 1);", "smp_store_release(x, 2); r = READ_ONCE(*y);").replace("1:s=0", "1:s=2"),
      all,
    ],
    ["a full atomic in the middle is a fence", sb("atomic_fetch_add(1, z);").replaceAll("int *y)", "int *y, atomic_t *z)"), ""],
    ["a relaxed one is none, but on x86", sb("atomic_fetch_add_relaxed(1, z);").replaceAll("int *y)", "int *y, atomic_t *z)"), weak],
    ["nor is one that returns nothing", sb("atomic_inc(z);").replaceAll("int *y)", "int *y, atomic_t *z)"), weak],
    ["with smp_mb__after_atomic it is", sb("atomic_inc(z); smp_mb__after_atomic();").replaceAll("int *y)", "int *y, atomic_t *z)"), ""],
    [
      "within one statement too: the acquire stands before the store",
      litmus("x y", ["WRITE_ONCE(*x, smp_load_acquire(y));", "WRITE_ONCE(*y, smp_load_acquire(x));"], "exists (x=1 /\\ y=1)", "x=0; y=0;"),
      "",
    ],
  ])("%s", (_, text, wanted) => {
    expect(allowedOn(text)).toBe(wanted);
  });

  test("locks keep increments apart, and what they protect in order", () => {
    const body = "int r; spin_lock(l); r = READ_ONCE(*x); WRITE_ONCE(*x, r + 1); spin_unlock(l);";
    const text = (condition: string): string => litmus("x l:spinlock_t", [body, body], condition);
    expect(allowedOn(text("exists (x=1)"))).toBe("");
    expect(allowedOn(text("exists (x=2)"))).toBe(all);
  });

  test("spin_trylock fails only where the lock is held, spin_is_locked says so", () => {
    const text = litmus(
      "x l:spinlock_t",
      ["spin_lock(l); WRITE_ONCE(*x, 1);", "int r; int s; r = spin_trylock(l); s = spin_is_locked(l);"],
      "exists (1:r=0 /\\ 1:s=0)",
    );
    expect(allowedOn(text)).toBe("");
  });

  test("RCU has no lowering", () => {
    expect(
      allowedOn(litmus("x", ["rcu_read_lock(); WRITE_ONCE(*x, 1); rcu_read_unlock();", "synchronize_rcu();"], "exists (x=1)")),
    ).toContain("RCU and SRCU have no lowering");
  });
});

test("what has no lowering is told where it stands in the test", () => {
  const text = litmus("x", ["WRITE_ONCE(*x, 1); rcu_read_lock();"], "exists (x=1)");
  const { architecture, model, session } = loaded.get("arm64") as { architecture: Architecture; model: CompiledModel; session: Session };
  const result = answer(read(text), model, session, { lower: architecture });
  expect(result.kind === "problems" ? text.slice(result.problems[0]?.span.start).slice(0, 13) : "").toBe("rcu_read_lock");
});
