// Measured times gathered by node, or by all that lies inside a block or a recurrence.
import type { ProfileRow } from '../../engine/protocol/plans.ts';

export interface NodeTime {
  readonly node: string;
  readonly forward: number;
  readonly backward: number;
  readonly update: number;
  readonly total: number;
  readonly flops: number;
}

export interface NodeTimes {
  /** By instance path, in the order in which they first run. */
  readonly nodes: readonly NodeTime[];
  /** Of a node, or of everything inside; null where nothing of it runs. */
  inside(path: string): NodeTime | null;
}

export function nodeTimes(rows: readonly ProfileRow[]): NodeTimes {
  const byNode = new Map<string, { -readonly [K in keyof NodeTime]: NodeTime[K] }>();
  for (const { node, phase, ms, flops } of rows) {
    const sum = byNode.get(node) ?? { node, forward: 0, backward: 0, update: 0, total: 0, flops: 0 };
    sum[phase] += ms;
    sum.total += ms;
    sum.flops += flops;
    byNode.set(node, sum);
  }
  const nodes = [...byNode.values()];
  return {
    nodes,
    inside(path) {
      const own = nodes.filter(
        ({ node }) => node === path || node.startsWith(`${path}/`) || node.startsWith(`${path}[`),
      );
      if (own.length === 0) return null;
      const sum = (part: 'forward' | 'backward' | 'update' | 'total' | 'flops') =>
        own.reduce((total, each) => total + each[part], 0);
      return {
        node: path,
        forward: sum('forward'),
        backward: sum('backward'),
        update: sum('update'),
        total: sum('total'),
        flops: sum('flops'),
      };
    },
  };
}
