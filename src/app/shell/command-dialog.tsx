import { lazy, Suspense, useRef } from 'react';
import { useView, useWorkbench } from '../state/context.tsx';
import { texts } from '../ui/texts.ts';
import { TypeAhead } from '../ui/type-ahead.tsx';

const Search = lazy(async () => ({ default: (await import('./command-search.tsx')).CommandSearch }));

/** The command palette (Ctrl+K) and find (Ctrl+F). */
export function CommandDialog() {
  const { look } = useWorkbench();
  const kind = useView((view) => view.overlay?.kind);
  const typed = useRef('');
  if (kind !== 'commands' && kind !== 'find') return null;
  const label = kind === 'find' ? texts.commands.find : texts.commands.palette;
  return (
    <Suspense fallback={<TypeAhead label={label} typed={typed} onClose={() => look({ overlay: null })} />}>
      <Search key={kind} kind={kind} typed={typed} />
    </Suspense>
  );
}
