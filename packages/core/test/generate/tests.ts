/** Random tests: one to three CPU threads, up to two devices, handlers, a few locations, every kind of operation. */
import type { Draft, DraftThread, Statement } from "./draft.js";
import type { Random } from "./random.js";
import { rareCpuStatement, rareDeclarations, rareDeviceStatement, rareMapping, rarePlace, rareSettings } from "./rare.js";
import { assigned, fresh, memory, type Register, type Scene, type Scribe, stored, value } from "./scene.js";

/** What a random test may contain. */
export interface Taste {
  /** Loops that poll. */
  readonly loops: boolean;
  /** About how many operations. */
  readonly size: number;
  /** What is rarer in tests (rare.ts). */
  readonly rare?: boolean;
  /** Always handlers, and more that raises them. */
  readonly handlers?: boolean;
}

const FENCES = [
  "smp_mb",
  "smp_rmb",
  "smp_wmb",
  "mb",
  "rmb",
  "wmb",
  "dma_mb",
  "dma_rmb",
  "dma_wmb",
  "mmiowb",
  "barrier",
  "smp_mb__before_atomic",
  "smp_mb__after_atomic",
  "udma_to_device_barrier",
  "udma_from_device_barrier",
  "mmio_flush_writes",
];
const SUFFIXES = ["", "_relaxed", "_acquire", "_release"];
const MAPPINGS = [
  "",
  "",
  "dma(coherent) ",
  "dma(streaming) ",
  "dma(streaming) ",
  "dma(streaming, write_barrier) ",
  "dma(streaming, weak_ordering) ",
  "dma(streaming, relaxed_ordering) ",
];

