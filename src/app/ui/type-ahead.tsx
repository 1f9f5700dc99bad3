// Stands in for a search or a note that is being loaded: an unseen field that keeps what is typed meanwhile.
import { type RefObject, useLayoutEffect, useRef } from 'react';

interface TypeAheadProps {
  readonly label: string;
  /** Gets the text, with a line's end behind it once Enter was pressed; what comes starts with it. */
  readonly typed: RefObject<string>;
  readonly onClose: () => void;
}

export function TypeAhead({ label, typed, onClose }: TypeAheadProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const back = document.activeElement;
    typed.current = '';
    field.current?.focus({ preventScroll: true });
    return () => {
      if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    };
  }, [typed]);
  return (
    <div className="visually-hidden" role="dialog" aria-label={label}>
      <textarea
        ref={field}
        aria-label={label}
        onChange={(event) => {
          typed.current = event.target.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          if (event.key === 'Tab') event.preventDefault();
        }}
      />
    </div>
  );
}
