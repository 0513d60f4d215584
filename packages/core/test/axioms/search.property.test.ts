/** The search against the obvious way: every choice of rf and every order of writes, each judged as a whole. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { executeThread } from "../../src/axioms/execute.js";
import { frameOf } from "../../src/axioms/frame.js";
import { answer, KERNEL_MACROS } from "../../src/axioms/index.js";
import { preparePath } from "../../src/axioms/prepared-path.js";
import { forEachSkeleton, type Skeleton } from "../../src/axioms/skeleton.js";
import { addEdge, wordsFor } from "../../src/cat/index.js";
import { litmus, modelNamed, read } from "./model.js";

/** All orders of a list. */
function orders(list: readonly number[]): readonly number[][] {
  return list.length === 0 ? [[]] : list.flatMap((first) => orders(list.filter((each) => each !== first)).map((rest) => [first, ...rest]));
}

function product<T>(choices: readonly (readonly T[])[]): readonly T[][] {
  return choices.reduce<T[][]>((all, each) => all.flatMap((before) => each.map((one) => [...before, one])), [[]]);
}

/** Consistent executions of a test in which no value is computed and no lock is taken. */
function countOneByOne(text: string, name: string): number {
  const { session } = modelNamed(name);
  const parsed = read(text);
  const frame = frameOf(parsed, []);
  const threads = parsed.threads.map((thread, index) =>
    executeThread(
      thread,
      { registers: frame.registers[index] ?? new Map() },
      { macros: KERNEL_MACROS, unroll: 2, fencesAroundAtomics: false, maxPaths: 100 },
      [],
    ).map((path) => preparePath(path)),
  );
  let count = 0;
  forEachSkeleton(threads, frame, (skeleton) => {
    count += countSkeleton(skeleton);
    return true;
  });
  return count;

  function countSkeleton({ events, structure }: Skeleton): number {
    const { n } = structure;
    const words = wordsFor(n);
    session.begin(structure);
    const reads = events.flatMap((event, index) => (event.kind === "R" ? [index] : []));
    const writesAt = (location: string | undefined): number[] =>
      events.flatMap((event, index) => (event.kind === "W" && event.location === location ? [index] : []));
    const sources = reads.map((each) =>
      writesAt(events[each]?.location).filter(
        (write) => events[write]?.instruction !== events[each]?.instruction || events[write]?.thread !== events[each]?.thread,
      ),
    );
    const locations = [...new Set(events.flatMap(({ location }) => (location === undefined ? [] : [location])))];
    const coherences = locations.map((location) =>
      orders(writesAt(location).filter((write) => (events[write]?.thread ?? -1) >= 0)).map((order) => [
        ...writesAt(location).filter((write) => events[write]?.thread === -1),
        ...order,
      ]),
    );
    let found = 0;
    for (const chosen of product(sources)) {
      const rf = new Int32Array(n * words);
      chosen.forEach((write, index) => {
        addEdge(rf, words, write, reads[index] as number);
      });
      for (const order of product(coherences)) {
        const co = new Int32Array(n * words);
        for (const line of order) line.forEach((a, i) => line.slice(i + 1).forEach((b) => addEdge(co, words, a, b)));
        if (session.check(rf, co)) found++;
      }
    }
    return found;
  }
}

const access = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("read"), at: fc.constantFrom("x", "y"), how: fc.constantFrom("once", "acquire", "plain") }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("write"), at: fc.constantFrom("x", "y"), how: fc.constantFrom("once", "release", "plain") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("swap"),
      at: fc.constantFrom("x", "y"),
      how: fc.constantFrom("", "_relaxed", "_acquire", "_release"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("fence"),
      at: fc.constant(""),
      how: fc.constantFrom("smp_mb", "smp_wmb", "smp_rmb", "synchronize_rcu", "rcu_read_lock", "rcu_read_unlock"),
    }),
  },
);

