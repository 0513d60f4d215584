/** A thread's operations, lowered to instructions. */
import { ADDRESS_BASE, type Expression, type Operation, type Thread } from "../program/program.js";
import { expand } from "./accessor.js";
import { type Draft, KIND_BIT } from "./instruction.js";
import { lowerMemoryAccess, lowerRegisterAccess } from "./lower-memory.js";
import { append, type Lowering, type Lowerings, type OperationOf, startLowering, staticLocation } from "./lowering.js";
import type { Range } from "./machine.js";

/** Lowers one thread; operation indices become instruction ids. */
export function lowerThread(shared: Lowerings, index: number, thread: Thread): Range {
  const lowering = startLowering(shared, index, thread);
  const { drafts, first, platform } = lowering;
  const heads = loopHeads(thread);
  // What the kernel does before it calls a handler.
  const [beginning] = thread.code;
  if (thread.on !== undefined && thread.role === "cpu" && beginning !== undefined && platform.accessors.has("handler"))
    expand(lowering, "handler", beginning, () => undefined);
  const start: number[] = [];
  const fixes: { draft: Draft; to: number; join: number }[] = [];
  for (const [at, operation] of thread.code.entries()) {
    start.push(drafts.length);
    const registers = heads.get(at);
    if (registers !== undefined) append(lowering, "loop-head", operation, { registers });
    switch (operation.kind) {
      case "branch":
        fixes.push({
          draft: append(lowering, "branch", operation, { value: operation.condition }),
          to: operation.otherwise,
          join: operation.join,
        });
        break;
      case "jump":
        fixes.push({ draft: append(lowering, "jump", operation, {}), to: operation.to, join: operation.to });
        break;
      case "loop":
        fixes.push({ draft: append(lowering, "loop", operation, {}), to: operation.head, join: operation.head });
        break;
      default:
        lowerOperation(lowering, operation);
    }
  }
  const end = drafts.length;
  const id = (operation: number): number => start[operation] ?? end;
  for (const [at, operation] of thread.code.entries())
    if (operation.kind === "atomic-block") joinBlock(drafts, id(at + 1), id(at + 1 + operation.length));
  for (const fix of fixes) {
    fix.draft.to = id(fix.to);
    fix.draft.join = id(fix.join);
  }
  return { first, end };
}

/** An indivisible step: each of its instructions knows the one that acts. */
function joinBlock(drafts: readonly Draft[], first: number, blockEnd: number): void {
  const inside = drafts.slice(first, blockEnd);
  const block = inside.find((draft) => !["assign", "branch", "jump", "nothing", "loop", "loop-head"].includes(draft.kind))?.id ?? -1;
  for (const draft of inside) {
    draft.block = block;
    draft.blockEnd = blockEnd;
  }
}

/** By the operation at a loop's head: the registers that are kept from round to round. */
function loopHeads(thread: Thread): ReadonlyMap<number, readonly number[]> {
  const heads = new Map<number, readonly number[]>();
  for (const [at, operation] of thread.code.entries()) {
    if (operation.kind !== "loop") continue;
    const body = thread.code.slice(operation.head, at);
    const registers = new Set(body.flatMap(assigned));
    // A register that each round assigns before anything can read it need not be kept from round to round.
    for (const inside of body) {
      if (inside.kind !== "read" && inside.kind !== "pio-read" && inside.kind !== "register-read") break;
      if (inside.kind === "read" && inside.address.kind !== "constant") break;
      registers.delete(inside.target);
    }
    heads.set(operation.head, [...registers]);
  }
  return heads;
}

/** Registers that an operation assigns. */
function assigned(operation: Operation): readonly number[] {
  switch (operation.kind) {
    case "assign":
    case "read":
    case "trylock":
    case "is-locked":
    case "pio-read":
    case "register-read":
      return [operation.target];
    case "atomic":
    case "dma-atomic":
      return operation.target === undefined ? [] : [operation.target];
    case "dma-read":
      return operation.parts.map((part) => part.target);
    case "wait":
      return operation.reads.map((read) => read.target);
    default:
      return [];
  }
}

