/**
 * A model evaluated on the executions of one structure after the other.
 *
 * Each node has up to three values (planes.ts). For each structure the nodes are evaluated once with nothing chosen (settling.ts); what that leaves open becomes lists of operations
 * (operations.ts). docs/decisions/0041-models.md has why the bounds are sound.
 */

import { isAssured } from "./assurance.js";
import { Choices } from "./choices.js";
import type { Compiled } from "./compile.js";
import { type GraphNode, type NodeId, READS_EXECUTION } from "./graph.js";
import { take } from "./kernel.js";
import { type Kind, kindKey, kindOf } from "./kind.js";
import type { Bounds, Check, Session, Structure } from "./model.js";
import { type NodeFacts, nodeFacts } from "./node-facts.js";
import { type List, newList, Operations } from "./operations.js";
import { EXACT, MAY, MUST, OPEN, type Plane, Planes, SETTLED, UNNEEDED } from "./planes.js";
import { type EventSet, emptyRelation, emptySet, fullSetInto, type Relation, wordsFor } from "./relation.js";
import { Settling } from "./settling.js";
import { WholeJudge } from "./whole.js";

/** As many kinds are remembered. */
const MOST_KINDS = 500;

/** Opens a model for structures; `checks` are what it is asked for. */
export function openSession(compiled: Compiled, checks: readonly Check[]): Session {
  return new CatSession(compiled, checks);
}

class CatSession implements Session {
  exactBounds = false;
  ordered: EventSet = emptySet(0);
  orderedBefore: Relation = emptyRelation(0);

  readonly #facts: NodeFacts;
  readonly #planes: Planes;
  readonly #operations: Operations;
  readonly #settling: Settling;
  readonly #choices: Choices;
  readonly #judge: WholeJudge;
  /** What was found out about structures by which of the inputs they have something in. */
  readonly #kinds = new Map<string, Kind>();

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
  /** Flags that the branch does not decide; where there are none, those that it raises. */
  #openFlags: readonly number[] | undefined;
  #decidedFlags: readonly string[] | undefined;
  #flagsMost: List | undefined;
  #flagsLeast: List | undefined;
  readonly #shown = new Map<NodeId, List>();

  constructor(compiled: Compiled, checks: readonly Check[]) {
    this.#facts = nodeFacts(compiled, checks);
    this.#planes = new Planes(this.#facts);
    this.#operations = new Operations(this.#facts, this.#planes);
    this.#settling = new Settling(this.#facts, this.#planes, this.#operations);
    this.#choices = new Choices(this.#facts, this.#planes, this.#operations);
    this.#judge = new WholeJudge(compiled, this.#facts.costs);
  }

  // Structures.

  begin(structure: Structure): number {
    const { choices } = this.#facts.compiled;
    this.#planes.enter(structure, this.#kindFor(structure), this.#neededFor(structure));
    const { evaluated } = this.#planes.kind;
    for (let at = 0; at < evaluated.length; at++) this.#planes.status[evaluated[at] as number] = UNNEEDED;
    for (let at = 0; at < evaluated.length; at++) {
      const id = evaluated[at] as number;
      this.#settling.settle(id, this.#facts.nodes[id] as GraphNode, structure);
    }
    this.#branches = choices.map((_, index) => this.#choices.of(index));
    let branches = 1;
    for (const { length } of this.#branches) branches *= length;
    if (branches > 0) this.branch(0);
    return branches;
  }

  whole(structure: Structure): readonly string[] | undefined | "open" {
    const kind = this.#kindFor(structure);
    return this.#judge.judge(structure, kind, (choice) => this.#choices.common(kind, choice, structure.n));
  }

  #neededFor({ shows }: Structure): Uint8Array {
    return shows === true ? this.#facts.showable : this.#facts.tested;
  }

  /** What is known of structures of this kind. */
  #kindFor(structure: Structure): Kind {
    const key = kindKey(this.#facts.nodes, this.#facts.given, structure);
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear();
      kind = kindOf(this.#facts.compiled, this.#facts.visible, this.#neededFor(structure), structure);
      this.#kinds.set(key, kind);
    }
    return kind;
  }