/** Every write has a value of its own, and no value is computed from another. */
function program(threads: readonly (readonly { kind: string; at: string; how: string }[])[]): string {
  let value = 0;
  let registers = 0;
  const items: string[] = [];
  const bodies = threads.map((body, thread) =>
    body
      .map(({ kind, at, how }) => {
        if (kind === "fence") return `${how}();`;
        if (kind === "write") {
          const next = ++value;
          return how === "once"
            ? `WRITE_ONCE(*${at}, ${next});`
            : how === "release"
              ? `smp_store_release(${at}, ${next});`
              : `*${at} = ${next};`;
        }
        const register = `r${registers++}`;
        items.push(`${thread}:${register}`);
        if (kind === "swap") return `int ${register} = xchg${how}(${at}, ${++value});`;
        return `int ${register} = ${how === "once" ? `READ_ONCE(*${at})` : how === "acquire" ? `smp_load_acquire(${at})` : `*${at}`};`;
      })
      .join(" "),
  );
  return litmus("x y", bodies, `locations [x; y; ${items.join("; ")}]\nexists (x=1)`);
}

for (const name of ["lkmm", "sc"]) {
  test(`${name}: as many executions as by trying all of them`, () => {
    fc.assert(
      fc.property(fc.array(fc.array(access, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }), (threads) => {
        const text = program(threads);
        const { model, session } = modelNamed(name);
        const given = answer(read(text), model, session);
        if (given.kind !== "answer") throw new Error(given.kind);
        expect(given.answer.positive + given.answer.negative, text).toBe(countOneByOne(text, name));
      }),
      { numRuns: 120, seed: 11 },
    );
  });
}

test("threads that do the same are counted as if each were another", () => {
  const body = fc.array(
    fc.constantFrom(
      "WRITE_ONCE(*x, 1);",
      "int r0 = READ_ONCE(*x); WRITE_ONCE(*y, r0 + 1);",
      "int r1 = atomic_fetch_add(1, y);",
      "smp_mb();",
      "spin_lock(s); WRITE_ONCE(*y, 7); spin_unlock(s);",
      "int r2 = READ_ONCE(*y); if (r2) WRITE_ONCE(*x, 2);",
    ),
    { minLength: 1, maxLength: 2 },
  );
  fc.assert(
    fc.property(body, fc.integer({ min: 2, max: 3 }), (statements, copies) => {
      const bodies = Array.from({ length: copies }, () => [...new Set(statements)].join(" "));
      const total = (tail: string): number => {
        const { model, session } = modelNamed("lkmm");
        const given = answer(read(litmus("x y s:spinlock_t", bodies, tail)), model, session);
        if (given.kind !== "answer") throw new Error(given.kind);
        return given.answer.positive + given.answer.negative;
      };
      // Registers that are observed tell the threads apart.
      const registers = bodies.map((_, thread) => `${thread}:r9`).join("; ");
      expect(total("exists (x=1)")).toBe(total(`locations [${registers}]\nexists (x=1)`));
    }),
    { numRuns: 60, seed: 5 },
  );
});

test("readers of a location whose writes are ordered see it grow, each by itself", () => {
  // n reads, none older than the one before, of n writes and the initial one: 2n over n ways for each reader.
  for (const [n, ways] of [
    [2, 6],
    [3, 20],
    [4, 70],
  ] as const) {
    const reads = Array.from({ length: n }, (_, k) => `int r${k} = READ_ONCE(*x);`).join(" ");
    const writes = Array.from({ length: n }, (_, k) => `WRITE_ONCE(*x, ${k + 1});`).join(" ");
    for (const name of ["lkmm", "sc"]) {
      const { model, session } = modelNamed(name);
      const given = answer(read(litmus("x", [writes, reads, reads], "exists (1:r0=2 /\\ 1:r1=1)")), model, session);
      expect(given.kind === "answer" ? [given.answer.positive, given.answer.negative, given.answer.states.length] : given).toEqual([
        0,
        ways * ways,
        ((n + 1) * (n + 2)) / 2,
      ]);
    }
  }
});
