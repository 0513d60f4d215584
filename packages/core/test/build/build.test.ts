import { readFileSync } from "node:fs";
import { lower, parse, print, type Test, valueOf } from "@fencepost/core";
import {
  and,
  arrival,
  at,
  BuildError,
  test as build,
  type CpuProgram,
  type Device,
  dmaAllocCoherent,
  dmaFlagsSetDmaflush,
  dmaMapSingle,
  eq,
  order,
  type TestBuilder,
} from "@fencepost/core/build";
import { describe, expect, expectTypeOf, test } from "vitest";
import { printProgram } from "../../src/program/index.js";
import { everyForm } from "./every-form.js";

const file = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

describe("a built test", () => {
  test("prints as litmus text", () => {
    expect(print(everyForm)).toBe(file("every-form.litmus"));
  });

  test("is what reading its text gives, positions included", () => {
    expect(valueOf(parse(print(everyForm)))).toEqual(everyForm);
  });

  test("lowers as its text does, and quotes it", () => {
    const program = valueOf(lower(everyForm));
    const text = print(everyForm);
    expect(program).toEqual(valueOf(lower(valueOf(parse(text)), { name: "every-form", text })));
    expect(program.threads[0]?.code[1]?.text).toBe("DMA_WRITE(*data, 1, RO, TC(1))");
  });

  test("is frozen plain data", () => {
    expect(structuredClone(everyForm)).toEqual(everyForm);
    expect(() => Object.assign(everyForm.threads[0] ?? {}, { name: "D7" })).toThrow(TypeError);
  });

  test("is the same program as the catalogue's", () => {
    const built = build("cq-barrier", (t) => {
      const data = t.dma("data", dmaMapSingle());
      const cq = t.dma("cq", dmaFlagsSetDmaflush(dmaMapSingle()));
      t.device("D0").program((d) => {
        d.dmaWrite(data, 1);
        d.dmaWrite(cq, 1);
      });
      t.cpu("P0", (c) => {
        const r0 = c.readOnce(cq);
        c.rmb();
        const r1 = c.readOnce(data);
        t.exists(and(eq(r0, 1), eq(r1, 0)));
      });
    });
    const source = { name: "cq-barrier.litmus", text: file("../../../../catalogue/altix/cq-barrier.litmus") };
    const written = valueOf(lower(valueOf(parse(source)), source));
    expect(printProgram(valueOf(lower(built)))).toBe(printProgram(written));
  });

  test("gives what its threads give", () => {
    build("results", (t) => {
      const x = t.memory("x");
      const registers = t.cpu("P0", (c) => ({ first: c.readOnce(x), second: c.readOnce(x) }));
      expect(registers.second).toEqual({ kind: "register", thread: "P0", name: "r1" });
      t.forall(eq(registers.first, registers.second));
    });
  });

  test("keeps the order in which its threads were begun", () => {
    const built = build("nested", (t) => {
      t.cpu("P0", () => {
        t.cpu("P1", () => {});
      });
      t.notExists(eq(t.memory("x"), 1));
    });
    expect(built.threads.map((thread) => thread.name)).toEqual(["P0", "P1"]);
    expect(built.condition?.quantifier).toBe("~exists");
  });
});

describe("the types", () => {
  test("know that there is no PIO in user space", () => {
    const builder = {} as TestBuilder;
    const user = (): void => {
      builder.user("P0", (u) => {
        // @ts-expect-error: a user-space thread has no readl
        u.readl(builder.device("D0").register("status"));
      });
    };
    expect(user).toThrow();
  });

  test("know where a register is reached", () => {
    const wrong = (c: CpuProgram, d: Device): void => {
      // @ts-expect-error: an I/O port is read with inl
      c.readl(d.port("data_port"));
      // @ts-expect-error: a memory-mapped register is read with readl
      c.inl(d.register("status"));
      c.ioread32(d.port("data_port"));
      // @ts-expect-error: a condition of a thread does not read memory
      c.if(eq({} as ReturnType<TestBuilder["memory"]>, 1), () => {});
    };
    expectTypeOf(wrong).toBeFunction();
  });
});