function cpuStatement(scene: Scene, scribe: Scribe, depth: number): readonly Statement[] {
  const { random } = scene;
  if (scene.rare && random.chance(0.3)) {
    const rare = rareCpuStatement(scene, scribe, depth, () => cpuStatement(scene, scribe, 1));
    if (rare.length > 0) return rare;
  }
  const roll = random.below(100);
  const load = (call: (register: string) => string): readonly Statement[] => [assigned(scribe, call)];
  const compared = ({ set }: Scribe, number: number): string => {
    if (set.length === 0 || random.chance(0.7)) return String(number);
    const register = random.pick(set);
    return random.pick([register, `${number} + (${register} ^ ${register})`]);
  };
  if (scene.unmaps && random.chance(0.3)) {
    const x = memory(scene, scribe);
    return [`${random.pick(["dma_unmap_single", "dma_unmap_single", "dma_map_single"])}(${x})`];
  }
  if (roll < 18) {
    const x = memory(scene, scribe);
    return load((r) =>
      random.pick([`int ${r} = READ_ONCE(*${x})`, `int ${r} = READ_ONCE(*${x})`, `int ${r} = smp_load_acquire(${x})`, `int ${r} = *${x}`]),
    );
  }
  if (roll < 36) {
    const x = memory(scene, scribe);
    const v = stored(scene, scribe);
    return [random.pick([`WRITE_ONCE(*${x}, ${v})`, `WRITE_ONCE(*${x}, ${v})`, `smp_store_release(${x}, ${v})`, `*${x} = ${v}`])];
  }
  if (roll < 46) return [`${random.pick(FENCES)}()`];
  if (roll < 55) {
    const x = memory(scene, scribe);
    const suffix = random.pick(SUFFIXES);
    return load((r) =>
      random.pick([
        `int ${r} = xchg${suffix}(${x}, ${stored(scene, scribe)})`,
        `int ${r} = cmpxchg${suffix}(${x}, ${compared(scribe, random.below(3))}, ${value(random)})`,
        `int ${r} = atomic_fetch_add${suffix}(${compared(scribe, 1)}, ${x})`,
        `int ${r} = atomic_add_return${suffix}(${value(random)}, ${x})`,
        `int ${r} = atomic_add_unless(${x}, 1, ${compared(scribe, random.below(2))})`,
        `int ${r} = atomic_dec_and_test(${x})`,
        `atomic_inc(${x}); int ${r} = 1`,
      ]),
    );
  }
  if (roll < 62 && scribe.set.length > 0 && depth < 2) {
    const head = `if (${random.pick(scribe.set)}${random.pick(["", " == 1", " != 2"])})`;
    const inside = { ...scribe, set: [...scribe.set] };
    const body = cpuStatement(scene, inside, depth + 1);
    const other = { ...scribe, set: [...scribe.set], next: inside.next };
    const otherwise = random.chance(0.3) ? cpuStatement(scene, other, depth + 1) : undefined;
    scribe.next = Math.max(inside.next, other.next);
    return [otherwise === undefined ? { head, body } : { head, body, otherwise }];
  }
  if (roll < 66 && scene.lock && depth === 0) {
    scribe.parameters.add("l");
    const inside = cpuStatement(scene, scribe, 1);
    const irq = random.chance(0.2) ? "_irq" : "";
    return [`spin_lock${irq}(l)`, ...inside, `spin_unlock${irq}(l)`];
  }
  if (roll < 68 && scene.lock) {
    scribe.parameters.add("l");
    const register = fresh(scribe);
    return [`int ${register} = spin_trylock(l)`, { head: `if (${register})`, body: ["spin_unlock(l)"] }];
  }
  if (roll < 72 && scene.pointer) {
    scribe.parameters.add("p");
    if (random.chance(0.4)) {
      scribe.parameters.add("y");
      return [`WRITE_ONCE(*p, y)`];
    }
    const pointer = fresh(scribe);
    return random.chance(0.6)
      ? [`int *${pointer} = READ_ONCE(*p)`, assigned(scribe, (r) => `int ${r} = READ_ONCE(*${pointer})`)]
      : [`int *${pointer} = READ_ONCE(*p)`, `WRITE_ONCE(*${pointer}, ${value(random)})`];
  }
  if (roll < 74 && depth === 0) return ["local_irq_disable()", ...cpuStatement(scene, scribe, 1), "local_irq_enable()"];
  if (roll < 76) return [scene.ats && depth === 0 && random.chance(0.5) ? "ats_wait(D0)" : random.pick(["udelay(1)", "cpu_relax()"])];
  if (roll < 79 && scene.loops && depth === 0) {
    const x = memory(scene, scribe);
    const wanted = value(random);
    const register = fresh(scribe);
    scribe.set.push(register);
    const again = random.pick([`${register} = READ_ONCE(*${x})`, `${register} = smp_load_acquire(${x})`]);
    return [`int ${register} = READ_ONCE(*${x})`, { head: `while (${register} != ${wanted})`, body: [again] }];
  }
  if (scene.registers.length > 0 && !scribe.user) {
    const { name, space } = random.pick(scene.registers);
    if (random.chance(0.5)) {
      const v = stored(scene, scribe);
      switch (space) {
        case "port":
          return [`outl(${v}, ${name})`];
        case "config":
          return [`pci_write_config_dword(${name}, ${v})`];
        default:
          return [`${random.pick(["writel", "writel", "writel_relaxed", "__raw_writel"])}(${v}, ${name})`];
      }
    }
    switch (space) {
      case "port":
        return load((r) => `int ${r} = inl(${name})`);
      case "config":
        return load((r) => `int ${r} = pci_read_config_dword(${name})`);
      default:
        return load((r) => `int ${r} = ${random.pick(["readl", "readl", "readl_relaxed", "__raw_readl"])}(${name})`);
    }
  }
  return cpuStatement(scene, scribe, depth);
}

function attributes(random: Random): string {
  if (random.chance(0.75)) return "";
  return random.pick([", RO", ", IDO", ", TC(1)", ", RO, IDO", ", UIO", ", AT"]);
}

