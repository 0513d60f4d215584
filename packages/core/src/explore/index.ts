export * from "./explore.js";
export * from "./verdict.js";
