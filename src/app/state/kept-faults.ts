import type { Diagnostic } from '../../tensor/diagnostic.ts';

/** What was kept of a file's faults, read like foreign data, and what reading the kept graph found beyond. */
export function keptFaults(kept: unknown, found: readonly Diagnostic[]): readonly Diagnostic[] {
  const told = Array.isArray(kept) ? kept.filter(isDiagnostic) : [];
  const places = new Set(told.flatMap(({ at }) => at.path ?? []));
  return [...told, ...found.filter(({ at }) => at.path === undefined || !places.has(at.path))];
}

function isDiagnostic(value: unknown): value is Diagnostic {
  const { code, message, severity, at, fixes } = Object(value) as Partial<Diagnostic>;
  const known = severity === 'error' || severity === 'warning' || severity === 'info';
  return typeof code === 'string' && typeof message === 'string' && known && at === Object(at) && fixes === undefined;
}
