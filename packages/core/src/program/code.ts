/** A thread's code while it is being written: operations, labels that are not yet placed, registers and temporaries. */
import type { Span } from "../source.js";
import type { Operation } from "./program.js";

type Without<O> = O extends unknown ? Omit<O, "span" | "text"> : never;

/** An operation before it has its place in the text; `otherwise`, `join`, `to`, `head` and the `length` of an atomic block are labels. */
export type Draft = Without<Operation>;

/** A place in the code, known at the end. */
export type Label = number;

/** No thread of a litmus test is this long; only nested loops that are unrolled get there. */
const MAXIMUM_LENGTH = 4096;

/** The operations of a thread while it is lowered. */
export class Code {
  readonly registers: string[] = [];
  private readonly byName = new Map<string, number>();
  private readonly operations: Operation[] = [];
  /** Position of each label; -1 until it is placed. */
  private readonly labels: number[] = [];
  private temporaries = 0;
  private lastings = 0;
  private rounds = 0;
  private span: Span = { start: 0, end: 0 };
  private text = "";
  overflowed = false;

  /** What follows belongs to this statement. Temporaries do not outlive a statement, so that their names can be used again. */
  statement(span: Span, text: string): void {
    this.span = span;
    this.text = text;
    this.temporaries = 0;
  }

  emit(draft: Draft, span: Span = this.span): void {
    if (this.operations.length >= MAXIMUM_LENGTH) {
      this.overflowed = true;
      return;
    }
    this.operations.push({ ...draft, span, text: this.text } as Operation);
  }

  /** Counts one more round of a loop; false if that was too much. */
  round(): boolean {
    if (++this.rounds > MAXIMUM_LENGTH) this.overflowed = true;
    return !this.overflowed;
  }

  get length(): number {
    return this.operations.length;
  }

  /** The operations since position `from`. */
  since(from: number): readonly Operation[] {
    return this.operations.slice(from);
  }

  label(): Label {
    return this.labels.push(-1) - 1;
  }

  place(label: Label): void {
    this.labels[label] = this.operations.length;
  }

  /** A label that is placed here. */
  here(): Label {
    const label = this.label();
    this.place(label);
    return label;
  }

  register(name: string): number {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const index = this.registers.push(name) - 1;
    this.byName.set(name, index);
    return index;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  temporary(): number {
    return this.register(`$${this.temporaries++}`);
  }

  /** A temporary of its own: a device's reads are outstanding together, and one must not wait for another's register. */
  lasting(): number {
    return this.register(`$$${this.lastings++}`);
  }

  /** The code with labels replaced by positions, without what is never reached and without jumps to what follows anyway. */
  finish(): Operation[] {
    const at = (label: Label): number => {
      const position = this.labels[label] ?? -1;
      return position === -1 ? this.operations.length : Math.min(position, this.operations.length);
    };
    const kept = this.reachable(at);
    for (let changed = true; changed; ) {
      changed = false;
      this.operations.forEach((operation, index) => {
        if (operation.kind !== "jump" || kept[index] !== true || kept.slice(index + 1, at(operation.to)).includes(true)) return;
        kept[index] = false;
        changed = true;
      });
    }
    const moved = [0];
    for (const keep of kept) moved.push((moved.at(-1) ?? 0) + (keep ? 1 : 0));
    const to = (label: Label): number => moved[at(label)] ?? 0;
    return this.operations.flatMap((operation, index) => {
      if (kept[index] !== true) return [];
      switch (operation.kind) {
        case "branch":
          return { ...operation, otherwise: to(operation.otherwise), join: to(operation.join) };
        case "jump":
          return { ...operation, to: to(operation.to) };
        case "loop":
          return { ...operation, head: to(operation.head) };
        case "atomic-block":
          return { ...operation, length: to(operation.length) - (moved[index] ?? 0) - 1 };
        default:
          return operation;
      }
    });
  }

  private reachable(at: (label: Label) => number): boolean[] {
    const reached = this.operations.map(() => false);
    const open = [0];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const operation = this.operations[index];
      if (operation === undefined || reached[index] === true) continue;
      reached[index] = true;
      if (operation.kind === "jump") open.push(at(operation.to));
      else if (operation.kind === "loop") open.push(at(operation.head));
      else open.push(index + 1);
      if (operation.kind === "branch") open.push(at(operation.otherwise));
    }
    return reached;
  }
}
