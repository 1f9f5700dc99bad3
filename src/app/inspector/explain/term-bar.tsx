import { cx } from '../../ui/cx.ts';
import styles from './term-bar.module.css';

/** Length by size, side and colour by sign. */
export function Bar({ value, largest }: { readonly value: number; readonly largest: number }) {
  const share = Number.isFinite(value) && largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
  return (
    <span className={styles['track']} aria-hidden>
      <i
        className={cx(styles['fill'], value < 0 ? styles['negative'] : styles['positive'])}
        style={{ width: `${50 * share}%` }}
      />
    </span>
  );
}

export function signClass(value: number): string | undefined {
  return value < 0 ? styles['minus'] : value > 0 ? styles['plus'] : styles['zero'];
}
