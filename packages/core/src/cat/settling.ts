/** Nodes evaluated once for a structure, with nothing chosen: those that come out the same in both bounds are settled, and whatever reads them is simplified. */
import { type Fixpoint, type GraphNode, type NodeId, READS_FINALS, READS_VALUES } from "./graph.js";
import { CODES, operate, STRICT_PLUS, take } from "./kernel.js";
import type { Structure } from "./model.js";
import type { NodeFacts } from "./node-facts.js";
import type { Operations } from "./operations.js";
import { EXACT, MAY, MUST, OPEN, type Planes, SETTLED } from "./planes.js";
import { fullInto, fullSetInto, identityInto, isEqual, isSubset } from "./relation.js";

const UNION = CODES.get("union") as number;
const DIFFERENCE = CODES.get("difference") as number;

/** Evaluates nodes in their order. */
export class Settling {
  readonly #facts: NodeFacts;
  readonly #planes: Planes;
  readonly #operations: Operations;

  constructor(facts: NodeFacts, planes: Planes, operations: Operations) {
    this.#facts = facts;
    this.#planes = planes;
    this.#operations = operations;
  }

  /** Evaluates a node all of whose operands are settled. */
  settle(id: NodeId, node: GraphNode, structure: Structure): void {
    if (this.#planes.needed[id] === 0 || this.#planes.status[id] === SETTLED) return;
    const n = this.#planes.n;
    const code = this.#facts.codes[id] as number;
    if (code >= 0) {
      const a = this.#facts.first[id] as number;
      const b = this.#facts.second[id] as number;
      if (this.#simple(id, node, code, a, b)) return;
      const own = this.#planes.own(id, node.kind);
      operate(code, own, this.#planes.values[a] as Int32Array, this.#planes.values[b] as Int32Array, n, this.#planes.scratch);
      this.#planes.fix(id, own);
      return;
    }
    if (node.op === "input") {
      const given = node.kind === "set" ? structure.sets.get(node.name) : structure.relations.get(node.name);
      const own = given ?? this.#planes.own(id, node.kind);
      if (given === undefined) own.fill(0);
      this.#planes.fix(id, own);
      return;
    }
    const own = this.#planes.own(id, node.kind);
    switch (node.op) {
      case "empty":
        own.fill(0);
        break;
      case "full":
        if (node.kind === "set") fullSetInto(own, n);
        else fullInto(own, n);
        break;
      case "identity":
        identityInto(own, n);
        break;
      case "fixpoint":
        this.#operations.fixpoint(node.group, EXACT);
        for (const result of (this.#facts.compiled.graph.fixpoints[node.group] as Fixpoint).results)
          this.#planes.fix(result, this.#planes.own(result, this.#facts.nodes[result]?.kind ?? "relation"));
        return;
      case "computed":
        take(own, this.#operations.compute(node.index, EXACT));
        break;
      default:
        throw new Error(`${node.op} is no operation`);
    }
    this.#planes.fix(id, own);
  }

  /** Gives a node the value that follows from an operand with nothing in it; false where none has. */
  #simple(id: NodeId, node: GraphNode, code: number, a: NodeId, b: NodeId): boolean {
    const noA = this.#planes.isNothing(a);
    const noB = this.#planes.isNothing(b);
    if (!noA && !noB) return false;
    if (code === UNION || code === DIFFERENCE) {
      const same = noB ? a : code === UNION ? b : undefined;
      if (same === undefined) {
        this.#planes.fix(id, this.#planes.none(node.kind), true);
      } else if (this.#planes.status[same] === SETTLED) {
        this.#planes.fix(id, this.#planes.values[same] as Int32Array, this.#planes.nothing[same] === 1);
      } else this.#planes.share(id, same);
      return true;
    }
    this.#planes.fix(id, this.#planes.none(node.kind), true);
    return true;
  }

  /** Evaluates the bounds of a node with nothing chosen. */
  open(id: NodeId, node: GraphNode, structure: Structure): void {
    const n = this.#planes.n;
    const count = this.#facts.count;
    const code = this.#facts.codes[id] as number;
    const a = this.#facts.first[id] as number;
    const b = this.#facts.second[id] as number;
    if (code >= 0) {
      if (this.#simple(id, node, code, a, b)) return;
      if (this.#planes.status[a] === SETTLED && this.#planes.status[b] === SETTLED) {
        this.settle(id, node, structure);
        return;
      }
    }
    const must = this.#planes.own(id + count, node.kind);
    const may = this.#planes.own(id + 2 * count, node.kind);
    if (node.op === "fixpoint") {
      const { results } = this.#facts.compiled.graph.fixpoints[node.group] as Fixpoint;
      if ((this.#facts.operands[node.group] as readonly NodeId[]).every((each) => this.#planes.status[each] === SETTLED)) {
        this.#operations.fixpoint(node.group, EXACT);
        for (const result of results) this.#planes.fix(result, this.#planes.own(result, (this.#facts.nodes[result] as GraphNode).kind));
        return;
      }
      this.#operations.fixpoint(node.group, MUST);
      this.#operations.fixpoint(node.group, MAY);
      for (const result of results) this.#finish(result, this.#facts.nodes[result] as GraphNode);
      return;
    }
    if (node.op === "input") this.#bounds(node, must, may, structure);
    else if (node.op === "computed") {
      must.fill(0);
      if (node.kind === "set") fullSetInto(may, n);
      else fullInto(may, n);
    } else {
      const values = this.#planes.values;
      const negated = code === DIFFERENCE;
      operate(code, must, values[a + count] as Int32Array, values[b + (negated ? 2 : 1) * count] as Int32Array, n, this.#planes.scratch);
      if (this.#operations.isStrict(id)) operate(STRICT_PLUS, may, values[a + 2 * count] as Int32Array, must, n, this.#planes.scratch);
      else
        operate(
          code,
          may,
          values[a + 2 * count] as Int32Array,
          values[b + (negated ? 1 : 2) * count] as Int32Array,
          n,
          this.#planes.scratch,
        );
    }
    this.#finish(id, node);
  }

  /** Are the bounds of an open node wider than its value even where those of rf and co meet? */
  isLoose({ op, reads, group }: GraphNode): boolean {
    if (op === "input") return false;
    if (op === "computed" || (op === "fixpoint" && this.#facts.monotone[group] !== true)) return true;
    return (reads & (READS_VALUES | READS_FINALS)) !== 0;
  }

  #bounds(node: GraphNode, must: Int32Array, may: Int32Array, structure: Structure): void {
    const { order } = this.#facts.compiled;
    const isCo = order !== undefined && this.#facts.nodes[order.input] === node;
    const given = node.name === "rf" ? structure.rf : isCo ? structure.co : undefined;
    if (given !== undefined) {
      take(must, given.must);
      take(may, given.may);
      return;
    }
    if (node.name === "FW" && structure.finals !== undefined && structure.shows !== true && !this.#planes.kind.asksFinals) {
      take(must, structure.finals);
      take(may, structure.finals);
      return;
    }
    must.fill(0);
    if (node.kind === "set") fullSetInto(may, this.#planes.n);
    else if (node.name === "rf" || isCo) {
      const loc = structure.relations.get("loc");
      if (loc === undefined) fullInto(may, this.#planes.n);
      else take(may, loc);
      if (isCo) {
        const ordered = this.#planes.values[(order as { set: NodeId }).set] as Int32Array;
        operate(4, may, may.slice(), ordered, this.#planes.n, this.#planes.scratch);
        operate(5, may, may.slice(), ordered, this.#planes.n, this.#planes.scratch);
      }
    } else fullInto(may, this.#planes.n);
  }

  /** With the bounds evaluated: is the node settled, the same as another, or open? */
  #finish(id: NodeId, node: GraphNode): void {
    const count = this.#facts.count;
    const must = this.#planes.own(id + count, node.kind);
    const may = this.#planes.own(id + 2 * count, node.kind);
    if (isEqual(must, may)) {
      const own = this.#planes.own(id, node.kind);
      take(own, must);
      this.#planes.fix(id, own);
      return;
    }
    const same = this.#sameAs(node, may);
    if (same !== undefined) {
      this.#planes.share(id, same);
      return;
    }
    this.#planes.status[id] = OPEN;
    this.#planes.alias[id] = id;
    this.#planes.values[id] = this.#planes.own(id, node.kind);
    this.#planes.values[id + count] = must;
    this.#planes.values[id + 2 * count] = may;
  }

  /** An open operand that the node equals in every execution of the structure. */
  #sameAs(node: GraphNode, may: Int32Array): NodeId | undefined {
    const [a, b] = node.args as [NodeId, NodeId | undefined];
    // The order that the caller gives is transitive.
    if (
      node.op === "plus" &&
      this.#planes.status[a as NodeId] === OPEN &&
      this.#planes.alias[a as NodeId] === this.#facts.compiled.order?.input
    )
      return a;
    if (b === undefined || node.op === "fixpoint") return undefined;
    const count = this.#facts.count;
    const mayOf = (of: NodeId): Int32Array => this.#planes.values[of + 2 * count] as Int32Array;
    const mustOf = (of: NodeId): Int32Array => this.#planes.values[of + count] as Int32Array;
    switch (node.op) {
      case "union":
        if (this.#planes.status[a] === OPEN && isSubset(mayOf(b), mustOf(a))) return a;
        if (this.#planes.status[b] === OPEN && isSubset(mayOf(a), mustOf(b))) return b;
        return undefined;
      case "intersection":
        if (this.#planes.status[a] === OPEN && isSubset(mayOf(a), mustOf(b))) return a;
        if (this.#planes.status[b] === OPEN && isSubset(mayOf(b), mustOf(a))) return b;
        return undefined;
      case "difference":
        return this.#planes.status[a] === OPEN && this.#planes.status[b] === SETTLED && isEqual(may, mayOf(a)) ? a : undefined;
      case "restrict-domain":
      case "restrict-range":
        return this.#planes.status[a] === OPEN && this.#planes.status[b] === SETTLED && isEqual(may, mayOf(a)) ? a : undefined;
      default:
        return undefined;
    }
  }
}
