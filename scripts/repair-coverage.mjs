/**
 * What `fix` covers: on the bugs of catalogue/bugs, whether the fix that was merged is among its answers; on the scenarios whose cure the sources name, whether that cure is.
 *
 *     npm run repair-coverage                 the table, with CPU times
 *     npm run repair-coverage -- bugs         only the bugs; `scenarios` only the scenarios; a name only what starts with it
 *     npm run repair-coverage -- --unreduced  every answer also searched without reductions, up to 2 million states
 *     npm run repair-coverage -- --check      exit 1 where fewer are covered than docs/repair.md says
 */
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { check } from "../packages/core/dist/explore/index.js";
import { parseTest } from "../packages/core/dist/litmus/index.js";
import { platform, platformNames } from "../packages/core/dist/platform/index.js";
import { lowerTest } from "../packages/core/dist/program/index.js";
import { repair, superfluous, withChanges } from "../packages/core/dist/repair/index.js";
import { root } from "./setup.mjs";

const ADDRESS_BASE = 0x100000;
const conforming = platformNames().filter((name) => platform(name).conforming);
const limits = { mode: "verdict", reduce: "full", maxStates: 2_000_000 };

/** What the merged fix does that `fix` does not, by the bug's number. */
const BEYOND = {
  "04": "the same poll, with a delay in its loop",
  "05": "a new status register that the device keeps: a new step of the protocol",
  "07": "the fence is enough only where the adapter and the GPU share a path: depends on peer-to-peer",
  "08": "a dummy write and a flag between adapter, driver and GPU: a new protocol",
  10: "the generation is read again and the condition changes: a retry, not an order",
  14: "the same release and acquire; it marks the other two accesses as well",
  29: "a register read that only takes time: nothing forbids the outcome",
  43: "the device waits for a register that did not exist: a new protocol",
  44: "a size that stops the device before the line: a new protocol",
  50: "the two registers are written in the other order: which of a device's registers may be is in no test",
  58: "polls a register that tells when the device took the value: what that register means is in no test",
  67: "a register read that only takes time: nothing forbids the outcome",
  68: "the same zero-length read and wait, written as a branch",
};

