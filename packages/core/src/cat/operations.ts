/** What has to be computed again when bounds or executions change: lists of operations, in which one is run only if an operand has changed since. */

import type { Compiled } from "./compile.js";
import type { Ground } from "./concrete.js";
import { holdsVariant } from "./context.js";
import { type Fixpoint, type GraphNode, type NodeId } from "./graph.js";
import { interpretDynamic } from "./interpret.js";
import { operate, STRICT_PLUS, take } from "./kernel.js";
import type { NodeFacts } from "./node-facts.js";
import { EXACT, MAY, MUST, opposite, type Plane, type Planes, SETTLED } from "./planes.js";
import { emptyRelation, fullInto, fullSetInto, isAcyclic, isEmpty, isIrreflexive } from "./relation.js";
import { isComparison } from "./syntax.js";

/** Codes of entries beyond those of the kernel. */
const TEST = 100;
const FIXPOINT = 101;
const COMPUTE = 102;

/** Operations in order. Values are numbers: node + plane * nodes. */
export interface List {
  readonly code: number[];
  readonly d: number[];
  readonly a: number[];
  readonly b: number[];
  readonly ranAt: number[];
}

export function newList(): List {
  return { code: [], d: [], a: [], b: [], ranAt: [] };
}

function append(list: List, code: number, d: number, a: number, b: number): void {
  list.code.push(code);
  list.d.push(d);
  list.a.push(a);
  list.b.push(b);
  list.ranAt.push(-1);
}

/** Makes lists and runs them. */
export class Operations {
  /** The outcome of each test in the last run: 1 where it passed. */
  readonly results: Int8Array;
  readonly #facts: NodeFacts;
  readonly #planes: Planes;
  /** Bodies of fixpoints, by plane and group. */
  readonly #bodies = new Map<number, List[]>();
  readonly #dependencies: number[][] = [];

  constructor(facts: NodeFacts, planes: Planes) {
    this.#facts = facts;
    this.#planes = planes;
    this.results = new Int8Array(facts.tests.length);
  }

  /** Other nodes are open from now on: lists that were made before are void. */
  forget(): void {
    this.#bodies.clear();
    this.#dependencies.length = 0;
    this.#planes.changedAt.fill(0);
    this.#planes.epoch = 1;
  }

