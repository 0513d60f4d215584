import { describe, expect, it } from "vitest";
import { herdHash } from "../../src/axioms/index.js";
import { md5 } from "../../src/axioms/md5.js";
import { read } from "./model.js";

const hashed = (text: string): string | undefined => herdHash(read(text), text);

// The hashes are herd7's (7.58+1).
describe("the hash of a test", () => {
  it("is of the initial state, the bodies as written and the observed locations", () => {
    expect(
      hashed(`C message
"A flag and what it announces"
(* Result: Never *)
{
  int x = 1; [y] = 2;
  int *p = &x; int a[2] = {0, 7};
  0:r9 = x; atomic_t v = ATOMIC_INIT(3); (* a comment; with = signs *)
  char c
}

P0(int *x, volatile int *y, int **p) // the writer
{
	/* \u00e9: two bytes */
	int *q = READ_ONCE(*p);
	WRITE_ONCE(*q, 1);
	smp_wmb();
	if (1) { WRITE_ONCE(*x, 1); }
}

void P1(int *x, atomic_t *v, int *a)
{
	int r0 = READ_ONCE(*x);
	int r1 = READ_ONCE(*a);
}

locations [v; a; 0:r9]
filter (1:r0 = 1)
exists (1:r1 = 7 /\\ a[1]=7 /\\ ~(p = y) /\\ (x = 1 \\/ 1:r0 = 1))
`),
    ).toBe("4b4f6acd089cc3eaae4c5f3e56aef869");
  });

  it("knows how C11 declares", () => {
    expect(
      hashed(`C two
{}
P0(atomic_int* x) { atomic_store_explicit(x,1,memory_order_release); }
P1(const int *x,struct srcu_struct *s) { int r0 = *x; }
forall (1:r0=0 \\/ 1:r0=1)
`),
    ).toBe("8df4fe9f4ca7326046ed5455533901c6");
    expect(
      hashed(`C five
{ _Atomic int x = 5; int *p; int b[3]; *q=y; 0:r1=0x10; }
P0(_Atomic int *x, int volatile *y) { int r0 = READ_ONCE(*y); }
exists (0:r0=0)
`),
    ).toBe("57f1caab81dbeb4773abf8396d8c92ec");
  });

  it("counts the lines of the header that change what a test means", () => {
    const text = `C three
MT=X
{
x=y; int z; 1:r9=&z; y;
}
P0(int **x) { int *r0 = READ_ONCE(*x); }
P1(int *x) { WRITE_ONCE(*x, 1); }
~exists (0:r0=y /\\ z=1)
`;
    expect(hashed(text)).toBe("bf837086f907bf6104b86a2b6e9feb83");
    expect(hashed(text.replace("MT=X\n", ""))).not.toBe("bf837086f907bf6104b86a2b6e9feb83");
  });

  it("is the stated one where the file states one", () => {
    expect(hashed("C four\nHash=0123\n{ x=0; }\nP0(int *x) { WRITE_ONCE(*x, 1); }\nexists (x=1)\n")).toBe("0123");
  });
});

const hex = (bytes: string): string => Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");

// RFC 1321, A.5.
it.each([
  ["", "d41d8cd98f00b204e9800998ecf8427e"],
  ["abc", "900150983cd24fb0d6963f7d28e17f72"],
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
  ["1234567890".repeat(8), "57edf4a22be3c955ac49da2e2107b67a"],
])("md5 of %j", (text, digest) => {
  expect(hex(md5(text))).toBe(digest);
});
