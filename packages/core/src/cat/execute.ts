/** Instructions of a model, run once on symbolic values: what is left are the tests, what is shown, and the choices that an execution makes. */

import { didYouMean } from "../nearest.js";
import { type Context, graphOf, holdsVariant, mismatch } from "./context.js";
import { bindAll, bindPattern, bindRecursively, evaluate, evaluateOrWait } from "./evaluate.js";
import { type NodeId, READS_BRANCH, READS_CO, READS_EXECUTION } from "./graph.js";
import type { Binding, CatModel, Expression, Instruction, ModelTest, Place } from "./syntax.js";
import { CatError, type Dynamic, type Environment, Thunk, type Value } from "./value.js";

/** A test as node. */
export interface CompiledTest {
  readonly role: "check" | "flag" | "undefined-unless" | "assert";
  readonly test: ModelTest;
  readonly node: NodeId;
}

/** `with x from ...`: x is an input, and its values are computed for each structure. */
export interface Choice {
  readonly name: string;
  readonly input: NodeId;
  readonly from: Dynamic | (Value & { kind: "orders" });
  readonly place: Place;
}

export interface Executed {
  readonly tests: CompiledTest[];
  /** The order that the caller enumerates. */
  order: { readonly set: NodeId; readonly before: NodeId; readonly input: NodeId } | undefined;
  readonly choices: Choice[];
  /** What is shown, by name. */
  readonly shows: Map<string, NodeId>;
}

/** Is this left out? A call is asked for by the procedure's name and by its own. */
export type Skip = (role: CompiledTest["role"] | "call", name: string | undefined) => boolean;

/** State of a run: the environment is the one after the last instruction. */
interface Run {
  readonly context: Context;
  readonly executed: Executed;
  environment: Environment;
  readonly skip: Skip;
  /** What is added to relations that the model derives, by their names. */
  readonly added: ReadonlyMap<string, NodeId> | undefined;
  depth: number;
}

/** Runs the instructions; gives the environment after them. */
export function execute(
  context: Context,
  environment: Environment,
  body: readonly Instruction[],
  executed: Executed,
  skip: Skip,
  added?: ReadonlyMap<string, NodeId>,
): Environment {
  const run: Run = { context, executed, environment, skip, added, depth: 0 };
  runAll(run, body);
  return run.environment;
}

function runAll(run: Run, body: readonly Instruction[]): void {
  for (const instruction of body) runOne(run, instruction);
}

function runOne(run: Run, instruction: Instruction): void {
  const { context, executed } = run;
  switch (instruction.kind) {
    case "let":
      run.environment = withAdded(run, instruction.bindings, bindAll(context, run.environment, instruction.bindings));
      return;
    case "let-rec":
      run.environment = bindRecursively(context, run.environment, instruction.bindings);
      if (instruction.when !== undefined) addTest(run, "check", instruction.when);
      return;
    case "test":
      addTest(run, instruction.role, instruction.test);
      return;
    case "match": {
      const value = evaluate(context, run.environment, instruction.of);
      if (value.kind !== "tag") throw mismatch(context, value, "a tag", instruction.of.place);
      const body = instruction.clauses.find(({ tag }) => tag === value.name)?.body ?? instruction.otherwise;
      if (body === undefined) throw new CatError(instruction.place, `no clause of this match is for \`'${value.name}\``);
      runAll(run, body);
      return;
    }
    case "show":
      for (const name of instruction.names) showOne(run, name, run.environment);
      return;
    case "unshow":
      for (const name of instruction.names) executed.shows.delete(name);
      return;
    case "show-as": {
      try {
        const value = evaluateOrWait(context, run.environment, instruction.of);
        if (value.kind === "graph") executed.shows.set(instruction.name, value.node);
      } catch (error) {
        // As in herd7: what cannot be evaluated is not shown.
        if (!(error instanceof CatError)) throw error;
      }
      return;
    }
    case "include":
      if (instruction.body === undefined) {
        throw new CatError(
          instruction.place,
          `the file \`${instruction.name}\` is not found`,
          "give its directory with -I; those of Fencepost's library are always there",
        );
      }
      runAll(run, instruction.body);
      return;
    case "procedure": {
      const value: Value = { kind: "procedure", parameters: instruction.parameters, body: instruction.body, environment: run.environment };
      run.environment = run.environment.with(instruction.name, value);
      if (instruction.recursive) value.environment = run.environment;
      return;
    }
    case "call":
      call(run, instruction);
      return;
    case "forall": {
      const value = evaluate(context, run.environment, instruction.of);
      if (value.kind === "nothing") return;
      if (value.kind !== "tags")
        throw new CatError(instruction.of.place, "`forall` goes over sets of tags; over the events of an execution it is not supported");
      const before = run.environment;
      for (const name of value.names) {
        run.environment = before.with(instruction.name, { kind: "tag", enumeration: value.enumeration, name });
        runAll(run, instruction.body);
      }
      run.environment = before;
      return;
    }
    case "with":
      choose(run, instruction);
      return;
    case "if":
      runAll(run, holdsVariant(context, instruction.condition) ? instruction.yes : instruction.no);
      return;
    case "enum":
      declareEnumeration(run, instruction);
      return;
    case "events":
    case "debug":
      return;
  }
}

