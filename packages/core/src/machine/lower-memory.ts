/** Accesses of CPUs to memory, and to registers: the instructions that an operation's accessor makes of them. */
import type { Expression, Operation } from "../program/program.js";
import { type AccessStep, expand, factsOf } from "./accessor.js";
import { type AccessFacts, type Draft, KIND_BIT, NO_FACTS } from "./instruction.js";
import { append, type Lowering, type OperationOf, staticLocation } from "./lowering.js";

const FREE: Expression = { kind: "constant", value: 0 };
/** What takes a spin lock: register writes under it are noted (pending.ts). */
const SPINS: readonly string[] = ["spin_lock", "spin_trylock"];

const TAKEN: Expression = { kind: "constant", value: 1 };

/** Lowers a CPU's access to memory. */
export function lowerMemoryAccess(
  lowering: Lowering,
  operation: OperationOf<"read" | "write" | "atomic" | "lock" | "trylock" | "unlock" | "is-locked">,
): void {
  const { address } = operation;
  const at = { address, location: staticLocation(address, lowering.program.locations) };
  switch (operation.kind) {
    case "read":
    case "is-locked":
      expand(lowering, operation.kind === "read" ? operation.accessor : "spin_is_locked", operation, (step) =>
        append(lowering, "load", operation, {
          ...at,
          target: operation.target,
          mask: KIND_BIT.read,
          facts: factsOf(step, operation.kind === "read" ? { plain: operation.accessor === "plain_read" } : { lock: true }),
        }),
      );
      break;
    case "write":
    case "unlock":
      expand(lowering, operation.kind === "write" ? operation.accessor : `${operation.flavour}_unlock`, operation, (step) =>
        append(lowering, "store", operation, {
          ...at,
          value: operation.kind === "write" ? operation.value : FREE,
          mask: KIND_BIT.write,
          global: step.global,
          nests: operation.kind === "unlock" && operation.flavour === "spin" ? -1 : 0,
          facts: factsOf(step, operation.kind === "write" ? { plain: operation.accessor === "plain_write" } : { lock: true }),
        }),
      );
      break;
    case "lock":
    case "trylock":
      expand(lowering, operation.kind === "lock" ? `${operation.flavour}_lock` : "spin_trylock", operation, (step) =>
        appendAtomic(lowering, operation, step, {
          ...at,
          target: operation.kind === "trylock" ? operation.target : -1,
          modify: { kind: "compare", expected: FREE, value: TAKEN },
          returns: operation.kind === "trylock" ? "success" : "nothing",
          locks: operation.kind === "lock",
          inherits: step.inherits,
          nests: SPINS.includes(operation.accessor) ? 1 : 0,
          facts: factsOf(step, { atomic: true, lock: true }),
        }),
      );
      break;
    case "atomic":
      lowerAtomic(lowering, operation);
      break;
  }
}

/** A read-modify-write: one instruction, or two halves where the platform lets them be apart. */
function appendAtomic(lowering: Lowering, operation: Operation, step: AccessStep, fields: Partial<Draft>): void {
  if (!step.split) {
    append(lowering, "rmw", operation, { ...fields, mask: KIND_BIT.read | KIND_BIT.write, global: step.global });
    return;
  }
  const read = append(lowering, "load", operation, {
    ...fields,
    mask: KIND_BIT.read,
    fenced: step.noreturn ? 0 : KIND_BIT.read,
    facts: { ...(fields.facts ?? NO_FACTS), release: false },
  });
  const write = append(lowering, "store", operation, {
    ...fields,
    target: -1,
    locks: false,
    inherits: false,
    nests: 0,
    mask: KIND_BIT.write,
    global: step.global,
    pair: read.id,
    facts: { ...(fields.facts ?? NO_FACTS), acquire: false },
  });
  read.pair = write.id;
}

/** One that stores only on a condition has its fences only where it stores: a free choice that the outcome has to meet. */
function lowerAtomic(lowering: Lowering, operation: OperationOf<"atomic">): void {
  const { drafts, platform, program } = lowering;
  const arm = (accessor: string, outcome: number): void =>
    expand(lowering, accessor, operation, (step) => {
      const fields: Partial<Draft> = {
        target: operation.target ?? -1,
        address: operation.address,
        location: staticLocation(operation.address, program.locations),
        modify: operation.modify,
        returns: operation.returns,
        outcome,
        facts: factsOf(step, { atomic: true }),
      };
      // One that stores nothing is a read.
      if (outcome < 0) append(lowering, "load", operation, { ...fields, mask: KIND_BIT.read });
      else appendAtomic(lowering, operation, step, fields);
    });
  const name = operation.returns === "nothing" ? "atomic_void" : `atomic_${operation.order}`;
  const conditional =
    (operation.modify.kind === "compare" || operation.modify.kind === "add-unless") && platform.accessors.has("atomic_failed");
  if (!conditional) {
    arm(name, 0);
    return;
  }
  const choice = append(lowering, "branch", operation, {});
  arm(name, 1);
  const skip = append(lowering, "jump", operation, {});
  choice.to = drafts.length;
  const failed = `atomic_failed_${operation.order}`;
  arm(platform.accessors.has(failed) ? failed : "atomic_failed", -1);
  choice.join = drafts.length;
  skip.to = drafts.length;
  skip.join = drafts.length;
  // Something for the jump to land on.
  append(lowering, "nothing", operation, {});
}

/** Lowers a CPU's access to a register. */
export function lowerRegisterAccess(lowering: Lowering, operation: OperationOf<"pio-read" | "pio-write">): void {
  const location = lowering.program.locations[operation.location];
  if (location === undefined) return;
  lowering.lastDevice = location.owner;
  const combining = location.memoryType === "wc";
  // No accessor promises order at the device for such a mapping: memory-barriers.txt, KERNEL I/O BARRIER EFFECTS.
  const facts = (step: AccessStep): AccessFacts => factsOf(step, combining ? { ordered: false } : {});
  expand(lowering, operation.accessor, operation, (step) =>
    operation.kind === "pio-read"
      ? append(lowering, "pio-read", operation, {
          target: operation.target,
          location: operation.location,
          mask: combining ? KIND_BIT.wcin : KIND_BIT.in,
          device: location.owner,
          facts: facts(step),
        })
      : append(lowering, "pio-write", operation, {
          location: operation.location,
          value: operation.value,
          mask: combining ? KIND_BIT.wcout : KIND_BIT.out,
          device: location.owner,
          waits: step.waits || location.memoryType === "np",
          pends: step.pending,
          facts: facts(step),
        }),
  );
}
