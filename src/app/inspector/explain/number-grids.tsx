// The window that a convolution or pooling looks through, number by number: patch × filter = products for each channel, or a
// patch with its winner. The cell under the pointer or the keyboard is read out, and marked in all three.
import { type KeyboardEvent, useState } from 'react';
import type { NumberExplanation, NumberGrid } from '../../../engine/protocol/explain.ts';
import type { Place } from '../../state/walk.ts';
import { cx } from '../../ui/cx.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import styles from './number-grids.module.css';

const t = explainTexts;

interface NumberGridsProps {
  readonly grids: NumberExplanation['grids'];
  readonly onGo: (to: Place) => void;
}

export function NumberGrids({ grids, onGo }: NumberGridsProps) {
  const rest = grids.slice(atOnce);
  return (
    <section className={styles['windows']} aria-label={t.grids}>
      <h3>{t.grids}</h3>
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
  const [active, setActive] = useState<number | null>(null);
  const at = active ?? row[0]?.chosen ?? 0;
  return (
    <div className={styles['channel']} role="group" aria-label={t.channel(channel)}>
      <div className={styles['window']}>
        {row.map((grid, i) => (
          <figure key={grid.title}>
            {i > 0 && (
              <span className={styles['operator']} aria-hidden>
                {i === 1 ? '×' : '='}
              </span>
            )}
            <Grid grid={grid} active={active} tabStop={at} onActive={setActive} onGo={onGo} />
            <figcaption title={grid.name ?? undefined}>{grid.name ?? t.gridTitles[grid.title]}</figcaption>
          </figure>
        ))}
      </div>
      <p className={styles['readOut']}>
        {row.map((grid, i) => (
          <span key={grid.title}>
            {i === 1 && ' × '}
            {i === 2 && ' = '}
            {told(grid.values[at])}
          </span>
        ))}
        {row.length === 1 && at === row[0]?.chosen && ` ${t.winner}`}
      </p>
    </div>
  );
}

interface GridProps {
  readonly grid: NumberGrid;
  readonly active: number | null;
  /** The cell that the Tab key comes to. */
  readonly tabStop: number;
  readonly onActive: (cell: number | null) => void;
  readonly onGo: (to: Place) => void;
}

function Grid({ grid, active, tabStop, onActive, onGo }: GridProps) {
  const { rows, columns, values, indices, name, chosen } = grid;
  const largest = Math.max(...values.filter(Number.isFinite).map(Math.abs), Number.MIN_VALUE);
  const small = columns > 3 || rows > 4;
  const go = (cell: number): void => {
    const index = indices[cell] ?? -1;
    if (name !== null && index >= 0) onGo({ name, index });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (by === undefined || event.altKey) return;
    event.preventDefault();
    const to = Math.min(values.length - 1, Math.max(0, (active ?? tabStop) + by));
    event.currentTarget.querySelectorAll('button')[to]?.focus();
  };
  return (
    <div
      className={cx(styles['grid'], small && styles['dense'])}
      style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, '--columns': columns }}
      role="group"
      aria-label={`${t.gridTitles[grid.title]}, ${rows} × ${columns}`}
      onKeyDown={onKeyDown}
    >
      {values.map((value, i) => (
        <button
          type="button"
          // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
          key={i}
          tabIndex={i === tabStop ? 0 : -1}
          className={cx(
            chosen === i && styles['chosen'],
            Number.isNaN(value) && styles['padding'],
            active === i && styles['active'],
            (name === null || (indices[i] ?? -1) < 0) && styles['dead'],
          )}
          {...(Number.isFinite(value) ? { style: { background: cellColor(value, largest) } } : {})}
          aria-label={`${told(value)}${chosen === i ? `, ${t.winner}` : ''}`}
          onPointerEnter={() => onActive(i)}
          onPointerLeave={() => onActive(null)}
          onFocus={() => onActive(i)}
          onBlur={() => onActive(null)}
          onClick={() => go(i)}
        >
          {small || Number.isNaN(value) ? '' : shortest(value)}
        </button>
      ))}
    </div>
  );
}

function told(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? t.padding : formatNumber(value);
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
