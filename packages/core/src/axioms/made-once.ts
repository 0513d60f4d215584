/** What is worked out once for each object: trees that stand in many tests, sessions that run many. `beside`: what it is worked out with, always the same for an object. */
export function madeOnce<From extends object, Made, Beside = void>(
  make: (from: From, beside: Beside) => Made,
): (from: From, beside: Beside) => Made {
  const known = new WeakMap<From, { readonly made: Made }>();
  return (from, beside) => {
    let found = known.get(from);
    if (found === undefined) {
      found = { made: make(from, beside) };
      known.set(from, found);
    }
    return found.made;
  };
}

/** Made at the first question. */
export function once<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
