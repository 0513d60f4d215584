/** One operation on bit rows: evaluates it into its destination and says whether that changed. The destination is never an operand. */

import type { Op } from "./graph.js";
import { closureInto, composeInto, crossInto, domainInto, identityOnInto, inverseInto, rangeInto } from "./relation.js";

/** Operations by number. */
export const CODES: ReadonlyMap<Op, number> = new Map<Op, number>([
  ["union", 0],
  ["intersection", 1],
  ["difference", 2],
  ["compose", 3],
  ["restrict-domain", 4],
  ["restrict-range", 5],
  ["inverse", 6],
  ["plus", 7],
  ["domain", 8],
  ["range", 9],
  ["cross", 10],
  ["identity-on", 11],
]);

/** `plus` of `a`, where it is known to have no circles: without the pairs of an event with itself, and without the inverse of `b`, which is certainly in it. */
export const STRICT_PLUS = 12;

/** Evaluates `a op b` (or `op a`) into `d`; true if `d` changed. `scratch` has n rows. */
export function operate(code: number, d: Int32Array, a: Int32Array, b: Int32Array, n: number, scratch: Int32Array): boolean {
  const length = d.length;
  let changed = 0;
  switch (code) {
    case 0:
      for (let at = 0; at < length; at++) {
        const word = (a[at] as number) | (b[at] as number);
        changed |= word ^ (d[at] as number);
        d[at] = word;
      }
      return changed !== 0;
    case 1:
      for (let at = 0; at < length; at++) {
        const word = (a[at] as number) & (b[at] as number);
        changed |= word ^ (d[at] as number);
        d[at] = word;
      }
      return changed !== 0;
    case 2:
      for (let at = 0; at < length; at++) {
        const word = (a[at] as number) & ~(b[at] as number);
        changed |= word ^ (d[at] as number);
        d[at] = word;
      }
      return changed !== 0;
    case 3:
      if (n <= 32) {
        for (let e = 0; e < n; e++) {
          let row = 0;
          for (let rest = a[e] as number; rest !== 0; rest &= rest - 1) row |= b[31 - Math.clz32(rest & -rest)] as number;
          changed |= row ^ (d[e] as number);
          d[e] = row;
        }
        return changed !== 0;
      }
      if (length === 2 * n) return composeTwo(d, a, b, length);
      composeInto(scratch, a, b, n);
      return take(d, scratch, length);
    case 4:
      if (n <= 32) {
        const keep = b[0] as number;
        for (let e = 0; e < n; e++) {
          const row = (a[e] as number) & -((keep >> e) & 1);
          changed |= row ^ (d[e] as number);
          d[e] = row;
        }
        return changed !== 0;
      }
      return restrictDomain(d, a, b, n);
    case 5: {
      const words = b.length;
      for (let at = 0, word = 0; at < length; at++) {
        const row = (a[at] as number) & (b[word] as number);
        changed |= row ^ (d[at] as number);
        d[at] = row;
        if (++word === words) word = 0;
      }
      return changed !== 0;
    }
    case 6:
      inverseInto(rows(scratch, length), a, n);
      return take(d, scratch, length);
    case 7:
      closureInto(rows(scratch, length), a, n);
      return take(d, scratch, length);
    case 8:
      domainInto(rows(scratch, length), a, n);
      return take(d, scratch, length);
    case 9:
      rangeInto(rows(scratch, length), a, n);
      return take(d, scratch, length);
    case 10:
      crossInto(scratch, a, b, n);
      return take(d, scratch, length);
    case 11:
      identityOnInto(scratch, a, n);
      return take(d, scratch, length);
    case STRICT_PLUS: {
      const closure = rows(scratch, length);
      closureInto(closure, a, n);
      const words = length / n;
      for (let e = 0; e < n; e++) {
        const at = e * words + (e >> 5);
        closure[at] = (closure[at] as number) & ~(1 << (e & 31));
        for (let word = 0; word < words; word++) {
          for (let rest = b[e * words + word] as number; rest !== 0; rest &= rest - 1) {
            const later = ((word << 5) + 31 - Math.clz32(rest & -rest)) * words + (e >> 5);
            closure[later] = (closure[later] as number) & ~(1 << (e & 31));
          }
        }
      }
      return take(d, closure, length);
    }
    default:
      throw new Error(`no operation ${code}`);
  }
}

/** Composition for 33 to 64 events. */
function composeTwo(d: Int32Array, a: Int32Array, b: Int32Array, length: number): boolean {
  let changed = 0;
  for (let at = 0; at < length; at += 2) {
    let low = 0;
    let high = 0;
    for (let rest = a[at] as number; rest !== 0; rest &= rest - 1) {
      const from = (31 - Math.clz32(rest & -rest)) << 1;
      low |= b[from] as number;
      high |= b[from + 1] as number;
    }
    for (let rest = a[at + 1] as number; rest !== 0; rest &= rest - 1) {
      const from = (63 - Math.clz32(rest & -rest)) << 1;
      low |= b[from] as number;
      high |= b[from + 1] as number;
    }
    changed |= (low ^ (d[at] as number)) | (high ^ (d[at + 1] as number));
    d[at] = low;
    d[at + 1] = high;
  }
  return changed !== 0;
}

function rows(scratch: Int32Array, length: number): Int32Array {
  return scratch.length === length ? scratch : scratch.subarray(0, length);
}

function restrictDomain(d: Int32Array, a: Int32Array, b: Int32Array, n: number): boolean {
  const words = b.length;
  let changed = 0;
  for (let e = 0, at = 0; e < n; e++) {
    const keep = -(((b[e >> 5] as number) >> (e & 31)) & 1);
    for (let word = 0; word < words; word++, at++) {
      const row = (a[at] as number) & keep;
      changed |= row ^ (d[at] as number);
      d[at] = row;
    }
  }
  return changed !== 0;
}

/** Copies; true if something changed. */
export function take(d: Int32Array, from: Int32Array, length = d.length): boolean {
  let changed = 0;
  for (let at = 0; at < length; at++) {
    const word = from[at] as number;
    changed |= word ^ (d[at] as number);
    d[at] = word;
  }
  return changed !== 0;
}
