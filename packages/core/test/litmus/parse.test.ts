import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { printTest } from "../../src/litmus/print.js";
import type { Test } from "../../src/litmus/test.js";
import { formatProblem } from "../../src/problem.js";
import { spanless } from "./spanless.js";

function read(text: string): Test {
  const source = { name: "test", text };
  const outcome = parseTest(source);
  if (!outcome.ok) throw new Error(outcome.problems.map((each) => formatProblem(source, each)).join("\n"));
  return outcome.value;
}

/** The canonical text of a declaration, the body of a thread, a condition. */
const init = (text: string) => /\{\n? *([\s\S]*?)\n?\}\n$/.exec(printTest(read(`C t\n{ ${text} }`)))?.[1]?.replace(/\n */g, " ");
const body = (text: string) =>
  /P0\(\) \{\s*([\s\S]*?)\s*\}\n$/.exec(printTest(read(`C t\n{ }\nP0() { ${text} }`)))?.[1]?.replace(/\n */g, " ");
const condition = (text: string) => printTest(read(`C t\n{ }\n${text}`)).split("\n")[3];

test("the name of a test is one word: what stands behind it is passed over, with a warning", () => {
  const outcome = parseTest({ name: "test", text: "C t and more\n{ }" });
  expect(outcome).toMatchObject({ ok: true, value: { name: "t" }, problems: [{ severity: "warning", span: { start: 4, end: 12 } }] });
});

test("every form of the language is read without a word and comes back from print", () => {
  const text = readFileSync(new URL("every-form.litmus", import.meta.url), "utf8");
  const outcome = parseTest({ name: "every-form.litmus", text });
  expect(outcome.problems).toEqual([]);
  if (!outcome.ok) return;
  const printed = printTest(outcome.value);
  expect(spanless(read(printed))).toEqual(spanless(outcome.value));
  expect(printTest(read(printed))).toBe(printed);
});

test.each([
  ["C C-WWC+o-cge-o+o", "C-WWC+o-cge-o+o", undefined],
  ["C  auto/C-LB-GRR+R-A ", "auto/C-LB-GRR+R-A", undefined],
  ["C a-test[1]:x", "a-test[1]:x", undefined],
  ['C t "doc"', "t", "doc"],
  ['C t\n"two\nlines"', "t", "two\nlines"],
  ["C t (texname) ;", "t", undefined],
  ["\uFEFF(* first *)\r\nC t\r\n// and\r\n/* last */\r", "t", undefined],
])("the header %j", (header, name, doc) => {
  const { problems, ...outcome } = parseTest({ name: "test", text: `${header}\n{ }` });
  expect(problems).toEqual([]);
  expect(outcome).toMatchObject({ ok: true, value: { name, doc } });
});

test("lines of the header are pairs as diy writes them; what herd7 passes over is passed over with a warning", () => {
  const outcome = parseTest({ name: "test", text: "C t\nCom=Rf Fr (* no comment *)\nC rwsem\n{ }" });
  expect(outcome).toMatchObject({ ok: true, value: { info: [{ key: "Com", value: "Rf Fr (* no comment *)" }] } });
  expect(outcome.problems).toMatchObject([{ severity: "warning", span: { start: 31, end: 38 } }]);
});

test.each([
  ["x=1; int y; z", "x = 1; int y; z;"],
  ["x=y; int *p=&y; int *q=y; int r=y", "x = y; int *p = &y; int *q = &y; int r = y;"],
  ["0:r1=x; 0:r2=&x; int P1:r3; int * 1:r4; D0:r5=-1", "0:r1 = x; 0:r2 = x; int 1:r3; int *1:r4; D0:r5 = -1;"],
  ["atomic_t v = ATOMIC_INIT(3); spinlock_t l = SPIN_LOCK_UNLOCKED;", "atomic_t v = 3; spinlock_t l = 0;"],
  ["spinlock_t l = __SPIN_LOCK_UNLOCKED(l); int *n = NULL", "spinlock_t l = 0; int *n = 0;"],
  ["int x[2]={1,2}; struct srcu_struct ss = {};", "int x[2] = {1, 2}; struct srcu_struct ss = {};"],
  ["struct foo *p; volatile  unsigned   int*q; [x]=0x10", "struct foo *p; volatile unsigned int *q; x = 16;"],
  ["dma(streaming, mask=32, for=D1) int x; dma y", "dma(streaming, mask=32, for=D1) int x; dma y;"],
  ["dma = 1; int port; line; device", "dma = 1; int port; line; device;"],
  ["mmio(wc) int D0.r[4]; mmio HOST.s; port int D0.p", "mmio(wc) int D0.r[4]; mmio HOST.s; port int D0.p;"],
  ["device D0(slot=1); thread P1; line(x, y)", "device D0(slot=1); thread P1(); line(x, y);"],
])("the initial state %j", (text, expected) => {
  expect(init(text)).toBe(expected);
});

