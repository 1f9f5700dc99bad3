// Which gradient flows back on a wire: the name of the share of the port where it ends, or of all that arrives at its start.
import type { CompileReport } from '../../engine/protocol.ts';

/**
 * null where none does.
 * @param arrival name of the port where the wire ends (`conv1.x`)
 * @param value name of the value that it carries
 */
export function arrivingGradient(report: CompileReport, arrival: string, value: string): string | null {
  const dot = arrival.lastIndexOf('.');
  const [node, port] = [report.nodes[arrival.slice(0, Math.max(0, dot))], arrival.slice(dot + 1)];
  // An output of the same name (a cell's h) has a gradient of its own.
  const isOutput = Object.hasOwn(node?.outputs ?? {}, port);
  const isCell = isOutput && Object.hasOwn(node?.inputs ?? {}, port);
  const names = isCell
    ? [`grad(${arrival}):in`]
    : isOutput
      ? [`grad(${value})`]
      : [`grad(${arrival})`, `grad(${value})`];
  return names.find((name) => Object.hasOwn(report.values, name)) ?? null;
}
