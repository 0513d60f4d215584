/** Sets of events and relations as sets of strings: slow, and plainly right. What the bit rows and the compiled models are held against. */

export type Naive =
  | { readonly kind: "set"; readonly of: ReadonlySet<number> }
  | { readonly kind: "relation"; readonly of: ReadonlySet<string> };

export const key = (from: number, to: number): string => `${from},${to}`;
export const pair = (text: string): [number, number] => text.split(",").map(Number) as [number, number];

export function closure(r: ReadonlySet<string>): Set<string> {
  const all = new Set(r);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const more of compose(all, all)) all.add(more);
  }
  return all;
}

export function compose(a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> {
  const all = new Set<string>();
  for (const left of a) {
    for (const right of b) if (pair(left)[1] === pair(right)[0]) all.add(key(pair(left)[0], pair(right)[1]));
  }
  return all;
}

export function inverse(r: ReadonlySet<string>): Set<string> {
  return new Set([...r].map((edge) => key(pair(edge)[1], pair(edge)[0])));
}

export function cross(a: ReadonlySet<number>, b: ReadonlySet<number>): Set<string> {
  return new Set([...a].flatMap((from) => [...b].map((to) => key(from, to))));
}

export function identity(a: ReadonlySet<number>): Set<string> {
  return new Set([...a].map((e) => key(e, e)));
}

export function acyclic(r: ReadonlySet<string>): boolean {
  return [...closure(r)].every((edge) => pair(edge)[0] !== pair(edge)[1]);
}

/** An expression of the language, as a tree to evaluate and as text to compile. */
export type Tree =
  | { readonly op: "name"; readonly name: string }
  | { readonly op: "|" | "&" | "\\" | ";" | "*"; readonly left: Tree; readonly right: Tree }
  | { readonly op: "+" | "*1" | "?" | "^-1" | "~" | "[]" | "domain" | "range"; readonly of: Tree };

export function text(tree: Tree): string {
  switch (tree.op) {
    case "name":
      return tree.name;
    case "|":
    case "&":
    case "\\":
    case ";":
    case "*":
      return `(${text(tree.left)} ${tree.op} ${text(tree.right)})`;
    case "~":
      return `(~${text(tree.of)})`;
    case "[]":
      return `[${text(tree.of)}]`;
    case "domain":
    case "range":
      return `${tree.op}(${text(tree.of)})`;
    case "*1":
      return `(${text(tree.of)}*)`;
    default:
      return `(${text(tree.of)}${tree.op})`;
  }
}

export function evaluate(tree: Tree, names: ReadonlyMap<string, Naive>, n: number): Naive {
  const all = new Set(Array.from({ length: n }, (_, e) => e));
  const relation = (of: Iterable<string>): Naive => ({ kind: "relation", of: new Set(of) });
  const set = (of: Iterable<number>): Naive => ({ kind: "set", of: new Set(of) });
  const go = (of: Tree): Naive => evaluate(of, names, n);
  const pairs = (of: Tree): ReadonlySet<string> => go(of).of as ReadonlySet<string>;
  const events = (of: Tree): ReadonlySet<number> => go(of).of as ReadonlySet<number>;
  switch (tree.op) {
    case "name":
      return names.get(tree.name) as Naive;
    case "|":
    case "&":
    case "\\": {
      const { op } = tree;
      const combine = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): T[] =>
        op === "|" ? [...a, ...b] : [...a].filter((x) => b.has(x) === (op === "&"));
      const left = go(tree.left);
      return left.kind === "set" ? set(combine(left.of, events(tree.right))) : relation(combine(left.of, pairs(tree.right)));
    }
    case ";":
      return relation(compose(pairs(tree.left), pairs(tree.right)));
    case "*":
      return relation(cross(events(tree.left), events(tree.right)));
    case "+":
      return relation(closure(pairs(tree.of)));
    case "*1":
      return relation([...closure(pairs(tree.of)), ...identity(all)]);
    case "?":
      return relation([...pairs(tree.of), ...identity(all)]);
    case "^-1":
      return relation(inverse(pairs(tree.of)));
    case "~": {
      const of = go(tree.of);
      if (of.kind === "set") return set([...all].filter((e) => !of.of.has(e)));
      return relation([...cross(all, all)].filter((edge) => !of.of.has(edge)));
    }
    case "[]":
      return relation(identity(events(tree.of)));
    case "domain":
      return set([...pairs(tree.of)].map((edge) => pair(edge)[0]));
    case "range":
      return set([...pairs(tree.of)].map((edge) => pair(edge)[1]));
  }
}
