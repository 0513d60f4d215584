export * from "./problem.js";
export * from "./source.js";
