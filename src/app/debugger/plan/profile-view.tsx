// Measured time of every node, forward, backward and update: bars of one scale, flops and how fast they were. What is measured
// is the plan that training runs, or the one that is stepped through.
import { Gauge } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { PlanKind } from '../../../engine/protocol/plans.ts';
import { type NodeTime, nodeTimes } from '../../overlays/node-times.ts';
import { useSession, useView, useWorkbench } from '../../state/context.tsx';
import { measureProfile } from '../../state/measure-profile.ts';
import { Button } from '../../ui/button.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatCount } from '../../ui/format.ts';
import { formatMs } from '../../ui/format-time.ts';
import { Progress } from '../../ui/progress.tsx';
import { SortableTable, type TableColumn } from '../../ui/sortable-table.tsx';
import { Segments } from '../segments.tsx';
import styles from './profile-view.module.css';
import { useSelectedPaths } from './use-selected-paths.ts';

const t = debuggerTexts.profile;
const columnTitles = debuggerTexts.plan.columns;

/** The median of so many. */
const runs = 7;

interface Row extends NodeTime {
  /** The longest of all nodes: the bars' scale. */
  readonly most: number;
  readonly sum: number;
}

export function ProfileView() {
  const workbench = useWorkbench();
  const { link, look, reveal } = workbench;
  const measured = useSession((data) => data.profile);
  const share = useSession((data) => data.profiling);
  const stale = useSession((data) => data.profile !== null && data.profile.revision !== data.wanted);
  const onCanvas = useView((view) => view.canvasOverlay === 'time');
  const belongs = useSelectedPaths();
  const [plan, setPlan] = useState<PlanKind>(measured?.plan ?? 'training');
  // What was measured of the other plan says nothing of this one.
  const profile = measured?.plan === plan ? measured : null;
  const rows = useMemo((): readonly Row[] => {
    if (profile === null) return [];
    const { nodes } = nodeTimes(profile.rows);
    const most = Math.max(...nodes.map(({ total }) => total));
    const sum = nodes.reduce((all, { total }) => all + total, 0);
    return nodes.map((node) => ({ ...node, most, sum }));
  }, [profile]);
  const first = useMemo(() => rows.find(({ node }) => belongs(node))?.node ?? null, [rows, belongs]);
  return (
    <div className={styles['view']}>
      <div className={styles['bar']}>
        <Segments
          label={debuggerTexts.passes.which}
          titles={debuggerTexts.passes.plans}
          value={plan}
          onChange={setPlan}
        />
        {share !== null ? (
          <div className={styles['progress']}>
            <Progress label={t.measuring} share={share} onCancel={() => void link.ask((api) => api.cancelProfile())} />
          </div>
        ) : (
          <Button icon={Gauge} onClick={() => void measureProfile(workbench, { plan, runs })}>
            {profile === null ? t.measure : t.again}
          </Button>
        )}
        {profile !== null && (
          <Button look="quiet" pressed={onCanvas} onClick={() => look({ canvasOverlay: onCanvas ? '' : 'time' })}>
            {onCanvas ? t.offCanvas : t.onCanvas}
          </Button>
        )}
        {profile !== null && (
          <span className={styles['total']} title={t.fused}>
            {stale ? t.stale : t.total(formatMs(profile.totalMs), formatMs(rows[0]?.sum ?? 0))}
          </span>
        )}
      </div>
      {profile === null ? (
        <p className={styles['note']}>{t.hint}</p>
      ) : (
        <div className={styles['table']}>
          <SortableTable
            label={t.title}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.node}
            rowLabel={(row) =>
              `${row.node}: ${formatMs(row.total)}, ${texts(row)}, ${formatCount(row.flops)} ${columnTitles.flops}`
            }
            onChoose={(row) => row.node !== '' && void reveal(row.node)}
            isMarked={(row) => belongs(row.node)}
            shown={first}
          />
        </div>
      )}
    </div>
  );
}

const parts = ['forward', 'backward', 'update'] as const;

function texts(row: Row): string {
  return parts.map((part) => `${columnTitles[part]} ${formatMs(row[part])}`).join(', ');
}

const columns: readonly TableColumn<Row>[] = [
  {
    id: 'node',
    title: columnTitles.node,
    width: 'minmax(120px, 1fr)',
    sortBy: (row) => row.node,
    cell: (row) => <span title={row.node}>{row.node}</span>,
  },
  {
    id: 'total',
    title: columnTitles.total,
    width: '84px',
    numeric: true,
    sortBy: (row) => row.total,
    cell: (row) => formatMs(row.total),
  },
  {
    id: 'bars',
    title: columnTitles.share,
    width: 'minmax(140px, 2fr)',
    sortBy: (row) => -row.total,
    cell: (row) => (
      <span className={styles['bars']} title={`${((100 * row.total) / row.sum).toFixed(1)} %`}>
        {parts.map((part) => (
          <i key={part} data-phase={part} style={{ width: `${(100 * row[part]) / row.most}%` }} />
        ))}
      </span>
    ),
  },
  ...parts.map(
    (part): TableColumn<Row> => ({
      id: part,
      title: columnTitles[part],
      width: '86px',
      numeric: true,
      sortBy: (row) => row[part],
      cell: (row) =>
        row[part] > 0 ? (
          formatMs(row[part])
        ) : part === 'forward' && row.backward > 0 ? (
          <i className={styles['fused']} title={t.fused}>
            {t.isFused}
          </i>
        ) : (
          '–'
        ),
    }),
  ),
  {
    id: 'flops',
    title: columnTitles.flops,
    width: '74px',
    numeric: true,
    sortBy: (row) => row.flops,
    cell: (row) => (row.flops > 0 ? formatCount(row.flops) : '–'),
  },
  {
    id: 'speed',
    title: columnTitles.speed,
    width: '66px',
    numeric: true,
    sortBy: speedOf,
    cell: (row) => (speedOf(row) > 0 ? speedOf(row).toFixed(speedOf(row) < 10 ? 2 : 1) : '–'),
  },
];

/** Billions of operations a second. */
function speedOf({ flops, total }: Row): number {
  return total > 0 ? flops / total / 1e6 : 0;
}
