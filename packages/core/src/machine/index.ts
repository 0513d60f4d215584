export { MissingAccessor } from "./accessor.js";
export { type AccessFacts, type Instruction, type InstructionKind, kindBits } from "./instruction.js";
export type { Layout } from "./layout.js";
export * from "./machine.js";
export type { Settings } from "./options.js";
export * from "./packet.js";
export * from "./path.js";
export * from "./step.js";
export { landingShows } from "./stores.js";
