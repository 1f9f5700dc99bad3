// The fast plan's steps and memory, asked for while somebody looks and again after every compilation.
import { useEffect, useState } from 'react';
import type { PlanFacts } from '../../engine/protocol/plans.ts';
import { useSession, useWorkbench } from './context.tsx';

export interface PlanView {
  /** null while there is none: nothing runs, or it is being asked for the first time. */
  readonly plan: PlanFacts | null;
  readonly loading: boolean;
}

export function usePlanFacts(): PlanView {
  const { link, session } = useWorkbench();
  const revision = useSession((data) => (data.report?.runnable ? data.report.revision : -1));
  const [known, setKnown] = useState<{ readonly revision: number; readonly plan: PlanFacts | null } | null>(null);
  useEffect(() => {
    if (revision < 0) return;
    let wanted = true;
    // Compiling the fast plan takes a moment: it waits until typing stops.
    const timer = setTimeout(async () => {
      const plan = await link.ask((api) => api.planFacts());
      if (wanted && session.getState().report?.revision === revision) setKnown({ revision, plan });
    }, 150);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [link, session, revision]);
  if (revision < 0) return { plan: null, loading: false };
  return { plan: known?.plan ?? null, loading: known?.revision !== revision };
}
