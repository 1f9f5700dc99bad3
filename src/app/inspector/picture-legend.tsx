import type { Picture, Theme } from '../../engine/protocol/views.ts';
import { Legend } from '../overlays/legend.tsx';
import { formatNumber, formatRange } from '../ui/format.ts';
import { laterTexts } from '../ui/later-texts.ts';
import styles from './viewer.module.css';

const t = laterTexts.viewer;

/** What the colours mean: the range, and how much lies beyond it. */
export function PictureLegend({ picture, theme }: { readonly picture: Picture; readonly theme: Theme }) {
  const { scale, range, clipped } = picture;
  return (
    <div className={styles['legend']}>
      {scale === 'natural' ? (
        <div role="img" aria-label={`${t.scales.natural}: ${formatRange(range[0], range[1])}`}>
          <span className={styles['grey']} />
          <span className={styles['ends']}>
            <span>{formatNumber(range[0])}</span>
            <span>{formatNumber(range[1])}</span>
          </span>
        </div>
      ) : (
        <Legend
          title={t.scales[scale]}
          scale={scale === 'signed' ? 'diverging' : 'sequential'}
          theme={theme}
          range={range}
          clipped={clipped}
        />
      )}
      {clipped > 0 && <p>{t.clipped((clipped * 100).toFixed(clipped < 0.01 ? 2 : 1))}</p>}
    </div>
  );
}
