import { describe, expect, test } from "vitest";
import { type Answer, superfluous } from "../../src/repair/index.js";
import { catalogue, load, named, operations, repaired } from "./text.js";

// Nothing here is timed: a busy machine only takes longer.
describe("the race of the Altix", () => {
  const race = repaired(catalogue("altix/cq-race"), "sn2,pcie,arm64");

  test("is repaired by the mapping of the queue and by a full register read", () => {
    expect(race.outcome).toBe("repaired");
    expect(race.complete).toBe(2);
    expect(race.answers.map(operations)).toEqual(["coherent", "write_barrier", "readl", "readl"]);
  });

  test("and of these only the read behind the barrier is sound", () => {
    expect(race.answers.map(({ soundness, onPortable }) => `${soundness} ${onPortable}`)).toEqual([
      "platform-specific depends",
      "platform-specific allowed",
      "sound forbidden",
      "platform-specific allowed",
    ]);
    expect(race.answers[2]?.changes[0]?.words).toContain("(line 17)");
  });

  test("the answers stand without reductions", () => {
    expect(race.answers.map(({ unreduced }) => unreduced)).toEqual(["confirmed", "confirmed", "confirmed", "confirmed"]);
  });

  test("the patch keeps comments and layout", () => {
    expect(race.answers[1]?.patch).toBe(
      [
        "--- a/catalogue/altix/cq-race.litmus",
        "+++ b/catalogue/altix/cq-race.litmus",
        "@@ -3,7 +3,7 @@",
        " (* Scenario 1, and 2 for pcie. The interconnect reorders the two writes, PCI does not; no CPU barrier reaches that far. *)",
        " {",
        "   dma(streaming) int data;",
        "-  dma(streaming) int cq;",
        "+  dma(streaming, write_barrier) int cq;",
        " }",
        " ",
        " D0(int *data, int *cq) {",
        "",
      ].join("\n"),
    );
  });

  test("polling the data itself is refused: it would never see an empty queue again", () => {
    expect(race.rejected.map(({ reason }) => reason)).toEqual(["a good outcome is lost: 0:r0=0; 0:r1=0"]);
  });

  test("in user space no register is read", () => {
    const user = repaired(catalogue("altix/cq-user-space"), "sn2");
    expect(user.outcome).toBe("repaired");
    for (const answer of user.answers) expect(answer.changes.map(({ kind }) => kind)).not.toContain("pio-read");
    expect(user.answers.map(operations)).toContain("write_barrier");
  });

  test("what must stay as it is stays", () => {
    const kept = repaired(catalogue("altix/cq-race"), "sn2", { keep: ["P0", "cq"] });
    expect(kept.answers.flatMap(({ changes }) => changes.filter(({ thread, id }) => thread === "P0" || id.startsWith("map-cq")))).toEqual(
      [],
    );
  });
});

describe("a repair says how far it got", () => {
  test("nothing to do", () => {
    const { outcome, answers } = repaired(catalogue("altix/cq-race"), "pcie");
    expect({ outcome, answers }).toEqual({ outcome: "not-needed", answers: [] });
  });

  test("no repair: both routes part above the CPU", () => {
    const found = repaired(catalogue("bugs/29-bcm2711-doorbell-before"), "bcm2711");
    for (const answer of found.answers) expect(answer.changes.map(({ kind }) => kind)).not.toEqual(["pio-read"]);
  });

  test("no repair, because the outcome needs no reordering", () => {
    const found = repaired(catalogue("classic/RMW+rel"), "x86");
    expect([found.outcome, found.allowedInOrder, found.obstacle?.unstoppable]).toEqual(["none", true, true]);
    expect(found.obstacle?.run.length).toBeGreaterThan(0);
    expect(repaired(catalogue("linux-io/doorbell"), "bcm2711").allowedInOrder).toBe(false);
  });

  test("a budget of changed tests", () => {
    const { outcome, stopped, complete } = repaired(catalogue("altix/cq-race"), "sn2", { maxTrials: 3 });
    expect(outcome).toBe("unknown");
    expect(complete ?? 0).toBeLessThan(2);
    expect(stopped).toBe("more than 3 changed tests");
  });

  test("a budget of states", () => {
    const { outcome, stopped } = repaired(catalogue("bugs/65-mthca-command-before"), "sn2", { maxStates: 2 });
    expect(outcome).toBe("unknown");
    expect(stopped).toContain("more than 2 states");
  });

  test("delays only where asked for, and marked", () => {
    const found = repaired(catalogue("altix/cq-race"), "sn2", { timingOnly: true });
    expect(found.timingOnly.map(operations)).toEqual(["udelay"]);
    expect(found.timingOnly.map(({ soundness }) => soundness)).toEqual(["timing-only"]);
    expect(repaired(catalogue("altix/cq-race"), "sn2").timingOnly).toEqual([]);
  });
});

