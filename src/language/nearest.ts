// "Did you mean": the nearest of the names that there are.

/** The name that differs from `text` in at most a third of its letters, for "did you mean". */
export function nearest(text: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(text.length / 3) + 1);
  for (const name of names) {
    const distance = editDistance(text.toLowerCase(), name.toLowerCase(), least);
    if (distance >= least) continue;
    best = name;
    least = distance;
  }
  return best;
}

/** Levenshtein's distance, with two neighbours swapped counted as one change; or `limit` when it is not below. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let above: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + same,
          swapped ? (above[j - 2] as number) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    above = row;
    row = next;
  }
  return row[b.length] as number;
}

/** `; did you mean …?` behind a complaint about a name; empty where nothing is near. Of one or two letters all names are near. */
export function meant(text: string, names: readonly string[]): string {
  const near = text.length < 3 ? undefined : nearest(text, names);
  return near === undefined ? '' : `; did you mean \`${near}\`?`;
}
