/** The simulator held against others' numbers and against the checker: `npm run validate`. */
export { altixRows, latencyRows, linkRows, type Manner, type Row } from "./rows.js";
export { allowedEnds, byAdversary, forbiddenByClock, type Mutant, mutantsOf } from "./safety.js";
export { type RankRow, rankRows, type SignRow, signRows } from "./signs.js";
