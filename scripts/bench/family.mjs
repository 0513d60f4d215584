// The completion-queue family: N data writes, then the queue entry, by each of M independent device/driver pairs; cured by nothing, by a barrier-mapped queue, or by a PIO read.
export function family(n, m, cure) {
  const pairs = Array.from({ length: m }, (_, q) => q);
  const data = Array.from({ length: n }, (_, k) => k);
  const queue = cure === "barrier" ? "streaming, write_barrier" : "streaming";
  const lines = [`C cq-${n}-${m}-${cure}`, "{"];
  for (const q of pairs) {
    lines.push(`  mmio int D${q}.status;`, `  dma(${queue}) int cq${q};`, ...data.map((k) => `  dma(streaming) int x${q}_${k};`));
  }
  lines.push("}");
  for (const q of pairs) {
    lines.push(`D${q}() {`, ...data.map((k) => `  DMA_WRITE(*x${q}_${k}, 1);`), `  DMA_WRITE(*cq${q}, 1);`, "}");
    lines.push(`P${q}() {`, `  while (!READ_ONCE(*cq${q})) ;`, "  rmb();");
    if (cure === "pio") lines.push(`  int s = readl(D${q}.status);`);
    for (const k of data) lines.push(`  int r${k} = READ_ONCE(*x${q}_${k});`, ...(k < n - 1 ? ["  rmb();"] : []));
    lines.push("}");
  }
  const stale = pairs.flatMap((q) => data.map((k) => `${q}:r${k}=0`)).join(" \\/ ");
  lines.push(`exists (${stale})`);
  return `${lines.join("\n")}\n`;
}
