import { useCallback, useEffect, useState } from 'react';
import type { TimelineFacts } from '../../../engine/protocol/timeline.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';

const pauseMs = 150;

/** The history as it stands, asked for again after every step and report of training; `put` takes over what a command answered. */
export function useTimeline(): {
  readonly facts: TimelineFacts | null;
  readonly put: (facts: TimelineFacts | null) => void;
} {
  const { link } = useWorkbench();
  const session = useSession((data) => data.session);
  const training = useSession((data) => data.training);
  const [facts, setFacts] = useState<TimelineFacts | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them changes the answer
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(async () => {
      const answer = await link.ask((api) => api.timeline());
      if (wanted && answer !== null) setFacts(answer);
    }, pauseMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [link, session, training]);
  const put = useCallback((answer: TimelineFacts | null) => {
    if (answer !== null) setFacts(answer);
  }, []);
  return { facts, put };
}
