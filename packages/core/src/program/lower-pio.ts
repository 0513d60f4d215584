/** Programmed I/O: which register a call names, and which family of accessors it belongs to. */
import type { Expression as Tree } from "../litmus/test.js";
import { noElement, reader, spaceName, unknownIndex, writer } from "./access.js";
import { type Call, outRegister } from "./arguments.js";
import { type Body, describe, staticLocation } from "./body.js";
import { constant, register } from "./evaluate.js";
import type { Pio, Primitive } from "./primitives.js";
import type { Expression, Location } from "./program.js";
import { addressOf } from "./resolve.js";

/** Lowers a call that reads a register. */
export function lowerPioRead(body: Body, call: Call, found: Primitive, meaning: Pio, into: number | undefined): Expression {
  const { code } = body;
  const at = registerArgument(body, call, found, call.arguments);
  if (at === undefined) return constant(0);
  const family = familyOf(body, call, meaning, at.location);
  if (family === undefined) return constant(0);
  // `pci_read_config_dword(D0, D0.reg, &r0)`, `readsl(D0.fifo, buffer, 1)`: the value goes to the argument after the register.
  const destination = call.arguments[found.form.includes("(buffer,") ? at.index - 1 : at.index + 1];
  const out = destination === undefined ? undefined : outRegister(body, destination);
  const config = family === "config_read";
  const target = out ?? into ?? code.temporary();
  code.emit({ kind: "pio-read", accessor: family, target, location: at.location }, call.span);
  if (out === undefined && (config || meaning.string === true) && destination !== undefined) {
    const buffer = memoryOf(body, destination);
    if (buffer !== undefined) {
      code.emit({ kind: "write", accessor: "plain_write", address: constant(addressOf(buffer)), value: register(target) }, call.span);
    }
  }
  // With a place for the value, pci_read_config_* returns whether it went well.
  return config && destination !== undefined ? constant(0) : register(target);
}

/** Lowers a call that writes a register. */
export function lowerPioWrite(body: Body, call: Call, found: Primitive, meaning: Pio): void {
  const { code } = body;
  const config = meaning.family === "config_write";
  // A string form and configuration space have the address before the value, all others after it.
  const addressFirst = config || found.form.includes("(register,") || found.form.includes("(port,");
  const at = registerArgument(body, call, found, addressFirst ? call.arguments : preferSecond(body, call.arguments));
  if (at === undefined) return;
  const family = familyOf(body, call, meaning, at.location);
  const tree = call.arguments[addressFirst ? at.index + 1 : at.index === 0 ? 1 : 0];
  if (tree === undefined) {
    body.complaints.error("arguments", call.span, `\`${call.name}\` needs a value`, `it is written \`${found.form}\``);
    return;
  }
  const buffer = meaning.string === true ? memoryOf(body, tree) : undefined;
  let value: Expression;
  const local = meaning.string === true ? outRegister(body, tree) : undefined;
  if (local !== undefined) value = register(local);
  else if (buffer === undefined) value = body.value(tree);
  else {
    const read = code.temporary();
    code.emit({ kind: "read", accessor: "plain_read", target: read, address: constant(addressOf(buffer)) }, call.span);
    value = register(read);
  }
  if (family !== undefined) code.emit({ kind: "pio-write", accessor: family, location: at.location, value }, call.span);
}

/** writel(value, address), as in the kernel; but address first where only that argument names a register. */
function preferSecond(body: Body, trees: readonly Tree[]): readonly Tree[] {
  const [first, second] = trees;
  if (first === undefined || second === undefined) return trees;
  return isRegister(body, second) || !isRegister(body, first) ? [second, first] : trees;
}

function isRegister(body: Body, tree: Tree): boolean {
  const location = staticLocation(body, tree);
  return location !== undefined && describe(body, location)?.space !== "memory";
}

function memoryOf(body: Body, tree: Tree): number | undefined {
  const location = staticLocation(body, tree);
  return location !== undefined && describe(body, location)?.space === "memory" ? location : undefined;
}

/** The first of the arguments that names a register, and its place among the call's arguments. */
function registerArgument(
  body: Body,
  call: Call,
  found: Primitive,
  trees: readonly Tree[],
): { readonly location: number; readonly index: number } | undefined {
  let other: Location | undefined;
  for (const tree of trees) {
    const location = staticLocation(body, tree);
    if (location === undefined) continue;
    const description = describe(body, location);
    if (description !== undefined && description.space !== "memory") return { location, index: call.arguments.indexOf(tree) };
    other ??= description;
  }
  const missing = call.arguments.map(undeclared).find((tree) => tree !== undefined);
  const indexed = call.arguments.find((tree) => tree.kind === "index" && isRegister(body, tree.base));
  if (indexed?.kind === "index") {
    const index = body.value(indexed.index);
    if (index.kind === "constant") noElement(body, indexed, index.value);
    else unknownIndex(body, indexed.index);
  } else if (missing !== undefined && body.locations.owned(missing.owner, missing.name) === undefined) {
    body.locations.unknownRegister(missing.owner, missing.name, missing.span);
  } else if (other !== undefined) {
    body.complaints.error(
      "misplaced",
      call.span,
      `\`${call.name}\` accesses a device's register, and \`${other.name}\` is memory`,
      `write READ_ONCE or WRITE_ONCE, or declare \`mmio int D0.${other.name};\``,
    );
  } else {
    body.complaints.error(
      "arguments",
      call.span,
      `\`${call.name}\` needs a register by its name`,
      `it is written \`${found.form}\`, the register as \`D0.reg\`; each register has a name of its own`,
    );
  }
  return undefined;
}

/** `D0.reg` in `D0.reg`, `&D0.reg` or `D0.reg[i]`, which staticLocation did not find. */
function undeclared(tree: Tree): Extract<Tree, { kind: "member" }> | undefined {
  if (tree.kind === "member") return tree;
  if (tree.kind === "unary") return undeclared(tree.operand);
  return tree.kind === "index" ? undeclared(tree.base) : undefined;
}

/** The accessor family, which must suit the register's space; undefined, and an error, where it does not. */
function familyOf(body: Body, call: Call, meaning: Pio, location: number): string | undefined {
  const found = describe(body, location);
  if (found === undefined) return undefined;
  const { family } = meaning;
  const space = family.startsWith("config") ? "config" : /^(in|out)/.test(family) ? "port" : "mmio";
  if (found.space === space) return family;
  if (found.space === "port" && meaning.port !== undefined) return meaning.port;
  const instead = meaning.kind === "pio-read" ? reader(found.space) : writer(found.space);
  body.complaints.error(
    "misplaced",
    call.span,
    `\`${call.name}\` is for ${article(space)}, and \`${found.name}\` is ${spaceName(found.space)}`,
    `write \`${instead}\``,
  );
  return undefined;
}

const article = (space: "mmio" | "port" | "config"): string =>
  ({ mmio: "memory-mapped registers", port: "I/O ports", config: "configuration space" })[space];
