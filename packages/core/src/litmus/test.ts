/**
 * The syntax tree of a litmus test: what the text says, with positions, and nothing resolved.
 * A call stays a call (`readl(D0.status)`); what it means is decided in `program/`.
 */
import type { Span } from "../source.js";

/** A whole test. */
export interface Test {
  readonly name: string;
  /** The quoted line after the header, without its quotes. */
  readonly doc: string | undefined;
  /** `key=value` lines of the header, as diy writes them. */
  readonly info: readonly { readonly key: string; readonly value: string; readonly span: Span }[];
  readonly init: readonly Declaration[];
  readonly threads: readonly Thread[];
  /** `locations [...]`: more terms to show in States. */
  readonly locations: readonly Term[];
  readonly filter: Proposition | undefined;
  readonly condition: Condition | undefined;
  readonly expects: readonly Expectation[];
  readonly sources: readonly string[];
  readonly span: Span;
}

/** What is asked about the ends of runs. */
export interface Condition {
  readonly quantifier: "exists" | "~exists" | "forall";
  readonly proposition: Proposition;
  readonly span: Span;
}

/** A verdict that a test expects on a platform. */
export type StatedVerdict = "allowed" | "forbidden" | "depends" | "unknown";

/** One `expect` entry: the verdict stated for one name (a platform, or `all`). */
export interface Expectation {
  readonly platform: string;
  readonly verdict: StatedVerdict;
  readonly span: Span;
}

/** `name`, `name=value` or `name(value)` in an attribute list. */
export interface Attribute {
  readonly name: string;
  readonly value: string | number | undefined;
  readonly span: Span;
}

/** Where a location is. */
export type Space = "memory" | "mmio" | "port" | "config";

/** A declaration in the initial state. */
export type Declaration =
  | {
      readonly kind: "location";
      readonly space: Space;
      /** True where the declaration starts with `dma(...)`. */
      readonly dma: boolean;
      readonly attributes: readonly Attribute[];
      /** The type as written, spaces normalised (`int`, `int *`, `atomic_t`, `spinlock_t`); undefined in `x=1`. */
      readonly type: string | undefined;
      /** `D0` in `D0.status`. */
      readonly owner: string | undefined;
      readonly name: string;
      /** Length, for `int x[2]`. */
      readonly length: number | undefined;
      /** What stands behind the index, for members of an array of structures: `own` in `ring[2].own`, whose name is `ring.own`. */
      readonly field?: string;
      readonly value: Initial | undefined;
      readonly span: Span;
    }
  | {
      readonly kind: "register";
      /** `P0` for `0:r1` as well as for `P0:r1`; `D0` for `D0:r1`. */
      readonly thread: string;
      readonly type: string | undefined;
      readonly name: string;
      readonly value: Initial | undefined;
      readonly span: Span;
    }
  | { readonly kind: "device" | "thread"; readonly name: string; readonly attributes: readonly Attribute[]; readonly span: Span }
  | { readonly kind: "line"; readonly names: readonly string[]; readonly span: Span };

/** An initial value. */
export type Initial =
  | { readonly kind: "integer"; readonly value: number }
  /** `x=y` and `int *x = &y`: the address of y; `&y[1]` with an index. */
  | { readonly kind: "address"; readonly name: string; readonly index?: number }
  /** `names`: of members, `{ .own = 1 }`; only as long as the variable is not yet so many locations. */
  | { readonly kind: "list"; readonly items: readonly Initial[]; readonly names?: readonly (string | undefined)[] };

