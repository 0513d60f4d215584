import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fencepost, file } from "./command.js";

// Each test starts several processes; the machine may be busy.
const MP = `C MP
{ }
P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); }
P1(int *x, int *y) { int r0; int r1; r0 = READ_ONCE(*y); BETWEEN r1 = READ_ONCE(*x); }
exists (1:r0=1 /\\ 1:r1=0)
`;
const forbidden = (): string => file("mp.litmus", MP.replace("BETWEEN", "smp_rmb();"));
const allowed = (): string => file("mp-allowed.litmus", MP.replace("C MP", "C MP-open").replace("BETWEEN", ""));

const folder = mkdtempSync(join(tmpdir(), "fencepost-herd-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("herd7's output, line by line", () => {
  const { code, out, err } = fencepost(["herd", allowed(), forbidden()]);
  expect(code).toBe(0);
  expect(err).toBe("");
  expect(out.replaceAll(/\d+\.\d\d\n/g, "T\n")).toBe(`Test MP-open Allowed
States 4
1:r0=0; 1:r1=0;
1:r0=0; 1:r1=1;
1:r0=1; 1:r1=0;
1:r0=1; 1:r1=1;
Ok
Witnesses
Positive: 1 Negative: 3
Condition exists (1:r0=1 /\\ 1:r1=0)
Observation MP-open Sometimes 1 3
Time MP-open T
Hash=d3764694b52d33613e5161a240966ca0

Test MP Allowed
States 3
1:r0=0; 1:r1=0;
1:r0=0; 1:r1=1;
1:r0=1; 1:r1=1;
No
Witnesses
Positive: 0 Negative: 3
Condition exists (1:r0=1 /\\ 1:r1=0)
Observation MP Never 0 3
Time MP T
Hash=3bc9fbc36a4235a8517e639b00b74343

`);
});

test("speedcheck looks only for what decides", () => {
  const { out } = fencepost(["herd", "-speedcheck", "true", allowed()]);
  expect(out).toContain("States 1\n1:r0=1; 1:r1=0;\nOk\n");
  expect(out).toContain("Observation MP-open Sometimes 1 0");
});

test("models by name and from a file", () => {
  expect(fencepost(["herd", "-model", "sc", allowed()]).out).toContain("Observation MP-open Never 0 3");
  const cat = file("weak.cat", '"no order at all"\ninclude "cos.cat"\nacyclic po-loc | rf | co | fr as coherence\n');
  expect(fencepost(["herd", "--cat", cat, forbidden()]).out).toContain("Observation MP Sometimes 1 3");
  // Its header names x86: the kernel's C is lowered to that.
  expect(fencepost(["herd", "--model", "tso", allowed()]).out).toContain("Observation MP-open Never 0 3");
  const wrong = fencepost(["herd", "-model", "nosuch", forbidden()]);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("lkmm")]);
});

test("a configuration names macros and model, and includes are found beside it", () => {
  file("mine.def", "TAKE(X) __load{ONCE}(X)\nGIVE(X,V) { __store{ONCE}(X,V); }\n");
  file("mine.cat", '"mine"\ninclude "cos.cat"\nacyclic po | rf | co | fr as sc\n');
  const cfg = file("mine.cfg", "# a comment\nmacros mine.def\nmodel mine.cat\ngraph columns\n");
  const own = file(
    "own.litmus",
    MP.replaceAll("READ_ONCE", "TAKE").replaceAll("WRITE_ONCE", "GIVE").replace("smp_wmb();", "").replace("BETWEEN", ""),
  );
  expect(fencepost(["herd", "-conf", cfg, own]).out).toContain("Observation MP Never 0 3");
  // The directory may stand behind it.
  expect(fencepost(["herd", "-conf", "mine.cfg", "-I", dirname(cfg), own]).out).toContain("Observation MP Never 0 3");
  const { code, err } = fencepost(["herd", "-conf", cfg, forbidden()]);
  expect(code).toBe(3);
  expect(err).toMatch(/mp\.litmus:3:\d+: error\[unknown-call\]: Unknown macro WRITE_ONCE/);
});

