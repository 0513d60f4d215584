/** The kernel's primitives, as herd7's macro files name them (`__load`, `__xchg`, `__lock`...): the events of each. */
import type { Expression } from "../litmus/test.js";
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";
import type { EventKind, Port } from "./event.js";
import { type EventDetails, fork, link, type Next, type Result, require, type State, type Then } from "./execute-state.js";
import { constant, type Term } from "./value.js";

type Call = Extract<Expression, { kind: "call" }>;

/** A call with a value. */
export interface ValueCall {
  readonly arity: number;
  readonly run: (call: Call, port: Port, state: State, next: Next) => void;
}

/** A call without one. */
export interface ActCall {
  readonly arity: number;
  readonly run: (call: Call, state: State, next: Then) => void;
}

/** What an executor lends. */
export interface KernelTools {
  readonly fencesAroundAtomics: boolean;
  readonly evaluate: (expression: Expression, port: Port, state: State, next: Next) => void;
  readonly evaluateBoth: (
    first: Expression,
    firstPort: Port,
    second: Expression,
    secondPort: Port,
    state: State,
    next: (state: State, first: Result, second: Result) => void,
  ) => void;
  readonly event: (state: State, kind: EventKind, span: Span, more: EventDetails) => number;
  readonly compute: (state: State, operator: string, left: Result, right: Result, span: Span) => Result;
  /** The expression that a raw access takes its address from. */
  readonly accessed: (operand: Expression | undefined, callee: string, span: Span) => Expression;
  readonly memoryRead: (state: State, at: Result, port: Port, tags: readonly string[], span: Span) => Result;
  readonly store: (at: Expression, value: Expression, tags: readonly string[], span: Span, state: State, next: Then) => void;
  readonly complain: (span: Span, message: string, hint?: string, code?: Problem["code"]) => void;
}

const ATOMIC_OPERATORS = new Set(["+", "-", "&", "|", "^", "&~"]);

/** The calls with a value, and those without. */
export function kernelCalls(tools: KernelTools): {
  readonly values: Readonly<Record<string, ValueCall>>;
  readonly acts: Readonly<Record<string, ActCall>>;
} {
  const { fencesAroundAtomics, evaluate, evaluateBoth, event, compute, accessed, memoryRead, store, complain } = tools;
  const argument = (call: Call, index: number): Expression => call.arguments[index] as Expression;

  /** In the first version of the model a full barrier is a fence before and one after. Its words are in lower case; those of the macros of the second (`MB`) mean nothing to it, as in herd7. */
  function withFences(
    call: Call,
    always: boolean,
    state: State,
    next: Next,
    run: (state: State, tags: { readonly read: readonly string[]; readonly write: readonly string[] }, next: Next) => void,
  ): void {
    const { tags, span } = call;
    if (!fencesAroundAtomics) {
      run(state, { read: tags, write: tags }, next);
      return;
    }
    const tag = always ? "mb" : tags[0];
    const split = {
      read: tag === "acquire" ? tags : ["once"],
      write: tag === "release" ? tags : ["once"],
    };
    if (tag !== "mb") {
      run(state, split, next);
      return;
    }
    const fence = ["mb"];
    const before = event(state, "F", span, { tags: fence });
    run(state, split, (then, result) => {
      const first = before + 1;
      const after = event(then, "F", span, { tags: fence });
      for (let each = first; each < after; each++) then.control.push([before, each], [each, after]);
      then.control.push([before, after]);
      next(then, { value: result.value, from: [] });
    });
  }

  function exchange(call: Call, port: Port, state: State, next: Next): void {
    withFences(call, false, state, next, (inner, tags, then) =>
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

  function compareExchange(call: Call, _port: Port, state: State, next: Next): void {
    const failing = fork(state);
    withFences(call, false, state, next, (inner, tags, then) =>
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
    const tags = fencesAroundAtomics ? ["once"] : call.tags;
    evaluateBoth(argument(call, 0), "address", argument(call, 1), "none", failing, (last, at, old) => {
      const read = event(last, "R", call.span, { tags, atomic: true, port: "data", address: at.value });
      link(last.data, at.from, read);
      const seen: Term = { kind: "read", event: read };
      require(last, "!=", old.value, seen);
      next(last, { value: seen, from: [read] });
    });
  }

  /** `__atomic_op_return{mb}(x, +, v)` and its like. The order of the operands is location, operator, value. */
  function atomicOperation(
    call: Call,
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

  /** The first version takes it for a full barrier whatever it is called. */
  function addUnless(call: Call, _port: Port, state: State, next: Next): void {
    const failing = fork(state);
    const operands = (from: State, then: (state: State, at: Result, unless: Result) => void): void =>
      evaluateBoth(argument(call, 0), "address", argument(call, 2), "none", from, then);
    withFences(call, true, state, next, (inner, tags, then) =>
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
      const tags = fencesAroundAtomics ? ["once"] : call.tags;
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

  const values: Record<string, ValueCall> = {
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
        withFences(call, false, state, next, (inner, tags, then) => atomicOperation(call, "new", tags, inner, then)),
    },
    __atomic_fetch_op: {
      arity: 3,
      run: (call, _port, state, next) =>
        withFences(call, false, state, next, (inner, tags, then) => atomicOperation(call, "old", tags, inner, then)),
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

  const acts: Record<string, ActCall> = {
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
        const tags = fencesAroundAtomics ? { read: ["noreturn"], write: ["once"] } : { read: call.tags, write: call.tags };
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

  return { values, acts };
}
