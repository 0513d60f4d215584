/** Short programs that do what the measurements did, and platforms with one number changed. */

import { parseTest } from "../../litmus/index.js";
import type { Platform } from "../../platform/platform.js";
import type { FabricTiming, Figure } from "../../platform/timing.js";
import { lowerTest, type Program } from "../../program/index.js";
import { type SimulationReport, simulate } from "../simulate.js";
import type { Workload } from "../workload.js";

/** A program from text that is right: throws where it is not. */
export function program(text: string): Program {
  const source = { name: "validation", text };
  const test = parseTest(source);
  const lowered = test.ok ? lowerTest(test.value, source) : test;
  if (!lowered.ok) throw new Error(lowered.problems.map((problem) => problem.message).join("; "));
  return lowered.value;
}

/** A report of a workload that can be simulated: throws where it cannot. */
export function run(of: Program, on: Platform, workload: Partial<Workload>): SimulationReport {
  const result = simulate(of, on, workload);
  if (!result.ok) throw new Error(`${of.name} on ${on.name}: ${result.why.message}`);
  return result.report;
}

/** A device reads memory once. */
export const READ = program(`C dma-read
{ dma(streaming) int data; }
D0(int *data) { int r0 = DMA_READ(*data); }
exists (D0:r0=0)
`);

/** A device writes memory, and reads it back at once. */
export const WRITE_READ = program(`C dma-write-read
{ dma(streaming) int data; }
D0(int *data) { DMA_WRITE(*data, 1); int r0 = DMA_READ(*data); }
exists (D0:r0=1)
`);

const five = Array.from({ length: 5 }, (_, at) => `  writel_relaxed(1, D0.r${at});`).join("\n");
const registers = Array.from({ length: 5 }, (_, at) => `  mmio int D0.r${at};`).join("\n");
/** Five writes to a device's registers, and then `what`. */
export const fiveWrites = (what: string): Program =>
  program(`C five-writes\n{\n${registers}\n  mmio int D0.status;\n  int x;\n}\nP0(int *x) {\n${five}\n  ${what}\n}\nexists (x=0)\n`);

/** A platform with other figures of its fabric. */
export function withFabric(platform: Platform, change: (timing: FabricTiming) => FabricTiming): Platform {
  const { timing } = platform.fabric;
  if (timing === undefined) throw new Error(`${platform.name} has no times`);
  return { ...platform, fabric: { ...platform.fabric, timing: change(timing) } };
}

/** A figure for a calculation, not for a platform file. */
export const figure = (value: number): Figure => ({ value, mark: "derived", source: "fitted" });
