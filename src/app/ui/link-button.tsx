import type { ButtonHTMLAttributes } from 'react';
import { cx } from './cx.ts';
import styles from './link-button.module.css';

interface LinkButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Of a name of the graph. */
  readonly mono?: boolean;
  /** Within text, where its colour alone would not tell it. */
  readonly underlined?: boolean;
}

/** Leads to what it names. */
export function LinkButton({ mono, underlined, className, ...rest }: LinkButtonProps) {
  const look = cx(styles['link'], mono && styles['mono'], underlined && styles['underlined'], className);
  return <button type="button" className={look} {...rest} />;
}
