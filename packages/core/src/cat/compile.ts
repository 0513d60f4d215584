/** Syntax of a model -> graph of operations -> sessions. */
import { BUILTIN_MODELS } from "./builtin.js";
import type { Context } from "./context.js";
import { givenDependencies } from "./dependencies.js";
import { PRIMITIVES, REFUSED_PRIMITIVES } from "./evaluate-primitives.js";
import { type Choice, type CompiledTest, declaredTags, type Executed, execute, type Skip } from "./execute.js";
import { scopeNodes } from "./free.js";
import { Graph, type NodeId, READS_BRANCH, READS_CO, READS_EXECUTION, READS_FINALS, READS_RF, READS_VALUES } from "./graph.js";
import type { CatOutcome, CatProblem, Check, CompiledModel, CompileOptions } from "./model.js";
import { parseCat } from "./parse.js";
import { openSession } from "./session.js";
import type { CatModel, Place } from "./syntax.js";
import { CatError, type Dynamic, Environment, NeedsExecution, type Value } from "./value.js";
import { ARCHITECTURES, wordsOf } from "./vocabulary.js";

/** The check of cos-opt.cat: where it fails there is no order of the writes to go on with, whatever is let through. */
const COHERENT_ORDERS = "ConsCo";

export type * from "./model.js";

/** All that a session needs. */
export interface Compiled {
  readonly graph: Graph;
  readonly tests: readonly CompiledTest[];
  /** The order that the caller enumerates: on which events, what it extends, that on pairs of these events with the same location, and the input that it becomes. */
  readonly order: { readonly set: NodeId; readonly before: NodeId; readonly restricted: NodeId; readonly input: NodeId } | undefined;
  readonly choices: readonly (Choice & { readonly nodes: readonly NodeId[] })[];
  readonly computations: readonly { readonly from: Dynamic; readonly place: Place }[];
  readonly named: ReadonlyMap<string, NodeId>;
  /** What may be asked for besides the tests. */
  readonly shown: readonly NodeId[];
  readonly context: Context;
  /** Tests that say no more than coherence, or atomicity, where the parts listed concern lock events alone: callers may see to them by themselves (`Structure.assured`). */
  readonly assurable: {
    readonly coherence: ReadonlyMap<number, readonly NodeId[]>;
    readonly atomicity: ReadonlyMap<number, readonly NodeId[]>;
  };
  readonly coherent: boolean;
  /** Closures that are part of what the coherence tests want acyclic. */
  readonly strict: ReadonlySet<NodeId>;
}

const DYNAMIC_INPUTS: ReadonlyMap<string, number> = new Map([
  ["rf", READS_RF],
  ["FW", READS_FINALS],
  ["same-value", READS_VALUES],
]);

let standardLibrary: CatModel | undefined;

function standard(): CatModel {
  if (standardLibrary === undefined) {
    const name = "stdlib.cat";
    const read = parseCat({ name, text: BUILTIN_MODELS.get(name) ?? "" });
    if (!read.ok) throw new Error(read.problems[0]?.message);
    standardLibrary = read.value;
  }
  return standardLibrary;
}

