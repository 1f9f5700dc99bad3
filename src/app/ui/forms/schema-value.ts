// Values of a JSON Schema as people type them: `3`, `5, 5`, `N, 1, 28, 28`, `same`, `[[1, 2], [3, 4]]`, and `=hidden` for an
// argument of a block. Whether a value fits is the schema's to say (graph/check-attributes.ts).
import { isArgument, schemaFault } from '../../../graph/check-attributes.ts';

export type Schema = Readonly<Record<string, unknown>>;

export type Parsed = { readonly value: unknown } | { readonly fault: string };

/** Which control shows a schema. */
export function controlOf(schema: Schema): 'switch' | 'select' | 'text' {
  if (schema['type'] === 'boolean') return 'switch';
  return Array.isArray(schema['enum']) ? 'select' : 'text';
}

/** The text of a value; empty for undefined. */
export function printValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (isArgument(value)) return `=${value.arg}`;
  if (Array.isArray(value)) {
    return value.length > 0 && value.every((each) => typeof each === 'number' || typeof each === 'string')
      ? value.join(', ')
      : value.length === 0
        ? ''
        : JSON.stringify(value);
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What a text means under a schema; empty is undefined, that is the default. */
export function parseValue(schema: Schema, text: string, mayBeArgument = false): Parsed {
  const trimmed = text.trim();
  if (trimmed === '') return { value: undefined };
  const argument = /^=\s*([A-Za-z_][A-Za-z0-9_]*)$/.exec(trimmed)?.[1];
  const candidates =
    mayBeArgument && argument !== undefined
      ? [{ arg: argument }]
      : /^[[{]/.test(trimmed)
        ? fromJson(trimmed)
        : fromWords(trimmed, mayBeArgument);
  let fault: string | undefined;
  for (const value of candidates) {
    const wrong = schemaFault(schema, value, mayBeArgument);
    if (wrong === undefined) return { value };
    fault ??= wrong;
  }
  return { fault: fault ?? 'cannot be read' };
}

/** One word is itself, or a list of one; more are a list. */
function fromWords(text: string, mayBeArgument: boolean): readonly unknown[] {
  const words = text
    .split(/[\s,;×]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const argument = mayBeArgument && /^=([A-Za-z_]\w*)$/.exec(word)?.[1];
      if (argument) return { arg: argument };
      const number = Number(word.replaceAll('−', '-'));
      return Number.isFinite(number) ? number : word;
    });
  return words.length === 1 ? [words[0], words] : [words];
}

function fromJson(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
