import { expect, test } from "vitest";
import { heldLocks } from "../../src/explore/held-locks.js";
import { parseTest } from "../../src/litmus/parse.js";
import { lowerTest } from "../../src/program/lower.js";

/** The names of the locks held at each plain write of P0, in the order of the text. */
function heldAtWrites(body: string): readonly string[] {
  const source = {
    name: "t",
    text: `C t\n{ spinlock_t l; spinlock_t m; int x; }\nP0(spinlock_t *l, spinlock_t *m, int *x) { ${body} }\nexists (x=1)`,
  };
  const parsed = parseTest(source);
  const lowered = parsed.ok ? lowerTest(parsed.value, source) : parsed;
  if (!lowered.ok) throw new Error(lowered.problems[0]?.message);
  const { threads, locations } = lowered.value;
  const [thread] = threads;
  if (thread === undefined) throw new Error("no thread");
  const held = heldLocks(thread);
  return thread.code.flatMap((operation, at) =>
    operation.kind === "write" ? [[...(held[at] ?? [])].map((lock) => locations[lock]?.name).join("")] : [],
  );
}

test.each([
  ["*x = 1; spin_lock(l); *x = 2; spin_unlock(l); *x = 3;", ["", "l", ""]],
  ["spin_lock(l); spin_lock(m); *x = 1; spin_unlock(l); *x = 2; spin_unlock(m);", ["lm", "m"]],
  ["int r = *x; if (r) spin_lock(l); *x = 1;", [""]],
  ["int r = spin_trylock(l); if (r) { *x = 1; spin_unlock(l); } else { *x = 2; } *x = 3;", ["l", "", ""]],
  ["int r = spin_trylock(l); if (!r) return; *x = 1; spin_unlock(l);", ["l"]],
  ["int r = spin_trylock(l); r = 1; if (r) *x = 1;", [""]],
  ["spin_lock(l); while (READ_ONCE(*x)) { spin_unlock(l); spin_lock(l); } *x = 1; spin_unlock(l);", ["l"]],
  ["spin_lock(l); while (READ_ONCE(*x)) { spin_unlock(l); } *x = 1;", [""]],
  ["spin_lock_irqsave(l, flags); *x = 1; spin_unlock_irqrestore(l, flags);", ["l"]],
])("%s", (body, held) => {
  expect(heldAtWrites(body)).toEqual(held);
});