/** Lowers an operation that goes nowhere but on to the next. */
function lowerOperation(lowering: Lowering, operation: Exclude<Operation, { readonly kind: "branch" | "jump" | "loop" }>): void {
  switch (operation.kind) {
    case "assign":
      append(lowering, "assign", operation, { target: operation.target, value: operation.value });
      break;
    case "read":
    case "write":
    case "atomic":
    case "lock":
    case "trylock":
    case "unlock":
    case "is-locked":
      lowerMemoryAccess(lowering, operation);
      break;
    case "pio-read":
    case "pio-write":
      lowerRegisterAccess(lowering, operation);
      break;
    case "barrier":
      append(lowering, "fence", operation, { compiler: true });
      expand(lowering, operation.accessor, operation, () => undefined);
      break;
    case "dma-write":
    case "dma-read":
    case "dma-atomic":
      lowerRequest(lowering, operation);
      break;
    case "msi":
    case "intx":
      append(lowering, operation.kind, operation, {});
      break;
    case "ats-invalidate-done":
      append(lowering, "invalidate-done", operation, {});
      break;
    case "register-read":
      append(lowering, "register-read", operation, { target: operation.target, location: operation.location });
      break;
    case "register-write":
    case "answer":
      append(lowering, operation.kind, operation, { location: operation.location, value: operation.value });
      break;
    case "wait":
      append(lowering, "wait", operation, { value: operation.condition, reads: operation.reads });
      break;
    case "tell":
    case "hear":
    case "ats-wait":
      append(lowering, operation.kind, operation, { device: operation.device });
      break;
    case "interrupts":
      append(lowering, "interrupts", operation, { enable: operation.enable });
      break;
    case "dma-api":
      lowerMapping(lowering, operation);
      break;
    case "migrate": {
      // A context switch: everything the old CPU did is seen before the new one goes on; a platform may also empty the old CPU's path of PIO writes.
      const { cpu, accessors } = lowering.platform;
      const propagates = cpu.multiCopyAtomic ? "none" : "strong";
      append(lowering, "fence", operation, { before: 63, after: 63, propagates, active: !cpu.multiCopyAtomic });
      if (accessors.has("migrate")) expand(lowering, "migrate", operation, () => undefined);
      if (operation.cpu.kind === "constant") lowering.cpu = operation.cpu.value;
      break;
    }
    case "delay":
    case "atomic-block":
      append(lowering, "nothing", operation, {});
      break;
  }
}

/** A device's request of memory or of a register: one packet for each of its parts. */
function lowerRequest(lowering: Lowering, operation: OperationOf<"dma-write" | "dma-read" | "dma-atomic">): void {
  switch (operation.kind) {
    case "dma-write":
      for (const { address, value } of operation.parts)
        byTarget(lowering, operation, address, (location) => append(lowering, "dma-write", operation, { address, location, value }));
      break;
    case "dma-read":
      for (const { address, target } of operation.parts)
        byTarget(lowering, operation, address, (location) => append(lowering, "dma-read", operation, { address, location, target }));
      break;
    case "dma-atomic": {
      const { address, modify, target = -1 } = operation;
      byTarget(lowering, operation, address, (location) =>
        append(lowering, "dma-atomic", operation, { address, location, target, modify, returns: "old" }),
      );
      break;
    }
  }
}

/**
 * A device's request: where its address is computed, an arm for each location that it can point to, because a packet's way and its mapping's attributes are those of
 * its target.
 */
function byTarget(lowering: Lowering, operation: Operation, address: Expression, request: (location: number) => void): void {
  const { drafts } = lowering;
  const named = staticLocation(address, lowering.program.locations);
  if (named >= 0 || address.kind === "constant") {
    request(named);
    return;
  }
  const skips: Draft[] = [];
  for (const location of lowering.pointers()) {
    const here: Expression = { kind: "binary", operator: "==", left: address, right: { kind: "constant", value: ADDRESS_BASE + location } };
    const test = append(lowering, "branch", operation, { value: here });
    request(location);
    skips.push(append(lowering, "jump", operation, {}));
    test.to = drafts.length;
    test.join = drafts.length;
  }
  request(-1);
  for (const skip of skips) skip.to = drafts.length;
  append(lowering, "nothing", operation, {});
}

/** A call of the DMA API: what it does to the table of mappings, and to cached copies where devices do not see these. */
function lowerMapping(lowering: Lowering, operation: OperationOf<"dma-api">): void {
  const { call } = operation;
  const location = lowering.program.locations[operation.location];
  const cached = !lowering.platform.fabric.coherent && location !== undefined && location.mapping.mode === "streaming";
  const looked = lowering.translating && location !== undefined;
  const entry = { mapping: operation.location, fenced: KIND_BIT.write };
  if (looked && call === "unmap") {
    append(lowering, "unmap", operation, { ...entry, enable: lowering.strict });
    if (lowering.strict) append(lowering, "unmapped", operation, { mapping: operation.location });
  }
  if (cached && (call === "sync-for-cpu" || call === "unmap"))
    append(lowering, "sync-for-cpu", operation, { location: operation.location });
  else if (cached && (call === "sync-for-device" || call === "map"))
    append(lowering, "sync-for-device", operation, { location: operation.location });
  else append(lowering, "nothing", operation, {});
  if (looked && call === "map") append(lowering, "map", operation, entry);
}
