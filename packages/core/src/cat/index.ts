export * from "./compile.js";
export { parseCat } from "./parse.js";
export * from "./relation.js";
export * from "./syntax.js";
