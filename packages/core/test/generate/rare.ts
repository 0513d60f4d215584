/**
 * What is rarer in tests than loads, stores and DMA: user threads, calls of the DMA API, string accesses and bare ones of registers, devices that poll, migration, mutexes, barriers that count beside
 * another access, cache lines of several words, `compiler=on`, `filter`.
 */
import type { Statement } from "./draft.js";
import type { Random } from "./random.js";
import { assigned, fresh, memory, type Register, type Scene, type Scribe, stored, value } from "./scene.js";

/** How memory may be mapped, besides. */
const MAPPINGS = [
  "dma(streaming, mask=32) ",
  "dma(coherent, mask=32) ",
  "dma(streaming, prefetch) ",
  "dma(coherent, write_barrier) ",
  "dma(streaming, for=D0) ",
];

export const rareMapping = (random: Random, usual: string): string => (random.chance(0.25) ? random.pick(MAPPINGS) : usual);

/** Two words in one line, a second lock, settings. */
export function rareDeclarations(random: Random, names: readonly string[]): readonly string[] {
  const init: string[] = [];
  if (names.length > 1 && random.chance(0.35)) init.push(`line(${names.slice(0, 2 + random.below(names.length - 1)).join(", ")})`);
  return init;
}

export const rareSettings = (random: Random): readonly string[] => (random.chance(0.12) ? ["compiler=on"] : []);

/** Where a CPU thread runs: in user space, on a node, on the CPU of the first. */
export function rarePlace(random: Random, thread: number): { readonly user: boolean; readonly clause: string } {
  const user = random.chance(0.25);
  const place = random.chance(0.1) ? " node(1)" : thread > 0 && random.chance(0.06) ? " cpu(0)" : "";
  return { user, clause: `${user ? " user" : ""}${place}` };
}

const BARRIERS = [
  "smp_mb__after_spinlock",
  "smp_mb__after_unlock_lock",
  "io_stop_wc",
  "udma_ordering_write_barrier",
  "mmio_wc_start",
  "dma_rmb",
  "dma_wmb",
];

/** A bare access of a register, or one by a string call. */
function registerAccess(scene: Scene, scribe: Scribe, { name, space }: Register): readonly Statement[] {
  const { random } = scene;
  const read = random.chance(0.5);
  if (scribe.user && space !== "mmio") return [];
  if (space === "config")
    return read
      ? [assigned(scribe, (r) => `int ${r} = pci_read_config_byte(${name})`)]
      : [`pci_write_config_word(${name}, ${stored(scene, scribe)})`];
  if (space === "port")
    return read ? [assigned(scribe, (r) => `int ${r} = ioread32(${name})`)] : [`outsl(${name}, ${stored(scene, scribe)}, 1)`];
  if (scribe.user || random.chance(0.3))
    return read ? [assigned(scribe, (r) => `int ${r} = ${name}`)] : [`${name} = ${stored(scene, scribe)}`];
  if (random.chance(0.25)) {
    const x = memory(scene, scribe);
    return [
      read
        ? `${random.pick(["memcpy_fromio", "__ioread32_copy"])}(${x}, ${name}, 4)`
        : `${random.pick(["memcpy_toio", "__iowrite32_copy", "writesl"])}(${name}, ${x}, 4)`,
    ];
  }
  return read
    ? [assigned(scribe, (r) => `int ${r} = ${random.pick(["readsl", "ioread32_rep"])}(${name})`)]
    : [`${random.pick(["writesl", "iowrite32_rep", "memset_io"])}(${name}, ${stored(scene, scribe)}, 1)`];
}

/** A loop of a CPU that polls, or does more; it ends where it finds what it looks for. */
function cpuLoop(scene: Scene, scribe: Scribe): readonly Statement[] {
  const { random } = scene;
  const wanted = value(random);
  const x = memory(scene, scribe);
  const register = scene.registers.find(({ space }) => space === "mmio");
  const r = fresh(scribe);
  scribe.set.push(r);
  const roll = random.below(register === undefined || scribe.user ? 3 : 5);
  switch (roll) {
    case 0:
      return [
        `int ${r} = 0`,
        { head: `while (${r} != ${wanted})`, body: [`${r} = cmpxchg_acquire(${x}, ${random.below(2)}, ${wanted})`, "cpu_relax()"] },
      ];
    case 1: {
      const y = memory(scene, scribe);
      return [`int ${r} = 0`, { head: `while (${r} == 0)`, body: [`${r} = READ_ONCE(*${x})`, `WRITE_ONCE(*${y}, ${wanted})`] }];
    }
    case 2:
      return [{ head: "for (int i = 0; i < 2; i++)", body: [`WRITE_ONCE(*${x}, i + ${wanted})`] }, `int ${r} = 0`];
    case 3:
      return [
        `int ${r} = 0`,
        `${random.pick(["readl_poll_timeout", "readl_relaxed_poll_timeout_atomic"])}(${register?.name}, ${r}, ${r} != 0, 1, 1)`,
      ];
    default:
      return [
        `int ${r} = readl(${register?.name})`,
        { head: `while (${r} != ${wanted})`, body: [`${r} = ${random.pick(["readl", "readl_relaxed"])}(${register?.name})`] },
      ];
  }
}

