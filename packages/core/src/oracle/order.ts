/** A partial order that grows: which events come before which, closed under transitivity. Copied where the search branches. */
export class Order {
  private constructor(
    private readonly size: number,
    private readonly words: number,
    /** Row `i`: the events after `i`. */
    private readonly later: Int32Array,
  ) {}

  static of(size: number): Order {
    const words = Math.max(1, Math.ceil(size / 32));
    return new Order(size, words, new Int32Array(size * words));
  }

  copy(): Order {
    return new Order(this.size, this.words, this.later.slice());
  }

  before(a: number, b: number): boolean {
    return (((this.later[a * this.words + (b >> 5)] as number) >>> (b & 31)) & 1) === 1;
  }

  /** Puts `a` before `b`. False, and nothing changed, where that closes a cycle. */
  add(a: number, b: number): boolean {
    if (a === b || this.before(b, a)) return false;
    if (this.before(a, b)) return true;
    const { size, words, later } = this;
    for (let i = 0; i < size; i++) {
      if (i !== a && !this.before(i, a)) continue;
      for (let w = 0; w < words; w++) later[i * words + w] = (later[i * words + w] as number) | (later[b * words + w] as number);
      const at = i * words + (b >> 5);
      later[at] = (later[at] as number) | (1 << (b & 31));
    }
    return true;
  }
}