  /** Appends a test, and what it needs. */
  emitTest(list: List, emitted: Set<number>, index: number, plane: Plane): void {
    const { node } = this.#facts.tests[index] as Compiled["tests"][number];
    this.emit(list, emitted, node, plane);
    append(list, TEST, 0, this.#planes.valueOf(node, plane), index);
  }

  /** Appends what a node needs in a plane, and the node. */
  emit(list: List, emitted: Set<number>, id: NodeId, plane: Plane): void {
    if (this.#planes.status[id] === SETTLED) return;
    const root = this.#planes.alias[id] as number;
    const value = root + plane * this.#facts.count;
    if (emitted.has(value)) return;
    emitted.add(value);
    const node = this.#facts.nodes[root] as GraphNode;
    if (node.op === "input") return;
    if (node.op === "fixpoint") {
      const { results } = this.#facts.compiled.graph.fixpoints[node.group] as Fixpoint;
      for (const result of results) emitted.add(result + plane * this.#facts.count);
      if (plane !== EXACT && !this.#facts.monotone[node.group]) return;
      this.#bodiesOf(node.group, plane);
      const outside = this.#facts.outside(node.group, plane);
      for (const [of, at] of outside) this.emit(list, emitted, of, at);
      this.#dependencies.push(outside.map(([of, at]) => this.#planes.valueOf(of, at)));
      append(list, FIXPOINT, node.group, plane, this.#dependencies.length - 1);
      return;
    }
    if (node.op === "computed") {
      if (plane !== EXACT) return;
      for (const arg of node.args) this.emit(list, emitted, arg, plane);
      this.#dependencies.push(node.args.map((arg) => this.#planes.valueOf(arg, plane)));
      append(list, COMPUTE, value, node.index, this.#dependencies.length - 1);
      return;
    }
    const [a, b = a] = node.args as [NodeId, NodeId?];
    const second = node.op === "difference" ? opposite(plane) : plane;
    this.emit(list, emitted, a, plane);
    this.emit(list, emitted, b, second);
    const strictPlus = plane === MAY && this.isStrict(root);
    if (strictPlus) this.emit(list, emitted, root, MUST);
    append(
      list,
      strictPlus ? STRICT_PLUS : (this.#facts.codes[root] as number),
      value,
      this.#planes.valueOf(a, plane),
      strictPlus ? root + this.#facts.count : this.#planes.valueOf(b, second),
    );
  }

  /** A closure that no execution has circles in, as the caller sees to coherence: what may be in it is no event with itself. */
  isStrict(id: NodeId): boolean {
    return this.#planes.structure?.assured?.coherence === true && this.#facts.compiled.strict.has(id);
  }

  /** A list for each body of a fixpoint, of the nodes in it that read its variables. */
  #bodiesOf(group: number, plane: Plane): List[] {
    const key = group * 3 + plane;
    const known = this.#bodies.get(key);
    if (known !== undefined) return known;
    const { bodies } = this.#facts.compiled.graph.fixpoints[group] as Fixpoint;
    const lists = bodies.map((body) => {
      const list = newList();
      const seen = new Set<number>();
      const visit = (id: NodeId, at: Plane): void => {
        const node = this.#facts.nodes[id] as GraphNode;
        const value = id + at * this.#facts.count;
        if (!node.loops.includes(group) || seen.has(value)) return;
        seen.add(value);
        this.#planes.values[value] = this.#planes.own(value, node.kind);
        if (node.op === "variable") return;
        if (node.op === "fixpoint") {
          for (const [of, inner] of this.#facts.outside(node.group, at)) visit(of, inner);
          this.#bodiesOf(node.group, at);
          for (const result of (this.#facts.compiled.graph.fixpoints[node.group] as Fixpoint).results) {
            seen.add(result + at * this.#facts.count);
            this.#planes.values[result + at * this.#facts.count] = this.#planes.own(result + at * this.#facts.count, node.kind);
          }
          this.#dependencies.push([]);
          append(list, FIXPOINT, node.group, at, this.#dependencies.length - 1);
          return;
        }
        const [a, b = a] = node.args as [NodeId, NodeId?];
        const second = node.op === "difference" ? opposite(at) : at;
        visit(a, at);
        visit(b, second);
        append(list, this.#facts.codes[id] as number, value, this.#planes.valueOf(a, at), this.#planes.valueOf(b, second));
      };
      visit(body, plane);
      return list;
    });
    this.#bodies.set(key, lists);
    return lists;
  }

  /** Evaluates a fixpoint in a plane, into the buffers of its results; true if one changed. */
  fixpoint(group: number, plane: Plane): boolean {
    const { variables, bodies, results } = this.#facts.compiled.graph.fixpoints[group] as Fixpoint;
    const count = this.#facts.count;
    if (plane !== EXACT && !this.#facts.monotone[group]) {
      // Nothing is known of it.
      for (const result of results) {
        const { kind } = this.#facts.nodes[result] as GraphNode;
        const own = this.#planes.own(result + plane * count, kind);
        if (plane === MUST) own.fill(0);
        else if (kind === "set") fullSetInto(own, this.#planes.n);
        else fullInto(own, this.#planes.n);
      }
      return false;
    }
    const lists = this.#bodiesOf(group, plane);
    const now = variables.map((variable) => {
      const own = this.#planes.own(variable + plane * count, (this.#facts.nodes[variable] as GraphNode).kind);
      this.#planes.values[variable + plane * count] = own;
      own.fill(0);
      return own;
    });
    for (let grew = true; grew; ) {
      grew = false;
      for (const [index, list] of lists.entries()) {
        this.#runAll(list);
        const body = this.#planes.values[this.#planes.valueOf(bodies[index] as NodeId, plane)] as Int32Array;
        const variable = now[index] as Int32Array;
        for (let at = 0; at < variable.length; at++) {
          if (((body[at] as number) & ~(variable[at] as number)) !== 0) grew = true;
          variable[at] = body[at] as number;
        }
      }
    }
    let changed = false;
    for (const [index, result] of results.entries()) {
      const value = result + plane * count;
      const own = this.#planes.own(value, (this.#facts.nodes[result] as GraphNode).kind);
      if (take(own, now[index] as Int32Array)) {
        changed = true;
        this.#planes.changedAt[value] = this.#planes.epoch;
      }
    }
    return changed;
  }

  /** Runs every operation of a list. */
  #runAll(list: List): void {
    const { code, d, a, b } = list;
    for (let at = 0; at < code.length; at++) {
      if (code[at] === FIXPOINT) this.fixpoint(d[at] as number, a[at] as Plane);
      else {
        operate(
          code[at] as number,
          this.#planes.values[d[at] as number] as Int32Array,
          this.#planes.values[a[at] as number] as Int32Array,
          this.#planes.values[b[at] as number] as Int32Array,
          this.#planes.n,
          this.#planes.scratch,
        );
      }
    }
  }

  /** Runs the operations of a list whose operands have changed. Stops at the first test that comes out `unwanted`: gives false then. */
  run(list: List, unwanted: boolean | undefined): boolean {
    const { code, d, a, b, ranAt } = list;
    const values = this.#planes.values;
    const changedAt = this.#planes.changedAt;
    const epoch = ++this.#planes.epoch;
    for (let at = 0; at < code.length; at++) {
      const last = ranAt[at] as number;
      const operation = code[at] as number;
      if (operation < TEST) {
        if (last >= 0 && (changedAt[a[at] as number] as number) <= last && (changedAt[b[at] as number] as number) <= last) continue;
        ranAt[at] = epoch;
        const into = d[at] as number;
        const changed = operate(
          operation,
          values[into] as Int32Array,
          values[a[at] as number] as Int32Array,
          values[b[at] as number] as Int32Array,
          this.#planes.n,
          this.#planes.scratch,
        );
        if (changed) changedAt[into] = epoch;
      } else if (operation === TEST) {
        const index = b[at] as number;
        if (last < 0 || (changedAt[a[at] as number] as number) > last) {
          ranAt[at] = epoch;
          this.results[index] = this.passes(index, values[a[at] as number] as Int32Array) ? 1 : 0;
          d[at] = this.results[index] as number;
        }
        if (unwanted !== undefined && (d[at] === 1) === unwanted) return false;
        this.results[index] = d[at] as number;
      } else {
        const dependencies = this.#dependencies[b[at] as number] as number[];
        if (last >= 0 && dependencies.every((value) => (changedAt[value] as number) <= last)) continue;
        ranAt[at] = epoch;
        if (operation === FIXPOINT) this.fixpoint(d[at] as number, a[at] as Plane);
        else if (take(values[d[at] as number] as Int32Array, this.compute(a[at] as number, EXACT))) changedAt[d[at] as number] = epoch;
      }
    }
    return true;
  }

  /** Is a relation as a test wants it? */
  passes(index: number, value: Int32Array): boolean {
    const { test } = this.#facts.tests[index] as Compiled["tests"][number];
    const plain =
      test.test === "empty"
        ? isEmpty(value)
        : test.test === "acyclic"
          ? isAcyclic(value, this.#planes.n, this.#planes.scratch)
          : isIrreflexive(value, this.#planes.n);
    return plain !== test.negated;
  }

  ground(plane: Plane): Ground {
    const { context } = this.#facts.compiled;
    const loc = this.#planes.structure?.relations.get("loc") ?? emptyRelation(this.#planes.n);
    return {
      n: this.#planes.n,
      loc,
      read: (node) => ({
        kind: (this.#facts.nodes[node] as GraphNode).kind,
        bits: (this.#planes.values[this.#planes.valueOf(node, plane)] as Int32Array).slice(),
      }),
      variant: (condition) => (isComparison(condition) ? undefined : holdsVariant(context, condition)),
    };
  }

  /** Interprets computation number `index`. */
  compute(index: number, plane: Plane): Int32Array {
    const { from } = this.#facts.compiled.computations[index] as Compiled["computations"][number];
    const value = interpretDynamic(this.ground(plane), from);
    const relation = emptyRelation(this.#planes.n);
    if (value.kind === "relation") take(relation, value.bits);
    else if (value.kind === "universe") fullInto(relation, this.#planes.n);
    else if (value.kind !== "nothing") throw new TypeError("a set was computed where a relation is needed");
    return relation;
  }
}
