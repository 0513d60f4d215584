/**
 * A typed builder of litmus tests, `test`, whose result is the tree that text gives; and the DMA mapping interface of the Linux kernel, in which a default that does nothing and a platform's
 * override differ in their types: `dmaFlagsSetDmaflush`, `defaultDmaMapping`, `snDmaMapping`, and `appliedMapping` for what comes of a request on a platform.
 *
 * @module
 */
export type { Argument, Steps } from "./body.js";
export { BuildError } from "./build-error.js";
export * from "./condition.js";
export type { CpuProgram, UserProgram } from "./cpu.js";
export * from "./declaration.js";
export type { DeviceProgram, DmaTarget, TransactionAttribute } from "./device.js";
export * from "./handle.js";
export * from "./mapping.js";
export * from "./test.js";