function withAdded({ context, added }: Run, bindings: readonly Binding[], environment: Environment): Environment {
  let result = environment;
  for (const { pattern, place } of bindings) {
    const name = pattern.kind === "one" ? pattern.name : undefined;
    const more = name === undefined ? undefined : added?.get(name);
    const bound = name === undefined ? undefined : environment.find(name);
    if (name === undefined || more === undefined || bound === undefined) continue;
    const { graph } = context;
    result = result.with(
      name,
      new Thunk(() => ({ kind: "graph", node: graph.union(graphOf(context, bound.value, "relation", place), more) })),
    );
  }
  return result;
}

function declareEnumeration(run: Run, instruction: Instruction & { kind: "enum" }): void {
  const { context } = run;
  context.enumerations.set(instruction.name, instruction.tags);
  for (const tag of instruction.tags) context.tags.set(tag, instruction.name);
  run.environment = run.environment.with(instruction.name, { kind: "tags", enumeration: instruction.name, names: instruction.tags });
}

function addTest(run: Run, role: CompiledTest["role"], test: ModelTest): void {
  const { context, executed, skip } = run;
  if (skip(role, test.name)) return;
  const value = evaluateOrWait(context, run.environment, test.of);
  if (test.test !== "empty") {
    executed.tests.push({ role, test, node: graphOf(context, value, "relation", test.of.place) });
    return;
  }
  const node =
    value.kind === "graph"
      ? value.node
      : value.kind === "dynamic"
        ? context.computed(value, test.of.place)
        : graphOf(context, value, "relation", test.of.place);
  executed.tests.push({ role, test, node });
}

function showOne(run: Run, name: string, environment: Environment): void {
  const thunk = environment.find(name);
  if (thunk === undefined) return;
  try {
    const { value } = thunk;
    if (value.kind === "graph") run.executed.shows.set(name, value.node);
    if (value.kind === "nothing") run.executed.shows.set(name, run.context.graph.empty("relation"));
    if (value.kind === "universe") run.executed.shows.set(name, run.context.graph.full("relation"));
  } catch (error) {
    if (!(error instanceof CatError)) throw error;
  }
}

function call(run: Run, instruction: Instruction & { kind: "call" }): void {
  const { context, skip } = run;
  if (skip("call", instruction.name) || skip("call", instruction.as)) return;
  const thunk = run.environment.find(instruction.name);
  if (thunk === undefined) {
    throw new CatError(
      instruction.place,
      `nothing defines the procedure \`${instruction.name}\``,
      didYouMean(instruction.name, run.environment.names()),
    );
  }
  const procedure = thunk.value;
  if (procedure.kind !== "procedure") throw mismatch(context, procedure, "a procedure", instruction.place);
  const argument = evaluateOrWait(context, run.environment, instruction.argument);
  if (run.depth >= 200) throw new CatError(instruction.place, "procedures call each other too deeply here: does this recursion end?");
  const before = run.environment;
  run.depth++;
  run.environment = bindPattern(context, procedure.environment, procedure.parameters, argument, instruction.place);
  runAll(run, procedure.body);
  run.depth--;
  run.environment = before;
}

