/** An execution as a graph of events, ready to be drawn: threads are columns, events rows. */

import type { CompiledModel } from "../cat/model.js";
import { findCycle, pairsOf, type Relation } from "../cat/relation.js";
import type { Execution } from "./execution.js";
import type { Frame } from "./frame.js";
import { columnTexts } from "./herd-text.js";
import type { SkeletonEvent } from "./skeleton.js";
import { tellEvent } from "./tell-event.js";

export interface GraphNode {
  /** `a`, `b`… in the order of the program. */
  readonly label: string;
  /** `W[ONCE] x = 1` */
  readonly text: string;
  /** Column: the thread; -1 for initial writes. */
  readonly thread: number;
  readonly row: number;
  readonly onCycle: boolean;
}

export interface GraphEdge {
  /** Index of a node; undefined for the initial state. */
  readonly from: number | undefined;
  readonly to: number;
  /** Names of the relations that lead from one to the other, joined. */
  readonly name: string;
  /** The relation that decides the colour. */
  readonly kind: string;
  readonly onCycle: boolean;
}

export interface EventGraph {
  readonly title: string;
  /** What is to be said below: the check that forbids it, flags, the final state. */
  readonly notes: readonly string[];
  readonly threads: number;
  readonly rows: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphOptions {
  /** More relations to draw, by their names in the model. */
  readonly show: readonly string[];
  readonly hide: readonly string[];
}

/** Relations that are always drawn, in the order of importance. */
const ALWAYS = ["rf", "co", "fr", "addr", "data", "ctrl", "rmw"];

/** Makes the graph of an execution; call it within the visit. */
export function eventGraph(name: string, execution: Execution, frame: Frame, model: CompiledModel, options: GraphOptions): EventGraph {
  const { skeleton, session } = execution;
  const { events } = skeleton;
  const { n } = skeleton.structure;
  const failed = execution.failures[0];
  const judged = failed === undefined ? undefined : session.judged(failed);
  const cycle = failed === undefined || judged === undefined ? [] : circleOf(judged, n, model.checks[failed]?.test === "empty");

  const drawn = new Map<string, { names: string[]; from: number; to: number }>();
  const add = (label: string, pairs: readonly (readonly [number, number])[]): void => {
    for (const [from, to] of pairs) {
      const key = `${from} ${to}`;
      const known = drawn.get(key);
      if (known === undefined) drawn.set(key, { names: [label], from, to });
      else if (!known.names.includes(label)) known.names.push(label);
    }
  };
  const relation = (of: string): Relation | undefined => {
    if (of === "rf") return execution.rf;
    if (of === "co") return execution.co;
    const given = skeleton.structure.relations.get(of);
    if (given !== undefined) return given;
    const shown = session.shown(of);
    return shown?.kind === "relation" ? shown.relation : undefined;
  };
  const names = [...ALWAYS, ...options.show.filter((each) => !ALWAYS.includes(each) && each !== "po")].filter(
    (each) => !options.hide.includes(each),
  );
  const reads = new Map(pairsOf(execution.rf, n).map(([from, to]) => [to, from]));
  const direct = immediate(execution.co, n);
  for (const of of names) {
    if (of === "fr") {
      // To the next write only: the others follow by co.
      const pairs = [...reads].flatMap(([read, from]) =>
        direct.filter(([before, after]) => before === from && after !== read).map(([, after]): [number, number] => [read, after]),
      );
      add("fr", pairs);
    } else if (of === "co") add("co", direct);
    else {
      const found = relation(of);
      if (found !== undefined) add(of, ALWAYS.includes(of) ? pairsOf(found, n) : immediate(found, n));
    }
  }
  const steps = new Set(cycle.map(([from, to]) => `${from} ${to}`));
  const check = failed === undefined ? undefined : model.checks[failed];
  for (const [from, to] of cycle) {
    const known = drawn.get(`${from} ${to}`);
    if (known !== undefined) continue;
    drawn.set(`${from} ${to}`, { names: [stepName(execution, from, to, n)], from, to });
  }

  // Initial writes are nodes only on a cycle: what reads from one has a stub, and that it comes first needs no arrow.
  const inCycle = new Set(cycle.flat());
  const kept = events.flatMap((event, index) => (event.thread >= 0 || inCycle.has(index) ? [index] : []));
  const position = new Map(kept.map((index, at) => [index, at]));
  const rowOf = new Map<number, number>();
  const initials = kept.filter((index) => events[index]?.thread === -1);
  const top = initials.length > 0 ? 1 : 0;
  const next = new Map<number, number>();
  for (const index of kept) {
    const { thread } = events[index] as SkeletonEvent;
    if (thread < 0) rowOf.set(index, 0);
    else {
      const row = next.get(thread) ?? top;
      rowOf.set(index, row);
      next.set(thread, row + 1);
    }
  }
  const nodes = kept.map(
    (index, at): GraphNode => ({
      label: at < 26 ? String.fromCharCode(97 + at) : `e${at}`,
      text: tellEvent(events[index] as SkeletonEvent, execution.values[index]),
      thread: (events[index] as SkeletonEvent).thread,
      row: rowOf.get(index) ?? 0,
      onCycle: inCycle.has(index),
    }),
  );
  const edges: GraphEdge[] = [];
  const place = (index: number): number | undefined => position.get(index);
  // Program order, from each event to the next of its thread.
  if (!options.hide.includes("po")) {
    kept.forEach((index, at) => {
      const after = kept.findIndex((other, later) => later > at && events[other]?.thread === events[index]?.thread);
      if (after < 0 || (events[index] as SkeletonEvent).thread < 0) return;
      if (drawn.has(`${index} ${kept[after]}`)) return;
      edges.push({ from: at, to: after, name: "po", kind: "po", onCycle: false });
    });
  }
  for (const { names: of, from, to } of drawn.values()) {
    const [a, b] = [place(from), place(to)];
    if (b === undefined) continue;
    if (a === undefined) {
      if (of.includes("rf")) edges.push({ from: undefined, to: b, name: "rf", kind: "rf", onCycle: false });
      continue;
    }
    edges.push({ from: a, to: b, name: of.join(" "), kind: of[0] as string, onCycle: steps.has(`${from} ${to}`) });
  }
  const notes = [
    ...(check === undefined ? [] : [`forbidden: ${check.name ?? check.test} (${check.negated ? "~" : ""}${check.test})`]),
    ...execution.flags.map((flag) => `flag ${flag}`),
    columnTexts(frame, execution.final).join("; "),
  ].filter((note) => note !== "");
  return {
    title: name,
    notes,
    threads: 1 + Math.max(-1, ...events.map(({ thread }) => thread)),
    rows: Math.max(0, ...nodes.map(({ row }) => row)) + 1,
    nodes,
    edges,
  };
}

/** A circle of a relation as its edges; of one that should be empty, its first pair. */
function circleOf(judged: Relation, n: number, empty: boolean): [number, number][] {
  if (empty) return pairsOf(judged, n).slice(0, 1);
  const cycle = findCycle(judged, n) ?? [];
  return cycle.map((event, at): [number, number] => [event, cycle[(at + 1) % cycle.length] as number]);
}

/** Pairs that do not follow from two others. */
function immediate(relation: Relation, n: number): [number, number][] {
  const pairs = pairsOf(relation, n);
  const has = new Set(pairs.map(([from, to]) => from * n + to));
  return pairs.filter(([from, to]) => from !== to && !pairs.some(([a, b]) => a === from && b !== to && b !== from && has.has(b * n + to)));
}

/** What leads from one event of a cycle to the next: a relation of the model that holds the pair. */
function stepName(execution: Execution, from: number, to: number, n: number): string {
  const words = (n + 31) >> 5;
  const holds = (relation: Relation): boolean => ((relation[from * words + (to >> 5)] as number) >> (to & 31)) % 2 !== 0;
  for (const name of STEPS) {
    const given = execution.skeleton.structure.relations.get(name);
    const shown = given === undefined ? execution.session.shown(name) : undefined;
    const relation = given ?? (shown?.kind === "relation" ? shown.relation : undefined);
    if (relation !== undefined && holds(relation)) return name;
  }
  return "";
}

/** From the particular to the general. */
const STEPS = [
  "rf",
  "co",
  "fr",
  "rmw",
  "mb",
  "wmb",
  "rmb",
  "po-rel",
  "acq-po",
  "gp",
  "ppo",
  "hb",
  "pb",
  "rb",
  "fence",
  "prop",
  "ob",
  "ghb",
  "po-loc",
  "po",
];