  branch(branch: number): void {
    const { choices, order } = this.#facts.compiled;
    const structure = this.#planes.structure as Structure;
    const n = this.#planes.n;
    let rest = branch;
    for (const [index, choice] of choices.entries()) {
      const list = this.#branches[index] as readonly Relation[];
      this.#planes.fix(choice.input, list[rest % list.length] as Relation);
      rest = Math.floor(rest / list.length);
    }
    this.#exact = undefined;
    this.#prune = undefined;
    this.#settle = undefined;
    this.#flagged = undefined;
    this.#openFlags = undefined;
    this.#decidedFlags = undefined;
    this.#flagsMost = undefined;
    this.#flagsLeast = undefined;
    this.#shown.clear();
    this.#operations.forget();
    this.exactBounds = true;
    const { chosen } = this.#planes.kind;
    const status = this.#planes.status;
    for (let at = 0; at < chosen.length; at++) status[chosen[at] as number] = UNNEEDED;
    for (let at = 0; at < chosen.length; at++) {
      const id = chosen[at] as number;
      const node = this.#facts.nodes[id] as GraphNode;
      if ((node.reads & READS_EXECUTION) === 0) this.#settling.settle(id, node, structure);
      else if (status[id] === UNNEEDED) {
        this.#settling.open(id, node, structure);
        if (this.#planes.status[id] === OPEN && this.#settling.isLoose(node)) this.exactBounds = false;
        // Nothing more has to be known of a structure that fails a check whatever is chosen.
        if (this.#facts.decides[id]?.some((index) => this.#decide(index) === false)) {
          this.#dead = true;
          this.#decisions = [];
          this.ordered = emptySet(n);
          this.orderedBefore = emptyRelation(n);
          return;
        }
      }
    }
    if (order !== undefined) {
      this.ordered = this.#planes.values[order.set] as EventSet;
      this.orderedBefore = (this.#planes.values[order.restricted + MUST * this.#facts.count] as Relation).slice();
    } else {
      this.ordered = emptySet(this.#planes.n);
      this.orderedBefore = emptyRelation(this.#planes.n);
    }
    const decisions: (boolean | undefined)[] = [];
    this.#dead = false;
    let open = false;
    let openFlags = false;
    for (let index = 0; index < this.#facts.tests.length; index++) {
      const { role, node, test } = this.#facts.tests[index] as Compiled["tests"][number];
      // Nothing is acyclic, irreflexive and empty.
      const outcome = this.#planes.isNothing(node) ? !test.negated : this.#decide(index);
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

  // Lists.

  /** The outcome of a test that is the same for all executions of the branch; undefined where there is none. */
  #decide(index: number): boolean | undefined {
    const { test, node } = this.#facts.tests[index] as Compiled["tests"][number];
    const plane = (at: Plane): boolean => this.#operations.passes(index, this.#planes.values[this.#planes.valueOf(node, at)] as Int32Array);
    if (this.#planes.status[node] === SETTLED) return plane(EXACT);
    // Larger relations are harder to pass; with a negation, easier.
    const most = plane(test.negated ? MUST : MAY);
    if (most) return true;
    return plane(test.negated ? MAY : MUST) ? undefined : false;
  }

  /** Does the caller see to this check itself? */
  #isAssured(index: number): boolean {
    const { structure, n } = this.#planes;
    return isAssured(this.#facts.compiled, structure, n, index, (node) => this.#planes.values[this.#planes.valueOf(node, MAY)] as Relation);
  }

  #list(plane: (negated: boolean) => Plane, wanted: (role: Check["role"]) => boolean): List {
    const list = newList();
    const emitted = new Set<number>();
    const open = this.#facts.tests
      .map(({ node, role, test }, index) => ({ node, role, index, plane: plane(test.negated) }))
      .filter(({ role, index }) => wanted(role) && !this.#isAssured(index) && this.#decisions[index] === undefined);
    // What is cheap to know first.
    const sorted = open.sort((x, y) => (this.#facts.costs[x.index] as number) - (this.#facts.costs[y.index] as number));
    for (const test of sorted) {
      this.#operations.emitTest(list, emitted, test.index, test.plane);
    }
    return list;
  }

  #set(id: NodeId | undefined, plane: Plane, bits: Int32Array): void {
    if (id === undefined || this.#planes.status[id] !== OPEN) return;
    const value = id + plane * this.#facts.count;
    if (take(this.#planes.values[value] as Int32Array, bits)) this.#planes.changedAt[value] = this.#planes.epoch + 1;
  }

  #setBounds(rf: Bounds, co: Bounds, finals: EventSet | undefined): void {
    const { order } = this.#facts.compiled;
    const rfInput = this.#facts.inputs.get("rf");
    this.#set(rfInput, MUST, rf.must);
    this.#set(rfInput, MAY, rf.may);
    this.#set(order?.input, MUST, co.must);
    this.#set(order?.input, MAY, co.may);
    const finalInput = this.#facts.inputs.get("FW");
    if (finalInput === undefined || this.#planes.status[finalInput] !== OPEN) return;
    if (finals !== undefined) {
      this.#set(finalInput, MUST, finals);
      this.#set(finalInput, MAY, finals);
    } else {
      this.#set(finalInput, MUST, emptySet(this.#planes.n));
      const all = emptySet(this.#planes.n);
      fullSetInto(all, this.#planes.n);
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
    return this.#operations.run(this.#prune, false);
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
    return this.#operations.run(this.#settle, false);
  }

  settledFlags(): readonly string[] | undefined {
    const { tests } = this.#facts;
    let open = this.#openFlags;
    if (open === undefined) {
      open = tests.flatMap(({ role }, index) => (isFlag(role) && this.#decisions[index] === undefined ? [index] : []));
      this.#openFlags = open;
    }
    if (open.length === 0) {
      this.#decidedFlags ??= this.#raised(NOTHING_OPEN);
      return this.#decidedFlags;
    }
    const outcome = new Map<number, boolean>();
    // A flag is settled where it is raised in the bound that is harder to raise it in, or not raised in the other.
    this.#flagsMost ??= this.#list((negated) => (negated ? MAY : MUST), isFlag);
    this.#operations.run(this.#flagsMost, undefined);
    const most = open.map((index) => this.#operations.results[index] === 1);
    this.#flagsLeast ??= this.#list((negated) => (negated ? MUST : MAY), isFlag);
    this.#operations.run(this.#flagsLeast, undefined);
    for (const [at, index] of open.entries()) {
      const least = this.#operations.results[index] === 1;
      if (most[at] !== least) return undefined;
      outcome.set(index, least);
    }
    return this.#raised(outcome);
  }

  /** The flags that are raised, with the outcomes of those that the branch does not decide. */
  #raised(outcome: ReadonlyMap<number, boolean>): readonly string[] {
    const flags: string[] = [];
    for (const [index, { role, test }] of this.#facts.tests.entries()) {
      if (!isFlag(role)) continue;
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
    return this.#operations.run(this.#exact, false);
  }

  #setExact(rf: Relation, co: Relation, finals: EventSet | undefined, sameValue: Relation | undefined): void {
    const { order } = this.#facts.compiled;
    this.#set(this.#facts.inputs.get("rf"), EXACT, rf);
    this.#set(order?.input, EXACT, co);
    const finalInput = this.#facts.inputs.get("FW");
    if (finalInput !== undefined && this.#planes.status[finalInput] === OPEN) this.#set(finalInput, EXACT, finals ?? this.#last(co));
    if (sameValue !== undefined) this.#set(this.#facts.inputs.get("same-value"), EXACT, sameValue);
  }

  /** Ordered events that nothing comes after. */
  #last(co: Relation): EventSet {
    const last = emptySet(this.#planes.n);
    const words = wordsFor(this.#planes.n);
    const writes = this.#planes.structure?.sets.get("W") ?? this.ordered;
    for (let e = 0; e < this.#planes.n; e++) {
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
    this.#operations.run(this.#flagged, undefined);
    const outcomes = new Map<number, boolean>();
    for (const [index, { role }] of this.#facts.tests.entries()) {
      if (wanted(role)) outcomes.set(index, this.#isAssured(index) || (this.#decisions[index] ?? this.#operations.results[index] === 1));
    }
    return outcomes;
  }

  flags(): readonly string[] {
    const flags: string[] = [];
    for (const [index, passed] of this.#outcomes((role) => role === "flag" || role === "undefined-unless")) {
      const { role, test } = this.#facts.tests[index] as Compiled["tests"][number];
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
    return [...this.#outcomes((of) => of === role)]
      .filter(([index, passed]) => !passed && index < this.#facts.visible)
      .map(([index]) => index);
  }

  judged(index: number): Relation | undefined {
    const test = this.#facts.tests[index];
    if (test === undefined || this.#facts.nodes[test.node]?.kind !== "relation") return undefined;
    return this.#exactValue(test.node);
  }

  shown(
    name: string,
  ): { readonly kind: "relation"; readonly relation: Relation } | { readonly kind: "set"; readonly set: EventSet } | undefined {
    const node = this.#facts.compiled.named.get(name);
    if (node === undefined) return undefined;
    const bits = this.#exactValue(node);
    return this.#facts.nodes[node]?.kind === "set" ? { kind: "set", set: bits } : { kind: "relation", relation: bits };
  }

  #exactValue(node: NodeId): Int32Array {
    if (this.#planes.status[node] !== SETTLED) {
      let list = this.#shown.get(node);
      if (list === undefined) {
        list = newList();
        this.#operations.emit(list, new Set(), node, EXACT);
        this.#shown.set(node, list);
      }
      this.#operations.run(list, undefined);
    }
    return this.#planes.values[this.#planes.valueOf(node, EXACT)] as Int32Array;
  }
}

const NOTHING_OPEN: ReadonlyMap<number, boolean> = new Map();

function isFlag(role: Check["role"]): boolean {
  return role === "flag" || role === "undefined-unless";
}
