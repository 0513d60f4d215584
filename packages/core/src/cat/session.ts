/**
 * A model evaluated on the executions of one structure after the other.
 *
 * Each node has up to three values: exact (of a whole execution), and what it must hold and may hold under bounds on rf and co. For each structure the nodes are evaluated once with nothing
 * chosen; those that come out the same in both bounds are settled, and whatever reads them is simplified; the rest becomes lists of operations, in which an operation is run only if an
 * operand has changed since. docs/decisions/ has why the bounds are sound.
 */
import type { Compiled } from "./compile.js";
import { holdsVariant } from "./evaluate.js";
import { type Fixpoint, type GraphNode, type NodeId, type NodeKind, READS_EXECUTION, READS_FINALS, READS_VALUES } from "./graph.js";
import { choicesOf, type Ground, interpretDynamic } from "./interpret.js";
import { CODES, operate, STRICT_PLUS, take } from "./kernel.js";
import { type Kind, kindKey, kindOf, NO_KIND } from "./kind.js";
import type { Bounds, Check, Session, Structure } from "./model.js";
import {
  type EventSet,
  emptyRelation,
  emptySet,
  fullInto,
  fullSetInto,
  identityInto,
  isAcyclic,
  isEmpty,
  isEqual,
  isIrreflexive,
  isSubset,
  type Relation,
  wordsFor,
} from "./relation.js";
import { isComparison } from "./syntax.js";
import { WholeJudge } from "./whole.js";

/** Planes: exact, must, may. */
const EXACT = 0;
const MUST = 1;
const MAY = 2;
type Plane = typeof EXACT | typeof MUST | typeof MAY;

const UNION = CODES.get("union") as number;
const DIFFERENCE = CODES.get("difference") as number;

/** Codes of entries beyond those of the kernel. */
const TEST = 100;
const FIXPOINT = 101;
const COMPUTE = 102;

/** As many kinds are remembered. */
const MOST_KINDS = 500;

/** Operations in order. Values are numbers: node + plane * nodes. */
interface List {
  readonly code: number[];
  readonly d: number[];
  readonly a: number[];
  readonly b: number[];
  readonly ranAt: number[];
}

function newList(): List {
  return { code: [], d: [], a: [], b: [], ranAt: [] };
}

function append(list: List, code: number, d: number, a: number, b: number): void {
  list.code.push(code);
  list.d.push(d);
  list.a.push(a);
  list.b.push(b);
  list.ranAt.push(-1);
}

export function openSession(compiled: Compiled, checks: readonly Check[]): Session {
  return new CatSession(compiled, checks);
}

/** Status of a node on the current structure. */
const UNNEEDED = 0;
const SETTLED = 1;
const OPEN = 2;

class CatSession implements Session {
  exactBounds = false;
  ordered: EventSet = emptySet(0);
  orderedBefore: Relation = emptyRelation(0);

  readonly #compiled: Compiled;
  readonly #nodes: readonly GraphNode[];
  readonly #count: number;
  readonly #codes: Int32Array;
  /** The operands of nodes; the second is the first where there is but one, both -1 where there is none. */
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #tests: Compiled["tests"];
  readonly #visible: number;
  /** Nodes that the tests read; and those, with all that can be shown. */
  readonly #tested: Uint8Array;
  readonly #showable: Uint8Array;
  /** Inputs that a structure holds. */
  readonly #given: readonly NodeId[];
  /** What was found out about structures by which of the inputs they have something in. */
  readonly #kinds = new Map<string, Kind>();
  #kind = NO_KIND;
  #needed: Uint8Array;
  /** Of settled nodes: is there nothing in it? */
  readonly #nothing: Uint8Array;
  /** Nodes whose value decides a check, with the numbers of those checks. */
  readonly #decides: (readonly number[] | undefined)[] = [];
  /** What each test costs to evaluate, in operations. */
  readonly #costs: readonly number[];
  readonly #monotone: readonly boolean[];
  /** Of each fixpoint, the nodes outside of its bodies that these read. */
  readonly #operands: readonly (readonly NodeId[])[];
  readonly #inputs = new Map<string, NodeId>();
  readonly #judge: WholeJudge;

  /** Buffers of each value, by the number of events. */
  readonly #pools = new Map<
    number,
    { readonly pool: (Int32Array | undefined)[]; readonly scratch: Int32Array; readonly noSet: EventSet; readonly noRelation: Relation }
  >();
  #pool: (Int32Array | undefined)[] = [];
  #noSet: EventSet = emptySet(0);
  #noRelation: Relation = emptyRelation(0);

  #n = 0;
  #scratch: Int32Array = new Int32Array(0);
  readonly #values: Int32Array[];
  readonly #status: Uint8Array;
  /** Of open nodes: the node whose values they share; themselves, mostly. */
  readonly #alias: Int32Array;
  readonly #changedAt: Int32Array;
  #epoch = 1;
  #structure: Structure | undefined;
  #branches: readonly (readonly Relation[])[] = [];
  #dead = false;
  /** Outcomes of tests that are the same for all executions of the branch. */
  #decisions: readonly (boolean | undefined)[] = [];
  /** Is there a check, or a flag, that differs between executions? */
  #isOpen = true;
  #hasOpenFlags = true;

  #exact: List | undefined;
  #prune: List | undefined;
  #settle: List | undefined;
  #flagged: List | undefined;
  #flagsMost: List | undefined;
  #flagsLeast: List | undefined;
  readonly #shown = new Map<NodeId, List>();
  readonly #results: Int8Array;
  /** Bodies of fixpoints, by plane and group. */
  readonly #bodies = new Map<number, List[]>();
  readonly #dependencies: number[][] = [];

