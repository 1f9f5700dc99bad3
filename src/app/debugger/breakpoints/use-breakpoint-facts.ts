import { useEffect, useState } from 'react';
import type { BreakpointFacts } from '../../../engine/protocol/halts.ts';
import { useSession, useView, useWorkbench } from '../../state/context.tsx';

const pauseMs = 80;

/** What the engine made of the breakpoints, asked for again whenever they or the run have changed. */
export function useBreakpointFacts(): ReadonlyMap<string, BreakpointFacts> {
  const { link } = useWorkbench();
  const breakpoints = useView((state) => state.breakpoints);
  const session = useSession((data) => data.session);
  const training = useSession((data) => data.training);
  const [known, setKnown] = useState<ReadonlyMap<string, BreakpointFacts>>(() => new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them changes the answer
  useEffect(() => {
    if (breakpoints.length === 0) return;
    let wanted = true;
    const timer = setTimeout(async () => {
      const facts = await link.ask((api) => api.breakpointFacts());
      if (wanted && facts !== null) setKnown(new Map(facts.map((each) => [each.id, each])));
    }, pauseMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [link, breakpoints, session, training]);
  return known;
}
