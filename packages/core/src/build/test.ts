/** A litmus test built in TypeScript: the same tree as the text gives, with the compiler knowing the names. */
import { parseTest, printTest, type Test } from "../litmus/index.js";
import type {
  Attribute,
  Clause,
  Condition as ConditionTree,
  Declaration,
  Initial,
  Space,
  StatedVerdict,
  Term as TermTree,
  Thread,
} from "../litmus/test.js";
import { formatProblem } from "../problem.js";
import type { MappingRequest } from "../program/index.js";
import { Body, type Owner, pointerTo } from "./body.js";
import { BuildError } from "./build-error.js";
import type { Arrival, Condition, Term } from "./condition.js";
import { type CpuProgram, cpuProgram, type UserProgram, userProgram } from "./cpu.js";
import type {
  CpuTrigger,
  DevicePlacement,
  DeviceTrigger,
  DmaOptions,
  IoMapping,
  MemoryOptions,
  ThreadPlacement,
  Trigger,
} from "./declaration.js";
import { type DeviceProgram, deviceProgram } from "./device.js";
import { deepFreeze } from "./freeze.js";
import type { Address, DeviceName, IoRegister, Memory } from "./handle.js";
import { integerValue, NOWHERE, propositionTree, termTree } from "./tree.js";

/** A device of a test. */
export interface Device extends DeviceName {
  /** A register behind the device's BAR: `mmio int D0.name;`. */
  register(name: string, ...mapping: readonly IoMapping[]): IoRegister<"mmio">;
  /** An I/O port of the device. */
  port(name: string): IoRegister<"port">;
  /** A word of the device's configuration space. */
  config(name: string): IoRegister<"config">;
  /** What the device does. Gives what `build` gives: registers for the condition, say. */
  program<Result>(build: (d: DeviceProgram) => Result): Result;
  program<Result>(on: DeviceTrigger, build: (d: DeviceProgram) => Result): Result;
  /** A second program that runs beside the first, under a name of its own: `D1(…) in(D0)`. It shares the device's link, requester and registers. */
  engine<Result>(name: string, build: (d: DeviceProgram) => Result): Result;
  engine<Result>(name: string, on: DeviceTrigger, build: (d: DeviceProgram) => Result): Result;
}

/** What a test is made of. */
export interface TestBuilder {
  /** One line for people. */
  doc(text: string): void;
  /** Where the test comes from: a mail, a document, a function. */
  source(text: string): void;
  /** Memory that no `dma` declares; where a device reaches it, it is mapped coherent. */
  memory(name: string, options?: MemoryOptions): Memory;
  /** Memory that devices reach by DMA, mapped as the request says: `t.dma("cq", dmaMapSingle())`. */
  dma(name: string, request: MappingRequest, options?: DmaOptions): Memory;
  /** `atomic_t name = ATOMIC_INIT(initial);` */
  atomic(name: string, initial?: number): Memory;
  /** `spinlock_t name;` */
  spinlock(name: string): Memory;
  /** `struct mutex name;` */
  mutex(name: string): Memory;
  /** The locations lie in one cache line. */
  line(...locations: readonly Memory[]): void;
  /** A device: `D0`, `D1`, … */
  device(name: string, placement?: DevicePlacement): Device;
  /** A register of the chipset, behind no device's BAR: `mmio int HOST.name;`. */
  chipsetRegister(name: string): IoRegister<"mmio">;
  /** A thread in the kernel: `P0`, `P1`, … Gives what `build` gives. */
  cpu<Result>(name: string, build: (c: CpuProgram) => Result): Result;
  cpu<Result>(name: string, placement: ThreadPlacement & { readonly on?: CpuTrigger }, build: (c: CpuProgram) => Result): Result;
  /** A thread in user space, where no PIO can be done: its type has none. Gives what `build` gives. */
  user<Result>(name: string, build: (u: UserProgram) => Result): Result;
  user<Result>(name: string, placement: ThreadPlacement, build: (u: UserProgram) => Result): Result;
  /** `exists`: can a run end so? Called once, as are its siblings. */
  exists(condition: Condition<Term>): void;
  /** `~exists`: does no run end so? */
  notExists(condition: Condition<Term>): void;
  /** `forall`: do all runs end so? */
  forall(condition: Condition<Term>): void;
  /** Runs that do not end so do not count. */
  filter(condition: Condition<Term>): void;
  /** More to show in States. */
  locations(...terms: readonly Exclude<Term, number | Address | Arrival>[]): void;
  /** The verdicts that are expected, by platform name: `t.expect({ sn2: "allowed", all: "forbidden" })`. They speak of the bare proposition. */
  expect(verdicts: { readonly [platform: string]: StatedVerdict }): void;
}

