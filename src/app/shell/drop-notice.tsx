import { FileDown } from 'lucide-react';
import { laterTexts } from '../ui/later-texts.ts';
import styles from './drop-notice.module.css';

/** Over the whole page while files are held over it. */
export function DropNotice() {
  return (
    <div className={styles['drop']}>
      <FileDown size={28} aria-hidden />
      {laterTexts.canvas.dropFiles}
    </div>
  );
}
