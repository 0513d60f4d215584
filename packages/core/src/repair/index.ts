/** Repairs: the smallest sets of changes that forbid a bad outcome; what is superfluous. */

export type * from "./answer.js";
export { withChanges } from "./apply.js";
export type { ChangeKind, TextEdit } from "./change.js";
export type { Cost } from "./cost.js";
export { unifiedDiff } from "./patch.js";
export { repair, superfluous } from "./repair.js";
export type { Leaner } from "./superfluous.js";
export { repairJson, repairText, superfluousJson, superfluousText, timeWords } from "./text.js";
