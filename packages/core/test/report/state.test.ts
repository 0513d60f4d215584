import { expect, test } from "vitest";
import { printState, sortStates } from "../../src/report/index.js";
import { programOf } from "../subject.js";

const program = programOf(`C terms
{ int x; int *p = &x; 1:r9 = x; }
D0(int *x) { int r0 = DMA_READ(*x); }
P10(int *x) { int r0 = READ_ONCE(*x); }
P1(int *x, int *p) { int r10 = READ_ONCE(*x); int r2 = READ_ONCE(*x); }
exists (D0:r0=0 /\\ x=1 /\\ 10:r0=0 /\\ 1:r2=0 /\\ 1:r10=0 /\\ p=x)
`);
const value = new Map([
  ["D0:r0", 1],
  ["[x]", 2],
  ["10:r0", 3],
  ["1:r2", 4],
  ["1:r10", 5],
]);

test("terms stand in herd7's order: registers by thread and name, devices, then locations; addresses by name", () => {
  const address = program.locations.findIndex((location) => location.name === "x") + 0x100000;
  const values = program.observed.map((term) => value.get(term.label) ?? address);
  expect(printState(program, values)).toBe("1:r10=5; 1:r2=4; 10:r0=3; D0:r0=1; [p]=x; [x]=2;");
});

test("states are sorted by the first term that is printed, then by the next", () => {
  const states = [
    [1, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 0, 0],
  ].map((values) => ({ values }));
  expect(sortStates(program, states).map(({ values }) => printState(program, values))).toEqual([
    "1:r10=0; 1:r2=0; 10:r0=0; D0:r0=0; [p]=0; [x]=1;",
    "1:r10=0; 1:r2=0; 10:r0=0; D0:r0=1; [p]=0; [x]=0;",
    "1:r10=1; 1:r2=0; 10:r0=0; D0:r0=0; [p]=0; [x]=0;",
  ]);
});