/**
 * Builds a test:
 *
 *     const race = test("cq-race", (t) => {
 *       const data = t.dma("data", dmaMapSingle());
 *       const cq = t.dma("cq", dmaFlagsSetDmaflush(dmaMapSingle()));
 *       const d0 = t.device("D0");
 *       d0.program((d) => {
 *         d.dmaWrite(data, 1);
 *         d.dmaWrite(cq, 1);
 *       });
 *       t.cpu("P0", (c) => {
 *         const r0 = c.readOnce(cq);
 *         c.rmb();
 *         const r1 = c.readOnce(data);
 *         t.exists(and(eq(r0, 1), eq(r1, 0)));
 *       });
 *     });
 *
 * The result is what reading `printTest(race)` gives, positions included, and frozen: all that takes a parsed test takes it. Registers are named r0, r1, … in each thread, in the order
 * in which they are made. Throws a `BuildError` for what is no test: two conditions, a register used in another thread, a name that the language cannot write.
 */
export function test(name: string, build: (t: TestBuilder) => void): Test {
  const recorder = new Recorder(name);
  build(recorder);
  return recorder.finish();
}

class Recorder implements TestBuilder, Owner {
  readonly #handles = new WeakSet<object>();
  readonly #names = new Set<string>();
  readonly #init: Declaration[] = [];
  readonly #threads: Thread[] = [];
  readonly #placements = new Map<string, readonly Attribute[]>();
  readonly #locations: TermTree[] = [];
  readonly #expects: { platform: string; verdict: StatedVerdict; span: typeof NOWHERE }[] = [];
  readonly #sources: string[] = [];
  #doc: string | undefined;
  #condition: ConditionTree | undefined;
  #filter: Condition<Term> | undefined;
  #open = true;

  constructor(readonly name: string) {}