/** Scenarios and other tests whose cure a source names: the test, platforms, what to look for among the operations of an answer, and who names it. */
const CURES = [
  ["altix/cq-race", "sn2", "readl", "scenario 3: gelato linux-ia64 2007-08"],
  ["altix/cq-race", "sn2", "write_barrier", "scenario 6: DMA-attributes.txt"],
  ["altix/cq-race", "sn2", "coherent", "scenario 8: OpenFabrics 2006-12"],
  ["altix/cq-pio-read-relaxed", "sn2", "readl", "scenario 3 and 4"],
  ["altix/cq-pio-read-before-poll", "sn2", "readl", "scenario 15"],
  ["altix/cq-chipset-read", "sn2", "readl", "scenario 20"],
  ["altix/other-slot-read", "sn2", "readl", "scenario 49"],
  ["altix/cq-mmiowb", "sn2", "readl", "scenario 30: J. Barnes"],
  ["altix/cq-mmiowb", "sn2", "write_barrier", "scenario 30: J. Barnes"],
  ["altix/cq-mb", "sn2", "write_barrier", "scenario 31"],
  ["altix/cq-dma-sync", "sn2", "write_barrier", "scenario 28"],
  ["altix/cq-unmap", "sn2", "write_barrier", "scenario 28"],
  ["altix/data-barrier", "sn2", "write_barrier", "scenario 6 and 7: the queue, not the data"],
  ["altix/barrier-then-data", "sn2", "write_barrier", "scenario 14"],
  ["altix/cq-user-space", "sn2", "write_barrier", "scenario 36"],
  ["altix/cq-old-libmthca", "sn2", "write_barrier", "scenario 38"],
  ["altix/cq-barrier-elsewhere", "pcie,x86,arm64", "no RO", "scenario 87"],
  ["altix/cq-coherent-lost-bit", "sn2-pic@2.6.24", "readl", "scenario 3"],
  ["altix/cq-intx", "pcie", "readl", "scenario 34: msi-howto.rst"],
  ["altix/cq-intx", "pcie", "msi", "scenario 35: msi-howto.rst"],
  ["altix/cq-raw-read", "portable", "readl", "scenario 17"],
  ["altix/cqe-owner-streaming", "sn2", "coherent", "scenario 12"],
  ["altix/cqe-owner-streaming", "sn2", "write_barrier", "scenario 12"],
  ["altix/last-byte-poll", "sn2", "write_barrier", "scenario 40"],
  ["altix/other-device-barrier", "sn2", "readl", "scenario 49"],
  ["altix/other-bridge-barrier", "sn2", "readl", "scenario 49"],
  ["altix/other-node-barrier", "sn2", "readl", "scenario 49"],
  ["altix/pio-lock", "sn2", "mmiowb + mmiowb", "scenario 102"],
  ["altix/pio-lock-wmb", "sn2", "mmiowb + mmiowb", "scenario 102"],
  ["altix/pio-lock-wmb", "sn2", "readl + readl", "scenario 103"],
  ["altix/relay-streaming", "sn2", "coherent", "scenario 55"],
  ["altix/ip27-cq-prefetch", "ip27", "no-prefetch", "scenario 45"],
  ["altix/mmiowb-not-arrival", "sn2", "readl", "scenario 71: reads back"],
  ["linux-io/doorbell-relaxed", "portable", "writel", "scenario 57: R3"],
  ["linux-io/doorbell-relaxed", "arm64,riscv", "dma_wmb", "scenario 60"],
  ["linux-io/doorbell-raw", "arm64,riscv,ppc64", "wmb", "scenario 62"],
  ["linux-io/doorbell-dma-wmb-relaxed", "portable", "writel", "scenario 57"],
  ["linux-io/fifo-string", "portable", "wmb", "scenario 74"],
  ["linux-io/register-order-raw", "portable", "writel", "scenario 66: R1"],
  ["linux-io/posting", "portable,x86,arm64", "readl", "scenario 71: device-io.rst"],
  ["linux-io/write-combining", "x86,arm64", "mmio_flush_writes", "scenario 76"],
  ["rings/read-before-ack", "arm64,riscv", "mb", "scenario 78"],
  ["linux-io/status-readl-relaxed", "portable", "readl", "scenario 81: R4"],
  ["linux-io/status-readl-relaxed-rmb", "sn2", "readl", "scenario 82"],
  ["linux-io/lock-writel-relaxed", "portable", "writel + writel", "scenario 108: R2"],
  ["linux-io/relaxed-cq", "pcie", "no RO", "scenario 89"],
  ["linux-io/relaxed-both", "pcie", "no RO", "scenario 90"],
  ["linux-io/same-port-flag-ido", "pcie", "no IDO", "scenario 52"],
  ["linux-io/weak-ordering", "sun4v,cell", "no-weak_ordering", "scenario 98"],
  ["linux-io/last-byte-poll-relaxed", "pcie", "no-relaxed_ordering", "scenario 40"],
  ["linux-io/mp-marked", "arm64,ppc64,riscv", "smp_wmb + smp_rmb", "scenario 121"],
  ["linux-io/ia64-lock", "ia64@5.1", "mmiowb + mmiowb", "scenario 119"],
  ["rings/descriptor-two-words", "portable", "dma_wmb", "scenario 65"],
  ["rings/descriptor-two-words", "portable", "wmb", "scenario 65: dma-api-howto.rst"],
  ["rings/owner-no-barrier", "portable,arm64,riscv", "dma_rmb", "scenario 85"],
  ["rings/owner-dma-rmb-streaming", "sn2", "write_barrier", "scenario 85"],
  ["rings/owner-user-space", "arm64", "udma_from_device_barrier", "scenario 100"],
  ["interrupts/intx-bare", "pcie", "readl", "scenario 34"],
  ["interrupts/msi-after-data", "intel-vmd-mtl", "readl", "MTL016: one register read"],
  ["pcie/posted-posted-younger-ro", "pcie", "no RO", "PCIe test 1 and 3"],
  ["pcie/posted-posted-class", "pcie", "no TC", "PCIe test 5"],
  ["pcie/posted-msi-class", "pcie", "no TC", "PCIe test 9"],
  ["pcie/posted-intx", "pcie", "readl", "PCIe test 12"],
  ["pcie/read-read", "pcie", "WAIT", "PCIe test 18, with a wait"],
  ["pcie/posted-read", "pcie", "WAIT", "PCIe test 20, with a wait"],
  ["pcie/posted-atomic", "pcie", "WAIT", "AtomicOp, with a wait"],
  ["pcie/no-zero-length-read", "pcie", "DMA_READ_ZERO", "PCIe test 31"],
  ["pcie/two-paths", "pcie", "DMA_READ_ZERO", "PCIe test 33, read back"],
  ["pcie/uio", "pcie", "no UIO + no UIO", "PCIe test 34"],
  ["pcie/posted-posted-older-ro", "amd-a1100", "no RO", "quirk for AMD A1100"],
  ["pcie/dma-reply-posted", "zx1", "readl", "linux b312c33e3626, read back"],
  ["linux-io/doorbell", "bcm2711", "readl", "raspberrypi/linux 3981: takes time only"],
];

