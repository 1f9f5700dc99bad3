import type { ColorScale, ColorTheme } from '../../tensor/color-map.ts';
import { formatNumber } from '../ui/format.ts';
import styles from './legend.module.css';
import { scaleGradient } from './scales.ts';

interface LegendProps {
  readonly title: string;
  readonly scale: ColorScale;
  readonly theme: ColorTheme;
  /** Numbers at the ends; left out: − 0 + or 0 +. */
  readonly range?: readonly [low: number, high: number];
  /** How the ends are written. */
  readonly format?: (value: number) => string;
  /** Share of elements outside the range: marked by a tick at the end. */
  readonly clipped?: number;
  /** Where on the scale the low end stands, 0…1. */
  readonly least?: number;
}

/** A colour scale with its ends named. */
export function Legend({ title, scale, theme, range, format = formatNumber, clipped, least }: LegendProps) {
  const signed = scale === 'diverging';
  const low = range ? format(range[0]) : signed ? '−' : '0';
  const high = range ? format(range[1]) : '+';
  return (
    <div className={styles['legend']} role="img" aria-label={`${title}: ${low} … ${high}`}>
      <span className={styles['title']}>{title}</span>
      <span className={styles['bar']} style={{ background: scaleGradient(scale, theme, least) }}>
        {clipped !== undefined && clipped > 0 && (
          <i className={styles['clipped']} title={`${(clipped * 100).toFixed(1)} %`} />
        )}
      </span>
      <span className={styles['ends']}>
        <span>{low}</span>
        {signed && <span>{range ? format(0) : '0'}</span>}
        <span>{high}</span>
      </span>
    </div>
  );
}
