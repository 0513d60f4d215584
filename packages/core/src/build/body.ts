/** The body of one thread while it is recorded: its statements, registers and parameters. What CPUs and devices can do stands in `cpu.ts` and `device.ts`. */
import type { Clause, Expression, Statement, Thread } from "../litmus/test.js";
import { didYouMean, primitive, primitiveNames } from "../program/index.js";
import { BuildError } from "./build-error.js";
import type { Condition } from "./condition.js";
import type { Address, Calculated, DeviceName, IoRegister, Memory, Place, Register, Value } from "./handle.js";
import { binary, call, conditionExpression, index, integer, member, NOWHERE, name, perform, unary } from "./tree.js";

/** What can stand between the parentheses of a call. A location stands for itself where the primitive takes `*x`, and for a pointer to it elsewhere. */
export type Argument = Value | Place | IoRegister | DeviceName;

/** What every thread can do, whoever runs it. */
export interface Steps<Of> {
  /** A new register, `int r0;` or `int r0 = initial;`. */
  register(initial?: Value): Register;
  /** `r0 = value;` */
  assign(register: Register, value: Value): void;
  /** `if (condition) { … } else { … }` */
  if(condition: Condition<Of>, then: () => void, otherwise?: () => void): void;
  /** `while (condition) { … }` */
  while(condition: Condition<Of>, body: () => void): void;
  /** `do { … } while (condition);` A loop whose body only reads is a polling loop: it ends by what it reads, however often it looks. */
  doWhile(body: () => void, condition: Condition<Of>): void;
  /** `break;` */
  break(): void;
  /** `udelay(microseconds)`: time passes, and nothing else. No delay is a barrier. */
  udelay(microseconds: number): void;
  /** Any primitive of the language that has no value, by its own name: `call("atomic_inc", counter)`. */
  call(primitive: string, ...list: readonly Argument[]): void;
  /** Any primitive of the language that has a value, by its own name, in a new register: `value("xchg", flag, 1)`. */
  value(primitive: string, ...list: readonly Argument[]): Register;
}

/** Whom a body asks about handles: the test that it is part of. */
export interface Owner {
  /** Throws for a handle of another test. */
  own(handle: object): void;
  /** Makes a handle one of this test's. */
  adopt<Handle extends object>(handle: Handle): Handle;
}

/** Records a body. */
export class Body {
  readonly #parameters = new Map<string, Memory>();
  #statements: Statement[] = [];
  #registers = 0;
  #open = true;

  constructor(
    readonly thread: string,
    readonly role: "cpu" | "device",
    private readonly owner: Owner,
  ) {}

