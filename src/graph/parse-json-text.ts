// JSON text → a value, bounded in size; what JSON.parse refuses is told with its line and column.
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { findJsonFault } from './json-text.ts';
import { limits } from './limits.ts';

/** @returns undefined where nothing could be read; the reason is reported. */
export function parseJsonText(text: string, report: (diagnostic: Diagnostic) => void): unknown {
  if (text.length > limits.textCharacters) {
    report(
      error('E_TOO_LARGE', `a text of ${text.length} characters, ${limits.textCharacters} are allowed`, { json: '' }),
    );
    return undefined;
  }
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch {
    const fault = findJsonFault(text) ?? { line: 1, column: 1, message: 'cannot be read' };
    const { line, column, message } = fault;
    report(error('E_JSON_SYNTAX', `line ${line}, column ${column}: ${message}`, { json: '', line, column }));
    return undefined;
  }
}
