// Checks a node's attributes against the JSON Schema of its operator's catalogue entry: the part of draft 7 that zod emits.
// `{"arg": name}` stands for any value inside a block. Defaults are not filled in: the operator's own schema does that.
import { nearest } from '../language/nearest.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { toPointer } from './json-text.ts';

type Schema = Readonly<Record<string, unknown>>;
type Attributes = Readonly<Record<string, unknown>>;

export interface CheckedAttributes {
  /** Those that are right. */
  readonly attributes: Attributes;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * @param schema of the whole attributes object
 * @param place names the node in diagnostics; `json` points at its attributes
 * @param mayBeArguments inside a block: `{"arg": …}` is let through
 */
export function checkAttributes(
  schema: Schema,
  attributes: Attributes,
  place: { readonly path: string; readonly json: string; readonly owner: string },
  mayBeArguments: boolean,
): CheckedAttributes {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const kept: Record<string, unknown> = {};
  const diagnostics: Diagnostic[] = [];
  for (const [key, value] of Object.entries(attributes)) {
    const at = { path: place.path, attribute: key, json: place.json + toPointer([key]) };
    if (!Object.hasOwn(properties, key)) {
      const near = nearest(key, Object.keys(properties));
      const hint = near === undefined ? {} : { hint: `Did you mean \`${near}\`?` };
      diagnostics.push(error('E_UNKNOWN_ATTRIBUTE', `${place.owner} has no attribute \`${key}\`; left out`, at, hint));
      continue;
    }
    const fault = schemaFault(properties[key] as Schema, value, mayBeArguments);
    if (fault === undefined) kept[key] = value;
    else diagnostics.push(error('E_ATTRIBUTE', `\`${key}\` of ${place.owner} ${fault}; left out`, at));
  }
  return { attributes: kept, diagnostics };
}

/** True for `{"arg": "hidden"}`. */
export function isArgument(value: unknown): value is { readonly arg: string } {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
  return typeof (value as { arg?: unknown }).arg === 'string';
}

/** Names of the arguments that a value, or members of an object, refer to. */
export function argumentNames(value: unknown): readonly string[] {
  if (isArgument(value)) return [value.arg];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(argumentNames);
}

/** Why a value does not fit a schema, in words that follow the name of the attribute; undefined when it fits. */
export function schemaFault(schema: Schema, value: unknown, mayBeArguments = false): string | undefined {
  if (mayBeArguments && isArgument(value)) return undefined;
  const alternatives = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (alternatives !== undefined) {
    const faults = alternatives.map((each) => schemaFault(each, value, mayBeArguments));
    if (faults.includes(undefined)) return undefined;
    return [...new Set(faults)].join(', or ');
  }
  if ('const' in schema) return value === schema['const'] ? undefined : `must be ${JSON.stringify(schema['const'])}`;
  const allowed = schema['enum'] as readonly unknown[] | undefined;
  if (allowed !== undefined) {
    return allowed.includes(value)
      ? undefined
      : `must be ${listed(allowed.map((each) => JSON.stringify(each)))}, not ${told(value)}`;
  }
  switch (schema['type']) {
    case 'integer':
    case 'number':
      return numberFault(schema, value);
    case 'string':
      return stringFault(schema, value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `must be true or false, not ${told(value)}`;
    case 'null':
      return value === null ? undefined : 'must be null';
    case 'array':
      return arrayFault(schema, value, mayBeArguments);
    case 'object':
      return objectFault(schema, value, mayBeArguments);
    default:
      return undefined;
  }
}

function numberFault(schema: Schema, value: unknown): string | undefined {
  const whole = schema['type'] === 'integer';
  if (typeof value !== 'number' || (whole && !Number.isInteger(value))) {
    return `must be a ${whole ? 'whole ' : ''}number, not ${told(value)}`;
  }
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Readonly<
    Record<string, number | undefined>
  >;
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}, not ${value}`;
  if (maximum !== undefined && value > maximum) return `must be at most ${maximum}, not ${value}`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return `must be above ${exclusiveMinimum}, not ${value}`;
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return `must be below ${exclusiveMaximum}, not ${value}`;
  return undefined;
}

function stringFault(schema: Schema, value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be a text, not ${told(value)}`;
  const { minLength, maxLength } = schema as Readonly<Record<string, number | undefined>>;
  if (minLength !== undefined && value.length < minLength) return `must have at least ${minLength} characters`;
  if (maxLength !== undefined && value.length > maxLength) return `must have at most ${maxLength} characters`;
  const pattern = schema['pattern'];
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value)) return `must look like ${pattern}`;
  return undefined;
}

function arrayFault(schema: Schema, value: unknown, mayBeArguments: boolean): string | undefined {
  if (!Array.isArray(value)) return `must be a list, not ${told(value)}`;
  const { minItems, maxItems } = schema as Readonly<Record<string, number | undefined>>;
  const wanted =
    minItems === maxItems ? `${minItems}` : minItems === undefined ? `at most ${maxItems}` : `at least ${minItems}`;
  if ((minItems !== undefined && value.length < minItems) || (maxItems !== undefined && value.length > maxItems)) {
    const items =
      minItems !== undefined && maxItems !== undefined && minItems !== maxItems ? `${minItems} to ${maxItems}` : wanted;
    return `must have ${items} items, not ${value.length}`;
  }
  const items = schema['items'];
  for (const [index, item] of value.entries()) {
    const each = (Array.isArray(items) ? (items[index] ?? schema['additionalItems']) : items) as
      | Schema
      | boolean
      | undefined;
    if (typeof each !== 'object') continue;
    const fault = schemaFault(each, item, mayBeArguments);
    if (fault !== undefined) return `item ${index} ${fault}`;
  }
  return undefined;
}

function objectFault(schema: Schema, value: unknown, mayBeArguments: boolean): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `must be an object, not ${told(value)}`;
  const members = value as Readonly<Record<string, unknown>>;
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  for (const key of (schema['required'] ?? []) as readonly string[])
    if (!Object.hasOwn(members, key)) return `needs \`${key}\``;
  for (const [key, member] of Object.entries(members)) {
    const each = Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties'];
    if (each === false) return `has no \`${key}\``;
    if (typeof each !== 'object') continue;
    const fault = schemaFault(each as Schema, member, mayBeArguments);
    if (fault !== undefined) return `\`${key}\` ${fault}`;
  }
  return undefined;
}

/** A value as messages show it, shortened. */
export function told(value: unknown): string {
  if (Array.isArray(value)) return value.length > 8 ? `a list of ${value.length}` : JSON.stringify(value).slice(0, 60);
  if (typeof value === 'object' && value !== null) return 'an object';
  return (JSON.stringify(value) ?? 'nothing').slice(0, 60);
}

/** `a`, `b` or `c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
