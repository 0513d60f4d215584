/** A typed builder of litmus tests, and the kernel's DMA mapping interface. Its result is the tree that text gives (`litmus/`). */
export type { Argument, Steps } from "./body.js";
export { BuildError } from "./build-error.js";
export * from "./condition.js";
export type { CpuProgram, UserProgram } from "./cpu.js";
export type { DeviceProgram, DmaTarget, TransactionAttribute } from "./device.js";
export * from "./handle.js";
export * from "./mapping.js";
export * from "./test.js";
