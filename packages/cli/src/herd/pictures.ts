/** Pictures of executions: DOT and SVG files. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type EventGraph,
  type Execution,
  type ExecutionOptions,
  eventGraph,
  type Frame,
  graphDot,
  graphSvg,
  visitExecutions,
} from "@fencepost/core/axioms";
import type { Session } from "@fencepost/core/cat";
import type { Test } from "@fencepost/core/litmus";
import type { LoadedModel } from "./model.js";
import type { HerdOptions } from "./options.js";

/** More executions than this of one test are not drawn. */
const MOST = 100;

/** True where the options ask for pictures. */
export function wantsPictures(options: HerdOptions): boolean {
  return options.dot !== undefined || options.svg !== undefined;
}

/** Draws the executions that -show asks for; one that the model forbids, with what forbids it, where it allows none. Gives what to say about it. */
export function drawPictures(test: Test, loaded: LoadedModel, session: Session, options: HerdOptions): string {
  const graphs = graphsOf(test, loaded, session, options);
  const name = `${test.name.replace(/\.litmus$/, "").replaceAll("/", "_")}${options.suffix}`;
  const write = (folder: string, file: string, text: string): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  if (options.dot !== undefined) write(options.dot, `${name}.dot`, graphs.map(graphDot).join("\n"));
  graphs.forEach((graph, index) => {
    if (options.svg !== undefined) write(options.svg, graphs.length === 1 ? `${name}.svg` : `${name}-${index + 1}.svg`, graphSvg(graph));
  });
  return graphs.length >= MOST ? `${test.name}: only the first ${MOST} executions are drawn (-nshow N draws fewer)\n` : "";
}

function graphsOf(test: Test, loaded: LoadedModel, session: Session, options: HerdOptions): readonly EventGraph[] {
  const { model } = loaded;
  const quantifier = test.condition?.quantifier ?? "exists";
  const which = whichOf(options.show === "none" ? "prop" : options.show, quantifier);
  const most = Math.min(MOST, options.shownAtMost);
  const common: ExecutionOptions = {
    macros: loaded.macros,
    unroll: options.unroll,
    fencesAroundAtomics: loaded.fencesAroundAtomics,
    maxNodes: options.maxNodes ?? 200_000,
    which,
  };
  const draw = (execution: Execution, frame: Frame): EventGraph =>
    eventGraph(test.name, execution, frame, model, { show: options.doshow, hide: options.unshow });
  const graphs: EventGraph[] = [];
  visitExecutions(test, model, session, common, (execution, frame) => {
    graphs.push(draw(execution, frame));
    return graphs.length < most;
  });
  if (graphs.length > 0) return graphs;
  // Of those that the model forbids, one that fails as few checks as possible.
  for (const through of ["coherent", "incoherent"] as const) {
    let best: { readonly graph: EventGraph; readonly failures: number } | undefined;
    let seen = 0;
    visitExecutions(test, model, session, { ...common, through }, (execution, frame) => {
      const failures = execution.failures.length;
      if (failures > 0 && failures < (best?.failures ?? Number.POSITIVE_INFINITY)) best = { graph: draw(execution, frame), failures };
      return ++seen < 1000 && best?.failures !== 1;
    });
    if (best !== undefined) return [best.graph];
  }
  return [];
}

function whichOf(show: HerdOptions["show"], quantifier: string): ExecutionOptions["which"] {
  switch (show) {
    case "all":
      return "all";
    case "neg":
      return "negative";
    case "cond":
      return quantifier === "~exists" ? "negative" : "positive";
    case "wit":
      return quantifier === "forall" ? "negative" : "positive";
    default:
      return "positive";
  }
}
