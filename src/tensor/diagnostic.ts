// What a person is told about a fault they can mend: what, where, the numbers, what to do. Collected, never thrown.

export type Severity = 'error' | 'warning' | 'info';

/** Where a fault sits; `path` is a node path as value names spell it, `json` a JSON pointer into the graph file. */
export interface Place {
  readonly path?: string;
  readonly port?: string;
  readonly attribute?: string;
  readonly json?: string;
  /** In a text, 1-based: where its syntax breaks. */
  readonly line?: number;
  readonly column?: number;
}

/** An edit that mends a fault, as data; the graph room turns it into a diff. */
export type QuickFix =
  | {
      readonly kind: 'insert';
      readonly title: string;
      readonly port: string;
      readonly op: string;
      readonly attributes?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'set_attribute'; readonly title: string; readonly attribute: string; readonly value: unknown }
  | { readonly kind: 'unset_attribute'; readonly title: string; readonly attribute: string }
  | { readonly kind: 'disconnect'; readonly title: string; readonly port: string };

export interface Diagnostic {
  /** Stable name, `E_…` for errors, `W_…` for warnings, `I_…` for notes. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly at: Place;
  readonly hint?: string;
  /** Applied to the node that `at.path` names. */
  readonly fixes?: readonly QuickFix[];
}

/** What keeps a graph or file from working. */
export function error(
  code: `E_${string}`,
  message: string,
  at: Place = {},
  more: { hint?: string; fixes?: readonly QuickFix[] } = {},
): Diagnostic {
  return { code, severity: 'error', message, at, ...more };
}

/** What works, but hardly as meant. */
export function warning(
  code: `W_${string}`,
  message: string,
  at: Place = {},
  more: { hint?: string; fixes?: readonly QuickFix[] } = {},
): Diagnostic {
  return { code, severity: 'warning', message, at, ...more };
}

/** What is good to know. */
export function note(code: `I_${string}`, message: string, at: Place = {}, more: { hint?: string } = {}): Diagnostic {
  return { code, severity: 'info', message, at, ...more };
}

/** Warnings and notes are none. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** One readable line: `error conv2.x: expects 3 channels, gets 1 (E_CHANNELS)`. */
export function formatDiagnostic(d: Diagnostic): string {
  const whole =
    d.at.path === undefined
      ? (d.at.json ?? '')
      : d.at.path + ((d.at.port ?? d.at.attribute) ? `.${d.at.port ?? d.at.attribute}` : '');
  // Keys of a file may be as long as its author likes.
  const place = whole.length > 200 ? `${whole.slice(0, 200)}…` : whole;
  return `${d.severity}${place ? ` ${place}` : ''}: ${d.message} (${d.code})${d.hint ? ` Hint: ${d.hint}` : ''}`;
}
