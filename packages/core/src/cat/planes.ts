/** Values of a model's nodes on the structure at hand: exact, of a whole execution, and what must and may be in them under bounds on rf and co. */

import type { GraphNode, NodeId, NodeKind } from "./graph.js";
import { type Kind, NO_KIND } from "./kind.js";
import type { Structure } from "./model.js";
import type { NodeFacts } from "./node-facts.js";
import { type EventSet, emptyRelation, emptySet, isEmpty, type Relation } from "./relation.js";

/** Planes: exact, must, may. */
export const EXACT = 0;
export const MUST = 1;
export const MAY = 2;
export type Plane = typeof EXACT | typeof MUST | typeof MAY;

/** The plane of what stands under a negation. */
export function opposite(plane: Plane): Plane {
  return plane === MUST ? MAY : plane === MAY ? MUST : EXACT;
}

/** Status of a node on the current structure. */
export const UNNEEDED = 0;
/** The same in all executions. */
export const SETTLED = 1;
export const OPEN = 2;

/** Buffers for structures of so many events. */
interface Buffers {
  readonly pool: (Int32Array | undefined)[];
  readonly scratch: Int32Array;
  readonly noSet: EventSet;
  readonly noRelation: Relation;
}

/** Values are numbers: node + plane * nodes. */
export class Planes {
  /** The structure at hand, its events, and what is known of structures of its kind. */
  structure: Structure | undefined;
  n = 0;
  kind: Kind = NO_KIND;
  /** Nodes that have to be known of it. */
  needed: Uint8Array;
  scratch: Int32Array = new Int32Array(0);
  readonly values: Int32Array[];
  readonly status: Uint8Array;
  /** Of open nodes: the node whose values they share; themselves, mostly. */
  readonly alias: Int32Array;
  /** Of settled nodes: is there nothing in it? */
  readonly nothing: Uint8Array;
  /** When a value has changed last: counted in runs. */
  readonly changedAt: Int32Array;
  epoch = 1;

  readonly #facts: NodeFacts;
  readonly #pools = new Map<number, Buffers>();
  #pool: (Int32Array | undefined)[] = [];
  #noSet: EventSet = emptySet(0);
  #noRelation: Relation = emptyRelation(0);

  constructor(facts: NodeFacts) {
    const { count, tested } = facts;
    this.#facts = facts;
    this.needed = tested;
    this.status = new Uint8Array(count);
    this.nothing = new Uint8Array(count);
    this.alias = new Int32Array(count);
    this.changedAt = new Int32Array(count * 3);
    const none = new Int32Array(0);
    this.values = Array.from({ length: count * 3 }, () => none);
  }

  /** Takes up a structure of this kind: what is empty in all of them is settled. */
  enter(structure: Structure, kind: Kind, needed: Uint8Array): void {
    const { n } = structure;
    this.structure = structure;
    if (kind === this.kind && n === this.n) return;
    if (n !== this.n || this.#pool.length === 0) this.#resize(n);
    this.kind = kind;
    this.needed = needed;
    const { empty } = kind;
    for (let at = 0; at < empty.length; at++) {
      const id = empty[at] as number;
      this.fix(id, this.none((this.#facts.nodes[id] as GraphNode).kind), true);
    }
  }

  #resize(n: number): void {
    this.n = n;
    let known = this.#pools.get(n);
    if (known === undefined) {
      if (this.#pools.size >= 64) this.#pools.clear();
      known = {
        pool: Array.from({ length: this.#facts.count * 3 }, () => undefined),
        scratch: emptyRelation(n),
        noSet: emptySet(n),
        noRelation: emptyRelation(n),
      };
      this.#pools.set(n, known);
    }
    this.#pool = known.pool;
    this.scratch = known.scratch;
    this.#noSet = known.noSet;
    this.#noRelation = known.noRelation;
  }

  /** A set, or a relation, with nothing in it. */
  none(kind: NodeKind): Int32Array {
    return kind === "set" ? this.#noSet : this.#noRelation;
  }

  /** The buffer of a value. */
  own(value: number, kind: NodeKind): Int32Array {
    let buffer = this.#pool[value];
    if (buffer === undefined) {
      buffer = kind === "set" ? emptySet(this.n) : emptyRelation(this.n);
      this.#pool[value] = buffer;
    }
    return buffer;
  }

  /** Makes `bits` the value of a node in all executions. */
  fix(id: NodeId, bits: Int32Array, nothing = isEmpty(bits)): void {
    this.status[id] = SETTLED;
    this.nothing[id] = nothing ? 1 : 0;
    this.values[id] = bits;
    this.values[id + this.#facts.count] = bits;
    this.values[id + 2 * this.#facts.count] = bits;
  }

  /** Is the operand settled, with nothing in it? */
  isNothing(id: NodeId): boolean {
    return this.status[id] === SETTLED && this.nothing[id] === 1;
  }

  /** Lets an open node be the same as another. */
  share(id: NodeId, same: NodeId): void {
    const count = this.#facts.count;
    this.status[id] = OPEN;
    const root = this.alias[same] as number;
    this.alias[id] = root;
    this.values[id] = this.values[root] as Int32Array;
    this.values[id + count] = this.values[root + count] as Int32Array;
    this.values[id + 2 * count] = this.values[root + 2 * count] as Int32Array;
  }

  /** The value of a node in a plane, as a number; settled nodes have one value, aliases that of their root. */
  valueOf(id: NodeId, plane: Plane): number {
    if (this.status[id] === SETTLED) return id;
    return (this.status[id] === OPEN ? (this.alias[id] as number) : id) + plane * this.#facts.count;
  }
}
