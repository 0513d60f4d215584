/** Tests to report on, short to write down. */
import { DEFAULT_LIMITS, type Limits } from "../../src/explore/index.js";
import { type Checked, compareWith, expectationFor, judge } from "../../src/report/index.js";
import { platformOf, programOf, sourceOf } from "../subject.js";

export const limits: Limits = { ...DEFAULT_LIMITS, maxStates: 200_000 };

/** A test checked on some platforms, as the command line does it. */
export function checked(text: string, platforms: readonly string[], mode: "states" | "verdict" = "verdict"): Checked {
  const program = programOf(text);
  return {
    source: sourceOf(text),
    test: program.test,
    program,
    label: program.name,
    results: platforms.map((name) => {
      const on = platformOf(name);
      const verdict = judge(program, on, { ...limits, mode });
      const expectation = expectationFor(program.test, on);
      return { platform: on, verdict, comparison: expectation && compareWith(expectation, verdict) };
    }),
  };
}

/** The race that the project began with. `between` stands between the two reads, `tail` behind the condition. */
export function race({ data = "streaming", cq = "streaming", between = "rmb();", tail = "", mmio = "" } = {}): string {
  return `C race
"A completion queue entry overtakes the data it announces"
{ dma(${data}) int data; dma(${cq}) int cq; ${mmio} }
D0(int *data, int *cq) { DMA_WRITE(*data, 1); DMA_WRITE(*cq, 1); }
P0(int *cq, int *data) { int r0 = READ_ONCE(*cq); ${between} int r1 = READ_ONCE(*data); }
exists (0:r0=1 /\\ 0:r1=0)
${tail}`;
}

export const SB = `C SB
{}
P0(int *x, int *y) { WRITE_ONCE(*x, 1); int r0 = READ_ONCE(*y); }
P1(int *x, int *y) { WRITE_ONCE(*y, 1); int r0 = READ_ONCE(*x); }
exists (0:r0=0 /\\ 1:r0=0)
`;
