import type { Breakpoint } from '../../engine/protocol/halts.ts';
import { cx } from './cx.ts';
import styles from './phase-mark.module.css';
import { texts } from './texts.ts';

type Phase = Breakpoint['phase'];

/** A phase as a letter in its colour. */
export function PhaseMark({ phase, faint = false }: { readonly phase: Phase; readonly faint?: boolean }) {
  return (
    <abbr className={cx(styles['mark'], styles[phase], faint && styles['faint'])} title={texts.phases[phase]}>
      {texts.phaseLetters[phase]}
    </abbr>
  );
}

/** The colour of a phase, as CSS. */
export const phaseColors: { readonly [P in Phase]: string } = {
  forward: 'var(--value)',
  backward: 'var(--gradient)',
  update: 'var(--accent)',
};
