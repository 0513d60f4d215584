/** What is worked out once for each object: trees that stand in many tests, sessions that run many. */
export function madeOnce<From extends object, Made>(make: (from: From) => Made): (from: From) => Made {
  const known = new WeakMap<From, { readonly made: Made }>();
  return (from) => {
    let found = known.get(from);
    if (found === undefined) {
      found = { made: make(from) };
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
