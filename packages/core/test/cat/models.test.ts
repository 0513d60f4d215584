import { describe, expect, test } from "vitest";
import { type CompiledModel, compileModel, libraryFile, parseCat, shippedModels } from "../../src/cat/index.js";
import { allows, countConsistent } from "./shape.js";

function shipped(name: string): CompiledModel {
  const source = libraryFile(`${name}.cat`);
  if (source === undefined) throw new Error(name);
  const read = parseCat(source, libraryFile);
  const model = read.ok ? compileModel(read.value) : read;
  if (!model.ok) throw new Error(model.problems.map(({ message }) => message).join("; "));
  return model.value;
}

const models = new Map(shippedModels().map((name) => [name, shipped(name)]));

/** Fences of each architecture: full, and the weak one that parts writes from writes and reads from reads. */
const FULL: Record<string, string> = { sc: "F", tso: "MFENCE", arm64: "DMB.ISH", riscv: "Fence.rw.rw", ppc: "SYNC" };
const LIGHT: Record<string, [string, string]> = {
  sc: ["F", "F"],
  tso: ["F", "F"],
  arm64: ["DMB.ISHST", "DMB.ISHLD"],
  riscv: ["Fence.w.w", "Fence.r.r"],
  ppc: ["LWSYNC", "LWSYNC"],
};

/**
 * The classic shapes (names of Alglave, Maranget, Tautschnig: Herding Cats) and the models that allow them. FULL, WW and RR stand for the model's fences. What is listed is what the papers
 * named in the models say; TSO and Power as in that paper's figures, multi-copy atomicity of arm64 and riscv as in their manuals.
 */
const SHAPES: readonly [name: string, text: string, wanted: string, allowed: string][] = [
  ["SB", "Wx Ry / Wy Rx", "iy>b ix>d", "tso arm64 riscv ppc"],
  ["SB with full fences", "Wx FULL Ry / Wy FULL Rx", "iy>b ix>d", ""],
  ["MP", "Wx Wy / Ry Rx", "b>c ix>d", "arm64 riscv ppc"],
  ["MP with light fences", "Wx WW Wy / Ry RR Rx", "b>c ix>d", ""],
  ["MP with an address dependency", "Wx WW Wy / Ry addr:Rx", "b>c ix>d", ""],
  ["MP with a control dependency", "Wx WW Wy / Ry ctrl:Rx", "b>c ix>d", "arm64 riscv ppc"],
  ["LB", "Rx Wy / Ry Wx", "d>a b>c", "arm64 riscv ppc"],
  ["LB with data dependencies", "Rx data:Wy / Ry data:Wx", "d>a b>c", ""],
  ["LB with control dependencies", "Rx ctrl:Wy / Ry ctrl:Wx", "d>a b>c", ""],
  ["S with a light fence and a data dependency", "Wx WW Wy / Ry data:Wx", "b>c d>>a", ""],
  ["R with light fences", "Wx WW Wy / Wy WW Rx", "b>>c ix>d", "tso arm64 riscv ppc"],
  ["2+2W", "Wx Wy / Wy Wx", "b>>c d>>a", "arm64 riscv ppc"],
  ["2+2W with light fences", "Wx WW Wy / Wy WW Wx", "b>>c d>>a", ""],
  ["WRC with data and address dependencies", "Wx / Rx data:Wy / Ry addr:Rx", "a>b c>d ix>e", "ppc"],
  ["IRIW with address dependencies", "Wx / Wy / Rx addr:Ry / Ry addr:Rx", "a>c iy>d b>e ix>f", "ppc"],
  ["IRIW with full fences", "Wx / Wy / Rx FULL Ry / Ry FULL Rx", "a>c iy>d b>e ix>f", ""],
  ["CoRR", "Wx / Rx Rx", "a>b ix>c", ""],
  ["CoWW", "Wx Wx", "b>>a", ""],
  ["CoRW", "Rx Wx", "b>a", ""],
  ["an atomic with a write in between", "Rx =Wx / Wx", "ix>a c>>b", ""],
];

describe("classic shapes on the models of architectures", () => {
  for (const [name, text, wanted, allowed] of SHAPES) {
    test(name, () => {
      const found = Object.keys(FULL).filter((model) => {
        const [ww, rr] = LIGHT[model] as [string, string];
        // The atomic on Power is a pair of exclusive accesses; the other models read rmw alone.
        return allows(
          models.get(model) as CompiledModel,
          text
            .replaceAll("FULL", FULL[model] as string)
            .replaceAll("WW", ww)
            .replaceAll("RR", rr),
          wanted,
        );
      });
      expect(found.join(" ")).toBe(allowed);
    });
  }
});