/** Compiles a model; problems are mistakes in it (types, names), or what is not supported, by name. */
export function compileModel(model: CatModel, options: CompileOptions = {}): CatOutcome<CompiledModel> {
  const architecture =
    options.architecture ?? (model.architecture !== undefined && ARCHITECTURES.includes(model.architecture) ? model.architecture : "C");
  const graph = new Graph(DYNAMIC_INPUTS);
  const computations: { from: Dynamic; place: Place }[] = [];
  const tagSets = new Map<string, NodeId>();
  const context: Context = {
    graph,
    variant: options.variant ?? (() => false),
    enumerations: new Map(),
    tags: new Map(),
    tagged: (tag) => tagSets.get(tag),
    computed: (dynamic, place) => {
      const nodes = scopeNodes(dynamic);
      if (nodes.some((node) => graph.node(node).loops.length > 0)) {
        throw new CatError(place, "matching on sets inside a recursive set or relation is not supported");
      }
      computations.push({ from: dynamic, place });
      return graph.computed("relation", computations.length - 1, nodes);
    },
  };
  const executed: Executed = { tests: [], order: undefined, choices: [], shows: new Map() };
  const models = options.bell === undefined ? [model] : [options.bell, model];
  try {
    const derives = models.some((one) => one.derivesDependencies);
    const dependencies = derives ? givenDependencies(graph) : undefined;
    let environment = new Environment();
    for (const name of PRIMITIVES) environment.bind(name, { kind: "primitive", name });
    for (const name of REFUSED_PRIMITIVES) environment.bind(name, { kind: "primitive", name });
    for (const { name, kind } of wordsOf(architecture)) environment.bind(name, { kind: "graph", node: graph.input(kind, name) });
    for (const name of options.sets ?? []) environment.bind(name, { kind: "graph", node: graph.input("set", name) });
    for (const name of options.relations ?? []) environment.bind(name, { kind: "graph", node: graph.input("relation", name) });
    environment.bind("id", { kind: "graph", node: graph.identity() });
    const declared = declaredTags(context, models);
    for (const tag of [...declared.values()].flat()) {
      const name = (tag[0] as string).toUpperCase() + tag.slice(1);
      const node = graph.input("set", name);
      tagSets.set(tag, node);
      environment.bind(name, { kind: "graph", node });
    }
    environment = new Environment(environment);
    const { skip: names, through = false } = options;
    const skip: Skip = (role, name) =>
      (name !== undefined && names?.has(name) === true) || (through && role === "check" && name !== COHERENT_ORDERS);
    environment = execute(context, environment, standard().body, executed, skip);
    for (const one of models) environment = execute(context, environment, one.body, executed, skip, dependencies);
    const { named, warnings } = topLevel(environment, models);
    for (const [name, node] of executed.shows) named.set(name, node);
    if (executed.tests.length === 0) {
      const place: Place = { source: model.source, span: { start: 0, end: 1 } };
      warnings.push({
        severity: "warning",
        place,
        message: "this model has no check: it allows every execution",
        hint: "a check is `acyclic r as name`, `empty r` or `irreflexive r`",
      });
    }
    const { order, extension } = orderOf(graph, executed, model);
    const coherence = coherenceTests(graph, executed);
    const compiled: Compiled = {
      coherent: coherence.size > 0,
      assurable: {
        coherence: new Map(
          [...coherence].map((index) => [index, beyondCoherence(graph, executed, (executed.tests[index] as CompiledTest).node)]),
        ),
        atomicity: new Map(
          [...atomicityTests(graph, executed, named)].map((index) => [
            index,
            beyondAtomicity(graph, executed, (executed.tests[index] as CompiledTest).node),
          ]),
        ),
      },
      strict: new Set([...coherence].flatMap((index) => closuresIn(graph, (executed.tests[index] as CompiledTest).node))),
      graph,
      tests: [...executed.tests, ...extension],
      order,
      choices: executed.choices.map((choice) => ({ ...choice, nodes: choiceNodes(graph, choice) })),
      computations,
      named,
      shown: [...named.values()],
      context,
    };
    return { ok: true, value: describeModel(model, compiled, declared, [...executed.shows.keys()]), problems: warnings };
  } catch (error) {
    if (error instanceof CatError) return { ok: false, problems: [error.problem] };
    if (error instanceof NeedsExecution) {
      const problem: CatProblem = {
        severity: "error",
        place: error.place,
        message: "matching on the elements of a set of events is supported in functions, in `let` and in `with`, and not here",
      };
      return { ok: false, problems: [problem] };
    }
    throw error;
  }
}

/** The caller's order must extend what the model says: a test more, that the model's list does not show. */
function orderOf(graph: Graph, { order }: Executed, model: CatModel): { order: Compiled["order"]; extension: CompiledTest[] } {
  if (order === undefined) return { order, extension: [] };
  const between = graph.restrictRange(graph.restrictDomain(graph.plus(order.before), order.set), order.set);
  const restricted = graph.intersection(between, graph.input("relation", "loc"));
  const place: Place = { source: model.source, span: { start: 0, end: 0 } };
  const of = { kind: "empty", place } as const;
  const extension: CompiledTest = {
    role: "check",
    test: { test: "empty", negated: false, of, name: undefined, place },
    node: graph.difference(restricted, order.input),
  };
  return { order: { ...order, restricted }, extension: [extension] };
}

function choiceNodes(graph: Graph, choice: Choice): readonly NodeId[] {
  const nodes =
    choice.from.kind === "orders"
      ? [choice.from.set, choice.from.before, graph.input("relation", "loc")]
      : [...scopeNodes(choice.from), graph.input("relation", "loc")];
  if (nodes.some((node) => (graph.node(node).reads & READS_EXECUTION) !== 0)) {
    throw new CatError(
      choice.place,
      "this `with` chooses from a set that depends on rf, co or values; supported are choices that do not, and one choice of orders by location (`generate_orders`, `generate_cos`)",
    );
  }
  return nodes;
}

