/**
 * What was learned (learned.ts), as straight code: one function an agent and one a step, over the words of a state. Made again when more was learned; where a branch is missing the
 * code says so, and the trees are asked. A page whose policy forbids code made at run time does without.
 */
import type { Fields } from "./fields.js";
import type { Learned } from "./learned.js";

/** A branch has not been learned; somebody is not over; somebody can act. */
const UNKNOWN = 4;
const NOT_OVER = 1;
const CAN_ACT = 2;

/** Functions made for one machine. */
export interface Compiled {
  /**
   * Writes the successors of states `index` up to `end` of the pool, from the `from`-th place on, by agents that are not asleep. Stops where that many places are `full`, and at a state
   * that is an end, a deadlock, or not all of which was learned: of it nothing is written. Gives the state where it stopped.
   */
  expand(pool: Int32Array, stride: number, index: number, end: number, from: number, full: number): number;
  /** Where the last `expand` stopped writing. */
  next(): number;
  /** Steps tried by it, the discarded among them. */
  tried(): number;
}

/** Where successors are written: words, hashes, and agents asleep. */
export interface Written {
  readonly words: Int32Array;
  readonly hashes: Int32Array;
  readonly sleeps: Int32Array;
}

/** Characters of code beyond which a tree is a function of its own. */
const LARGE = 4000;

/** The code, or undefined where none can be made here. */
export function compile(learned: Learned, fields: Fields, bound: readonly number[], into: Written): Compiled | undefined {
  const { tree, agents, leaves, effects, outcomes } = learned;
  const wide = fields.words;
  const all = Array.from({ length: wide }, (_, word) => `s${word}`);
  const span = 1 + 2 * wide;

  /** A tree as nested switches; `leaf` gives the code of a leaf, `unknown` that of a branch not learned yet. */
  const branch = (at: number, leaf: (number: number) => string, unknown: string): string => {
    if (at === 0) return unknown;
    if (at < 0) return leaf(~at);
    const [word = 0, shift = 0, mask = 0] = tree.subarray(at, at + 3);
    const cases: string[] = [];
    for (let value = 0; value <= mask; value++) {
      const next = tree[at + 3 + value] as number;
      if (next !== 0) cases.push(`case ${value}: ${branch(next, leaf, unknown)}`);
    }
    return `switch (s${word} >>> ${shift} & ${mask}) { ${cases.join(" ")} default: ${unknown} }`;
  };
  const effect = (leaf: number, number: number): string => {
    const from = leaf * span;
    if (outcomes[from] === 1) return "tried++; return 0;";
    const values = all.map((word, at) => {
      const keep = outcomes[from + 1 + 2 * at] as number;
      const put = outcomes[from + 2 + 2 * at] as number;
      return keep === -1 && put === 0 ? word : `${word} & ${keep} | ${put}`;
    });
    return `put(${values.join(", ")}, z & ~bound[${number}]); return 0;`;
  };
  const calls = (leaf: number, then: (result: number) => string): string => {
    const { over, effects: list } = leaves[leaf] as Learned["leaves"][number];
    const made = list.map((each) => `e${each}(${all.join()}, done) | `).join("");
    return `${made}${then((over ? 0 : NOT_OVER) | (list.length > 0 ? CAN_ACT : 0))}`;
  };
  /** Small trees stand in place; large ones are functions, so that each is small enough to be optimised. */
  const sizes = Array.from(agents, (root) => branch(root, (leaf) => calls(leaf, String), "").length);
  const own = (agent: number): boolean => (sizes[agent] as number) > LARGE;
  const acts = (agent: number, root: number): string => {
    if (own(agent)) return `r = a${agent}(${all.join()}, done); if (r & ${UNKNOWN}) break state; result |= r;`;
    const leaf = (number: number): string => {
      const count = leaves[number]?.effects.length ?? 0;
      const over = leaves[number]?.over === true;
      if (count === 0) return `${over ? "" : `result |= ${NOT_OVER};`} r = 0; break agent${agent};`;
      return `r = ${calls(number, String)}; if (r & ${UNKNOWN}) break state; result |= r; break agent${agent};`;
    };
    return `agent${agent}: { ${branch(root, leaf, "break state;")} }`;
  };
  const lines = [
    `let next = 0, tried = 0;`,
    `function put(${all.join()}, z) {`,
    `  const to = next * ${wide};`,
    `  let h = 0x9e3779b9 | 0;`,
    ...all.map((word, at) => `  words[to + ${at}] = ${word}; h = Math.imul(h ^ ${word}, 0x85ebca6b); h ^= h >>> 15;`),
    `  h = Math.imul(h, 0xc2b2ae35);`,
    `  hashes[next] = h ^ (h >>> 16); sleeps[next] = z; next++; tried++;`,
    `}`,
    ...effects.map(
      (root, each) => `function e${each}(${all.join()}, z) { ${branch(root, (leaf) => effect(leaf, each), `return ${UNKNOWN};`)} }`,
    ),
    ...Array.from(agents, (root, each) =>
      own(each)
        ? `function a${each}(${all.join()}, done) { ${branch(root, (leaf) => `return ${calls(leaf, (result) => `${result};`)}`, `return ${UNKNOWN};`)} }`
        : "",
    ),
    `function expand(pool, stride, index, end, from, full) {`,
    `  next = from; tried = 0;`,
    `  let before = from, counted = 0;`,
    `  for (; index < end && next <= full; index++) {`,
    `    const base = index * stride, asleep = pool[base + ${wide}];`,
    `    let result = asleep === 0 ? 0 : ${NOT_OVER | CAN_ACT}, r = 0, done = asleep;`,
    ...all.map((word, at) => `    const ${word} = pool[base + ${at}];`),
    `    before = next; counted = tried;`,
    `    state: {`,
    ...Array.from(agents, (root, each) => {
      const bit = each < 32 ? 1 << each : 0;
      const code = acts(each, root);
      return bit === 0 ? `      ${code}` : `      if ((asleep & ${bit}) === 0) { ${code} if (r & ${CAN_ACT}) done |= ${bit}; }`;
    }),
    `      if (result === ${NOT_OVER | CAN_ACT}) continue;`,
    `    }`,
    `    next = before; tried = counted;`,
    `    return index;`,
    `  }`,
    `  return index;`,
    `}`,
    `return { expand, next: () => next, tried: () => tried };`,
  ];
  try {
    const make = new Function("words", "hashes", "sleeps", "bound", lines.join("\n"));
    return make(into.words, into.hashes, into.sleeps, bound) as Compiled;
  } catch {
    return undefined;
  }
}
