// Numbers with a name, as rows: ways that add up, gates, means. Bars show them beside one another.
import type { ExplainedPart } from '../../../engine/protocol/explain.ts';
import type { Place } from '../../state/walk.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatExact, formatNumber } from '../../ui/format.ts';
import { ElementLink } from './element-link.tsx';
import styles from './named-numbers.module.css';
import { Bar, signClass } from './term-bar.tsx';

interface NamedNumbersProps {
  readonly label: string;
  readonly numbers: readonly ExplainedPart[];
  /** What they add up to, if they do. */
  readonly sum?: number;
  readonly onGo: (to: Place) => void;
}

export function NamedNumbers({ label, numbers, sum, onGo }: NamedNumbersProps) {
  if (numbers.length === 0) return null;
  const largest = Math.max(...numbers.map(({ value }) => Math.abs(value)).filter(Number.isFinite), Number.MIN_VALUE);
  return (
    <section className={styles['named']} aria-label={label}>
      <h3>{label}</h3>
      <ul>
        {numbers.map(({ label: name, value, element }) => (
          <li key={name}>
            <span>{name}</span>
            <b className={signClass(value)}>
              {element ? (
                <ElementLink element={element} onGo={onGo}>
                  {formatNumber(value)}
                </ElementLink>
              ) : (
                formatNumber(value)
              )}
            </b>
            <Bar value={value} largest={largest} />
          </li>
        ))}
      </ul>
      {sum !== undefined && (
        <p className={styles['sum']}>
          <span>{explainTexts.total.sum}</span>
          <b className={signClass(sum)}>{formatExact(sum)}</b>
        </p>
      )}
    </section>
  );
}
