export { parseTest } from "./parse.js";
export type { KnownThreads } from "./parse-thread.js";
export { isTypeWord } from "./parse-type.js";
export { printTest } from "./print.js";
export { endOfLine, endOfNestedComment, type Language, scan, type TokenKind } from "./scan.js";
export type * from "./test.js";
