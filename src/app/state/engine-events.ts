// What the engine tells unasked, written to the session store. It travels another way than answers do, and may come late.
import type { EngineEvent, TrainState } from '../../engine/protocol.ts';
import { texts } from '../ui/texts.ts';
import type { Notices } from './notices.ts';
import type { SessionStore } from './session-store.ts';

/** The engine's number for the replay of a command, among those of searches. */
export const movement = 0;

/** Lines of log points that are kept. */
const mostLogLines = 2000;

export interface EngineEventsOptions {
  readonly session: SessionStore;
  readonly notices: Notices;
  /** Whether that file is the one being read. */
  readonly isReading: (file: number) => boolean;
  /** The run stands elsewhere, or other numbers stand in it. */
  readonly onMoved: () => void;
  readonly onTrainingHalts: () => void;
}

export function createEngineEvents(options: EngineEventsOptions): (event: EngineEvent) => void {
  const { session, notices, isReading, onMoved, onTrainingHalts } = options;
  const now = () => session.getState();

  function hearTraining({ state, points }: Extract<EngineEvent, { kind: 'training' }>): void {
    const before = now();
    // One that comes late is of the graph before, or brings nothing new but its points.
    if (state.revision < (before.report?.revision ?? 0)) return;
    const training = newest(before.training, state);
    const starts = training.iteration < (before.training?.iteration ?? 0);
    session.setState({
      training,
      curves: [...(starts ? [] : before.curves), ...points],
      ...(starts || state.diagnostics.length > 0
        ? { problems: [...(before.report?.diagnostics ?? []), ...state.diagnostics] }
        : {}),
    });
    if (training.status !== 'running' && before.training?.status === 'running') onTrainingHalts();
  }

  return (event) => {
    switch (event.kind) {
      case 'training':
        hearTraining(event);
        return;
      case 'session':
        if (event.state.revision !== now().wanted) return;
        session.setState({ session: event.state });
        onMoved();
        return;
      case 'file':
        if (isReading(event.id) && now().reading !== null)
          session.setState(({ reading }) => ({ reading: reading && { ...reading, share: event.share } }));
        return;
      case 'log':
        session.setState(({ log }) => ({ log: [...log, ...event.entries].slice(-mostLogLines) }));
        return;
      case 'search':
        // It may come after the answer to the command that it tells of.
        if (event.id === movement && now().run.kind === 'running') session.setState({ replay: event });
        else if (event.id === now().search?.id) session.setState({ search: event });
        return;
      case 'gradient_check':
        session.setState({ overlayFacts: { ...now().overlayFacts, check: event.state } });
        return;
      case 'profile':
        if (now().profiling !== null) session.setState({ profiling: event.share });
        return;
      case 'failed':
        notices.add({ kind: 'error', text: texts.engine.failed(event.message) });
        return;
    }
  };
}

/** Answers and events travel different ways: what comes last need not be what was told last. */
export function newest(known: TrainState | null, told: TrainState): TrainState {
  return known !== null && known.order > told.order ? known : told;
}
