// Text, choice and switch as the forms use them.
import type { ControlIds } from './field.tsx';
import styles from './forms.module.css';
import { stepNumberAt } from './step-number.ts';
import { type DraftField, useDraft } from './use-draft.ts';

interface TextControlProps {
  readonly ids: Partial<ControlIds>;
  readonly field: DraftField;
  readonly placeholder?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly label?: string;
}

/** Numbers and texts alike. */
export function TextControl({ ids, field, placeholder, disabled, label }: TextControlProps) {
  return (
    <input
      {...ids}
      {...field.props}
      className={styles['text']}
      placeholder={placeholder}
      disabled={disabled}
      spellCheck={false}
      autoComplete="off"
      {...(label === undefined ? {} : { 'aria-label': label })}
    />
  );
}

/** A draft whose arrow keys change the number at the caret at once. */
export function useNumberDraft(text: string, commit: (text: string) => string | undefined): DraftField {
  return useDraft(text, commit, (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    const input = event.currentTarget;
    const caret = input.selectionStart ?? input.value.length;
    const next = stepNumberAt(input.value, caret, event.key === 'ArrowUp' ? 1 : -1);
    if (next === null) return;
    event.preventDefault();
    if (commit(next) !== undefined) return;
    requestAnimationFrame(() => input.setSelectionRange(caret, caret));
  });
}

interface SelectControlProps<T extends string> {
  readonly ids: Partial<ControlIds>;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly title: string }[];
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean | undefined;
  readonly label?: string;
}

export function SelectControl<T extends string>(props: SelectControlProps<T>) {
  const { ids, value, options, onChange, disabled, label } = props;
  return (
    <select
      {...ids}
      className={styles['select']}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value as T)}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.title}
        </option>
      ))}
    </select>
  );
}

interface SwitchControlProps {
  readonly ids: Partial<ControlIds>;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean | undefined;
  readonly label?: string;
}

export function SwitchControl({ ids, checked, onChange, disabled, label }: SwitchControlProps) {
  return (
    <input
      {...ids}
      type="checkbox"
      role="switch"
      aria-checked={checked}
      className={styles['switch']}
      checked={checked}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
      {...(label === undefined ? {} : { 'aria-label': label })}
    />
  );
}
