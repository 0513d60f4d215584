import fc from "fast-check";
import { expect, test } from "vitest";
import { printProgram } from "../../src/program/print.js";
import type { Program } from "../../src/program/program.js";
import { lower } from "./listing.js";

/** A test with something of everything, in pieces that are dropped, repeated and swapped. */
const pieces = `C t
{ dma ( streaming , mask = 32 ) int x ; mmio int D0 . a ; mmio ( wc ) int D0 . w ; mmio int D1 . m [ 2 ] ; port int D0 . p ; int y [ 2 ] = { 1 , 2 } ; 0 : r9 = x ; spinlock_t l ; line ( x , y ) ; }
P0 ( int * x , volatile int * z ) {
for ( int i = 0 ; i < 3 ; i ++ ) { WRITE_ONCE ( * x , i ) ; if ( READ_ONCE ( * z ) && r9 ) break ; }
while ( ( r0 = readl ( D0 . a ) ) == 0 ) { if ( r1 ) continue ; atomic_inc ( x ) ; }
do { y [ i ] = * x ? * z : 3 ; } while ( try_cmpxchg ( x , & r0 , 1 ) || constructor ) ;
spin_lock_irqsave ( & l , f ) ; spin_unlock_irqrestore ( l , f ) ; writel ( x , D1 . m [ 1 ] ) ; * D0 . w = 1 ; }
P1 ( int * a ) on msi ( D0 , 2 ) cpu ( 0 ) { inl ( D0 . p ) ; return ; }
D0 ( int * x ) { WAIT ( D0 . a == 1 ) ; r0 = DMA_READ ( * x , RO , TC ( 1 ) ) ; DMA_WRITEV ( * x , r0 , * y , 2 ) ; MSI ( 2 ) ; while ( ! D0 . a ) ; ATOMIC { D0 . a += 1 ; } TELL ( D1 ) ; }
D2 ( int * x ) in ( D0 ) { DMA_CAS ( * x , 0 , 1 ) ; }
exists ( 0 : r0 = x /\\ D0 . a = 1 \\/ ~ y [ 1 ] = 2 /\\ order ( D0 . a = 1 , D1 . m = 1 ) )`.split(" ");

const change = fc.record({
  at: fc.nat(pieces.length - 1),
  from: fc.nat(pieces.length - 1),
  how: fc.constantFrom("drop", "replace", "insert"),
});

test("unchanged, it lowers", () => {
  expect(lower(pieces.join(" ")).outcome.problems.filter((problem) => problem.severity === "error")).toEqual([]);
});

test("whatever is changed in a test, it is lowered or reported", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
      const text = [...pieces];
      for (const { at, from, how } of changes) {
        const piece = pieces[from] ?? "";
        if (how === "drop") text.splice(at, 1);
        else text.splice(at, how === "replace" ? 1 : 0, piece);
      }
      const { outcome } = lower(text.join(" "));
      if (!outcome.ok) expect(outcome.problems.some((problem) => problem.severity === "error")).toBe(true);
      else {
        expect(printProgram(outcome.value)).toContain("program ");
        checkTargets(outcome.value);
      }
    }),
    { numRuns: 1000, seed: 1 },
  );
});

/** Jumps go forward, loops backward, and registers and locations exist. */
function checkTargets(program: Program): void {
  for (const thread of program.threads) {
    expect(thread.initial.length).toBe(thread.registers.length);
    thread.code.forEach((operation, index) => {
      const forward = operation.kind === "branch" ? [operation.otherwise, operation.join] : operation.kind === "jump" ? [operation.to] : [];
      for (const to of forward) {
        expect(to).toBeGreaterThan(index);
        expect(to).toBeLessThanOrEqual(thread.code.length);
      }
      if (operation.kind === "loop") expect(operation.head).toBeLessThanOrEqual(index);
      if ("location" in operation) expect(program.locations[operation.location]).toBeDefined();
      if ("target" in operation && operation.target !== undefined) expect(thread.registers[operation.target]).toBeDefined();
    });
  }
}
