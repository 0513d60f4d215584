/** Structures of one kind: the same inputs are empty in them, and so are the nodes of a model that follow to be. What of a model is left for them is found out once. */
import type { Compiled } from "./compile.js";
import { type Fixpoint, type GraphNode, type NodeId, READS_BRANCH, READS_EXECUTION, READS_FINALS } from "./graph.js";
import type { Structure } from "./model.js";
import { isEmpty, type Relation } from "./relation.js";

export interface Kind {
  /** For each node: is it empty in all structures of the kind? And those of them that are needed. */
  readonly nothing: Uint8Array;
  readonly empty: readonly NodeId[];
  /** The other nodes that are needed: those that depend on the structure alone, and those that depend on what is chosen. */
  readonly evaluated: readonly NodeId[];
  readonly chosen: readonly NodeId[];
  /** For each `with` and number of events, what can be chosen, where it is the same in all structures of the kind. */
  readonly choices: Map<number, readonly Relation[]>[];
  /** For each `with`, in how many ways nothing can be chosen, where that is so for any number of events; -1 where it is not, undefined where it is not known. */
  readonly emptyChoices: (number | undefined)[];
  /** Does a check or a flag ask which writes are final? What `co` extends does, and holds whatever they are: the caller's order ends with them. */
  readonly asksFinals: boolean;
}

export const NO_KIND: Kind = {
  nothing: new Uint8Array(0),
  empty: [],
  evaluated: [],
  chosen: [],
  choices: [],
  emptyChoices: [],
  asksFinals: true,
};

/** Which of the inputs have something in them, as text: structures with the same are of one kind. */
export function kindKey(nodes: readonly GraphNode[], given: readonly NodeId[], { sets, relations, shows }: Structure): string {
  let key = shows === true ? "s" : "";
  let word = 0;
  for (let at = 0; at < given.length; at++) {
    const { name, kind } = nodes[given[at] as number] as GraphNode;
    const bits = kind === "set" ? sets.get(name) : relations.get(name);
    if (bits !== undefined && !isEmpty(bits)) word |= 1 << (at % 30);
    if (at % 30 === 29) {
      key += `,${word}`;
      word = 0;
    }
  }
  return `${key},${word}`;
}

/** The kind of a structure; `needed` marks the nodes that have to be evaluated, the first `visible` tests are the model's own. */
export function kindOf({ graph, tests, choices }: Compiled, visible: number, needed: Uint8Array, structure: Structure): Kind {
  const { nodes } = graph;
  const nothing = emptyNodes(nodes, graph.fixpoints, structure);
  const empty: number[] = [];
  const evaluated: number[] = [];
  const chosen: number[] = [];
  for (let id = 0; id < nodes.length; id++) {
    const node = nodes[id] as GraphNode;
    if (needed[id] === 0 || node.loops.length > 0) continue;
    const reads = node.reads & (READS_EXECUTION | READS_BRANCH);
    if (nothing[id] === 1) empty.push(id);
    else if (reads === 0) evaluated.push(id);
    else if (node.op !== "input" || reads !== READS_BRANCH) chosen.push(id);
  }
  const asksFinals = tests.some(
    ({ node }, index) => index < visible && (graph.node(node).reads & READS_FINALS) !== 0 && nothing[node] !== 1,
  );
  return {
    nothing,
    empty,
    evaluated,
    chosen,
    choices: choices.map(() => new Map()),
    emptyChoices: choices.map(() => undefined),
    asksFinals,
  };
}

/** Nodes that are empty because inputs are. */
function emptyNodes(nodes: readonly GraphNode[], fixpoints: readonly Fixpoint[], { sets, relations }: Structure): Uint8Array {
  const nothing = new Uint8Array(nodes.length);
  for (let id = 0; id < nodes.length; id++) {
    const { op, args, name, kind, reads, group } = nodes[id] as GraphNode;
    const a = args.length > 0 && nothing[args[0] as NodeId] === 1;
    const b = args.length > 1 && nothing[args[1] as NodeId] === 1;
    let none = false;
    switch (op) {
      case "input": {
        const bits = kind === "set" ? sets.get(name) : relations.get(name);
        none = reads === 0 && (bits === undefined || isEmpty(bits));
        break;
      }
      case "empty":
        none = true;
        break;
      case "full":
      case "identity":
      case "computed":
        break;
      case "union":
        none = a && b;
        break;
      case "variable":
        // Until a body says otherwise.
        none = true;
        break;
      case "fixpoint":
        none = (fixpoints[group] as Fixpoint).bodies.every((body) => nothing[body] === 1);
        break;
      case "difference":
        none = a;
        break;
      default:
        none = a || b;
    }
    nothing[id] = none ? 1 : 0;
  }
  // What stands in the bodies of a fixpoint was computed for variables with nothing in them.
  for (let id = 0; id < nodes.length; id++) if ((nodes[id] as GraphNode).loops.length > 0) nothing[id] = 0;
  return nothing;
}
