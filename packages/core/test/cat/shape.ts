/**
 * Executions in one line. Threads stand between ` / `, events between blanks: `Wx` and `Rx` access x, any other word is a fence of that name. `Rx:A` is a read in the set A too; `addr:Wy`,
 * `data:Wy`, `ctrl:Wy` depend on the last read before; `=Wx` is the write of an atomic whose read stands just before. Accesses are a, b, c... in the order of the text, initial writes ix, iy.
 */
import {
  type CompiledModel,
  emptyRelation,
  hasEdge,
  type Relation,
  relationOf,
  type Structure,
  setOf,
  wordsFor,
} from "../../src/cat/index.js";

export interface Shape {
  readonly structure: Structure;
  readonly number: ReadonlyMap<string, number>;
  readonly reads: readonly { readonly event: number; readonly from: readonly number[] }[];
  readonly writes: ReadonlyMap<string, readonly number[]>;
}

export function shape(text: string): Shape {
  const threads = text.split(" / ").map((thread) => thread.trim().split(/\s+/));
  const sets = new Map<string, number[]>();
  const put = (name: string, event: number): void => {
    sets.set(name, [...(sets.get(name) ?? []), event]);
  };
  const number = new Map<string, number>();
  const location: (string | undefined)[] = [];
  const thread: number[] = [];
  const instruction: number[] = [];
  const add = (of: number, at: string | undefined): number => {
    location.push(at);
    thread.push(of);
    instruction.push(location.length);
    return location.length - 1;
  };
  const accessed = new Set([...text.matchAll(/[RW]([a-z])\b/g)].map((match) => match[1] as string));
  for (const name of [...accessed].sort()) {
    const event = add(-1, name);
    number.set(`i${name}`, event);
    for (const set of ["M", "W", "IW"]) put(set, event);
  }
  const pairs: Record<string, [number, number][]> = {
    po: [],
    addr: [],
    data: [],
    ctrl: [],
    rmw: [],
    amo: [],
    loc: [],
    int: [],
    ext: [],
    "same-instance": [],
  };
  let letter = 0;
  for (const [index, events] of threads.entries()) {
    const before: number[] = [];
    let lastRead = -1;
    const open: number[] = [];
    for (const whole of events) {
      // A branch before a fence.
      const branch = /^ctrl:([A-Z.]+)$/.exec(whole)?.[1];
      const word = branch ?? whole;
      if (branch !== undefined) open.push(lastRead);
      const match = /^(=?)(?:(addr|data|ctrl):)?([RW])([a-z])(?::(.+))?$/.exec(word);
      const event = add(index, match?.[4]);
      if (match === null) {
        put("F", event);
        put(word, event);
      } else {
        number.set(String.fromCharCode(97 + letter++), event);
        const [, atomic, dependency, kind = "", , tags = ""] = match;
        put("M", event);
        put(kind, event);
        for (const tag of tags.split(",")) if (tag !== "") put(tag, event);
        if (dependency === "ctrl") open.push(lastRead);
        else if (dependency !== undefined) pairs[dependency]?.push([lastRead, event]);
        if (atomic === "=") {
          for (const name of ["rmw", "amo"]) pairs[name]?.push([lastRead, event]);
          for (const half of [lastRead, event]) for (const set of ["X", "RMW"]) put(set, half);
        }
        if (kind === "R") lastRead = event;
      }
      for (const read of open) pairs.ctrl?.push([read, event]);
      for (const earlier of before) pairs.po?.push([earlier, event]);
      before.push(event);
    }
  }
  const n = location.length;
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) {
      if (location[a] !== undefined && location[a] === location[b]) pairs.loc?.push([a, b]);
      if (thread[a] === thread[b] && (thread[a] as number) >= 0) pairs.int?.push([a, b]);
      if (thread[a] !== thread[b]) pairs.ext?.push([a, b]);
      if (a === b) pairs["same-instance"]?.push([a, b]);
    }
  }
  const writes = new Map([...accessed].map((name) => [name, (sets.get("W") ?? []).filter((event) => location[event] === name)]));
  return {
    structure: {
      n,
      sets: new Map([...sets].map(([name, events]) => [name, setOf(n, events)])),
      relations: new Map(Object.entries(pairs).map(([name, edges]) => [name, relationOf(n, edges)])),
    },
    number,
    reads: (sets.get("R") ?? []).map((event) => ({ event, from: writes.get(location[event] as string) ?? [] })),
    writes,
  };
}

/** Every rf and co of a shape. */
export function* executions({ structure: { n }, reads, writes }: Shape): Generator<{ readonly rf: Relation; readonly co: Relation }> {
  const words = wordsFor(n);
  const orders = [...writes.values()].map((events) => permutations(events.slice(1)).map((order) => [events[0] as number, ...order]));
  for (const chosen of product(orders)) {
    const co = emptyRelation(n);
    for (const order of chosen) {
      for (const [index, from] of order.entries())
        for (const to of order.slice(index + 1)) co[from * words + (to >> 5)] = (co[from * words + (to >> 5)] as number) | (1 << (to & 31));
    }
    for (const sources of product(reads.map(({ from }) => from))) {
      yield {
        rf: relationOf(
          n,
          sources.map((from, index): [number, number] => [from, (reads[index] as { event: number }).event]),
        ),
        co,
      };
    }
  }
}

/** Does the model let the shape come out as `wanted` says: `ix>d` (d reads the initial x), `a>>b` (a is before b in coherence)? */
export function allows(model: CompiledModel, text: string, wanted: string): boolean {
  const of = shape(text);
  const session = model.session();
  session.begin(of.structure);
  const words = wordsFor(of.structure.n);
  const clauses = wanted.split(" ").map((clause) => {
    const [from = "", to = ""] = clause.split(/>+/);
    return { co: clause.includes(">>"), from: of.number.get(from) as number, to: of.number.get(to) as number };
  });
  let found = false;
  for (const { rf, co } of executions(of)) {
    if (clauses.every((clause) => hasEdge(clause.co ? co : rf, words, clause.from, clause.to)) && session.check(rf, co)) found = true;
  }
  return found;
}

/** The number of executions that pass. */
export function countConsistent(model: CompiledModel, text: string): number {
  const of = shape(text);
  const session = model.session();
  session.begin(of.structure);
  let total = 0;
  for (const { rf, co } of executions(of)) if (session.check(rf, co)) total++;
  return total;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [first, ...rest]),
  );
}

function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((sums, list) => sums.flatMap((sum) => list.map((item) => [...sum, item])), [[]]);
}
