/** Livelocks: the reduced search reports one where the unreduced one does, and neither takes a run that never happened for one. */
import { describe, expect, test } from "vitest";
import { searchEvery } from "../../src/explore/every.js";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import { createStepper } from "../../src/machine/step.js";
import { type Random, random } from "../generate/random.js";
import { platformOf, programOf } from "../subject.js";
import { cases } from "./cases.js";

const LIMITS = { mode: "states", maxStates: 1500 } as const;
const named = (text: string): string =>
  `C circles\n{ int w; int x; int y; int z; spinlock_t l; mmio int D0.s; }\n${text}\nD0() { }\nexists (true)`;

/** Found by the search without reductions, by the one with, and by the one that learns steps. */
function found(text: string, name: string): readonly (number | undefined)[] {
  const program = programOf(named(text));
  const machine = (): ReturnType<typeof buildMachine> => buildMachine(program, platformOf(name));
  const none = search(machine(), { ...LIMITS, reduce: "none" });
  if (!none.complete) return [];
  const full = search(machine(), { ...LIMITS, reduce: "full" });
  return [none.livelocks, full.livelocks, searchEvery(createStepper(machine(), false), { ...LIMITS, reduce: "none" })?.livelocks];
}

describe("whether there is one", () => {
  const POLL = "P1() { while (READ_ONCE(z) == 0) cpu_relax(); }";
  const GUESS = "P0() { int r0 = READ_ONCE(x); if (r0) { int r1 = READ_ONCE(y); } }";
  test.each([
    ["a flag that nobody sets", POLL, true],
    ["a flag that is set", `${POLL} P2() { WRITE_ONCE(z, 1); }`, false],
    ["while others run", `${POLL} ${GUESS} P2() { WRITE_ONCE(y, 1); WRITE_ONCE(w, 1); }`, true],
    // A guess that is always wrong, beside a loop that goes round until it is told to stop.
    ["a wrong guess beside a loop that ends", `${POLL} ${GUESS} P2() { WRITE_ONCE(z, 1); }`, false],
    ["a wrong guess beside a loop that does not", `${POLL} ${GUESS}`, true],
    ["a race that somebody loses", `${POLL} P0() { int r0 = xchg(&x, 1); } P2() { int r0 = xchg(&x, 1); if (r0) WRITE_ONCE(z, 1); }`, true],
    [
      "an atomic that comes too late",
      `${POLL} P0() { atomic_fetch_add_relaxed(1, &x); } P2() { atomic_fetch_add_relaxed(1, &x); WRITE_ONCE(z, 1); }`,
      false,
    ],
    [
      "who loses ends, who wins does not",
      `P0() { int r0 = xchg(&x, 1); if (r0 == 0) while (READ_ONCE(z) == 0) cpu_relax(); } P1() { int r0 = xchg(&x, 1); if (r0 == 0) WRITE_ONCE(z, 1); }`,
      true,
    ],
    [
      "two that wait for each other",
      "P0() { while (smp_load_acquire(&x) == 0) cpu_relax(); WRITE_ONCE(y, 1); } P1() { while (smp_load_acquire(&y) == 0) cpu_relax(); WRITE_ONCE(x, 1); }",
      true,
    ],
    ["a register that stays as it is", "P0() { while (readl(D0.s) == 0) cpu_relax(); } P1() { WRITE_ONCE(y, 1); }", true],
  ])("%s", (_, text, expected) => {
    for (const name of ["x86", "arm64", "portable"])
      expect(
        found(text, name).map((count) => (count ?? 0) > 0),
        name,
      ).toEqual([expected, expected, expected]);
  });
});

const flag = (source: Random): string => source.pick(["w", "x", "y", "z"]);

function statement(source: Random, next: () => string, depth: number): string {
  switch (source.below(depth > 0 ? 7 : 5)) {
    case 0:
      return `while (READ_ONCE(${flag(source)}) == ${source.below(2)}) cpu_relax();`;
    case 1:
      return `WRITE_ONCE(${flag(source)}, ${source.below(2)});`;
    case 2:
      return `int ${next()} = READ_ONCE(${flag(source)});`;
    case 3:
      return `int ${next()} = xchg_relaxed(&${flag(source)}, ${source.below(2)});`;
    case 4:
      return `spin_lock(&l); WRITE_ONCE(${flag(source)}, 1); spin_unlock(&l);`;
    default: {
      const register = next();
      const read = source.chance(0.5) ? `READ_ONCE(${flag(source)})` : `xchg(&${flag(source)}, 1)`;
      return `int ${register} = ${read}; if (${register}) { ${statement(source, next, depth - 1)} }`;
    }
  }
}

function program(source: Random): string {
  return Array.from({ length: 2 + source.below(2) }, (_, thread) => {
    let registers = 0;
    const body = Array.from({ length: 1 + source.below(3) }, () => statement(source, () => `r${registers++}`, 1)).join(" ");
    return `P${thread}() { ${body} }`;
  }).join("\n");
}

const seeds = cases(50);

test("reduced and unreduced agree on whether there is one", { timeout: 2 * seeds.timeout }, () => {
  const seen = [0, 0];
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
    const source = random(seed ^ 0x11fe);
    const text = program(source);
    const name = source.pick(["x86", "arm64", "riscv", "portable", "ppc64", "ia64"]);
    const [none, full, every] = found(text, name);
    if (none === undefined || full === undefined) continue;
    expect([full > 0, every ?? none], `seed ${seed} on ${name}\n${text}`).toEqual([none > 0, none]);
    seen[none > 0 ? 1 : 0] = (seen[none > 0 ? 1 : 0] as number) + 1;
  }
  for (const times of seen) expect(times).toBeGreaterThan(seeds.count / 8);
});