const args = process.argv.slice(2);
const unreduced = args.includes("--unreduced");
const words = args.filter((word) => !word.startsWith("--"));
const wants = (name, kind) => words.length === 0 || words.includes(kind) || words.some((word) => name.includes(word));
const seconds = ({ user, system }) => (user + system) / 1e6;

function load(name, text) {
  const source = { name, text };
  const test = parseTest(source);
  const program = test.ok ? lowerTest(test.value, source) : test;
  return program.ok ? { source, test: test.value, program: program.value } : undefined;
}
const read = (name) => load(`catalogue/${name}.litmus`, readFileSync(join(root, "catalogue", `${name}.litmus`), "utf8"));

/** What a program does, without names of registers that nobody reads, without delays, and without the names of what `before` does not have. */
function fingerprint(program, before) {
  const known = new Set(before.locations.map(({ name }) => name));
  const plain = (name) => (name === undefined || known.has(name) ? name : `${name.split(".")[0]}.new`);
  const location = (value) => plain(program.locations[value]?.name);
  const thread = ({ name, on, code }) => {
    const registers = new Map();
    const numbered = (register) => {
      if (!registers.has(register)) registers.set(register, registers.size);
      return registers.get(register);
    };
    // Which register of a device is read for its effect makes no difference.
    const effect = (operation) =>
      operation.kind === "pio-read" && !reads(code, operation.target)
        ? { ...operation, location: `${location(operation.location).split(".")[0]}.any` }
        : operation;
    const text = (operation) =>
      JSON.stringify(effect(operation), (key, value) => {
        if (["span", "text", "target", "polls", "head", "otherwise", "join"].includes(key)) return undefined;
        if (key === "register") return numbered(value);
        if (key === "location") return typeof value === "number" ? location(value) : value;
        if (key === "address" && value?.kind === "constant") return location(value.value - ADDRESS_BASE);
        return value;
      });
    return [name, on, code.filter(({ kind }) => kind !== "delay").map(text)];
  };
  const locations = program.locations
    .filter(({ name }) => known.has(name))
    .map(({ name, mapping, memoryType }) => [name, mapping, memoryType]);
  return JSON.stringify([locations.sort((a, b) => (a[0] < b[0] ? -1 : 1)), program.threads.map(thread)]);
}

