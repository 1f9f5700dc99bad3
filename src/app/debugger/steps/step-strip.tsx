// All steps of the iteration as one strip: what is done, what comes next, where the phases meet. Works as a slider: a click or
// a drag runs to that step, arrow keys move by one.
import type { KeyboardEvent, PointerEvent } from 'react';
import type { CompileReport } from '../../../engine/protocol.ts';
import { parameterPath } from '../../../language/value-name.ts';
import { useSession, useView, useWorkbench } from '../../state/context.tsx';
import { canStep } from '../../state/session-store.ts';
import { texts } from '../../ui/texts.ts';
import { type Draw, useDrawing } from '../use-drawing.ts';
import { useLastWish } from '../use-last-wish.ts';
import styles from './step-strip.module.css';

type Steps = CompileReport['steps'];

export function StepStrip() {
  const { link, session } = useWorkbench();
  const steps = useSession((data) => data.report?.steps ?? none);
  const cursor = useSession((data) => data.session?.cursor ?? 0);
  const enabled = useSession(canStep);
  const canvas = useCanvas(steps, cursor);
  const journey = useLastWish<number>((step) => link.control({ kind: 'run_to', step }));
  if (steps.length === 0) return <span className={styles['strip']} />;

  const here = (): number => journey.underWay() ?? session.getState().session?.cursor ?? cursor;
  const runTo = (step: number): void => {
    const wanted = Math.min(steps.length, Math.max(0, step));
    if (enabled && wanted !== here()) void journey.to(wanted);
  };
  const onPointer = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    runTo(Math.round(((event.clientX - box.left) / box.width) * steps.length));
  };
  const onKey = (event: KeyboardEvent): void => {
    const from = here();
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      ArrowRight: from + 1,
      ArrowUp: from + 1,
      PageDown: from - 10,
      PageUp: from + 10,
      Home: 0,
      End: steps.length,
    };
    const target = targets[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    runTo(target);
  };
  const next = steps[cursor];
  return (
    <div
      className={styles['strip']}
      role="slider"
      tabIndex={0}
      aria-label={texts.debugger.timeline}
      aria-valuemin={0}
      aria-valuemax={steps.length}
      aria-valuenow={cursor}
      aria-valuetext={
        next === undefined ? texts.status.atEnd : `${cursor + 1}: ${next.node}, ${texts.phases[next.phase]}`
      }
      aria-disabled={!enabled}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        onPointer(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) onPointer(event);
      }}
      onKeyDown={onKey}
    >
      <canvas ref={canvas} className={styles['cells']} aria-hidden />
      <span className={styles['phases']} aria-hidden>
        {phaseSpans(steps).map(({ phase, count }) => (
          <span key={phase} style={{ flexGrow: count }}>
            {texts.phases[phase]}
          </span>
        ))}
      </span>
    </div>
  );
}

const none: Steps = [];

/** How many steps each phase has, in order. */
function phaseSpans(steps: Steps): readonly { readonly phase: Steps[number]['phase']; readonly count: number }[] {
  const phases = [...new Set(steps.map((step) => step.phase))];
  return phases.map((phase) => ({ phase, count: steps.filter((step) => step.phase === phase).length }));
}

function useCanvas(steps: Steps, cursor: number) {
  const breakpoints = useView((state) => state.breakpoints);
  const draw: Draw = (...on) => {
    const stops = new Set(breakpoints.filter((each) => each.enabled).map(({ path, phase }) => `${phase} ${path}`));
    paint(steps, cursor, stops, ...on);
  };
  return useDrawing(draw, [steps, cursor, breakpoints]);
}

/** One cell a step; the cursor stands between what is done and what is not. Thin cells lose their gaps. */
function paint(
  steps: Steps,
  cursor: number,
  stops: ReadonlySet<string>,
  ...[context, { width, height }, color]: Parameters<Draw>
): void {
  const colors = {
    forward: color('--done-forward'),
    backward: color('--done-backward'),
    update: color('--done-update'),
  };
  const pending = color('--pending');
  const cell = width / steps.length;
  const gap = cell >= 4 ? 1 : 0;
  let before: string | null = null;
  steps.forEach((step, i) => {
    const apart = before !== null && before !== step.phase ? Math.min(2, cell / 2) : 0;
    before = step.phase;
    context.fillStyle = i < cursor ? colors[step.phase] : i === cursor ? color('--next') : pending;
    context.fillRect(i * cell + apart, 3, Math.max(0.6, cell - gap - apart), height - 6);
    if (stops.has(`${step.phase} ${step.node}`) || stops.has(`${step.phase} ${parameterPath(step.node)}`)) {
      context.fillStyle = color('--stop');
      context.beginPath();
      context.arc(i * cell + cell / 2, 3, 2.5, 0, 7);
      context.fill();
    }
  });
  context.fillStyle = color('--cursor');
  context.fillRect(Math.min(width - 2, Math.max(0, cursor * cell - 1)), 0, 2, height);
}
