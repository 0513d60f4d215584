/** The arguments of calls: values, places in memory, registers to return through, devices. */
import type { Expression as Tree } from "../litmus/test.js";
import type { Span } from "../source.js";
import { pointer, type Target, target } from "./access.js";
import { type Body, describe, locationAt } from "./body.js";
import { constant } from "./evaluate.js";
import type { Place } from "./primitives.js";
import type { Expression } from "./program.js";

/** A call as written. */
export type Call = Extract<Tree, { kind: "call" }>;

/** The value of argument `index`; 0 where there is none (which was reported). */
export function argument(body: Body, call: Call, index: number): Expression {
  const tree = call.arguments[index];
  return tree === undefined ? constant(0) : body.value(tree);
}

/** What an accessor's first argument denotes: the thing itself, or a pointer to it. */
export function place(body: Body, tree: Tree | undefined, kind: Place): Target | undefined {
  if (tree === undefined) return undefined;
  return kind === "lvalue" ? target(body, tree) : { address: pointer(body, tree), volatile: false };
}

/** As `place`, for what only memory has: atomics and locks. Undefined, and an error, where it is no memory. */
export function memoryPlace(body: Body, call: Call, tree: Tree | undefined): Expression | undefined {
  const at = place(body, tree, "pointer");
  if (at === undefined) return undefined;
  const location = locationAt(body, at.address);
  const found = location === undefined ? undefined : describe(body, location);
  if (found === undefined || found.space === "memory") return at.address;
  body.complaints.error("misplaced", call.span, `\`${call.name}\` works on memory, and \`${found.name}\` is none`);
  return undefined;
}

/** The register that an argument returns through: `r0` or `&r0`. */
export function outRegister(body: Body, tree: Tree): number | undefined {
  const name = tree.kind === "unary" && tree.operator === "&" ? tree.operand : tree;
  if (name.kind !== "name" || body.scope.lookup(name.name).kind !== "register") return undefined;
  return body.code.register(name.name);
}

/** The device that an argument names (`D0`); -1 and an error where it names none. */
export function deviceArgument(body: Body, tree: Tree | undefined, span: Span): number {
  if (tree?.kind === "name") return body.devices.expect(tree.name, tree.span);
  body.complaints.error("arguments", tree?.span ?? span, "a device was expected here", "write `D0`");
  return -1;
}
