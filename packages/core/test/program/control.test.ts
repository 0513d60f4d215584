import { describe, expect, test } from "vitest";
import { cpu, device, problems, program } from "./listing.js";

describe("if", () => {
  test.each([
    [
      "if",
      "int r0 = READ_ONCE(*x); if (r0 == 1) *y = 1; *z = 1;",
      "r0 = READ_ONCE x; branch r0 == 1 else 3 join 3; plain_write y = 1; plain_write z = 1",
    ],
    [
      "if else",
      "if (READ_ONCE(*x)) *y = 1; else *z = 1;",
      "$0 = READ_ONCE x; branch $0 else 4 join 5; plain_write y = 1; jump 5; plain_write z = 1",
    ],
    [
      "&& branches twice",
      "if (READ_ONCE(*x) && READ_ONCE(*y)) *z = 1;",
      "$0 = READ_ONCE x; branch $0 else 5 join 5; $1 = READ_ONCE y; branch $1 else 5 join 5; plain_write z = 1",
    ],
    [
      "|| goes on where the left holds",
      "if (READ_ONCE(*x) || READ_ONCE(*y)) *z = 1;",
      "$0 = READ_ONCE x; branch !$0 else 4 join 5; $1 = READ_ONCE y; branch $1 else 5 join 5; plain_write z = 1",
    ],
    [
      "! of both",
      "if (!(READ_ONCE(*x) && READ_ONCE(*y))) *z = 1;",
      "$0 = READ_ONCE x; branch $0 else 4 join 5; $1 = READ_ONCE y; branch !$1 else 5 join 5; plain_write z = 1",
    ],
    ["what cannot happen is left out", "if (1) *x = 1; else *y = 1; if (0) *z = 1;", "plain_write x = 1"],
    ["return", "if (READ_ONCE(*x)) return; *y = 1;", "$0 = READ_ONCE x; branch $0 else 3 join 3; jump 4; plain_write y = 1"],
  ])("%s", (_, body, expected) => {
    expect(cpu(body)).toBe(expected);
  });
});

describe("loops", () => {
  test.each([
    [
      "one that polls has one copy",
      "while (READ_ONCE(*x) == 0) cpu_relax(); *y = 1;",
      "$0 = READ_ONCE x; branch $0 == 0 else 4 join 4; barrier; loop 0 polls; plain_write y = 1",
    ],
    ["do polls as well", "int r0; do r0 = READ_ONCE(*x); while (!r0);", "r0 = READ_ONCE x; branch !r0 else 3 join 3; loop 0 polls"],
    [
      "one that writes is unrolled twice, then closed",
      "int r0 = 0; while (r0 < 9) { WRITE_ONCE(*x, r0); r0++; }",
      "r0 = 0; branch r0 < 9 else 11 join 11; WRITE_ONCE x = r0; r0 = r0 + 1; branch r0 < 9 else 11 join 11; WRITE_ONCE x = r0; r0 = r0 + 1; branch r0 < 9 else 11 join 11; WRITE_ONCE x = r0; r0 = r0 + 1; loop 7",
    ],
    [
      "continue jumps forward to the end of the round",
      "while (READ_ONCE(*x)) { if (READ_ONCE(*y)) continue; smp_rmb(); }",
      "$0 = READ_ONCE x; branch $0 else 7 join 7; $0 = READ_ONCE y; branch $0 else 5 join 5; jump 6; smp_rmb; loop 0 polls",
    ],
    ["break leaves", "while (1) { if (READ_ONCE(*x)) break; }", "$0 = READ_ONCE x; branch $0 else 3 join 3; jump 4; loop 0 polls"],
    ["endless", "for (;;) READ_ONCE(*x);", "$0 = READ_ONCE x; loop 0 polls"],
    [
      "do while (0) is no loop",
      "do { *x = 1; if (READ_ONCE(*y)) break; *z = 1; } while (0);",
      "plain_write x = 1; $0 = READ_ONCE y; branch $0 else 4 join 4; jump 5; plain_write z = 1",
    ],
    [
      "counted rounds are unrolled",
      "for (int i = 0; i < 3; i++) WRITE_ONCE(*x, i);",
      "WRITE_ONCE x = 0; WRITE_ONCE x = 1; WRITE_ONCE x = 2",
    ],
    [
      "a variable from outside keeps its value",
      "int i; for (i = 6; i > 0; i -= 2) WRITE_ONCE(*x, i); WRITE_ONCE(*y, i);",
      "WRITE_ONCE x = 6; WRITE_ONCE x = 4; WRITE_ONCE x = 2; i = 0; WRITE_ONCE y = i",
    ],
    [
      "nested",
      "for (int i = 0; i < 2; i++) for (int j = 0; j <= i; j++) WRITE_ONCE(*x, 10 * i + j);",
      "WRITE_ONCE x = 0; WRITE_ONCE x = 10; WRITE_ONCE x = 11",
    ],
    [
      "continue in counted rounds",
      "for (int i = 0; i < 3; i++) { if (i == 1) continue; WRITE_ONCE(*x, i); }",
      "WRITE_ONCE x = 0; WRITE_ONCE x = 2",
    ],
    [
      "more than eight rounds are not counted",
      "for (int i = 0; i < 9; i++) smp_mb();",
      "i = 0; branch i < 9 else 5 join 5; smp_mb; i = i + 1; loop 1 polls",
    ],
    [
      "a limit that is not known",
      "int n = READ_ONCE(*x); for (int i = 0; i < n; i++) READ_ONCE(*y);",
      "n = READ_ONCE x; i = 0; branch i < n else 6 join 6; $0 = READ_ONCE y; i = i + 1; loop 2 polls",
    ],
  ])("%s", (_, body, expected) => {
    expect(cpu(body)).toBe(expected);
  });

  test("a device waits for its own registers", () => {
    expect(device("while (!D0.a) ;")).toBe("wait $0 where $0 = D0.a");
    expect(device("do { } while (D0.a == D0.b);")).toBe("wait !($0 == $1) where $0 = D0.a, $1 = D0.b");
    expect(device("WAIT(D0.a == 1 || D0.a == 2);")).toBe("wait ($0 == 1) || ($0 == 2) where $0 = D0.a");
  });

  test("nested loops that get too long are reported, soon", () => {
    const deep = "while (READ_ONCE(*x)) { WRITE_ONCE(*x, 1); ".repeat(30) + "}".repeat(30);
    expect(problems(`P0(int *x) { ${deep} }`)[0]).toMatch(/^unsupported .*P0 is too long once its loops are unrolled/);
    const counted = Array.from({ length: 30 }, (_, n) => `for (int i${n} = 0; i${n} < 8; i${n}++) `).join("");
    expect(problems(`P0(int *x) { ${counted} ; }`)[0]).toMatch(/^unsupported/);
  });

  test("break outside", () => {
    expect(problems("P0() { break; }")).toEqual(['misplaced "break;": `break` stands outside a loop']);
  });
});

test("text and spans", () => {
  const lowered = program("P0(int *x) {\n  if ( READ_ONCE(*x)\n       == 1 ) {\n    WRITE_ONCE(*x,   2);\n  }\n}");
  expect(lowered.threads[0]?.code.map((operation) => operation.text)).toEqual([
    "if ( READ_ONCE(*x) == 1 )",
    "if ( READ_ONCE(*x) == 1 )",
    "WRITE_ONCE(*x, 2)",
  ]);
});
