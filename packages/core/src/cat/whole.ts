/**
 * A model judged on structures that have one execution: nothing is open, so each node has one value, and the nodes are run through once. For structures of one kind the operations stand in one
 * list, without those that have nothing to do in any of them; a check that fails ends it.
 */
import type { Compiled } from "./compile.js";
import { type Fixpoint, type GraphNode, type NodeId } from "./graph.js";
import { CODES, operate } from "./kernel.js";
import type { Kind } from "./kind.js";
import type { Structure } from "./model.js";
import {
  emptyRelation,
  emptySet,
  fullInto,
  fullSetInto,
  identityInto,
  isAcyclic,
  isEmpty,
  isIrreflexive,
  type Relation,
} from "./relation.js";

const UNION = CODES.get("union") as number;
const DIFFERENCE = CODES.get("difference") as number;

/** Codes of entries beyond those of the kernel. */
const TEST = 100;
const FIXPOINT = 101;
const FULL = 102;
const IDENTITY = 103;

/** Operations in order. Values are numbers of slots: the nodes', and one each for an empty relation and an empty set. */
interface List {
  readonly code: number[];
  /** Slot of the result; of a test, its number; of a fixpoint, its group. */
  readonly into: number[];
  readonly a: number[];
  readonly b: number[];
}

/** All that is done for structures of one kind. */
interface Program {
  readonly list: List;
  /** Inputs that are read, and what gives them: the structure by name, or one of the dynamic ones. */
  readonly inputs: readonly { readonly slot: number; readonly from: "set" | "relation" | "rf" | "co" | "finals"; readonly name: string }[];
  /** Inputs that the model itself chooses, with the number of the choice. */
  readonly choices: readonly { readonly slot: number; readonly choice: number }[];
  /** The bodies of the fixpoints that are met, by group. */
  readonly bodies: ReadonlyMap<number, readonly List[]>;
  /** Slots of the bodies' values, resolved. */
  readonly ends: ReadonlyMap<number, readonly number[]>;
}

/** Buffers for structures of so many events. */
interface Buffers {
  readonly own: Int32Array[];
  readonly scratch: Int32Array;
  readonly noSet: Int32Array;
  readonly noRelation: Int32Array;
}

/** A test that raises a flag where its outcome is `raisedWhere`: 1 passed, 0 failed. */
interface Flag {
  readonly index: number;
  readonly raisedWhere: 0 | 1;
  readonly name: string;
}

/** As many sizes are remembered. */
const MOST_SIZES = 64;

const NONE = new Int32Array(0);

export class WholeJudge {
  readonly #compiled: Compiled;
  readonly #count: number;
  readonly #costs: readonly number[];
  /** By what the caller sees to: coherence 1, atomicity 2. */
  readonly #programs: readonly WeakMap<Kind, Program | "none">[] = Array.from({ length: 4 }, () => new WeakMap());
  readonly #sizes = new Map<number, Buffers>();
  readonly #values: Int32Array[];
  readonly #nothing: Uint8Array;
  readonly #sets: Uint8Array;
  readonly #passed: Uint8Array;
  readonly #flags: readonly Flag[];
  #n = -1;
  #buffers: Buffers = { own: [], scratch: NONE, noSet: NONE, noRelation: NONE };

