/**
 * Names from the kernel, from user-space drivers and from C that are no primitives: those that mean the same as one, and those for which a test says it in another way.
 */

const words = (text: string): string[] => text.split(/\s+/);

/** What each primitive is called besides. One location is one register: widths, byte order and scatter lists do not show. */
const SAME: readonly (readonly [primitive: string, names: string])[] = [
  [
    "dma_sync_single_for_cpu",
    "dma_sync_single_range_for_cpu dma_sync_sg_for_cpu dma_sync_sgtable_for_cpu pci_dma_sync_single_for_cpu pci_dma_sync_sg_for_cpu",
  ],
  [
    "dma_sync_single_for_device",
    "dma_sync_single_range_for_device dma_sync_sg_for_device dma_sync_sgtable_for_device pci_dma_sync_single_for_device pci_dma_sync_sg_for_device",
  ],
  [
    "dma_unmap_single",
    "dma_unmap_single_attrs dma_unmap_page_attrs dma_unmap_sg dma_unmap_sg_attrs dma_unmap_sgtable pci_unmap_single pci_unmap_page pci_unmap_sg",
  ],
  ["dma_map_single", "dma_map_sg dma_map_sgtable pci_map_single pci_map_page pci_map_sg"],
  ["readq", "lo_hi_readq hi_lo_readq ioread64_lo_hi ioread64_hi_lo"],
  ["writeq", "lo_hi_writeq hi_lo_writeq iowrite64_lo_hi iowrite64_hi_lo"],
  ["readq_relaxed", "lo_hi_readq_relaxed hi_lo_readq_relaxed"],
  ["writeq_relaxed", "lo_hi_writeq_relaxed hi_lo_writeq_relaxed"],
  // arch/powerpc/include/asm/io.h: writel is out_le32.
  ["readl", "in_8 in_le16 in_be16 in_le32 in_be32 in_le64 in_be64"],
  ["writel", "out_8 out_le16 out_be16 out_le32 out_be32 out_le64 out_be64"],
  ["inb", "inb_p"],
  ["inw", "inw_p"],
  ["inl", "inl_p"],
  ["outb", "outb_p"],
  ["outw", "outw_p"],
  ["outl", "outl_p"],
  // asm-generic/barrier.h: the SMP barriers, whether or not the guest is one.
  ["smp_mb", "virt_mb __smp_mb"],
  ["smp_rmb", "virt_rmb __smp_rmb smp_acquire__after_ctrl_dep"],
  ["smp_wmb", "virt_wmb __smp_wmb"],
  ["smp_store_mb", "virt_store_mb"],
  ["smp_load_acquire", "virt_load_acquire"],
  ["smp_store_release", "virt_store_release"],
  ["smp_mb__before_atomic", "smp_mb__before_clear_bit smp_mb__before_atomic_inc smp_mb__before_atomic_dec"],
  ["smp_mb__after_atomic", "smp_mb__after_clear_bit smp_mb__after_atomic_inc smp_mb__after_atomic_dec"],
  ["READ_ONCE", "ACCESS_ONCE"],
  // Handlers are hard interrupts, which these do not hold off.
  ["preempt_disable", "local_bh_disable"],
  ["preempt_enable", "local_bh_enable cond_resched"],
  ["msleep", "fsleep ssleep msleep_interruptible"],
];

const aliases: ReadonlyMap<string, string> = new Map(
  SAME.flatMap(([primitive, names]) => words(names).map((name): [string, string] => [name, primitive])),
);

/** The primitive that a name means, if it is another name for one. */
export function sameAs(name: string): string | undefined {
  return aliases.get(name);
}

/** How to say what a name stands for; the first that matches. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/^(dma|pci|dmam)_(z?alloc|free)_|^dma_pool_/, "how memory is mapped stands in its declaration: `dma(coherent) int x;`"],
  [
    /^dma_map_\w+_attrs$|^(pci_)?dma_flags_set_|^dma_set_attr$/,
    "attributes stand in the declaration: `dma(streaming, write_barrier) int x;`",
  ],
  [/^(dma|pci)_set_\w*mask/, "the mask stands in the declaration: `dma(coherent, mask=32) int x;`"],
  [/ioremap|iounmap|_iomap|^pgprot_|^ioport_map/, "how a register is mapped stands in its declaration: `mmio(wc) int D0.reg;`"],
  [
    /^(mem(set|cpy|move|cmp)|str\w*cpy|copy_(to|from)_user)$/,
    "write the assignment of each word: `WRITE_ONCE(*x, 1);` `*x = 1;` `r = *x;`",
  ],
  [/^(k|v|kv|devm_k)\w*(alloc|free)/, "memory stands in the initial state: `int x;` `int ring[4];`"],
  [/^(min|max|min_t|max_t|clamp|swap|abs|ARRAY_SIZE|DIV_ROUND_UP|roundup|ALIGN)$/, "write the expression: `a < b ? a : b`"],
  [
    /^(container_of|list_|hlist_|llist_|kfifo_|skb_|netif_|napi_|queue_work|schedule_work)/,
    "a test has the accesses that this comes down to: READ_ONCE, WRITE_ONCE, smp_store_release, …",
  ],
  [/_poll_timeout/, "write the loop: `do { v = readl(D0.reg); } while (!(v & 1));`"],
  [
    /^(rte|spdk|ucs|ucx|efa|gdr)_\w*(mb|fence|barrier)/,
    "write the kernel's barrier, or rdma-core's: `dma_wmb();` `udma_to_device_barrier();`",
  ],
  [
    /^_?_?(mm_)?(mfence|sfence|lfence|eieio|sync|lwsync|isync|isb|dsb|dmb|mf|mfa|mf_a|fence|dbar|membar|MemoryFence)$/,
    "an instruction belongs to one architecture: write the kernel's barrier, `mb();` `wmb();` `dma_wmb();` `smp_mb();` …",
  ],
  [
    /^(disable|enable|synchronize|request|free)_irq/,
    "`local_irq_disable();` holds off the handlers of its CPU; a handler is declared with `on msi(D0)`",
  ],
  [
    /^(down|up)(_|$)|complet|^wait_event|^wake_up|^schedule/,
    "wait in a loop: `while (!smp_load_acquire(x)) ;`, and let the other one `smp_store_release(x, 1);`",
  ],
  [/(set|clear|change|test)_bit/, "write `set_bit(0, x);`, `clear_bit(0, x);`, `test_and_set_bit(0, x)` or `test_bit(0, x)`"],
  [/^(VM_)?(BUG|WARN)(_|$)|^assert|^dev_\w+$/, "what must not be stands in the condition: `exists (0:r0=1)`"],
  [
    /^(__)?atomic_(thread_fence|signal_fence|load|store|exchange|compare_exchange|fetch_\w+_explicit)|^__sync_|_explicit$/,
    "C11's atomics run under `fencepost herd`; here write READ_ONCE, smp_store_release, smp_mb, …",
  ],
  [/^sn_dma_flush$/, "on sn2 `readl` does it: `fencepost platforms show sn2`"],
  [/^_*sn_mmiowb$/, "write `mmiowb();`"],
  [/^sn_in\w_fast$/, "write `readl_relaxed`: a read that flushes nothing"],
  [/^prefetchw?$/, "a hint to the cache orders nothing: leave it out"],
  [/read_barrier_depends/, "READ_ONCE has it since Linux 4.15; before that, on Alpha, it is `smp_mb();`"],
];

/** How a test says what this name stands for elsewhere; undefined where nothing is known. */
export function instead(name: string): string | undefined {
  return INSTEAD.find(([pattern]) => pattern.test(name))?.[1];
}
