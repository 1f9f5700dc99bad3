// How often a breakpoint must be hit before it stops: `>= 10` from the tenth time on, `== 3` the third time, `% 5` every fifth.

export interface HitCount {
  readonly sign: '>=' | '>' | '==' | '<' | '<=' | '%';
  readonly count: number;
}

/** A number alone means `>=`. Undefined where the text is none. */
export function parseHitCount(text: string): HitCount | undefined {
  const match = /^\s*(>=|<=|==|=|>|<|%)?\s*([0-9]{1,9})\s*$/.exec(text);
  if (!match) return undefined;
  const count = Number(match[2]);
  const sign = (match[1] === '=' ? '==' : (match[1] ?? '>=')) as HitCount['sign'];
  return sign === '%' && count === 0 ? undefined : { sign, count };
}

/** As `parseHitCount` reads it. */
export function printHitCount({ sign, count }: HitCount): string {
  return `${sign} ${count}`;
}

/** Whether the hit number `hits`, counted from 1, stops. */
export function isDue({ sign, count }: HitCount, hits: number): boolean {
  switch (sign) {
    case '>=':
      return hits >= count;
    case '>':
      return hits > count;
    case '==':
      return hits === count;
    case '<':
      return hits < count;
    case '<=':
      return hits <= count;
    case '%':
      return hits % count === 0;
  }
}
