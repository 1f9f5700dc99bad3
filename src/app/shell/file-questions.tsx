// What opening a file puts before the page: how far it is, after a second, and sizes that it leaves open.
import { lazy, Suspense, useEffect, useState } from 'react';
import { useSession, useView } from '../state/context.tsx';

const FileProgress = lazy(async () => ({ default: (await import('./file-progress.tsx')).FileProgress }));
const SizesDialog = lazy(async () => ({ default: (await import('./sizes-dialog.tsx')).SizesDialog }));

/** Nobody is told of what is done at once. */
const quietMs = 1000;

export function FileQuestions() {
  const name = useSession((data) => data.reading?.name);
  const asks = useView((view) => view.question !== null);
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (name === undefined) return;
    const timer = setTimeout(() => setSlow(true), quietMs);
    return () => clearTimeout(timer);
  }, [name]);
  return (
    <Suspense fallback={null}>
      {asks && <SizesDialog />}
      {name !== undefined && slow && <FileProgress />}
    </Suspense>
  );
}
