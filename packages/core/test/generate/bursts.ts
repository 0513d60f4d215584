/** Tests in which neighbouring registers are written, so that a bridge may make bursts. */
import type { Draft, Statement } from "./draft.js";
import type { Random } from "./random.js";

const REGISTERS = ["D0.a", "D0.b", "D0.c"];

/** One or two CPUs that write neighbouring registers, a device that waits for them or handles them, perhaps a peer or an interrupt that comes between. */
export function burstTest(source: Random): Draft {
  const type = source.chance(0.2) ? "wc, " : "";
  const init = REGISTERS.map(
    (register, at) => `mmio(${type}combining, at=${4 * at}${source.chance(0.4) ? ", no_burst" : ""}) int ${register}`,
  );
  if (source.chance(0.3)) init.push("mmio int D0.e");
  const other = init.length > REGISTERS.length ? ["D0.e"] : [];
  const shared = source.chance(0.3) ? " cpu(0)" : "";
  let writes = 0;
  const write = (at: number): Statement => {
    const register = source.chance(0.6) ? (REGISTERS[at % 3] as string) : source.pick([...REGISTERS, ...other]);
    if (source.chance(0.8) && writes++ < 5)
      return `${source.pick(["writel", "writel", "writel_relaxed"])}(${1 + source.below(2)}, ${register})`;
    return source.chance(0.7)
      ? `int r${at} = ${source.pick(["readl", "readl_relaxed"])}(${register})`
      : `${source.pick(["wmb", "mb", "mmiowb"])}()`;
  };
  const threads: { head: string; body: Statement[] }[] = Array.from({ length: 1 + source.below(2) }, (_, cpu) => {
    const body: Statement[] = [];
    const length = 2 + source.below(2);
    for (let at = 0; at < length; at++) body.push(write(at));
    return { head: `P${cpu}(int *x)${cpu === 1 ? shared : ""}`, body };
  });
  const interrupt = source.chance(0.2);
  if (interrupt) threads.push({ head: `P${threads.length}(int *x) on msi(D0)${source.chance(0.7) ? " cpu(0)" : ""}`, body: [write(1)] });
  const seen = source.pick(REGISTERS);
  const device: { head: string; body: Statement[] } = source.pick([
    { head: "D0(int *x)", body: [] },
    { head: "D0(int *x)", body: [`WAIT(${seen} != 0)`, `int r0 = ${source.pick(REGISTERS)}`, "DMA_WRITE(*x, r0)"] },
    { head: "D0(int *x)", body: [`int r0 = ${source.pick(REGISTERS)}`, `int r1 = ${source.pick(REGISTERS)}`] },
    { head: `D0(int *x) on write(${seen})`, body: [`int r0 = ${source.pick(REGISTERS)}`] },
  ]);
  if (interrupt) device.body.push("MSI()");
  threads.push(device);
  if (source.chance(0.2))
    threads.push({ head: "D1(int *x)", body: [0, 1].map((at) => `DMA_WRITE(${REGISTERS[at]}, ${1 + source.below(2)})`) });
  const registers = device.body.flatMap((line) => (typeof line === "string" ? (/int (r\d)/.exec(line)?.[1] ?? []) : []));
  const condition = [
    source.pick([`order(${source.pick(REGISTERS)}=1, ${source.pick(REGISTERS)}=1)`, `${source.pick(REGISTERS)}=0`, "true"]),
  ];
  return { init, threads, shown: [...REGISTERS, ...other, "x", ...registers.map((register) => `D0:${register}`)], condition };
}
