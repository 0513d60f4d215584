/** Forms of herd7's conditions and initial states: each answer here is herd7's (7.58+1). */
import { expect, test } from "vitest";
import { herdHash } from "../../src/axioms/index.js";
import { lines, states } from "./herd-lines.js";
import { read } from "./model.js";

const BUFFERS = (init: string, tail: string): string =>
  `C t\n{ ${init} }\nP0(int *x, int *y)\n{\n  int r0 = READ_ONCE(*x);\n  WRITE_ONCE(*y, 1);\n  int *r1 = x;\n}
P1(int *x, int *y)\n{\n  int r0 = READ_ONCE(*y);\n  WRITE_ONCE(*x, 1);\n}\n${tail}\n`;

const answered = (tail: string): readonly (string | undefined)[] => {
  const given = lines(BUFFERS("int a[2]={3,4}; int x=0; int y=0; int *p=x;", tail));
  return ["Condition", "Observation"].map((word) => given.find((line) => line.startsWith(word))?.replace(/^\w+ (t )?/, ""));
};

test("states that were observed", () => {
  expect(answered("observed 0:r0=1; 1:r0=0; and 0:r0=0; 1:r0=1;")).toEqual([
    "exists (0:r0=1 /\\ 1:r0=0 \\/ 0:r0=0 /\\ 1:r0=1)",
    "Sometimes 2 2",
  ]);
  expect(answered("Observed 0:r0!=1; 1:r0=0; and y=1;")).toEqual(["exists (not (0:r0=1) /\\ 1:r0=0 \\/ [y]=1)", "Always 4 0"]);
  expect(answered("observed")).toEqual(["exists (true)", "Always 4 0"]);
  expect(answered("observed and")).toEqual(["exists (true \\/ true)", "Always 4 0"]);
  expect(answered("locations [x;] observed 0:r0=1; and")).toEqual(["exists (0:r0=1 \\/ true)", "Always 4 0"]);
  expect(answered("filter ([x]=[y]) observed 0:r0=1;")).toEqual(["exists (0:r0=1)", "Sometimes 2 2"]);
});

test("what the condition is for other models says nothing", () => {
  for (const kinds of ["with tso: ~exists; sc: forall;", "with tso: exists", "; with x86-tso: not exists; power: exists", "<< anything"])
    expect(answered(`exists (0:r0=1) ${kinds}`)).toEqual(["exists (0:r0=1)", "Sometimes 2 2"]);
});

test("registers and numbers in herd7's other spellings", () => {
  expect(answered("exists (0:r0=*1:r0)")).toEqual(["exists (0:r0=1:r0)", "Sometimes 2 2"]);
  expect(answered("exists (0:r0=*0:r1)")).toEqual(["exists (0:r0=0:r1)", "Never 0 4"]);
  expect(answered("exists (P0:%r0=`1`)")).toEqual(["exists (0:r0=1)", "Sometimes 2 2"]);
});

test("addresses within arrays count bytes on the right of a condition, elements in the initial state", () => {
  const text = `C t\n{ int a[12]={5,6,7}; int16_t b[3]={1,2,3}; int *p = &a[1]; int *o = a[10]; int16_t *q = &b[1]; 0:r9=b[2]; }
P0(int *a, int16_t *b, int **p, int16_t **q, int **o)\n{\n  int *r3 = *p;\n  int *r4 = *q;\n  int r5 = *r4;\n  *r3 = 1;\n}
P1(int **p, int **o)\n{\n  WRITE_ONCE(*o, 0);\n}
P2(int **p, int **o)\n{\n  int *r0 = READ_ONCE(*o);\n}
locations [0:r4; 0:r5; 0:r9; a[1]; p]\nexists (0:r3=a[4] /\\ ~(0:r3=a[1]) /\\ 0:r4=b[2] /\\ 2:r0=a[40])\n`;
  expect(states(lines(text))).toEqual([
    "0:r3=a+4; 0:r4=b+2; 0:r5=2; 0:r9=b+4; 2:r0=0; [p]=a+4; a[1]=1;",
    "0:r3=a+4; 0:r4=b+2; 0:r5=2; 0:r9=b+4; 2:r0=a+40; [p]=a+4; a[1]=1;",
  ]);
  expect(lines(text)).toContain("Condition exists (0:r3=a+4 /\\ not (0:r3=a+1) /\\ 0:r4=b+2 /\\ 2:r0=a+40)");
  expect(lines(text)).toContain("Observation t Sometimes 1 1");
});

test("the hash of such forms", () => {
  const hash = (init: string): string | undefined => {
    const text = BUFFERS(init, "locations [x;y;] exists (0:r0=1 /\\ 1:r0=0)");
    return herdHash(read(text), text);
  };
  expect(hash("int x=`5`")).toBe("41941016178f0b4a2cee4e64b5d3f202");
  expect(hash("0:%r0=1")).toBe("c782c298dd3185fd71f36c9477c6abda");
  expect(hash("int x[0x2]={1,2}")).toBe("a70cf6fe2e774c3654bf022a48e65645");
});

test("what an initial value points to is there", () => {
  expect(lines(BUFFERS("int a[2]; int *p=&a[2];", "exists (x=1)"))).toEqual(["`a` has 2 elements"]);
  expect(lines(BUFFERS("int *p=&y[1];", "exists (x=1)"))).toEqual(["`y` is not an array"]);
});

test("a location that is given an empty list starts with 0", () => {
  expect(states(lines(BUFFERS("int x={}; int y[2]={};", "locations [y] exists (x=1)")))).toEqual(["[x]=1; y={1,0};"]);
});
