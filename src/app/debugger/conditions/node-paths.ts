import type { CompileReport } from '../../../engine/protocol.ts';

/** Nodes to choose from, in the order in which they first run; `chosen` is among them even where it is gone. */
export function nodePaths(report: CompileReport | null, chosen: string): readonly string[] {
  const paths = new Set<string>();
  for (const { node } of report?.steps ?? []) {
    paths.add(node.replace(/\[\d+\]/g, ''));
    if (node.includes('[')) paths.add(node);
  }
  paths.delete('');
  if (chosen !== '') paths.add(chosen);
  return [...paths];
}
