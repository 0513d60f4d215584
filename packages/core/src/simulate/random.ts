/**
 * Seeded random numbers: sfc32 (Doty-Humphrey's Small Fast Counting generator). Each agent of a simulation draws from a stream of its own, so that one that draws more
 * often does not change what the others draw.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Exponentially distributed with mean 1. */
  exponential(): number;
  /** The largest of `count` exponentials with mean 1: one draw, by the inverse of the distribution. */
  largest(count: number): number;
}

/** A stream of its own for each `label` under one seed. */
export function createRandom(seed: number, label: number): Random {
  let a = (seed ^ 0x9e3779b9) | 0;
  let b = (Math.imul(label + 1, 0x85ebca6b) ^ Math.floor(seed / 0x100000000)) | 0;
  let c = Math.imul(label + 7, 0xc2b2ae35) | 0;
  let counter = 1;
  const draw = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + result) | 0;
    return result;
  };
  for (let i = 0; i < 15; i++) draw();
  const next = (): number => (draw() >>> 0) / 4294967296;
  return {
    next,
    exponential: () => -Math.log(1 - next()),
    largest: (count) => (count === 1 ? -Math.log(1 - next()) : -Math.log(1 - next() ** (1 / count))),
  };
}
