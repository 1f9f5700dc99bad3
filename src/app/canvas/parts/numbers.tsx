import { memo } from 'react';
import type { Summary } from '../../../engine/protocol/views.ts';
import { setValue } from '../../../graph/edits/set-node.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';
import { isTraining } from '../../state/session-store.ts';
import { cx } from '../../ui/cx.ts';
import { formatNumber } from '../../ui/format.ts';
import { texts } from '../../ui/texts.ts';
import type { FlowNode } from '../flow-types.ts';
import { rows } from '../model/node-geometry.ts';
import { nodeValues } from '../node-facts.ts';
import styles from '../op-node.module.css';
import { NumberField } from './number-field.tsx';

/** Value and gradient of a scalar, as the course draws them: green and red. An input's own number can be typed. */
export const Numbers = memo(function Numbers({ data }: { readonly data: FlowNode['data'] }) {
  const { path, model, readOnly } = data;
  const { edit, scope } = useWorkbench();
  const report = useSession((session) => session.report);
  const names = nodeValues(report, path, model);
  const value = useSession((session) => number(session.summaries[names?.value ?? '']));
  const gradient = useSession((session) => number(session.summaries[names?.gradient ?? '']));
  const fixed = typeof model.value === 'number' ? model.value : undefined;
  return (
    <div className={styles['numbers']} style={{ height: rows.numbers }}>
      <span className={styles['number']}>
        <small>{texts.canvas.value}</small>
        {fixed !== undefined && !readOnly ? (
          <NumberField
            label={texts.canvas.editValue(model.id)}
            value={fixed}
            onChange={(next) =>
              edit(texts.edits.value(model.id), (draft) => setValue(draft, scope()?.block ?? '', model.id, next))
            }
          />
        ) : (
          <Changing name={names?.value} className={styles['value']} text={value} />
        )}
      </span>
      {names !== null && names.gradient !== null && (
        <span className={styles['number']}>
          <small>{texts.canvas.gradient}</small>
          <Changing name={names.gradient} className={styles['gradient']} text={gradient} />
        </span>
      )}
    </div>
  );
});

/**
 * Flashes when the number changes: a new key starts the animation anew. Not while training, when it would never end, and be drawn
 * sixty times a second. A click asks where it comes from.
 */
function Changing({
  name,
  text,
  className,
}: {
  readonly name: string | undefined;
  readonly text: string;
  readonly className: string | undefined;
}) {
  const { explain } = useWorkbench();
  const training = useSession(isTraining);
  const known = name !== undefined && text !== '–';
  return (
    <output
      key={text}
      data-value={name}
      className={cx(className, known && styles['asked'], known && !training && styles['flash'])}
      {...(known ? { title: texts.canvas.explain, onClick: () => explain({ name, index: 0 }) } : {})}
    >
      {text}
    </output>
  );
}

function number(summary: Summary | undefined): string {
  if (summary?.state !== 'computed') return '–';
  return formatNumber(summary.elements?.[0] ?? summary.mean);
}
