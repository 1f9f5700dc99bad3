// An answer of the engine to a question about the numbers in memory, asked again whenever they change.
import { useEffect, useState } from 'react';
import type { EngineApi } from '../../../engine/protocol.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';

export interface Answer<T> {
  readonly answer: T | null;
  /** An answer to exactly this question has come. */
  readonly settled: boolean;
  /** The last one that came, to this question or the one before. */
  readonly last: T | null;
}

/** `key` names the question: another key, another question. It is asked after `delayMs` without a newer one. */
export function useAnswer<T>(key: string, question: (api: EngineApi) => Promise<T | null>, delayMs = 0): Answer<T> {
  const { link } = useWorkbench();
  const version = useSession((data) => data.summariesVersion);
  const revision = useSession((data) => data.report?.revision ?? -1);
  const cursor = useSession((data) => `${data.session?.iteration} ${data.session?.cursor}`);
  const [known, setKnown] = useState<{ readonly key: string; readonly answer: T | null } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new numbers, a new answer; the key stands for the question
  useEffect(() => {
    let current = true;
    const ask = async (): Promise<void> => {
      const answer = await link.ask(question);
      if (current) setKnown({ key, answer });
    };
    const timer = setTimeout(() => void ask(), delayMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [link, key, version, revision, cursor, delayMs]);
  const settled = known?.key === key;
  return { answer: settled ? known.answer : null, settled, last: known?.answer ?? null };
}
