/** Tests in which handlers are raised several times: by registers, which count, and by interrupts, which merge; what their runs send and store may be under way together. */
import type { Draft, Statement } from "./draft.js";
import type { Random } from "./random.js";

export function handlerTest(source: Random): Draft {
  const interrupt = source.chance(0.5);
  const times = 2 + source.below(interrupt ? 2 : 4);
  const shared = source.chance(0.4) ? " cpu(0)" : "";
  const init = ["mmio int D0.a", "mmio int D0.n"];
  const threads: { head: string; body: Statement[] }[] = [];
  const shown = ["x", "y", "D0.n"];
  const observer = (cpu: number, length: number): void => {
    const body: Statement[] = [];
    for (let i = 0; i < length; i++) {
      const name = source.pick(["x", "y"]);
      if (source.chance(0.7)) {
        body.push(`int r${i} = READ_ONCE(*${name})`);
        shown.push(`${cpu}:r${i}`);
        if (source.chance(0.3)) body.push("smp_rmb()");
      } else body.push(`WRITE_ONCE(*${name}, ${5 + i})`);
    }
    threads.push({ head: `P${cpu}(int *x, int *y)`, body });
  };
  const parameters = "int *x, int *y";
  if (interrupt) {
    observer(0, 1 + source.below(2));
    if (source.chance(0.5)) observer(1, 1 + source.below(2));
    const device: Statement[] = [];
    for (let i = 0; i < times; i++) {
      device.push(source.pick(["MSI()", "MSI()", `DMA_WRITE(*x, ${i + 1})`]));
      if (source.chance(0.5)) device.push(`WAIT(D0.n == ${i + 1})`);
    }
    device.push("MSI()");
    const effect = source.pick<Statement[]>([
      ["int r0 = READ_ONCE(*x)", "WRITE_ONCE(*x, r0 + 1)"],
      ["int r0 = READ_ONCE(*y)", "WRITE_ONCE(*x, r0 + 1)", "WRITE_ONCE(*y, r0 + 1)"],
      ["int r0 = READ_ONCE(*x)", "writel(r0 + 1, D0.n)"],
      ["int r0 = atomic_fetch_add_relaxed(1, x)", "WRITE_ONCE(*y, r0 + 1)"],
      ["int r0 = readl_relaxed(D0.a)", "WRITE_ONCE(*y, 1)"],
    ]);
    const number = threads.length;
    threads.push({
      head: `P${number}(${parameters}) on msi(D0)${shared}`,
      body: source.chance(0.4) ? [...effect, "writel(1, D0.n)"] : effect,
    });
    shown.push(`${number}:r0`);
    threads.push({ head: `D0(${parameters})`, body: device });
  } else {
    const writes = Array.from({ length: times }, (_, i) =>
      source.pick([`writel(${i + 1}, D0.a)`, `writel(${i + 1}, D0.a)`, "int r0 = readl(D0.n)"]),
    );
    threads.push({ head: `P0(${parameters})`, body: writes });
    if (source.chance(0.5)) observer(1, 1);
    const on = source.chance(0.8) ? "write(D0.a)" : "read(D0.n)";
    threads.push({
      head: `D0(${parameters}) on ${on}`,
      body: source.pick<Statement[]>([
        ["int r0", { head: "ATOMIC", body: ["r0 = D0.n", "D0.n = r0 + 1"] }],
        ["int r0 = D0.a", "DMA_WRITE(*x, r0)"],
        ["int r0 = DMA_FETCH_ADD(*x, 1)", "D0.n = r0 + 1"],
        ["int r0 = D0.a", "if (r0 != 1) { DMA_WRITE(*y, r0) }"].slice(0, 1),
      ]),
    });
    shown.push("D0:r0");
    if (source.chance(0.3)) {
      threads.push({ head: "D1()", body: ["TELL(D2)", "TELL(D2)", "TELL(D2)", "TELL(D2)"].slice(0, times) });
      threads.push({
        head: "D2(int *y)",
        body: ["HEAR(D1)", "DMA_WRITE(*y, 9)", ...["HEAR(D1)", "HEAR(D1)", "HEAR(D1)"].slice(0, times - 1)],
      });
    }
  }
  return { init, threads, shown: [...new Set(shown)], condition: [`${source.pick(shown)}=${source.below(4)}`] };
}
