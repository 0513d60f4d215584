/** Operations written out as acts. */
import { ACCESS_KINDS } from "../platform/platform.js";
import type { Expression, Operation, Program } from "../program/program.js";
import type { Act } from "./act.js";
import { locationAt } from "./address.js";
import { compilerReorders } from "./compiler.js";
import { mappingMode } from "./mappings.js";
import { Unsupported } from "./unsupported.js";
import { add, type Subject, through, type Writing } from "./write-accessor.js";

/** The acts of one operation. */
export function writeOut(subject: Subject, operation: Operation): readonly Act[] {
  const { program } = subject;
  const writing: Writing = { ...subject, operation, acts: [] };
  switch (operation.kind) {
    case "assign":
      add(writing, "assign", { target: operation.target, value: operation.value });
      break;
    case "read":
      through(
        writing,
        operation.accessor,
        "load",
        { target: operation.target, ...place(program, operation.address), kinds: ["read"] },
        ...plain(operation.accessor),
      );
      break;
    case "write":
      through(
        writing,
        operation.accessor,
        "store",
        { value: operation.value, ...place(program, operation.address), kinds: ["write"] },
        ...plain(operation.accessor),
      );
      break;
    case "atomic":
      writeAtomic(writing, operation);
      break;
    case "lock":
    case "trylock":
      through(
        writing,
        operation.kind === "lock" ? `${operation.flavour}_lock` : operation.accessor,
        "rmw",
        {
          target: operation.kind === "trylock" ? operation.target : undefined,
          ...place(program, operation.address),
          modify: { kind: "compare", expected: { kind: "constant", value: 0 }, value: { kind: "constant", value: 1 } },
          returns: operation.kind === "trylock" ? "success" : "nothing",
          locks: operation.kind === "lock",
          kinds: ["read", "write"],
        },
        "atomic",
        "lock",
      );
      break;
    case "unlock":
      through(
        writing,
        `${operation.flavour}_unlock`,
        "store",
        { ...place(program, operation.address), value: { kind: "constant", value: 0 }, kinds: ["write"] },
        "lock",
      );
      break;
    case "is-locked":
      through(
        writing,
        operation.accessor,
        "load",
        { target: operation.target, ...place(program, operation.address), isLocked: true, kinds: ["read"] },
        "lock",
      );
      break;
    case "barrier":
      // To the compiler each is one, even where the CPU needs none.
      if (compilerReorders(program)) add(writing, "fence");
      through(writing, operation.accessor, "fence", {});
      break;
    case "pio-read":
    case "pio-write":
      writePio(writing, operation);
      break;
    case "dma-write":
      for (const part of operation.parts)
        add(writing, "dma-write", { ...place(program, part.address), value: part.value, attributes: operation.attributes });
      break;
    case "dma-read":
      for (const part of operation.parts)
        add(writing, "dma-read", {
          ...place(program, part.address),
          target: part.target,
          zeroLength: operation.zeroLength,
          attributes: operation.attributes,
        });
      break;
    case "dma-atomic":
      add(writing, "dma-atomic", {
        ...place(program, operation.address),
        target: operation.target,
        modify: operation.modify,
        returns: "old",
        attributes: operation.attributes,
      });
      break;
    case "msi":
      add(writing, "msi", { vector: operation.vector, attributes: operation.attributes });
      break;
    case "intx":
      add(writing, "intx", { attributes: operation.attributes });
      break;
    case "ats-invalidate-done":
      add(writing, "invalidate-done", { attributes: operation.attributes });
      break;
    case "register-read":
      add(writing, "register-read", { target: operation.target, location: operation.location });
      break;
    case "register-write":
      add(writing, "register-write", { location: operation.location, value: operation.value });
      break;
    case "wait":
      add(writing, "wait", { value: operation.condition, reads: operation.reads });
      break;
    case "answer":
      add(writing, "answer", { location: operation.location, value: operation.value, attributes: operation.attributes });
      break;
    case "tell":
    case "hear":
    case "ats-wait":
      add(writing, operation.kind, { device: operation.device });
      break;
    case "interrupts":
      add(writing, "interrupts", { outcome: operation.enable });
      break;
    case "dma-api":
      writeMappingCall(writing, operation);
      break;
    case "migrate":
      writeMigration(writing);
      break;
    case "branch":
    case "jump":
    case "loop":
    case "delay":
    case "atomic-block":
      break;
  }
  return writing.acts;
}

function writeAtomic(writing: Writing, operation: Operation & { kind: "atomic" }): void {
  const { accessors } = writing.platform;
  const failed = `atomic_failed_${operation.order}`;
  const done = operation.returns === "nothing" ? "atomic_void" : `atomic_${operation.order}`;
  const accessor = writing.failed && accessors.has("atomic_failed") ? (accessors.has(failed) ? failed : "atomic_failed") : done;
  const { target, modify, returns } = operation;
  through(
    writing,
    accessor,
    "rmw",
    { target, ...place(writing.program, operation.address), modify, returns, kinds: ["read", "write"] },
    "atomic",
  );
}

function writePio(writing: Writing, operation: Operation & { kind: "pio-read" | "pio-write" }): void {
  const location = writing.program.locations[operation.location];
  const combining = location?.memoryType === "wc";
  const fields = { location: operation.location, device: location?.owner ?? -1 };
  if (operation.kind === "pio-read") {
    through(writing, operation.accessor, "pio-read", { ...fields, target: operation.target, kinds: [combining ? "wcin" : "in"] });
    return;
  }
  const kinds = [combining ? "wcout" : "out"] as const;
  through(writing, operation.accessor, "pio-write", { ...fields, value: operation.value, kinds, waits: location?.memoryType === "np" });
}

/** What a cache that does not snoop makes of these calls is not covered; elsewhere they order nothing. */
function writeMappingCall(writing: Writing, { call, location }: Operation & { kind: "dma-api" }): void {
  const { program, platform } = writing;
  if (!platform.fabric.coherent && program.locations[location]?.mapping.mode === "streaming")
    throw new Unsupported("caches that do not snoop");
  const mode = mappingMode(program, platform);
  if (mode === "passthrough" || (call !== "map" && call !== "unmap")) return;
  add(writing, call, { mapping: location, kinds: ["write"], fenced: ["write"] });
  if (call === "unmap" && mode === "strict") add(writing, "unmapped", { mapping: location });
}

/** A context switch orders everything, and what it orders has reached everybody; a platform may do more. */
function writeMigration(writing: Writing): void {
  const both = { before: ACCESS_KINDS, after: ACCESS_KINDS };
  if (writing.platform.cpu.multiCopyAtomic) add(writing, "fence", both);
  else add(writing, "sync", { ...both, propagates: "strong" });
  if (writing.platform.accessors.has("migrate")) through(writing, "migrate", "fence", {});
}

/** Where an access goes. */
function place(program: Program, address: Expression): Partial<Act> {
  return { address, location: address.kind === "constant" ? locationAt(program, address.value) : undefined };
}

function plain(accessor: string): readonly string[] {
  return accessor === "plain_read" || accessor === "plain_write" ? ["plain"] : [];
}