  own(handle: object): void {
    if (!this.#handles.has(handle)) throw new BuildError(`${describe(handle)} belongs to another test than ${this.name}`);
  }

  adopt<Handle extends object>(handle: Handle): Handle {
    this.#handles.add(handle);
    return handle;
  }

  doc(text: string): void {
    this.#once(this.#doc, "doc string");
    if (text.includes('"')) throw new BuildError("a doc string has no double quotes in it");
    this.#doc = text;
  }

  source(text: string): void {
    this.#writable();
    this.#sources.push(text);
  }

  memory(name: string, options: MemoryOptions = {}): Memory {
    return this.#declareMemory(name, "int", undefined, options);
  }

  dma(name: string, request: MappingRequest, options: DmaOptions = {}): Memory {
    if (request.device !== -1) throw new BuildError(`\`${name}\`: a builder's request is for no device yet: write \`{ for: d0 }\``);
    if (options.for !== undefined) this.own(options.for);
    return this.#declareMemory(name, "int", attributesOf(request, options.for), options);
  }

  atomic(name: string, initial = 0): Memory {
    return this.#declareMemory(name, "atomic_t", undefined, { initial });
  }

  spinlock(name: string): Memory {
    return this.#declareMemory(name, "spinlock_t", undefined, {});
  }

  mutex(name: string): Memory {
    return this.#declareMemory(name, "struct mutex", undefined, {});
  }

  line(...locations: readonly Memory[]): void {
    this.#writable();
    for (const location of locations) this.own(location);
    this.#init.push({ kind: "line", names: locations.map((location) => location.name), span: NOWHERE });
  }

  device(name: string, placement: DevicePlacement = {}): Device {
    if (!/^D\d+$/.test(name)) throw new BuildError(`\`${name}\` is no name of a device: they are D0, D1, …`);
    this.#claim(name, "the device");
    const { card, ...numbers } = placement;
    if (card !== undefined) this.own(card);
    const attributes = Object.entries({ ...numbers, card: card?.name }).flatMap(([key, value]) =>
      value === undefined ? [] : [{ name: key, value, span: NOWHERE }],
    );
    this.#placements.set(name, attributes);
    const programmed = (): boolean => this.#threads.some((thread) => thread.name === name);
    const device: Device = {
      kind: "device",
      name,
      register: (register, ...mapping) => this.#declareRegister("mmio", name, register, mapping),
      port: (register) => this.#declareRegister("port", name, register, []),
      config: (register) => this.#declareRegister("config", name, register, []),
      program: <Result>(first: DeviceTrigger | ((d: DeviceProgram) => Result), second?: (d: DeviceProgram) => Result): Result => {
        if (programmed()) throw new BuildError(`${name} has a program already: a second one is an \`engine\``);
        return this.#thread(name, "device", first, second, (on) => this.#on(on), deviceProgram);
      },
      engine: <Result>(
        engine: string,
        first: DeviceTrigger | ((d: DeviceProgram) => Result),
        second?: (d: DeviceProgram) => Result,
      ): Result => {
        if (!/^D\d+$/.test(engine)) throw new BuildError(`\`${engine}\` is no name of an engine: they are named as devices are`);
        this.#claim(engine, "the engine");
        const within: Clause = { kind: "attribute", name: "in", value: name, span: NOWHERE };
        return this.#thread(engine, "device", first, second, (on) => [within, ...this.#on(on)], deviceProgram);
      },
    };
    return this.adopt(Object.freeze(device));
  }

  chipsetRegister(name: string): IoRegister<"mmio"> {
    return this.#declareRegister("mmio", "HOST", name, []);
  }

  cpu<Result>(
    name: string,
    first: (ThreadPlacement & { readonly on?: CpuTrigger }) | ((c: CpuProgram) => Result),
    second?: (c: CpuProgram) => Result,
  ): Result {
    this.#claimCpu(name);
    return this.#thread(name, "cpu", first, second, (placement) => [...this.#on(placement?.on), ...clausesOf(placement)], cpuProgram);
  }

  user<Result>(name: string, first: ThreadPlacement | ((u: UserProgram) => Result), second?: (u: UserProgram) => Result): Result {
    this.#claimCpu(name);
    const user: Clause = { kind: "attribute", name: "user", value: undefined, span: NOWHERE };
    return this.#thread(name, "cpu", first, second, (placement) => [user, ...clausesOf(placement)], userProgram);
  }

  exists(condition: Condition<Term>): void {
    this.#conclude("exists", condition);
  }

  notExists(condition: Condition<Term>): void {
    this.#conclude("~exists", condition);
  }

  forall(condition: Condition<Term>): void {
    this.#conclude("forall", condition);
  }

  filter(condition: Condition<Term>): void {
    this.#once(this.#filter, "filter");
    this.#filter = condition;
  }

  locations(...terms: readonly Exclude<Term, number | Address | Arrival>[]): void {
    this.#writable();
    this.#locations.push(...terms.map((term) => termTree(term, (handle) => this.own(handle))));
  }

  expect(verdicts: { readonly [platform: string]: StatedVerdict }): void {
    this.#writable();
    for (const [platform, verdict] of Object.entries(verdicts)) this.#expects.push({ platform, verdict, span: NOWHERE });
  }

  /** The test, printed and read again: so its positions are those of its own text. */
  finish(): Test {
    this.#open = false;
    for (const [name, attributes] of this.#placements) {
      // A device that says nothing of itself is known by what it does.
      if (attributes.length > 0 || !this.#threads.some((thread) => thread.name === name)) {
        this.#init.push({ kind: "device", name, attributes, span: NOWHERE });
      }
    }
    const filter = this.#filter === undefined ? undefined : propositionTree(this.#filter, (handle) => this.own(handle));
    const built: Test = {
      name: this.name,
      doc: this.#doc,
      info: [],
      init: this.#init,
      threads: this.#threads,
      locations: this.#locations,
      filter,
      condition: this.#condition,
      expects: this.#expects,
      sources: this.#sources,
      span: NOWHERE,
    };
    const source = { name: this.name, text: printTest(built) };
    const read = parseTest(source);
    const [problem] = read.problems;
    if (problem !== undefined) throw new BuildError(`this cannot be written as a litmus test:\n${formatProblem(source, problem)}`);
    // What reads otherwise than it was meant, a name in two lines, prints otherwise.
    if (!read.ok || printTest(read.value) !== source.text) throw new BuildError(`this is read otherwise than it is meant:\n${source.text}`);
    return deepFreeze(read.value);
  }

  #declareMemory(name: string, base: string, dma: readonly Attribute[] | undefined, { initial, length }: MemoryOptions): Memory {
    checkName(name);
    this.#claim(name, "the location");
    const pointer = typeof initial === "object" && "kind" in initial;
    if (pointer) this.own(initial.memory);
    const type = pointer ? pointerTo(base) : base;
    this.#init.push({
      kind: "location",
      space: "memory",
      dma: dma !== undefined,
      attributes: dma ?? [],
      type,
      owner: undefined,
      name,
      length,
      value: initial === undefined || initial === 0 ? undefined : initialTree(initial),
      span: NOWHERE,
    });
    return this.adopt<Memory>(Object.freeze({ kind: "memory", name, type, length }));
  }

  #declareRegister<In extends Exclude<Space, "memory">>(
    space: In,
    owner: string,
    name: string,
    mapping: readonly IoMapping[],
  ): IoRegister<In> {
    checkName(name);
    this.#claim(`${owner}.${name}`, "the register");
    const attributes = mapping.map((attribute) => ({ name: attribute, value: undefined, span: NOWHERE }));
    this.#init.push({
      kind: "location",
      space,
      dma: false,
      attributes,
      type: "int",
      owner,
      name,
      length: undefined,
      value: undefined,
      span: NOWHERE,
    });
    return this.adopt<IoRegister<In>>(Object.freeze({ kind: "io", space, owner, name }));
  }

  /** Records a thread: its head, if there is one, comes before what it does. */
  #thread<Head, Program, Result>(
    name: string,
    role: "cpu" | "device",
    first: Head | ((program: Program) => Result),
    second: ((program: Program) => Result) | undefined,
    clauses: (head: Head | undefined) => readonly Clause[],
    program: (body: Body) => Program,
  ): Result {
    this.#writable();
    const build = second ?? (first as (program: Program) => Result);
    const written = clauses(second === undefined ? undefined : (first as Head));
    const body = new Body(name, role, this);
    const at = this.#threads.length;
    const result = build(program(body));
    // Another thread may have been built meanwhile: this one was begun first.
    this.#threads.splice(at, 0, body.finish(written));
    return result;
  }

  #on(trigger: Trigger | undefined): readonly Clause[] {
    if (trigger === undefined) return [];
    const on = { kind: "on", register: undefined, vector: 0, span: NOWHERE } as const;
    switch (trigger.kind) {
      case "msi":
        this.own(trigger.device);
        return [{ ...on, event: "msi", device: trigger.device.name, vector: trigger.vector }];
      case "intx":
        this.own(trigger.device);
        return [{ ...on, event: "intx", device: trigger.device.name }];
      case "write":
      case "read":
        this.own(trigger.register);
        return [{ ...on, event: trigger.kind, device: trigger.register.owner, register: trigger.register.name }];
    }
  }

  #claimCpu(name: string): void {
    if (!/^P\d+$/.test(name)) throw new BuildError(`\`${name}\` is no name of a CPU thread: they are P0, P1, …`);
    this.#claim(name, "the thread");
  }

  #claim(name: string, what: string): void {
    this.#writable();
    if (this.#names.has(name)) throw new BuildError(`${what} \`${name}\` is there already`);
    this.#names.add(name);
  }

  #conclude(quantifier: ConditionTree["quantifier"], condition: Condition<Term>): void {
    this.#once(this.#condition, "condition");
    this.#condition = { quantifier, proposition: propositionTree(condition, (handle) => this.own(handle)), span: NOWHERE };
  }

  #once(there: unknown, what: string): void {
    this.#writable();
    if (there !== undefined) throw new BuildError(`${this.name} has a ${what} already`);
  }

  #writable(): void {
    if (!this.#open) throw new BuildError(`${this.name} is finished: nothing can be added to it`);
  }
}