/** Does anything in the code look at the register? (The registers of the condition belong to other reads in all pairs of the catalogue.) */
const reads = (code, register) => JSON.stringify(code).includes(`"kind":"register","register":${register}}`);

/** An answer in all its forms: changes, and others in their place. */
function formsOf(answer) {
  const lists = answer.changes.map((change, index) => [
    change,
    ...answer.alternatives.filter(({ instead }) => instead === index).map(({ change: other }) => other),
  ]);
  return lists.reduce((sets, list) => sets.flatMap((set) => list.map((change) => [...set, change])), [[]]).slice(0, 1000);
}

/** The changed program with what it makes superfluous taken away. */
function trimmed(loaded, platforms) {
  const things = superfluous(loaded.source, loaded.program, platforms).filter(({ kind, together }) => kind === "superfluous" && together);
  const changes = things.map(({ edits }, index) => ({ id: String(index), edits }));
  const text = withChanges(loaded.source.text, changes);
  return text === undefined ? undefined : load(loaded.source.name, text);
}

const totals = { slow: 0, checked: 0, failed: 0 };

/** The repair, with its CPU time; each answer is searched once more where asked for. */
function timed(loaded, names) {
  const begin = process.cpuUsage();
  const found = repair(loaded.source, loaded.program, names.map(platform));
  const time = seconds(process.cpuUsage(begin));
  if (time > 2) totals.slow++;
  if (unreduced) {
    for (const answer of found.answers) {
      const changed = load(loaded.source.name, answer.text);
      for (const name of names) {
        const { verdict } = check(changed.program, platform(name), { ...limits, reduce: "none" });
        totals.checked++;
        if (verdict === "forbidden") continue;
        if (verdict !== "unknown") totals.failed++;
        console.log(`     ${answer.changes.map(({ words: text }) => text).join("; ")} on ${name}: ${verdict} without reductions`);
      }
    }
  }
  return { found, time };
}

function bugs() {
  const names = readdirSync(join(root, "catalogue/bugs"))
    .filter((file) => file.endsWith("-before.litmus"))
    .map((file) => file.replace("-before.litmus", ""))
    .filter((name) => wants(name, "bugs"));
  let same = 0;
  let trimmedToo = 0;
  let timing = 0;
  for (const name of names) {
    const before = read(`bugs/${name}-before`);
    const after = read(`bugs/${name}-after`);
    const stated = after.test.expects.flatMap((each) => (each.platform === "all" ? conforming : [each.platform]));
    const platforms = [...new Set(stated)].filter((each) => check(after.program, platform(each), limits).verdict === "forbidden");
    const needed = platforms.some((each) => check(before.program, platform(each), limits).verdict !== "forbidden");
    const reason = BEYOND[name.slice(0, 2)] ?? BEYOND[Number(name.slice(0, 2))] ?? "not explained";
    const wanted = fingerprint(after.program, before.program);
    if (!needed) {
      const open = [...new Set(stated)].filter((each) => check(before.program, platform(each), limits).verdict !== "forbidden");
      const offered = repair(before.source, before.program, open.map(platform), { timingOnly: true }).timingOnly;
      const late = offered.some(({ text }) => fingerprint(load(before.source.name, text).program, before.program) === wanted);
      if (late) timing++;
      console.log(`  ${late ? "time" : "–   "} ${name.padEnd(30)} ${" ".repeat(32)}  ${reason}`);
      continue;
    }
    const { found, time } = timed(before, platforms);
    const programs = found.answers.flatMap((answer) =>
      formsOf(answer).flatMap((changes) => {
        const text = withChanges(before.source.text, changes);
        const loaded = text === undefined ? undefined : load(before.source.name, text);
        return loaded === undefined ? [] : [{ answer, loaded }];
      }),
    );
    const exact = programs.find(({ loaded }) => fingerprint(loaded.program, before.program) === wanted);
    const lean =
      exact === undefined
        ? found.answers.findIndex((answer) => {
            const changed = trimmed(load(before.source.name, answer.text), platforms.map(platform));
            return changed !== undefined && fingerprint(changed.program, before.program) === wanted;
          })
        : -1;
    if (exact !== undefined) same++;
    else if (lean >= 0) trimmedToo++;
    const place = exact === undefined ? lean + 1 : found.answers.indexOf(exact.answer) + 1;
    const words = exact !== undefined ? `answer ${place}` : lean >= 0 ? `answer ${place}, and what it makes superfluous is gone` : reason;
    const mark = exact !== undefined ? "yes" : lean >= 0 ? "yes*" : "no";
    console.log(
      `  ${mark.padEnd(4)} ${name.padEnd(30)} ${String(found.answers.length).padStart(3)} answers ${time.toFixed(2).padStart(5)} s  ${platforms.length} platforms  ${words}`,
    );
  }
  console.log(
    `Bugs: the merged fix is among the answers for ${same + trimmedToo} of ${names.length} (${same} as it is, ${trimmedToo} with what it makes superfluous taken away). ${timing} more only take time, and are offered with --timing-only.`,
  );
  return same + trimmedToo;
}

