// Makes any value plain, bounded JSON before anyone looks into it: hostile keys go, depth and size are limited, what is not
// JSON (functions, NaN, class instances) is dropped and said. The result shares nothing with what came in.
import { isInherited } from '../language/identifier.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { toPointer } from './json-text.ts';
import { limits } from './limits.ts';

/** @returns the clean copy, or undefined where nothing of it may stay. */
export function cleanJson(value: unknown, report: (diagnostic: Diagnostic) => void): unknown {
  const path: (string | number)[] = [];
  let left: number = limits.values;

  function drop(code: `E_${string}`, message: string): undefined {
    report(error(code, `${message}; left out`, { json: toPointer(path) }));
    return undefined;
  }

  function clean(each: unknown): unknown {
    if (left-- <= 0) return left === -1 ? drop('E_TOO_LARGE', `more than ${limits.values} values`) : undefined;
    if (each === null || typeof each === 'boolean') return each;
    // JSON text does not tell −0 from 0.
    if (typeof each === 'number')
      return Number.isFinite(each) ? each || 0 : drop('E_NUMBER', `${each} is not a JSON number`);
    if (typeof each === 'string') {
      if (each.length <= limits.stringCharacters) return each;
      return drop('E_TOO_LARGE', `a text of ${each.length} characters, ${limits.stringCharacters} are allowed`);
    }
    if (typeof each !== 'object') return drop('E_JSON', `a ${typeof each} is not JSON`);
    if (path.length >= limits.depth) return drop('E_DEPTH', `more than ${limits.depth} levels of brackets`);
    return Array.isArray(each) ? items(each) : members(each);
  }

  function items(list: readonly unknown[]): unknown[] {
    const out: unknown[] = [];
    for (let index = 0; index < list.length && left > 0; index++) {
      path.push(index);
      // A hole keeps later items at their places, so that pointers stay true.
      out.push(clean(list[index]) ?? null);
      path.pop();
    }
    return out;
  }

  function members(object: object): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(object)) {
      if (left <= 0) break;
      const long = key.length > limits.keyCharacters;
      path.push(long ? `${key.slice(0, 40)}…` : key);
      if (long) drop('E_TOO_LARGE', `a name of ${key.length} characters, ${limits.keyCharacters} are allowed`);
      else if (isInherited(key)) drop('E_HOSTILE_KEY', `the name \`${key}\` is not allowed`);
      else {
        const kept = clean((object as Readonly<Record<string, unknown>>)[key]);
        if (kept !== undefined) out[key] = kept;
      }
      path.pop();
    }
    return out;
  }

  return clean(value);
}
