/** Random platforms: a CPU and a fabric of the built-in ones, with some of their cells changed. */
import { BUILTIN } from "../../src/platform/builtin.js";
import { findPlatform, library } from "../../src/platform/load.js";
import type { AccessKind, Cell, PacketKind, Platform, WindowRule } from "../../src/platform/platform.js";
import { ACCESS_KINDS, PACKET_KINDS } from "../../src/platform/platform.js";
import type { Random } from "./random.js";

const parts = library(BUILTIN);

export function platform(name: string): Platform {
  const found = findPlatform(parts, name);
  if (found === undefined) throw new Error(`no platform ${name}`);
  return found;
}

/** CPUs that the oracle covers: with one memory, and with stores that reach observers one by one; and all there are. */
export const ATOMIC_CPUS: readonly string[] = [...parts.cpus.keys()].filter((cpu) => {
  const data = parts.cpus.get(cpu);
  return data?.multiCopyAtomic === true && data.readsJoin && data.devicesSee !== "later";
});
export const MESSAGE_CPUS: readonly string[] = [...parts.cpus.keys()].filter((cpu) => {
  const data = parts.cpus.get(cpu);
  return data?.multiCopyAtomic === false && data.readsJoin && !data.barriersTravel && data.devicesSee !== "later";
});
export const CPUS: readonly string[] = [...parts.cpus.keys()];
export const FABRICS: readonly string[] = [...parts.fabrics.keys()];
export const COHERENT_FABRICS: readonly string[] = FABRICS.filter((fabric) => parts.fabrics.get(fabric)?.coherent === true);

const WINDOW_CONDITIONS = [
  "older.acquire",
  "younger.release",
  "older.atomic",
  "younger.plain",
  "same-device",
  "same-address",
  "!same-register-space",
  "older.ordered",
  "younger.lock",
];
const CELL_CONDITIONS = [
  "younger.ro",
  "older.ro",
  "younger.ido",
  "older.barrier",
  "younger.barrier",
  "younger.msi",
  "!older.msi",
  "older.streaming",
  "younger.coherent",
  "same-address",
  "!same-address",
  "same-requester",
  "different-requester",
  "same-card",
  "same-slot",
  "same-target",
  "different-class",
  "uio",
  "older.ordered",
  "same-line",
  "same-transaction",
  "younger.zero-length",
];

function some<T>(random: Random, list: readonly T[]): T[] {
  const result = list.filter(() => random.chance(0.4));
  return result.length === 0 ? [random.pick(list)] : result;
}

function conditions(random: Random, list: readonly string[]): string[] {
  return random.chance(0.5) ? [] : random.chance(0.8) ? [random.pick(list)] : [random.pick(list), random.pick(list)];
}

function randomRule(random: Random, id: number): WindowRule {
  return {
    id: `random-${id}`,
    older: some<AccessKind>(random, ACCESS_KINDS),
    younger: some<AccessKind>(random, ACCESS_KINDS),
    when: conditions(random, WINDOW_CONDITIONS),
    pass: random.chance(0.6) ? "no" : "may",
    source: "random",
  };
}

function randomCell(random: Random, id: number): Cell {
  return {
    id: `random-${id}`,
    younger: some<PacketKind>(random, PACKET_KINDS),
    older: some<PacketKind>(random, PACKET_KINDS),
    when: conditions(random, CELL_CONDITIONS),
    pass: random.chance(0.4) ? "no" : "may",
    source: "random",
  };
}

const flipped = (pass: Cell["pass"]): Cell["pass"] => (pass === "no" ? "may" : "no");

/** Changes a few cells: flips an answer, drops one, puts a random one in front. */
function change<T extends { readonly pass: Cell["pass"] }>(random: Random, cells: readonly T[], make: (id: number) => T): readonly T[] {
  const result = [...cells];
  for (let i = random.below(3); i > 0; i--) {
    const at = random.below(result.length + 1);
    const there = result[at];
    if (there === undefined || random.chance(0.4)) result.splice(random.below(result.length + 1), 0, make(i));
    else if (random.chance(0.7)) result[at] = { ...there, pass: flipped(there.pass) };
    else result.splice(at, 1);
  }
  return result;
}

export interface PlatformTaste {
  readonly cpus: readonly string[];
  readonly fabrics: readonly string[];
  /** Finite places, now and then. */
  readonly credits: boolean;
}

