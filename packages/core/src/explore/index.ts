export * from "./explore.js";
export * from "./known.js";
export * from "./verdict.js";
