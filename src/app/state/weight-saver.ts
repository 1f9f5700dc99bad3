// Sees to it that the numbers of the document outlive the page: whenever the engine may have new ones it is asked for them, soon
// after, but while it trains never so often that it is slowed down.
import type { EngineLink } from './engine-link.ts';
import type { Notices } from './notices.ts';
import { isTraining, type SessionStore } from './session-store.ts';
import { mostKeptBytes, type WeightKeeper } from './weight-keeper.ts';

export interface WeightSaver {
  /** Done when all that the engine has now is kept, or cannot be. */
  flush(): Promise<void>;
  dispose(): void;
}

export interface WeightSaverOptions {
  readonly link: Pick<EngineLink, 'keep'>;
  readonly session: SessionStore;
  readonly notices: Notices;
  readonly keeper: WeightKeeper;
  readonly pauseMs?: number;
}

/** While training goes on the last numbers are never old for long. */
const trainingPauseMs = 3000;

/** Keeping takes at most this share of the time that training has. */
const share = 0.05;

export function createWeightSaver(options: WeightSaverOptions): WeightSaver {
  const { link, session, notices, keeper, pauseMs = 400 } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer rings. */
  let due = 0;
  let notBefore = 0;
  let under: Promise<void> = Promise.resolve();
  /** What was last told of each document, so as not to say it twice. */
  const told = new Map<string, 'tooLarge' | 'refused'>();

  async function tell(document: string, fault: 'tooLarge' | 'refused', bytes: number): Promise<void> {
    if (told.get(document) === fault) return;
    told.set(document, fault);
    const { laterTexts } = await import('../ui/later-texts.ts');
    notices.add({ kind: 'warning', text: laterTexts.weights[fault](bytes) });
  }

  async function save(): Promise<void> {
    const started = performance.now();
    const kept = await link.keep(mostKeptBytes);
    if (kept !== null) {
      const { document, file, bytes } = kept;
      try {
        if (file === null) await keeper.forget(document);
        else await keeper.keep(document, file);
        if (bytes > mostKeptBytes) await tell(document, 'tooLarge', bytes);
        else told.delete(document);
      } catch {
        await tell(document, 'refused', bytes);
      }
    }
    const now = performance.now();
    notBefore = now + (now - started) / share;
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    under = under.then(save);
    return under;
  }

  const stop = session.subscribe((state, before) => {
    const same =
      state.report === before.report && state.session === before.session && state.training === before.training;
    if (same) return;
    const now = performance.now();
    const at = isTraining(state) ? Math.max(now + trainingPauseMs, notBefore) : now + pauseMs;
    // What has come to a halt meanwhile does not wait as long as if it had gone on.
    if (timer !== undefined && due <= at) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => void flush(), at - now);
  });

  return {
    flush,
    dispose() {
      stop();
      clearTimeout(timer);
    },
  };
}
