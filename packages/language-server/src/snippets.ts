/** Whole tests to begin with, in the notation of snippets. */

export interface Snippet {
  readonly label: string;
  readonly says: string;
  readonly body: string;
}

export const TESTS: readonly Snippet[] = [
  {
    label: "test: completion queue",
    says: "A device writes data, then a completion queue entry; the driver polls the entry and reads the data.",
    body: `C \${1:cq-race}
"\${2:Does the entry arrive before the data that it announces?}"
{
  dma(\${3|streaming,coherent|}) int data;
  dma(\${4|streaming,coherent|}) int cq;
}

D0(int *data, int *cq) {
  DMA_WRITE(*data, 1);
  DMA_WRITE(*cq, 1);
}

P0(int *cq, int *data) {
  int r0 = READ_ONCE(*cq);
  \${5|rmb(),dma_rmb(),smp_rmb()|};
  int r1 = READ_ONCE(*data);
}

exists (0:r0=1 /\\\\ 0:r1=0)
expect \${6:all}: \${7|forbidden,allowed|}$0
`,
  },
  {
    label: "test: doorbell",
    says: "The driver writes a descriptor and rings the doorbell; the device reads the descriptor.",
    body: `C \${1:doorbell}
"\${2:Does the device see the descriptor that the doorbell announces?}"
{
  dma(\${3|coherent,streaming|}) int desc;
  mmio int D0.door;
}

P0(int *desc) {
  WRITE_ONCE(*desc, 1);
  \${4|writel,writel_relaxed|}(1, D0.door);
}

D0(int *desc) {
  WAIT(D0.door == 1);
  int r0 = DMA_READ(*desc);
}

exists (D0:r0=0)
expect \${5:all}: \${6|forbidden,allowed|}$0
`,
  },
  {
    label: "test: interrupt after data",
    says: "A device writes data and raises an interrupt; the handler reads the data.",
    body: `C \${1:interrupt}
"\${2:Does the handler see the data that the interrupt announces?}"
{
  dma(\${3|streaming,coherent|}) int data;
}

D0(int *data) {
  DMA_WRITE(*data, 1);
  \${4|MSI,INTX|}();
}

P0(int *data) on \${5|msi,intx|}(D0) {
  int r0 = 1;
  int r1 = READ_ONCE(*data);
}

exists (0:r0=1 /\\\\ 0:r1=0)
expect \${6:all}: \${7|forbidden,allowed|}$0
`,
  },
  {
    label: "test: registers under a lock",
    says: "Two CPUs write two registers each under one lock: do they interleave at the device?",
    body: `C \${1:pio-lock}
"\${2:Do the register writes of two critical sections mix?}"
{
  spinlock_t l;
  mmio int D0.a;
  mmio int D0.b;
}

P0(spinlock_t *l) {
  spin_lock(l);
  writel(1, D0.a);
  writel(1, D0.b);
  \${3:mmiowb();}
  spin_unlock(l);
}

P1(spinlock_t *l) {
  spin_lock(l);
  writel(2, D0.a);
  writel(2, D0.b);
  \${3:mmiowb();}
  spin_unlock(l);
}

D0() { }

exists (D0.a=1 /\\\\ D0.b=2)
expect \${4:all}: \${5|forbidden,allowed|}$0
`,
  },
  {
    label: "test: message passing between CPUs",
    says: "herd7's MP: one CPU writes data and a flag, another reads the flag and the data.",
    body: `C \${1:MP}
{}

P0(int *x, int *flag) {
  WRITE_ONCE(*x, 1);
  \${2|smp_wmb(),smp_mb(),barrier()|};
  WRITE_ONCE(*flag, 1);
}

P1(int *x, int *flag) {
  int r0 = READ_ONCE(*flag);
  \${3|smp_rmb(),smp_mb(),barrier()|};
  int r1 = READ_ONCE(*x);
}

exists (1:r0=1 /\\\\ 1:r1=0)
expect \${4:all}: \${5|forbidden,allowed|}$0
`,
  },
];

/** A snippet's text with every placeholder at its first choice: for clients that know no snippets. */
export function plainSnippet(body: string): string {
  return body
    .replace(/\$\{\d+\|([^,|]*)[^}]*\|\}/g, "$1")
    .replace(/\$\{\d+:([^}]*)\}/g, "$1")
    .replace(/\$\{?\d+\}?/g, "")
    .replace(/\\\\/g, "\\");
}
