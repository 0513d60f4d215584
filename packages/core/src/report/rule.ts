/** The rules of a platform that a test meets, each with its source, and copies of the platform in which one of them is changed. */
import { buildMachine, type Machine } from "../machine/machine.js";
import { ACCESS_KINDS, type AccessKind, type Accessor, PACKET_KINDS, type Pass, type Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";

export type Rule =
  /** A cell of a place's table. */
  | {
      readonly kind: "cell";
      readonly table: string;
      readonly index: number;
      readonly id: string;
      readonly says: string;
      readonly source: string;
    }
  /** A rule of the CPU's window. */
  | { readonly kind: "window"; readonly index: number; readonly id: string; readonly says: string; readonly source: string }
  /** That the window has no rule for such a pair. */
  | {
      readonly kind: "no-rule";
      readonly older: readonly AccessKind[];
      readonly younger: readonly AccessKind[];
      readonly id: string;
      readonly says: string;
      readonly source: string;
    }
  /** A fence, a token or a wait that an accessor turns into. */
  | {
      readonly kind: "step";
      readonly accessor: string;
      readonly index: number;
      readonly id: string;
      readonly says: string;
      readonly source: string;
    }
  /** How the CPU's stores reach others. */
  | { readonly kind: "cpu"; readonly property: keyof typeof WEAKER; readonly id: string; readonly says: string; readonly source: string }
  /** That stores reach other CPUs one by one, that devices see them late, or that the CPU's caches do not see DMA. */
  | { readonly kind: "weak"; readonly property: keyof typeof STRONGER; readonly id: string; readonly says: string; readonly source: string }
  /** What is no rule of its own: that two packets wait in different places, say. */
  | { readonly kind: "fact"; readonly id: string; readonly says: string; readonly source: string };

const WEAKER = {
  multiCopyAtomic: { multiCopyAtomic: false },
  readsJoin: { readsJoin: false },
  addressPending: { addressPending: "may" },
  control: { control: "arms" },
} as const;

const STRONGER = {
  multiCopyAtomic: { multiCopyAtomic: true },
  devicesSee: { devicesSee: "at-once" },
  coherent: {},
} as const;

/** That something is weak, as a rule. */
export function weakRule(platform: Platform, property: keyof typeof STRONGER): Rule {
  const { cpu, fabric } = platform;
  switch (property) {
    case "multiCopyAtomic":
      return {
        kind: "weak",
        property,
        id: `${cpu.name}: not multi-copy atomic`,
        says: "a store reaches other CPUs one by one",
        source: cpu.source,
      };
    case "devicesSee":
      return {
        kind: "weak",
        property,
        id: `${cpu.name}: devices see late`,
        says: "a store reaches devices later than CPUs",
        source: cpu.source,
      };
    case "coherent":
      return {
        kind: "weak",
        property,
        id: `${fabric.name}: not coherent`,
        says: "the CPU's caches do not see DMA, nor devices the caches",
        source: fabric.source,
      };
  }
}

const VERB: { readonly [pass in Pass]: string } = { no: "must not pass", may: "may pass", must: "may pass" };

/** A cell, or a rule of a window, as a sentence; `all` is how many kinds there are. */
function says(
  cell: { readonly younger: readonly string[]; readonly older: readonly string[]; readonly when: readonly string[]; readonly pass: Pass },
  all: number,
): string {
  const kinds = (list: readonly string[]): string => (list.length === all ? "anything" : list.map(kindWords).join(", "));
  const when = cell.when.length === 0 ? "" : `, where ${cell.when.join(", ")}`;
  return `younger ${kinds(cell.younger)} ${VERB[cell.pass]} older ${kinds(cell.older)}${when}`;
}

const ACCESS_WORDS: { readonly [kind: string]: string } = {
  in: "PIO read",
  out: "PIO write",
  wcin: "write-combining read",
  wcout: "write-combining write",
};

/** The kinds of packets are words already. */
const kindWords = (kind: string): string => ACCESS_WORDS[kind] ?? kind;

const PACKETS = PACKET_KINDS.length;
const ACCESSES = ACCESS_KINDS.length;

export function cellRule(platform: Platform, table: string, index: number): Rule {
  const cell = platform.fabric.tables[table]?.[index];
  if (cell === undefined) throw new Error(`no cell ${index} in table ${table} of ${platform.name}`);
  return { kind: "cell", table, index, id: `${table}: ${cell.id}`, says: says(cell, PACKETS), source: cell.source };
}

export function windowRule(platform: Platform, index: number): Rule {
  const rule = platform.cpu.window[index];
  if (rule === undefined) throw new Error(`no window rule ${index} in ${platform.cpu.name}`);
  return { kind: "window", index, id: `${platform.cpu.name}: ${rule.id}`, says: says(rule, ACCESSES), source: rule.source };
}

/** That nothing in the window keeps a `younger` access behind an `older` one. */
export function noRule(platform: Platform, older: readonly AccessKind[], younger: readonly AccessKind[]): Rule {
  return {
    kind: "no-rule",
    older,
    younger,
    id: `${platform.cpu.name}: no rule`,
    says: `nothing keeps a ${younger.map(kindWords).join(" or ")} behind an older ${older.map(kindWords).join(" or ")}`,
    source: platform.cpu.source,
  };
}

export const sameRule = (a: Rule, b: Rule): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A copy of the platform in which these rules no longer hold: what said no says may, what said may says no, what an accessor does besides its access is left out. */
export function without(platform: Platform, rules: readonly Rule[]): Platform {
  let { cpu, fabric, accessors } = platform;
  for (const rule of rules) {
    switch (rule.kind) {
      case "cell": {
        const cells = (fabric.tables[rule.table] ?? []).map((cell, index) =>
          index === rule.index ? { ...cell, pass: opposite(cell.pass) } : cell,
        );
        fabric = { ...fabric, tables: { ...fabric.tables, [rule.table]: cells } };
        break;
      }
      case "window":
        cpu = {
          ...cpu,
          window: cpu.window.map((other, index) => (index === rule.index ? { ...other, pass: opposite(other.pass) } : other)),
        };
        break;
      case "cpu":
        cpu = { ...cpu, ...WEAKER[rule.property] };
        if (rule.property === "multiCopyAtomic") accessors = propagating(accessors);
        break;
      case "weak":
        if (rule.property === "coherent") fabric = { ...fabric, coherent: true };
        else cpu = { ...cpu, ...STRONGER[rule.property] };
        break;
      case "no-rule":
      case "step":
      case "fact":
        break;
    }
  }
  // After the cells, whose positions they would move.
  const added = rules.flatMap((rule) =>
    rule.kind === "no-rule" ? [{ id: rule.id, older: rule.older, younger: rule.younger, when: [], pass: "no" as const, source: "" }] : [],
  );
  if (added.length > 0) cpu = { ...cpu, window: [...added, ...cpu.window] };
  const left = rules.filter((rule) => rule.kind === "step");
  if (left.length > 0) accessors = withoutSteps(accessors, left);
  return { ...platform, cpu, fabric, accessors };
}

const opposite = (pass: Pass): Pass => (pass === "no" ? "may" : "no");

/** Where stores reach others one by one, a fence has to say how far it sees to that; a platform that need not say it gets what its fences are elsewhere. */
function propagating(accessors: Platform["accessors"]): Platform["accessors"] {
  const steps = (accessor: Accessor): Accessor["steps"] =>
    accessor.steps.map((step) => {
      if (step.kind !== "fence" || step.propagates !== "none") return step;
      return { ...step, propagates: step.before.includes("write") && step.after.includes("read") ? "strong" : "cumulative" };
    });
  return new Map([...accessors].map(([name, accessor]) => [name, { ...accessor, steps: steps(accessor) }]));
}

function withoutSteps(
  accessors: Platform["accessors"],
  rules: readonly { readonly accessor: string; readonly index: number }[],
): Platform["accessors"] {
  const result = new Map<string, Accessor>(accessors);
  for (const [name, accessor] of accessors) {
    const gone = rules.filter((rule) => rule.accessor === name).map((rule) => rule.index);
    if (gone.length === 0) continue;
    const steps = accessor.steps.flatMap((step, index) => {
      if (!gone.includes(index)) return [step];
      // The access itself stays; only its waiting goes.
      return step.kind === "access" ? [{ ...step, waits: false }] : [];
    });
    result.set(name, { ...accessor, steps });
  }
  return result;
}

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
      const kinds = (list: readonly AccessKind[]): string => (list.length === ACCESSES ? "accesses" : list.map(kindWords).join(", "));
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
  const add = (property: (Rule & { kind: "cpu" })["property"], id: string, says: string): void => {
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