test("a wrong test ends with 3, and with 0 where herd7's way is wanted; the others are answered", () => {
  const bad = file("bad.litmus", MP.replace("BETWEEN", "r9 = smp_memb();"));
  const { code, out, err } = fencepost(["herd", bad, forbidden(), "nosuch.litmus"]);
  expect(code).toBe(3);
  expect(out).toContain("Observation MP Never 0 3");
  expect(err).toContain("Unknown macro smp_memb");
  expect(err).toContain("nosuch.litmus: error[file]: no such file");
  expect(fencepost(["herd", "--herd-exit", bad]).code).toBe(0);
});

test("a budget that runs out gives unknown", () => {
  const { code, out, err } = fencepost(["herd", "--max-candidates", "1", forbidden()]);
  expect([code, out]).toEqual([4, ""]);
  expect(err).toContain("unknown");
});

test("options that are not supported are refused by name", () => {
  expect(fencepost(["herd", "-candidates", "true", forbidden()])).toMatchObject({ code: 2, err: expect.stringContaining("-candidates") });
  expect(fencepost(["herd", "-frobnicate", forbidden()])).toMatchObject({ code: 2, err: expect.stringContaining("-frobnicate") });
  expect(fencepost(["herd", "-variant", "normw", forbidden()])).toMatchObject({ code: 2, err: expect.stringContaining("normw") });
  expect(fencepost(["herd"])).toMatchObject({ code: 2 });
});

