export { type KnownParts, noKnownParts } from "./known-parts.js";
export { numberNames, parseTest } from "./parse.js";
export { startsDescription } from "./parse-description.js";
export { isTypeWord } from "./parse-type.js";
export { startsThread } from "./place.js";
export { printTest } from "./print.js";
export { endOfDirective, endOfLine, endOfNestedComment, isDirective, type Language, scan, type TokenKind } from "./scan.js";
export type * from "./test.js";