describe("acquire, release and the rest of each architecture", () => {
  const on = (model: string, text: string, wanted: string): boolean => allows(models.get(model) as CompiledModel, text, wanted);
  test("release and acquire make MP on arm64", () => expect(on("arm64", "Wx Wy:L / Ry:A Rx", "b>c ix>d")).toBe(false));
  test("a store-release and a load-acquire stay in order on arm64", () =>
    expect(on("arm64", "Wx:L Ry:A / Wy:L Rx:A", "iy>b ix>d")).toBe(false));
  test("a write comes after what stands before it at its location: data and coi", () => {
    expect(on("arm64", "Rx data:Wy Wy / Ry data:Wx", "e>a c>d")).toBe(false);
  });
  test("an atomic with acquire and release is a full barrier, its own write included", () => {
    expect(on("arm64", "Rx:A =Wx:L Ry / Ry:A =Wy:L Rx", "iy>c ix>f")).toBe(false);
    expect(on("arm64", "Rx:A =Wx Ry / Ry:A =Wy Rx", "iy>c ix>f")).toBe(true);
  });
  test("with load-acquirePC they do not", () => expect(on("arm64", "Wx:L Ry:Q / Wy:L Rx:Q", "iy>b ix>d")).toBe(true));
  test("a branch and isb order reads on arm64, a branch and isync on Power", () => {
    expect(on("arm64", "Wx DMB.ISHST Wy / Ry ctrl:ISB Rx", "b>c ix>d")).toBe(false);
    expect(on("ppc", "Wx LWSYNC Wy / Ry ctrl:ISYNC Rx", "b>c ix>d")).toBe(false);
    expect(on("ppc", "Wx LWSYNC Wy / Ry ISYNC Rx", "b>c ix>d")).toBe(true);
  });
  test("fence.tso is all but write before read", () => {
    expect(on("riscv", "Wx Fence.tso Ry / Wy Fence.tso Rx", "iy>b ix>d")).toBe(true);
    expect(on("riscv", "Wx Fence.tso Wy / Ry Fence.tso Rx", "b>c ix>d")).toBe(false);
  });
  test("an AMO with .aqrl is a full barrier", () => {
    expect(on("riscv", "Wx Rz:AcqRel =Wz:AcqRel Ry / Wy Fence.rw.rw Rx", "iy>d ix>f")).toBe(false);
  });
  test("locked instructions of x86 are fences", () => {
    expect(on("tso", "Wx Rz =Wz Ry / Wy Rz =Wz Rx", "iy>d ix>h")).toBe(false);
  });
  test("lwsync does not part a write from a read on Power, sync does", () => {
    expect(on("ppc", "Wx LWSYNC Ry / Wy LWSYNC Rx", "iy>b ix>d")).toBe(true);
    expect(on("ppc", "Wx EIEIO Wy / Ry addr:Rx", "b>c ix>d")).toBe(false);
  });
});

describe("the kernel's model", () => {
  const lkmm = models.get("lkmm") as CompiledModel;
  const once = (text: string): string => text.replace(/\b([RW][a-z])\b(?!:)/g, "$1:ONCE");
  const on = (text: string, wanted: string): boolean => allows(lkmm, once(text), wanted);
  test.each<[string, string, string, boolean]>([
    ["SB", "Wx Ry / Wy Rx", "iy>b ix>d", true],
    ["SB with smp_mb", "Wx MB Ry / Wy MB Rx", "iy>b ix>d", false],
    ["MP with smp_wmb and smp_rmb", "Wx Wmb Wy / Ry Rmb Rx", "b>c ix>d", false],
    ["MP with release and acquire", "Wx Wy:RELEASE / Ry:ACQUIRE Rx", "b>c ix>d", false],
    ["MP with an address dependency", "Wx Wy:RELEASE / Ry addr:Rx", "b>c ix>d", false],
    ["LB with one control dependency", "Rx ctrl:Wy / Ry Wx", "d>a b>c", true],
    ["LB with two", "Rx ctrl:Wy / Ry ctrl:Wx", "d>a b>c", false],
    ["ISA2 by releases", "Wx Wy:RELEASE / Ry Wz:RELEASE / Rz:ACQUIRE Rx", "b>c d>e ix>f", false],
    ["IRIW with smp_rmb", "Wx / Wy / Rx Rmb Ry / Ry Rmb Rx", "a>c iy>d b>e ix>f", true],
    ["RCU: a reader before the grace period", "Rcu-lock Rx Ry Rcu-unlock / Wx Sync-rcu Wy", "ix>a iy>b", true],
    ["RCU: a reader around the grace period", "Rcu-lock Rx Ry Rcu-unlock / Wx Sync-rcu Wy", "ix>a d>b", false],
    ["RCU: the reader saw the second write, not the first", "Rcu-lock Ry Rx Rcu-unlock / Wx Sync-rcu Wy", "d>a ix>b", false],
    ["full atomics are fences", "Wx Rz:MB =Wz:MB Ry / Wy Rz:MB =Wz:MB Rx", "iy>d ix>h", false],
  ])("%s", (_, text, wanted, allowed) => {
    expect(on(text, wanted)).toBe(allowed);
  });
});

test("numbers of consistent executions", () => {
  const count = (model: string, text: string): number => countConsistent(models.get(model) as CompiledModel, text);
  expect(count("sc", "Wx Ry / Wy Rx")).toBe(3);
  expect(count("tso", "Wx Ry / Wy Rx")).toBe(4);
  expect(count("sc", "Wx / Wx / Rx Rx")).toBe(2 * 6);
  expect(count("ppc", "Wx / Wx / Rx Rx")).toBe(2 * 6);
  // Three increments: one after the other.
  expect(count("arm64", "Rx =Wx / Rx =Wx / Rx =Wx")).toBe(6);
});

test("RC11: release sequences and sequentially consistent accesses", () => {
  const c11 = models.get("c11") as CompiledModel;
  expect(allows(c11, "Wx:A,RLX Wy:A,REL / Ry:A,ACQ Rx:A,RLX", "b>c ix>d")).toBe(false);
  expect(allows(c11, "Wx:A,RLX Wy:A,RLX / Ry:A,ACQ Rx:A,RLX", "b>c ix>d")).toBe(true);
  expect(allows(c11, "Wx:A,SC Ry:A,SC / Wy:A,SC Rx:A,SC", "iy>b ix>d")).toBe(false);
  expect(allows(c11, "Rx:A,RLX Wy:A,RLX / Ry:A,RLX Wx:A,RLX", "d>a b>c")).toBe(false);
});