/** All bindings of the top level that are sets or relations; a mistake in one that nothing uses is a warning. */
function topLevel(environment: Environment, models: readonly CatModel[]): { named: Map<string, NodeId>; warnings: CatProblem[] } {
  const named = new Map<string, NodeId>();
  const warnings: CatProblem[] = [];
  const sources = new Set(models.map(({ source }) => source));
  for (const name of environment.names()) {
    const thunk = environment.find(name);
    if (thunk === undefined) continue;
    const { used } = thunk;
    try {
      const value: Value = thunk.value;
      if (value.kind === "graph") named.set(name, value.node);
    } catch (error) {
      if (!(error instanceof CatError)) throw error;
      if (!used && sources.has(error.place.source)) warnings.push({ ...error.problem, severity: "warning" });
    }
  }
  return { named, warnings };
}

function describeModel(
  model: CatModel,
  compiled: Compiled,
  annotations: ReadonlyMap<string, readonly string[]>,
  shows: readonly string[],
): CompiledModel {
  const { graph, tests, order, choices, computations } = compiled;
  const sets = new Set<string>();
  const relations = new Set<string>(["loc"]);
  let reads = 0;
  const seen = new Set<NodeId>();
  const visit = (id: NodeId): void => {
    if (seen.has(id)) return;
    seen.add(id);
    const node = graph.node(id);
    if (node.op === "input") {
      reads |= node.reads;
      if (node.reads === 0) (node.kind === "set" ? sets : relations).add(node.name);
    }
    node.args.forEach(visit);
  };
  for (const { node } of tests) visit(node);
  for (const { nodes } of choices) nodes.forEach(visit);
  for (const { from } of computations) scopeNodes(from).forEach(visit);
  if (order !== undefined) [order.set, order.before].forEach(visit);
  const checks: Check[] = (order === undefined ? tests : tests.slice(0, -1)).map(({ role, test, node }) => ({
    name: test.name,
    role,
    test: test.test,
    negated: test.negated,
    place: test.place,
    reads: readsOf(graph.node(node).reads),
  }));
  return {
    title: model.title,
    needs: {
      sets: [...sets].sort(),
      relations: [...relations].sort(),
      finals: (reads & READS_FINALS) !== 0,
      values: (reads & READS_VALUES) !== 0,
    },
    checks,
    shows,
    annotations,
    ordersWrites: order !== undefined,
    coherent: compiled.coherent,
    atomic: compiled.assurable.atomicity.size > 0,
    session: () => openSession(compiled, checks),
  };
}

function readsOf(reads: number): Check["reads"] {
  return {
    rf: (reads & READS_RF) !== 0,
    co: (reads & READS_CO) !== 0,
    finals: (reads & READS_FINALS) !== 0,
    values: (reads & READS_VALUES) !== 0,
    branch: (reads & READS_BRANCH) !== 0,
  };
}

/** Relations that are certainly in a node: those of the unions it is made of, as far as they go. */
function members(graph: Graph, id: NodeId, into = new Set<NodeId>()): Set<NodeId> {
  if (into.has(id)) return into;
  into.add(id);
  const node = graph.node(id);
  if (node.op === "union") for (const arg of node.args) members(graph, arg, into);
  if (node.op === "plus") members(graph, node.args[0] as NodeId, into);
  return into;
}

/** The parts of a union (and of closures in it) that are not unions themselves. */
function parts(graph: Graph, id: NodeId): NodeId[] {
  return [...members(graph, id)].filter((member) => !["union", "plus"].includes(graph.node(member).op));
}

/** The parts of a coherence test that are neither po-loc, rf, co nor fr, nor in one of them. */
function beyondCoherence(graph: Graph, { order }: Executed, id: NodeId): readonly NodeId[] {
  const rf = graph.input("relation", "rf");
  const poLoc = graph.intersection(graph.input("relation", "po"), graph.input("relation", "loc"));
  const known = new Set([rf, poLoc, order?.input]);
  return parts(graph, id).flatMap((part) => {
    if (known.has(part) || restrictedFrom(graph, part).relation === poLoc) return [];
    const node = graph.node(part);
    const product =
      node.op === "difference" && graph.node(node.args[1] as NodeId).op === "identity" ? graph.node(node.args[0] as NodeId) : node;
    if (product.op === "compose" && order !== undefined && readsBefore(graph, new Set([part]), rf, order.input)) {
      const [first, second] = product.args as [NodeId, NodeId];
      const left = graph.node(first).args[0] as NodeId;
      return [...parts(graph, left), ...parts(graph, second)].filter((inner) => !known.has(inner));
    }
    return [part];
  });
}

/** The same of an atomicity test: parts of its rmw, rf and co. */
function beyondAtomicity(graph: Graph, { order }: Executed, id: NodeId): readonly NodeId[] {
  const known = new Set([graph.input("relation", "rmw"), graph.input("relation", "amo"), graph.input("relation", "rf"), order?.input]);
  return graph.node(id).args.flatMap((arg) => {
    const product = graph.node(arg);
    if (product.op !== "compose") return parts(graph, arg).filter((part) => !known.has(part));
    const [fr, co] = (product.args as [NodeId, NodeId]).map((side) => external(graph, side) ?? side) as [NodeId, NodeId];
    return [...beyondCoherence(graph, { order } as Executed, fr), ...parts(graph, co).filter((part) => !known.has(part))];
  });
}

