/** The events to come: a heap of four children over typed arrays, ordered by time and then by when they were put in. */
export interface EventHeap {
  readonly size: number;
  push(time: number, key: number, stamp: number): void;
  /** Takes the first event out; `time`, `key` and `stamp` then speak of it. False: there is none. */
  pop(): boolean;
  readonly time: number;
  readonly key: number;
  readonly stamp: number;
}

export function createHeap(): EventHeap {
  let capacity = 1024;
  let times = new Float64Array(capacity);
  let orders = new Float64Array(capacity);
  let keys = new Int32Array(capacity);
  let stamps = new Int32Array(capacity);
  let size = 0;
  let pushed = 0;
  let time = 0;
  let key = 0;
  let stamp = 0;
  const grow = (): void => {
    capacity *= 2;
    const copy = <A extends Float64Array | Int32Array>(to: A, from: A): A => {
      to.set(from);
      return to;
    };
    times = copy(new Float64Array(capacity), times);
    orders = copy(new Float64Array(capacity), orders);
    keys = copy(new Int32Array(capacity), keys);
    stamps = copy(new Int32Array(capacity), stamps);
  };
  return {
    get size() {
      return size;
    },
    get time() {
      return time;
    },
    get key() {
      return key;
    },
    get stamp() {
      return stamp;
    },
    push(at, what, mark) {
      if (size === capacity) grow();
      const order = pushed++;
      let hole = size++;
      while (hole > 0) {
        const parent = (hole - 1) >> 2;
        // The new one was put in last: it goes up only past what is later.
        if ((times[parent] as number) <= at) break;
        times[hole] = times[parent] as number;
        orders[hole] = orders[parent] as number;
        keys[hole] = keys[parent] as number;
        stamps[hole] = stamps[parent] as number;
        hole = parent;
      }
      times[hole] = at;
      orders[hole] = order;
      keys[hole] = what;
      stamps[hole] = mark;
    },
    pop() {
      if (size === 0) return false;
      time = times[0] as number;
      key = keys[0] as number;
      stamp = stamps[0] as number;
      size--;
      const at = times[size] as number;
      const order = orders[size] as number;
      let hole = 0;
      for (;;) {
        const first = hole * 4 + 1;
        if (first >= size) break;
        const end = Math.min(first + 4, size);
        let least = first;
        for (let child = first + 1; child < end; child++) {
          const earlier =
            (times[child] as number) < (times[least] as number) ||
            (times[child] === times[least] && (orders[child] as number) < (orders[least] as number));
          if (earlier) least = child;
        }
        if (at < (times[least] as number) || (at === times[least] && order < (orders[least] as number))) break;
        times[hole] = times[least] as number;
        orders[hole] = orders[least] as number;
        keys[hole] = keys[least] as number;
        stamps[hole] = stamps[least] as number;
        hole = least;
      }
      times[hole] = at;
      orders[hole] = order;
      keys[hole] = keys[size] as number;
      stamps[hole] = stamps[size] as number;
      return true;
    },
  };
}
