import { lazy, Suspense, useEffect } from 'react';
import { useView } from '../state/context.tsx';

const load = () => import('./command-search.tsx');
const Search = lazy(async () => ({ default: (await load()).CommandSearch }));

/** The command palette (Ctrl+K) and find (Ctrl+F). */
export function CommandDialog() {
  const kind = useView((view) => view.overlay?.kind);
  // It comes with the first free moment, so that typing right after the shortcut loses no letter.
  useEffect(() => {
    const timer = setTimeout(load, 2000);
    return () => clearTimeout(timer);
  }, []);
  if (kind !== 'commands' && kind !== 'find') return null;
  return (
    <Suspense fallback={null}>
      <Search key={kind} kind={kind} />
    </Suspense>
  );
}