  constructor(compiled: Compiled, checks: readonly Check[]) {
    this.#compiled = compiled;
    const { graph } = compiled;
    this.#nodes = graph.nodes;
    this.#count = graph.nodes.length;
    this.#visible = checks.length;
    this.#tests = compiled.tests;
    this.#codes = Int32Array.from(graph.nodes, ({ op }) => CODES.get(op) ?? -1);
    this.#first = Int32Array.from(graph.nodes, ({ args }) => args[0] ?? -1);
    this.#second = Int32Array.from(graph.nodes, ({ args }) => args[1] ?? args[0] ?? -1);
    this.#status = new Uint8Array(this.#count);
    this.#alias = new Int32Array(this.#count);
    this.#changedAt = new Int32Array(this.#count * 3);
    const none = new Int32Array(0);
    this.#values = Array.from({ length: this.#count * 3 }, () => none);
    this.#results = new Int8Array(this.#tests.length);
    this.#tested = this.#reachable([]);
    this.#showable = this.#reachable(compiled.shown);
    this.#needed = this.#tested;
    this.#nothing = new Uint8Array(this.#count);
    for (const [index, { node, role }] of this.#tests.entries()) {
      if (role === "check") this.#decides[node] = [...(this.#decides[node] ?? []), index];
    }
    this.#given = graph.nodes.flatMap((node, id) => (node.op === "input" && node.reads === 0 ? [id] : []));
    this.#costs = this.#tests.map(({ node }) => this.#reachable([], [node]).reduce((sum, each) => sum + each, 0));
    this.#judge = new WholeJudge(compiled, this.#costs);
    this.#operands = graph.fixpoints.map((_, group) => [...new Set(this.#outside(group, EXACT).map(([node]) => node))]);
    this.#monotone = graph.fixpoints.map((_, group) => this.#isMonotone(group));
    for (const [id, node] of graph.nodes.entries()) if (node.op === "input") this.#inputs.set(node.name, id);
  }

  // Compile time.

  #reachable(shown: readonly NodeId[], only?: readonly NodeId[]): Uint8Array {
    const { tests, order, choices, graph } = this.#compiled;
    const needed = new Uint8Array(this.#count);
    const visit = (id: NodeId): void => {
      if (needed[id] === 1) return;
      needed[id] = 1;
      const node = graph.node(id);
      for (const arg of node.args) visit(arg);
      if (node.op === "fixpoint") for (const result of graph.fixpoints[node.group]?.results ?? []) needed[result] = 1;
    };
    if (only !== undefined) {
      only.forEach(visit);
      return needed;
    }
    for (const { node } of tests) visit(node);
    if (order !== undefined) [order.set, order.before, order.input, order.restricted].forEach(visit);
    for (const { nodes, input } of choices) [...nodes, input].forEach(visit);
    for (const id of shown) visit(id);
    return needed;
  }

