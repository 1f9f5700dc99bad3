// A histogram as SVG: blue below zero, orange above, so that it speaks the same language as signed pictures.
import type { Summary } from '../../engine/protocol/views.ts';
import { formatNumber } from '../ui/format.ts';
import styles from './histogram.module.css';

interface HistogramProps {
  readonly histogram: NonNullable<Summary['histogram']>;
  readonly width?: number;
  readonly height?: number;
  readonly label: string;
}

export function Histogram({ histogram, width = 280, height = 56, label }: HistogramProps) {
  const { low, high, counts } = histogram;
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  const middleOf = (i: number): number => low + ((i + 0.5) / counts.length) * (high - low);
  const zeroAt = low < 0 && high > 0 ? (-low / (high - low)) * width : null;
  return (
    <figure className={styles['figure']}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        className={styles['plot']}
        role="img"
        aria-label={label}
        preserveAspectRatio="none"
      >
        {counts.map((count, i) => {
          // Square root: rare values stay visible beside a spike at zero.
          const size = count === 0 ? 0 : Math.max(1, Math.sqrt(count / most) * (height - 1));
          const sign = middleOf(i) < 0 ? 'below' : 'above';
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
              key={i}
              className={styles[sign]}
              x={i * step}
              y={height - size}
              width={Math.max(0.5, step - 0.75)}
              height={size}
            >
              <title>{`${formatNumber(low + (i / counts.length) * (high - low))}: ${count}`}</title>
            </rect>
          );
        })}
        {zeroAt !== null && <line className={styles['zero']} x1={zeroAt} x2={zeroAt} y1={0} y2={height} />}
      </svg>
      <figcaption className={styles['ends']}>
        <span>{formatNumber(low)}</span>
        <span>{formatNumber(high)}</span>
      </figcaption>
    </figure>
  );
}
