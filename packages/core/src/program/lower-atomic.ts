/** Atomic read-modify-writes (Documentation/atomic_t.txt). */
import { argument, type Call, memoryPlace, outRegister } from "./arguments.js";
import type { Body } from "./body.js";
import { binary, constant, register, unary } from "./evaluate.js";
import type { Meaning } from "./primitives.js";
import type { Expression, Modify } from "./program.js";

type Atomic = Extract<Meaning, { kind: "atomic" }>;

/** Lowers a call of an atomic. */
export function lowerAtomic(body: Body, call: Call, name: string, meaning: Atomic, into: number | undefined): Expression | undefined {
  const { code } = body;
  const { shape, order, returns } = meaning;
  // The kernel's order: the amount before the variable (`atomic_add(i, v)`), the variable before what it is compared with.
  const amountFirst = shape.kind === "arithmetic" && shape.step === undefined;
  const amount = amountFirst ? argument(body, call, 0) : constant(1);
  const address = memoryPlace(body, call, call.arguments[amountFirst ? 1 : 0]);

  if (shape.kind === "try-compare") {
    const old = call.arguments[1] === undefined ? undefined : outRegister(body, call.arguments[1]);
    const value = argument(body, call, 2);
    if (old === undefined) {
      body.complaints.error(
        "arguments",
        call.arguments[1]?.span ?? call.span,
        "the second argument holds the old value and gets the new one: it must be a register",
        `write \`${call.name}(x, &r0, value)\``,
      );
      return constant(0);
    }
    if (address === undefined) return constant(0);
    // As in the kernel's fallback: r = cmpxchg(p, old, new); success = r == old; old = r.
    const found = code.temporary();
    const success = into !== undefined && into !== old ? into : code.temporary();
    const modify: Modify = { kind: "compare", expected: register(old), value };
    code.emit({ kind: "atomic", accessor: name, order, target: found, address, modify, returns: "old" }, call.span);
    code.emit({ kind: "assign", target: success, value: binary("==", register(found), register(old)) }, call.span);
    code.emit({ kind: "assign", target: old, value: register(found) }, call.span);
    return register(success);
  }

  let modify: Modify;
  switch (shape.kind) {
    case "exchange":
      modify = { kind: "exchange", value: argument(body, call, 1) };
      break;
    case "compare":
      modify = { kind: "compare", expected: argument(body, call, 1), value: argument(body, call, 2) };
      break;
    case "add-unless":
      modify = { kind: "add-unless", value: argument(body, call, 1), unless: argument(body, call, 2) };
      break;
    case "inc-not-zero":
      modify = { kind: "add-unless", value: constant(1), unless: constant(0) };
      break;
    case "arithmetic":
      modify = { kind: "arithmetic", operator: shape.operator, value: shape.complement === true ? unary("~", amount) : amount };
      break;
  }
  if (address === undefined) return returns === "nothing" ? undefined : constant(0);
  if (returns === "nothing") {
    code.emit({ kind: "atomic", accessor: name, order, target: undefined, address, modify, returns }, call.span);
    return undefined;
  }
  const target = into ?? code.temporary();
  code.emit({ kind: "atomic", accessor: name, order, target, address, modify, returns }, call.span);
  return register(target);
}
