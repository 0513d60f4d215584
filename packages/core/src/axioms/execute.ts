/**
 * Symbolic execution of a thread: every path of its control flow, with the events of each. What herd7 does for C (its CSem) is the reference: which events an instruction has, which of them takes
 * a value from which, and what counts as an address or as data. Values stay terms over what is read; a branch on a term gives two paths, each with a constraint.
 */
import type { Expression, Statement, Thread } from "../litmus/test.js";
import { nearest } from "../nearest.js";
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";
import type { Branch, Constraint, EventKind, Port, ThreadEvent, ThreadPath } from "./event.js";
import { c11Calls } from "./execute-c11.js";
import type { Macro, Macros } from "./macro.js";
import { addressHazard, type Hazard, operationHazard } from "./mistake.js";
import { substitute, substituteStatement } from "./substitute.js";
import { asWord, constant, operation, type Term, type Value } from "./value.js";

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
  /** What arrays there are: `a[2] b[3]`. */
  readonly arrays?: string;
}

/** What a thread starts with. */
export interface ThreadStart {
  readonly registers: ReadonlyMap<string, Value>;
}

/** More paths than allowed: a budget ran out. */
export class TooManyPaths extends Error {}

interface State {
  events: ThreadEvent[];
  data: (readonly [number, number])[];
  control: (readonly [number, number])[];
  registerReads: (readonly [number, number])[];
  branches: Branch[];
  constraints: Constraint[];
  registers: Map<string, { readonly value: Term; readonly writer: number }>;
  hazards: Hazard[];
  instruction: number;
  cut: boolean;
}

function fork(state: State): State {
  return {
    events: state.events.slice(),
    data: state.data.slice(),
    control: state.control.slice(),
    registerReads: state.registerReads.slice(),
    branches: state.branches.slice(),
    constraints: state.constraints.slice(),
    registers: new Map(state.registers),
    hazards: state.hazards.slice(),
    instruction: state.instruction,
    cut: state.cut,
  };
}

/** What an expression came to: its value, and the events that it is handed on by. */
interface Result {
  readonly value: Term;
  readonly from: readonly number[];
}

type Next = (state: State, result: Result) => void;

const placeOf = ({ events, instruction }: State, span: Span) => ({ at: events.length, instruction, span });

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

