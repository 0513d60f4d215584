/** The simulator: programs against the clock, and what they cost. */

export { type Adverse, adverse } from "./adverse.js";
export { COST_CLASSES, type Cost, type CostClass, compareCosts, cost } from "./cost.js";
export { hasTimes, type UsedFigure } from "./figures.js";
export * from "./link.js";
export {
  type NotTimed,
  type Outcome,
  type PlaceReport,
  type Simulation,
  type SimulationOptions,
  type SimulationReport,
  simulate,
} from "./simulate.js";
export { createSketch, type Estimate, fromBatches, type Sketch, share } from "./statistics.js";
export { adverseText, comparisonText, duration, figureWords, hitWords, perSecond, portion, simulationCsv, simulationText } from "./text.js";
export { DEFAULT_WORKLOAD, type Workload } from "./workload.js";