/** r0, r1, … are the registers of the threads. */
function checkName(name: string): void {
  if (!/^[A-Za-z_]\w*$/.test(name) || /^([rPD]\d+|HOST)$/.test(name)) {
    throw new BuildError(
      `\`${name}\` is no name of a location: an identifier is, but r0, P0 and D0 stand for registers, threads and devices`,
    );
  }
}

function clausesOf(placement: ThreadPlacement | undefined): readonly Clause[] {
  const { cpu, node } = placement ?? {};
  return Object.entries({ cpu, node }).flatMap(([name, value]): Clause[] =>
    value === undefined ? [] : [{ kind: "attribute", name, value, span: NOWHERE }],
  );
}

/** A request as the attributes of `dma(…)`. */
function attributesOf(request: MappingRequest, device: DeviceName | undefined): readonly Attribute[] {
  const attribute = (name: string, value?: string | number): Attribute => ({ name, value, span: NOWHERE });
  return [
    attribute(request.mode),
    ...(request.writeBarrier ? [attribute("write_barrier")] : []),
    ...(request.weakOrdering ? [attribute("weak_ordering")] : []),
    ...(request.relaxedOrdering ? [attribute("relaxed_ordering")] : []),
    ...(request.prefetch ? [attribute("prefetch")] : []),
    ...(request.mask === 64 ? [] : [attribute("mask", request.mask)]),
    ...(device === undefined ? [] : [attribute("for", device.name)]),
  ];
}

function initialTree(initial: number | Address | readonly number[]): Initial {
  if (typeof initial === "number") return { kind: "integer", value: integerValue(initial) };
  if ("kind" in initial) return { kind: "address", name: initial.memory.name };
  return { kind: "list", items: initial.map(initialTree) };
}

function describe(handle: object): string {
  const { name = "a handle", owner, thread } = handle as { readonly name?: string; readonly owner?: string; readonly thread?: string };
  return `\`${owner === undefined ? "" : `${owner}.`}${thread === undefined ? "" : `${thread}:`}${name}\``;
}
