import { useStore } from '@xyflow/react';
import { useRef } from 'react';
import type { FlowNode } from './flow-types.ts';
import { wantsFarView } from './model/far-view.ts';

/** Whether the graph is drawn from afar now. */
export function useFarView(nodes: readonly FlowNode[]): boolean {
  const before = useRef(false);
  const far = useStore(({ width, height, transform }) => wantsFarView(nodes, width, height, transform, before.current));
  before.current = far;
  return far;
}
