import { useMemo } from 'react';
import type { BufferFacts, PlanFacts } from '../../../engine/protocol/plans.ts';
import { useWorkbench } from '../../state/context.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatBytes } from '../../ui/format.ts';
import { SortableTable, type TableColumn } from '../../ui/sortable-table.tsx';
import styles from './plan-panel.module.css';
import { useSelectedPaths } from './use-selected-paths.ts';

const t = debuggerTexts.plan;

interface Row extends BufferFacts {
  readonly index: number;
  readonly atPeak: boolean;
  readonly before: readonly string[];
}

/** Every buffer: what it holds, where, from when to when, whose bytes it re-uses. */
export function BufferTable({ plan }: { readonly plan: PlanFacts }) {
  const { reveal } = useWorkbench();
  const belongs = useSelectedPaths();
  const rows = useMemo(() => {
    const peak = new Set(plan.peak.buffers);
    return plan.buffers.map(
      (buffer, index): Row => ({
        ...buffer,
        index,
        atPeak: peak.has(index),
        before: buffer.takesOver.map((each) => plan.buffers[each]?.name ?? ''),
      }),
    );
  }, [plan]);
  const first = useMemo(() => rows.find((row) => belongs(row.node))?.index ?? null, [rows, belongs]);
  return (
    <div className={styles['table']}>
      <SortableTable
        label={t.views.buffers}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.index}
        onChoose={(row) => row.node !== '' && void reveal(row.node)}
        isMarked={(row) => belongs(row.node)}
        shown={first}
      />
    </div>
  );
}

const columns: readonly TableColumn<Row>[] = [
  {
    id: 'name',
    title: t.columns.name,
    width: 'minmax(150px, 2fr)',
    sortBy: (row) => row.name,
    cell: (row) => (
      <span title={[row.name, ...row.views].join(', ')}>
        {row.atPeak && (
          <i className={styles['mark']} title={t.atPeak}>
            {t.peak}
          </i>
        )}
        {row.name}
        {row.views.length > 0 && <i className={styles['faint']}> = {row.views.join(' = ')}</i>}
      </span>
    ),
  },
  {
    id: 'kind',
    title: t.columns.kind,
    width: '116px',
    sortBy: (row) => row.kind,
    cell: (row) => (
      <span className={styles['kind']} data-kind={row.kind}>
        <i />
        {t.kinds[row.kind]}
      </span>
    ),
  },
  {
    id: 'shape',
    title: t.columns.shape,
    width: 'minmax(90px, 1fr)',
    sortBy: (row) => row.bytes,
    cell: (row) => row.shape.join('×') || '·',
  },
  {
    id: 'bytes',
    title: t.columns.bytes,
    width: '76px',
    numeric: true,
    sortBy: (row) => row.bytes,
    cell: (row) => formatBytes(row.bytes),
  },
  {
    id: 'offset',
    title: t.columns.offset,
    width: '86px',
    numeric: true,
    sortBy: (row) => row.offset,
    cell: (row) => formatBytes(row.offset),
  },
  {
    id: 'from',
    title: t.columns.from,
    width: '56px',
    numeric: true,
    sortBy: (row) => row.live[0],
    cell: (row) => row.live[0],
  },
  {
    id: 'to',
    title: t.columns.to,
    width: '56px',
    numeric: true,
    sortBy: (row) => row.live[1],
    cell: (row) => row.live[1],
  },
  {
    id: 'takesOver',
    title: t.columns.takesOver,
    width: 'minmax(120px, 2fr)',
    sortBy: (row) => row.before.length,
    cell: (row) => (
      <span className={styles['faint']} title={row.before.join(', ')}>
        {row.before.join(', ') || '–'}
      </span>
    ),
  },
];