function deviceStatement(scene: Scene, scribe: Scribe, depth: number): readonly Statement[] {
  const { random } = scene;
  const roll = random.below(100);
  const rare = scene.rare && random.chance(0.2);
  const own = scene.registers.filter((register) => register.device === scribe.device);
  const foreign = scene.registers.filter(
    (register) => register.device >= 0 && register.device !== scribe.device && register.space === "mmio",
  );
  const other = scene.devices === 2 ? `D${1 - scribe.device}` : undefined;
  const load = (call: (register: string) => string): readonly Statement[] => [assigned(scribe, call)];
  if (rare) {
    const statement = rareDeviceStatement(scene, scribe, own, depth);
    if (statement.length > 0) return statement;
  }
  if (scene.handled && random.chance(0.3)) return [random.pick(["MSI()", "MSI()", "MSI()", "INTX()", "MSIX(1)"])];
  const withheld = own.filter((register) => scene.answered.includes(register.name));
  if (withheld.length > 0 && random.chance(0.35)) return [answer(scene, scribe, random.pick(withheld).name)];
  if (roll < 34) {
    if (foreign.length > 0 && random.chance(0.15))
      return [`DMA_WRITE(${random.pick(foreign).name}, ${stored(scene, scribe)}${attributes(random)})`];
    if (random.chance(0.12))
      return [
        `DMA_WRITEV(*${memory(scene, scribe)}, ${value(random)}, *${memory(scene, scribe)}, ${stored(scene, scribe)}${attributes(random)})`,
      ];
    if (random.chance(0.06)) return load((r) => `int ${r} = DMA_WRITE(*${memory(scene, scribe)}, ${value(random)}, UIO)`);
    if (scene.ats && random.chance(0.3)) return ["ATS_INVALIDATE_DONE()"];
    return [`DMA_WRITE(*${memory(scene, scribe)}, ${stored(scene, scribe)}${attributes(random)})`];
  }
  if (roll < 48) {
    if (foreign.length > 0 && random.chance(0.15))
      return load((r) => `int ${r} = DMA_READ(${random.pick(foreign).name}${attributes(random)})`);
    if (random.chance(0.12)) {
      const [a, b] = [fresh(scribe), fresh(scribe)];
      scribe.set.push(a, b);
      return [`int ${a}`, `int ${b}`, `DMA_READV(${a}, *${memory(scene, scribe)}, ${b}, *${memory(scene, scribe)})`];
    }
    return load((r) => `int ${r} = ${random.chance(0.1) ? "DMA_READ_ZERO" : "DMA_READ"}(*${memory(scene, scribe)}${attributes(random)})`);
  }
  if (roll < 54) {
    const to = foreign.length > 0 && random.chance(0.15) ? random.pick(foreign).name : `*${memory(scene, scribe)}`;
    return load((r) =>
      random.pick([
        `int ${r} = DMA_FETCH_ADD(${to}, 1${attributes(random)})`,
        `int ${r} = DMA_SWAP(${to}, ${value(random)})`,
        `int ${r} = DMA_CAS(${to}, ${random.below(2)}, ${value(random)}${attributes(random)})`,
      ]),
    );
  }
  if (roll < 64) return [random.pick([`MSI(${random.chance(0.8) ? "" : "RO"})`, "MSI()", "MSIX(1)", "INTX()"])];
  if (roll < 76 && own.length > 0) {
    const register = random.pick(own).name;
    return random.chance(0.5) ? [`${register} = ${stored(scene, scribe)}`] : load((r) => `int ${r} = ${register}`);
  }
  if (roll < 84 && own.length > 0) return [`WAIT(${random.pick(own).name} ${random.pick(["== 1", "!= 0", "== 2"])})`];
  if (roll < 88 && other !== undefined) return [random.chance(0.5) ? `TELL(${other})` : `HEAR(${other})`];
  if (roll < 92 && scribe.set.length > 0 && depth < 2)
    return [
      {
        head: `if (${random.pick(scribe.set)})`,
        body: deviceStatement(scene, { ...scribe, set: [...scribe.set], next: scribe.next + 10 }, depth + 1),
      },
    ];
  if (roll < 94 && own.length > 0 && depth === 0) {
    const register = random.pick(own).name;
    const r = fresh(scribe);
    scribe.set.push(r);
    return [`int ${r}`, { head: "ATOMIC", body: [`${r} = ${register}`, `${register} = ${r} + 1`] }];
  }
  if (roll < 97 && scene.pointer) {
    scribe.parameters.add("p");
    const pointer = fresh(scribe);
    const use = random.chance(0.6)
      ? `DMA_WRITE(*${pointer}, ${value(random)}${attributes(random)})`
      : assigned(scribe, (r) => `int ${r} = DMA_READ(*${pointer})`);
    return [`int *${pointer} = DMA_READ(*p)`, use];
  }
  return deviceStatement(scene, scribe, depth);
}

