// The families of litmus tests whose cost grows with n, as corpora/README.md names them: f(n) -> text. Written anew from their descriptions in herd-scaling.csv.
const thread = (index, locations, body) =>
  `P${index}(${locations.map((each) => (each.includes(" ") ? each : `int *${each}`)).join(", ")})\n{\n${body.map((line) => `\t${line}\n`).join("")}}\n\n`;
const test = (name, threads, condition) => `C ${name}\n\n{}\n\n${threads.join("")}exists (${condition})\n`;
const range = (n, make) => Array.from({ length: n }, (_, i) => make(i));
const all = (terms) => terms.join(" /\\ ");
const read = (register, location) => `int ${register} = READ_ONCE(*${location});`;
const write = (location, value) => `WRITE_ONCE(*${location}, ${value});`;
const ring = (n, make) => range(n, (i) => thread(i, [`x${i}`, `x${(i + 1) % n}`], make(`x${i}`, `x${(i + 1) % n}`, i)));

export const FAMILIES = {
  "l-SB": (n) =>
    test(
      `SB-${n}`,
      ring(n, (a, b) => [write(a, 1), read("r0", b)]),
      all(range(n, (i) => `${i}:r0=0`)),
    ),
  "l-SBmb": (n) =>
    test(
      `SB-${n}+mbs`,
      ring(n, (a, b) => [write(a, 1), "smp_mb();", read("r0", b)]),
      all(range(n, (i) => `${i}:r0=0`)),
    ),
  "l-LB": (n) =>
    test(
      `LB-${n}`,
      ring(n, (a, b) => [read("r0", a), write(b, 1)]),
      all(range(n, (i) => `${i}:r0=1`)),
    ),
  "l-ISA2": (n) =>
    test(
      `ISA2-${n}`,
      [
        thread(0, ["x", "f1"], [write("x", 1), "smp_store_release(f1, 1);"]),
        ...range(n - 2, (i) =>
          thread(i + 1, [`f${i + 1}`, `f${i + 2}`], [`int r0 = smp_load_acquire(f${i + 1});`, `smp_store_release(f${i + 2}, 1);`]),
        ),
        thread(n - 1, [`f${n - 1}`, "x"], [`int r0 = smp_load_acquire(f${n - 1});`, read("r1", "x")]),
      ],
      all([...range(n - 1, (i) => `${i + 1}:r0=1`), `${n - 1}:r1=0`]),
    ),
  "l-IRIW": (n) => {
    const names = range(n, (i) => `x${i}`);
    const reader = (order) => order.flatMap((i, k) => [...(k > 0 ? ["smp_mb();"] : []), read(`r${k}`, `x${i}`)]);
    const up = range(n, (i) => i);
    return test(
      `IRIW-${n}+mbs`,
      [
        ...range(n, (i) => thread(i, [`x${i}`], [write(`x${i}`, 1)])),
        thread(n, names, reader(up)),
        thread(n + 1, names, reader([...up].reverse())),
      ],
      all([`${n}:r0=1`, `${n + 1}:r0=1`, ...[n, n + 1].flatMap((t) => range(n - 1, (k) => `${t}:r${k + 1}=0`))]),
    );
  },
  "l-MPk": (n) => {
    const data = range(n, (i) => `d${i}`);
    return test(
      `MP-${n}data`,
      [
        thread(0, [...data, "f"], [...data.map((each) => write(each, 1)), "smp_store_release(f, 1);"]),
        thread(1, [...data, "f"], ["int r = smp_load_acquire(f);", ...data.map((each, i) => read(`r${i}`, each))]),
      ],
      `1:r=1 /\\ (${data.map((_, i) => `1:r${i}=0`).join(" \\/ ")})`,
    );
  },
  "l-RCU": (n) => {
    const m = n + 1;
    return test(
      `WW-G+${n}R`,
      ring(m, (a, b, i) =>
        i === 0 ? [write(a, 1), "synchronize_rcu();", write(b, 2)] : ["rcu_read_lock();", write(a, 1), write(b, 2), "rcu_read_unlock();"],
      ),
      all(range(m, (i) => `x${i}=1`)),
    );
  },
  "l-CoW": (n) =>
    test(
      `CoW-${n}`,
      range(n, (i) => thread(i, ["x"], [write("x", i + 1)])),
      "x=1",
    ),
  "l-CoWR": (n) =>
    test(
      `CoWRR-${n}`,
      [...range(n, (i) => thread(i, ["x"], [write("x", i + 1)])), thread(n, ["x"], [read("r0", "x"), read("r1", "x")])],
      `${n}:r0=1 /\\ ${n}:r1=2`,
    ),
  "l-RW": (n) =>
    test(
      `RW-${n}`,
      range(n, (i) => thread(i, ["x", "y"], [write(i % 2 === 0 ? "x" : "y", i + 1), "smp_mb();", read("r0", i % 2 === 0 ? "y" : "x")])),
      all(range(n, (i) => `${i}:r0=0`)),
    ),
  "l-Inc": (n) =>
    test(
      `Inc-${n}`,
      range(n, (i) => thread(i, ["atomic_t *x"], ["int r0 = atomic_fetch_add(1, x);"])),
      `~x=${n}`,
    ),
  "l-Lock": (n) =>
    test(
      `Lock-${n}`,
      range(n, (i) => thread(i, ["x", "spinlock_t *s"], ["spin_lock(s);", read("r0", "x"), write("x", "r0 + 1"), "spin_unlock(s);"])),
      `~x=${n}`,
    ),
};
