/** What a device does: DMA, interrupts, waiting, telling. */
import { isBinaryOperator } from "../litmus/arithmetic.js";
import type { Expression as Tree } from "../litmus/test.js";
import type { Span } from "../source.js";
import { target } from "./access.js";
import { argument, type Call, deviceArgument, outRegister } from "./arguments.js";
import { type Body, describe, locationAt, mayAccess, member } from "./body.js";
import { binary, conditional, constant, negate, register, unary } from "./evaluate.js";
import type { Meaning } from "./primitives.js";
import type { Attributes, Expression, Modify } from "./program.js";

/** Lowers a call of a device's primitive; undefined where it has no value. `wanted`: its value is used. */
export function lowerDeviceCall(
  body: Body,
  call: Call,
  meaning: Meaning,
  wanted: boolean,
  into: number | undefined,
): Expression | undefined {
  const { code } = body;
  switch (meaning.kind) {
    case "dma-write": {
      const address = dmaAddress(body, call.arguments[0]);
      const value = argument(body, call, 1);
      const attributes = attributesOf(body, call.arguments.slice(2));
      if (wanted && attributes.uio) return answeredWrite(body, call, address, value, attributes);
      if (address !== undefined) code.emit({ kind: "dma-write", parts: [{ address, value }], attributes }, call.span);
      return undefined;
    }
    case "dma-writev": {
      const { items, rest } = pairs(body, call);
      const parts: { address: Expression; value: Expression }[] = [];
      for (const [place, value] of items) {
        const address = dmaAddress(body, place);
        const written = body.value(value);
        if (address !== undefined) parts.push({ address, value: written });
      }
      code.emit({ kind: "dma-write", parts, attributes: attributesOf(body, rest) }, call.span);
      return undefined;
    }
    case "dma-read":
    case "dma-read-zero": {
      const address = dmaAddress(body, call.arguments[0]);
      const attributes = attributesOf(body, call.arguments.slice(1));
      if (address === undefined) return constant(0);
      const to = into ?? code.lasting();
      code.emit(
        { kind: "dma-read", parts: [{ address, target: to }], zeroLength: meaning.kind === "dma-read-zero", attributes },
        call.span,
      );
      return register(to);
    }
    case "dma-readv": {
      const { items, rest } = pairs(body, call);
      const parts: { address: Expression; target: number }[] = [];
      for (const [to, place] of items) {
        const out = outRegister(body, to);
        const address = dmaAddress(body, place);
        if (out === undefined)
          body.complaints.error("arguments", to.span, "a register was expected here", "it is written `DMA_READV(r0, *x, r1, *y)`");
        else if (address !== undefined) parts.push({ address, target: out });
      }
      code.emit({ kind: "dma-read", parts, zeroLength: false, attributes: attributesOf(body, rest) }, call.span);
      return undefined;
    }
    case "dma-add":
      return dmaAtomic(body, call, { kind: "arithmetic", operator: "+", value: argument(body, call, 1) }, 2, into);
    case "dma-swap":
      return dmaAtomic(body, call, { kind: "exchange", value: argument(body, call, 1) }, 2, into);
    case "dma-cas":
      return dmaAtomic(body, call, { kind: "compare", expected: argument(body, call, 1), value: argument(body, call, 2) }, 3, into);
    case "msi": {
      const first = call.arguments[0];
      const stated = first !== undefined && !isAttribute(first);
      const vector = stated ? argument(body, call, 0) : constant(0);
      if (vector.kind !== "constant" || vector.value < 0) {
        body.complaints.error("arguments", first?.span ?? call.span, "the vector must be a constant, 0 or more");
      }
      code.emit(
        {
          kind: "msi",
          vector: vector.kind === "constant" ? vector.value : 0,
          attributes: attributesOf(body, call.arguments.slice(stated ? 1 : 0)),
        },
        call.span,
      );
      return undefined;
    }
    case "intx":
    case "ats-invalidate-done":
      code.emit({ kind: meaning.kind, attributes: attributesOf(body, call.arguments) }, call.span);
      return undefined;
    case "answer":
      lowerAnswer(body, call);
      return undefined;
    case "tell":
    case "hear": {
      const device = deviceArgument(body, call.arguments[0], call.span);
      if (device >= 0) code.emit({ kind: meaning.kind, device }, call.span);
      return undefined;
    }
    case "wait":
      if (call.arguments[0] !== undefined) lowerWait(body, call.arguments[0], false, call.span);
      return undefined;
    default:
      return undefined;
  }
}