/** A rarer statement of a CPU; none where nothing of the kind fits. `inside`: a statement that may stand in it. */
export function rareCpuStatement(scene: Scene, scribe: Scribe, depth: number, inside: () => readonly Statement[]): readonly Statement[] {
  const { random } = scene;
  const roll = random.below(100);
  if (roll < 30 && scene.registers.length > 0) return registerAccess(scene, scribe, random.pick(scene.registers));
  if (roll < 55 && scene.devices > 0)
    return [
      `${random.pick(["dma_sync_single_for_cpu", "dma_sync_single_for_cpu", "dma_sync_single_for_device", "dma_sync_single_for_device", "dma_unmap_single", "dma_map_single"])}(${memory(scene, scribe)})`,
    ];
  if (roll < 63) return [`${random.pick(BARRIERS)}()`];
  if (roll < 70 && depth === 0) return [`MIGRATE(${random.below(3)})`];
  if (roll < 78) {
    const x = memory(scene, scribe);
    return random.chance(0.5)
      ? [`smp_store_mb(*${x}, ${stored(scene, scribe)})`]
      : [
          assigned(scribe, (r) =>
            random.pick([`int ${r} = atomic_read(${x})`, `int ${r} = rcu_dereference(*${x})`, `int ${r} = atomic_inc_return(${x})`]),
          ),
        ];
  }
  if (roll < 86 && scene.lock && depth === 0) {
    scribe.parameters.add("l");
    const barrier = random.chance(0.4) ? [`${random.pick(BARRIERS.slice(0, 2))}()`] : [];
    const [lock, unlock] = random.pick([
      ["mutex_lock(l)", "mutex_unlock(l)"],
      ["spin_lock(l)", "spin_unlock(l)"],
      ["spin_lock_irqsave(l, flags)", "spin_unlock_irqrestore(l, flags)"],
    ] as const);
    return [lock, ...barrier, ...inside(), unlock];
  }
  if (roll < 88 && scene.lock) {
    scribe.parameters.add("l");
    return [assigned(scribe, (r) => `int ${r} = spin_is_locked(l)`)];
  }
  return scene.loops && depth === 0 ? cpuLoop(scene, scribe) : [];
}

/** A rarer statement of a device: loops, and steps that may have to wait. */
export function rareDeviceStatement(scene: Scene, scribe: Scribe, own: readonly Register[], depth: number): readonly Statement[] {
  const { random } = scene;
  const register = own.length === 0 ? undefined : random.pick(own).name;
  const x = memory(scene, scribe);
  const roll = random.below(10);
  if (depth > 0) return [];
  if (roll < 2) return [{ head: "for (int i = 0; i < 2; i++)", body: [`DMA_WRITE(*${x}, i + ${value(random)})`] }];
  if (roll < 4 && register !== undefined) {
    const r = fresh(scribe);
    scribe.set.push(r);
    return [`int ${r}`, { head: "ATOMIC", body: [`WAIT(${register} != 0)`, `${r} = ${register}`, `${register} = 0`] }];
  }
  if (!scene.loops) return [];
  const r = fresh(scribe);
  scribe.set.push(r);
  const wanted = value(random);
  if (roll < 5 && register !== undefined) return [`int ${r} = 0`, { head: `while (${r} != ${wanted})`, body: [`${r} = ${register}`] }];
  if (roll < 7) return [`int ${r} = 0`, { head: `while (${r} != ${wanted})`, body: [`${r} = DMA_READ(*${x})`] }];
  if (roll < 8) return [`int ${r} = 0`, { head: `while (${r} == 0)`, body: [`${r} = DMA_SWAP(*${x}, ${wanted})`] }];
  if (roll < 9 && register !== undefined)
    return [
      `int ${r} = 0`,
      {
        head: `while (${r} != ${wanted})`,
        body: [`WAIT(${register} != 0)`, `${r} = ${register}`, `DMA_WRITE(*${x}, ${r})`, `${register} = 0`],
      },
    ];
  return [
    `int ${r} = 0`,
    {
      head: `while (${r} == 0)`,
      body: [`${r} = DMA_READ(*${x})`, random.pick([`DMA_WRITE(*${memory(scene, scribe)}, ${wanted})`, "MSI()"])],
    },
  ];
}
