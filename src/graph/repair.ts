// Reads what it can: parses a value by a schema and, where that fails, takes the faulty members out, says so, and tries again.
import type * as z from 'zod/mini';
import { nearest } from '../language/nearest.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { listed, told } from './check-attributes.ts';
import { toPointer } from './json-text.ts';

type Issue = z.core.$ZodIssue;
type Report = (diagnostic: Diagnostic) => void;

/** More faults than this in one part of a file: the part is given up. */
const mostRounds = 100;

/**
 * @param what names the part in messages: "node `conv1`"
 * @param pointer of the value in the file
 * @returns the part without its faulty members, or undefined when what is left does not fit either
 */
export function repair<S extends z.ZodMiniType>(
  schema: S,
  value: unknown,
  what: string,
  pointer: string,
  report: Report,
): z.output<S> | undefined {
  let current = value;
  const blamed: string[] = [];
  for (let round = 0; round < mostRounds; round++) {
    const result = schema.safeParse(current);
    if (result.success) return result.data;
    const issues = [...result.error.issues];
    for (const issue of issues) {
      const place = toPointer(issue.path);
      if (blamed.some((earlier) => isWithin(place, earlier) || isWithin(earlier, place))) continue;
      report(faultDiagnostic(issue, current, what, pointer));
    }
    blamed.push(...issues.map((issue) => toPointer(issue.path)));
    // From the back, so that the indices of earlier list items stay true.
    for (const issue of issues.reverse()) {
      const path = cutPath(issue, current);
      if (path === undefined) return undefined;
      for (const each of path) current = without(current, each);
    }
  }
  return undefined;
}

function isWithin(place: string, ancestor: string): boolean {
  return place === ancestor || place.startsWith(`${ancestor}/`);
}

/** What to take out: the fault itself or, where something is missing, what misses it. */
function cutPath(issue: Issue, value: unknown): (readonly PropertyKey[])[] | undefined {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  const path = at(value, issue.path) === undefined ? issue.path.slice(0, -1) : issue.path;
  return path.length === 0 ? undefined : [path];
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return current;
}

function without(value: unknown, path: readonly PropertyKey[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return rest.length === 0
      ? value.toSpliced(Number(key), 1)
      : value.with(Number(key), without(value[Number(key)], rest));
  }
  const copy: Record<PropertyKey, unknown> = { ...value };
  if (rest.length === 0) delete copy[key];
  else copy[key] = without(copy[key], rest);
  return copy;
}

function faultDiagnostic(issue: Issue, value: unknown, what: string, pointer: string): Diagnostic {
  const json = pointer + toPointer(issue.path);
  const of = issue.path.length === 0 ? what : `\`${issue.path.join('.')}\` of ${what}`;
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => `\`${key.slice(0, 40)}\``).join(', ');
    return error('E_UNKNOWN_FIELD', `${of} has no ${names}; left out`, {
      json: json + toPointer(issue.keys.slice(0, 1)),
    });
  }
  const found = at(value, issue.path);
  if (found === undefined) return error('E_MISSING', `${of} is missing; left out with what needs it`, { json });
  return error('E_FIELD', `${of} ${faultOf(issue, found)}; left out`, { json });
}

function faultOf(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}, not ${told(found)}`;
    case 'invalid_value':
      return oneOf(issue.values, found);
    case 'too_small':
      return `must ${bound(issue.origin)} ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `must ${bound(issue.origin)} ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? oneOf(issue.options, found)
        : `does not fit: ${told(found)}`;
    case 'invalid_format':
    case 'custom':
      return `cannot be ${told(found)}: letters, digits and _ make a name, not beginning with a digit, \`in\` and \`out\` are reserved`;
    default:
      return `does not fit: ${told(found)}`;
  }
}

function oneOf(allowed: readonly unknown[], found: unknown): string {
  const near = typeof found === 'string' ? nearest(found, allowed.map(String)) : undefined;
  const meant = near === undefined ? '' : ` (did you mean "${near}"?)`;
  return `must be ${listed(allowed.map((each) => JSON.stringify(each)))}, not ${told(found)}${meant}`;
}

function article(type: string): string {
  if (type === 'int') return 'a whole number';
  if (type === 'string') return 'a text';
  if (type === 'array' || type === 'tuple') return 'a list';
  if (type === 'record' || type === 'object') return 'an object';
  if (type === 'boolean') return 'true or false';
  return `a ${type}`;
}

function bound(origin: string): string {
  return ['string', 'array', 'tuple', 'set'].includes(origin) ? 'have' : 'be';
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'tuple' ? ' items' : '';
}