/**
 * An unordered write whose completion the device may wait for: a request that stores and is answered. The answer carries no data; the value is 0, and needs the answer.
 */
function answeredWrite(body: Body, call: Call, address: Expression | undefined, value: Expression, attributes: Attributes): Expression {
  if (address === undefined) return constant(0);
  const completion = body.code.lasting();
  body.code.emit({ kind: "dma-atomic", address, target: completion, modify: { kind: "exchange", value }, attributes }, call.span);
  return binary("&", register(completion), constant(0));
}

/** `ANSWER(D0.status)`, `ANSWER(D0.status, 1)`, `ANSWER(D0.status, 1, RO)`. */
function lowerAnswer(body: Body, call: Call): void {
  const tree = call.arguments[0];
  if (tree === undefined) return;
  const at = target(body, tree);
  if (at === undefined) return;
  const location = locationAt(body, at.address);
  const found = location === undefined ? undefined : describe(body, location);
  if (location === undefined || found === undefined || found.space === "memory" || found.owner !== body.device) {
    body.complaints.error(
      "misplaced",
      tree.span,
      "a device answers reads of its own registers",
      found?.space === "memory" ? "memory answers by itself" : "write `ANSWER(D0.status, 1)` in D0",
    );
    return;
  }
  const second = call.arguments[1];
  const stated = second !== undefined && !isAttribute(second);
  const value = stated ? argument(body, call, 1) : undefined;
  const rest = call.arguments.slice(stated ? 2 : 1);
  const attributes = attributesOf(body, rest);
  if (attributes.uio || attributes.translated || attributes.tc !== 0)
    body.complaints.error(
      "unknown-attribute",
      rest[0]?.span ?? call.span,
      "a completion has the traffic class of its request, and is neither unordered I/O nor translated",
      "there are RO and IDO",
    );
  body.code.emit({ kind: "answer", location, value, attributes }, call.span);
}

function dmaAtomic(body: Body, call: Call, modify: Modify, plain: number, into: number | undefined): Expression {
  const address = dmaAddress(body, call.arguments[0]);
  const attributes = attributesOf(body, call.arguments.slice(plain));
  if (address === undefined) return constant(0);
  const to = into ?? body.code.lasting();
  body.code.emit({ kind: "dma-atomic", address, target: to, modify, attributes }, call.span);
  return register(to);
}

/** The address of a device's request: memory, or a register of another device (peer to peer). */
function dmaAddress(body: Body, tree: Tree | undefined): Expression | undefined {
  if (tree === undefined) return undefined;
  const at = target(body, tree);
  if (at === undefined) return undefined;
  const location = locationAt(body, at.address);
  const found = location === undefined ? undefined : describe(body, location);
  if (found === undefined || found.space === "memory" || found.space === "mmio") return at.address;
  body.complaints.error(
    "misplaced",
    tree.span,
    `\`${found.name}\` is ${found.space === "port" ? "an I/O port" : "configuration space"}, which DMA does not reach`,
  );
  return undefined;
}

const isAttribute = (tree: Tree): boolean =>
  (tree.kind === "name" && ["RO", "IDO", "UIO", "AT"].includes(tree.name)) || (tree.kind === "call" && tree.name === "TC");

/** RO, IDO, UIO and TC(n). */
function attributesOf(body: Body, trees: readonly Tree[]): Attributes {
  let ro = false;
  let ido = false;
  let uio = false;
  let translated = false;
  let tc = 0;
  for (const tree of trees) {
    if (tree.kind === "name" && tree.name === "RO") ro = true;
    else if (tree.kind === "name" && tree.name === "IDO") ido = true;
    else if (tree.kind === "name" && tree.name === "UIO") uio = true;
    else if (tree.kind === "name" && tree.name === "AT") translated = true;
    else if (tree.kind === "call" && tree.name === "TC") {
      const value = tree.arguments[0] === undefined ? undefined : body.value(tree.arguments[0]);
      if (tree.arguments.length === 1 && value?.kind === "constant" && value.value >= 0 && value.value <= 7) tc = value.value;
      else body.complaints.error("arguments", tree.span, "a traffic class is a constant from 0 to 7", "write `TC(1)`");
    } else {
      body.complaints.error(
        "unknown-attribute",
        tree.span,
        "this is no attribute of a transaction",
        "there are RO, IDO, UIO, AT and TC(n)",
      );
    }
  }
  return { ro, ido, uio, translated, tc };
}

