// Stands in for a search that is being loaded: an unseen field that keeps what is typed meanwhile.
import { type RefObject, useLayoutEffect, useRef } from 'react';

interface TypeAheadProps {
  readonly label: string;
  /** Gets the text, with a line's end behind it once Enter was pressed; the search starts with it. */
  readonly typed: RefObject<string>;
  readonly onClose: () => void;
}

export function TypeAhead({ label, typed, onClose }: TypeAheadProps) {
  const field = useRef<HTMLInputElement>(null);
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
      <input
        ref={field}
        aria-label={label}
        onChange={(event) => {
          typed.current = event.target.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          if (event.key === 'Enter') typed.current = `${event.currentTarget.value}\n`;
        }}
      />
    </div>
  );
}