test.each([
  // Casts are dropped; a word in parentheses is one only in front of an operand.
  ["r0 = (intptr_t)r1 + (int *)p + (foo)x + (r2) + (r3) - 1", "r0 = r1 + p + x + r2 + r3 - 1;"],
  ["(void)f(); r0 = (a * b) * (unsigned char)c", "f(); r0 = a * b * c;"],
  // C's precedences.
  ["r0 = a | b ^ c & d == e < f << g + h * i", "r0 = a | b ^ c & d == e < f << g + h * i;"],
  ["r0 = ((((a | b) ^ c) & d) == e) < f", "r0 = ((((a | b) ^ c) & d) == e) < f;"],
  ["r0 = a - (b - c) - d", "r0 = a - (b - c) - d;"],
  ["r0 = -(-a) - -1 + !~b", "r0 = -(-a) - -1 + !~b;"],
  ["r0 = *x + **y + x[1][2] + (*z)[3]", "r0 = *x + **y + x[1][2] + (*z)[3];"],
  ["r0 = a ? b : c ? d : e", "r0 = a ? b : c ? d : e;"],
  // Declarations.
  ["int r0, *r1 = x; foo r2; foo *r3; foo * r4 = x", "int r0; int *r1 = x; foo r2; foo *r3; foo *r4 = x;"],
  ["(foo * r4); a * b * c", "(foo * r4); (a * b * c);"],
  // Steps and updates.
  ["i++; --j; x += 2; D0.r <<= 1", "i += 1; j -= 1; x += 2; D0.r <<= 1;"],
  // Assignments inside expressions are done before.
  ["r0 = r1 = 2", "r1 = 2; r0 = r1;"],
  ["if ((r0 = f()) == 0) g()", "r0 = f(); if (r0 == 0) { g(); }"],
  ["while ((r0 = f()) == 0) g()", "for (r0 = f(); r0 == 0; r0 = f()) { g(); }"],
  ["do g(); while (!(r0 = f()))", "do { g(); r0 = f(); } while (!r0);"],
  ["for (int i = 0; (r0 = f()); i++) g()", "{ int i = 0; r0 = f(); for (; r0; i += 1, r0 = f()) { g(); } }"],
  // Blocks.
  ["if (a) ; else if (b) { } else c();", "if (a) { } else if (b) { } else { c(); }"],
  ["if (a) if (b) c(); else d();", "if (a) { if (b) { c(); } else { d(); } }"],
  ["ATOMIC { D0.r = 1; } { ; { } }", "ATOMIC { D0.r = 1; } { { } }"],
  ["for (;;) { break; continue; return; }", "for (;;) { break; continue; return; }"],
  // herd7's raw primitives.
  ["__fence{mb}; r0 = __xchg{acquire}(x, 1)", "__fence{mb}; r0 = __xchg{acquire}(x, 1);"],
  ["__atomic_op{a,b-c}(v, &~, -1); f(-x)", "__atomic_op{a,b-c}(v, &~, -1); f(-x);"],
  // Comments: `(*` is none here.
  ["f(*x /* (* */, 1); // }\n g(*y)", "f(*x, 1); g(*y);"],
])("the body %j", (text, expected) => {
  expect(body(`${text};`)).toBe(expected);
});

