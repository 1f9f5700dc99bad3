import { useEffect, useState } from 'react';
import type { LossCurve, TimelineFacts } from '../../../engine/protocol/timeline.ts';
import { useWorkbench } from '../../state/context.tsx';

const mostPoints = 400;
const pauseMs = 300;

/** The loss along every branch; asked for again when a branch has grown. */
export function useLossCurves({ branches }: TimelineFacts): readonly LossCurve[] {
  const { link } = useWorkbench();
  const [curves, setCurves] = useState<readonly LossCurve[]>([]);
  const key = branches.map(({ id, length }) => `${id}:${length}`).join(' ');
  useEffect(() => {
    let wanted = true;
    const ids = key.split(' ').map((each) => Number(each.split(':')[0]));
    const timer = setTimeout(async () => {
      const found = await Promise.all(ids.map((id) => link.ask((api) => api.lossCurve(id, mostPoints))));
      if (wanted) setCurves(found.filter((curve) => curve !== null));
    }, pauseMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [link, key]);
  return curves;
}