function choose(run: Run, instruction: Instruction & { kind: "with" }): void {
  const { context, executed } = run;
  const { graph } = context;
  const value = evaluateOrWait(context, run.environment, instruction.of);
  if (value.kind === "orders" && executed.order === undefined) {
    const input = graph.input("relation", `with ${instruction.name}`, READS_CO);
    executed.order = { set: value.set, before: value.before, input };
    run.environment = run.environment.with(instruction.name, { kind: "graph", node: input });
    return;
  }
  if (value.kind !== "dynamic" && value.kind !== "orders") throw mismatch(context, value, "a set of relations", instruction.of.place);
  const input = graph.input("relation", `with ${instruction.name} ${executed.choices.length}`, READS_BRANCH);
  const late = value.kind === "dynamic" ? lateLinearisations(run, instruction.of) : undefined;
  if (late !== undefined) executed.tests.push(extensionTest(run, instruction, late, input));
  executed.choices.push({ name: instruction.name, input, from: late?.all ?? value, place: instruction.place });
  run.environment = run.environment.with(instruction.name, { kind: "graph", node: input });
}

/** `linearisations(S, r)`, where r depends on the execution and S does not. */
interface Late {
  readonly set: NodeId;
  readonly before: NodeId;
  /** All orders of S. */
  readonly all: Dynamic;
}

function lateLinearisations({ context, environment }: Run, of: Expression): Late | undefined {
  if (of.kind !== "apply" || of.function.kind !== "name" || of.function.name !== "linearisations") return undefined;
  const pair = of.argument;
  const [first, second] = pair.kind === "tuple" ? pair.elements : [];
  if (pair.kind !== "tuple" || first === undefined || second === undefined || pair.elements.length !== 2) return undefined;
  const { graph } = context;
  const before = graphOf(context, evaluate(context, environment, second), "relation", second.place);
  const set = graphOf(context, evaluate(context, environment, first), "set", first.place);
  if ((graph.node(before).reads & READS_EXECUTION) === 0 || (graph.node(set).reads & READS_EXECUTION) !== 0) return undefined;
  const nothing: Expression = { kind: "empty", place: second.place };
  const all = evaluateOrWait(context, environment, { ...of, argument: { ...pair, elements: [first, nothing] } });
  return all.kind === "dynamic" ? { set, before, all } : undefined;
}

/** Every order of the set is tried; one that does not extend the relation is none of its linearisations. */
function extensionTest(
  { context: { graph } }: Run,
  { name, place }: Instruction & { kind: "with" },
  late: Late,
  input: NodeId,
): CompiledTest {
  const between = graph.restrictRange(graph.restrictDomain(graph.plus(late.before), late.set), late.set);
  const test: ModelTest = { test: "empty", negated: false, of: { kind: "empty", place }, name: `${name} extends`, place };
  return { role: "check", test, node: graph.difference(between, input) };
}

/** The tags that `instructions` declare, by kind of event, and all enumerations: found before anything runs, as the sets of tagged events are inputs. */
export function declaredTags(context: Context, models: readonly CatModel[]): Map<string, string[]> {
  const declared = new Map<string, string[]>();
  const enumerations = new Map<string, readonly string[]>();
  const add = (events: string, tags: readonly string[]): void => {
    const list = declared.get(events) ?? [];
    declared.set(events, [...list, ...tags.filter((tag) => !list.includes(tag))]);
  };
  const walk = (body: readonly Instruction[]): void => {
    for (const instruction of body) {
      if (instruction.kind === "enum") enumerations.set(instruction.name, instruction.tags);
      else if (instruction.kind === "include") walk(instruction.body ?? []);
      else if (instruction.kind === "if") walk(holdsVariant(context, instruction.condition) ? instruction.yes : instruction.no);
      else if (instruction.kind === "events") for (const tags of instruction.tags) add(instruction.events, tagsOf(tags));
    }
  };
  const tagsOf = (expression: Expression): readonly string[] => {
    if (expression.kind === "tag") return [expression.name];
    if (expression.kind === "set") return expression.elements.flatMap(tagsOf);
    if (expression.kind === "binary" && expression.operator === "union") return expression.operands.flatMap(tagsOf);
    if (expression.kind === "name") {
      const tags = enumerations.get(expression.name);
      if (tags !== undefined) return tags;
      throw new CatError(
        expression.place,
        `no enumeration is called \`${expression.name}\``,
        didYouMean(expression.name, enumerations.keys()),
      );
    }
    throw new CatError(expression.place, "tags are declared by an enumeration, a tag or a set of tags");
  };
  for (const model of models) walk(model.body);
  return declared;
}
