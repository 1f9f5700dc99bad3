// Loss and metrics over the iterations, train beside validation. Redrawn at most four times a second, without animation.
import { memo, useMemo, useState } from 'react';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { useSession } from '../state/context.tsx';
import { formatNumber } from '../ui/format.ts';
import { SwitchControl } from '../ui/forms/controls.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { type CurveRow, curveRows, metricNames } from './curve-rows.ts';
import styles from './training-curves.module.css';
import { useThrottled } from './use-throttled.ts';

/** Often enough to be followed; each drawing takes time that a second thread of the engine would have had. */
const pauseMs = 250;

export function TrainingCurves() {
  const points = useThrottled(
    useSession((data) => data.curves),
    pauseMs,
  );
  const [logarithmic, setLogarithmic] = useState(false);
  const loss = useMemo(() => curveRows(points, null), [points]);
  const later = useThrottled(points, pauseMs, 60);
  const metrics = useMemo(() => metricNames(later).map((name) => ({ name, rows: curveRows(later, name) })), [later]);
  return (
    <div className={styles['curves']}>
      <Curve title={laterTexts.training.loss} rows={loss} logarithmic={logarithmic}>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the control stands inside */}
        <label className={styles['log']}>
          <SwitchControl ids={{}} checked={logarithmic} onChange={setLogarithmic} />
          {laterTexts.training.logarithmic}
        </label>
      </Curve>
      {metrics.map(({ name, rows }) => (
        <Curve key={name} title={laterTexts.training.metrics[name] ?? name} rows={rows} share />
      ))}
    </div>
  );
}

interface CurveProps {
  readonly title: string;
  readonly rows: readonly CurveRow[];
  readonly logarithmic?: boolean;
  /** Values are shares, 0 to 1. */
  readonly share?: boolean;
  readonly children?: React.ReactNode;
}

const Curve = memo(function Curve({ title, rows, logarithmic = false, share = false, children }: CurveProps) {
  const latest = (split: 'train' | 'validation') => rows.findLast((row) => row[split] !== undefined)?.[split];
  const write = (value: number): string => (share ? `${(value * 100).toFixed(1)} %` : formatNumber(value));
  const told = (['train', 'validation'] as const).flatMap((split) => {
    const value = latest(split);
    return value === undefined ? [] : [`${laterTexts.training.splits[split]} ${write(value)}`];
  });
  // A logarithmic axis cannot show zero: such points are left out.
  const shown = logarithmic ? rows.map(withoutZeros) : rows;
  return (
    <figure className={styles['curve']} data-curve={title}>
      <figcaption>
        <b>{title}</b>
        <span className={styles['latest']}>
          {(['train', 'validation'] as const).map((split) => {
            const value = latest(split);
            return (
              value !== undefined && (
                <span key={split} className={styles[split]} title={laterTexts.training.splits[split]}>
                  <i>{laterTexts.training.splits[split]} </i>
                  {write(value)}
                </span>
              )
            );
          })}
        </span>
        {children}
      </figcaption>
      <div className={styles['plot']} role="img" aria-label={`${title}: ${told.join(', ')}`}>
        <ResponsiveContainer width="100%" height="100%" minWidth={0} debounce={60}>
          <LineChart
            data={shown as CurveRow[]}
            margin={{ top: 6, right: 12, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="iteration"
              type="number"
              domain={[0, 'dataMax']}
              allowDecimals={false}
              tick={tick}
              stroke="var(--line-strong)"
              tickCount={6}
              height={20}
            />
            <YAxis
              width={48}
              tick={tick}
              stroke="var(--line-strong)"
              scale={logarithmic ? 'log' : 'linear'}
              domain={share ? [0, 1] : logarithmic ? ['auto', 'auto'] : [0, 'auto']}
              allowDataOverflow={logarithmic}
              tickFormatter={share ? (value: number) => `${Math.round(value * 100)} %` : formatNumber}
              tickCount={5}
            />
            <Tooltip
              isAnimationActive={false}
              contentStyle={tooltip}
              labelFormatter={(iteration) => laterTexts.training.iterationOf(Number(iteration))}
              formatter={(value, name) => [write(Number(value)), String(name)]}
            />
            {(['train', 'validation'] as const).map((split) => (
              <Line
                key={split}
                dataKey={split}
                name={laterTexts.training.splits[split]}
                stroke={colors[split]}
                strokeWidth={split === 'train' ? 1.5 : 2}
                strokeDasharray={split === 'train' ? '' : '5 3'}
                dot={split === 'validation' && rows.length < 60 ? { r: 2.5, strokeDasharray: '' } : false}
                isAnimationActive={false}
                connectNulls
              />
            ))}
          </LineChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
});

const colors = { train: 'var(--accent)', validation: 'var(--current)' } as const;
const tick = { fill: 'var(--muted)', fontSize: 11 } as const;
const tooltip = {
  border: '1px solid var(--line)',
  borderRadius: 6,
  background: 'var(--raised)',
  color: 'var(--ink)',
  fontSize: 12,
} as const;

function withoutZeros({ iteration, train, validation }: CurveRow): CurveRow {
  return {
    iteration,
    ...(train !== undefined && train > 0 ? { train } : {}),
    ...(validation !== undefined && validation > 0 ? { validation } : {}),
  };
}
