/** Test -> Program. */

export { didYouMean, nearest } from "../nearest.js";
export { type Complaints, collectComplaints } from "./complaints.js";
export { evaluate } from "./evaluate.js";
export { lowerTest } from "./lower.js";
export { type Primitive, primitive, primitiveNames } from "./primitives.js";
export { printExpression, printOperation, printProgram } from "./print.js";
export * from "./program.js";
export { COMMON_SETTINGS } from "./settings.js";
