/** Visiting the executions of a test one by one: what pictures are made from. */
import type { CompiledModel, Session } from "../cat/model.js";
import type { Test } from "../litmus/test.js";
import { type AnswerOptions, prepare } from "./answer.js";
import { createArena } from "./arena.js";
import type { Execution } from "./execution.js";
import type { Condition, Frame } from "./frame.js";
import { createOutcomes, holds } from "./outcome.js";
import { NOTHING_REQUIRED, requiredFor } from "./required.js";
import { searchSkeleton } from "./search.js";
import { forEachSkeleton, type Skeleton } from "./skeleton.js";

export interface ExecutionOptions extends AnswerOptions {
  /** Of the test's proposition: those in which it holds, those in which it does not, or all. */
  readonly which: "positive" | "negative" | "all";
  /** Executions that the model forbids, too; `incoherent`: even those that break coherence. */
  readonly through?: "allowed" | "coherent" | "incoherent";
}

/** Visits executions until the visitor gives false. Nothing is visited where the test has problems: `answer` tells them. */
export function visitExecutions(
  test: Test,
  model: CompiledModel,
  session: Session,
  options: ExecutionOptions,
  visit: (execution: Execution, frame: Frame) => boolean,
): void {
  const prepared = prepare(test, options);
  if (prepared.kind !== "prepared") return;
  const { frame, threads } = prepared;
  const through = options.through ?? "allowed";
  const wanted: Condition | undefined =
    options.which === "all" ? undefined : options.which === "positive" ? frame.condition : { kind: "not", operand: frame.condition };
  const required = wanted === undefined ? NOTHING_REQUIRED : requiredFor(wanted, frame.items);
  const arena = createArena();
  const each = (skeleton: Skeleton): boolean => {
    if (skeleton.cut) return true;
    const end = searchSkeleton(skeleton, session, frame, createOutcomes(frame.items.length), {
      coherent: model.coherent && through !== "incoherent",
      atomic: model.atomic && through !== "incoherent",
      values: model.needs.values,
      wanted,
      required: required.values,
      first: false,
      interrupted: options.interrupted ?? (() => false),
      budget: { nodes: options.maxNodes ?? Number.MAX_SAFE_INTEGER },
      flagged: new Map(),
      arena,
      through: through !== "allowed",
      visit: (execution) => visit(execution, frame),
    });
    return end === "done";
  };
  forEachSkeleton(threads, frame, each, arena, required);
}

/** Does the test's proposition hold at the end of an execution? */
export function isPositive(execution: Execution, frame: Frame): boolean {
  return holds(frame.condition, (item) => execution.final[item]) === true;
}
