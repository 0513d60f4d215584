/** What is known of a model's nodes before any structure. */
import type { Compiled } from "./compile.js";
import type { Fixpoint, GraphNode, NodeId } from "./graph.js";
import { CODES } from "./kernel.js";
import type { Check } from "./model.js";
import { EXACT, opposite, type Plane } from "./planes.js";

/** By node, where nothing else is said. */
export interface NodeFacts {
  readonly compiled: Compiled;
  readonly nodes: readonly GraphNode[];
  readonly count: number;
  /** Operations of the kernel; -1 for other nodes. */
  readonly codes: Int32Array;
  /** The operands of nodes; the second is the first where there is but one, both -1 where there is none. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly tests: Compiled["tests"];
  /** The first so many tests are the model's own. */
  readonly visible: number;
  /** Nodes that the tests read; and those, with all that can be shown. */
  readonly tested: Uint8Array;
  readonly showable: Uint8Array;
  /** Inputs that a structure holds, and all inputs by name. */
  readonly given: readonly NodeId[];
  readonly inputs: ReadonlyMap<string, NodeId>;
  /** Nodes whose value decides a check, with the numbers of those checks. */
  readonly decides: readonly (readonly number[] | undefined)[];
  /** What each test costs to evaluate, in operations. */
  readonly costs: readonly number[];
  /** By fixpoint: no variable stands under a negation in its bodies. */
  readonly monotone: readonly boolean[];
  /** By fixpoint: the nodes outside of its bodies that these read. */
  readonly operands: readonly (readonly NodeId[])[];
  /** The same for a plane: with the planes in which they are read. */
  outside(group: number, plane: Plane): readonly (readonly [NodeId, Plane])[];
}

/** Looks a model's nodes over. */
export function nodeFacts(compiled: Compiled, checks: readonly Check[]): NodeFacts {
  const { graph, tests } = compiled;
  const { nodes, fixpoints } = graph;
  const outside = (group: number, plane: Plane): readonly (readonly [NodeId, Plane])[] =>
    readFromOutside(nodes, fixpoints[group] as Fixpoint, group, plane);
  const decides: (readonly number[] | undefined)[] = [];
  for (const [index, { node, role }] of tests.entries()) if (role === "check") decides[node] = [...(decides[node] ?? []), index];
  return {
    compiled,
    nodes,
    count: nodes.length,
    codes: Int32Array.from(nodes, ({ op }) => CODES.get(op) ?? -1),
    first: Int32Array.from(nodes, ({ args }) => args[0] ?? -1),
    second: Int32Array.from(nodes, ({ args }) => args[1] ?? args[0] ?? -1),
    tests,
    visible: checks.length,
    tested: reachable(compiled, rootsOf(compiled)),
    showable: reachable(compiled, [...rootsOf(compiled), ...compiled.shown]),
    given: nodes.flatMap((node, id) => (node.op === "input" && node.reads === 0 ? [id] : [])),
    inputs: new Map(nodes.flatMap((node, id) => (node.op === "input" ? [[node.name, id] as const] : []))),
    decides,
    costs: tests.map(({ node }) => reachable(compiled, [node]).reduce((sum, each) => sum + each, 0)),
    monotone: fixpoints.map((_, group) => isMonotone(nodes, group)),
    operands: fixpoints.map((_, group) => [...new Set(outside(group, EXACT).map(([node]) => node))]),
    outside,
  };
}

/** What a model's judgement begins with: its tests, the order that the caller gives, and what a `with` chooses from. */
function rootsOf({ tests, order, choices }: Compiled): readonly NodeId[] {
  return [
    ...tests.map(({ node }) => node),
    ...(order === undefined ? [] : [order.set, order.before, order.input, order.restricted]),
    ...choices.flatMap(({ nodes, input }) => [...nodes, input]),
  ];
}

function reachable({ graph }: Compiled, roots: readonly NodeId[]): Uint8Array {
  const found = new Uint8Array(graph.nodes.length);
  const visit = (id: NodeId): void => {
    if (found[id] === 1) return;
    found[id] = 1;
    const node = graph.node(id);
    for (const arg of node.args) visit(arg);
    if (node.op === "fixpoint") for (const result of graph.fixpoints[node.group]?.results ?? []) found[result] = 1;
  };
  roots.forEach(visit);
  return found;
}

/** No variable of the fixpoint stands under a negation in its bodies. */
function isMonotone(nodes: readonly GraphNode[], group: number): boolean {
  return nodes.every((node) => {
    if (!node.loops.includes(group)) return true;
    if (node.op === "computed") return false;
    return node.op !== "difference" || nodes[node.args[1] as NodeId]?.loops.includes(group) !== true;
  });
}

/** Of the nodes that stand outside of a fixpoint's bodies, those that the bodies read. */
function readFromOutside(
  nodes: readonly GraphNode[],
  { bodies }: Fixpoint,
  group: number,
  plane: Plane,
): readonly (readonly [NodeId, Plane])[] {
  const found = new Map<string, readonly [NodeId, Plane]>();
  const seen = new Set<string>();
  const visit = (id: NodeId, at: Plane): void => {
    const key = `${id} ${at}`;
    if (seen.has(key)) return;
    seen.add(key);
    const node = nodes[id] as GraphNode;
    if (!node.loops.includes(group)) {
      found.set(key, [id, at]);
      return;
    }
    if (node.op === "variable") return;
    for (const [index, arg] of node.args.entries()) visit(arg, node.op === "difference" && index === 1 ? opposite(at) : at);
  };
  for (const body of bodies) visit(body, plane);
  return [...found.values()];
}