/** `finish` takes a path that ends before its last statement does. */
function createExecutor(options: ExecuteOptions, problems: Problem[], finish: (state: State) => void) {
  const complain = (span: Span, message: string, hint?: string, code: Problem["code"] = "unsupported"): void => {
    if (problems.some((problem) => problem.span.start === span.start && problem.message === message)) return;
    problems.push({ code, severity: "error", span, message, ...(hint === undefined ? {} : { hint }) });
  };

  const event = (
    state: State,
    kind: EventKind,
    span: Span,
    more: {
      readonly tags?: readonly string[];
      readonly atomic?: boolean;
      readonly port?: Port;
      readonly address?: Term;
      readonly value?: Term;
    },
  ): number => {
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
  const link = (list: (readonly [number, number])[], from: readonly number[], to: number): void => {
    for (const each of from) list.push([each, to]);
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
    complain(call.span, `unknown macro ${call.name}`, near === undefined ? undefined : `did you mean ${near}?`, "unknown-call");
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
    const primitive = VALUES[expression.name] ?? c11.values[expression.name];
    if (primitive === undefined) {
      if (expression.name in ACTS || expression.name in c11.acts)
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

  const argument = (call: Extract<Expression, { kind: "call" }>, index: number): Expression => call.arguments[index] as Expression;

  /** In the first version of the model a full barrier is a fence before and one after. */
  function withFences(
    call: Extract<Expression, { kind: "call" }>,
    state: State,
    next: Next,
    run: (state: State, tags: { readonly read: readonly string[]; readonly write: readonly string[] }, next: Next) => void,
  ): void {
    const { tags, span } = call;
    if (!options.fencesAroundAtomics) {
      run(state, { read: tags, write: tags }, next);
      return;
    }
    const tag = tags[0]?.toLowerCase();
    const split = {
      read: tag === "acquire" ? tags : ["once"],
      write: tag === "release" ? tags : ["once"],
    };
    if (tag !== "mb") {
      run(state, split, next);
      return;
    }
    const before = event(state, "F", span, { tags });
    run(state, split, (then, result) => {
      const first = before + 1;
      const after = event(then, "F", span, { tags });
      for (let each = first; each < after; each++) then.control.push([before, each], [each, after]);
      then.control.push([before, after]);
      next(then, { value: result.value, from: [] });
    });
  }

  function exchange(call: Extract<Expression, { kind: "call" }>, port: Port, state: State, next: Next): void {
    withFences(call, state, next, (inner, tags, then) =>
      evaluateBoth(argument(call, 0), "address", argument(call, 1), "data", inner, (last, at, value) => {
        const read = event(last, "R", call.span, { tags: tags.read, atomic: true, port, address: at.value });
        const write = event(last, "W", call.span, { tags: tags.write, atomic: true, address: at.value, value: value.value });
        link(last.data, at.from, read);
        link(last.data, at.from, write);
        link(last.data, value.from, write);
        last.control.push([read, write]);
        then(last, { value: { kind: "read", event: read }, from: [read] });
      }),
    );
  }

  function compareExchange(call: Extract<Expression, { kind: "call" }>, _port: Port, state: State, next: Next): void {
    const failing = fork(state);
    withFences(call, state, next, (inner, tags, then) =>
      evaluateBoth(argument(call, 0), "address", argument(call, 1), "none", inner, (middle, at, old) =>
        evaluate(argument(call, 2), "data", middle, (last, value) => {
          const read = event(last, "R", call.span, { tags: tags.read, atomic: true, address: at.value });
          const write = event(last, "W", call.span, { tags: tags.write, atomic: true, address: at.value, value: value.value });
          link(last.data, at.from, read);
          link(last.data, at.from, write);
          link(last.data, value.from, write);
          link(last.control, [...old.from, read], write);
          const seen: Term = { kind: "read", event: read };
          require(last, "==", old.value, seen);
          then(last, { value: seen, from: [read] });
        }),
      ),
    );
    const tags = options.fencesAroundAtomics ? ["once"] : call.tags;
    evaluateBoth(argument(call, 0), "address", argument(call, 1), "none", failing, (last, at, old) => {
      const read = event(last, "R", call.span, { tags, atomic: true, port: "data", address: at.value });
      link(last.data, at.from, read);
      const seen: Term = { kind: "read", event: read };
      require(last, "!=", old.value, seen);
      next(last, { value: seen, from: [read] });
    });
  }

  function require(state: State, operator: string, left: Term, right: Term): void {
    const term = operation(operator, left, right);
    if (term !== undefined) state.constraints.push({ term, holds: true });
  }

  /** `__atomic_op_return{mb}(x, +, v)` and its like. The order of the operands is location, operator, value. */
  function atomicOperation(
    call: Extract<Expression, { kind: "call" }>,
    gives: "new" | "old",
    tags: { readonly read: readonly string[]; readonly write: readonly string[] },
    state: State,
    next: Next,
  ): void {
    const sign = argument(call, 1);
    const operator = sign.kind === "name" ? sign.name : "";
    if (!ATOMIC_OPERATORS.has(operator)) complain(sign.span, "an operator is needed here: one of + - & | ^ &~", undefined, "arguments");
    evaluateBoth(argument(call, 2), "data", argument(call, 0), "address", state, (last, value, at) => {
      const read = event(last, "R", call.span, { tags: tags.read, atomic: true, port: "data", address: at.value });
      link(last.data, at.from, read);
      const seen: Term = { kind: "read", event: read };
      const from = [...value.from, read];
      const result = compute(last, operator, { value: seen, from: [] }, { value: value.value, from: [] }, call.span);
      const write = event(last, "W", call.span, { tags: tags.write, atomic: true, address: at.value, value: result.value });
      link(last.data, from, write);
      next(last, { value: gives === "new" ? result.value : seen, from });
    });
  }

  function addUnless(call: Extract<Expression, { kind: "call" }>, _port: Port, state: State, next: Next): void {
    const failing = fork(state);
    const operands = (from: State, then: (state: State, at: Result, unless: Result) => void): void =>
      evaluateBoth(argument(call, 0), "address", argument(call, 2), "none", from, then);
    withFences(call, state, next, (inner, tags, then) =>
      operands(inner, (middle, at, unless) =>
        evaluate(argument(call, 1), "address", middle, (last, value) => {
          const read = event(last, "R", call.span, { tags: tags.read, atomic: true, address: at.value });
          const seen: Term = { kind: "read", event: read };
          const sum = compute(last, "+", { value: seen, from: [] }, { value: value.value, from: [] }, call.span);
          const write = event(last, "W", call.span, { tags: tags.write, atomic: true, address: at.value, value: sum.value });
          link(last.data, at.from, read);
          link(last.data, [...at.from, ...value.from, read], write);
          link(last.control, unless.from, write);
          require(last, "!=", seen, unless.value);
          then(last, { value: constant(1), from: [read, ...unless.from] });
        }),
      ),
    );
    operands(failing, (last, at, unless) => {
      const tags = options.fencesAroundAtomics ? ["once"] : call.tags;
      const read = event(last, "R", call.span, { tags, atomic: true, address: at.value });
      link(last.data, at.from, read);
      const seen: Term = { kind: "read", event: read };
      require(last, "==", seen, unless.value);
      next(last, { value: constant(0), from: [read, ...unless.from] });
    });
  }

  function takeLock(state: State, at: Result, span: Span): number {
    const read = event(state, "LKR", span, { address: at.value });
    const write = event(state, "LKW", span, { address: at.value });
    link(state.data, at.from, read);
    link(state.data, at.from, write);
    state.control.push([read, write]);
    return write;
  }

  /** Calls with a value. */
  const VALUES: Record<
    string,
    { readonly arity: number; readonly run: (call: Extract<Expression, { kind: "call" }>, port: Port, state: State, next: Next) => void }
  > = {
    __load: {
      arity: 1,
      run: (call, port, state, next) =>
        evaluate(accessed(call.arguments[0], call.name, call.span), port, state, (then, at) =>
          next(then, memoryRead(then, at, port, call.tags, call.span)),
        ),
    },
    __xchg: { arity: 2, run: exchange },
    __cmpxchg: { arity: 3, run: compareExchange },
    __atomic_op_return: {
      arity: 3,
      run: (call, _port, state, next) =>
        withFences(call, state, next, (inner, tags, then) => atomicOperation(call, "new", tags, inner, then)),
    },
    __atomic_fetch_op: {
      arity: 3,
      run: (call, _port, state, next) =>
        withFences(call, state, next, (inner, tags, then) => atomicOperation(call, "old", tags, inner, then)),
    },
    __atomic_add_unless: { arity: 3, run: addUnless },
    __trylock: {
      arity: 1,
      run: (call, _port, state, next) =>
        evaluate(argument(call, 0), "none", state, (then, at) => {
          const failing = fork(then);
          next(then, { value: constant(1), from: [takeLock(then, at, call.span)] });
          const failed = event(failing, "LF", call.span, { address: at.value });
          link(failing.data, at.from, failed);
          next(failing, { value: constant(0), from: [failed] });
        }),
    },
    __islocked: {
      arity: 1,
      run: (call, _port, state, next) =>
        evaluate(argument(call, 0), "none", state, (then, at) => {
          const free = fork(then);
          const locked = event(then, "RL", call.span, { address: at.value });
          link(then.data, at.from, locked);
          next(then, { value: constant(1), from: [locked] });
          const unlocked = event(free, "RU", call.span, { address: at.value });
          link(free.data, at.from, unlocked);
          next(free, { value: constant(0), from: [unlocked] });
        }),
    },
    __srcu: {
      arity: 1,
      run: (call, port, state, next) =>
        evaluate(argument(call, 0), port, state, (then, at) => {
          // herd7's cookie: any number that tells the calls apart.
          const cookie = constant(then.instruction * 599 + 307);
          const number = event(then, "SRCU", call.span, { tags: call.tags, address: at.value, value: cookie });
          link(then.data, at.from, number);
          next(then, { value: cookie, from: [number] });
        }),
    },
  };

  type Then = (state: State) => void;

  /** Calls without a value. */
  const ACTS: Record<
    string,
    { readonly arity: number; readonly run: (call: Extract<Expression, { kind: "call" }>, state: State, next: Then) => void }
  > = {
    __store: {
      arity: 2,
      run: (call, state, next) =>
        store(accessed(call.arguments[0], call.name, call.span), argument(call, 1), call.tags, call.span, state, next),
    },
    __fence: {
      arity: 0,
      run: (call, state, next) => {
        event(state, "F", call.span, { tags: call.tags });
        next(state);
      },
    },
    __atomic_op: {
      arity: 3,
      run: (call, state, next) => {
        const tags = options.fencesAroundAtomics ? { read: ["noreturn"], write: ["once"] } : { read: call.tags, write: call.tags };
        atomicOperation(call, "new", tags, state, (then) => next(then));
      },
    },
    __lock: {
      arity: 1,
      run: (call, state, next) =>
        evaluate(argument(call, 0), "address", state, (then, at) => {
          takeLock(then, at, call.span);
          next(then);
        }),
    },
    __unlock: {
      arity: 1,
      run: (call, state, next) =>
        evaluate(argument(call, 0), "address", state, (then, at) => {
          const number = event(then, "UL", call.span, { address: at.value });
          link(then.data, at.from, number);
          next(then);
        }),
    },
  };

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
    const primitive = ACTS[call.name] ?? c11.acts[call.name];
    if (macro !== undefined || primitive === undefined) evaluate(call, "none", state, (then) => next(then));
    else if (!arity(call, primitive.arity)) next(state);
    else primitive.run(call, state, next);
  }

  const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">=", "&&", "||"]);

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
          if (last.events.length > end) last.branches.push({ start, end, stop: last.events.length });
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

  const c11 = c11Calls<State>({
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
  });

  return { statements };
}

const ATOMIC_OPERATORS = new Set(["+", "-", "&", "|", "^", "&~"]);
