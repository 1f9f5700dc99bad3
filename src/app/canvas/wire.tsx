// A wire with the shape of what it carries; on scalars the value in green above and the gradient in red below, as the CS231n
// course draws backpropagation.
import { BaseEdge, type EdgeProps, getBezierPath, getSmoothStepPath } from '@xyflow/react';
import { memo } from 'react';
import { numel } from '../../tensor/shape.ts';
import { arrivingGradient } from '../overlays/arriving-gradient.ts';
import { useSession } from '../state/context.tsx';
import { nextStep, type SessionData, withAncestors } from '../state/session-store.ts';
import { cx } from '../ui/cx.ts';
import { formatNumber } from '../ui/format.ts';
import type { FlowEdge } from './flow-types.ts';
import { shortShape } from './node-facts.ts';
import styles from './wire.module.css';

/** Width of a character of the label at 1 px font size. */
const characterWidth = 0.6;

export const Wire = memo(function Wire(props: EdgeProps<FlowEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected, markerEnd } = props;
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition };
  // Back to the next row: around the nodes, not through them.
  const [path, labelX, labelY] =
    targetX < sourceX ? getSmoothStepPath({ ...ends, borderRadius: 14, offset: 22 }) : getBezierPath(ends);
  const value = data?.value ?? '';
  const arrival = data?.arrival ?? '';
  const shape = useSession((session) => session.report?.values[arrival]?.shape ?? session.report?.values[value]?.shape);
  const running = useSession((session) => flow(session, value, arrival));
  const scalar = shape !== undefined && numel(shape) === 1;
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={22}
        className={cx(styles['wire'], selected && styles['selected'], running !== '' && styles[running])}
        {...(markerEnd === undefined ? {} : { markerEnd })}
      />
      {scalar ? (
        <ScalarLabel x={labelX} y={labelY} value={value} arrival={arrival} />
      ) : (
        shape !== undefined && (
          <text
            className={styles['shape']}
            x={labelX}
            y={labelY - 6}
            fontSize={labelSize(shortShape(shape), targetX - sourceX)}
          >
            {shortShape(shape)}
          </text>
        )
      )}
    </>
  );
});

interface ScalarLabelProps {
  readonly x: number;
  readonly y: number;
  readonly value: string;
  readonly arrival: string;
}

function ScalarLabel({ x, y, value, arrival }: ScalarLabelProps) {
  const above = useSession((session) => scalar(session, value));
  const below = useSession((session) => {
    const gradient = session.report && arrivingGradient(session.report, arrival, value);
    return gradient === null ? '' : scalar(session, gradient);
  });
  return (
    <>
      {above !== '' && (
        <text className={styles['value']} x={x} y={y - 7}>
          {above}
        </text>
      )}
      {below !== '' && (
        <text className={styles['gradient']} x={x} y={y + 17}>
          {below}
        </text>
      )}
    </>
  );
}

function scalar(session: SessionData, name: string): string {
  const summary = session.summaries[name];
  if (summary?.state !== 'computed') return '';
  return formatNumber(summary.elements?.[0] ?? summary.mean);
}

/** Whether the next step reads this wire, and which way. */
function flow(session: SessionData, value: string, arrival: string): '' | 'forward' | 'backward' {
  const next = nextStep(session);
  if (next === undefined || session.session === null || next.phase === 'update') return '';
  const end = next.phase === 'forward' ? arrival : value;
  const node = end.slice(0, end.lastIndexOf('.'));
  return withAncestors(next.node).includes(node) ? next.phase : '';
}

/** Small enough to fit between the nodes, large enough to be read. */
function labelSize(text: string, room: number): number {
  return Math.min(10.5, Math.max(8, (Math.abs(room) - 10) / (text.length * characterWidth)));
}
