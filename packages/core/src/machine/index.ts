export * from "./machine.js";
export * from "./path.js";
export * from "./step.js";
