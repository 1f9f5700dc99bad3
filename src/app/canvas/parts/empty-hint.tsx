import { texts } from '../../ui/texts.ts';
import styles from '../canvas.module.css';

/** What to do with an empty canvas. */
export function EmptyHint() {
  return (
    <div className={styles['hint']}>
      <b>{texts.canvas.emptyTitle}</b>
      <p>
        {texts.canvas.emptyHint} <kbd>/</kbd>
      </p>
      <p>{texts.canvas.emptyExamples}</p>
    </div>
  );
}
