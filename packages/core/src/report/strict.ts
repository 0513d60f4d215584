/** The rules of a platform that say no to something that a test does. */
import { buildMachine, type Machine } from "../machine/machine.js";
import { ACCESS_KINDS, type AccessKind, type Accessor, type Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { cellRule, kindWords, type Rule, type Strength, windowRule } from "./rule.js";

/** Everything that says no to some pair of this program's packets or accesses: cells, window rules, what accessors do besides, and how stores spread. */
export function strictRules(program: Program, platform: Platform, settings: ReadonlyMap<string, string>): readonly Rule[] {
  const used = new UsedAccessors(platform.accessors);
  const machine = buildMachine(program, { ...platform, accessors: used }, settings);
  return [...strictCells(machine), ...strictWindow(machine), ...accessorSteps(platform, used.names), ...storage(machine)];
}

/** Remembers which accessors a program turned out to need. */
class UsedAccessors extends Map<string, Accessor> {
  readonly names = new Set<string>();
  override get(name: string): Accessor | undefined {
    const found = super.get(name);
    if (found !== undefined) this.names.add(name);
    return found;
  }
}

function strictCells(machine: Machine): Rule[] {
  const { platform, packets } = machine;
  const found = new Map<string, Rule>();
  packets.forEach((younger, a) => {
    packets.forEach((older, b) => {
      if (a === b) return;
      younger.hops.forEach((hop, i) => {
        older.hops.forEach((other, j) => {
          if (hop.place !== other.place) return;
          const cell = machine.cell(a, i + 1, b, j + 1);
          if (cell === undefined || cell.pass !== "no") return;
          const table = platform.fabric.places[machine.places[hop.place]?.place ?? -1]?.table ?? "";
          const index = platform.fabric.tables[table]?.indexOf(cell) ?? -1;
          if (index >= 0) found.set(`${table} ${index}`, cellRule(platform, table, index));
        });
      });
    });
  });
  return [...found.values()];
}

function strictWindow(machine: Machine): Rule[] {
  const { platform, instructions, threads } = machine;
  const ids = new Set<string>();
  for (const older of instructions) {
    for (const younger of instructions) {
      const a = threads[older.thread];
      const b = threads[younger.thread];
      if (older === younger || a?.role !== "cpu" || b?.role !== "cpu" || a.thread.cpu !== b.thread.cpu) continue;
      if (machine.window(older, younger) !== 0) continue;
      const id = machine.windowRule(older, younger);
      if (id !== undefined) ids.add(id);
    }
  }
  return platform.cpu.window.flatMap((rule, index) => (ids.has(rule.id) && rule.pass === "no" ? [windowRule(platform, index)] : []));
}

function accessorSteps(platform: Platform, names: ReadonlySet<string>): Rule[] {
  return [...names].sort().flatMap((name): Rule[] => {
    const accessor = platform.accessors.get(name) as Accessor;
    return accessor.steps.flatMap((step, index): Rule[] => {
      const orders = step.kind !== "access" || step.waits;
      if (!orders) return [];
      return [
        {
          kind: "step",
          accessor: name,
          index,
          id: `${name}: ${accessor.text[index] ?? step.kind}`,
          says: stepSays(name, step),
          source: accessor.source,
        },
      ];
    });
  });
}

function stepSays(name: string, step: Accessor["steps"][number]): string {
  switch (step.kind) {
    case "access":
      return `${name} waits until its write is answered`;
    case "token":
      return step.token === "flush" ? `${name} flushes the device's DMA and waits` : `${name} waits until its CPU's PIO writes are through`;
    case "fence": {
      const kinds = (list: readonly AccessKind[]): string =>
        list.length === ACCESS_KINDS.length ? "accesses" : list.map(kindWords).join(", ");
      return `${name} keeps later ${kinds(step.after)} behind earlier ${kinds(step.before)}`;
    }
  }
}

function storage(machine: Machine): Rule[] {
  const { cpu } = machine.platform;
  const several = machine.cpus > 1;
  const branches = machine.instructions.some((instruction) => instruction.kind === "branch");
  const addresses = machine.instructions.some((instruction) => instruction.address !== undefined && instruction.location < 0);
  const rules: Rule[] = [];
  const add = (property: Strength, id: string, says: string): void => {
    rules.push({ kind: "cpu", property, id: `${cpu.name}: ${id}`, says, source: cpu.source });
  };
  if (several && cpu.multiCopyAtomic) add("multiCopyAtomic", "multi-copy-atomic", "a store reaches all other CPUs at once");
  if (several && cpu.readsJoin && addresses)
    add("readsJoin", "reads-join", "a read through an address sees what the read of the address saw");
  if (addresses && cpu.addressPending === "no")
    add("addressPending", "address-pending", "a store waits until older accesses have their addresses");
  if (branches && cpu.control === "all") add("control", "control", "a store waits for every older branch");
  return rules;
}