  /** `costs`: what each test takes to evaluate; cheap ones come first. */
  constructor(compiled: Compiled, costs: readonly number[]) {
    const { nodes } = compiled.graph;
    this.#compiled = compiled;
    this.#count = nodes.length;
    this.#costs = costs;
    this.#values = Array.from({ length: nodes.length + 2 }, () => NONE);
    this.#nothing = new Uint8Array(nodes.length + 2).fill(1, nodes.length);
    this.#sets = Uint8Array.from([...nodes.map(({ kind }) => (kind === "set" ? 1 : 0)), 0, 1]);
    this.#passed = new Uint8Array(compiled.tests.length);
    this.#flags = compiled.tests.flatMap(({ role, test }, index): Flag[] =>
      role === "flag" && test.name !== undefined
        ? [{ index, raisedWhere: 1, name: test.name }]
        : role === "undefined-unless"
          ? [{ index, raisedWhere: 0, name: "Undef" }]
          : [],
    );
  }

  /** The flags that the execution raises, undefined where the model forbids it; "open" where more has to be looked at than this does. `structure.rf.must` and `co.must` are rf and co; `choices`: what the model may choose by itself, the same in all structures of the kind. */
  judge(
    structure: Structure,
    kind: Kind,
    choices: (choice: number) => readonly Relation[] | undefined,
  ): readonly string[] | undefined | "open" {
    const { assured } = structure;
    const known = this.#programs[(assured?.coherence === true ? 1 : 0) + (assured?.atomicity === true ? 2 : 0)] as WeakMap<
      Kind,
      Program | "none"
    >;
    let program = known.get(kind);
    if (program === undefined) {
      program = programFor(this.#compiled, this.#costs, kind, assured) ?? "none";
      known.set(kind, program);
    }
    if (program === "none" || !this.#take(program, structure, choices)) return "open";
    if (!this.#run(program, program.list)) return undefined;
    for (let at = 0; at < this.#flags.length; at++) {
      const { index, raisedWhere } = this.#flags[at] as Flag;
      if (this.#passed[index] === raisedWhere) return this.#raised();
    }
    return NO_FLAGS;
  }

  #raised(): readonly string[] {
    const flags = this.#flags.flatMap(({ index, raisedWhere, name }) => (this.#passed[index] === raisedWhere ? [name] : []));
    return [...new Set(flags)];
  }

  /** Takes up what the structure holds; false where the model has choices of its own to make. */
  #take(program: Program, structure: Structure, choices: (choice: number) => readonly Relation[] | undefined): boolean {
    const { n } = structure;
    const values = this.#values;
    const nothing = this.#nothing;
    if (n !== this.#n) this.#resize(n);
    if (program.choices.length > 0 && !this.#takeChoices(program, choices)) return false;
    const { inputs } = program;
    for (let at = 0; at < inputs.length; at++) {
      const { slot, from, name } = inputs[at] as Program["inputs"][number];
      const bits = inputOf(structure, from, name);
      if (bits === undefined) return false;
      values[slot] = bits;
      nothing[slot] = isEmpty(bits) ? 1 : 0;
    }
    return true;
  }

  #takeChoices(program: Program, choices: (choice: number) => readonly Relation[] | undefined): boolean {
    for (const { slot, choice } of program.choices) {
      const list = choices(choice);
      if (list?.length !== 1) return false;
      this.#values[slot] = list[0] as Relation;
      this.#nothing[slot] = isEmpty(list[0] as Relation) ? 1 : 0;
    }
    return true;
  }

  #resize(n: number): void {
    let buffers = this.#sizes.get(n);
    if (buffers === undefined) {
      if (this.#sizes.size >= MOST_SIZES) this.#sizes.clear();
      buffers = {
        own: Array.from({ length: this.#count }, () => NONE),
        scratch: emptyRelation(n),
        noSet: emptySet(n),
        noRelation: emptyRelation(n),
      };
      this.#sizes.set(n, buffers);
    }
    this.#n = n;
    this.#buffers = buffers;
    this.#values[this.#count] = buffers.noRelation;
    this.#values[this.#count + 1] = buffers.noSet;
  }

  #own(slot: number): Int32Array {
    const { own } = this.#buffers;
    let buffer = own[slot] as Int32Array;
    if (buffer.length === 0) {
      buffer = this.#sets[slot] === 1 ? emptySet(this.#n) : emptyRelation(this.#n);
      own[slot] = buffer;
    }
    return buffer;
  }

  /** Runs a list; false where a check fails. */
  #run(program: Program, { code, into, a, b }: List): boolean {
    const values = this.#values;
    const nothing = this.#nothing;
    const sets = this.#sets;
    const n = this.#n;
    const { own: buffers, scratch, noSet, noRelation } = this.#buffers;
    for (let at = 0; at < code.length; at++) {
      const operation = code[at] as number;
      const slot = into[at] as number;
      const x = a[at] as number;
      const y = b[at] as number;
      if (operation < TEST) {
        if (nothing[x] === 1 || nothing[y] === 1) {
          // An operand with nothing in it leaves nothing, or the other one.
          const same = operation === UNION ? (nothing[x] === 1 ? y : x) : operation === DIFFERENCE ? x : -1;
          if (same >= 0 && nothing[same] === 0) {
            values[slot] = values[same] as Int32Array;
            nothing[slot] = 0;
          } else {
            values[slot] = sets[slot] === 1 ? noSet : noRelation;
            nothing[slot] = 1;
          }
          continue;
        }
        let own = buffers[slot] as Int32Array;
        if (own.length === 0) own = this.#own(slot);
        operate(operation, own, values[x] as Int32Array, values[y] as Int32Array, n, scratch);
        values[slot] = own;
        nothing[slot] = isEmpty(own) ? 1 : 0;
      } else if (operation === TEST) {
        const passed = this.#passes(slot, x);
        if (!passed && y === 1) return false;
        this.#passed[slot] = passed ? 1 : 0;
      } else if (operation === FIXPOINT) this.#fixpoint(program, slot);
      else {
        const own = this.#own(slot);
        if (operation === IDENTITY) identityInto(own, n);
        else if (sets[slot] === 1) fullSetInto(own, n);
        else fullInto(own, n);
        values[slot] = own;
        nothing[slot] = n === 0 ? 1 : 0;
      }
    }
    return true;
  }

  #passes(index: number, slot: number): boolean {
    const { test } = this.#compiled.tests[index] as Compiled["tests"][number];
    if (this.#nothing[slot] === 1) return !test.negated;
    const value = this.#values[slot] as Int32Array;
    const plain =
      test.test === "empty"
        ? false
        : test.test === "acyclic"
          ? isAcyclic(value, this.#n, this.#buffers.scratch)
          : isIrreflexive(value, this.#n);
    return plain !== test.negated;
  }

  /** As herd7 does: all variables start with nothing; the bodies are evaluated in order, until none gains a pair. */
  #fixpoint(program: Program, group: number): void {
    const { variables, results } = this.#compiled.graph.fixpoints[group] as Fixpoint;
    const lists = program.bodies.get(group) as readonly List[];
    const ends = program.ends.get(group) as readonly number[];
    const values = this.#values;
    const nothing = this.#nothing;
    for (const variable of variables) {
      const own = this.#own(variable);
      own.fill(0);
      values[variable] = own;
      nothing[variable] = 1;
    }
    for (let grew = true; grew; ) {
      grew = false;
      for (let index = 0; index < lists.length; index++) {
        this.#run(program, lists[index] as List);
        const variable = variables[index] as number;
        const now = values[variable] as Int32Array;
        const body = values[ends[index] as number] as Int32Array;
        let any = 0;
        for (let at = 0; at < now.length; at++) {
          const word = body[at] as number;
          if ((word & ~(now[at] as number)) !== 0) grew = true;
          now[at] = word;
          any |= word;
        }
        nothing[variable] = any === 0 ? 1 : 0;
      }
    }
    for (let index = 0; index < results.length; index++) {
      const result = results[index] as number;
      values[result] = values[variables[index] as number] as Int32Array;
      nothing[result] = nothing[variables[index] as number] as number;
    }
  }
}

const NO_FLAGS: readonly string[] = [];

function inputOf(structure: Structure, from: Program["inputs"][number]["from"], name: string): Int32Array | undefined {
  switch (from) {
    case "set":
      return structure.sets.get(name);
    case "relation":
      return structure.relations.get(name);
    case "rf":
      return structure.rf?.must;
    case "co":
      return structure.co?.must;
    case "finals":
      return structure.finals;
  }
}

/** The program for a kind; undefined where the model asks for what is not run here: values, what only the interpreter computes, a fixpoint within another. */
function programFor(compiled: Compiled, costs: readonly number[], kind: Kind, assured: Structure["assured"]): Program | undefined {
  const { graph, tests, choices, order, assurable } = compiled;
  const { nodes } = graph;
  const isNothing = (id: NodeId): boolean => kind.nothing[id] === 1;
  let possible = true;
  const inputs: Program["inputs"][number][] = [];
  const chosen: Program["choices"][number][] = [];
  const bodies = new Map<number, readonly List[]>();
  const ends = new Map<number, readonly number[]>();
  const list = newList();
  const emitted = new Set<NodeId>();

  /** The slot that has a node's value: its own, unless an operand that is empty in all structures of the kind makes it another's. */
  const slotOf = (id: NodeId): number => {
    if (isNothing(id)) return graph.kind(id) === "set" ? nodes.length + 1 : nodes.length;
    const { op, args } = nodes[id] as GraphNode;
    const a = args[0] as NodeId;
    const b = args[1] as NodeId;
    if (op === "union" && isNothing(a)) return slotOf(b);
    if ((op === "union" || op === "difference") && isNothing(b)) return slotOf(a);
    return id;
  };
  const addInput = (slot: NodeId, { name, kind: of, reads }: GraphNode): void => {
    const choice = choices.findIndex((each) => each.input === slot);
    if (choice >= 0) chosen.push({ slot, choice });
    else if (slot === order?.input) inputs.push({ slot, from: "co", name });
    else if (name === "rf") inputs.push({ slot, from: "rf", name });
    else if (name === "FW") inputs.push({ slot, from: "finals", name });
    else if (reads === 0) inputs.push({ slot, from: of, name });
    else possible = false;
  };
  /** Appends what a node needs, and the node; in the bodies of a fixpoint only what reads its variables: all else stands before it. */
  const emit = (to: List, seen: Set<NodeId>, id: NodeId, group: number | undefined): void => {
    const slot = slotOf(id);
    if (slot >= nodes.length || seen.has(slot)) return;
    const node = nodes[slot] as GraphNode;
    if (group !== undefined && !node.loops.includes(group)) {
      emit(list, emitted, slot, undefined);
      return;
    }
    seen.add(slot);
    switch (node.op) {
      case "input":
        addInput(slot, node);
        return;
      case "variable":
        return;
      case "full":
        append(to, FULL, slot, 0, 0);
        return;
      case "identity":
        append(to, IDENTITY, slot, 0, 0);
        return;
      case "fixpoint": {
        if (group !== undefined || node.loops.length > 0) possible = false;
        const fixpoint = graph.fixpoints[node.group] as Fixpoint;
        for (const result of fixpoint.results) seen.add(result);
        const inside = new Set<NodeId>();
        const lists = fixpoint.bodies.map((body) => {
          const own = newList();
          emit(own, inside, body, node.group);
          return own;
        });
        bodies.set(node.group, lists);
        ends.set(node.group, fixpoint.bodies.map(slotOf));
        append(to, FIXPOINT, node.group, 0, 0);
        return;
      }
      case "empty":
      case "computed":
        possible = false;
        return;
      default: {
        const [a, b = a] = node.args as [NodeId, NodeId?];
        emit(to, seen, a, group);
        emit(to, seen, b, group);
        append(to, CODES.get(node.op) as number, slot, slotOf(a), slotOf(b));
      }
    }
  };

  const seenTo = (index: number): boolean => {
    const beyond =
      (assured?.coherence === true ? assurable.coherence.get(index) : undefined) ??
      (assured?.atomicity === true ? assurable.atomicity.get(index) : undefined);
    return beyond?.every(isNothing) ?? false;
  };
  const asked = tests.map((test, index) => ({ ...test, index })).filter(({ role, index }) => role !== "assert" && !seenTo(index));
  // What is cheap to know first; flags are only asked of what passes.
  const first = (role: string, index: number): number => (role === "check" ? 0 : 1e9) + (costs[index] as number);
  for (const { node, role, index } of asked.sort((x, y) => first(x.role, x.index) - first(y.role, y.index))) {
    emit(list, emitted, node, undefined);
    append(list, TEST, index, slotOf(node), role === "check" ? 1 : 0);
  }
  return possible ? { list, inputs, choices: chosen, bodies, ends } : undefined;
}

function newList(): List {
  return { code: [], into: [], a: [], b: [] };
}

function append(to: List, code: number, into: number, a: number, b: number): void {
  to.code.push(code);
  to.into.push(into);
  to.a.push(a);
  to.b.push(b);
}
