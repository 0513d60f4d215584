/** What the lowering of one thread's body carries along. */
import type { Thread, Expression as Tree } from "../litmus/test.js";
import type { Code } from "./code.js";
import type { Complaints } from "./complaints.js";
import type { Devices } from "./devices.js";
import { constant } from "./evaluate.js";
import { ADDRESS_BASE, type Expression, type Location } from "./program.js";
import { addressOf, type Locations, type Place } from "./resolve.js";
import { children, type Scope } from "./scope.js";

/** A thread's body while it is lowered. */
export interface Body {
  readonly thread: Thread;
  readonly role: "cpu" | "device";
  /** The thread's device, or -1. */
  readonly device: number;
  readonly user: boolean;
  readonly scope: Scope;
  readonly code: Code;
  readonly locations: Locations;
  readonly devices: Devices;
  readonly complaints: Complaints;
  /** Whether hard interrupts are masked here, following the text from the top. */
  masked: boolean;
  /** What `masked` was at each `local_irq_save(flags)`, by the name of the flags. */
  readonly saved: Map<string, boolean>;
  /** The value of an expression; the accesses in it become operations. With `into`, an access that is the whole expression puts its value there. */
  value(tree: Tree, into?: number): Expression;
}

/** The location that an address names, where that can be known. */
export function locationAt(body: Body, address: Expression): number | undefined {
  if (address.kind !== "constant") return undefined;
  const index = address.value - ADDRESS_BASE;
  return index >= 0 && index < body.locations.list.length ? index : undefined;
}

/** The location with this number. */
export function describe(body: Body, location: number): Location | undefined {
  return body.locations.list[location];
}

/** The register or memory that `D0.status` names; an error where there is none. */
export function member(body: Body, tree: Extract<Tree, { kind: "member" }>): Place | undefined {
  const place = body.locations.owned(tree.owner, tree.name);
  if (place === undefined) body.locations.unknownRegister(tree.owner, tree.name, tree.span);
  return place;
}

/**
 * The location that an expression names without computing anything: `x`, `*x`, `&x`, `x[1]`, `D0.status`, `&D0.status`.
 * Reports nothing.
 */
export function staticLocation(body: Body, tree: Tree): number | undefined {
  switch (tree.kind) {
    case "name": {
      const meaning = body.scope.lookup(tree.name);
      return meaning.kind === "location" ? meaning.place.location : undefined;
    }
    case "member":
      return body.locations.owned(tree.owner, tree.name)?.location;
    case "unary":
      return tree.operator === "*" || tree.operator === "&" ? staticLocation(body, tree.operand) : undefined;
    case "index": {
      const base = staticLocation(body, tree.base);
      if (base === undefined || mayAccess(body, tree.index)) return undefined;
      const index = body.value(tree.index);
      if (index.kind !== "constant" || isOutside(body, tree, index.value)) return undefined;
      return locationAt(body, constant(addressOf(base) + index.value));
    }
    default:
      return undefined;
  }
}

/** Whether `x[index]` is known not to exist: `x` is a location or an array, and has fewer elements. */
export function isOutside(body: Body, tree: Extract<Tree, { kind: "index" }>, index: number): boolean {
  const { base } = tree;
  const meaning = base.kind === "name" ? body.scope.lookup(base.name) : undefined;
  const place =
    meaning?.kind === "location" ? meaning.place : base.kind === "member" ? body.locations.owned(base.owner, base.name) : undefined;
  return place !== undefined && (index < 0 || index >= (place.length ?? 1));
}

/**
 * Whether a name, standing for itself, is a variable as in C: memory that the initial state declares and that is no parameter of the thread, no array and no lock. A parameter is the address of its
 * location, and so is a location that only other threads name.
 */
export function isVariable(body: Body, name: string): boolean {
  const meaning = body.scope.lookup(name);
  if (meaning.kind !== "location" || meaning.place.length !== undefined || body.scope.isParameter(name)) return false;
  const found = describe(body, meaning.place.location);
  return found?.space === "memory" && !found.lock && body.locations.declared(name);
}

/** Whether the value of an expression may take an operation: a memory access, a call, a register of a device. */
export function mayAccess(body: Body, tree: Tree): boolean {
  if (tree.kind === "call" || tree.kind === "index" || tree.kind === "member") return true;
  if (tree.kind === "unary" && tree.operator === "*") return true;
  if (tree.kind === "unary" && tree.operator === "&" && (tree.operand.kind === "name" || tree.operand.kind === "member")) return false;
  if (tree.kind === "name") return isVariable(body, tree.name);
  return children(tree).some((child) => mayAccess(body, child));
}

/** Warns of a parameter that stands where only what its location holds can be meant. */
export function warnOfAddress(body: Body, tree: Tree): void {
  if (tree.kind !== "name" || !body.scope.isParameter(tree.name)) return;
  const meaning = body.scope.lookup(tree.name);
  if (meaning.kind !== "location" || describe(body, meaning.place.location)?.space !== "memory") return;
  const name = meaning.place.length === undefined ? `*${tree.name}` : `${tree.name}[0]`;
  const message = `\`${tree.name}\` is an address here, not what is stored there`;
  body.complaints.warning(
    "misplaced",
    tree.span,
    message,
    body.role === "cpu" ? `write \`READ_ONCE(${name})\`` : `write \`DMA_READ(${name})\``,
  );
}
