export * from "./compile.js";
export * from "./relation.js";
export * from "./syntax.js";
