/** Accesses through an address: to memory, to a register that is mapped, or to a device's own register. */
import type { Expression as Tree } from "../litmus/test.js";
import type { Span } from "../source.js";
import { type Body, describe, isOutside, locationAt, member } from "./body.js";
import { binary, constant } from "./evaluate.js";
import { arrayOf, type Expression } from "./program.js";
import { addressOf } from "./resolve.js";

/** Where an lvalue is. */
export interface Target {
  readonly address: Expression;
  /** Plain accesses through it are volatile. */
  readonly volatile: boolean;
}

/** The address that an lvalue (`*p`, `x[i]`, `D0.status`, and `x` for `*x`) denotes; undefined, and an error, where it is none. */
export function target(body: Body, tree: Tree): Target | undefined {
  switch (tree.kind) {
    case "unary":
      // A register of a device is not a pointer for a CPU: `*D0.door` is `D0.door`. A device may hold an address in its own.
      if (tree.operator === "*" && tree.operand.kind === "member" && !isOwn(body, tree.operand)) return target(body, tree.operand);
      if (tree.operator === "*") return { address: dereferenced(body, tree.operand), volatile: volatileBase(body, tree.operand) };
      break;
    case "index":
      return { address: element(body, tree), volatile: volatileBase(body, tree.base) };
    case "member": {
      const place = member(body, tree);
      return place === undefined
        ? undefined
        : { address: constant(addressOf(place.location)), volatile: body.locations.isVolatile(place.location) };
    }
    case "name": {
      const meaning = body.scope.lookup(tree.name);
      if (meaning.kind === "location") return { address: constant(addressOf(meaning.place.location)), volatile: volatileBase(body, tree) };
      body.complaints.error(
        "arguments",
        tree.span,
        `\`${tree.name}\` is a register here, not a location`,
        meaning.kind === "register" && meaning.known
          ? `write \`*${tree.name}\` for what it points to`
          : `declare \`int ${tree.name};\` in the initial state or add a parameter \`int *${tree.name}\``,
      );
      return undefined;
    }
    default:
      break;
  }
  body.complaints.error("arguments", tree.span, "a location was expected here", "write `*x`");
  return undefined;
}

function isOwn(body: Body, tree: Extract<Tree, { kind: "member" }>): boolean {
  const place = body.locations.owned(tree.owner, tree.name);
  return body.role === "device" && place !== undefined && body.locations.list[place.location]?.owner === body.device;
}

/** The address of `x[i]`. */
export function element(body: Body, tree: Extract<Tree, { kind: "index" }>): Expression {
  const base = pointer(body, tree.base);
  const index = body.value(tree.index);
  if (index.kind !== "constant") {
    const location = locationAt(body, base);
    const found = location === undefined ? undefined : describe(body, location);
    if (found !== undefined && found.space !== "memory") {
      unknownIndex(body, tree.index);
      return base;
    }
  } else if (isOutside(body, tree, index.value)) {
    noElement(body, tree, index.value);
    return base;
  }
  return binary("+", base, index);
}

/** Which register is accessed must be known: it decides where the access goes. */
export function unknownIndex(body: Body, index: Tree): void {
  body.complaints.error(
    "arguments",
    index.span,
    "the index of a register must be a constant",
    "write one access for each, or a `for` with constant bounds",
  );
}

/** There is no `x[5]`. */
export function noElement(body: Body, tree: Extract<Tree, { kind: "index" }>, index: number): void {
  body.complaints.error("arguments", tree.span, `there is no element ${index}`, "an array is declared in the initial state: `int x[2];`");
}

/** The value of a pointer: what `smp_load_acquire`, `xchg` or `spin_lock` get. A register of a device stands for its address. */
export function pointer(body: Body, tree: Tree): Expression {
  if (tree.kind === "member") {
    const place = member(body, tree);
    return constant(place === undefined ? 0 : addressOf(place.location));
  }
  if (tree.kind === "name") return dereferenced(body, tree);
  return body.value(tree);
}

