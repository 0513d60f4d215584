/** The value of a constant expression: what `#define` and `enum` name. */
import { applyBinary, applyUnary, isBinaryOperator } from "./arithmetic.js";
import type { Expression } from "./test.js";

/**
 * The value, from -2³¹ to 2³²-1; undefined where the expression is no constant. A number above 2³¹-1 is unsigned, as in C, and so is what is computed with it.
 * `BIT` and `GENMASK` are linux/bits.h's.
 */
export function constantValue(tree: Expression): number | undefined {
  switch (tree.kind) {
    case "integer":
      return tree.value;
    case "unary": {
      const operand = constantValue(tree.operand);
      if (operand === undefined || tree.operator === "*" || tree.operator === "&") return undefined;
      if (tree.operator === "+") return operand;
      return wrapped(applyUnary(tree.operator, operand | 0), tree.operator !== "!" && isUnsigned(operand));
    }
    case "binary": {
      const left = constantValue(tree.left);
      const right = constantValue(tree.right);
      if (left === undefined || right === undefined || !isBinaryOperator(tree.operator)) return undefined;
      if (tree.operator === ">>" && isUnsigned(left)) return left >>> right;
      const shift = tree.operator === "<<" || tree.operator === ">>";
      return wrapped(applyBinary(tree.operator, left | 0, right | 0), isUnsigned(left) || (!shift && isUnsigned(right)));
    }
    case "conditional": {
      const condition = constantValue(tree.condition);
      return condition === undefined ? undefined : constantValue(condition === 0 ? tree.else : tree.then);
    }
    case "call":
      return bits(tree.name, tree.arguments.map(constantValue));
    default:
      return undefined;
  }
}

const isUnsigned = (value: number): boolean => value > 0x7fff_ffff;

const wrapped = (value: number, unsigned: boolean): number => (unsigned ? value >>> 0 : value | 0);

/** `BIT(n)`, `GENMASK(high, low)`. */
function bits(name: string, [first, second]: readonly (number | undefined)[]): number | undefined {
  if (first === undefined || first < 0 || first > 31) return undefined;
  if (name === "BIT" || name === "BIT_ULL") return (1 << first) >>> 0;
  if ((name === "GENMASK" || name === "GENMASK_ULL") && second !== undefined && second >= 0 && second <= first)
    return ((0xffff_ffff >>> (31 - first)) & (0xffff_ffff << second)) >>> 0;
  return undefined;
}
