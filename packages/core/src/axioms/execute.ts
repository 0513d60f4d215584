/**
 * Symbolic execution of a thread: every path of its control flow, with the events of each. What herd7 does for C (its CSem) is the reference: which events an instruction has, which of them takes
 * a value from which, and what counts as an address or as data. Values stay terms over what is read; a branch on a term gives two paths, each with a constraint.
 */
import type { Expression, Statement, Thread } from "../litmus/test.js";
import { nearest } from "../nearest.js";
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";
import type { EventKind, Port, ThreadPath } from "./event.js";
import { c11Calls } from "./execute-c11.js";
import { kernelCalls } from "./execute-kernel.js";
import { type EventDetails, fork, link, type Next, placeOf, type Result, require, type State, type Then } from "./execute-state.js";
import type { Macro, Macros } from "./macro.js";
import { once } from "./made-once.js";
import { addressHazard, operationHazard } from "./mistake.js";
import { substitute, substituteStatement } from "./substitute.js";
import { asWord, constant, operation, type Value } from "./value.js";

export interface ExecuteOptions {
  readonly macros: Macros;
  /** Rounds of a loop before a path is cut; herd7's default for C is 2. */
  readonly unroll: number;
  /** The first version of the kernel's model: `mb` of an atomic is a fence before and one after it. */
  readonly fencesAroundAtomics: boolean;
  /** Paths of one thread before the search is given up. */
  readonly maxPaths: number;
  /** Bytes of an element, where the test has arrays, and they have the same. */
  readonly elementSize?: number | undefined;
  /** Branches in which nothing happens are kept: a machine's branch controls what comes after it, too. */
  readonly emptyBranches?: boolean;
  /** What arrays there are: `a[2] b[3]`. */
  readonly arrays?: string;
}

/** What a thread starts with. */
export interface ThreadStart {
  readonly registers: ReadonlyMap<string, Value>;
}

/** More paths than allowed: a budget ran out. */
export class TooManyPaths extends Error {}

const NOTHING: Result = { value: constant(0), from: [] };

/** All paths of a thread; problems are added to the list, and then the paths mean nothing. */
export function executeThread(thread: Thread, start: ThreadStart, options: ExecuteOptions, problems: Problem[]): readonly ThreadPath[] {
  const paths: ThreadPath[] = [];
  const state: State = {
    events: [],
    data: [],
    control: [],
    registerReads: [],
    branches: [],
    constraints: [],
    registers: new Map([...start.registers].map(([name, value]) => [name, { value: constant(value), writer: -1 }])),
    hazards: [],
    instruction: 0,
    cut: false,
  };
  const finish = (end: State): void => {
    if (paths.length >= options.maxPaths) throw new TooManyPaths();
    paths.push({
      events: end.events,
      data: end.data,
      control: end.control,
      registerReads: end.registerReads,
      branches: end.branches,
      constraints: end.constraints,
      registers: new Map([...end.registers].map(([name, { value }]) => [name, value])),
      hazards: end.hazards,
      cut: end.cut,
    });
  };
  const executor = createExecutor(options, problems, finish);
  executor.statements(thread.body, 0, state, finish);
  return paths;
}

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "&&", "||"]);