/** The value of what is dereferenced. A name that nothing sets can point nowhere: that is a location that is not declared. */
function dereferenced(body: Body, tree: Tree): Expression {
  if (tree.kind === "name") {
    const meaning = body.scope.lookup(tree.name);
    // `*x` is the location x, whether x is a parameter or declared.
    if (meaning.kind === "location") return constant(addressOf(meaning.place.location));
    if (meaning.kind === "register" && !meaning.known) {
      body.complaints.error(
        "unknown-name",
        tree.span,
        `\`${tree.name}\` is neither a parameter nor a declared location`,
        hintOfMember(body, tree.name) ??
          (tree.name.includes(".")
            ? `declare \`int ${tree.name};\`, or the structure, in the initial state`
            : `declare \`int ${tree.name};\` in the initial state or add a parameter \`int *${tree.name}\``),
      );
      return constant(0);
    }
  }
  return body.value(tree);
}

/** What to write where a structure stands for itself, or a pointer to one is kept. */
function hintOfMember(body: Body, name: string): string | undefined {
  const owner = name.split(".")[0] as string;
  const known = body.locations.list.find(
    (location) => location.name.startsWith(`${name}.`) || arrayOf(location.name).startsWith(`${name}.`),
  );
  if (known !== undefined) return `a structure is its members: write \`${known.name}\``;
  if (owner !== name && body.scope.registers.has(owner))
    return "a pointer to a structure points into one that is declared, and always into the same: `struct desc *d = &ring[i];`";
  return undefined;
}

/** Whether the pointer that an access goes through is declared volatile. */
function volatileBase(body: Body, tree: Tree): boolean {
  switch (tree.kind) {
    case "name": {
      if (body.scope.isVolatile(tree.name)) return true;
      const meaning = body.scope.lookup(tree.name);
      return meaning.kind === "location" && body.locations.isVolatile(meaning.place.location);
    }
    case "member": {
      const place = body.locations.owned(tree.owner, tree.name);
      return place !== undefined && body.locations.isVolatile(place.location);
    }
    case "binary":
      return volatileBase(body, tree.left) || volatileBase(body, tree.right);
    case "index":
      return volatileBase(body, tree.base);
    case "unary":
      return tree.operator === "&" && volatileBase(body, tree.operand);
    default:
      return false;
  }
}

/** Reads through an address into `into`, or into a temporary. `accessor` is undefined for a plain access. */
export function load(body: Body, at: Target, accessor: string | undefined, span: Span, into?: number): Expression {
  const { code, complaints } = body;
  const location = checkAddress(body, at.address, span);
  const found = location === undefined ? undefined : describe(body, location);
  const to = (): number => into ?? code.temporary();
  const result = (register: number): Expression => ({ kind: "register", register });
  if (found !== undefined && location !== undefined && found.space !== "memory") {
    if (body.role === "device") {
      if (found.owner === body.device) {
        const register = to();
        code.emit({ kind: "register-read", target: register, location }, span);
        return result(register);
      }
      complaints.error(
        "misplaced",
        span,
        `\`${found.name}\` is not a register of ${body.thread.name}`,
        `write \`r = DMA_READ(${found.name})\``,
      );
      return constant(0);
    }
    const family = mappedFamily(body, location, at.volatile, accessor, span, reader);
    if (family === undefined) {
      complaints.error(
        "misplaced",
        span,
        `\`${found.name}\` is ${spaceName(found.space)}, which a CPU does not read like memory`,
        `write \`${reader(found.space)}(${found.name})\``,
      );
      return constant(0);
    }
    const register = to();
    code.emit({ kind: "pio-read", accessor: `${family}_readX`, target: register, location }, span);
    return result(register);
  }
  if (body.role === "device") {
    const name = found?.name ?? "x";
    complaints.error("misplaced", span, "a device reads memory by DMA", `write \`r = DMA_READ(*${name})\``);
    return constant(0);
  }
  const register = to();
  code.emit(
    { kind: "read", accessor: accessor ?? (at.volatile ? "READ_ONCE" : "plain_read"), target: register, address: at.address },
    span,
  );
  return result(register);
}

