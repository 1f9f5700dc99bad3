import { useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';
import { useSession, useView, useWorkbench } from '../state/context.tsx';
import type { ScopeFlow } from './use-scope-flow.ts';
import { visibleValues } from './visible-values.ts';

/** While the view moves, what is visible is looked at no more often than this. */
const pauseMs = 120;

/** Keeps the engine asked for exactly what is on the canvas. */
export function useVisibleValues({ nodes, edges }: ScopeFlow): void {
  const { link } = useWorkbench();
  const report = useSession((session) => session.report);
  const example = useView((view) => view.example);
  const flow = useStoreApi();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
      timer = undefined;
      const { width, height, transform } = flow.getState();
      link.watch('canvas', visibleValues(nodes, edges, { width, height, transform }, report, example));
    };
    watch();
    const stop = flow.subscribe((state, before) => {
      if (state.transform === before.transform && state.width === before.width && state.height === before.height)
        return;
      timer ??= setTimeout(watch, pauseMs);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [nodes, edges, report, example, flow, link]);
  useEffect(() => () => link.watch('canvas', []), [link]);
}
