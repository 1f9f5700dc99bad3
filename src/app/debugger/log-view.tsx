// What log points wrote, newest last, and their numbers over the iterations as lines. A line leads to where it was written.
import { Eraser } from 'lucide-react';
import { useMemo } from 'react';
import type { LogEntry } from '../../engine/protocol/halts.ts';
import { useSession, useWorkbench } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { debuggerTexts } from '../ui/debugger-texts.ts';
import { WindowList } from '../ui/window-list.tsx';
import styles from './log-view.module.css';
import { type Series, SeriesChart, seriesLooks } from './series-chart.tsx';

const t = debuggerTexts.log;

export function LogView() {
  const { link, session } = useWorkbench();
  const log = useSession((data) => data.log);
  const series = useMemo(() => seriesOf(log), [log]);
  if (log.length === 0) return <p className={styles['none']}>{t.none}</p>;
  return (
    <div className={styles['view']}>
      <div className={styles['lines']}>
        <WindowList count={log.length} rowHeight={22} label={t.title} active={log.length - 1}>
          {(index) => {
            const entry = log[index];
            return (
              entry && (
                <button
                  type="button"
                  className={styles['line']}
                  title={`${t.goTo}: ${t.at(entry.iteration, entry.cursor)}`}
                  onClick={() => void link.move((api) => api.seek({ iteration: entry.iteration, step: entry.cursor }))}
                >
                  <span className={styles['place']}>
                    {entry.iteration} · {entry.cursor}
                  </span>
                  {entry.line}
                </button>
              )
            );
          }}
        </WindowList>
      </div>
      <div className={styles['side']}>
        <Button look="quiet" icon={Eraser} onClick={() => session.setState({ log: [] })}>
          {t.clear}
        </Button>
        {series.length > 0 && <SeriesChart label={t.series} series={series} />}
      </div>
    </div>
  );
}

/** One for every expression of every log point. */
function seriesOf(log: readonly LogEntry[]): readonly Series[] {
  const found = new Map<string, { xs: number[]; ys: number[] }>();
  for (const { id, iteration, series } of log) {
    for (const { expression, value } of series) {
      const key = `${id}: ${expression}`;
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
