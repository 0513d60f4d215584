/** A model as read: instructions and expressions of herd7's `cat`, each with its place. Includes are resolved: the included instructions stand in place. */
import type { Source, Span } from "../source.js";

/** A place in one of the files that a model consists of. */
export interface Place {
  readonly source: Source;
  readonly span: Span;
}

/** A bound name, several of them, or `_` (undefined). */
export type Pattern =
  | { readonly kind: "one"; readonly name: string | undefined }
  | { readonly kind: "tuple"; readonly names: readonly (string | undefined)[] };

export type Unary =
  /** `r*` */
  | "star"
  /** `r+` */
  | "plus"
  /** `r?` */
  | "optional"
  /** `r^-1` */
  | "inverse"
  /** `~x` */
  | "complement"
  /** `[S]` */
  | "identity";

/** `|`, `;`, `&`, `\`, `*`, `++` */
export type Binary = "union" | "sequence" | "intersection" | "difference" | "cross" | "add";

export type Expression = { readonly place: Place } & (
  | { readonly kind: "name"; readonly name: string }
  /** `0` */
  | { readonly kind: "empty" }
  /** `_` */
  | { readonly kind: "universe" }
  | { readonly kind: "tag"; readonly name: string }
  /** `{a, b}`; `{}` is the empty set of any type. */
  | { readonly kind: "set"; readonly elements: readonly Expression[] }
  | { readonly kind: "tuple"; readonly elements: readonly Expression[] }
  | { readonly kind: "unary"; readonly operator: Unary; readonly of: Expression }
  /** Unions and sequences hold all their operands. The others two. */
  | { readonly kind: "binary"; readonly operator: Binary; readonly operands: readonly Expression[] }
  | { readonly kind: "apply"; readonly function: Expression; readonly argument: Expression }
  | { readonly kind: "function"; readonly parameters: Pattern; readonly body: Expression }
  | { readonly kind: "let"; readonly recursive: boolean; readonly bindings: readonly Binding[]; readonly body: Expression }
  | {
      readonly kind: "match-tag";
      readonly of: Expression;
      readonly clauses: readonly { readonly tag: string; readonly body: Expression }[];
      readonly otherwise: Expression | undefined;
    }
  | { readonly kind: "match-set"; readonly of: Expression; readonly empty: Expression; readonly some: SetClause }
  | { readonly kind: "try"; readonly first: Expression; readonly second: Expression }
  | { readonly kind: "if"; readonly condition: Condition; readonly yes: Expression; readonly no: Expression }
);

/** `e ++ S -> x`, or `S1 | e ++ S2 -> x` where the element stands between those before and those after it. */
export interface SetClause {
  readonly before: string | undefined;
  /** True for the form with the elements before it. */
  readonly split: boolean;
  readonly element: string | undefined;
  readonly rest: string | undefined;
  readonly body: Expression;
}

export interface Binding {
  readonly pattern: Pattern;
  readonly value: Expression;
  readonly place: Place;
}

export type Condition = Comparison | VariantCondition;

export interface Comparison {
  readonly kind: "equal" | "subset" | "in";
  readonly left: Expression;
  readonly right: Expression;
}

/** Does a condition compare values? The others ask for variants. */
export function isComparison(condition: Condition): condition is Comparison {
  return condition.kind === "equal" || condition.kind === "subset" || condition.kind === "in";
}

export type VariantCondition =
  | { readonly kind: "variant"; readonly name: string }
  | { readonly kind: "not"; readonly of: VariantCondition }
  | { readonly kind: "and" | "or"; readonly left: VariantCondition; readonly right: VariantCondition };

export type TestKind = "acyclic" | "irreflexive" | "empty";

/** `acyclic e as name`, `~empty e` and so on. */
export interface ModelTest {
  readonly test: TestKind;
  /** True for `~acyclic` and the like. */
  readonly negated: boolean;
  readonly of: Expression;
  readonly name: string | undefined;
  readonly place: Place;
}

export type Instruction = { readonly place: Place } & (
  | { readonly kind: "let"; readonly bindings: readonly Binding[] }
  | { readonly kind: "let-rec"; readonly bindings: readonly Binding[]; readonly when: ModelTest | undefined }
  /** `check`: the execution is forbidden where it fails. `flag`: named where it holds. `undefined-unless`: the test has no meaning where it fails. `assert`: the input is wrong where it fails. */
  | { readonly kind: "test"; readonly role: "check" | "flag" | "undefined-unless" | "assert"; readonly test: ModelTest }
  | {
      readonly kind: "match";
      readonly of: Expression;
      readonly clauses: readonly { readonly tag: string; readonly body: readonly Instruction[] }[];
      readonly otherwise: readonly Instruction[] | undefined;
    }
  | { readonly kind: "show"; readonly names: readonly string[] }
  | { readonly kind: "unshow"; readonly names: readonly string[] }
  | { readonly kind: "show-as"; readonly of: Expression; readonly name: string }
  /** `body` is undefined where the file was not found. */
  | { readonly kind: "include"; readonly name: string; readonly body: readonly Instruction[] | undefined }
  | {
      readonly kind: "procedure";
      readonly name: string;
      readonly recursive: boolean;
      readonly parameters: Pattern;
      readonly body: readonly Instruction[];
    }
  | { readonly kind: "call"; readonly name: string; readonly argument: Expression; readonly as: string | undefined }
  | { readonly kind: "forall"; readonly name: string; readonly of: Expression; readonly body: readonly Instruction[] }
  | { readonly kind: "with"; readonly name: string; readonly of: Expression }
  | { readonly kind: "if"; readonly condition: VariantCondition; readonly yes: readonly Instruction[]; readonly no: readonly Instruction[] }
  | { readonly kind: "enum"; readonly name: string; readonly tags: readonly string[] }
  /** `instructions R[Accesses]` of a bell file. */
  | { readonly kind: "events"; readonly events: string; readonly tags: readonly Expression[]; readonly default: boolean }
  | { readonly kind: "debug"; readonly of: Expression }
);

/** One file, its includes resolved. */
export interface CatModel {
  readonly source: Source;
  /** From the header; the file's name where it has none. */
  readonly title: string;
  /** The architecture of the header (`AArch64`, `PPC`, `C`...), as written, if any. */
  readonly architecture: string | undefined;
  /** True where the model says `catdep`: it computes dependencies from register events. */
  readonly derivesDependencies: boolean;
  readonly body: readonly Instruction[];
}