export function randomPlatform(random: Random, taste: PlatformTaste): Platform {
  const name = `${random.pick(taste.cpus)}+${random.pick(taste.fabrics)}`;
  const base = platform(name);
  if (random.chance(0.4)) return base;
  const options = base.options.map((option) => (random.chance(0.4) ? { ...option, default: random.pick(option.values) } : option));
  const tables = Object.fromEntries(
    Object.entries(base.fabric.tables).map(([table, cells]) => [table, change(random, cells, (id) => randomCell(random, id))]),
  );
  const places = base.fabric.places.map((place) =>
    taste.credits && random.chance(0.15) ? { ...place, credits: 1 + random.below(2) } : place,
  );
  return {
    ...base,
    name: `${name} (changed)`,
    cpu: {
      ...base.cpu,
      window: change(random, base.cpu.window, (id) => randomRule(random, id)),
      control: random.chance(0.15) ? "arms" : base.cpu.control,
      addressPending: random.chance(0.15) ? "may" : base.cpu.addressPending,
    },
    fabric: { ...base.fabric, tables, places },
    options,
  };
}

/** What makes a changed platform differ from the built-in one, for counterexamples. */
export function printPlatform(changed: Platform): string {
  const base = findPlatform(parts, changed.name.replace(" (changed)", ""));
  const lines = [`platform ${changed.name}`];
  const list = <T extends { readonly id: string }>(title: string, now: readonly T[], then: readonly T[]): void => {
    for (const each of now) {
      const same = then.find((other) => other.id === each.id);
      if (same === undefined || JSON.stringify(same) !== JSON.stringify(each))
        lines.push(`  ${title}[${now.indexOf(each)}] ${JSON.stringify({ ...each, source: undefined })}`);
    }
    for (const each of then) if (!now.some((other) => other.id === each.id)) lines.push(`  ${title} without ${each.id}`);
  };
  if (base === undefined || base === changed) return lines.join("\n");
  list("window", changed.cpu.window, base.cpu.window);
  for (const [name, cells] of Object.entries(changed.fabric.tables)) list(`table ${name}`, cells, base.fabric.tables[name] ?? []);
  for (const option of changed.options) {
    if (!base.options.some((other) => other.id === option.id && other.default === option.default))
      lines.push(`  option ${option.id}=${option.default}`);
  }
  list("places", changed.fabric.places, base.fabric.places);
  if (changed.cpu.control !== base.cpu.control) lines.push(`  control ${changed.cpu.control}`);
  if (changed.cpu.addressPending !== base.cpu.addressPending) lines.push(`  addressPending ${changed.cpu.addressPending}`);
  return lines.join("\n");
}

/** The platform with one cell or window rule less changed back, for shrinking. */
export function* simplerPlatforms(changed: Platform): Generator<Platform> {
  const base = findPlatform(parts, changed.name.replace(" (changed)", ""));
  if (base === undefined || base === changed) return;
  yield base;
  if (JSON.stringify(changed.options) !== JSON.stringify(base.options)) yield { ...changed, options: base.options };
  const cpu = changed.cpu;
  if (JSON.stringify(cpu.window) !== JSON.stringify(base.cpu.window)) yield { ...changed, cpu: { ...cpu, window: base.cpu.window } };
  if (cpu.control !== base.cpu.control) yield { ...changed, cpu: { ...cpu, control: base.cpu.control } };
  if (cpu.addressPending !== base.cpu.addressPending) yield { ...changed, cpu: { ...cpu, addressPending: base.cpu.addressPending } };
  const fabric = changed.fabric;
  for (const name of Object.keys(fabric.tables)) {
    const then = base.fabric.tables[name] ?? [];
    if (JSON.stringify(fabric.tables[name]) !== JSON.stringify(then))
      yield { ...changed, fabric: { ...fabric, tables: { ...fabric.tables, [name]: then } } };
  }
  if (JSON.stringify(fabric.places) !== JSON.stringify(base.fabric.places))
    yield { ...changed, fabric: { ...fabric, places: base.fabric.places } };
}

/** The conforming platforms, `portable` itself left out. */
export const CONFORMING: readonly Platform[] = [...parts.machines.values()]
  .filter((machine) => machine.conforming && machine.name !== "portable")
  .map((machine) => platform(machine.name));

/** Does an unlock answer for register writes that were noted, and a port write leave no note (catalogue/linux-io/lock-outl.litmus)? Portable promises of both the same. */
export function forgetsPortWrites({ accessors }: Platform): boolean {
  const does = (name: string) => accessors.get(name)?.steps ?? [];
  const answers = does("spin_unlock").some((step) => step.kind === "fence" && step.beside === "pending-write");
  return answers && !does("outX").some((step) => step.kind === "access" && step.pending);
}
