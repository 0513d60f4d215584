export { parseTest } from "./parse.js";
export { printTest } from "./print.js";
export type * from "./test.js";
