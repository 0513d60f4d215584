/** Forms that the explorer finds good and that a reviewer would question, and which of several equal forms is the idiom. */
import type { Expression } from "../program/program.js";
import { ADDRESS_BASE } from "../program/program.js";
import type { Change } from "./change.js";
import type { Subject } from "./source-program.js";

const SMP =
  "smp_ primitives order CPUs: a kernel built for one CPU makes them compiler barriers (memory-barriers.txt, CPU memory barriers), while a device is there all the same";

/** Does the thread look at memory that a device reads or writes, or at registers? */
function meetsDevices({ program }: Subject, name: string | undefined): boolean {
  const reached = new Set<number>();
  let anywhere = false;
  const add = (address: Expression): void => {
    if (address.kind === "constant") reached.add(address.value - ADDRESS_BASE);
    else anywhere = true;
  };
  for (const { code } of program.threads) {
    for (const operation of code) {
      if (operation.kind === "dma-write" || operation.kind === "dma-read") for (const { address } of operation.parts) add(address);
      if (operation.kind === "dma-atomic") add(operation.address);
    }
  }
  const code = program.threads.find((thread) => thread.name === name)?.code ?? [];
  return code.some((operation) => {
    if (operation.kind === "pio-read" || operation.kind === "pio-write") return true;
    if (operation.kind !== "read" && operation.kind !== "write" && operation.kind !== "atomic") return false;
    return operation.address.kind !== "constant" ? anywhere || reached.size > 0 : reached.has(operation.address.value - ADDRESS_BASE);
  });
}

/** What to say against a change; undefined where there is nothing. */
export function cautionOf(subject: Subject, changes: readonly Change[]): string | undefined {
  return changes.some(({ operation, thread }) => operation.startsWith("smp_") && meetsDevices(subject, thread)) ? SMP : undefined;
}

/** Among forms that cost the same, the one that code of this kind uses: lower is better. */
export function idiom(subject: Subject, { operation, thread }: Change): number {
  const user = subject.program.threads.find(({ name }) => name === thread)?.user === true;
  const devices = meetsDevices(subject, thread);
  if (operation.startsWith("udma_") || operation.startsWith("mmio_")) return user ? 0 : 4;
  if (operation.startsWith("dma_")) return devices ? 1 : 3;
  if (operation.startsWith("smp_")) return devices ? 5 : 1;
  return 2;
}