/** `finish` takes a path that ends before its last statement does. */
function createExecutor(options: ExecuteOptions, problems: Problem[], finish: (state: State) => void) {
  const complain = (span: Span, message: string, hint?: string, code: Problem["code"] = "unsupported"): void => {
    if (problems.some((problem) => problem.span.start === span.start && problem.message === message)) return;
    problems.push({ code, severity: "error", span, message, ...(hint === undefined ? {} : { hint }) });
  };

  const event = (state: State, kind: EventKind, span: Span, more: EventDetails): number => {
    const hazard =
      more.address === undefined ? undefined : addressHazard(more.address, kind === "R", options.arrays ?? "", placeOf(state, span));
    if (hazard !== undefined) state.hazards.push(hazard);
    state.events.push({
      kind,
      tags: more.tags ?? [],
      atomic: more.atomic ?? false,
      port: more.port ?? "none",
      address: more.address,
      value: more.value,
      instruction: state.instruction,
      span,
    });
    return state.events.length - 1;
  };
  const readRegister = (state: State, name: string, port: Port, span: Span): Result => {
    const register = state.registers.get(name) ?? { value: constant(0), writer: -1 };
    const number = event(state, "read", span, { tags: [name], port });
    if (register.writer >= 0) state.registerReads.push([register.writer, number]);
    return { value: register.value, from: [number] };
  };

  const { elementSize } = options;
  const compute = (state: State, written: string, left: Result, right: Result, span: Span): Result => {
    const operator = elementSize !== undefined && (written === "+" || written === "-") ? `${written}${elementSize}` : written;
    const value = operation(operator, left.value, right.value);
    const hazard = operationHazard(operator, left.value, right.value, placeOf(state, span));
    if (hazard !== undefined) state.hazards.push(hazard);
    return { value: value ?? constant(0), from: [...left.from, ...right.from] };
  };

  /** The expression that a raw access takes its address from: `X` in `__load{once}(*X)`. */
  const accessed = (operand: Expression | undefined, callee: string, span: Span): Expression => {
    if (operand?.kind === "unary" && operand.operator === "*") return operand.operand;
    if (operand?.kind === "index") return { kind: "binary", operator: "[]", left: operand.base, right: operand.index, span: operand.span };
    complain(operand?.span ?? span, `${callee} needs a location here, such as \`*x\``, undefined, "arguments");
    return { kind: "integer", value: 0, span };
  };

  const memoryRead = (state: State, at: Result, port: Port, tags: readonly string[], span: Span): Result => {
    const number = event(state, "R", span, { tags, port, address: at.value });
    link(state.data, at.from, number);
    return { value: { kind: "read", event: number }, from: [number] };
  };

  function evaluate(expression: Expression, port: Port, state: State, next: Next): void {
    const { span } = expression;
    switch (expression.kind) {
      case "integer":
        next(state, { value: constant(asWord(expression.value)), from: [] });
        return;
      case "name":
        next(state, readRegister(state, expression.name, port, span));
        return;
      case "index":
        evaluate(accessed(expression, "an access", span), port, state, (then, at) => next(then, memoryRead(then, at, port, [], span)));
        return;
      case "unary":
        evaluateUnary(expression, port, state, next);
        return;
      case "binary":
        evaluateBoth(expression.left, port, expression.right, port, state, (then, left, right) =>
          next(then, compute(then, expression.operator, left, right, span)),
        );
        return;
      case "call":
        evaluateCall(expression, port, state, next);
        return;
      case "conditional":
        complain(span, "a conditional expression is not part of what the axioms run", "write an `if`");
        next(state, NOTHING);
        return;
      case "member":
        complain(span, "the axioms know no device registers", "use `fencepost check`, which runs them");
        next(state, NOTHING);
    }
  }

  function evaluateBoth(
    first: Expression,
    firstPort: Port,
    second: Expression,
    secondPort: Port,
    state: State,
    next: (state: State, first: Result, second: Result) => void,
  ): void {
    evaluate(first, firstPort, state, (then, one) => evaluate(second, secondPort, then, (last, two) => next(last, one, two)));
  }

  function evaluateUnary(expression: Extract<Expression, { kind: "unary" }>, port: Port, state: State, next: Next): void {
    const { span, operand } = expression;
    const zero: Result = { value: constant(0), from: [] };
    switch (expression.operator) {
      case "*":
        evaluate(operand, port, state, (then, at) => next(then, memoryRead(then, at, port, [], span)));
        return;
      case "&":
        if (operand.kind === "unary" && operand.operator === "*") evaluate(operand.operand, port, state, next);
        else if (operand.kind === "name" && !state.registers.has(operand.name)) {
          next(state, { value: constant(operand.name), from: [] });
        } else {
          complain(span, "only the address of a location can be taken");
          next(state, NOTHING);
        }
        return;
      case "!":
        evaluate(operand, port, state, (then, value) => next(then, compute(then, "==", value, zero, span)));
        return;
      case "~":
        evaluate(operand, port, state, (then, value) => next(then, compute(then, "^", value, { value: constant(-1), from: [] }, span)));
        return;
      case "-":
        evaluate(operand, port, state, (then, value) => next(then, compute(then, "-", zero, value, span)));
        return;
      case "+":
        evaluate(operand, port, state, next);
    }
  }

  function expand(macro: Macro, call: Extract<Expression, { kind: "call" }>): ReadonlyMap<string, Expression> | undefined {
    if (macro.parameters.length !== call.arguments.length) {
      const count = `${macro.parameters.length} argument${macro.parameters.length === 1 ? "" : "s"}`;
      complain(call.span, `${call.name} takes ${count}, not ${call.arguments.length}`, undefined, "arguments");
      return undefined;
    }
    return new Map(macro.parameters.map((parameter, index) => [parameter, call.arguments[index] as Expression]));
  }

  function unknownCall(call: Extract<Expression, { kind: "call" }>): void {
    const near = nearest(call.name, options.macros.keys());
    complain(call.span, `Unknown macro ${call.name}`, near === undefined ? undefined : `did you mean ${near}?`, "unknown-call");
  }

  function evaluateCall(expression: Extract<Expression, { kind: "call" }>, port: Port, state: State, next: Next): void {
    const macro = options.macros.get(expression.name);
    if (macro !== undefined) {
      const operands = expand(macro, expression);
      if (macro.body.kind === "statements") {
        complain(expression.span, `${expression.name} gives no value`, undefined, "arguments");
        next(state, NOTHING);
      } else if (operands === undefined) next(state, NOTHING);
      else evaluate(substitute(macro.body.expression, operands, expression.span), port, state, next);
      return;
    }
    const primitive = kernel.values[expression.name] ?? c11().values[expression.name];
    if (primitive === undefined) {
      if (expression.name in kernel.acts || expression.name in c11().acts)
        complain(expression.span, `${expression.name} gives no value`, undefined, "arguments");
      else unknownCall(expression);
      next(state, NOTHING);
      return;
    }
    if (!arity(expression, primitive.arity)) next(state, NOTHING);
    else primitive.run(expression, port, state, next);
  }

  function arity(call: Extract<Expression, { kind: "call" }>, wanted: number): boolean {
    if (call.arguments.length === wanted) return true;
    complain(call.span, `${call.name} takes ${wanted} arguments, not ${call.arguments.length}`, undefined, "arguments");
    return false;
  }

  function store(at: Expression, value: Expression, tags: readonly string[], span: Span, state: State, next: Then): void {
    evaluateBoth(at, "address", value, "data", state, (then, address, stored) => {
      const number = event(then, "W", span, { tags, address: address.value, value: stored.value });
      link(then.data, address.from, number);
      link(then.data, stored.from, number);
      next(then);
    });
  }

  function writeRegister(state: State, name: string, result: Result, span: Span): void {
    const number = event(state, "write", span, { tags: [name] });
    link(state.data, result.from, number);
    state.registers.set(name, { value: result.value, writer: number });
  }

  function statements(list: readonly Statement[], at: number, state: State, next: Then): void {
    const head = list[at];
    if (head === undefined) next(state);
    else statement(head, state, (then) => statements(list, at + 1, then, next));
  }

  function statement(each: Statement, state: State, next: Then): void {
    state.instruction++;
    switch (each.kind) {
      case "declare":
        if (each.value === undefined) {
          next(state);
          return;
        }
        evaluate(each.value, "none", state, (then, result) => {
          writeRegister(then, each.name, result, each.span);
          next(then);
        });
        return;
      case "assign":
        assign(each, state, next);
        return;
      case "expression":
        if (each.expression.kind === "call") callStatement(each.expression, state, next);
        else evaluate(each.expression, "none", state, (then) => next(then));
        return;
      case "if":
        branch(
          each.condition,
          state,
          next,
          (then, after) => statements(each.then, 0, then, after),
          (then, after) => statements(each.else, 0, then, after),
        );
        return;
      case "while":
        loop(each.condition, each.body, [], 0, state, next);
        return;
      case "do":
        statements(each.body, 0, state, (then) => loop(each.condition, each.body, [], 0, then, next));
        return;
      case "for":
        statements(each.start, 0, state, (then) => loop(each.condition, each.body, each.step, 0, then, next));
        return;
      case "block":
        statements(each.body, 0, state, next);
        return;
      case "break":
      case "continue":
      case "return":
      case "atomic":
        complain(each.span, `\`${each.kind}\` is not part of what the axioms run`);
        next(state);
    }
  }

  function assign(each: Extract<Statement, { kind: "assign" }>, state: State, next: Then): void {
    const { target, operator, span } = each;
    const value: Expression = operator === undefined ? each.value : { kind: "binary", operator, left: target, right: each.value, span };
    if (target.kind === "name") {
      evaluate(value, "none", state, (then, result) => {
        writeRegister(then, target.name, result, span);
        next(then);
      });
    } else if ((target.kind === "unary" && target.operator === "*") || target.kind === "index") {
      store(accessed(target, "an assignment", span), value, [], span, state, next);
    } else {
      complain(target.span, "only a register or a location can be assigned to");
      next(state);
    }
  }

  function callStatement(call: Extract<Expression, { kind: "call" }>, state: State, next: Then): void {
    const macro = options.macros.get(call.name);
    if (macro !== undefined && macro.body.kind === "statements") {
      const operands = expand(macro, call);
      if (operands === undefined) next(state);
      else
        statements(
          macro.body.statements.map((each) => substituteStatement(each, operands, call.span)),
          0,
          state,
          next,
        );
      return;
    }
    const primitive = kernel.acts[call.name] ?? c11().acts[call.name];
    if (macro !== undefined || primitive === undefined) evaluate(call, "none", state, (then) => next(then));
    else if (!arity(call, primitive.arity)) next(state);
    else primitive.run(call, state, next);
  }

  function branch(
    condition: Expression,
    state: State,
    next: Then,
    yes: (state: State, after: Then) => void,
    no: (state: State, after: Then) => void,
  ): void {
    const boolean =
      (condition.kind === "binary" && COMPARISONS.has(condition.operator)) || (condition.kind === "unary" && condition.operator === "!");
    const start = state.events.length;
    evaluate(condition, "none", state, (then, result) => {
      const value = boolean ? result.value : (operation("!=", result.value, constant(0)) ?? result.value);
      const end = then.events.length;
      const close =
        (after: Then): Then =>
        (last) => {
          if (last.events.length > end || options.emptyBranches === true) last.branches.push({ start, end, stop: last.events.length });
          after(last);
        };
      then.instruction++;
      if (value.kind === "constant") {
        (value.value !== 0 ? yes : no)(then, close(next));
        return;
      }
      const other = fork(then);
      then.constraints.push({ term: value, holds: true });
      yes(then, close(next));
      other.constraints.push({ term: value, holds: false });
      no(other, close(next));
    });
  }

  function loop(
    condition: Expression | undefined,
    body: readonly Statement[],
    step: readonly Statement[],
    round: number,
    state: State,
    next: Then,
  ): void {
    const test: Expression = condition ?? { kind: "integer", value: 1, span: { start: 0, end: 0 } };
    branch(
      test,
      state,
      next,
      (then, after) => {
        if (round >= options.unroll) {
          event(then, "cutoff", test.span, {});
          then.cut = true;
          finish(then);
        } else {
          statements([...body, ...step], 0, then, (last) => {
            last.instruction++;
            loop(condition, body, step, round + 1, last, after);
          });
        }
      },
      (then, after) => after(then),
    );
  }

  const kernel = kernelCalls({
    fencesAroundAtomics: options.fencesAroundAtomics,
    evaluate,
    evaluateBoth,
    event,
    compute,
    accessed,
    memoryRead,
    store,
    complain,
  });
  // Made where a test asks for one: most have none.
  const c11 = once(() =>
    c11Calls<State>({
      fork,
      evaluate,
      event,
      upcoming: (state) => state.events.length,
      feed: (state, from, to) => link(state.data, from, to),
      follow: (state, first, second) => {
        state.control.push([first, second]);
      },
      require,
      complain: (span, message) => complain(span, message, undefined, "arguments"),
    }),
  );

  return { statements };
}