/** An answer with one of its changes in another form. */
const formsOf = (answer: Answer): string[] =>
  answer.alternatives.map(({ instead, change }) =>
    answer.changes.map(({ operation }, index) => (index === instead ? change.operation : operation)).join(" + "),
  );

describe("fixes that were merged", () => {
  const upstream: readonly (readonly [string, string, string])[] = [
    ["01-mthca-cq", "sn2", "write_barrier"],
    ["02-pio-read-beats-dma", "sn2", "readl"],
    ["11-nvme-phase", "arm64,ppc64,riscv", "dma_rmb"],
    ["28-ppc-eieio", "ppc64", "udma_to_device_barrier"],
    ["40-mthca-wqe-link", "arm64", "dma_wmb"],
    ["52-irdma-doorbell-elision", "x86", "mb"],
    ["55-tg3-queue-stopped", "x86,arm64", "smp_mb + smp_mb"],
    ["65-mthca-command", "sn2", "mmiowb + mmiowb"],
    ["70-relaxed-ordering-port", "amd-a1100", "no RO"],
    ["73-hpc-completion", "arm64", "smp_wmb + smp_rmb"],
  ];
  test.each(upstream)("bug %s on %s: %s", (name, platforms, expected) => {
    const found = repaired(catalogue(`bugs/${name}-before`), platforms);
    const forms = found.answers.flatMap((answer) => [operations(answer), ...formsOf(answer)]);
    expect(forms).toContain(expected);
  });
});

describe("the other way round", () => {
  const lean = (text: ReturnType<typeof load>, names: string): string[] =>
    superfluous(text.source, text.program, named(names)).map(({ words, together }) => `${words}${together ? "" : " (not together)"}`);

  test("an over-strong barrier", () => {
    expect(lean(catalogue("altix/cq-mb"), "arm64")).toEqual(["mb() in P0 (line 16) is stronger than needed: dma_rmb does"]);
  });

  test("one of two that do the same", () => {
    const twice = load(`C twice
{ dma(coherent) int data; dma(coherent) int cq; }
D0(int *data, int *cq) { DMA_WRITE(*data, 1); DMA_WRITE(*cq, 1); }
P0(int *cq, int *data) {
  int r0 = READ_ONCE(*cq);
  rmb();
  dma_rmb(); // again
  int r1 = READ_ONCE(*data);
}
exists (0:r0=1 /\\ 0:r1=0)
`);
    expect(lean(twice, "arm64")).toEqual(["rmb() in P0 (line 6) is superfluous", "dma_rmb() in P0 (line 7) is superfluous (not together)"]);
  });

  test("nothing where the outcome is allowed", () => {
    expect(lean(catalogue("altix/cq-race"), "sn2")).toEqual([]);
  });
});

test.each([
  ["struct desc one", "one"],
  ["struct desc ring[2]", "ring"],
])("the members of a structure are mapped together, and the structure is what is named: %s", (declared, named) => {
  const { answers } = repaired(
    load(`C d
{
  struct desc { int len; int own; };
  dma(streaming) ${declared};
}
D0() { struct desc *d = ${named === "one" ? "&one" : "&ring[1]"}; DMA_WRITE(d->len, 5); DMA_WRITE(d->own, 1); }
P0() {
  struct desc *d = ${named === "one" ? "&one" : "&ring[1]"};
  int r0 = READ_ONCE(d->own);
  int r1 = READ_ONCE(d->len);
}
exists (0:r0=1 /\\ 0:r1=0)
`),
    "sn2",
  );
  expect(answers.slice(0, 2).map(({ changes }) => changes.map(({ words }) => words))).toEqual([
    [`allocate ${named} with dma_alloc_coherent`],
    [`map ${named} with DMA_ATTR_WRITE_BARRIER`],
  ]);
});
