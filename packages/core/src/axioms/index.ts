/** The engine of axioms: tests under `cat` models, herd7's answers. */

export { formatProblem } from "../problem.js";
export { type Answer, type Answered, type AnswerOptions, answer } from "./answer.js";
export type { Execution } from "./execution.js";
export { type ExecutionOptions, isPositive, visitExecutions } from "./executions.js";
export type { Frame, Item } from "./frame.js";
export { type EventGraph, eventGraph, type GraphEdge, type GraphNode, type GraphOptions } from "./graph.js";
export { graphDot } from "./graph-dot.js";
export { graphSvg } from "./graph-svg.js";
export { herdHash } from "./herd-hash.js";
export { conditionText, type HerdTextOptions, herdText, stateText, typed, valueText } from "./herd-text.js";
export { ARCHITECTURES, type Architecture } from "./lower-arch.js";
export { KERNEL_MACROS, type Macro, type Macros } from "./macro.js";
export { parseMacros } from "./parse-macros.js";
export type { Value } from "./value.js";
