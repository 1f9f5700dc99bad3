// The values that a node shows, port by port: what it makes, what it owns, what it takes; each with its gradient.
import type { CompileReport, NodeFacts } from '../../engine/protocol.ts';

export interface PortValue {
  readonly port: string;
  readonly role: 'output' | 'parameter' | 'input';
  /** Name of the value. */
  readonly value: string;
  readonly gradient: string | null;
}

/** Outputs first, then parameters, then inputs. */
export function portValues(
  report: CompileReport | null,
  path: string,
  facts: NodeFacts | undefined,
): readonly PortValue[] {
  if (report === null || facts === undefined) return [];
  const known = (name: string): boolean => Object.hasOwn(report.values, name);
  const gradientOf = (...names: readonly string[]): string | null =>
    names.map((name) => `grad(${name})`).find(known) ?? null;
  const outputs = Object.entries(facts.outputs).map(
    ([port, value]): PortValue => ({ port, role: 'output', value, gradient: gradientOf(value) }),
  );
  const parameters = facts.parameters.map(
    (value): PortValue => ({
      port: value.slice(value.lastIndexOf('.') + 1),
      role: 'parameter',
      value,
      gradient: gradientOf(value),
    }),
  );
  const inputs = Object.entries(facts.inputs).map(
    ([port, value]): PortValue => ({ port, role: 'input', value, gradient: gradientOf(`${path}.${port}`, value) }),
  );
  const own = new Set(outputs.map(({ value }) => value));
  return [...outputs, ...parameters.filter(({ value }) => !own.has(value)), ...inputs].filter(({ value }) =>
    known(value),
  );
}

/** Whether its elements may be typed over: what is fed or owned, not what is computed. */
export function isGiven(report: CompileReport, name: string): boolean {
  return !report.steps.some((step) => step.phase !== 'update' && step.writes.includes(name));
}
