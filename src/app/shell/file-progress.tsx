import { useSession, useWorkbench } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { texts } from '../ui/texts.ts';
import styles from './file-questions.module.css';

/** How much of a file has been read; the page goes on being used meanwhile. */
export function FileProgress() {
  const { link } = useWorkbench();
  const reading = useSession((data) => data.reading);
  if (reading === null) return null;
  const t = laterTexts.files;
  return (
    <section className={styles['progress']} role="dialog" aria-label={t.reading(reading.name)}>
      <p className={styles['name']} title={reading.name}>
        {t.reading(reading.name)}
      </p>
      <p>{t.readingHint}</p>
      <div className={styles['row']}>
        <progress aria-label={t.progress} max={1} {...(reading.share > 0 ? { value: reading.share } : {})} />
        <Button onClick={() => link.cancelFile()}>{texts.ui.cancel}</Button>
      </div>
    </section>
  );
}
