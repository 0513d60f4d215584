/** The words of the language that are no functions: attributes, clauses, verdicts, keywords, each with what it means (docs/language.md). */

export interface Word {
  readonly name: string;
  /** One or two sentences of Markdown. */
  readonly says: string;
  /** What to insert, in the notation of snippets; the name itself where undefined. */
  readonly insert?: string;
}

const words = (rows: readonly (readonly [name: string, says: string, insert?: string])[]): readonly Word[] =>
  rows.map(([name, says, insert]) => (insert === undefined ? { name, says } : { name, says, insert }));

/** Attributes of `dma(…)`. */
export const DMA_ATTRIBUTES = words([
  ["streaming", "A streaming mapping (`dma_map_single`): the default of a `dma` list."],
  ["coherent", "A coherent mapping (`dma_alloc_coherent`)."],
  ["consistent", "The historical name of `coherent`."],
  [
    "write_barrier",
    "Each DMA write to it is a barrier for the device's other DMA, where the platform has such a thing (`DMA_ATTR_WRITE_BARRIER`).",
  ],
  ["dmaflush", "The name of `write_barrier` in 2007 (`dma_flags_set_dmaflush`)."],
  ["dmasync", "A historical name of `write_barrier`."],
  ["dma_barrier", "A historical name of `write_barrier`."],
  ["weak_ordering", "Reads and writes of the mapping may pass each other (`DMA_ATTR_WEAK_ORDERING`)."],
  ["relaxed_ordering", "An RDMA region registered with `IBV_ACCESS_RELAXED_ORDERING`: the adapter may set RO on its packets."],
  ["prefetch", "The IP27 family's PREF/PREC mapping."],
  ["mask", "The device's DMA mask in bits, 64 by default: `mask=32`.", "mask=${1:32}"],
  ["for", "The mapping is for that device only: `for=D1`.", "for=${1:D0}"],
]);

/** Attributes of `mmio(…)`. */
export const MMIO_ATTRIBUTES = words([
  ["uc", "Uncached (`ioremap`): the default."],
  ["wc", "Write-combining (`ioremap_wc`)."],
  ["np", "Non-posted writes (`ioremap_np`)."],
  ["combining", "A host bridge may make one burst of writes to neighbouring registers."],
  ["no_burst", "The device loses a write of it that comes as a later word of a burst."],
  ["at", "Its offset in bytes: words four bytes apart are neighbours.", "at=${1:4}"],
]);

/** Attributes of `device D0(…)`. */
export const DEVICE_ATTRIBUTES = words([
  ["node", "The NUMA node that it sits on: `node=0`.", "node=${1:0}"],
  ["bridge", "The host bridge: `bridge=0`.", "bridge=${1:0}"],
  ["port", "The PCIe root port: `port=0`.", "port=${1:0}"],
  ["slot", "The slot on its bus: `slot=1`. By default each device has a slot of its own.", "slot=${1:1}"],
  ["function", "The function of its card: `function=1`.", "function=${1:1}"],
  ["card", "It is another function of that card: `card=D0`.", "card=${1:D0}"],
  ["switch", "It sits below that switch: `switch=0`.", "switch=${1:0}"],
]);

/** Attributes of `thread P0(…)`. */
export const THREAD_ATTRIBUTES = words([
  ["cpu", "The CPU it runs on: `cpu=0`. By default each thread has its own CPU.", "cpu=${1:0}"],
  ["node", "The NUMA node of its CPU: `node=0`.", "node=${1:0}"],
  ["user", "User space: PIO there is an error."],
]);

/** Clauses between `)` and `{`. */
export const CLAUSES = words([
  ["user", "User space: PIO there is an error."],
  ["cpu", "The CPU it runs on: `cpu(0)` shares P0's.", "cpu(${1:0})"],
  ["node", "The NUMA node of its CPU.", "node(${1:0})"],
  ["in", "A second program in the same device: `in(D0)` shares D0's link, requester and registers.", "in(${1:D0})"],
  ["on", "A handler: it runs once its interrupt is delivered.", "on ${1|msi,intx,write,tell|}(${2:D0})"],
]);

