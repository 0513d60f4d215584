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

/** Pairs of events that are drawn, by `from to`: the relations that hold them, most important first. */
type Drawn = Map<string, { readonly names: string[]; readonly from: number; readonly to: number }>;

/** Makes the graph of an execution; call it within the visit. */
export function eventGraph(name: string, execution: Execution, frame: Frame, model: CompiledModel, options: GraphOptions): EventGraph {
  const { events, structure } = execution.skeleton;
  const { n } = structure;
  const failed = execution.failures[0];
  const judged = failed === undefined ? undefined : execution.session.judged(failed);
  const cycle = failed === undefined || judged === undefined ? [] : circleOf(judged, n, model.checks[failed]?.test === "empty");
  const drawn = drawnPairs(execution, options);
  for (const [from, to] of cycle) {
    const key = `${from} ${to}`;
    if (!drawn.has(key)) drawn.set(key, { names: [stepName(execution, from, to, n)], from, to });
  }
  // Initial writes are nodes only on a cycle: what reads from one has a stub, and that it comes first needs no arrow.
  const inCycle = new Set(cycle.flat());
  const kept = events.flatMap((event, index) => (event.thread >= 0 || inCycle.has(index) ? [index] : []));
  const nodes = nodesOf(execution, kept, inCycle);
  const check = failed === undefined ? undefined : model.checks[failed];
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
    edges: [
      ...(options.hide.includes("po") ? [] : programOrder(events, kept, drawn)),
      ...edgesOf(kept, drawn, new Set(cycle.map(([from, to]) => `${from} ${to}`))),
    ],
  };
}

function drawnPairs({ skeleton, session, rf, co }: Execution, options: GraphOptions): Drawn {
  const { n, relations } = skeleton.structure;
  const drawn: Drawn = new Map();
  const add = (label: string, pairs: readonly (readonly [number, number])[]): void => {
    for (const [from, to] of pairs) {
      const key = `${from} ${to}`;
      const known = drawn.get(key);
      if (known === undefined) drawn.set(key, { names: [label], from, to });
      else if (!known.names.includes(label)) known.names.push(label);
    }
  };
  const relation = (of: string): Relation | undefined => {
    if (of === "rf") return rf;
    const given = relations.get(of);
    if (given !== undefined) return given;
    const shown = session.shown(of);
    return shown?.kind === "relation" ? shown.relation : undefined;
  };
  const more = options.show.filter((each) => !ALWAYS.includes(each) && each !== "po");
  const reads = new Map(pairsOf(rf, n).map(([from, to]) => [to, from]));
  const direct = immediate(co, n);
  for (const name of [...ALWAYS, ...more].filter((each) => !options.hide.includes(each))) {
    if (name === "fr") {
      // To the next write only: the others follow by co.
      const pairs = [...reads].flatMap(([read, from]) =>
        direct.filter(([before, after]) => before === from && after !== read).map(([, after]): [number, number] => [read, after]),
      );
      add("fr", pairs);
    } else if (name === "co") add("co", direct);
    else {
      const found = relation(name);
      if (found !== undefined) add(name, ALWAYS.includes(name) ? pairsOf(found, n) : immediate(found, n));
    }
  }
  return drawn;
}

/** The events that are kept, each thread's in rows of its own below the initial writes. */
function nodesOf({ skeleton, values }: Execution, kept: readonly number[], inCycle: ReadonlySet<number>): readonly GraphNode[] {
  const events = kept.map((index) => skeleton.events[index] as SkeletonEvent);
  const top = events.some(({ thread }) => thread === -1) ? 1 : 0;
  const next = new Map<number, number>();
  return events.map((event, at): GraphNode => {
    const index = kept[at] as number;
    const row = event.thread < 0 ? 0 : (next.get(event.thread) ?? top);
    if (event.thread >= 0) next.set(event.thread, row + 1);
    return {
      label: at < LETTERS ? String.fromCharCode("a".charCodeAt(0) + at) : `e${at}`,
      text: tellEvent(event, values[index]),
      thread: event.thread,
      row,
      onCycle: inCycle.has(index),
    };
  });
}

const LETTERS = 26;

/** Program order, from each event to the next of its thread. */
function programOrder(events: readonly SkeletonEvent[], kept: readonly number[], drawn: Drawn): readonly GraphEdge[] {
  return kept.flatMap((index, at): GraphEdge[] => {
    const thread = events[index]?.thread ?? -1;
    const after = kept.findIndex((other, later) => later > at && events[other]?.thread === thread);
    if (after < 0 || thread < 0 || drawn.has(`${index} ${kept[after]}`)) return [];
    return [{ from: at, to: after, name: "po", kind: "po", onCycle: false }];
  });
}

function edgesOf(kept: readonly number[], drawn: Drawn, steps: ReadonlySet<string>): readonly GraphEdge[] {
  const position = new Map(kept.map((index, at) => [index, at]));
  return [...drawn.values()].flatMap(({ names, from, to }): GraphEdge[] => {
    const [a, b] = [position.get(from), position.get(to)];
    if (b === undefined) return [];
    if (a === undefined) return names.includes("rf") ? [{ from: undefined, to: b, name: "rf", kind: "rf", onCycle: false }] : [];
    return [{ from: a, to: b, name: names.join(" "), kind: names[0] as string, onCycle: steps.has(`${from} ${to}`) }];
  });
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
