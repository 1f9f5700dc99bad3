// Fuzzy search: the letters of the query in order, best where they start words or stand together.

export interface Hit<T> {
  readonly item: T;
  readonly score: number;
}

/** Higher is better; null when the query's letters do not occur in order. An empty query fits everything equally. */
export function fuzzyScore(query: string, text: string): number | null {
  const wanted = query.toLowerCase().replace(/[\s_-]+/g, '');
  const given = text.toLowerCase();
  if (wanted === '') return 0;
  let score = 0;
  let from = 0;
  let last = -2;
  for (const letter of wanted) {
    const at = given.indexOf(letter, from);
    if (at < 0) return null;
    const startsWord = at === 0 || /[\s_\-./(]/.test(given[at - 1] as string);
    score += at === last + 1 ? 6 : startsWord ? 4 : 1;
    last = at;
    from = at + 1;
  }
  const plain = given.replace(/[\s_-]+/g, '');
  if (plain === wanted) score += 40;
  else if (plain.startsWith(wanted)) score += 16;
  return score - given.length * 0.05;
}

/** Items whose texts fit the query, best first; texts after the first weigh less and less. */
export function fuzzySearch<T>(
  query: string,
  items: readonly T[],
  textsOf: (item: T) => readonly string[],
): readonly Hit<T>[] {
  const hits: Hit<T>[] = [];
  for (const item of items) {
    let best: number | null = null;
    for (const [rank, text] of textsOf(item).entries()) {
      const score = fuzzyScore(query, text);
      if (score !== null && (best === null || score - rank * 2 > best)) best = score - rank * 2;
    }
    if (best !== null) hits.push({ item, score: best });
  }
  return hits.sort((a, b) => b.score - a.score);
}
