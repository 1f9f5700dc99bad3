/** The text with the number at the caret made larger or smaller by one step of its last digit; null where no number is. */
export function stepNumberAt(text: string, caret: number, direction: 1 | -1): string | null {
  for (const match of text.matchAll(/[-−]?\d+(\.\d+)?(e[-+]?\d+)?/gi)) {
    const end = match.index + match[0].length;
    if (caret < match.index || caret > end) continue;
    const word = match[0].replace('−', '-');
    const number = Number(word);
    const exponent = Number(/e([-+]?\d+)$/i.exec(word)?.[1] ?? 0);
    const digits = (/\.(\d+)/.exec(word)?.[1]?.length ?? 0) - exponent;
    const next = Number((number + direction * 10 ** -digits).toFixed(Math.max(0, digits)));
    return text.slice(0, match.index) + String(next) + text.slice(end);
  }
  return null;
}
