// The header of a .npy file: a Python dictionary with descr, fortran_order and shape, and nothing else. It is read by a parser
// of exactly that, never evaluated. Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

export interface NpyHeader {
  /** `<f4`; null for a structured type, which is a list. */
  readonly descr: string | null;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

type Value = string | boolean | number | readonly number[] | { readonly structured: true };

const largestRank = 32;

const keys = ['descr', 'fortran_order', 'shape'];

/** The header's text as facts, or what is wrong with it in words that follow "its header". */
export function parseNpyHeader(text: string): NpyHeader | string {
  const found = readDictionary(text);
  if (typeof found === 'string') return found;
  const [descr, order, shape] = keys.map((key) => found.get(key));
  const structured = typeof descr === 'object' && 'structured' in descr;
  if (typeof descr !== 'string' && !structured) return 'has no descr';
  if (typeof order !== 'boolean') return 'has no fortran_order';
  if (!Array.isArray(shape)) return 'has no shape';
  if (shape.length > largestRank) return `has ${shape.length} dimensions, at most ${largestRank} are read`;
  const more = [...found.keys()].find((key) => !keys.includes(key));
  if (more !== undefined) return `has the unknown key ${JSON.stringify(more.slice(0, 100))}`;
  return { descr: structured ? null : (descr as string), fortranOrder: order, shape: shape as number[] };
}

/** A Python dictionary of strings to values of these kinds, with nothing behind it; or what is wrong with it. */
function readDictionary(text: string): ReadonlyMap<string, Value> | string {
  const found = new Map<string, Value>();
  let at = 0;
  const space = () => {
    while (at < text.length && ' \t\n\r'.includes(text[at] as string)) at++;
  };
  /** Consumes `mark`, after space. */
  const take = (mark: string): boolean => {
    space();
    if (!text.startsWith(mark, at)) return false;
    at += mark.length;
    return true;
  };

  if (!take('{')) return 'is no dictionary';
  while (!take('}')) {
    const key = quoted();
    if (key === null || !take(':')) return 'has a key that cannot be read';
    if (found.has(key)) return `names ${JSON.stringify(key)} twice`;
    const value = readValue();
    if (value === null) return `has a value of ${JSON.stringify(key.slice(0, 100))} that cannot be read`;
    found.set(key, value);
    if (!take(',')) {
      if (take('}')) break;
      return 'is not closed';
    }
  }
  space();
  return at < text.length ? 'goes on behind its dictionary' : found;

  /** A string in single or double quotes, without escapes: no type is called so that it would need one. */
  function quoted(): string | null {
    space();
    const mark = text[at];
    if (mark !== "'" && mark !== '"') return null;
    const end = text.indexOf(mark, at + 1);
    if (end < 0) return null;
    const inside = text.slice(at + 1, end);
    if (/[\\\n]/.test(inside)) return null;
    at = end + 1;
    return inside;
  }

  function readValue(): Value | null {
    space();
    const start = text[at];
    if (start === "'" || start === '"') return quoted();
    if (start === '[') return skipList() ? { structured: true } : null;
    if (take('True')) return true;
    if (take('False')) return false;
    return take('(') ? sizes() : wholeNumber();
  }

  /** (3, 4), (5,), (): after the opening parenthesis. */
  function sizes(): number[] | null {
    const list: number[] = [];
    while (!take(')')) {
      const size = wholeNumber();
      if (size === null) return null;
      list.push(size);
      if (!take(',')) return take(')') && list.length > 1 ? list : null;
    }
    return list;
  }

  /** Digits that a double holds exactly; Python 2 wrote an L behind them. */
  function wholeNumber(): number | null {
    space();
    const digits = /^\d{1,16}/.exec(text.slice(at, at + 17))?.[0];
    if (digits === undefined) return null;
    at += digits.length;
    if (text[at] === 'L') at++;
    const size = Number(digits);
    return Number.isSafeInteger(size) ? size : null;
  }

  /** Passes over a list, however nested; what it says is not needed. */
  function skipList(): boolean {
    let depth = 0;
    while (at < text.length) {
      const letter = text[at] as string;
      if (letter === "'" || letter === '"') {
        if (quoted() === null) return false;
        continue;
      }
      if (letter === '[' || letter === '(') depth++;
      if (letter === ']' || letter === ')') depth--;
      at++;
      if (depth === 0) return true;
    }
    return false;
  }
}
