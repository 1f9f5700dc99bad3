// How far something is that takes a while, and how to call it off.
import { X } from 'lucide-react';
import { IconButton } from './button.tsx';
import styles from './progress.module.css';
import { texts } from './texts.ts';

interface ProgressProps {
  readonly label: string;
  /** 0…1; null: nobody knows. */
  readonly share: number | null;
  readonly onCancel?: () => void;
}

export function Progress({ label, share, onCancel }: ProgressProps) {
  return (
    <div className={styles['progress']}>
      <span>{label}</span>
      <progress aria-label={label} {...(share === null ? {} : { value: share })} max={1} />
      {onCancel && <IconButton label={texts.ui.cancel} icon={X} onClick={onCancel} />}
    </div>
  );
}
