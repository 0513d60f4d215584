/** Sets of small numbers in words of a state: 31 in each, so that no word is negative. */

const BITS = 31;

/** Words that a set of numbers below this takes. */
export function wordsOf(count: number): number {
  return Math.ceil(count / BITS);
}

/** The word that a number stands in. */
export function bitWord(number: number): number {
  return Math.trunc(number / BITS);
}

/** Its bit there. */
export function bitMask(number: number): number {
  return 1 << (number % BITS);
}
