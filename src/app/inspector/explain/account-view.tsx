// Why a gradient is zero, small or huge: every node on the way from the loss with the factor by which it changed the norm. While
// it is read the nodes on the canvas bear the same factors.
import { useEffect, useState } from 'react';
import type { GradientFactor } from '../../../engine/protocol/explain.ts';
import { useWorkbench } from '../../state/context.tsx';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { texts } from '../../ui/texts.ts';
import styles from './account-view.module.css';
import { follow } from './follow.ts';
import { Bar } from './term-bar.tsx';
import { useAnswer } from './use-answer.ts';

const t = explainTexts.account;
const orders = ['way', 'strength'] as const;

export function AccountView({ name }: { readonly name: string }) {
  const workbench = useWorkbench();
  const { session } = workbench;
  const { answer, settled, last } = useAnswer(`account ${name}`, (api) => api.gradientAccount(name));
  const [order, setOrder] = useState<(typeof orders)[number]>('way');
  useEffect(() => {
    if (answer) session.setState((data) => ({ overlayFacts: { ...data.overlayFacts, account: answer } }));
  }, [answer, session]);
  useAccountOverlay();
  const shown = settled ? answer : last;
  if (shown === null)
    return (
      <p className={styles['missing']} role="status">
        {settled ? t.missing : texts.ui.loading}
      </p>
    );
  const strongest = Math.max(...shown.factors.map(strength), 1e-9);
  const ranks = shown.factors.toSorted((a, b) => strength(b) - strength(a));
  const { norm, start, startNorm, ratio } = shown;
  return (
    <section className={styles['account']} aria-label={explainTexts.views.account}>
      <div className={cx(styles['verdict'], shown.verdict !== 'healthy' && styles['bad'])} role="status">
        <b>{t.verdicts[shown.verdict]}</b>
        <code>{shown.name}</code>
        <span>{t.ratio(formatNumber(norm), start, formatNumber(startNorm), formatNumber(ratio))}</span>
      </div>
      <p className={styles['hint']}>{t.way}</p>
      <div className={styles['orders']} role="group" aria-label={t.order}>
        {orders.map((each) => (
          <Button key={each} pressed={order === each} onClick={() => setOrder(each)}>
            {t.orders[each]}
          </Button>
        ))}
      </div>
      <ol aria-label={t.orders[order]}>
        {(order === 'way' ? shown.factors : ranks).map((factor) => {
          const rank = ranks.indexOf(factor) + 1;
          const strong = rank <= 3 && strength(factor) > 0.13;
          return (
            <li key={`${factor.kind} ${factor.node} ${factor.to}`} className={strong ? styles['strong'] : undefined}>
              <span className={styles['node']}>
                <LinkButton underlined className={styles['link']} onClick={() => follow(workbench, factor.node)}>
                  {factor.node}
                </LinkButton>
                <small>{factor.kind === 'meeting' ? t.meeting : factor.op}</small>
                {strong && <small className={styles['rank']}>{t.rank(rank)}</small>}
              </span>
              <b>{factor.factor === null ? '–' : `× ${formatNumber(factor.factor)}`}</b>
              <Bar value={strength(factor) * ((factor.factor ?? 1) < 1 ? -1 : 1)} largest={strongest} />
              <p>{factor.factor === null ? t.nothing : factor.cause.text}</p>
            </li>
          );
        })}
      </ol>
      <p className={styles['product']}>
        <span>{t.product}</span>
        <b>× {formatNumber(ratio)}</b>
      </p>
    </section>
  );
}

/** The nodes on the canvas are coloured as long as the account is read; then the overlay before comes back. */
function useAccountOverlay(): void {
  const { look, view } = useWorkbench();
  useEffect(() => {
    const before = view.getState().canvasOverlay;
    look({ canvasOverlay: 'account' });
    return () => {
      if (view.getState().canvasOverlay === 'account') look({ canvasOverlay: before === 'account' ? '' : before });
    };
  }, [look, view]);
}

/** How far from 1, in powers of ten; a zero is stronger than anything. */
function strength({ factor }: GradientFactor): number {
  if (factor === null || Number.isNaN(factor)) return 0;
  return factor === 0 ? 20 : Math.min(20, Math.abs(Math.log10(factor)));
}
