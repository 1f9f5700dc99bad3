import { useMemo } from 'react';
import type { PlanFacts, PlanStepFacts } from '../../../engine/protocol/plans.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { formatMs } from '../../ui/format-time.ts';
import { PhaseMark } from '../../ui/phase-mark.tsx';
import { SortableTable, type TableColumn } from '../../ui/sortable-table.tsx';
import { texts } from '../../ui/texts.ts';
import styles from './plan-panel.module.css';

const t = debuggerTexts.plan;

interface Row extends PlanStepFacts {
  readonly index: number;
  readonly ms: number | null;
}

interface PlanStepTableProps {
  readonly plan: PlanFacts;
  /** Step to bring into sight. */
  readonly shown: number | null;
  /** Whether a node is selected on the canvas. */
  readonly belongs: (node: string) => boolean;
  readonly onPoint: (step: number) => void;
}

/** The steps in order, with kernel, shapes, flops and, once measured, time. A click shows the node on the canvas. */
export function PlanStepTable({ plan, shown, belongs, onPoint }: PlanStepTableProps) {
  const { reveal } = useWorkbench();
  const profile = useSession(({ profile, wanted }) =>
    profile?.plan === 'training' && profile.revision === wanted ? profile : null,
  );
  const rows = useMemo(
    () => plan.steps.map((step, index): Row => ({ ...step, index, ms: profile?.rows[index]?.ms ?? null })),
    [plan, profile],
  );
  const measured = profile !== null;
  const columns = useMemo(() => (measured ? allColumns : allColumns.filter(({ id }) => id !== 'time')), [measured]);
  const first = useMemo(
    () => rows.find((row) => [row.node, ...row.others].some(belongs))?.index ?? null,
    [rows, belongs],
  );
  return (
    <div className={styles['table']}>
      <SortableTable
        label={texts.debugger.steps}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.index}
        rowLabel={(row) =>
          `${row.index}: ${[row.node, ...row.others].join(' + ')} ${row.label}, ${texts.phases[row.phase]}, ${row.kernel}`
        }
        onPoint={(row) => onPoint(row.index)}
        onChoose={(row) => row.node !== '' && void reveal(row.node)}
        isMarked={(row) => [row.node, ...row.others].some(belongs)}
        shown={shown ?? first}
      />
    </div>
  );
}

const allColumns: readonly TableColumn<Row>[] = [
  {
    id: 'number',
    title: t.columns.number,
    width: '40px',
    numeric: true,
    sortBy: (row) => row.index,
    cell: (row) => <span className={styles['faint']}>{row.index}</span>,
  },
  {
    id: 'phase',
    title: t.columns.phase,
    width: '50px',
    sortBy: (row) => row.phase,
    cell: (row) => <PhaseMark phase={row.phase} />,
  },
  {
    id: 'node',
    title: t.columns.node,
    width: 'minmax(70px, 1fr)',
    sortBy: (row) => row.node,
    cell: (row) => (
      <span title={[row.node, ...row.others].join(', ')}>
        {row.node}
        {row.others.length > 0 && <i className={styles['faint']}> + {row.others.join(', ')}</i>}
      </span>
    ),
  },
  {
    id: 'kernel',
    title: t.columns.kernel,
    width: 'minmax(120px, 2fr)',
    sortBy: (row) => row.kernel,
    cell: (row) => (
      <span title={`${row.label}: ${row.kernel}`}>
        {row.inPlace.length > 0 && (
          <i className={styles['mark']} title={t.inPlaceHint}>
            {t.inPlace}
          </i>
        )}
        {row.kernel}
      </span>
    ),
  },
  {
    id: 'shapes',
    title: t.columns.shapes,
    width: 'minmax(100px, 1.2fr)',
    sortBy: (row) => shapesText(row),
    cell: (row) => <span title={`${row.reads.join(', ')} → ${row.writes.join(', ')}`}>{shapesText(row)}</span>,
  },
  {
    id: 'flops',
    title: t.columns.flops,
    width: '62px',
    numeric: true,
    sortBy: (row) => row.flops,
    cell: (row) => (row.flops > 0 ? formatCount(row.flops) : '–'),
  },
  {
    id: 'bytes',
    title: t.columns.bytes,
    hint: t.bytesHint,
    width: '64px',
    numeric: true,
    sortBy: (row) => row.bytes,
    cell: (row) => (row.bytes > 0 ? formatBytes(row.bytes) : '–'),
  },
  {
    id: 'time',
    title: t.columns.time,
    width: '76px',
    numeric: true,
    sortBy: (row) => row.ms ?? -1,
    cell: (row) => (row.ms === null ? '–' : formatMs(row.ms)),
  },
];

function shapesText({ shapes }: PlanStepFacts): string {
  const written = (all: readonly (readonly number[])[]) => all.map((shape) => shape.join('×') || '·').join(', ');
  return `${written(shapes.reads)} → ${written(shapes.writes)}`;
}
