// The values that a node shows, port by port: what it makes, what it owns, what it takes; each with its gradient.
import type { CompileReport, NodeFacts } from '../../engine/protocol.ts';
import { arrivingGradient } from '../overlays/arriving-gradient.ts';

export interface PortValue {
  readonly port: string;
  readonly role: 'output' | 'parameter' | 'input';
  /** Name of the value. */
  readonly value: string;
  readonly gradient: string | null;
  /** Of a parameter shared over time: what this time step adds to its gradient. */
  readonly share: string | null;
}

/**
 * Outputs first, then parameters, then inputs.
 * @param isPort whether the node has that input: a recurrence's own machinery takes more than can be wired
 */
export function portValues(
  report: CompileReport | null,
  path: string,
  facts: NodeFacts | undefined,
  isPort: (name: string) => boolean,
): readonly PortValue[] {
  if (report === null || facts === undefined) return [];
  const known = (name: string): boolean => Object.hasOwn(report.values, name);
  const gradientOf = (...names: readonly string[]): string | null =>
    names.map((name) => `grad(${name})`).find(known) ?? null;
  const outputs = Object.entries(facts.outputs).map(
    ([port, value]): PortValue => ({ port, role: 'output', value, gradient: gradientOf(value), share: null }),
  );
  const parameters = facts.parameters.map((value): PortValue => {
    const port = value.slice(value.lastIndexOf('.') + 1);
    const gradient = gradientOf(value);
    const share = gradientOf(`${path}.${port}`);
    return { port, role: 'parameter', value, gradient, share: share === gradient ? null : share };
  });
  const inputs = Object.entries(facts.inputs)
    .filter(([port]) => isPort(port))
    .map(([port, value]): PortValue => {
      return { port, role: 'input', value, gradient: arrivingGradient(report, `${path}.${port}`, value), share: null };
    });
  const own = new Set(outputs.map(({ value }) => value));
  return [...outputs, ...parameters.filter(({ value }) => !own.has(value)), ...inputs].filter(({ value }) =>
    known(value),
  );
}

/** Whether its elements may be typed over: what is fed or owned, not what is computed. */
export function isGiven(report: CompileReport, name: string): boolean {
  return !report.steps.some((step) => step.phase !== 'update' && step.writes.includes(name));
}