  /** The thread as a tree; nothing can be added afterwards. */
  finish(clauses: readonly Clause[]): Thread {
    this.#open = false;
    const parameters = [...this.#parameters.values()].map((memory) => ({ type: pointerTo(memory.type), name: memory.name, span: NOWHERE }));
    return { name: this.thread, role: this.role, parameters, clauses, body: this.#statements, span: NOWHERE };
  }

  /** A new register, set to `value` where it is given. */
  declare(value?: Expression): Register {
    const register = this.owner.adopt<Register>(Object.freeze({ kind: "register", thread: this.thread, name: `r${this.#registers++}` }));
    this.#emit({ kind: "declare", type: "int", name: register.name, value, span: NOWHERE });
    return register;
  }

  /** Puts a value into the given register, or into a new one. */
  put(value: Expression, into: Register | undefined): Register {
    if (into === undefined) return this.declare(value);
    this.#emit({ kind: "assign", target: this.expression(into), operator: undefined, value, span: NOWHERE });
    return into;
  }

  perform(expression: Expression): void {
    this.#emit(perform(expression));
  }

  store(target: Expression, value: Expression): void {
    this.#emit({ kind: "assign", target, operator: undefined, value, span: NOWHERE });
  }

  atomic(build: () => void): void {
    const body = this.#block(build);
    this.#emit({ kind: "atomic", body, span: NOWHERE });
  }

  /** A call of a primitive; `attributes` follow the arguments. */
  invoke(primitiveName: string, list: readonly Argument[], attributes: readonly string[] = []): Expression {
    const found = primitive(primitiveName);
    if (found === undefined) {
      const hint = didYouMean(primitiveName, primitiveNames());
      throw new BuildError(`there is no primitive \`${primitiveName}\`${hint === undefined ? "" : `: ${hint}`}`);
    }
    // `DMA_WRITEV(*x, value, ...)`: what is written out repeats.
    const form =
      /\((.*)\)/
        .exec(found.form)?.[1]
        ?.split(", ")
        .filter((parameter) => parameter !== "...") ?? [];
    const written = list.map((argument, at) => this.argument(argument, form[at % form.length]?.startsWith("*") ?? false));
    return call(found.name, [...written, ...attributes.map(attribute)]);
  }

  argument(argument: Argument, lvalue: boolean): Expression {
    if (typeof argument === "number") return integer(argument);
    switch (argument.kind) {
      case "memory":
      case "element":
      case "pointee":
        return lvalue ? this.place(argument) : this.pointer(argument);
      case "io":
        return this.io(argument);
      case "device":
        this.owner.own(argument);
        return name(argument.name);
      default:
        return this.expression(argument);
    }
  }

  /** `*x`, `x[1]`, `*r0`. */
  place(place: Place): Expression {
    switch (place.kind) {
      case "memory":
        if (place.length !== undefined)
          throw new BuildError(`\`${place.name}\` is an array: name an element with \`at(${place.name}, 0)\``);
        return unary("*", this.#parameter(place));
      case "element":
        return index(this.#parameter(place.memory), this.expression(place.index));
      case "pointee":
        return unary("*", this.expression(place.pointer));
    }
  }

  /** `x`, `&x[1]`, `r0`. */
  pointer(place: Place): Expression {
    switch (place.kind) {
      case "memory":
        return this.#parameter(place);
      case "element":
        return unary("&", this.place(place));
      case "pointee":
        return this.expression(place.pointer);
    }
  }

  /** `D0.status`. */
  io(register: IoRegister): Expression {
    this.owner.own(register);
    return member(register.owner, register.name);
  }

  expression(value: Value): Expression {
    if (typeof value === "number") return integer(value);
    switch (value.kind) {
      case "register":
        return this.#register(value);
      case "address":
        return this.#address(value);
      case "calculated":
        return this.#calculated(value);
    }
  }

  /** The condition of an `if`, a loop or a `WAIT`. */
  condition(condition: Condition<Value | IoRegister>): Expression {
    return conditionExpression(condition, (operand) =>
      typeof operand === "object" && operand.kind === "io" ? this.io(operand) : this.expression(operand),
    );
  }

  /** What every thread can do. */
  steps<Of extends Value | IoRegister>(): Steps<Of> {
    return {
      register: (initial) => this.declare(initial === undefined ? undefined : this.expression(initial)),
      assign: (register, value) => {
        this.put(this.expression(value), register);
      },
      if: (condition, then, otherwise) => {
        const test = this.condition(condition);
        const [first, second] = [this.#block(then), otherwise === undefined ? [] : this.#block(otherwise)];
        this.#emit({ kind: "if", condition: test, then: first, else: second, span: NOWHERE });
      },
      while: (condition, body) => {
        const test = this.condition(condition);
        this.#emit({ kind: "while", condition: test, body: this.#block(body), span: NOWHERE });
      },
      doWhile: (body, condition) => {
        const statements = this.#block(body);
        this.#emit({ kind: "do", condition: this.condition(condition), body: statements, span: NOWHERE });
      },
      break: () => this.#emit({ kind: "break", span: NOWHERE }),
      udelay: (microseconds) => this.perform(this.invoke("udelay", [microseconds])),
      call: (primitiveName, ...list) => this.perform(this.invoke(primitiveName, list)),
      value: (primitiveName, ...list) => this.declare(this.invoke(primitiveName, list)),
    };
  }

  #emit(statement: Statement): void {
    if (!this.#open) throw new BuildError(`${this.thread} is finished: nothing can be added to it`);
    this.#statements.push(statement);
  }

  #block(build: () => void): Statement[] {
    const outer = this.#statements;
    this.#statements = [];
    try {
      build();
      return this.#statements;
    } finally {
      this.#statements = outer;
    }
  }

  #parameter(memory: Memory): Expression {
    this.owner.own(memory);
    this.#parameters.set(memory.name, memory);
    return name(memory.name);
  }

  #register(register: Register): Expression {
    this.owner.own(register);
    if (register.thread !== this.thread)
      throw new BuildError(`${register.thread}'s ${register.name} cannot be used in ${this.thread}: threads share memory, not registers`);
    return name(register.name);
  }

  #address({ memory }: Address): Expression {
    return this.#parameter(memory);
  }

  #calculated({ operator, left, right }: Calculated): Expression {
    return binary(operator, this.expression(left), this.expression(right));
  }
}

/** `int *` to `int`, `int **` to `int *`. */
export const pointerTo = (type: string): string => (type.endsWith("*") ? `${type}*` : `${type} *`);

/** `RO`, `TC(1)`. */
function attribute(text: string): Expression {
  const classOf = /^TC\((\d+)\)$/.exec(text);
  return classOf === null ? name(text) : call("TC", [integer(Number(classOf[1]))]);
}
