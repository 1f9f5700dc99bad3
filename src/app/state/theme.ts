// Light or dark: as chosen, or as the system is now.
import type { Theme } from '../../engine/protocol/views.ts';
import type { ThemeChoice, ViewStore } from './view-store.ts';

const query = '(prefers-color-scheme: dark)';

/** The theme that a choice means at this moment. */
export function resolveTheme(choice: ThemeChoice): Theme {
  if (choice !== 'system') return choice;
  return globalThis.matchMedia?.(query).matches ? 'dark' : 'light';
}

/** Calls back whenever what the choice means changes, and at once. Returns how to stop. */
export function followTheme(view: ViewStore, onTheme: (theme: Theme) => void): () => void {
  let last: Theme | null = null;
  const update = (): void => {
    const theme = resolveTheme(view.getState().theme);
    if (theme === last) return;
    last = theme;
    onTheme(theme);
  };
  const media = globalThis.matchMedia?.(query);
  media?.addEventListener('change', update);
  const stop = view.subscribe(update);
  update();
  return () => {
    media?.removeEventListener('change', update);
    stop();
  };
}