test("numbers in hexadecimal, another quantifier by -kinds, the version", () => {
  const kinds = file("kinds.txt", "MP Forbid\n");
  const { out } = fencepost(["herd", "-hexa", "true", "-kinds", kinds, forbidden()]);
  expect(out).toContain("Test MP Forbidden\n");
  expect(out).toContain("Condition ~exists (1:r0=0x1 /\\ 1:r1=0x0)");
  expect(out).toContain("\n1:r0=0x1; 1:r1=0x1;\n");
  expect(out).toContain("\nOk\n");
  expect(fencepost(["herd", "-version"]).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("pictures: an allowed execution, and of a forbidden outcome the cycle that forbids it", () => {
  const { code } = fencepost(["herd", allowed(), forbidden(), "-show", "prop", "-o", folder, "--svg", folder]);
  expect(code).toBe(0);
  for (const name of ["MP.dot", "MP.svg", "MP-open.dot", "MP-open.svg"]) expect(existsSync(join(folder, name)), name).toBe(true);
  const picture = readFileSync(join(folder, "MP.svg"), "utf8");
  expect(picture).toContain("forbidden: happens-before");
  expect(picture).toContain('class="arrow cycle"');
  expect(readFileSync(join(folder, "MP-open.svg"), "utf8")).not.toContain('class="arrow cycle"');
  expect(readFileSync(join(folder, "MP.dot"), "utf8")).toMatch(/^digraph "MP" \{[\s\S]*color=red[\s\S]*\}\n/);
});

test("JSON, one object a line", () => {
  const [first, second] = fencepost(["herd", "--json", allowed(), forbidden()])
    .out.trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { test: string; observation: string; positive: number; states: unknown[] });
  expect(first).toMatchObject({
    test: "MP-open",
    observation: "Sometimes",
    positive: 1,
    states: expect.arrayContaining([{ "1:r0": 1, "1:r1": 0 }]),
  });
  expect(second).toMatchObject({ test: "MP", observation: "Never", positive: 0 });
});

test("standard input, and lists of tests", () => {
  expect(fencepost(["herd", "-"], MP.replace("BETWEEN", "smp_rmb();")).out).toContain("Observation MP Never 0 3");
  const list = file("list", `mp.litmus\n# mp-allowed.litmus\n`);
  forbidden();
  const named = file("@list", `mp.litmus\n`);
  expect(fencepost(["herd", named]).out.match(/^Test /gm)).toHaveLength(1);
  expect(fencepost(["herd", `@${list}`]).out.match(/^Test /gm)).toHaveLength(1);
});

test("members of structures and names for numbers are read as everywhere", () => {
  const struct = file(
    "struct.litmus",
    `C MP-struct
#define DONE BIT(1)
{ struct desc { int len; int own; }; struct desc d; }
P0(struct desc *d) { WRITE_ONCE(d->len, 5); smp_wmb(); WRITE_ONCE(d->own, DONE); }
P1(struct desc *d) { int r0 = READ_ONCE(d->own); smp_rmb(); int r1 = READ_ONCE(d->len); }
exists (1:r0=DONE /\\ 1:r1=0)
`,
  );
  const { out, err } = fencepost(["herd", struct]);
  expect(err).toBe("");
  expect(out).toContain("Observation MP-struct Never 0 3");
});

test("a test's header gives variants and rounds", () => {
  const loop = (header: string): string => `C rounds
${header}
{ }
P0(int *x) { WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2); }
P1(int *x) { int r0 = 0; int r1 = READ_ONCE(*x); while (r1 < 2) { r1 = READ_ONCE(*x); r0 = r0 + 1; } }
exists (1:r0=3)
`;
  expect(fencepost(["herd", file("two.litmus", loop("Variant=lkmmv2"))]).out).toContain("Observation rounds Never 0 6");
  expect(fencepost(["herd", file("four.litmus", loop("Unroll=4"))]).out).toContain("Observation rounds Sometimes 4 11");
  const { code, err } = fencepost(["herd", file("wrong.litmus", loop("Unroll=many")), file("mixed.litmus", loop("Variant=mixed"))]);
  expect(code).toBe(3);
  expect(err).toContain("wrong.litmus: error[unsupported]: Unroll=many: a whole number is needed");
  expect(err).toContain("mixed.litmus: error[unsupported]: -variant mixed is not supported");
});

test("-conds gives tests other conditions, as mlog2cond7 writes them", () => {
  const conditions = file("conds.txt", 'MP-open "forall (1:r0=1 => 1:r1=1)" # the hash stays the test\'s\nother "exists (x=1)"\n');
  const { out } = fencepost(["herd", "-conds", conditions, allowed(), forbidden()]);
  expect(out).toContain("Test MP-open Required\n");
  expect(out).toContain("\nNo\nWitnesses\nPositive: 3 Negative: 1\nCondition forall (1:r0=1 => 1:r1=1)\n");
  expect(out).toContain("Hash=d3764694b52d33613e5161a240966ca0");
  expect(out).toContain("Observation MP Never 0 3");
  const wrong = file("wrong-conds.txt", 'MP-open "exists (zz=1)"\n');
  expect(fencepost(["herd", "-conds", wrong, allowed()])).toMatchObject({
    code: 3,
    err: expect.stringContaining("there is no location `zz`"),
  });
  const unquoted = file("unquoted.txt", "MP-open exists x=1\n");
  expect(fencepost(["herd", "-conds", unquoted, allowed()])).toMatchObject({ code: 2, err: expect.stringContaining("in quotes") });
});

test("-through lets executions pass that the model forbids; the orders of cos-opt.cat are coherent all the same", () => {
  const twice =
    "C CoRR\n{ }\nP0(int *x) { WRITE_ONCE(*x, 1); }\nP1(int *x) { int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*x); }\nexists (1:r0=1 /\\ 1:r1=0)\n";
  const test = file("corr.litmus", twice);
  expect(fencepost(["herd", "-through", "all", forbidden(), test]).out).toMatch(
    /Observation MP Sometimes 1 3[^]*Observation CoRR Never 0 3/,
  );
  const [plain, coherent] = ["cos.cat", "cos-opt.cat"].map((name) =>
    file(`with-${name}`, `"t"\ninclude "${name}"\nirreflexive po as nothing\n`),
  );
  expect(fencepost(["herd", "-model", plain as string, test]).out).toContain("Observation CoRR Sometimes 1 3");
  expect(fencepost(["herd", "-model", coherent as string, test]).out).toContain("Observation CoRR Never 0 3");
});
