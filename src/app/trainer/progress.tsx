// How training goes: its buttons, the bar, the numbers, and why it failed if it did.

import type { TrainState } from '../../engine/protocol.ts';
import { CommandButton } from '../commands/command-button.tsx';
import { pauseTrainingCommand } from '../commands/pause-training.ts';
import { resetCommand } from '../commands/reset.ts';
import { stopTrainingCommand } from '../commands/stop-training.ts';
import { trainCommand } from '../commands/train.ts';
import { trainIterationCommand } from '../commands/train-iteration.ts';
import { useDocument, useSession, useWorkbench } from '../state/context.tsx';
import { hasFinished } from '../state/session-store.ts';
import { formatCount, formatNumber } from '../ui/format.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { LinkButton } from '../ui/link-button.tsx';
import { Message } from '../ui/message.tsx';
import { texts } from '../ui/texts.ts';
import { DiagnosticList } from './diagnostic-list.tsx';
import { formatSeconds, secondsLeft } from './time-left.ts';
import styles from './training-panel.module.css';

const t = laterTexts.training;

export function Progress() {
  const state = useSession((data) => data.training);
  const batch = useDocument((data) => data.graph.training.batch);
  const epochs = useDocument((data) => data.graph.training.epochs);
  const finished = useSession(hasFinished);
  const running = state?.status === 'running';
  const paused = state?.status === 'paused';
  const train = paused ? t.resume : finished ? texts.commands.trainFurther(epochs) : texts.commands.train;
  const live = state !== null && state.status !== 'failed' && state.iterationsPerEpoch > 0;
  return (
    <div className={styles['progress']}>
      <div className={styles['buttons']} role="toolbar" aria-label={t.progress}>
        {running ? (
          <CommandButton command={pauseTrainingCommand} look="primary" text={texts.commands.pause} />
        ) : (
          <CommandButton command={trainCommand} look="primary" text={train} />
        )}
        <CommandButton command={stopTrainingCommand} look="plain" text={t.stop} />
        <CommandButton command={trainIterationCommand} look="plain" text={t.iterate} />
        <CommandButton command={resetCommand} />
        <span className={styles['status']}>{state === null ? t.status.idle : t.status[state.status]}</span>
      </div>
      {live && <Numbers state={state} batch={batch} />}
      {state !== null && state.diagnostics.length > 0 && <DiagnosticList diagnostics={state.diagnostics} />}
      <WhyNot />
    </div>
  );
}

function Numbers({ state, batch }: { readonly state: TrainState; readonly batch: number }) {
  const total = state.epochs * state.iterationsPerEpoch;
  const left = secondsLeft(state, batch);
  const facts: readonly (readonly [string, string])[] = [
    [t.epoch, `${Math.min(state.epoch + (state.status === 'finished' ? 0 : 1), state.epochs)} / ${state.epochs}`],
    [t.iteration, `${state.iteration} / ${total}`],
    [t.speed, state.examplesPerSecond > 0 ? t.perSecond(formatCount(Math.round(state.examplesPerSecond))) : '–'],
    [t.left, left === null ? '–' : formatSeconds(left)],
    [t.loss, state.loss === null ? '–' : formatNumber(state.loss)],
    ...Object.entries(state.metrics).map(
      ([name, value]) => [t.metrics[name] ?? name, `${(value * 100).toFixed(1)} %`] as const,
    ),
  ];
  return (
    <>
      <progress
        className={styles['bar']}
        max={total}
        value={Math.min(total, state.iteration)}
        aria-label={t.progress}
      />
      <dl className={styles['facts']}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** What stands in the way of training, before it is tried. */
function WhyNot() {
  const { look } = useWorkbench();
  const report = useSession((data) => data.report);
  const ready = useSession((data) => data.run.kind === 'ready');
  const data = useDocument((state) => state.graph.training.data);
  if (!ready || report === null) return null;
  const reason = !report.runnable
    ? t.notRunnable
    : report.loss === null
      ? (report.untrainable[0]?.message ?? t.noLoss)
      : data === undefined
        ? t.noData
        : null;
  if (reason === null) return null;
  return (
    <p className={styles['note']}>
      <Message text={reason} />{' '}
      {(!report.runnable || report.untrainable.length > 0) && (
        <LinkButton onClick={() => look({ dockTab: 'problems' })}>{texts.shell.tabs.problems}</LinkButton>
      )}
    </p>
  );
}
