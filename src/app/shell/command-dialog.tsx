import { lazy, Suspense } from 'react';
import { useView } from '../state/context.tsx';

const Search = lazy(async () => ({ default: (await import('./command-search.tsx')).CommandSearch }));

/** The command palette (Ctrl+K) and find (Ctrl+F), loaded when first asked for. */
export function CommandDialog() {
  const kind = useView((view) => view.overlay?.kind);
  if (kind !== 'commands' && kind !== 'find') return null;
  return (
    <Suspense fallback={null}>
      <Search key={kind} kind={kind} />
    </Suspense>
  );
}
