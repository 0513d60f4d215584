/** Who waits for whom is worked out class by class; asked pair by pair, the tables say the same. */
import { expect, test } from "vitest";
import { buildMachine, type Machine } from "../../src/machine/machine.js";
import { withWaits } from "../../src/machine/passing.js";
import { variantOf } from "../../src/machine/variant.js";
import { platformNames } from "../../src/platform/index.js";
import { catalogueProgram, platformOf } from "../subject.js";

/** Every pair of packets in a place, by the cell that decides for it. */
function waitsByCells(machine: Machine): Machine["waits"] {
  const { instructions, packets } = machine;
  const pass: Machine["pass"] = (younger, youngerHop, older, olderHop) => {
    const a = packets[younger] as Machine["packets"][number];
    const b = packets[older] as Machine["packets"][number];
    const [first, second] = [instructions[a.instruction], instructions[b.instruction]];
    const together = first?.kind === "dma-write" && first.operation === second?.operation && !a.fields.has("ro") && !a.uio;
    return !together && ["may", "must"].includes(machine.cell(younger, youngerHop, older, olderHop)?.pass ?? "no");
  };
  return withWaits({ ...machine, pass }).waits;
}

test.each(["altix/cq-race", "altix/barrier-then-data", "altix/cq-barrier", "pcie/credits-posted-read", "bugs/65-mthca-command-after"])(
  "%s",
  (name) => {
    const program = catalogueProgram(name);
    let pairs = 0;
    for (const on of platformNames().map(platformOf)) {
      const machine = buildMachine(program, on);
      const others = on.options.flatMap(({ id, values }) => values.map((value) => variantOf(machine, new Map([[id, value]]))));
      for (const each of [machine, ...others]) {
        expect(each.waits, on.name).toEqual(waitsByCells(each));
        pairs += each.waits.flat(2).length;
      }
    }
    expect(pairs).toBeGreaterThan(0);
  },
);
