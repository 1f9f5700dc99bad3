// The terms as rows, largest first: factors to go to, bars by size and sign, and the line that adds them up. One tab stop; arrow
// keys choose a row and a factor in it.
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import type { ExplainedFactor, ExplainedTerm, NumberExplanation } from '../../../engine/protocol/explain.ts';
import type { Place } from '../../state/walk.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatCount, formatExact, formatNumber } from '../../ui/format.ts';
import { Bar, signClass } from './term-bar.tsx';
import styles from './term-list.module.css';

const t = explainTexts;

interface TermListProps {
  readonly answer: NumberExplanation;
  readonly onGo: (to: Place) => void;
  readonly onMore: () => void;
}

export function TermList({ answer, onGo, onMore }: TermListProps) {
  const { terms, rest, by } = answer;
  const list = useRef<HTMLOListElement>(null);
  const [focus, setFocus] = useState<readonly [row: number, factor: number]>([0, 0]);
  const largest = Math.max(...terms.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);

  // The row that was followed is gone, and the focus with it: the keyboard goes on from the first of the new ones.
  // In the very commit: the next key may come before a later one.
  useLayoutEffect(() => {
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    const walk = list.current?.closest<HTMLElement>('[data-walk]');
    (list.current?.querySelector('button') ?? walk)?.focus({ preventScroll: true });
  }, []);
  const move = (row: number, factor: number): void => {
    const rows = [...(list.current?.querySelectorAll('li') ?? [])];
    const next = Math.min(rows.length - 1, Math.max(0, row));
    const buttons = [...(rows[next]?.querySelectorAll('button') ?? [])];
    const at = Math.min(buttons.length - 1, Math.max(0, factor));
    setFocus([next, at]);
    buttons[at]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const [row, factor] = focus;
    const to = {
      ArrowDown: [row + 1, factor],
      ArrowUp: [row - 1, factor],
      ArrowRight: [row, factor + 1],
      ArrowLeft: [row, factor - 1],
      Home: [0, 0],
      End: [terms.length - 1, 0],
    }[event.key];
    if (to === undefined || event.altKey) return;
    event.preventDefault();
    move(to[0] as number, to[1] as number);
  };
  return (
    <section className={styles['terms']} aria-label={t.terms(answer.termCount)}>
      <h3>{t.terms(answer.termCount)}</h3>
      <p className={styles['total']}>
        <span>
          {t.total[by]}
          <small>
            {' '}
            · {t.exact} {formatExact(answer.value)}
          </small>
        </span>
        <b className={signClass(answer.result)}>{formatExact(answer.result)}</b>
      </p>
      {terms.length === 0 && <p className={styles['missing']}>{t.noTerms}</p>}
      <ol ref={list} onKeyDown={onKeyDown}>
        {terms.map((term, row) => (
          <TermRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a term is its place
            key={row}
            term={term}
            largest={largest}
            focused={focus[0] === row ? focus[1] : null}
            onFocus={(factor) => setFocus([row, factor])}
            onGo={onGo}
          />
        ))}
      </ol>
      {rest && (
        <p className={styles['rest']}>
          <span>{t.rest(formatCount(rest.count))}</span>
          <b className={signClass(rest.value)}>{formatNumber(rest.value)}</b>
          <Button onClick={onMore}>{t.more}</Button>
        </p>
      )}
    </section>
  );
}

interface TermRowProps {
  readonly term: ExplainedTerm;
  readonly largest: number;
  /** Which factor takes the focus, in the row that has it. */
  readonly focused: number | null;
  readonly onFocus: (factor: number) => void;
  readonly onGo: (to: Place) => void;
}

/** More factors than these (a row of scores) are shown when asked for. */
const mostFactors = 6;

function TermRow({ term, largest, focused, onFocus, onGo }: TermRowProps) {
  const [all, setAll] = useState(false);
  const shown = all ? term.factors : term.factors.slice(0, mostFactors);
  const links = shown.filter(({ element }) => element !== undefined);
  return (
    <li>
      <span className={styles['factors']}>
        {term.label !== undefined && <em>{term.label}</em>}
        {shown.map((factor, i) => (
          <Factor
            // biome-ignore lint/suspicious/noArrayIndexKey: a factor is its place
            key={i}
            factor={factor}
            times={i > 0 && term.factors.length === 2}
            tab={focused !== null && links[focused] === factor}
            onFocus={() => onFocus(links.indexOf(factor))}
            onGo={onGo}
          />
        ))}
        {shown.length < term.factors.length && (
          <button
            type="button"
            className={styles['fold']}
            tabIndex={focused === links.length ? 0 : -1}
            onFocus={() => onFocus(links.length)}
            onClick={() => setAll(true)}
          >
            {t.rest(formatCount(term.factors.length - shown.length))}
          </button>
        )}
      </span>
      <b className={signClass(term.value)}>{formatNumber(term.value)}</b>
      <Bar value={term.value} largest={largest} />
    </li>
  );
}

interface FactorProps {
  readonly factor: ExplainedFactor;
  readonly times: boolean;
  readonly tab: boolean;
  readonly onFocus: () => void;
  readonly onGo: (to: Place) => void;
}

function Factor({ factor: { value, element }, times, tab, onFocus, onGo }: FactorProps) {
  return (
    <>
      {element === undefined ? (
        <span className={cx(styles['number'], styles['plain'])}>
          {times && '× '}
          {formatNumber(value)}
        </span>
      ) : (
        <button
          type="button"
          className={styles['factor']}
          tabIndex={tab ? 0 : -1}
          aria-label={t.go(element.name, element.at.join(', '), formatNumber(value))}
          onFocus={onFocus}
          onClick={() => onGo({ name: element.name, index: element.index })}
        >
          <code>{t.element(element.name, element.at.join(', '))}</code>
          <span className={styles['number']}>
            {times && '× '}
            {formatNumber(value)}
          </span>
        </button>
      )}
    </>
  );
}
