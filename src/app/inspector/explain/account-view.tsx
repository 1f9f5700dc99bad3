// Why a gradient is zero, small or huge: every node on the way from the loss with the factor by which it changed the norm.
import { Layers2 } from 'lucide-react';
import type { GradientFactor } from '../../../engine/protocol/explain.ts';
import { useWorkbench } from '../../state/context.tsx';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { texts } from '../../ui/texts.ts';
import styles from './explain.module.css';
import { useAnswer } from './use-answer.ts';

const t = explainTexts.account;

export function AccountView({ name }: { readonly name: string }) {
  const { look, session, reveal } = useWorkbench();
  const { answer, settled } = useAnswer(`account ${name}`, (api) => api.gradientAccount(name));
  if (answer === null)
    return (
      <p className={styles['missing']} role="status">
        {settled ? t.missing : texts.ui.loading}
      </p>
    );
  const show = (): void => {
    session.setState((data) => ({ overlayFacts: { ...data.overlayFacts, account: answer } }));
    look({ overlay: null, canvasOverlay: 'account' });
  };
  const strongest = Math.max(...answer.factors.map(strength), 1e-9);
  const ranks = answer.factors.toSorted((a, b) => strength(b) - strength(a));
  return (
    <section className={styles['account']} aria-label={explainTexts.views.account}>
      <p className={cx(styles['verdict'], answer.verdict !== 'healthy' && styles['bad'])}>
        <b>{t.verdicts[answer.verdict]}</b>
        <code>{answer.name}</code>
        <span>
          {t.ratio(formatNumber(answer.norm), answer.start, formatNumber(answer.startNorm), formatNumber(answer.ratio))}
        </span>
        <Button icon={Layers2} onClick={show}>
          {t.show}
        </Button>
      </p>
      <p className={styles['hint']}>{t.way}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.node}</th>
            <th scope="col">{t.factor}</th>
            <th scope="col">
              <span className="visually-hidden">{t.ranked}</span>
            </th>
            <th scope="col">{t.cause}</th>
          </tr>
        </thead>
        <tbody>
          {answer.factors.map((factor) => (
            <tr
              key={`${factor.kind} ${factor.node} ${factor.to}`}
              className={ranks.indexOf(factor) < 3 && strength(factor) > 0.13 ? styles['strong'] : undefined}
            >
              <th scope="row">
                <button
                  type="button"
                  className={styles['link']}
                  onClick={() => {
                    look({ overlay: null });
                    void reveal(factor.node);
                  }}
                >
                  {factor.node}
                </button>
                <small>{factor.kind === 'meeting' ? t.meeting : factor.op}</small>
              </th>
              <td>{factor.factor === null ? '–' : `× ${formatNumber(factor.factor)}`}</td>
              <td>
                <FactorBar factor={factor} strongest={strongest} />
              </td>
              <td>{factor.factor === null ? t.nothing : factor.cause.text}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t.product}</th>
            <td>× {formatNumber(answer.ratio)}</td>
            <td />
            <td />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

/** How far from 1, in powers of ten; a zero is stronger than anything. */
function strength({ factor }: GradientFactor): number {
  if (factor === null || Number.isNaN(factor)) return 0;
  return factor === 0 ? 20 : Math.min(20, Math.abs(Math.log10(factor)));
}

/** To the left what shrinks, to the right what grows. */
function FactorBar({ factor, strongest }: { readonly factor: GradientFactor; readonly strongest: number }) {
  const share = strength(factor) / strongest;
  const shrinks = (factor.factor ?? 1) < 1;
  return (
    <span className={styles['track']} aria-hidden>
      <i
        className={cx(styles['fill'], shrinks ? styles['negative'] : styles['positive'])}
        style={{ width: `${50 * share}%` }}
      />
    </span>
  );
}
