/** Which locks a thread surely holds at each of its operations: what is only touched under one lock does not race. */
import { ADDRESS_BASE, type Expression, type Operation, type Thread } from "../program/program.js";

type Held = ReadonlySet<number>;

/** For each operation, the locations of the locks that are held before it, whichever way led there; undefined where none leads there. */
export function heldLocks({ code }: Thread): readonly (Held | undefined)[] {
  const before: (Held | undefined)[] = code.map(() => undefined);
  const open: number[] = [];
  const reach = (to: number, held: Held): void => {
    if (to >= code.length) return;
    const known = before[to];
    const both = known === undefined ? held : new Set([...known].filter((lock) => held.has(lock)));
    if (known !== undefined && both.size === known.size) return;
    before[to] = both;
    open.push(to);
  };
  reach(0, new Set());
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const operation = code[at] as Operation;
    const held = before[at] as Held;
    switch (operation.kind) {
      case "lock":
        reach(at + 1, withLock(held, operation.address));
        break;
      case "unlock": {
        const lock = locationOf(operation.address);
        // Which one is not known: it may be any.
        reach(at + 1, lock === undefined ? new Set() : new Set([...held].filter((each) => each !== lock)));
        break;
      }
      case "jump":
        reach(operation.to, held);
        break;
      case "loop":
        reach(operation.head, held);
        break;
      case "branch": {
        const taken = tried(code, operation.condition);
        reach(at + 1, taken?.holds === true ? withLock(held, taken.address) : held);
        reach(operation.otherwise, taken?.holds === false ? withLock(held, taken.address) : held);
        break;
      }
      default:
        reach(at + 1, held);
    }
  }
  return before;
}

function locationOf(address: Expression): number | undefined {
  return address.kind === "constant" ? address.value - ADDRESS_BASE : undefined;
}

function withLock(held: Held, address: Expression): Held {
  const lock = locationOf(address);
  return lock === undefined ? held : new Set([...held, lock]);
}

/** The lock whose `trylock` a condition asks about, and whether it is held where the condition holds. */
function tried(code: readonly Operation[], condition: Expression): { readonly address: Expression; readonly holds: boolean } | undefined {
  if (condition.kind === "unary" && condition.operator === "!") {
    const inner = tried(code, condition.operand);
    return inner === undefined ? undefined : { ...inner, holds: !inner.holds };
  }
  if (condition.kind !== "register") return undefined;
  const sets = code.filter((operation) => "target" in operation && operation.target === condition.register);
  const [only] = sets;
  return sets.length === 1 && only?.kind === "trylock" ? { address: only.address, holds: true } : undefined;
}
