/** What a name in a file can stand for, and where it does. */
import type { Token } from "./tokens.js";

/** What a name can stand for. `register` is one of a device or of the chipset, `local` one of a thread: `0:r0`. */
export type Named =
  | { readonly kind: "location"; readonly name: string }
  | { readonly kind: "register"; readonly owner: string; readonly name: string }
  | { readonly kind: "local"; readonly thread: string; readonly name: string }
  | { readonly kind: "thread"; readonly name: string };

export interface Occurrence {
  readonly named: Named;
  readonly token: Token;
  /** Declares it: in the initial state, as a local variable, as the head of a thread; a parameter where nothing else does. */
  readonly role: "declaration" | "parameter" | "use";
}

/** Notes that a token stands for something. */
export type Add = (token: Token, named: Named, role?: Occurrence["role"]) => void;

/** One text for each thing named. */
export function keyOf(named: Named): string {
  switch (named.kind) {
    case "location":
      return `location ${named.name}`;
    case "register":
      return `register ${named.owner}.${named.name}`;
    case "local":
      return `local ${named.thread}:${named.name}`;
    case "thread":
      return `thread ${named.name}`;
  }
}

/** As conditions write it: `x`, `D0.status`, `0:r0`, `P0`. */
export function namedWords(named: Named): string {
  if (named.kind === "register") return `${named.owner}.${named.name}`;
  if (named.kind === "local") return `${named.thread.replace(/^P/, "")}:${named.name}`;
  return named.name;
}

/** Words of bodies that name nothing. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  "if else while do for switch case default break continue return ATOMIC true false NULL sizeof struct union enum static const volatile register".split(
    " ",
  ),
);
