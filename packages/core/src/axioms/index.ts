export { type Answer, type Answered, type AnswerOptions, answer } from "./answer.js";
export { conditionText, type HerdTextOptions, herdText, itemText, stateText, valueText } from "./herd-text.js";
export { ARCHITECTURES, type Architecture } from "./lower-arch.js";
export { KERNEL_MACROS, type Macro, type Macros } from "./macro.js";
export { parseMacros } from "./parse-macros.js";
export type { Value } from "./value.js";
