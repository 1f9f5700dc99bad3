// An answer of the engine to a question about the numbers in memory, asked again whenever they change.
import { useEffect, useState } from 'react';
import type { EngineApi } from '../../../engine/protocol.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';

export interface Answer<T> {
  readonly answer: T | null;
  /** An answer to exactly this question has come. */
  readonly settled: boolean;
}

/** `key` names the question: another key, another question. */
export function useAnswer<T>(key: string, question: (api: EngineApi) => Promise<T | null>): Answer<T> {
  const { link } = useWorkbench();
  const version = useSession((data) => data.summariesVersion);
  const revision = useSession((data) => data.report?.revision ?? -1);
  const cursor = useSession((data) => `${data.session?.iteration} ${data.session?.cursor}`);
  const [known, setKnown] = useState<{ readonly key: string; readonly answer: T | null } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new numbers, a new answer; the key stands for the question
  useEffect(() => {
    let current = true;
    void link.ask(question).then((answer) => {
      if (current) setKnown({ key, answer });
    });
    return () => {
      current = false;
    };
  }, [link, key, version, revision, cursor]);
  return { answer: known?.key === key ? known.answer : null, settled: known?.key === key };
}
