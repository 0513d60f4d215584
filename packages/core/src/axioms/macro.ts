/**
 * What the names of kernel functions stand for: herd7's raw primitives with their annotations, as `linux-kernel.def` defines them. The table here is our own, by the kernel's documents
 * (Documentation/memory-barriers.txt, atomic_t.txt); `parse-macros.ts` reads a file.
 */
import type { Expression, Statement } from "../litmus/test.js";
import type { Span } from "../source.js";

/** A macro: an expression, or statements. */
export interface Macro {
  readonly parameters: readonly string[];
  readonly body:
    | { readonly kind: "expression"; readonly expression: Expression }
    | { readonly kind: "statements"; readonly statements: readonly Statement[] };
}

export type Macros = ReadonlyMap<string, Macro>;

const span: Span = { start: 0, end: 0 };
const name = (text: string): Expression => ({ kind: "name", name: text, span });
const call = (primitive: string, tag: string | undefined, ...operands: Expression[]): Expression => ({
  kind: "call",
  name: primitive,
  tags: tag === undefined ? [] : [tag],
  arguments: operands,
  span,
});
const deref = (operand: Expression): Expression => ({ kind: "unary", operator: "*", operand, span });
const one: Expression = { kind: "integer", value: 1, span };
const zero: Expression = { kind: "integer", value: 0, span };
const compare = (operator: string, left: Expression): Expression => ({ kind: "binary", operator, left, right: zero, span });
const X = name("X");
const V = name("V");
const W = name("W");

/** The suffixes of the kernel's atomics, and what they order. */
const ORDERS: readonly (readonly [string, string])[] = [
  ["", "MB"],
  ["_relaxed", "ONCE"],
  ["_acquire", "ACQUIRE"],
  ["_release", "RELEASE"],
];

function kernelMacros(): Macros {
  const table = new Map<string, Macro>();
  const value = (macro: string, parameters: string, expression: Expression): void => {
    table.set(macro, { parameters: parameters === "" ? [] : parameters.split(","), body: { kind: "expression", expression } });
  };
  const act = (macro: string, parameters: string, ...expressions: Expression[]): void => {
    const statements = expressions.map((expression): Statement => ({ kind: "expression", expression, span }));
    table.set(macro, { parameters: parameters === "" ? [] : parameters.split(","), body: { kind: "statements", statements } });
  };
  const load = (tag: string, from: Expression): Expression => call("__load", tag, from);
  const store = (tag: string, to: Expression, what: Expression = V): Expression => call("__store", tag, to, what);
  value("READ_ONCE", "X", load("ONCE", X));
  act("WRITE_ONCE", "X,V", store("ONCE", X));
  value("smp_load_acquire", "X", load("ACQUIRE", deref(X)));
  act("smp_store_release", "X,V", store("RELEASE", deref(X)));
  value("rcu_dereference", "X", load("ONCE", X));
  act("rcu_assign_pointer", "X,V", store("RELEASE", X));
  act("smp_store_mb", "X,V", store("ONCE", X), call("__fence", "MB"));
  value("atomic_read", "X", load("ONCE", deref(X)));
  act("atomic_set", "X,V", store("ONCE", deref(X)));
  value("atomic_read_acquire", "X", load("ACQUIRE", deref(X)));
  act("atomic_set_release", "X,V", store("RELEASE", deref(X)));

  for (const [macro, tag] of [
    ["smp_mb", "MB"],
    ["smp_rmb", "rmb"],
    ["smp_wmb", "wmb"],
    ["smp_mb__before_atomic", "before-atomic"],
    ["smp_mb__after_atomic", "after-atomic"],
    ["smp_mb__after_spinlock", "after-spinlock"],
    ["smp_mb__after_unlock_lock", "after-unlock-lock"],
    ["smp_mb__after_srcu_read_unlock", "after-srcu-read-unlock"],
    ["barrier", "barrier"],
    ["rcu_read_lock", "rcu-lock"],
    ["rcu_read_unlock", "rcu-unlock"],
    ["synchronize_rcu", "sync-rcu"],
    ["synchronize_rcu_expedited", "sync-rcu"],
  ] as const) {
    act(macro, "", call("__fence", tag));
  }

  act("spin_lock", "X", call("__lock", undefined, X));
  act("spin_unlock", "X", call("__unlock", undefined, X));
  value("spin_trylock", "X", call("__trylock", undefined, X));
  value("spin_is_locked", "X", call("__islocked", undefined, X));

  for (const macro of ["srcu_read_lock", "srcu_down_read"]) value(macro, "X", load("srcu-lock", deref(X)));
  for (const macro of ["srcu_read_unlock", "srcu_up_read"]) act(macro, "X,V", store("srcu-unlock", deref(X)));
  for (const macro of ["synchronize_srcu", "synchronize_srcu_expedited"]) act(macro, "X", call("__srcu", "sync-srcu", X));

  for (const [suffix, tag] of ORDERS) {
    for (const prefix of ["", "atomic_"]) {
      value(`${prefix}xchg${suffix}`, "X,V", call("__xchg", tag, X, V));
      value(`${prefix}cmpxchg${suffix}`, "X,V,W", call("__cmpxchg", tag, X, V, W));
    }
    for (const [operation, operator] of [
      ["add", "+"],
      ["sub", "-"],
    ] as const) {
      value(`atomic_${operation}_return${suffix}`, "V,X", call("__atomic_op_return", tag, X, name(operator), V));
    }
    for (const [operation, operator] of [
      ["inc", "+"],
      ["dec", "-"],
    ] as const) {
      value(`atomic_${operation}_return${suffix}`, "X", call("__atomic_op_return", tag, X, name(operator), one));
      value(`atomic_fetch_${operation}${suffix}`, "X", call("__atomic_fetch_op", tag, X, name(operator), one));
    }
    for (const [operation, operator] of OPERATIONS) {
      value(`atomic_fetch_${operation}${suffix}`, "V,X", call("__atomic_fetch_op", tag, X, name(operator), V));
    }
    value(`atomic_add_negative${suffix}`, "V,X", compare("<", call("__atomic_op_return", tag, X, name("+"), V)));
  }
  for (const [operation, operator] of OPERATIONS) {
    act(`atomic_${operation}`, "V,X", call("__atomic_op", "NORETURN", X, name(operator), V));
  }
  for (const [operation, operator] of [
    ["inc", "+"],
    ["dec", "-"],
  ] as const) {
    act(`atomic_${operation}`, "X", call("__atomic_op", "NORETURN", X, name(operator), one));
    value(`atomic_${operation}_and_test`, "X", compare("==", call("__atomic_op_return", "MB", X, name(operator), one)));
  }
  value("atomic_sub_and_test", "V,X", compare("==", call("__atomic_op_return", "MB", X, name("-"), V)));
  value("atomic_add_unless", "X,V,W", call("__atomic_add_unless", "MB", X, V, W));
  return table;
}

const OPERATIONS: readonly (readonly [string, string])[] = [
  ["add", "+"],
  ["sub", "-"],
  ["and", "&"],
  ["or", "|"],
  ["xor", "^"],
  ["andnot", "&~"],
];

/** The kernel's functions, in the second version of the kernel's model (annotations as linux-kernel.def has since 6.14). */
export const KERNEL_MACROS: Macros = kernelMacros();