/** A thread as written: its name, parameters, clauses and body. */
export interface Thread {
  /** `P0`, `D1`. */
  readonly name: string;
  readonly role: "cpu" | "device";
  readonly parameters: readonly { readonly type: string; readonly name: string; readonly span: Span }[];
  /** What stands between `)` and `{`: `user`, `cpu(0)`, `on msi(D0, 2)`, `in(D0)`. */
  readonly clauses: readonly Clause[];
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** What stands behind a thread's parameters: `cpu(0)`, `on msi(D0)`. */
export type Clause =
  | { readonly kind: "attribute"; readonly name: string; readonly value: string | number | undefined; readonly span: Span }
  | {
      readonly kind: "on";
      readonly event: "msi" | "intx" | "write" | "read" | "tell";
      /** The device, or the register's owner. */
      readonly device: string;
      /** The register's name, for `write(D0.door)` and `read(D0.status)`. */
      readonly register: string | undefined;
      /** The vector, for `msi(D0, 2)`; 0 when not given. */
      readonly vector: number;
      readonly span: Span;
    };

/** A statement of a body. */
export type Statement =
  | { readonly kind: "declare"; readonly type: string; readonly name: string; readonly value: Expression | undefined; readonly span: Span }
  /** `target = value`, `target += value`; `operator` is `+` for `+=`, undefined for `=`. */
  | {
      readonly kind: "assign";
      readonly target: Expression;
      readonly operator: string | undefined;
      readonly value: Expression;
      readonly span: Span;
    }
  | { readonly kind: "expression"; readonly expression: Expression; readonly span: Span }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly then: readonly Statement[];
      readonly else: readonly Statement[];
      readonly span: Span;
    }
  | { readonly kind: "while"; readonly condition: Expression; readonly body: readonly Statement[]; readonly span: Span }
  | { readonly kind: "do"; readonly condition: Expression; readonly body: readonly Statement[]; readonly span: Span }
  | {
      readonly kind: "for";
      readonly start: readonly Statement[];
      readonly condition: Expression | undefined;
      readonly step: readonly Statement[];
      readonly body: readonly Statement[];
      readonly span: Span;
    }
  | { readonly kind: "break" | "continue" | "return"; readonly span: Span }
  | { readonly kind: "block" | "atomic"; readonly body: readonly Statement[]; readonly span: Span };

/** An expression as written; names are not resolved. */
export type Expression =
  | { readonly kind: "integer"; readonly value: number; readonly span: Span }
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  /** `D0.status`. */
  | { readonly kind: "member"; readonly owner: string; readonly name: string; readonly span: Span }
  | { readonly kind: "index"; readonly base: Expression; readonly index: Expression; readonly span: Span }
  /** `*p`, `&x`, `!e`, `~e`, `-e`. */
  | { readonly kind: "unary"; readonly operator: "*" | "&" | "!" | "~" | "-" | "+"; readonly operand: Expression; readonly span: Span }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression; readonly span: Span }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly then: Expression;
      readonly else: Expression;
      readonly span: Span;
    }
  /** `f(a, b)`, and herd7's raw primitives `__fence{mb}(a)`, whose annotation stands in `tags`. */
  | {
      readonly kind: "call";
      readonly name: string;
      readonly tags: readonly string[];
      readonly arguments: readonly Expression[];
      readonly span: Span;
    };

/** A condition's formula as written. */
export type Proposition =
  | { readonly kind: "constant"; readonly value: boolean; readonly span: Span }
  | {
      readonly kind: "compare";
      readonly operator: "=" | "!=" | "<" | "<=" | ">" | ">=";
      readonly left: Term;
      readonly right: Term;
      readonly span: Span;
    }
  | { readonly kind: "order"; readonly first: Arrival; readonly second: Arrival; readonly span: Span }
  /** The run got stuck: nothing can move any more, and it is no end. */
  | { readonly kind: "stuck"; readonly span: Span }
  | { readonly kind: "not"; readonly operand: Proposition; readonly span: Span }
  | { readonly kind: "and" | "or" | "implies"; readonly left: Proposition; readonly right: Proposition; readonly span: Span };

/** `D0.a=1`: that write's arrival at the device; `D0.a`: a read's. */
export interface Arrival {
  readonly owner: string;
  readonly name: string;
  readonly value: number | undefined;
  readonly span: Span;
}

/** What a condition compares. */
export type Term =
  | { readonly kind: "integer"; readonly value: number; readonly span: Span }
  | { readonly kind: "register"; readonly thread: string; readonly name: string; readonly span: Span }
  /** `x`, `[x]`, `*x`, `x[1]`, `D0.status`; on the right of `=` a location stands for its address, unless `contents` says that it is `[x]` or `*x`. */
  | {
      readonly kind: "location";
      readonly owner: string | undefined;
      readonly name: string;
      readonly index: number | undefined;
      /** What stands behind the index: `own` in `ring[1].own`, whose name is `ring.own`. */
      readonly field?: string;
      readonly contents?: true;
      readonly span: Span;
    }
  /** `{0, 1}`, on the right: what the elements of an array hold. */
  | { readonly kind: "list"; readonly items: readonly Term[]; readonly span: Span };
