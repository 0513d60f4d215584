/** What a `with` chooses from: the relations that its value can be. */
import type { Compiled } from "./compile.js";
import type { Ground } from "./concrete.js";
import type { GraphNode } from "./graph.js";
import { choicesOf } from "./interpret.js";
import type { Kind } from "./kind.js";
import type { NodeFacts } from "./node-facts.js";
import type { Operations } from "./operations.js";
import { EXACT, type Planes } from "./planes.js";
import { emptyRelation, emptySet, type Relation } from "./relation.js";

/** The ways in which a model's `with` can go, by number. */
export class Choices {
  readonly #facts: NodeFacts;
  readonly #planes: Planes;
  readonly #operations: Operations;

  constructor(facts: NodeFacts, planes: Planes, operations: Operations) {
    this.#facts = facts;
    this.#planes = planes;
    this.#operations = operations;
  }

  /** The ways in which a `with` can go. Where all that it looks at is empty in structures of this kind, they are the same for all of these. */
  of(index: number): readonly Relation[] {
    return this.common(this.#planes.kind, index, this.#planes.n) ?? this.#chosen(this.#operations.ground(EXACT), index);
  }

  #chosen(ground: Ground, index: number): readonly Relation[] {
    const { from, place } = this.#facts.compiled.choices[index] as Compiled["choices"][number];
    return choicesOf(ground, from, place);
  }

  /** The ways in which a `with` can go in all structures of a kind with so many events; undefined where they differ. */
  common(kind: Kind, index: number, n: number): readonly Relation[] | undefined {
    const known = kind.choices[index]?.get(n);
    if (known !== undefined) return known;
    const ways = kind.emptyChoices[index];
    if (ways !== undefined) {
      if (ways < 0) return undefined;
      const found = Array.from({ length: ways }, () => emptyRelation(n));
      kind.choices[index]?.set(n, found);
      return found;
    }
    let common = true;
    let sized = false;
    const nothing = { set: emptySet(n), relation: emptyRelation(n) };
    const found = this.#chosen(
      {
        ...this.#operations.ground(EXACT),
        n,
        get loc() {
          common = false;
          return nothing.relation;
        },
        read: (node) => {
          const { kind: of } = this.#facts.nodes[node] as GraphNode;
          if (kind.nothing[node] !== 1) common = false;
          return { kind: of, bits: nothing[of].slice() };
        },
        asksForAll: () => {
          sized = true;
        },
      },
      index,
    );
    if (!common) {
      kind.emptyChoices[index] = -1;
      return undefined;
    }
    // Without any event in what is read, and nothing made of all of them, no relation that comes out has a pair.
    if (!sized) kind.emptyChoices[index] = found.length;
    kind.choices[index]?.set(n, found);
    return found;
  }
}