/** The pairs of DMA_WRITEV and DMA_READV, and the attributes after them. */
function pairs(body: Body, call: Call): { readonly items: readonly (readonly [Tree, Tree])[]; readonly rest: readonly Tree[] } {
  const end = call.arguments.findIndex(isAttribute);
  const list = end === -1 ? call.arguments : call.arguments.slice(0, end);
  const items: (readonly [Tree, Tree])[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    const first = list[i];
    const second = list[i + 1];
    if (first !== undefined && second !== undefined) items.push([first, second]);
  }
  if (list.length % 2 !== 0)
    body.complaints.error(
      "arguments",
      call.span,
      `\`${call.name}\` takes pairs`,
      `\`${call.name}(${call.name === "DMA_READV" ? "r0, *x, r1, *y" : "*x, 1, *y, 2"})\``,
    );
  return { items, rest: end === -1 ? [] : call.arguments.slice(end) };
}

/** WAIT(e), and `while (!e) ;` (`negated`): own registers are read at the moment at which the condition is looked at. */
export function lowerWait(body: Body, tree: Tree, negated: boolean, span: Span): void {
  const reads: { target: number; location: number }[] = [];
  const condition = waitExpression(body, tree, reads);
  body.code.emit({ kind: "wait", condition: negated ? negate(condition) : condition, reads }, span);
}

function waitExpression(body: Body, tree: Tree, reads: { target: number; location: number }[]): Expression {
  const inner = (child: Tree): Expression => waitExpression(body, child, reads);
  if (!mayAccess(body, tree)) return body.value(tree);
  switch (tree.kind) {
    case "unary":
      if (tree.operator === "*" || tree.operator === "&") break;
      return tree.operator === "+" ? inner(tree.operand) : unary(tree.operator, inner(tree.operand));
    case "binary":
      if (!isBinaryOperator(tree.operator)) break;
      return binary(tree.operator, inner(tree.left), inner(tree.right));
    case "conditional":
      return conditional(inner(tree.condition), inner(tree.then), inner(tree.else));
    default:
      break;
  }
  const location = ownRegister(body, tree);
  if (location === undefined) return constant(0);
  const known = reads.find((read) => read.location === location);
  const to = known?.target ?? body.code.temporary();
  if (known === undefined) reads.push({ target: to, location });
  return register(to);
}

function ownRegister(body: Body, tree: Tree): number | undefined {
  if (tree.kind === "member" && member(body, tree) === undefined) return undefined;
  const at = tree.kind === "call" ? undefined : target(body, tree);
  const location = at === undefined ? undefined : locationAt(body, at.address);
  const found = location === undefined ? undefined : describe(body, location);
  if (found !== undefined && found.space !== "memory" && found.owner === body.device) return location;
  const hint =
    tree.kind === "call" || found === undefined || found.space === "memory"
      ? "read into a register first, in a loop: `do r0 = DMA_READ(*x); while (r0 == 0);`"
      : `poll it with \`r = DMA_READ(${found.name})\``;
  body.complaints.error("misplaced", tree.span, "a device waits for its own registers and for values that it has", hint);
  return undefined;
}

/** Whether a loop's condition is one that a device can wait for: it reads own registers, and nothing else. */
export function isWait(body: Body, tree: Tree): boolean {
  let own = false;
  const check = (at: Tree): boolean => {
    switch (at.kind) {
      case "integer":
      case "name":
        return true;
      case "binary":
        return check(at.left) && check(at.right);
      case "conditional":
        return check(at.condition) && check(at.then) && check(at.else);
      case "unary":
        if (at.operator !== "*" && at.operator !== "&") return check(at.operand);
        return isOwn(at);
      default:
        return isOwn(at);
    }
  };
  const isOwn = (at: Tree): boolean => {
    const location =
      at.kind === "member"
        ? body.locations.owned(at.owner, at.name)?.location
        : at.kind === "unary" && at.operator === "*" && at.operand.kind === "name"
          ? named(body, at.operand.name)
          : undefined;
    const found = location === undefined ? undefined : describe(body, location);
    const yes = found !== undefined && found.space !== "memory" && found.owner === body.device;
    own ||= yes;
    return yes;
  };
  return check(tree) && own;
}

function named(body: Body, name: string): number | undefined {
  const meaning = body.scope.lookup(name);
  return meaning.kind === "location" ? meaning.place.location : undefined;
}
