/** Values of options on the command line, read and checked. */
import { InvalidArgumentError } from "commander";

export const list = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const positive = (value: string): number => {
  const number = Number(value);
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError("A number above 0 is needed.");
  return number;
};

export const whole = (value: string): number => {
  const number = positive(value);
  if (!Number.isInteger(number)) throw new InvalidArgumentError("A whole number above 0 is needed.");
  return number;
};

export const port = (value: string): number => {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return number;
};

export const natural = (value: string): number => {
  const number = Number(value);
  if (value.trim() === "" || !Number.isInteger(number) || number < 0)
    throw new InvalidArgumentError("A whole number of 0 or more is needed.");
  return number;
};

/** `64,256,1024`: several make a sweep. */
export const several =
  (each: (value: string) => number) =>
  (value: string): readonly number[] =>
    value.split(",").map(each);
