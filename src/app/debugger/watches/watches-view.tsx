// Expressions that are followed: a number, its last values as a line, and a chart of one. Evaluated by the engine whenever the run
// stops, and while training reports.
import { Eye, LineChart, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { WatchAnswer, WatchSetting } from '../../../engine/protocol/halts.ts';
import { parseCondition } from '../../../language/condition.ts';
import { useSession, useView, useWorkbench } from '../../state/context.tsx';
import { instancePath } from '../../state/view-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatExact, formatNumber } from '../../ui/format.ts';
import { SelectControl } from '../../ui/forms/controls.tsx';
import { ConditionField } from '../conditions/condition-field.tsx';
import { knownNames } from '../conditions/known-names.ts';
import { SeriesChart, seriesLooks } from '../series-chart.tsx';
import styles from './watches-view.module.css';

const t = debuggerTexts.watches;
const look0 = seriesLooks[0] as (typeof seriesLooks)[number];
/** While training, watches are asked for no more often. */
const pauseMs = 120;

export function WatchesView() {
  const { look, view } = useWorkbench();
  const report = useSession((data) => data.report);
  const watches = useView((state) => state.watches);
  const selected = useView(({ scope, selection }) =>
    selection.length === 1 ? instancePath(scope, selection[0] as string) : '',
  );
  const [own, setOwn] = useState(false);
  const path = own ? selected : '';
  const known = useMemo(() => knownNames(report, path), [report, path]);
  const answers = useAnswers();
  const [charted, setCharted] = useState<string | null>(null);
  const shown = answers.get(charted ?? '');
  const add = (expression: string): void => {
    if (expression === '') return;
    const id = `w${1 + Math.max(0, ...watches.map((each) => Number(each.id.slice(1)) || 0))}`;
    look({ watches: [...view.getState().watches, { id, expression, path }] });
  };
  return (
    <div className={styles['view']}>
      <div className={styles['add']}>
        <Eye size={15} aria-hidden />
        <ConditionField
          label={t.add}
          value=""
          placeholder={t.addHint}
          known={known}
          check={faultOf}
          clears
          onCommit={add}
        />
        {selected !== '' && (
          <SelectControl
            ids={{}}
            label={t.names}
            value={own ? 'node' : 'graph'}
            options={[
              { value: 'graph', title: debuggerTexts.breakpointRow.wholeGraph },
              { value: 'node', title: selected },
            ]}
            onChange={(next) => setOwn(next === 'node')}
          />
        )}
      </div>
      {watches.length === 0 && <p className={styles['none']}>{t.none}</p>}
      <ul className={styles['list']} aria-label={t.title}>
        {watches.map((watch) => (
          <Row
            key={watch.id}
            watch={watch}
            answer={answers.get(watch.id)}
            charted={charted === watch.id}
            onChart={() => setCharted(charted === watch.id ? null : watch.id)}
          />
        ))}
      </ul>
      {shown !== undefined && (
        <SeriesChart
          label={t.chart(watches.find(({ id }) => id === charted)?.expression ?? '')}
          series={[
            {
              name: watches.find(({ id }) => id === charted)?.expression ?? '',
              ...look0,
              xs: shown.history.iterations,
              ys: shown.history.values,
            },
          ]}
        />
      )}
    </div>
  );
}

interface RowProps {
  readonly watch: WatchSetting;
  readonly answer: WatchAnswer | undefined;
  readonly charted: boolean;
  readonly onChart: () => void;
}

function Row({ watch, answer, charted, onChart }: RowProps) {
  const { look, view } = useWorkbench();
  const report = useSession((data) => data.report);
  const known = useMemo(() => knownNames(report, watch.path), [report, watch.path]);
  const { expression, path } = watch;
  const replace = (next: readonly WatchSetting[]): void =>
    look({ watches: view.getState().watches.flatMap((each) => (each === watch ? next : [each])) });
  return (
    <li className={styles['row']}>
      {path !== '' && <code className={styles['path']}>{path}</code>}
      <div className={styles['expression']}>
        <ConditionField
          label={t.edit(expression)}
          value={expression}
          known={known}
          check={faultOf}
          fault={answer?.fault ?? null}
          onCommit={(next) => next !== '' && replace([{ ...watch, expression: next }])}
        />
      </div>
      <output className={cx(styles['value'], answer?.state !== 'computed' && styles['pending'])}>
        {answer === undefined || answer.state === 'fault' || answer.history.values.length === 0
          ? '–'
          : formatExact(answer.value)}
        {answer?.range && <small>{t.range(formatNumber(answer.range.min), formatNumber(answer.range.max))}</small>}
        {answer?.state === 'pending' && <small>{t.pending}</small>}
      </output>
      <SeriesChart
        small
        label={t.chart(expression)}
        series={
          answer === undefined
            ? []
            : [{ name: expression, ...look0, xs: answer.history.iterations, ys: answer.history.values }]
        }
      />
      <IconButton label={t.chart(expression)} icon={LineChart} pressed={charted} onClick={onChart} />
      <IconButton label={t.remove(expression)} icon={Trash2} onClick={() => replace([])} />
    </li>
  );
}

function faultOf(text: string) {
  const parsed = parseCondition(text);
  return parsed.ok ? null : parsed.fault;
}

/** By id, as they stand; asked for again after every step and report of training. */
function useAnswers(): ReadonlyMap<string, WatchAnswer> {
  const { link, session } = useWorkbench();
  const answers = useSession((data) => data.watches);
  const state = useSession((data) => data.session);
  const training = useSession((data) => data.training);
  const some = useView((view) => view.watches.length > 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them changes the answer
  useEffect(() => {
    if (!some) return;
    let wanted = true;
    const timer = setTimeout(async () => {
      const watches = await link.ask((api) => api.watches());
      if (wanted && watches !== null) session.setState({ watches });
    }, pauseMs);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [link, session, some, state, training]);
  return useMemo(() => new Map(answers?.watches.map((each) => [each.id, each])), [answers]);
}
