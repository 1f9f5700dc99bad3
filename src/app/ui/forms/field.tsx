// One line of a form: label, control, and below them what is wrong. The control gets its id and description from here.
import { RotateCcw } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { cx } from '../cx.ts';
import { Message } from '../message.tsx';
import { plainMessage } from '../plain-message.ts';
import { SmallButton } from '../small-button.tsx';
import { texts } from '../texts.ts';
import styles from './forms.module.css';

export interface ControlIds {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

interface FieldProps {
  readonly label: string;
  /** What the value means; shown while the field has the focus. */
  readonly hint?: string | undefined;
  readonly unit?: string | undefined;
  readonly fault?: string | undefined;
  /** Goes back to the default; given only where the value is not the default. */
  readonly onReset?: (() => void) | undefined;
  readonly children: (ids: ControlIds) => ReactNode;
}

export function Field({ label, hint, unit, fault, onReset, children }: FieldProps) {
  const id = useId();
  const note = fault ?? hint;
  return (
    <div className={cx(styles['field'], fault !== undefined && styles['wrong'])}>
      <label htmlFor={id} title={hint === undefined ? label : `${label}: ${plainMessage(hint)}`}>
        {label}
      </label>
      <span className={styles['control']}>
        {children({
          id,
          ...(note === undefined ? {} : { 'aria-describedby': `${id}-note` }),
          ...(fault === undefined ? {} : { 'aria-invalid': true as const }),
        })}
        {unit !== undefined && <span className={styles['unit']}>{unit}</span>}
        {onReset && (
          <SmallButton className={styles['reset']} label={texts.form.reset(label)} icon={RotateCcw} onClick={onReset} />
        )}
      </span>
      {note !== undefined && (
        <span id={`${id}-note`} className={fault === undefined ? styles['hint'] : styles['fault']}>
          <Message text={note} />
        </span>
      )}
    </div>
  );
}
