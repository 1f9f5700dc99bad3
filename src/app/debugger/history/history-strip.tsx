// The history of the run as a picture: a lane for each branch, with snapshots, edits and hits of breakpoints. The lane that is
// stood on works as a slider: a drag goes to any iteration (and, where there is room, to a step of it), a click elsewhere switches.
import type { KeyboardEvent, PointerEvent } from 'react';
import type { BranchFacts, Position, TimelineFacts } from '../../../engine/protocol/timeline.ts';
import { useWorkbench } from '../../state/context.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { type Draw, useDrawing } from '../use-drawing.ts';
import { useLastWish } from '../use-last-wish.ts';
import styles from './history-strip.module.css';

const t = debuggerTexts.history;

interface HistoryStripProps {
  readonly facts: TimelineFacts;
  readonly onSwitch: (branch: number) => void;
}

const laneHeight = 24;
const padding = 10;

export function HistoryStrip({ facts, onSwitch }: HistoryStripProps) {
  const { link, session } = useWorkbench();
  const canvas = useDrawing((...on) => paint(facts, ...on), [facts]);
  const { branches, branch: open, position, stepCount } = facts;
  const current = branches.find(({ id }) => id === open);
  const journey = useLastWish<Position>(
    (to) => link.move((api) => api.seek(to)),
    () => link.stay(),
  );
  if (current === undefined) return null;
  const last = current.length;
  const clamped = (iteration: number): number => Math.min(last, Math.max(current.first, iteration));
  const onPointer = (event: PointerEvent<HTMLElement>, begins: boolean): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const lane = branches[Math.floor((event.clientY - box.top) / laneHeight)];
    if (begins && lane !== undefined && lane.id !== open) {
      onSwitch(lane.id);
      return;
    }
    if (begins) event.currentTarget.setPointerCapture(event.pointerId);
    const { perIteration, first } = scaleOf(facts, box.width);
    const at = first + (event.clientX - box.left - padding) / perIteration;
    const iteration = clamped(Math.floor(at));
    // A step can be pointed at where an iteration is wide enough.
    const step =
      perIteration >= 12
        ? Math.round(Math.min(1, Math.max(0, at - iteration)) * stepCount)
        : Math.min(position.step, stepCount);
    if (iteration !== position.iteration || step !== position.step) void journey.to({ iteration, step });
  };
  const onKey = (event: KeyboardEvent): void => {
    const far = event.shiftKey ? 10 : 1;
    const by: Readonly<Record<string, number>> = {
      ArrowLeft: -far,
      ArrowDown: -far,
      ArrowRight: far,
      ArrowUp: far,
      PageDown: -100,
      PageUp: 100,
      Home: -Number.MAX_SAFE_INTEGER,
      End: Number.MAX_SAFE_INTEGER,
    };
    const move = by[event.key];
    if (move === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const from = journey.underWay()?.iteration ?? session.getState().session?.iteration ?? position.iteration;
    const iteration = clamped(from + move);
    if (iteration !== from) void journey.to({ iteration, step: position.step });
  };
  return (
    <div
      className={styles['strip']}
      style={{ height: branches.length * laneHeight }}
      role="slider"
      tabIndex={0}
      title={t.stripHint}
      aria-label={t.strip}
      aria-valuemin={current.first}
      aria-valuemax={last}
      aria-valuenow={position.iteration}
      aria-valuetext={t.at(position.iteration, position.step, stepCount)}
      onPointerDown={(event) => onPointer(event, true)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) onPointer(event, false);
      }}
      onKeyDown={onKey}
    >
      <canvas ref={canvas} aria-hidden />
    </div>
  );
}

/** All lanes share one scale; an iteration is a cell. */
function scaleOf({ branches }: TimelineFacts, width: number) {
  const first = Math.min(...branches.map((branch) => branch.first));
  const last = Math.max(...branches.map((branch) => branch.length));
  return { first, last, perIteration: (width - 2 * padding) / Math.max(1, last - first + 1) };
}

function paint(facts: TimelineFacts, ...[context, { width }, color]: Parameters<Draw>): void {
  const colors = {
    training: color('--strip-training'),
    stepping: color('--strip-stepping'),
    line: color('--strip-line'),
    ink: color('--strip-ink'),
    muted: color('--strip-muted'),
    edit: color('--strip-edit'),
    hit: color('--strip-hit'),
    here: color('--strip-here'),
  };
  const { first, perIteration } = scaleOf(facts, width);
  const x = ({ iteration, step }: Position): number =>
    padding + (iteration - first + step / Math.max(1, facts.stepCount)) * perIteration;
  const laneOf = new Map(facts.branches.map(({ id }, lane) => [id, lane]));
  const middle = (lane: number): number => lane * laneHeight + laneHeight / 2;
  facts.branches.forEach((branch, lane) => {
    const open = branch.id === facts.branch;
    const y = middle(lane);
    const from = x({
      iteration: branch.parent === null ? branch.first : branch.from.iteration,
      step: branch.parent === null ? 0 : branch.from.step,
    });
    const to = x({
      iteration: branch.length,
      step: open ? facts.position.step : branch.position.iteration >= branch.length ? branch.position.step : 0,
    });
    const parent = branch.parent === null ? undefined : laneOf.get(branch.parent);
    if (parent !== undefined) {
      context.strokeStyle = colors.line;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(from, middle(parent));
      context.lineTo(from, y);
      context.stroke();
    }
    context.globalAlpha = branch.open ? 1 : 0.5;
    context.fillStyle = colors.line;
    context.fillRect(from, y - 4, Math.max(3, to - from), 8);
    drawRuns(context, branch, y, x, colors);
    context.globalAlpha = 1;
    for (const { position } of branch.edits) diamond(context, x(position), y, colors.edit);
  });
  context.fillStyle = colors.muted;
  for (const { branch, iteration } of facts.snapshots) {
    const lane = laneOf.get(branch);
    if (lane !== undefined) context.fillRect(x({ iteration, step: 0 }) - 0.5, middle(lane) + 5, 1, 4);
  }
  context.fillStyle = colors.hit;
  for (const { branch, position } of facts.hits) {
    const lane = laneOf.get(branch);
    if (lane === undefined) continue;
    context.beginPath();
    context.arc(x(position), middle(lane) - 7, 2.5, 0, 7);
    context.fill();
  }
  const lane = laneOf.get(facts.branch);
  if (lane === undefined) return;
  const at = x(facts.position);
  context.fillStyle = colors.here;
  context.fillRect(at - 1, middle(lane) - 10, 2, 20);
  context.beginPath();
  context.moveTo(at - 5, middle(lane) - 11);
  context.lineTo(at + 5, middle(lane) - 11);
  context.lineTo(at, middle(lane) - 5);
  context.fill();
}

/** Who ran what: trained iterations full, stepped ones hatched by a line. */
function drawRuns(
  context: CanvasRenderingContext2D,
  branch: BranchFacts,
  y: number,
  x: (position: Position) => number,
  colors: Readonly<Record<'training' | 'stepping', string>>,
): void {
  for (const { from, to, executor } of branch.runs) {
    const left = x({ iteration: from, step: 0 });
    const wide = Math.max(1, x({ iteration: to, step: 0 }) - left);
    context.fillStyle = colors[executor];
    if (executor === 'training') context.fillRect(left, y - 4, wide, 8);
    else context.fillRect(left, y - 2, wide, 4);
  }
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, fill: string): void {
  context.fillStyle = fill;
  context.beginPath();
  context.moveTo(x, y - 6);
  context.lineTo(x + 5, y);
  context.lineTo(x, y + 6);
  context.lineTo(x - 5, y);
  context.fill();
}
