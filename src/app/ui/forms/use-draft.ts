// Text that is being typed, apart from the value it will become: committed by Enter or by leaving the field (a shortcut of the page
// counts as that, run-command.ts), dropped by Escape.
import { type FocusEvent, type KeyboardEvent, useState } from 'react';

interface Draft {
  readonly text: string;
  readonly fault: string | undefined;
}

export interface DraftField {
  readonly fault: string | undefined;
  readonly props: {
    readonly value: string;
    readonly onChange: (event: { readonly target: { readonly value: string } }) => void;
    readonly onBlur: (event: FocusEvent) => void;
    readonly onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
  };
  readonly set: (text: string) => void;
}

/** @param commit takes the text over, or answers why it cannot; then the text stays with the fault beside it */
export function useDraft(
  text: string,
  commit: (text: string) => string | undefined,
  onKey?: (event: KeyboardEvent<HTMLInputElement>) => void,
): DraftField {
  const [draft, setDraft] = useState<Draft | null>(null);
  const finish = (): void => {
    if (draft === null) return;
    const fault = draft.text === text ? undefined : commit(draft.text);
    setDraft(fault === undefined ? null : { text: draft.text, fault });
  };
  return {
    fault: draft?.fault,
    set: (next) => setDraft({ text: next, fault: undefined }),
    props: {
      value: draft?.text ?? text,
      onChange: (event) => setDraft({ text: event.target.value, fault: undefined }),
      onBlur: finish,
      onKeyDown: (event) => {
        // With Ctrl or Command it is a command of the page.
        if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
          event.preventDefault();
          finish();
        } else if (event.key === 'Escape' && draft !== null) {
          event.stopPropagation();
          setDraft(null);
        } else onKey?.(event);
      },
    },
  };
}