  /** No variable of the fixpoint stands under a negation in its bodies. */
  #isMonotone(group: number): boolean {
    const { graph } = this.#compiled;
    return this.#nodes.every((node) => {
      if (!node.loops.includes(group)) return true;
      if (node.op === "computed") return false;
      return node.op !== "difference" || !graph.node(node.args[1] as NodeId).loops.includes(group);
    });
  }

  // Structures.

  begin(structure: Structure): number {
    const { choices } = this.#compiled;
    this.#structure = structure;
    this.#enter(structure);
    const { evaluated } = this.#kind;
    for (let at = 0; at < evaluated.length; at++) this.#status[evaluated[at] as number] = UNNEEDED;
    for (let at = 0; at < evaluated.length; at++) {
      const id = evaluated[at] as number;
      this.#settle1(id, this.#nodes[id] as GraphNode, structure);
    }
    this.#branches = choices.map((_, index) => this.#choices(index));
    let branches = 1;
    for (const { length } of this.#branches) branches *= length;
    if (branches > 0) this.branch(0);
    return branches;
  }

  /** The ways in which a `with` can go. Where all that it looks at is empty in structures of this kind, they are the same for all of these. */
  #choices(index: number): readonly Relation[] {
    return this.#commonChoices(this.#kind, index, this.#n) ?? this.#chosen(this.#ground(EXACT), index);
  }

  #chosen(ground: Ground, index: number): readonly Relation[] {
    const { from, place } = this.#compiled.choices[index] as Compiled["choices"][number];
    return choicesOf(ground, from, place);
  }

  /** The ways in which a `with` can go in all structures of a kind with so many events; undefined where they differ. */
  #commonChoices(kind: Kind, index: number, n: number): readonly Relation[] | undefined {
    const known = kind.choices[index]?.get(n);
    if (known !== undefined) return known;
    const ways = kind.emptyChoices[index];
    if (ways !== undefined) {
      if (ways < 0) return undefined;
      const found = Array.from({ length: ways }, () => emptyRelation(n));
      kind.choices[index]?.set(n, found);
      return found;
    }
    let common = true;
    let sized = false;
    const nothing = { set: emptySet(n), relation: emptyRelation(n) };
    const found = this.#chosen(
      {
        ...this.#ground(EXACT),
        n,
        get loc() {
          common = false;
          return nothing.relation;
        },
        read: (node) => {
          const { kind: of } = this.#nodes[node] as GraphNode;
          if (kind.nothing[node] !== 1) common = false;
          return { kind: of, bits: nothing[of].slice() };
        },
        asksForAll: () => {
          sized = true;
        },
      },
      index,
    );
    if (!common) {
      kind.emptyChoices[index] = -1;
      return undefined;
    }
    // Without any event in what is read, and nothing made of all of them, no relation that comes out has a pair.
    if (!sized) kind.emptyChoices[index] = found.length;
    kind.choices[index]?.set(n, found);
    return found;
  }

  whole(structure: Structure): readonly string[] | undefined | "open" {
    const kind = this.#kindFor(structure);
    return this.#judge.judge(structure, kind, (choice) => this.#commonChoices(kind, choice, structure.n));
  }

  /** What is known of structures of this kind. */
  #kindFor(structure: Structure): Kind {
    const key = kindKey(this.#nodes, this.#given, structure);
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear();
      kind = kindOf(this.#compiled, this.#visible, structure.shows === true ? this.#showable : this.#tested, structure);
      this.#kinds.set(key, kind);
    }
    return kind;
  }

  /** Takes up what is known of structures of this kind. */
  #enter(structure: Structure): void {
    const { n, shows } = structure;
    const needed = shows === true ? this.#showable : this.#tested;
    const kind = this.#kindFor(structure);
    if (kind === this.#kind && n === this.#n) return;
    if (n !== this.#n || this.#pool.length === 0) this.#resize(n);
    this.#kind = kind;
    this.#needed = needed;
    const { empty } = kind;
    const count = this.#count;
    for (let at = 0; at < empty.length; at++) {
      const id = empty[at] as number;
      const none = (this.#nodes[id] as GraphNode).kind === "set" ? this.#noSet : this.#noRelation;
      this.#status[id] = SETTLED;
      this.#nothing[id] = 1;
      this.#values[id] = none;
      this.#values[id + count] = none;
      this.#values[id + 2 * count] = none;
    }
  }

  #resize(n: number): void {
    this.#n = n;
    let known = this.#pools.get(n);
    if (known === undefined) {
      if (this.#pools.size >= 64) this.#pools.clear();
      known = {
        pool: Array.from({ length: this.#count * 3 }, () => undefined),
        scratch: emptyRelation(n),
        noSet: emptySet(n),
        noRelation: emptyRelation(n),
      };
      this.#pools.set(n, known);
    }
    this.#pool = known.pool;
    this.#scratch = known.scratch;
    this.#noSet = known.noSet;
    this.#noRelation = known.noRelation;
  }

  /** The buffer of a value. */
  #own(value: number, kind: NodeKind): Int32Array {
    let buffer = this.#pool[value];
    if (buffer === undefined) {
      buffer = kind === "set" ? emptySet(this.#n) : emptyRelation(this.#n);
      this.#pool[value] = buffer;
    }
    return buffer;
  }

  /** Makes `bits` the value of a node in all executions. */
  #fix(id: NodeId, bits: Int32Array, nothing = isEmpty(bits)): void {
    this.#status[id] = SETTLED;
    this.#nothing[id] = nothing ? 1 : 0;
    this.#values[id] = bits;
    this.#values[id + this.#count] = bits;
    this.#values[id + 2 * this.#count] = bits;
  }

  /** Evaluates a node all of whose operands are settled. */
  #settle1(id: NodeId, node: GraphNode, structure: Structure): void {
    if (this.#needed[id] === 0 || this.#status[id] === SETTLED) return;
    const n = this.#n;
    const code = this.#codes[id] as number;
    if (code >= 0) {
      const a = this.#first[id] as number;
      const b = this.#second[id] as number;
      if (this.#simple(id, node, code, a, b)) return;
      const own = this.#own(id, node.kind);
      operate(code, own, this.#values[a] as Int32Array, this.#values[b] as Int32Array, n, this.#scratch);
      this.#fix(id, own);
      return;
    }
    if (node.op === "input") {
      const given = node.kind === "set" ? structure.sets.get(node.name) : structure.relations.get(node.name);
      const own = given ?? this.#own(id, node.kind);
      if (given === undefined) own.fill(0);
      this.#fix(id, own);
      return;
    }
    const own = this.#own(id, node.kind);
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
        this.#fixpoint(node.group, EXACT);
        for (const result of (this.#compiled.graph.fixpoints[node.group] as Fixpoint).results)
          this.#fix(result, this.#own(result, this.#nodes[result]?.kind ?? "relation"));
        return;
      case "computed":
        take(own, this.#compute(node.index, EXACT));
        break;
      default:
        throw new Error(`${node.op} is no operation`);
    }
    this.#fix(id, own);
  }

  /** Is the operand settled, with nothing in it? */
  #isNothing(id: NodeId): boolean {
    return this.#status[id] === SETTLED && this.#nothing[id] === 1;
  }

  /** Gives a node the value that follows from an operand with nothing in it; false where none has. */
  #simple(id: NodeId, node: GraphNode, code: number, a: NodeId, b: NodeId): boolean {
    const noA = this.#isNothing(a);
    const noB = this.#isNothing(b);
    if (!noA && !noB) return false;
    if (code === UNION || code === DIFFERENCE) {
      const same = noB ? a : code === UNION ? b : undefined;
      if (same === undefined) {
        this.#fix(id, node.kind === "set" ? this.#noSet : this.#noRelation, true);
      } else if (this.#status[same] === SETTLED) {
        this.#fix(id, this.#values[same] as Int32Array, this.#nothing[same] === 1);
      } else this.#share(id, same);
      return true;
    }
    this.#fix(id, node.kind === "set" ? this.#noSet : this.#noRelation, true);
    return true;
  }

  /** Lets an open node be the same as another. */
  #share(id: NodeId, same: NodeId): void {
    const count = this.#count;
    this.#status[id] = OPEN;
    const root = this.#alias[same] as number;
    this.#alias[id] = root;
    this.#values[id] = this.#values[root] as Int32Array;
    this.#values[id + count] = this.#values[root + count] as Int32Array;
    this.#values[id + 2 * count] = this.#values[root + 2 * count] as Int32Array;
  }

  branch(branch: number): void {
    const { choices, order } = this.#compiled;
    const structure = this.#structure as Structure;
    const n = this.#n;
    let rest = branch;
    for (const [index, choice] of choices.entries()) {
      const list = this.#branches[index] as readonly Relation[];
      this.#fix(choice.input, list[rest % list.length] as Relation);
      rest = Math.floor(rest / list.length);
    }
    this.#exact = undefined;
    this.#prune = undefined;
    this.#settle = undefined;
    this.#flagged = undefined;
    this.#flagsMost = undefined;
    this.#flagsLeast = undefined;
    this.#shown.clear();
    this.#bodies.clear();
    this.#dependencies.length = 0;
    this.#changedAt.fill(0);
    this.#epoch = 1;
    this.exactBounds = true;
    const { chosen } = this.#kind;
    const status = this.#status;
    for (let at = 0; at < chosen.length; at++) status[chosen[at] as number] = UNNEEDED;
    for (let at = 0; at < chosen.length; at++) {
      const id = chosen[at] as number;
      const node = this.#nodes[id] as GraphNode;
      if ((node.reads & READS_EXECUTION) === 0) this.#settle1(id, node, structure);
      else if (status[id] === UNNEEDED) {
        this.#open(id, node, structure);
        if (this.#status[id] === OPEN && this.#isLoose(node)) this.exactBounds = false;
        // Nothing more has to be known of a structure that fails a check whatever is chosen.
        if (this.#decides[id]?.some((index) => this.#decide(index) === false)) {
          this.#dead = true;
          this.#decisions = [];
          this.ordered = emptySet(n);
          this.orderedBefore = emptyRelation(n);
          return;
        }
      }
    }
    if (order !== undefined) {
      this.ordered = this.#values[order.set] as EventSet;
      this.orderedBefore = (this.#values[order.restricted + MUST * this.#count] as Relation).slice();
    } else {
      this.ordered = emptySet(this.#n);
      this.orderedBefore = emptyRelation(this.#n);
    }
    const decisions: (boolean | undefined)[] = [];
    this.#dead = false;
    let open = false;
    let openFlags = false;
    for (let index = 0; index < this.#tests.length; index++) {
      const { role, node, test } = this.#tests[index] as Compiled["tests"][number];
      // Nothing is acyclic, irreflexive and empty.
      const outcome = this.#isNothing(node) ? !test.negated : this.#decide(index);
      decisions.push(outcome);
      if (role === "check") {
        if (outcome === false) this.#dead = true;
        else if (outcome === undefined) open = true;
      } else if (outcome === undefined) openFlags = true;
    }
    this.#decisions = decisions;
    this.#isOpen = open;
    this.#hasOpenFlags = openFlags;
  }

  /** Are the bounds of an open node wider than its value even where those of rf and co meet? */
  #isLoose({ op, reads, group }: GraphNode): boolean {
    if (op === "input") return false;
    if (op === "computed" || (op === "fixpoint" && this.#monotone[group] !== true)) return true;
    return (reads & (READS_VALUES | READS_FINALS)) !== 0;
  }

  /** Evaluates the bounds of a node with nothing chosen. */
  #open(id: NodeId, node: GraphNode, structure: Structure): void {
    const n = this.#n;
    const count = this.#count;
    const code = this.#codes[id] as number;
    const a = this.#first[id] as number;
    const b = this.#second[id] as number;
    if (code >= 0) {
      if (this.#simple(id, node, code, a, b)) return;
      if (this.#status[a] === SETTLED && this.#status[b] === SETTLED) {
        this.#settle1(id, node, structure);
        return;
      }
    }
    const must = this.#own(id + count, node.kind);
    const may = this.#own(id + 2 * count, node.kind);
    if (node.op === "fixpoint") {
      const { results } = this.#compiled.graph.fixpoints[node.group] as Fixpoint;
      if ((this.#operands[node.group] as readonly NodeId[]).every((each) => this.#status[each] === SETTLED)) {
        this.#fixpoint(node.group, EXACT);
        for (const result of results) this.#fix(result, this.#own(result, (this.#nodes[result] as GraphNode).kind));
        return;
      }
      this.#fixpoint(node.group, MUST);
      this.#fixpoint(node.group, MAY);
      for (const result of results) this.#finish(result, this.#nodes[result] as GraphNode);
      return;
    }
    if (node.op === "input") this.#bounds(node, must, may, structure);
    else if (node.op === "computed") {
      must.fill(0);
      if (node.kind === "set") fullSetInto(may, n);
      else fullInto(may, n);
    } else {
      const values = this.#values;
      const negated = code === DIFFERENCE;
      operate(code, must, values[a + count] as Int32Array, values[b + (negated ? 2 : 1) * count] as Int32Array, n, this.#scratch);
      if (this.#isStrict(id)) operate(STRICT_PLUS, may, values[a + 2 * count] as Int32Array, must, n, this.#scratch);
      else operate(code, may, values[a + 2 * count] as Int32Array, values[b + (negated ? 1 : 2) * count] as Int32Array, n, this.#scratch);
    }
    this.#finish(id, node);
  }

  #bounds(node: GraphNode, must: Int32Array, may: Int32Array, structure: Structure): void {
    const { order } = this.#compiled;
    const isCo = order !== undefined && this.#nodes[order.input] === node;
    const given = node.name === "rf" ? structure.rf : isCo ? structure.co : undefined;
    if (given !== undefined) {
      take(must, given.must);
      take(may, given.may);
      return;
    }
    if (node.name === "FW" && structure.finals !== undefined && structure.shows !== true && !this.#kind.asksFinals) {
      take(must, structure.finals);
      take(may, structure.finals);
      return;
    }
    must.fill(0);
    if (node.kind === "set") fullSetInto(may, this.#n);
    else if (node.name === "rf" || isCo) {
      const loc = structure.relations.get("loc");
      if (loc === undefined) fullInto(may, this.#n);
      else take(may, loc);
      if (isCo) {
        const ordered = this.#values[(order as { set: NodeId }).set] as Int32Array;
        operate(4, may, may.slice(), ordered, this.#n, this.#scratch);
        operate(5, may, may.slice(), ordered, this.#n, this.#scratch);
      }
    } else fullInto(may, this.#n);
  }

  /** With the bounds evaluated: is the node settled, the same as another, or open? */
  #finish(id: NodeId, node: GraphNode): void {
    const count = this.#count;
    const must = this.#own(id + count, node.kind);
    const may = this.#own(id + 2 * count, node.kind);
    if (isEqual(must, may)) {
      const own = this.#own(id, node.kind);
      take(own, must);
      this.#fix(id, own);
      return;
    }
    const same = this.#sameAs(node, may);
    if (same !== undefined) {
      this.#share(id, same);
      return;
    }
    this.#status[id] = OPEN;
    this.#alias[id] = id;
    this.#values[id] = this.#own(id, node.kind);
    this.#values[id + count] = must;
    this.#values[id + 2 * count] = may;
  }

  /** An open operand that the node equals in every execution of the structure. */
  #sameAs(node: GraphNode, may: Int32Array): NodeId | undefined {
    const [a, b] = node.args as [NodeId, NodeId | undefined];
    // The order that the caller gives is transitive.
    if (node.op === "plus" && this.#status[a as NodeId] === OPEN && this.#alias[a as NodeId] === this.#compiled.order?.input) return a;
    if (b === undefined || node.op === "fixpoint") return undefined;
    const count = this.#count;
    const mayOf = (of: NodeId): Int32Array => this.#values[of + 2 * count] as Int32Array;
    const mustOf = (of: NodeId): Int32Array => this.#values[of + count] as Int32Array;
    switch (node.op) {
      case "union":
        if (this.#status[a] === OPEN && isSubset(mayOf(b), mustOf(a))) return a;
        if (this.#status[b] === OPEN && isSubset(mayOf(a), mustOf(b))) return b;
        return undefined;
      case "intersection":
        if (this.#status[a] === OPEN && isSubset(mayOf(a), mustOf(b))) return a;
        if (this.#status[b] === OPEN && isSubset(mayOf(b), mustOf(a))) return b;
        return undefined;
      case "difference":
        return this.#status[a] === OPEN && this.#status[b] === SETTLED && isEqual(may, mayOf(a)) ? a : undefined;
      case "restrict-domain":
      case "restrict-range":
        return this.#status[a] === OPEN && this.#status[b] === SETTLED && isEqual(may, mayOf(a)) ? a : undefined;
      default:
        return undefined;
    }
  }

  // Lists.

  /** The value of a node in a plane, as a number; settled nodes have one value, aliases that of their root. */
  #valueOf(id: NodeId, plane: Plane): number {
    if (this.#status[id] === SETTLED) return id;
    return (this.#status[id] === OPEN ? (this.#alias[id] as number) : id) + plane * this.#count;
  }

  /** Appends what a node needs in a plane, and the node. */
  #emit(list: List, emitted: Set<number>, id: NodeId, plane: Plane): void {
    if (this.#status[id] === SETTLED) return;
    const root = this.#alias[id] as number;
    const value = root + plane * this.#count;
    if (emitted.has(value)) return;
    emitted.add(value);
    const node = this.#nodes[root] as GraphNode;
    if (node.op === "input") return;
    if (node.op === "fixpoint") {
      const { results } = this.#compiled.graph.fixpoints[node.group] as Fixpoint;
      for (const result of results) emitted.add(result + plane * this.#count);
      if (plane !== EXACT && !this.#monotone[node.group]) return;
      this.#bodiesOf(node.group, plane);
      const outside = this.#outside(node.group, plane);
      for (const [of, at] of outside) this.#emit(list, emitted, of, at);
      this.#dependencies.push(outside.map(([of, at]) => this.#valueOf(of, at)));
      append(list, FIXPOINT, node.group, plane, this.#dependencies.length - 1);
      return;
    }
    if (node.op === "computed") {
      if (plane !== EXACT) return;
      for (const arg of node.args) this.#emit(list, emitted, arg, plane);
      this.#dependencies.push(node.args.map((arg) => this.#valueOf(arg, plane)));
      append(list, COMPUTE, value, node.index, this.#dependencies.length - 1);
      return;
    }
    const [a, b = a] = node.args as [NodeId, NodeId?];
    const second = node.op === "difference" ? opposite(plane) : plane;
    this.#emit(list, emitted, a, plane);
    this.#emit(list, emitted, b, second);
    const strictPlus = plane === MAY && this.#isStrict(root);
    if (strictPlus) this.#emit(list, emitted, root, MUST);
    append(
      list,
      strictPlus ? STRICT_PLUS : (this.#codes[root] as number),
      value,
      this.#valueOf(a, plane),
      strictPlus ? root + this.#count : this.#valueOf(b, second),
    );
  }

  /** A closure that no execution has circles in, as the caller sees to coherence: what may be in it is no event with itself. */
  #isStrict(id: NodeId): boolean {
    return this.#structure?.assured?.coherence === true && this.#compiled.strict.has(id);
  }

  /** Of the nodes that stand outside of a fixpoint's bodies, those that the bodies read. */
  #outside(group: number, plane: Plane): [NodeId, Plane][] {
    const found = new Map<string, [NodeId, Plane]>();
    const seen = new Set<string>();
    const visit = (id: NodeId, at: Plane): void => {
      const key = `${id} ${at}`;
      if (seen.has(key)) return;
      seen.add(key);
      const node = this.#nodes[id] as GraphNode;
      if (!node.loops.includes(group)) {
        found.set(key, [id, at]);
        return;
      }
      if (node.op === "variable") return;
      for (const [index, arg] of node.args.entries()) visit(arg, node.op === "difference" && index === 1 ? opposite(at) : at);
    };
    for (const body of (this.#compiled.graph.fixpoints[group] as Fixpoint).bodies) visit(body, plane);
    return [...found.values()];
  }

  /** A list for each body of a fixpoint, of the nodes in it that read its variables. */
  #bodiesOf(group: number, plane: Plane): List[] {
    const key = group * 3 + plane;
    const known = this.#bodies.get(key);
    if (known !== undefined) return known;
    const { bodies } = this.#compiled.graph.fixpoints[group] as Fixpoint;
    const lists = bodies.map((body) => {
      const list = newList();
      const seen = new Set<number>();
      const visit = (id: NodeId, at: Plane): void => {
        const node = this.#nodes[id] as GraphNode;
        const value = id + at * this.#count;
        if (!node.loops.includes(group) || seen.has(value)) return;
        seen.add(value);
        this.#values[value] = this.#own(value, node.kind);
        if (node.op === "variable") return;
        if (node.op === "fixpoint") {
          for (const [of, inner] of this.#outside(node.group, at)) visit(of, inner);
          this.#bodiesOf(node.group, at);
          for (const result of (this.#compiled.graph.fixpoints[node.group] as Fixpoint).results) {
            seen.add(result + at * this.#count);
            this.#values[result + at * this.#count] = this.#own(result + at * this.#count, node.kind);
          }
          this.#dependencies.push([]);
          append(list, FIXPOINT, node.group, at, this.#dependencies.length - 1);
          return;
        }
        const [a, b = a] = node.args as [NodeId, NodeId?];
        const second = node.op === "difference" ? opposite(at) : at;
        visit(a, at);
        visit(b, second);
        append(list, this.#codes[id] as number, value, this.#valueOf(a, at), this.#valueOf(b, second));
      };
      visit(body, plane);
      return list;
    });
    this.#bodies.set(key, lists);
    return lists;
  }

  /** Evaluates a fixpoint in a plane, into the buffers of its results; true if one changed. */
  #fixpoint(group: number, plane: Plane): boolean {
    const { variables, bodies, results } = this.#compiled.graph.fixpoints[group] as Fixpoint;
    const count = this.#count;
    if (plane !== EXACT && !this.#monotone[group]) {
      // Nothing is known of it.
      for (const result of results) {
        const { kind } = this.#nodes[result] as GraphNode;
        const own = this.#own(result + plane * count, kind);
        if (plane === MUST) own.fill(0);
        else if (kind === "set") fullSetInto(own, this.#n);
        else fullInto(own, this.#n);
      }
      return false;
    }
    const lists = this.#bodiesOf(group, plane);
    const now = variables.map((variable) => {
      const own = this.#own(variable + plane * count, (this.#nodes[variable] as GraphNode).kind);
      this.#values[variable + plane * count] = own;
      own.fill(0);
      return own;
    });
    for (let grew = true; grew; ) {
      grew = false;
      for (const [index, list] of lists.entries()) {
        this.#runAll(list);
        const body = this.#values[this.#valueOf(bodies[index] as NodeId, plane)] as Int32Array;
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
      const own = this.#own(value, (this.#nodes[result] as GraphNode).kind);
      if (take(own, now[index] as Int32Array)) {
        changed = true;
        this.#changedAt[value] = this.#epoch;
      }
    }
    return changed;
  }

  /** Runs every operation of a list. */
  #runAll(list: List): void {
    const { code, d, a, b } = list;
    for (let at = 0; at < code.length; at++) {
      if (code[at] === FIXPOINT) this.#fixpoint(d[at] as number, a[at] as Plane);
      else {
        operate(
          code[at] as number,
          this.#values[d[at] as number] as Int32Array,
          this.#values[a[at] as number] as Int32Array,
          this.#values[b[at] as number] as Int32Array,
          this.#n,
          this.#scratch,
        );
      }
    }
  }

  /** Runs the operations of a list whose operands have changed. Stops at the first test that comes out `unwanted`: gives false then. */
  #run(list: List, unwanted: boolean | undefined): boolean {
    const { code, d, a, b, ranAt } = list;
    const values = this.#values;
    const changedAt = this.#changedAt;
    const epoch = ++this.#epoch;
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
          this.#n,
          this.#scratch,
        );
        if (changed) changedAt[into] = epoch;
      } else if (operation === TEST) {
        const index = b[at] as number;
        if (last < 0 || (changedAt[a[at] as number] as number) > last) {
          ranAt[at] = epoch;
          this.#results[index] = this.#passes(index, values[a[at] as number] as Int32Array) ? 1 : 0;
          d[at] = this.#results[index] as number;
        }
        if (unwanted !== undefined && (d[at] === 1) === unwanted) return false;
        this.#results[index] = d[at] as number;
      } else {
        const dependencies = this.#dependencies[b[at] as number] as number[];
        if (last >= 0 && dependencies.every((value) => (changedAt[value] as number) <= last)) continue;
        ranAt[at] = epoch;
        if (operation === FIXPOINT) this.#fixpoint(d[at] as number, a[at] as Plane);
        else if (take(values[d[at] as number] as Int32Array, this.#compute(a[at] as number, EXACT))) changedAt[d[at] as number] = epoch;
      }
    }
    return true;
  }

  /** Is a relation as a test wants it? */
  #passes(index: number, value: Int32Array): boolean {
    const { test } = this.#tests[index] as Compiled["tests"][number];
    const plain =
      test.test === "empty"
        ? isEmpty(value)
        : test.test === "acyclic"
          ? isAcyclic(value, this.#n, this.#scratch)
          : isIrreflexive(value, this.#n);
    return plain !== test.negated;
  }

  /** The outcome of a test that is the same for all executions of the branch; undefined where there is none. */
  #decide(index: number): boolean | undefined {
    const { test, node } = this.#tests[index] as Compiled["tests"][number];
    const plane = (at: Plane): boolean => this.#passes(index, this.#values[this.#valueOf(node, at)] as Int32Array);
    if (this.#status[node] === SETTLED) return plane(EXACT);
    // Larger relations are harder to pass; with a negation, easier.
    const most = plane(test.negated ? MUST : MAY);
    if (most) return true;
    return plane(test.negated ? MAY : MUST) ? undefined : false;
  }

  /** Does the caller see to this check itself? Only where what the check says beyond that concerns lock events, which have their own rules (lock.cat), or nothing. */
  #isAssured(index: number): boolean {
    const assured = this.#structure?.assured;
    if (assured === undefined) return false;
    const { coherence, atomicity } = this.#compiled.assurable;
    const beyond = (assured.coherence ? coherence.get(index) : undefined) ?? (assured.atomicity ? atomicity.get(index) : undefined);
    return beyond?.every((node) => this.#amongLocks(this.#values[this.#valueOf(node, MAY)] as Int32Array)) ?? false;
  }

  /** Does every pair of a relation have a lock event in it? */
  #amongLocks(relation: Relation): boolean {
    const n = this.#n;
    const words = wordsFor(n);
    const locks = emptySet(n);
    for (const name of ["LKR", "LKW", "UL"]) {
      const set = this.#structure?.sets.get(name);
      if (set !== undefined) for (let word = 0; word < words; word++) locks[word] = (locks[word] as number) | (set[word] as number);
    }
    for (let e = 0; e < n; e++) {
      if (((locks[e >> 5] as number) >> (e & 31)) & 1) continue;
      for (let word = 0; word < words; word++) {
        if (((relation[e * words + word] as number) & ~(locks[word] as number)) !== 0) return false;
      }
    }
    return true;
  }

  #list(plane: (negated: boolean) => Plane, wanted: (role: Check["role"]) => boolean): List {
    const list = newList();
    const emitted = new Set<number>();
    const open = this.#tests
      .map(({ node, role, test }, index) => ({ node, role, index, plane: plane(test.negated) }))
      .filter(({ role, index }) => wanted(role) && !this.#isAssured(index) && this.#decisions[index] === undefined);
    // What is cheap to know first.
    const sorted = open.sort((x, y) => (this.#costs[x.index] as number) - (this.#costs[y.index] as number));
    for (const test of sorted) {
      this.#emit(list, emitted, test.node, test.plane);
      append(list, TEST, 0, this.#valueOf(test.node, test.plane), test.index);
    }
    return list;
  }

  #set(id: NodeId | undefined, plane: Plane, bits: Int32Array): void {
    if (id === undefined || this.#status[id] !== OPEN) return;
    const value = id + plane * this.#count;
    if (take(this.#values[value] as Int32Array, bits)) this.#changedAt[value] = this.#epoch + 1;
  }

  #setBounds(rf: Bounds, co: Bounds, finals: EventSet | undefined): void {
    const { order } = this.#compiled;
    const rfInput = this.#inputs.get("rf");
    this.#set(rfInput, MUST, rf.must);
    this.#set(rfInput, MAY, rf.may);
    this.#set(order?.input, MUST, co.must);
    this.#set(order?.input, MAY, co.may);
    const finalInput = this.#inputs.get("FW");
    if (finalInput === undefined || this.#status[finalInput] !== OPEN) return;
    if (finals !== undefined) {
      this.#set(finalInput, MUST, finals);
      this.#set(finalInput, MAY, finals);
    } else {
      this.#set(finalInput, MUST, emptySet(this.#n));
      const all = emptySet(this.#n);
      fullSetInto(all, this.#n);
      this.#set(finalInput, MAY, all);
    }
  }

  // Judging.

  prune(rf: Bounds, co: Bounds, finals?: EventSet): boolean {
    if (this.#dead) return false;
    if (!this.#isOpen) return true;
    this.#prune ??= this.#list(
      (negated) => (negated ? MAY : MUST),
      (role) => role === "check",
    );
    this.#setBounds(rf, co, finals);
    return this.#run(this.#prune, false);
  }

  settled(rf: Bounds, co: Bounds, finals?: EventSet): boolean {
    if (this.#dead) return false;
    if (!this.#isOpen) {
      if (this.#hasOpenFlags) this.#setBounds(rf, co, finals);
      return true;
    }
    this.#settle ??= this.#list(
      (negated) => (negated ? MUST : MAY),
      (role) => role === "check",
    );
    this.#setBounds(rf, co, finals);
    return this.#run(this.#settle, false);
  }

  settledFlags(): readonly string[] | undefined {
    const open = this.#tests.flatMap(({ role }, index) =>
      (role === "flag" || role === "undefined-unless") && this.#decisions[index] === undefined ? [index] : [],
    );
    const outcome = new Map<number, boolean>();
    if (open.length > 0) {
      // A flag is settled where it is raised in the bound that is harder to raise it in, or not raised in the other.
      const isFlag = (role: Check["role"]): boolean => role === "flag" || role === "undefined-unless";
      this.#flagsMost ??= this.#list((negated) => (negated ? MAY : MUST), isFlag);
      this.#run(this.#flagsMost, undefined);
      const most = open.map((index) => this.#results[index] === 1);
      this.#flagsLeast ??= this.#list((negated) => (negated ? MUST : MAY), isFlag);
      this.#run(this.#flagsLeast, undefined);
      for (const [at, index] of open.entries()) {
        const least = this.#results[index] === 1;
        if (most[at] !== least) return undefined;
        outcome.set(index, least);
      }
    }
    const flags: string[] = [];
    for (const [index, { role, test }] of this.#tests.entries()) {
      if (role !== "flag" && role !== "undefined-unless") continue;
      const passed = outcome.get(index) ?? this.#decisions[index];
      const flag = role === "flag" ? (passed ? test.name : undefined) : passed ? undefined : "Undef";
      if (flag !== undefined && !flags.includes(flag)) flags.push(flag);
    }
    return flags;
  }

  check(rf: Relation, co: Relation, finals?: EventSet, sameValue?: Relation): boolean {
    this.#setExact(rf, co, finals, sameValue);
    if (this.#dead) return false;
    this.#exact ??= this.#list(
      () => EXACT,
      (role) => role === "check",
    );
    return this.#run(this.#exact, false);
  }

  #setExact(rf: Relation, co: Relation, finals: EventSet | undefined, sameValue: Relation | undefined): void {
    const { order } = this.#compiled;
    this.#set(this.#inputs.get("rf"), EXACT, rf);
    this.#set(order?.input, EXACT, co);
    const finalInput = this.#inputs.get("FW");
    if (finalInput !== undefined && this.#status[finalInput] === OPEN) this.#set(finalInput, EXACT, finals ?? this.#last(co));
    if (sameValue !== undefined) this.#set(this.#inputs.get("same-value"), EXACT, sameValue);
  }

  /** Ordered events that nothing comes after. */
  #last(co: Relation): EventSet {
    const last = emptySet(this.#n);
    const words = wordsFor(this.#n);
    const writes = this.#structure?.sets.get("W") ?? this.ordered;
    for (let e = 0; e < this.#n; e++) {
      let any = 0;
      for (let word = 0; word < words; word++) any |= co[e * words + word] as number;
      const bit = 1 << (e & 31);
      if (any === 0 && ((this.ordered[e >> 5] as number) & (writes[e >> 5] as number) & bit) !== 0)
        last[e >> 5] = (last[e >> 5] as number) | bit;
    }
    return last;
  }

  /** The outcomes of the tests with these roles, by index. */
  #outcomes(wanted: (role: Check["role"]) => boolean): Map<number, boolean> {
    this.#flagged ??= this.#list(
      () => EXACT,
      () => true,
    );
    this.#run(this.#flagged, undefined);
    const outcomes = new Map<number, boolean>();
    for (const [index, { role }] of this.#tests.entries()) {
      if (wanted(role)) outcomes.set(index, this.#isAssured(index) || (this.#decisions[index] ?? this.#results[index] === 1));
    }
    return outcomes;
  }

  flags(): readonly string[] {
    const flags: string[] = [];
    for (const [index, passed] of this.#outcomes((role) => role === "flag" || role === "undefined-unless")) {
      const { role, test } = this.#tests[index] as Compiled["tests"][number];
      const flag = role === "flag" ? (passed ? test.name : undefined) : passed ? undefined : "Undef";
      if (flag !== undefined && !flags.includes(flag)) flags.push(flag);
    }
    return flags;
  }

  failures(): readonly number[] {
    return this.#failing("check");
  }

  assertions(): readonly number[] {
    return this.#failing("assert");
  }

  #failing(role: Check["role"]): number[] {
    return [...this.#outcomes((of) => of === role)].filter(([index, passed]) => !passed && index < this.#visible).map(([index]) => index);
  }

  judged(index: number): Relation | undefined {
    const test = this.#tests[index];
    if (test === undefined || this.#nodes[test.node]?.kind !== "relation") return undefined;
    return this.#exactValue(test.node);
  }

  shown(
    name: string,
  ): { readonly kind: "relation"; readonly relation: Relation } | { readonly kind: "set"; readonly set: EventSet } | undefined {
    const node = this.#compiled.named.get(name);
    if (node === undefined) return undefined;
    const bits = this.#exactValue(node);
    return this.#nodes[node]?.kind === "set" ? { kind: "set", set: bits } : { kind: "relation", relation: bits };
  }

  #exactValue(node: NodeId): Int32Array {
    if (this.#status[node] !== SETTLED) {
      let list = this.#shown.get(node);
      if (list === undefined) {
        list = newList();
        this.#emit(list, new Set(), node, EXACT);
        this.#shown.set(node, list);
      }
      this.#run(list, undefined);
    }
    return this.#values[this.#valueOf(node, EXACT)] as Int32Array;
  }

  #ground(plane: Plane): Ground {
    const { context } = this.#compiled;
    const loc = this.#structure?.relations.get("loc") ?? emptyRelation(this.#n);
    return {
      n: this.#n,
      loc,
      read: (node) => ({
        kind: (this.#nodes[node] as GraphNode).kind,
        bits: (this.#values[this.#valueOf(node, plane)] as Int32Array).slice(),
      }),
      enumerations: context.enumerations,
      variant: (condition) => (isComparison(condition) ? undefined : holdsVariant(context, condition)),
    };
  }

  /** Interprets computation number `index`. */
  #compute(index: number, plane: Plane): Int32Array {
    const { from } = this.#compiled.computations[index] as Compiled["computations"][number];
    const value = interpretDynamic(this.#ground(plane), from);
    const relation = emptyRelation(this.#n);
    if (value.kind === "relation") take(relation, value.bits);
    else if (value.kind === "universe") fullInto(relation, this.#n);
    else if (value.kind !== "nothing") throw new TypeError("a set was computed where a relation is needed");
    return relation;
  }
}

function opposite(plane: Plane): Plane {
  return plane === MUST ? MAY : plane === MAY ? MUST : EXACT;
}
