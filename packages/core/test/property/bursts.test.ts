/** Bursts: the reduced search finds what the unreduced one finds where writes to neighbouring registers may leave together. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import type { Draft } from "../generate/draft.js";
import { randomPlatform } from "../generate/platforms.js";
import { type Random, random } from "../generate/random.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";

const REGISTERS = ["D0.a", "D0.b", "D0.c"];

/** One or two CPUs that write neighbouring registers, a device that waits for them or handles them. */
function burstTest(source: Random): Draft {
  const init = REGISTERS.map((register, at) => `mmio(combining, at=${4 * at}${source.chance(0.4) ? ", no_burst" : ""}) int ${register}`);
  const threads = Array.from({ length: 1 + source.below(2) }, (_, cpu) => {
    const body: string[] = [];
    const length = 2 + source.below(2);
    for (let at = 0; at < length; at++) {
      const register = source.chance(0.6) ? (REGISTERS[at % 3] as string) : source.pick(REGISTERS);
      if (source.chance(0.8)) body.push(`writel(${1 + source.below(2)}, ${register})`);
      else body.push(`int r${at} = readl(${register})`);
    }
    return { head: `P${cpu}(int *x)`, body };
  });
  const seen = source.pick(REGISTERS);
  const device = source.pick([
    { head: "D0(int *x)", body: [] },
    { head: "D0(int *x)", body: [`WAIT(${seen} != 0)`, `int r0 = ${source.pick(REGISTERS)}`, "DMA_WRITE(*x, r0)"] },
    { head: "D0(int *x)", body: [`int r0 = ${source.pick(REGISTERS)}`, `int r1 = ${source.pick(REGISTERS)}`] },
    { head: `D0(int *x) on write(${seen})`, body: [`int r0 = ${source.pick(REGISTERS)}`] },
  ]);
  const registers = device.body.flatMap((line) => /int (r\d)/.exec(line)?.[1] ?? []);
  const condition = [
    source.pick([`order(${source.pick(REGISTERS)}=1, ${source.pick(REGISTERS)}=1)`, `${source.pick(REGISTERS)}=0`, "true"]),
  ];
  return { init, threads: [...threads, device], shown: [...REGISTERS, "x", ...registers.map((register) => `D0:${register}`)], condition };
}

let together = 0;
const agrees: Property = (program, platform): Answer => {
  const machine = buildMachine(program, platform);
  if (!machine.followers.some((list) => list.length > 0)) return "skipped";
  const none = search(machine, { mode: "states", reduce: "none", maxStates: 20_000 });
  const full = search(buildMachine(program, platform), { mode: "states", reduce: "full", maxStates: 20_000 });
  if (!none.complete) return "skipped";
  if (listEnds(none.ends) !== listEnds(full.ends))
    return { failure: `observed ${labels(program)}\n  none ${listEnds(none.ends)}\n  full ${listEnds(full.ends)}` };
  if (none.deadlocks > 0 !== full.deadlocks > 0) return { failure: `deadlocks: none ${none.deadlocks}, full ${full.deadlocks}` };
  const apart = search({ ...machine, followers: machine.followers.map(() => []) }, { mode: "states", reduce: "none", maxStates: 20_000 });
  if (listEnds(apart.ends) !== listEnds(none.ends)) together++;
  return undefined;
};

const seeds = cases(250);

test("reduced and unreduced agree on bursts", { timeout: seeds.timeout }, () => {
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed ^ 0xb0257);
    return {
      draft: burstTest(source),
      platform: randomPlatform(source, { cpus: ["x86", "arm64"], fabrics: ["pci", "pci-x"], credits: true }),
    };
  });
  expect(applied).toBeGreaterThan(seeds.count / 2);
  // In many of them a burst makes a difference.
  expect(together).toBeGreaterThan(seeds.count / 10);
});
