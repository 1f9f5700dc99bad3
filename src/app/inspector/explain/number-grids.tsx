// The window that a convolution or pooling looks through, number by number: patch × filter = products for each channel, or a
// patch with its winner.
import type { NumberExplanation, NumberGrid } from '../../../engine/protocol/explain.ts';
import { cx } from '../../ui/cx.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import styles from './explain.module.css';
import type { Place } from './place.ts';

const t = explainTexts;

interface NumberGridsProps {
  readonly grids: NumberExplanation['grids'];
  readonly onGo: (to: Place) => void;
}

export function NumberGrids({ grids, onGo }: NumberGridsProps) {
  const rest = grids.slice(atOnce);
  return (
    <section className={styles['windows']} aria-label={t.grids}>
      {grids.slice(0, atOnce).map((row, channel) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its place
        <Channel key={channel} row={row} channel={channel} onGo={onGo} />
      ))}
      {rest.length > 0 && (
        <details>
          <summary>{t.moreChannels(rest.length)}</summary>
          {rest.map((row, channel) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its place
            <Channel key={channel} row={row} channel={channel + atOnce} onGo={onGo} />
          ))}
        </details>
      )}
    </section>
  );
}

/** Channels shown at first: those that weigh most. */
const atOnce = 2;

interface ChannelProps {
  readonly row: readonly NumberGrid[];
  readonly channel: number;
  readonly onGo: (to: Place) => void;
}

function Channel({ row, channel, onGo }: ChannelProps) {
  return (
    <div className={styles['window']} role="group" aria-label={t.channel(channel)}>
      {row.map((grid, i) => (
        <figure key={grid.title}>
          {i > 0 && (
            <span className={styles['operator']} aria-hidden>
              {i === 1 ? '×' : '='}
            </span>
          )}
          <Grid grid={grid} onGo={onGo} />
          <figcaption>{grid.name ?? t.gridTitles[grid.title]}</figcaption>
        </figure>
      ))}
    </div>
  );
}

function Grid({ grid, onGo }: { readonly grid: NumberGrid; readonly onGo: (to: Place) => void }) {
  const { rows, columns, values, indices, name, chosen } = grid;
  const largest = Math.max(...values.filter(Number.isFinite).map(Math.abs), Number.MIN_VALUE);
  const small = rows * columns > 30;
  return (
    <div
      className={cx(styles['grid'], small && styles['dense'])}
      style={{ gridTemplateColumns: `repeat(${columns}, auto)` }}
      role="img"
      aria-label={`${t.gridTitles[grid.title]}: ${values.map((value) => formatNumber(value)).join(', ')}`}
    >
      {values.map((value, i) => {
        const index = indices[i] ?? -1;
        return (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
            key={i}
            className={cx(chosen === i && styles['chosen'], Number.isNaN(value) && styles['padding'])}
            {...(Number.isFinite(value) ? { style: { background: cellColor(value, largest) } } : {})}
            title={formatNumber(value)}
            {...(name !== null && index >= 0 ? { onClick: () => onGo({ name, index }) } : {})}
          >
            {small || Number.isNaN(value) ? '' : shortest(value)}
          </span>
        );
      })}
    </div>
  );
}

function cellColor(value: number, largest: number): string {
  const share = Math.round(60 * Math.min(1, Math.abs(value) / largest));
  return `color-mix(in srgb, var(${value < 0 ? '--minus' : '--plus'}) ${share}%, transparent)`;
}

/** Two digits: there is no room for more. */
function shortest(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  const text =
    size >= 100 || size < 0.005
      ? size.toExponential(0).replace('e-', 'e−').replace('e+', 'e')
      : String(Number(size.toPrecision(2))).replace(/^0\./, '.');
  return value < 0 ? `−${text}` : text;
}