/** What a handler runs on. */
export const EVENTS = words([
  ["msi", "On an MSI or MSI-X of the device: `on msi(D0)`, `on msi(D0, 2)` for vector 2.", "msi(${1:D0})"],
  ["intx", "On the device's interrupt pin: `on intx(D0)`.", "intx(${1:D0})"],
  ["write", "In the device, when a write of the register arrives: `on write(D1.door)`.", "write(${1:D0.door})"],
  ["read", "In the device, when a read of the register arrives: `on read(D1.status)`.", "read(${1:D0.status})"],
  ["tell", "When that device tells this one out of band: `on tell(D0)`.", "tell(${1:D0})"],
]);

/** What a packet's TLP header can say. */
export const PACKET_ATTRIBUTES = words([
  ["RO", "Relaxed ordering: the packet may pass others of its kind (PCIe 2.4.1)."],
  ["IDO", "ID-based ordering: it may pass packets of other requesters."],
  ["TC", "The traffic class, 0 to 7: packets of different classes have no order.", "TC(${1:1})"],
  ["AT", "Translated before (ATS): not looked up in the table of mappings."],
  ["UIO", "Unordered I/O: no order with other packets."],
]);

export const VERDICTS = words([
  ["allowed", "Some run ends with the proposition true."],
  ["forbidden", "No run ends with it."],
  ["depends", "An option that no source settles decides it."],
  ["unknown", "A budget ran out, or the model does not reach."],
]);

/** What starts a line of the initial state. */
export const DECLARATIONS = words([
  ["dma", "Memory that devices reach by DMA, with how the driver maps it.", "dma(${1|streaming,coherent|}) int ${2:data};"],
  ["mmio", "A register or memory behind a device's BAR, reached with `readl`, `writel`, …", "mmio int ${1:D0}.${2:door};"],
  ["port", "An I/O port of a device: `inl`, `outl`, …", "port int ${1:D0}.${2:port};"],
  ["config", "A word of a device's configuration space: `pci_read_config_dword`, …", "config int ${1:D0}.${2:command};"],
  ["device", "Where a device sits.", "device ${1:D0}(${2:slot=1});"],
  ["thread", "Where a CPU thread runs.", "thread ${1:P0}(${2:user});"],
  ["line", "These locations lie in one cache line; otherwise they do not.", "line(${1:x}, ${2:y});"],
]);

/** What starts a line behind the threads. */
export const TAIL_WORDS = words([
  ["exists", "The outcome in question: can a run end so?", "exists (${1:0:r0=1})"],
  ["~exists", "The outcome that must not happen.", "~exists (${1:0:r0=1})"],
  ["forall", "What has to hold at the end of every run. The verdict speaks of the bare proposition.", "forall (${1:0:r0=1})"],
  ["filter", "Runs that do not satisfy it are dropped.", "filter (${1:0:r0=1})"],
  ["locations", "More terms to show among the states.", "locations [${1:x};]"],
  [
    "expect",
    "The verdict stated for platforms: `expect sn2: allowed; all: forbidden`. `check` compares.",
    "expect ${1:all}: ${2|allowed,forbidden,depends|}",
  ],
  ["source", "Where the test, or what it expects, is known from.", 'source "${1}"'],
]);

/** Inside conditions. */
export const CONDITION_WORDS = words([
  ["order", "`order(D0.b=2, D0.a=1)`: a write of 2 to D0.b arrived before the write of 1 to D0.a.", "order(${1:D0.b=1}, ${2:D0.a=1})"],
  ["stuck", "True of a run in which nothing can move any more though it has not ended: threads wait for each other, or full places do."],
  ["true", "Always true."],
  ["false", "Never true."],
  ["not", "Negation; `~` is the same."],
]);

/** Statements of a body. */
export const STATEMENTS = words([
  ["if", "As in C.", "if (${1:r0 == 1}) {\n\t$0\n}"],
  ["while", "As in C. A loop whose body only reads polls.", "while (${1:READ_ONCE(*x) == 0}) ;"],
  ["do", "As in C.", "do {\n\t$0\n} while (${1:r0 == 0});"],
  ["for", "As in C; a loop with a constant number of rounds is unrolled.", "for (int ${1:i} = 0; ${1:i} < ${2:2}; ${1:i}++) {\n\t$0\n}"],
  ["int", "A register of the thread: conditions see it as `0:r0`.", "int ${1:r0} = ${2:READ_ONCE(*x)};"],
  ["ATOMIC", "An indivisible step of the device.", "ATOMIC {\n\t$0\n}"],
]);

/** Types that locations and registers have. */
export const TYPES: readonly string[] = ["int", "atomic_t", "spinlock_t", "volatile int", "u32"];
