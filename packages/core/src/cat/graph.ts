/**
 * A model as a graph of operations on sets and relations. Functions, tuples, tags and variants are gone by then; equal operations on equal operands are one node. Operands come before the
 * nodes that use them, so that the order of the nodes is an order of evaluation; fixpoints apart, whose variables come before what is computed from them, and whose results after it.
 */

export type NodeId = number;

export type Op =
  /** An input, by name: of the structure, or dynamic (`DYNAMIC_INPUTS`, and `with` variables). */
  | "input"
  /** Nothing; all events or all pairs; each event with itself. */
  | "empty"
  | "full"
  | "identity"
  | "union"
  | "intersection"
  | "difference"
  /** `A * B`, `[A] ; r`, `r ; [B]`, `[A]`. */
  | "cross"
  | "restrict-domain"
  | "restrict-range"
  | "identity-on"
  | "compose"
  | "inverse"
  | "plus"
  | "domain"
  | "range"
  /** A variable of a fixpoint, in its own bodies; and the value that it reaches. */
  | "variable"
  | "fixpoint"
  /** Computed by interpreting an expression (matching on sets and the like). */
  | "computed";

/** Bits of `GraphNode.reads`: what must be known before the node can be evaluated. */
export const READS_RF = 1;
export const READS_CO = 2;
export const READS_FINALS = 4;
export const READS_VALUES = 8;
/** A choice that the model makes itself, known once a branch is chosen. */
export const READS_BRANCH = 16;
/** All that changes from one execution of a branch to another. */
export const READS_EXECUTION = READS_RF | READS_CO | READS_FINALS | READS_VALUES;

export type NodeKind = "set" | "relation";

export interface GraphNode {
  readonly op: Op;
  readonly kind: NodeKind;
  readonly args: readonly NodeId[];
  /** Of inputs. */
  readonly name: string;
  readonly reads: number;
  /** Numbers of the fixpoints in whose bodies the node stands: those whose variables it reads. Ascending. */
  readonly loops: readonly number[];
  /** Of variables and fixpoints: the group and the place in it. Of computed nodes: the number of the computation. */
  readonly group: number;
  readonly index: number;
}

/** `let rec` over sets and relations: all start empty; the bodies are evaluated in order, each seeing the new values of those before it, until no value grows. */
export interface Fixpoint {
  readonly variables: NodeId[];
  readonly bodies: NodeId[];
  readonly results: NodeId[];
}

/** Relations that are their own inverses. */
const SYMMETRIC: ReadonlySet<string> = new Set(["loc", "int", "ext", "same-value", "same-instance", "sm", "si"]);