/** The completions of one register have the same attributes: which, its name says. */
function answer(scene: Scene, scribe: Scribe, register: string): string {
  const attributes = register.endsWith("b") && scene.memory.length > 1 ? ", RO" : "";
  return scene.random.chance(0.3) ? `ANSWER(${register}${attributes})` : `ANSWER(${register}, ${stored(scene, scribe)}${attributes})`;
}

/** A write that arrives, or a read. */
const arrival = (random: Random, registers: readonly Register[]): string =>
  `${random.pick(registers).name}${random.chance(0.3) ? "" : `=${value(random)}`}`;

/** A random test. */
export function randomTest(random: Random, taste: Taste): Draft {
  const handled = taste.handlers === true;
  const devices = handled ? random.pick([1, 1, 1, 2]) : random.pick([0, 1, 1, 1, 2, 2]);
  const names = ["x", "y", "z"].slice(0, 1 + random.below(3));
  const registers: Register[] = [];
  const init: string[] = [];
  const rare = taste.rare === true;
  const mapping = (): string => (rare ? rareMapping(random, random.pick(MAPPINGS)) : random.pick(MAPPINGS));
  for (const name of names) init.push(`${devices > 0 ? mapping() : ""}int ${name}${random.chance(0.1) ? ` = ${value(random)}` : ""}`);
  for (let device = 0; device < devices; device++) {
    const combining = random.chance(0.12);
    for (const letter of ["a", "b"].slice(0, combining ? 2 : random.below(3))) {
      const space = combining || random.chance(0.88) ? "mmio" : random.pick(["port", "config"] as const);
      const at = `mmio(combining, at=${letter === "a" ? 0 : 4}${letter === "b" && device === 0 ? ", no_burst" : ""})`;
      const type = combining ? at : space === "mmio" ? random.pick(["mmio", "mmio", "mmio", "mmio(wc)", "mmio(np)"]) : space;
      registers.push({ name: `D${device}.${letter}`, device, space });
      init.push(`${type} int D${device}.${letter}`);
    }
  }
  if (devices > 0 && random.chance(0.05)) {
    registers.push({ name: "HOST.h", device: -1, space: "mmio" });
    init.push("mmio int HOST.h");
  }
  if (devices === 2 && random.chance(0.5))
    init.push(
      random.pick([
        "device D1(card=D0, function=1)",
        "device D1(slot=1)",
        "device D1(bridge=1)",
        "device D0(port=0)",
        "device D1(port=0)",
        "device D1(node=1)",
      ]),
    );
  const pointer = names.length > 1 && random.chance(0.15);
  if (pointer) init.push("int *p = &x");
  const lock = random.chance(0.25);
  if (lock) init.push("spinlock_t l");
  const unmaps = devices > 0 && random.chance(0.12);
  const settings = unmaps ? [`iommu=${random.pick(["strict", "strict", "lazy"])}`] : [];
  const ats = devices > 0 && random.chance(unmaps ? 0.4 : 0.04);
  if (devices > 0 && random.chance(0.06)) settings.push(`credits=${1 + random.below(2)}`);
  if (devices > 0 && random.chance(0.04)) settings.push("must=no");
  const answered = random.chance(0.25) ? registers.flatMap((register) => (register.device >= 0 ? [register.name] : [])) : [];
  if (rare) init.push(...rareDeclarations(random, names));
  if (rare) settings.push(...rareSettings(random));
  const scene: Scene = {
    random,
    rare,
    handled,
    memory: names,
    devices,
    registers,
    pointer,
    lock,
    loops: taste.loops,
    answered,
    unmaps,
    ats,
  };

  const threads: DraftThread[] = [];
  const shown: string[] = [...names, ...registers.map((register) => register.name)];
  const cpus = devices === 0 ? 2 + random.below(2) : 1 + random.below(2);
  const handlers: string[] = [];
  if (devices > 0 && (handled || random.chance(0.35))) {
    for (let i = 0; i < 1 + random.below(2); i++) {
      const device = random.below(devices);
      handlers.push(
        random.pick([`on msi(D${device})`, `on msi(D${device})`, `on msi(D${device}, 1)`, `on intx(D${device})`]) +
          (random.chance(0.5) ? " cpu(0)" : ""),
      );
    }
  }
  const writeHandler = registers.filter((register) => register.space === "mmio" && register.device >= 0);
  const engines: { head: string; device: number }[] = [];
  if (writeHandler.length > 0 && random.chance(handled ? 0.35 : 0.12)) {
    const on = random.pick(writeHandler);
    engines.push({ head: `on write(${on.name})`, device: on.device });
  } else if (answered.length > 0 && random.chance(0.4)) {
    const on = random.pick(registers.filter((register) => register.device >= 0));
    engines.push({ head: `on read(${on.name})`, device: on.device });
  }
  const total = cpus + devices + handlers.length + engines.length;
  const each = Math.max(1, Math.round((taste.size * (0.7 + 0.6 * random.below(2))) / total));
  const write = (name: string, clause: string, role: "cpu" | "device", device: number, user = false): void => {
    const scribe: Scribe = { thread: name, role, device, user, parameters: new Set(), set: [], next: 0 };
    const body: Statement[] = [];
    const count = 1 + random.below(each * 2 - 1);
    while (body.length < count) body.push(...(role === "cpu" ? cpuStatement(scene, scribe, 0) : deviceStatement(scene, scribe, 0)));
    const parameters = [...scribe.parameters]
      .sort()
      .map((parameter) => (parameter === "l" ? "spinlock_t *l" : parameter === "p" ? "int **p" : `int *${parameter}`));
    threads.push({ head: `${name}(${parameters.join(", ")})${clause === "" ? "" : ` ${clause}`}`, body });
    for (const register of scribe.set) shown.push(`${role === "cpu" ? name.slice(1) : name}:${register}`);
  };
  for (let cpu = 0; cpu < cpus; cpu++) {
    const { clause, user } = rare ? rarePlace(random, cpu) : { clause: "", user: false };
    write(`P${cpu}`, clause.trim(), "cpu", -1, user);
  }
  handlers.forEach((clause, i) => {
    write(`P${cpus + i}`, clause, "cpu", -1);
  });
  for (let device = 0; device < devices; device++) write(`D${device}`, "", "device", device);
  engines.forEach(({ head, device }) => {
    write(`D${devices}`, `in(D${device}) ${head}`, "device", device);
  });

  const condition: string[] = [];
  for (let i = 0; i < 1 + random.below(3); i++) {
    const both = registers.filter((register) => register.space === "mmio");
    if (both.length > 0 && random.chance(0.1)) condition.push(`order(${arrival(random, both)}, ${arrival(random, both)})`);
    else condition.push(`${random.pick(shown)}=${random.below(3)}`);
  }
  // Sometimes everything is seen, sometimes only what the condition names: reductions may forget the rest.
  const filter = rare && random.chance(0.2) ? `${random.pick(shown)}${random.pick(["=", "!="])}${random.below(3)}` : undefined;
  return { settings, init, threads, shown: random.chance(0.5) ? shown : [], ...(filter === undefined ? {} : { filter }), condition };
}