function closuresIn(graph: Graph, id: NodeId): NodeId[] {
  return [...members(graph, id)].filter((member) => graph.node(member).op === "plus");
}

/** Is there a member of the form rf^-1 ; co, with rf and co larger than the inputs? Being without the identity does no harm, where that is checked to be acyclic. */
function readsBefore(graph: Graph, inside: ReadonlySet<NodeId>, rf: NodeId, co: NodeId): boolean {
  for (const id of inside) {
    const node = graph.node(id);
    const product =
      node.op === "difference" && graph.node(node.args[1] as NodeId).op === "identity" ? graph.node(node.args[0] as NodeId) : node;
    if (product.op !== "compose") continue;
    const [first, second] = product.args as [NodeId, NodeId];
    const left = graph.node(first);
    if (left.op === "inverse" && members(graph, left.args[0] as NodeId).has(rf) && members(graph, second).has(co)) return true;
  }
  return false;
}

/** `[a] ; [b] ; r ; [c]`: the relation, and the sets that it is restricted to. */
function restrictedFrom(graph: Graph, id: NodeId): { readonly relation: NodeId; readonly sets: readonly NodeId[] } {
  const { op, args } = graph.node(id);
  if (op !== "restrict-domain" && op !== "restrict-range") return { relation: id, sets: [] };
  const { relation, sets } = restrictedFrom(graph, args[0] as NodeId);
  return { relation, sets: [...sets, args[1] as NodeId] };
}

/** Is this po-loc, on all reads and writes at least? */
function isPoLocOfAccesses(graph: Graph, id: NodeId): boolean {
  const { relation, sets } = restrictedFrom(graph, id);
  const accesses = [graph.input("set", "R"), graph.input("set", "W")];
  return (
    relation === graph.intersection(graph.input("relation", "po"), graph.input("relation", "loc")) &&
    sets.every((set) => accesses.every((access) => members(graph, set).has(access)))
  );
}

function coherenceTests(graph: Graph, { tests, order }: Executed): ReadonlySet<number> {
  if (order === undefined) return new Set();
  const rf = graph.input("relation", "rf");
  const po = graph.input("relation", "po");
  return indices(tests, ({ role, test, node }) => {
    if (role !== "check" || test.negated || test.test !== "acyclic") return false;
    const inside = members(graph, node);
    return (
      inside.has(rf) &&
      inside.has(order.input) &&
      (inside.has(po) || [...inside].some((member) => isPoLocOfAccesses(graph, member))) &&
      readsBefore(graph, inside, rf, order.input)
    );
  });
}

/** x, where a node is `x & ext` or `x \ (x & int)`. */
function external(graph: Graph, id: NodeId): NodeId | undefined {
  const node = graph.node(id);
  const [a, b] = node.args as [NodeId, NodeId];
  if (node.op === "intersection") {
    const ext = graph.input("relation", "ext");
    return a === ext ? b : b === ext ? a : undefined;
  }
  if (node.op !== "difference") return undefined;
  return b === graph.intersection(a, graph.input("relation", "int")) ? a : undefined;
}

function indices(tests: readonly CompiledTest[], wanted: (test: CompiledTest) => boolean): ReadonlySet<number> {
  return new Set(tests.flatMap((test, index) => (wanted(test) ? [index] : [])));
}

function atomicityTests(graph: Graph, { tests, order }: Executed, named: ReadonlyMap<string, NodeId>): ReadonlySet<number> {
  const rmw = named.get("rmw");
  if (order === undefined || rmw === undefined) return new Set();
  const pairs = members(graph, rmw);
  const rf = graph.input("relation", "rf");
  return indices(tests, ({ role, test, node: id }) => {
    const node = graph.node(id);
    if (role !== "check" || test.negated || test.test !== "empty" || node.op !== "intersection") return false;
    if (!node.args.some((arg) => pairs.has(arg) && members(graph, arg).has(graph.input("relation", "rmw")))) return false;
    return node.args.some((arg) => {
      const product = graph.node(arg);
      if (product.op !== "compose") return false;
      const fr = external(graph, product.args[0] as NodeId);
      const co = external(graph, product.args[1] as NodeId);
      return (
        fr !== undefined && co !== undefined && readsBefore(graph, new Set([fr]), rf, order.input) && members(graph, co).has(order.input)
      );
    });
  });
}
