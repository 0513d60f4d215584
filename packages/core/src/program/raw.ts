/** herd7's raw primitives, rewritten into the kernel's names, as herd7's own linux-kernel.def defines those names by them. */
import type { Expression } from "../litmus/test.js";
import type { Call } from "./arguments.js";

const fences: ReadonlyMap<string, string> = new Map([
  ["mb", "smp_mb"],
  ["rmb", "smp_rmb"],
  ["wmb", "smp_wmb"],
  ["before-atomic", "smp_mb__before_atomic"],
  ["after-atomic", "smp_mb__after_atomic"],
  ["after-spinlock", "smp_mb__after_spinlock"],
  ["after-unlock-lock", "smp_mb__after_unlock_lock"],
  ["barrier", "barrier"],
  ["rcu-lock", "rcu_read_lock"],
  ["rcu-unlock", "rcu_read_unlock"],
  ["sync-rcu", "synchronize_rcu"],
  ["after-srcu-read-unlock", "smp_mb__after_srcu_read_unlock"],
]);
const loads: ReadonlyMap<string, string> = new Map([
  ["once", "READ_ONCE"],
  ["acquire", "smp_load_acquire"],
  ["srcu-lock", "srcu_read_lock"],
]);
const stores: ReadonlyMap<string, string> = new Map([
  ["once", "WRITE_ONCE"],
  ["release", "smp_store_release"],
  ["srcu-unlock", "srcu_read_unlock"],
]);
const suffixes: ReadonlyMap<string, string> = new Map([
  ["once", "_relaxed"],
  ["acquire", "_acquire"],
  ["release", "_release"],
]);
const operators: ReadonlyMap<string, string> = new Map([
  ["+", "add"],
  ["-", "sub"],
  ["&", "and"],
  ["|", "or"],
  ["^", "xor"],
  ["&~", "andnot"],
]);
const plain: ReadonlyMap<string, string> = new Map([
  ["__lock", "spin_lock"],
  ["__unlock", "spin_unlock"],
  ["__trylock", "spin_trylock"],
  ["__islocked", "spin_is_locked"],
  ["__srcu", "synchronize_srcu"],
]);

/** `__load{acquire}(*x)` as `smp_load_acquire(&*x)`; any other call, also a raw one that is not known, as it is. */
export function kernelCall(call: Call): Call {
  if (!call.name.startsWith("__")) return call;
  const tag = (call.tags[0] ?? "").toLowerCase();
  const [first, second, third] = call.arguments;
  const rest = call.arguments.slice(1);
  const suffix = suffixes.get(tag);
  const as = (name: string | undefined, list: readonly Expression[] = call.arguments): Call =>
    name === undefined ? call : { ...call, name, tags: [], arguments: list };
  switch (call.name) {
    case "__load":
      return first === undefined ? call : as(loads.get(tag), tag === "once" ? call.arguments : [address(first)]);
    case "__store":
      return first === undefined ? call : as(stores.get(tag), tag === "once" ? call.arguments : [address(first), ...rest]);
    case "__fence":
      return as(fences.get(tag));
    case "__xchg":
    case "__cmpxchg":
      return suffix === undefined ? call : as(`${call.name.slice(2)}${suffix}`);
    case "__atomic_add_unless":
      return as("atomic_add_unless");
    case "__atomic_op":
    case "__atomic_op_return":
    case "__atomic_fetch_op": {
      const operator = second?.kind === "name" ? operators.get(second.name) : undefined;
      if (operator === undefined || first === undefined || third === undefined) return call;
      const list = [third, first];
      if (call.name === "__atomic_op") return as(`atomic_${operator}`, list);
      if (suffix === undefined) return call;
      return as(call.name === "__atomic_fetch_op" ? `atomic_fetch_${operator}${suffix}` : `atomic_${operator}_return${suffix}`, list);
    }
    default:
      return as(plain.get(call.name));
  }
}

/** The address of an lvalue. */
function address(tree: Expression): Expression {
  return { kind: "unary", operator: "&", operand: tree, span: tree.span };
}
