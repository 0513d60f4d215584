/** Barriers that a spin unlock has only where a register write is pending: the search and the oracle agree, on every path. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import { consult } from "../../src/oracle/oracle.js";
import { type Random, random } from "../generate/random.js";
import { platformOf, programOf } from "../subject.js";
import { cases, listEnds } from "./cases.js";

const writeOf = (source: Random): string => source.pick(["writel(1, D0.a);", "writel(1, D0.a);", "writel_relaxed(1, D0.a);"]);

/** A stretch of a thread that takes and gives back locks; what it writes to the register may stand in any of them, or in none. */
function stretch(source: Random, lock: string): string {
  const inner = source.pick([
    "",
    writeOf(source),
    `if (r9) ${writeOf(source)}`,
    `if (r9) { ${writeOf(source)} } else { ${writeOf(source)} }`,
  ]);
  const [before, after] = [source.chance(0.3) ? writeOf(source) : "", source.chance(0.2) ? writeOf(source) : ""];
  switch (source.below(4)) {
    case 0:
      return `if (spin_trylock(${lock})) { ${inner} spin_unlock(${lock}); } ${after}`;
    case 1:
      return `mutex_lock(m); ${inner} mutex_unlock(m); ${after}`;
    case 2:
      return `spin_lock(${lock}); spin_lock(n); ${inner} spin_unlock(n); ${after} spin_unlock(${lock});`;
    default:
      return `${before} spin_lock(${lock}); ${inner} spin_unlock(${lock}); ${after}`;
  }
}

function text(source: Random): string {
  const first = stretch(source, "l");
  const second = source.chance(0.4) ? stretch(source, "k") : "";
  const steers = (first + second).includes("r9");
  return `C pending
{ spinlock_t l; spinlock_t k; spinlock_t n; struct mutex m; int which; int flag; mmio int D0.a; }
P0() { ${steers ? "int r9 = READ_ONCE(which);" : ""} ${first} ${second} WRITE_ONCE(flag, 1); }
P1() { int r0 = READ_ONCE(flag); if (r0) writel(2, D0.a); }
${steers ? "P2() { WRITE_ONCE(which, 1); }" : ""}
D0() { }
exists (order(D0.a=2, D0.a=1)${steers ? " /\\ 0:r9=1" : ""})`;
}

const seeds = cases(120);

test("the search and the oracle agree on unlocks with a register write pending", { timeout: seeds.timeout }, () => {
  const platforms = ["riscv", "arm64"].map(platformOf);
  let applied = 0;
  const differ = new Set<boolean>();
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
    const source = random(seed ^ 0x10c5);
    const program = programOf(text(source));
    const ends = platforms.map((platform) => {
      const none = search(buildMachine(program, platform), { mode: "states", reduce: "none", maxStates: 60_000 });
      const full = search(buildMachine(program, platform), { mode: "states", reduce: "full", maxStates: 60_000 });
      if (none.complete) expect(listEnds(full.ends), `seed ${seed}, reduced\n${program.name}`).toBe(listEnds(none.ends));
      const answer = consult(program, platform, new Map(), 20_000);
      if (!none.complete || answer.kind !== "ends") return undefined;
      expect(listEnds(none.ends), `seed ${seed} on ${platform.name}`).toBe(listEnds(answer.ends));
      return none.satisfiable;
    });
    if (ends.every((end) => end !== undefined)) applied++;
    differ.add(ends[0] !== ends[1]);
  }
  expect(applied).toBeGreaterThan(seeds.count / 2);
  expect(differ.size).toBe(2);
});
