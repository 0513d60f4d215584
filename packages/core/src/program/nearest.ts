/** Names that nothing declares: see nearest.ts of the core, which the stages before this one use too. */
export * from "../nearest.js";