function scenarios() {
  const rows = CURES.filter(([name]) => wants(name, "scenarios"));
  let hit = 0;
  let told = 0;
  for (const [name, names, cure, source] of rows) {
    const loaded = read(name);
    const platforms = names.split(",");
    const { found, time } = timed(loaded, platforms);
    const place = found.answers.findIndex((answer) =>
      formsOf(answer).some((changes) => changes.map(({ operation }) => operation).join(" + ") === cure),
    );
    if (place >= 0) hit++;
    const why = found.obstacle ?? found.rejected[0];
    if (place < 0 && why !== undefined) told++;
    const words = place >= 0 ? `answer ${place + 1} of ${found.answers.length}` : `${found.outcome}: ${whyNot(found)}`;
    console.log(
      `  ${place >= 0 ? "yes" : "no "} ${name.padEnd(34)} ${cure.padEnd(24)} ${time.toFixed(2).padStart(5)} s  ${words}  [${source}]`,
    );
  }
  console.log(
    `Scenarios: the cure that a source names is among the answers for ${hit} of ${rows.length}; for ${told} the tool tells the run that stays.`,
  );
  return hit;
}

function whyNot({ obstacle, answers }) {
  if (obstacle === undefined) return answers.map(({ changes }) => changes.map(({ operation }) => operation).join(" + ")).join(" | ");
  return `${obstacle.unstoppable ? "nothing stops" : "there stays"} a run on ${obstacle.platform} that ends with: ${obstacle.run.at(-1)}`;
}

const begin = process.cpuUsage();
const load1 = loadavg()[0];
console.log("Bugs: is the merged fix among the answers, on the platforms on which it forbids the outcome?");
const coveredBugs = words.length === 0 || words.includes("bugs") || !words.includes("scenarios") ? bugs() : 0;
console.log("\nScenarios: is the cure that a source names among the answers?");
const coveredScenarios = words.length === 0 || words.includes("scenarios") || !words.includes("bugs") ? scenarios() : 0;
console.log(
  `\n${totals.slow} above 2 CPU seconds; ${seconds(process.cpuUsage(begin)).toFixed(1)} CPU seconds in all, load ${load1.toFixed(1)}.`,
);
if (unreduced) console.log(`${totals.checked} searches without reductions, ${totals.failed} of them against an answer.`);
if (args.includes("--check")) {
  const [, stated = "0"] = /among the answers for (\d+) of \d+ bugs/.exec(readFileSync(join(root, "docs/repair.md"), "utf8")) ?? [];
  const [, cures = "0"] = /(\d+) of \d+ cures/.exec(readFileSync(join(root, "docs/repair.md"), "utf8")) ?? [];
  if (coveredBugs < Number(stated) || coveredScenarios < Number(cures) || totals.failed > 0) process.exitCode = 1;
}
