// Numbers over iterations as lines: small, without axes, for a row; larger, with its ends written, for a panel. Long series are
// thinned to the least and the most of each piece, so that spikes stay.
import { useMemo } from 'react';
import { formatNumber } from '../ui/format.ts';
import styles from './series-chart.module.css';

export interface Series {
  readonly name: string;
  readonly color: string;
  readonly dash?: string;
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
}

interface SeriesChartProps {
  readonly label: string;
  readonly series: readonly Series[];
  /** Without axes and names. */
  readonly small?: boolean;
  /** An iteration to mark. */
  readonly at?: number;
}

const size = { small: [120, 20], large: [560, 150] } as const;
const mostPoints = 400;

export function SeriesChart({ label, series, small = false, at }: SeriesChartProps) {
  const [width, height] = small ? size.small : size.large;
  const ends = useMemo(() => endsOf(series), [series]);
  if (ends === null) return small ? <span className={styles['spark']} /> : null;
  const { x0, x1, y0, y1 } = ends;
  const placeX = (x: number): number => (x1 > x0 ? ((x - x0) / (x1 - x0)) * width : width / 2);
  const placeY = (y: number): number => (y1 > y0 ? (1 - (y - y0) / (y1 - y0)) * (height - 4) + 2 : height / 2);
  const told = series.map(({ name, ys }) => `${name} ${formatNumber(ys[ys.length - 1] ?? Number.NaN)}`).join(', ');
  const picture = (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      className={small ? styles['spark'] : styles['plot']}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${told}`}
    >
      {!small && y0 < 0 && y1 > 0 && (
        <line className={styles['zero']} x1={0} x2={width} y1={placeY(0)} y2={placeY(0)} />
      )}
      {!small && at !== undefined && at >= x0 && at <= x1 && (
        <line className={styles['at']} x1={placeX(at)} x2={placeX(at)} y1={0} y2={height} />
      )}
      {series.map(({ name, color, dash, xs, ys }) => (
        <g key={name} stroke={color} fill={color}>
          {piecesOf(xs, ys).map((piece) =>
            piece.length === 1 ? (
              <circle
                key={piece[0]?.[0]}
                cx={placeX(piece[0]?.[0] ?? 0)}
                cy={placeY(piece[0]?.[1] ?? 0)}
                r={1.6}
                stroke="none"
              />
            ) : (
              <polyline
                key={piece[0]?.[0]}
                fill="none"
                strokeDasharray={dash}
                points={piece.map(([x, y]) => `${placeX(x).toFixed(1)},${placeY(y).toFixed(1)}`).join(' ')}
              />
            ),
          )}
        </g>
      ))}
    </svg>
  );
  if (small) return picture;
  return (
    <figure className={styles['chart']}>
      <figcaption>
        {series.map(({ name, color, dash, ys }) => (
          <span key={name}>
            <svg width="18" height="8" aria-hidden="true">
              <line x1="0" x2="18" y1="4" y2="4" stroke={color} strokeWidth="2" strokeDasharray={dash} />
            </svg>
            {name} <b>{formatNumber(ys[ys.length - 1] ?? Number.NaN)}</b>
          </span>
        ))}
      </figcaption>
      <div className={styles['frame']}>
        <span className={styles['high']}>{formatNumber(y1)}</span>
        <span className={styles['low']}>{formatNumber(y0)}</span>
        {picture}
      </div>
      <div className={styles['ends']}>
        <span>{x0}</span>
        <span>{x1}</span>
      </div>
    </figure>
  );
}

function endsOf(series: readonly Series[]) {
  let [x0, x1, y0, y1] = [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const { xs, ys } of series) {
    for (let i = 0; i < xs.length; i++) {
      const [x, y] = [xs[i] as number, ys[i] as number];
      [x0, x1] = [Math.min(x0, x), Math.max(x1, x)];
      if (Number.isFinite(y)) [y0, y1] = [Math.min(y0, y), Math.max(y1, y)];
    }
  }
  return y0 <= y1 ? { x0, x1, y0, y1 } : null;
}

/** Runs of finite numbers, thinned. */
function piecesOf(xs: ArrayLike<number>, ys: ArrayLike<number>): readonly (readonly (readonly [number, number])[])[] {
  const pieces: (readonly [number, number])[][] = [];
  let piece: (readonly [number, number])[] = [];
  const bucket = Math.max(1, Math.ceil((2 * xs.length) / mostPoints));
  const close = (): void => {
    if (piece.length > 0) pieces.push(piece);
    piece = [];
  };
  for (let from = 0; from < xs.length; from += bucket) {
    const to = Math.min(xs.length, from + bucket);
    let [least, most] = [-1, -1];
    for (let i = from; i < to; i++) {
      const y = ys[i] as number;
      if (!Number.isFinite(y)) {
        close();
        continue;
      }
      if (least < 0 || y < (ys[least] as number)) least = i;
      if (most < 0 || y > (ys[most] as number)) most = i;
    }
    for (const i of [...new Set([least, most])].filter((each) => each >= 0).sort((a, b) => a - b))
      piece.push([xs[i] as number, ys[i] as number]);
  }
  close();
  return pieces;
}

/** Colours of lines one beside the other, told apart by dashes as well. */
export const seriesLooks: readonly { readonly color: string; readonly dash?: string }[] = [
  { color: 'var(--accent)' },
  { color: 'var(--current)', dash: '6 3' },
  { color: 'var(--family-activation)', dash: '2 2' },
  { color: 'var(--family-pooling)', dash: '8 3 2 3' },
  { color: 'var(--muted)', dash: '4 4' },
];
