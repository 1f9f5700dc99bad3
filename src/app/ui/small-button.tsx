import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes } from 'react';
import { cx } from './cx.ts';
import styles from './small-button.module.css';

interface SmallButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'title'> {
  readonly label: string;
  readonly icon: LucideIcon;
}

/** An icon within a line of text or beside a field. */
export function SmallButton({ label, icon: Icon, className, ...rest }: SmallButtonProps) {
  return (
    <button type="button" className={cx(styles['small'], className)} aria-label={label} title={label} {...rest}>
      <Icon size={13} aria-hidden />
    </button>
  );
}