test.each([
  ["exists x=1", "exists (x=1)"],
  ["~exists(0:r0=1/\\P1:r1==-1)", "~exists (0:r0=1 /\\ 1:r1=-1)"],
  ["not exists (x=1);", "~exists (x=1)"],
  ["final (x=1)", "exists (x=1)"],
  ["(x=1)", "exists (x=1)"],
  ["forall not (D0:r1 <> 2)", "forall (~D0:r1!=2)"],
  // Not the usual precedences, but herd7's: `=>` binds tighter than `/\`.
  ["exists a=1 /\\ b=1 => c=1 \\/ d=1", "exists (a=1 /\\ b=1 => c=1 \\/ d=1)"],
  ["exists (a=1 /\\ b=1) => c=1", "exists ((a=1 /\\ b=1) => c=1)"],
  ["exists (a=1 => b=1) => c=1 => d=1", "exists ((a=1 => b=1) => c=1 => d=1)"],
  ["exists a=1 \\/ (b=1 \\/ c=1)", "exists (a=1 \\/ (b=1 \\/ c=1))"],
  ["exists ~a=1 /\\ ~(b=1 /\\ true)", "exists (~a=1 /\\ ~(b=1 /\\ true))"],
  ["exists [x]=0x10 /\\ ( *y=1) /\\ z[1]=2 /\\ D0.s=3", "exists (x=16 /\\ y=1 /\\ z[1]=2 /\\ D0.s=3)"],
  // An address, and the value of a location.
  ["exists 0:r0=x /\\ 0:r1=&y /\\ 0:r2<[z]", "exists (0:r0=x /\\ 0:r1=y /\\ 0:r2<[z])"],
  ["exists (* a (* nested *) comment *) (x=1 (*)*)) // end", "exists (x=1)"],
  ["exists order(D0.b=2, D1.a=1)", "exists (order(D0.b=2, D1.a=1))"],
  ["locations [0:r1; x; y int*; D0.s]", "locations [0:r1; x; y; D0.s]"],
  ["filter (x=1)", "filter (x=1)"],
  ["expect a: allowed; b, c-d+e@6.19: forbidden", "expect a: allowed; b, c-d+e@6.19: forbidden"],
  ["expect a: allowed\n  b: depends;\nexpect c: depends", "expect a: allowed; b, c: depends"],
  ['source "a (* b"', 'source "a (* b"'],
  ['source see "a" // b', 'source see "a" // b'],
])("behind the threads %j", (text, expected) => {
  expect(condition(text)).toBe(expected);
});

test("heads of threads", () => {
  const { threads } = read(`C t\n{ }\nvoid P0(void) { }\nP01(volatile int* x, struct srcu_struct *s) on msix(D2, 3), cpu(1) user { }
    D0(int **p) in(D1) { } P2() on write(D1.door) { }\nP3() on intx(D0) { }`);
  expect(threads.map(({ name, role, parameters, clauses }) => spanless({ name, role, parameters, clauses } as never))).toEqual([
    { name: "P0", role: "cpu", parameters: [], clauses: [] },
    {
      name: "P1",
      role: "cpu",
      parameters: [
        { type: "volatile int *", name: "x" },
        { type: "struct srcu_struct *", name: "s" },
      ],
      clauses: [
        { kind: "on", event: "msi", device: "D2", vector: 3 },
        { kind: "attribute", name: "cpu", value: 1 },
        { kind: "attribute", name: "user" },
      ],
    },
    { name: "D0", role: "device", parameters: [{ type: "int **", name: "p" }], clauses: [{ kind: "attribute", name: "in", value: "D1" }] },
    { name: "P2", role: "cpu", parameters: [], clauses: [{ kind: "on", event: "write", device: "D1", register: "door", vector: 0 }] },
    { name: "P3", role: "cpu", parameters: [], clauses: [{ kind: "on", event: "intx", device: "D0", vector: 0 }] },
  ]);
});

test("every name and number stands where its span says", () => {
  const text = readFileSync(new URL("every-form.litmus", import.meta.url), "utf8");
  let seen = 0;
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { kind, name, value, span, operator } = node as Record<string, unknown> & { span?: { start: number; end: number } };
    const shown = span === undefined ? "" : text.slice(span.start, span.end);
    if (kind === "name" || kind === "line") seen++;
    if (kind === "name") expect(shown).toBe(name);
    if (kind === "call") expect(shown.startsWith(String(name)), shown).toBe(true);
    if (kind === "assign" && operator === undefined) expect(shown).toContain("=");
    if (kind === "integer" && span !== undefined && shown !== "++" && shown !== "--") expect(Number(shown)).toBe(value);
    if (kind === "compare") expect(shown).toMatch(/^[^\s(].*[=<>].*[^\s)]$/);
    if (kind === "if" || kind === "while" || kind === "do") expect(shown).toMatch(new RegExp(`^(?:${kind}|while)\\b[\\s\\S]*[;}]$`));
    for (const each of Object.values(node)) visit(each);
  };
  visit(read(text));
  expect(seen).toBeGreaterThan(50);
});
