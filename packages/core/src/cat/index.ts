/** Models in herd7's `cat`: text -> syntax -> graph of operations -> sessions that judge executions. */
export { compileModel } from "./compile.js";
export { libraryFile, shippedModels } from "./library.js";
export type * from "./model.js";
export { parseCat } from "./parse.js";
export * from "./relation.js";
export type { CatModel, Place } from "./syntax.js";
export { VOCABULARY, type Word, wordsOf } from "./vocabulary.js";