describe("a test built wrongly", () => {
  const mistakes: readonly (readonly [string, (t: TestBuilder) => void, string])[] = [
    ["two conditions", (t) => both(t), "mistake has a condition already"],
    ["a name twice", (t) => [t.memory("x"), t.atomic("x")], "the location `x` is there already"],
    [
      "a register's name",
      (t) => t.memory("r0"),
      "`r0` is no name of a location: an identifier is, but r0, P0 and D0 stand for registers, threads and devices",
    ],
    ["a device's name", (t) => t.device("nic"), "`nic` is no name of a device: they are D0, D1, …"],
    ["a thread's name", (t) => t.cpu("main", () => {}), "`main` is no name of a CPU thread: they are P0, P1, …"],
    ["a second program", (t) => twice(t.device("D0")), "D0 has a program already: a second one is an `engine`"],
    ["another test's location", (t) => t.cpu("P0", (c) => c.readOnce(foreign)), "`foreign` belongs to another test than mistake"],
    ["another thread's register", (t) => stolen(t), "P0's r0 cannot be used in P1: threads share memory, not registers"],
    ["a thread that is over", (t) => late(t).mb(), "P0 is finished: nothing can be added to it"],
    ["an unknown primitive", (t) => t.cpu("P0", (c) => c.call("smp_bm")), "there is no primitive `smp_bm`: did you mean `smp_mb`?"],
    ["a whole array", (t) => t.cpu("P0", (c) => c.readOnce(ring(t))), "`ring` is an array: name an element with `at(ring, 0)`"],
    ["no such element", (t) => at(ring(t), 2), "`ring` has the elements 0 to 1, not 2"],
    ["no array", (t) => at(t.memory("x"), 0), "`x` is no array"],
    ["no integer", (t) => t.cpu("P0", (c) => c.writeOnce(t.memory("x"), 0.5)), "0.5 is no integer of 32 bits"],
    ["nothing to join", () => and(), "`and` of nothing"],
    [
      "a request that is for a device",
      (t) => t.dma("x", { ...dmaMapSingle(), device: 0 }),
      "`x`: a builder's request is for no device yet: write `{ for: d0 }`",
    ],
    ["an order inside a thread", (t) => inside(t), "`order` speaks of a whole run: it belongs into the condition of the test"],
    ["quotes in a doc string", (t) => t.doc('a "b"'), "a doc string has no double quotes in it"],
  ];

  test.each(mistakes)("%s", (_, mistake, message) => {
    expect(() => build("mistake", mistake)).toThrow(new BuildError(message));
  });

  test("in its name", () => {
    expect(() => build("name (other)", () => {})).toThrow("this is read otherwise than it is meant:\nC name (other)");
    expect(() => build("two\nlines", () => {})).toThrow("this cannot be written as a litmus test:\ntwo\nlines:2:1");
  });

  test("is told from a wrong test, which lowering reports", () => {
    const parked = build("parked", (t) => {
      t.user("P0", (u) => u.call("readl", t.device("D0").register("status")));
    });
    const outcome = lower(parked);
    expect(outcome.problems.map((problem) => problem.code)).toEqual(["misplaced"]);
  });

  let foreign: ReturnType<TestBuilder["memory"]>;
  build("foreign", (t) => {
    foreign = t.memory("foreign");
  });
  const ring = (t: TestBuilder) => t.dma("ring", dmaAllocCoherent(), { length: 2 });
  const both = (t: TestBuilder): void => {
    const x = t.memory("x");
    t.exists(eq(x, 1));
    t.forall(eq(x, 1));
  };
  const twice = (d: Device): void => {
    d.program(() => {});
    d.program(() => {});
  };
  const stolen = (t: TestBuilder): void => {
    const r0 = t.cpu("P0", (c) => c.register());
    t.cpu("P1", (c) => c.assign(r0, 1));
  };
  const late = (t: TestBuilder): CpuProgram => t.cpu("P0", (c) => c);
  const inside = (t: TestBuilder): void => {
    const d0 = t.device("D0");
    const a = d0.register("a");
    // @ts-expect-error: the types refuse it too
    d0.program((d) => d.wait(order(arrival(a, 2), arrival(a, 1))));
  };
});

test("is a Test like any other", () => {
  expectTypeOf(everyForm).toEqualTypeOf<Test>();
});
