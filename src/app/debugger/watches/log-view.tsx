// What log points wrote, newest last, and their numbers over the iterations as lines. A line leads to where it was written.
import { Eraser } from 'lucide-react';
import { useMemo } from 'react';
import type { LogLine } from '../../../engine/protocol/halts.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';
import { isShared, seekOn } from '../../state/search-history.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { WindowList } from '../../ui/window-list.tsx';
import { useTimeline } from '../history/use-timeline.ts';
import { type Series, SeriesChart, seriesLooks } from '../series-chart.tsx';
import styles from './log-view.module.css';

const t = debuggerTexts.log;

export function LogView() {
  const workbench = useWorkbench();
  const log = useSession((data) => data.log);
  const { facts } = useTimeline();
  const series = useMemo(() => seriesOf(log), [log]);
  if (log.length === 0) return <p className={styles['none']}>{t.none}</p>;
  /** The name of the branch that a line belongs to, where that is not the open one. */
  const elsewhere = ({ branch, iteration, cursor }: LogLine): string | undefined =>
    facts === null || isShared(facts, branch, { iteration, step: cursor })
      ? undefined
      : (facts.branches.find(({ id }) => id === branch)?.name ?? t.forgotten);
  const goTo = async ({ branch, iteration, cursor }: LogLine): Promise<void> => {
    const found = await seekOn(workbench, branch, { iteration, step: cursor });
    if (!found) workbench.notices.add({ kind: 'info', text: t.gone });
  };
  return (
    <div className={styles['view']}>
      <div className={styles['lines']}>
        <WindowList count={log.length} rowHeight={22} label={t.title} active={log.length - 1}>
          {(index) => {
            const entry = log[index];
            if (entry === undefined) return null;
            const other = elsewhere(entry);
            const place = t.at(entry.iteration, entry.cursor);
            return (
              <button
                type="button"
                className={cx(styles['line'], other !== undefined && styles['elsewhere'])}
                title={`${t.goTo}: ${other === undefined ? place : t.on(other, place)}`}
                onClick={() => void goTo(entry)}
              >
                <span className={styles['place']}>
                  {entry.iteration} · {entry.cursor}
                </span>
                {entry.line}
                {other !== undefined && <small>{other}</small>}
              </button>
            );
          }}
        </WindowList>
      </div>
      <div className={styles['side']}>
        <Button look="quiet" icon={Eraser} onClick={() => workbench.session.setState({ log: [] })}>
          {t.clear}
        </Button>
        {series.length > 0 && <SeriesChart label={t.series} series={series} />}
      </div>
    </div>
  );
}

/** One for every expression of every log point, on every branch. */
function seriesOf(log: readonly LogLine[]): readonly Series[] {
  const found = new Map<string, { xs: number[]; ys: number[] }>();
  const several = log.some(({ branch }) => branch !== log[0]?.branch);
  for (const { id, branch, iteration, series } of log) {
    for (const { expression, value } of series) {
      const key = several ? `${id}: ${expression}, ${t.branch(branch)}` : `${id}: ${expression}`;
      const line = found.get(key) ?? { xs: [], ys: [] };
      line.xs.push(iteration);
      line.ys.push(value);
      found.set(key, line);
    }
  }
  return [...found].slice(0, seriesLooks.length).map(([name, line], i) => ({
    name,
    ...(seriesLooks[i] as (typeof seriesLooks)[number]),
    ...line,
  }));
}
