import { memo } from 'react';
import type { Summary } from '../../../engine/protocol/views.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';
import { cx } from '../../ui/cx.ts';
import { formatNumber } from '../../ui/format.ts';
import { texts } from '../../ui/texts.ts';
import type { FlowNode } from '../flow-types.ts';
import type { Box } from '../model/node-geometry.ts';
import { nodeValues } from '../node-facts.ts';
import styles from '../op-node.module.css';

/** Frames and captions of the pictures; the pictures themselves are drawn over all nodes by the picture layer. */
export const Pictures = memo(function Pictures({
  data: { path, model, geometry },
}: {
  readonly data: FlowNode['data'];
}) {
  const report = useSession((session) => session.report);
  const values = nodeValues(report, path, model);
  const [value, gradient, filters] = geometry.slots;
  if (values === null || value === undefined || gradient === undefined) return null;
  return (
    <>
      <Slot box={value} name={values.value} caption={filters ? texts.canvas.shortValue : texts.canvas.value} />
      {values.gradient !== null && <Slot box={gradient} name={values.gradient} caption={texts.canvas.gradient} />}
      {filters && values.filters !== null && (
        <Slot box={filters} name={values.filters} caption={texts.canvas.filters} />
      )}
    </>
  );
});

interface SlotProps {
  readonly box: Box;
  readonly name: string;
  readonly caption: string;
}

function Slot({ box, name, caption }: SlotProps) {
  const { look } = useWorkbench();
  const summary = useSession((session) => session.summaries[name]);
  const pending = summary?.state !== 'computed';
  const nonFinite = summary?.nonFinite ?? 0;
  return (
    <>
      <button
        type="button"
        className={cx(styles['slot'], pending && styles['pending'])}
        style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
        data-value={name}
        aria-label={`${caption} ${name}`}
        title={pending ? `${name}: ${texts.canvas.pending}` : name}
        disabled={pending}
        tabIndex={-1}
        onClick={() => look({ overlay: { kind: 'viewer', value: name } })}
      >
        {nonFinite > 0 && <span className={styles['nonFinite']}>NaN</span>}
      </button>
      <span className={styles['caption']} style={{ left: box.x, top: box.y + box.height, width: box.width }}>
        <span>{caption}</span>
        <span>{rangeText(summary)}</span>
      </span>
    </>
  );
}

function rangeText(summary: Summary | undefined): string {
  if (summary?.state !== 'computed') return '';
  const [low, high] = summary.range ?? [summary.min, summary.max];
  if (low === -high && high > 0) return `±${formatNumber(high)}`;
  return `${formatNumber(low)}…${formatNumber(high)}`;
}
