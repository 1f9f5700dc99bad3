// Buttons: with a word, or an icon whose meaning is its accessible name and tooltip.
import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes } from 'react';
import styles from './button.module.css';
import { cx } from './cx.ts';
import { Tooltip } from './tooltip.tsx';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'plain' | 'primary' | 'quiet' | 'danger';
  readonly icon?: LucideIcon;
  readonly pressed?: boolean;
}

export function Button({ look = 'plain', icon: Icon, pressed, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(styles['button'], styles[look], className)}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      {...rest}
    >
      {Icon && <Icon size={15} strokeWidth={1.9} aria-hidden />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  readonly label: string;
  readonly icon: LucideIcon;
  /** Shortcut to print in the tooltip. */
  readonly keys?: string | undefined;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
}

/** A square button that shows only its icon. */
export function IconButton({
  label,
  icon: Icon,
  keys,
  side,
  look = 'quiet',
  pressed,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys} {...(side ? { side } : {})}>
      <button
        type="button"
        aria-label={label}
        className={cx(styles['button'], styles['square'], styles[look], className)}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        {...rest}
      >
        <Icon size={16} strokeWidth={1.9} aria-hidden />
      </button>
    </Tooltip>
  );
}