export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly fixpoints: Fixpoint[] = [];
  readonly #known = new Map<string, NodeId>();
  readonly #inputReads: ReadonlyMap<string, number>;

  constructor(inputReads: ReadonlyMap<string, number>) {
    this.#inputReads = inputReads;
  }

  node(id: NodeId): GraphNode {
    return this.nodes[id] as GraphNode;
  }

  kind(id: NodeId): NodeKind {
    return this.node(id).kind;
  }

  isEmpty(id: NodeId): boolean {
    return this.node(id).op === "empty";
  }

  isFull(id: NodeId): boolean {
    return this.node(id).op === "full";
  }

  input(kind: NodeKind, name: string, reads = this.#inputReads.get(name) ?? 0): NodeId {
    return this.#add("input", kind, [], name, reads);
  }

  empty(kind: NodeKind): NodeId {
    return this.#add("empty", kind, []);
  }

  full(kind: NodeKind): NodeId {
    return this.#add("full", kind, []);
  }

  identity(): NodeId {
    return this.#add("identity", "relation", []);
  }

  union(a: NodeId, b: NodeId): NodeId {
    if (a === b || this.isEmpty(b) || this.isFull(a)) return a;
    if (this.isEmpty(a) || this.isFull(b)) return b;
    return this.#add("union", this.kind(a), a < b ? [a, b] : [b, a]);
  }

  unions(kind: NodeKind, parts: readonly NodeId[]): NodeId {
    return parts.length === 0 ? this.empty(kind) : parts.reduce((sum, part) => this.union(sum, part));
  }

  intersection(a: NodeId, b: NodeId): NodeId {
    if (a === b || this.isEmpty(a) || this.isFull(b)) return a;
    if (this.isEmpty(b) || this.isFull(a)) return b;
    for (const [box, r] of [
      [a, b],
      [b, a],
    ] as const) {
      const node = this.node(box);
      if (node.op === "cross") return this.restrictRange(this.restrictDomain(r, node.args[0] as NodeId), node.args[1] as NodeId);
    }
    return this.#add("intersection", this.kind(a), a < b ? [a, b] : [b, a]);
  }

  difference(a: NodeId, b: NodeId): NodeId {
    if (a === b || this.isFull(b)) return this.empty(this.kind(a));
    if (this.isEmpty(a) || this.isEmpty(b)) return a;
    return this.#add("difference", this.kind(a), [a, b]);
  }

  cross(a: NodeId, b: NodeId): NodeId {
    if (this.isEmpty(a) || this.isEmpty(b)) return this.empty("relation");
    if (this.isFull(a) && this.isFull(b)) return this.full("relation");
    return this.#add("cross", "relation", [a, b]);
  }

  restrictDomain(r: NodeId, a: NodeId): NodeId {
    if (this.isEmpty(r) || this.isFull(a)) return r;
    if (this.isEmpty(a)) return this.empty("relation");
    const node = this.node(r);
    if (node.op === "identity-on") return this.identityOn(this.intersection(a, node.args[0] as NodeId));
    if (node.op === "identity") return this.identityOn(a);
    return this.#add("restrict-domain", "relation", [r, a]);
  }

  restrictRange(r: NodeId, b: NodeId): NodeId {
    if (this.isEmpty(r) || this.isFull(b)) return r;
    if (this.isEmpty(b)) return this.empty("relation");
    const node = this.node(r);
    if (node.op === "identity-on") return this.identityOn(this.intersection(b, node.args[0] as NodeId));
    if (node.op === "identity") return this.identityOn(b);
    return this.#add("restrict-range", "relation", [r, b]);
  }

  identityOn(a: NodeId): NodeId {
    if (this.isFull(a)) return this.identity();
    if (this.isEmpty(a)) return this.empty("relation");
    return this.#add("identity-on", "relation", [a]);
  }

  compose(a: NodeId, b: NodeId): NodeId {
    if (this.isEmpty(a) || this.isEmpty(b)) return this.empty("relation");
    const left = this.node(a);
    const right = this.node(b);
    if (left.op === "identity") return b;
    if (right.op === "identity") return a;
    if (left.op === "identity-on") return this.restrictDomain(b, left.args[0] as NodeId);
    if (right.op === "identity-on") return this.restrictRange(a, right.args[0] as NodeId);
    return this.#add("compose", "relation", [a, b]);
  }

  inverse(a: NodeId): NodeId {
    const node = this.node(a);
    if (node.op === "inverse") return node.args[0] as NodeId;
    if (node.op === "identity" || node.op === "identity-on" || node.op === "empty" || node.op === "full") return a;
    if (node.op === "input" && SYMMETRIC.has(node.name)) return a;
    return this.#add("inverse", "relation", [a]);
  }

  plus(a: NodeId): NodeId {
    const node = this.node(a);
    if (node.op === "plus" || node.op === "identity" || node.op === "identity-on" || node.op === "empty" || node.op === "full") return a;
    return this.#add("plus", "relation", [a]);
  }

  optional(a: NodeId): NodeId {
    return this.union(a, this.identity());
  }

  domain(r: NodeId): NodeId {
    const node = this.node(r);
    if (node.op === "empty" || node.op === "full") return this.#add(node.op, "set", []);
    if (node.op === "identity-on") return node.args[0] as NodeId;
    if (node.op === "identity") return this.full("set");
    return this.#add("domain", "set", [r]);
  }

  range(r: NodeId): NodeId {
    const node = this.node(r);
    if (node.op === "inverse") return this.domain(node.args[0] as NodeId);
    if (node.op === "empty" || node.op === "full") return this.#add(node.op, "set", []);
    if (node.op === "identity-on") return node.args[0] as NodeId;
    if (node.op === "identity") return this.full("set");
    return this.#add("range", "set", [r]);
  }

  /** The variables of a new fixpoint, all of which stand for nothing at first. */
  fixpoint(kinds: readonly NodeKind[]): { readonly group: number; readonly variables: readonly NodeId[] } {
    const group = this.fixpoints.length;
    const variables = kinds.map((kind, index) =>
      this.#push({ op: "variable", kind, args: [], name: "", reads: 0, loops: [group], group, index }),
    );
    this.fixpoints.push({ variables: [...variables], bodies: [], results: [] });
    return { group, variables };
  }

  /** Closes a fixpoint: gives the values that its variables reach. */
  close(group: number, bodies: readonly NodeId[]): readonly NodeId[] {
    const fixpoint = this.fixpoints[group] as Fixpoint;
    fixpoint.bodies.push(...bodies);
    let reads = 0;
    const loops = new Set<number>();
    for (const body of bodies) {
      reads |= this.node(body).reads;
      for (const loop of this.node(body).loops) if (loop !== group) loops.add(loop);
    }
    const around = [...loops].sort((a, b) => a - b);
    for (const [index, body] of bodies.entries()) {
      fixpoint.results.push(
        this.#push({ op: "fixpoint", kind: this.kind(body), args: [...bodies], name: "", reads, loops: around, group, index }),
      );
    }
    return fixpoint.results;
  }

  /** The result of a computation on nodes. */
  computed(kind: NodeKind, computation: number, args: readonly NodeId[], reads = 0): NodeId {
    return this.#push(this.#make("computed", kind, args, "", reads, -1, computation));
  }

  #add(op: Op, kind: NodeKind, args: readonly NodeId[], name = "", reads = 0): NodeId {
    const key = `${op}:${kind}:${args.join(",")}:${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.#push(this.#make(op, kind, args, name, reads, -1, -1));
    this.#known.set(key, id);
    return id;
  }

  #make(op: Op, kind: NodeKind, args: readonly NodeId[], name: string, reads: number, group: number, index: number): GraphNode {
    let all = reads;
    let loops: readonly number[] = [];
    for (const arg of args) {
      const node = this.node(arg);
      all |= node.reads;
      if (node.loops.length > 0) loops = loops.length === 0 ? node.loops : [...new Set([...loops, ...node.loops])].sort((a, b) => a - b);
    }
    return { op, kind, args, name, reads: all, loops, group, index };
  }

  #push(node: GraphNode): NodeId {
    this.nodes.push(node);
    return this.nodes.length - 1;
  }
}
