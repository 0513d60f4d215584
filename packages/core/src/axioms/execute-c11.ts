/** C11's atomics, as herd7 reads them: a memory order becomes a set (`memory_order_acquire` gives ACQ), and a read-modify-write is one event that reads and writes. */
import type { Expression } from "../litmus/test.js";
import type { Span } from "../source.js";
import type { EventKind, Port } from "./event.js";
import type { EventDetails } from "./execute-state.js";
import { constant, operation, type Term } from "./value.js";

type Call = Extract<Expression, { kind: "call" }>;

interface Result {
  readonly value: Term;
  readonly from: readonly number[];
}

/** What an executor lends. */
export interface Tools<State> {
  readonly fork: (state: State) => State;
  readonly evaluate: (expression: Expression, port: Port, state: State, next: (state: State, result: Result) => void) => void;
  readonly event: (state: State, kind: EventKind, span: Span, more: Omit<EventDetails, "atomic">) => number;
  /** The number that the next event will have. */
  readonly upcoming: (state: State) => number;
  readonly feed: (state: State, from: readonly number[], to: number) => void;
  /** The second happens only after the first, in one instruction. */
  readonly follow: (state: State, first: number, second: number) => void;
  readonly require: (state: State, operator: string, left: Term, right: Term) => void;
  readonly complain: (span: Span, message: string) => void;
}

type Value<State> = {
  readonly arity: number;
  readonly run: (call: Call, port: Port, state: State, next: (state: State, result: Result) => void) => void;
};
type Act<State> = { readonly arity: number; readonly run: (call: Call, state: State, next: (state: State) => void) => void };

const ORDERS: Readonly<Record<string, string>> = {
  memory_order_relaxed: "RLX",
  memory_order_consume: "CON",
  memory_order_acquire: "ACQ",
  memory_order_release: "REL",
  memory_order_acq_rel: "ACQ_REL",
  memory_order_seq_cst: "SC",
};

const FETCHES: Readonly<Record<string, string>> = { add: "+", sub: "-", or: "|", xor: "^", and: "&" };

/** The calls with a value, and those without. */
export function c11Calls<State>(tools: Tools<State>): {
  readonly values: Readonly<Record<string, Value<State>>>;
  readonly acts: Readonly<Record<string, Act<State>>>;
} {
  const { evaluate, event, feed } = tools;
  const argument = (call: Call, index: number): Expression => call.arguments[index] as Expression;
  const order = (call: Call, index: number): readonly string[] => {
    const named = argument(call, index);
    const set = named.kind === "name" ? ORDERS[named.name] : undefined;
    if (set === undefined) tools.complain(named.span, `a memory order is needed here: ${Object.keys(ORDERS).join(", ")}`);
    return ["A", set ?? "SC"];
  };
  const sequential = ["A", "SC"];

  /** One event that reads and writes; `written` is computed from what it reads. */
  const update = (
    state: State,
    call: Call,
    at: Result,
    operand: Result,
    tags: readonly string[],
    written: (read: Term) => Term,
    next: (state: State, result: Result) => void,
  ): void => {
    const read: Term = { kind: "read", event: tools.upcoming(state) };
    const number = event(state, "RW", call.span, { tags, port: "data", address: at.value, value: written(read) });
    feed(state, [...at.from, ...operand.from], number);
    next(state, { value: read, from: [number] });
  };

  const compareExchange = (strong: boolean, explicit: boolean): Value<State> => ({
    arity: explicit ? 5 : 3,
    run: (call, _port, state, next) =>
      evaluate(argument(call, 1), "address", state, (first, expected) =>
        evaluate(argument(call, 0), "address", first, (then, at) => {
          const old = event(then, "R", call.span, { address: expected.value });
          feed(then, expected.from, old);
          const wanted: Term = { kind: "read", event: old };
          const failing = tools.fork(then);
          evaluate(argument(call, 2), "none", then, (last, desired) => {
            tools.require(last, "==", { kind: "read", event: tools.upcoming(last) }, wanted);
            update(
              last,
              call,
              at,
              desired,
              explicit ? order(call, 3) : sequential,
              () => desired.value,
              (end, { from }) => {
                for (const each of from) tools.follow(end, old, each);
                next(end, { value: constant(1), from });
              },
            );
          });
          const read = event(failing, "R", call.span, { tags: explicit ? order(call, 4) : sequential, port: "data", address: at.value });
          feed(failing, at.from, read);
          tools.follow(failing, old, read);
          const seen: Term = { kind: "read", event: read };
          if (strong) tools.require(failing, "!=", seen, wanted);
          const write = event(failing, "W", call.span, { address: expected.value, value: seen });
          feed(failing, [read], write);
          tools.follow(failing, read, write);
          next(failing, { value: constant(0), from: [read] });
        }),
      ),
  });

  const values: Record<string, Value<State>> = {
    atomic_load_explicit: {
      arity: 2,
      run: (call, port, state, next) =>
        evaluate(argument(call, 0), port, state, (then, at) => {
          const number = event(then, "R", call.span, { tags: order(call, 1), port, address: at.value });
          feed(then, at.from, number);
          next(then, { value: { kind: "read", event: number }, from: [number] });
        }),
    },
    atomic_exchange_explicit: {
      arity: 3,
      run: (call, _port, state, next) =>
        evaluate(argument(call, 1), "data", state, (first, value) =>
          evaluate(argument(call, 0), "address", first, (then, at) =>
            update(then, call, at, value, order(call, 2), () => value.value, next),
          ),
        ),
    },
    atomic_compare_exchange_strong: compareExchange(true, false),
    atomic_compare_exchange_weak: compareExchange(false, false),
    atomic_compare_exchange_strong_explicit: compareExchange(true, true),
    atomic_compare_exchange_weak_explicit: compareExchange(false, true),
  };
  values.SCAS = values.atomic_compare_exchange_strong as Value<State>;
  values.WCAS = values.atomic_compare_exchange_weak as Value<State>;
  for (const [name, operator] of Object.entries(FETCHES)) {
    values[`atomic_fetch_${name}_explicit`] = {
      arity: 3,
      run: (call, _port, state, next) =>
        evaluate(argument(call, 1), "data", state, (first, value) =>
          evaluate(argument(call, 0), "address", first, (then, at) =>
            update(then, call, at, value, order(call, 2), (read) => operation(operator, read, value.value) ?? constant(0), next),
          ),
        ),
    };
  }

  const acts: Record<string, Act<State>> = {
    atomic_store_explicit: {
      arity: 3,
      run: (call, state, next) =>
        evaluate(argument(call, 0), "address", state, (first, at) =>
          evaluate(argument(call, 1), "data", first, (then, value) => {
            const number = event(then, "W", call.span, { tags: order(call, 2), address: at.value, value: value.value });
            feed(then, at.from, number);
            feed(then, value.from, number);
            next(then);
          }),
        ),
    },
    atomic_thread_fence: {
      arity: 1,
      run: (call, state, next) => {
        event(state, "F", call.span, { tags: order(call, 0).slice(1) });
        next(state);
      },
    },
  };
  for (const [kind, names] of [
    ["LC", ["lock", "mtx_lock"]],
    ["UL", ["unlock", "mtx_unlock"]],
  ] as const) {
    for (const name of names) {
      acts[name] = {
        arity: 1,
        run: (call, state, next) =>
          evaluate(argument(call, 0), "address", state, (then, at) => {
            feed(then, at.from, event(then, kind, call.span, { address: at.value }));
            next(then);
          }),
      };
    }
  }
  return { values, acts };
}
