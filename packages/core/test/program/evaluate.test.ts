import { expect, test } from "vitest";
import { applyBinary, applyUnary, isBinaryOperator } from "../../src/litmus/arithmetic.js";
import { nearest } from "../../src/nearest.js";
import { evaluate } from "../../src/program/evaluate.js";

test.each([
  ["2147483647 + 1", -2147483648],
  ["-2147483648 - 1", 2147483647],
  ["65536 * 65537", 65536],
  ["-7 / 2", -3],
  ["-7 % 2", -1],
  ["1 / 0", 0],
  ["1 % 0", 0],
  ["-2147483648 / -1", -2147483648],
  ["1 << 31", -2147483648],
  ["-8 >> 1", -4],
  ["6 & 3", 2],
  ["6 | 3", 7],
  ["6 ^ 3", 5],
  ["-1 < 0", 1],
  ["2 >= 3", 0],
  ["3 && 0", 0],
  ["3 || 0", 1],
  ["3 != 3", 0],
])("%s is %d", (text, expected) => {
  const [left, operator, right] = text.split(" ");
  if (operator === undefined || !isBinaryOperator(operator)) throw new Error(`no operator in ${text}`);
  expect(applyBinary(operator, Number(left), Number(right))).toBe(expected);
});

test("unary operators give integers", () => {
  expect([
    applyUnary("!", 0),
    applyUnary("!", 7),
    applyUnary("~", 0),
    applyUnary("-", -2147483648),
    Object.is(applyUnary("-", 0), 0),
  ]).toEqual([1, 0, -1, -2147483648, true]);
});

test("registers and conditionals", () => {
  const register = (index: number) => ({ kind: "register" as const, register: index });
  expect(
    evaluate(
      { kind: "conditional", condition: register(0), then: register(1), else: { kind: "constant", value: 5 } },
      (r) => [0, 9][r] ?? 0,
    ),
  ).toBe(5);
});

test("the nearest name, if it is near", () => {
  expect(nearest("raedl", ["readl", "writel"])).toBe("readl");
  expect(nearest("READ_once", ["READ_ONCE"])).toBe("READ_ONCE");
  expect(nearest("frob", ["readl", "writel"])).toBeUndefined();
});
