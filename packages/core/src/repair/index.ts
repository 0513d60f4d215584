/** Repairs: the smallest sets of changes that forbid a bad outcome; what is superfluous. */
export { withChanges } from "./apply.js";
export type { ChangeKind, TextEdit } from "./change.js";
export type { Cost, CostOf } from "./cost.js";
export { unifiedDiff } from "./patch.js";
export {
  type Alternative,
  type Answer,
  type Repair,
  type RepairChange,
  type RepairOptions,
  repair,
  type Soundness,
  superfluous,
} from "./repair.js";
export type { Leaner } from "./superfluous.js";
export { repairJson, repairText, superfluousText } from "./text.js";
