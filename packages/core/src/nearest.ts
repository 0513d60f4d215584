/** "Did you mean": the known name nearest to one that is not known. */

/** The candidate with the smallest edit distance to `name`, if it is near enough to be a slip of the hand; the first one of equals. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let distance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= distance) continue;
    const found = candidate.toLowerCase() === name.toLowerCase() ? 0 : editDistance(name, candidate);
    if (found < distance) {
      best = candidate;
      distance = found;
    }
  }
  return best;
}

/** `did you mean `x`?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const found = nearest(name, candidates);
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
}

/** Levenshtein's distance, with neighbours swapped counted as one. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last: number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
