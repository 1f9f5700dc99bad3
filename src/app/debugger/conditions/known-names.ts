// The names that a condition may speak of, from what the engine told of the graph.
import type { CompileReport } from '../../../engine/protocol.ts';
import type { KnownNames } from '../../../language/complete-condition.ts';

/** @param path node whose ports bare names are; '' for the whole graph */
export function knownNames(report: CompileReport | null, path: string): KnownNames {
  if (report === null) return { ports: [], values: [], trained: [], slots: [] };
  const names = Object.keys(report.values);
  const facts = report.nodes[path];
  const ports = new Set([
    ...Object.keys(facts?.outputs ?? {}),
    ...Object.keys(facts?.inputs ?? {}),
    ...(facts?.parameters ?? []).map((name) => name.slice(name.lastIndexOf('.') + 1)),
  ]);
  const parameters = new Set(Object.values(report.nodes).flatMap((node) => node.parameters));
  const slots = new Set(names.flatMap((name) => /^slot\(.*, (\w+)\)$/.exec(name)?.[1] ?? []));
  return {
    ports: [...ports],
    values: names.filter((name) => !name.includes('(')),
    trained: [...parameters].filter((name) => Object.hasOwn(report.values, `grad(${name})`)),
    slots: [...slots],
  };
}