/** Writes through an address. `accessor` is undefined for a plain access. */
export function store(body: Body, at: Target, accessor: string | undefined, value: Expression, span: Span): void {
  const { code, complaints } = body;
  const location = checkAddress(body, at.address, span);
  const found = location === undefined ? undefined : describe(body, location);
  if (found !== undefined && location !== undefined && found.space !== "memory") {
    if (body.role === "device") {
      if (found.owner === body.device) code.emit({ kind: "register-write", location, value }, span);
      else
        complaints.error(
          "misplaced",
          span,
          `\`${found.name}\` is not a register of ${body.thread.name}`,
          `write \`DMA_WRITE(${found.name}, …)\``,
        );
      return;
    }
    const family = mappedFamily(body, location, at.volatile, accessor, span, writer);
    if (family === undefined) {
      complaints.error(
        "misplaced",
        span,
        `\`${found.name}\` is ${spaceName(found.space)}, which a CPU does not write like memory`,
        `write \`${writer(found.space)}(…, ${found.name})\``,
      );
      return;
    }
    code.emit({ kind: "pio-write", accessor: `${family}_writeX`, location, value }, span);
    return;
  }
  if (body.role === "device") {
    complaints.error("misplaced", span, "a device writes memory by DMA", `write \`DMA_WRITE(*${found?.name ?? "x"}, …)\``);
    return;
  }
  code.emit({ kind: "write", accessor: accessor ?? (at.volatile ? "WRITE_ONCE" : "plain_write"), address: at.address, value }, span);
}

/** A constant address must be that of a location. */
function checkAddress(body: Body, address: Expression, span: Span): number | undefined {
  if (address.kind !== "constant") return undefined;
  const location = locationAt(body, address);
  // A 0 was reported where the name was looked up, or is a null pointer, which the machine knows how to reject.
  if (location === undefined && address.value !== 0)
    body.complaints.error("arguments", span, `there is no location at address ${address.value}`);
  return location;
}

/**
 * The family of a plain or volatile access to a mapped register. In user space that is how a mapped doorbell is written; in the kernel
 * write-combining memory is accessed like memory, and a volatile access is what __raw_readl is. A bare load or store of another mapping is what the machine does with it,
 * and hardly what was meant: a warning.
 */
function mappedFamily(
  body: Body,
  location: number,
  volatile: boolean,
  accessor: string | undefined,
  span: Span,
  kernel: (space: Space) => string,
): "plain" | "raw" | undefined {
  const found = describe(body, location);
  if (found?.space !== "mmio") return undefined;
  if (body.user) return "raw";
  if (found.memoryType === "wc") return volatile || accessor !== undefined ? "raw" : "plain";
  if (accessor !== undefined) return undefined;
  body.complaints.warning(
    "misplaced",
    span,
    `\`${found.name}\` is a register, accessed here without an accessor: a bare ${kernel === reader ? "load" : "store"}`,
    `a driver writes \`${kernel(found.space)}\``,
  );
  return volatile ? "raw" : "plain";
}

type Space = "memory" | "mmio" | "port" | "config";

export function spaceName(space: Space): string {
  return { memory: "memory", mmio: "a register", port: "an I/O port", config: "configuration space" }[space];
}

export function reader(space: Space): string {
  return { memory: "READ_ONCE", mmio: "readl", port: "inl", config: "pci_read_config_dword" }[space];
}

export function writer(space: Space): string {
  return { memory: "WRITE_ONCE", mmio: "writel", port: "outl", config: "pci_write_config_dword" }[space];
}
