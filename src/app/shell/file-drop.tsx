import { lazy, Suspense, useEffect, useState } from 'react';
import { useWorkbench } from '../state/context.tsx';

const DropNotice = lazy(async () => ({ default: (await import('./drop-notice.tsx')).DropNotice }));

/** Files may be dropped anywhere on the page. */
export function FileDrop() {
  const workbench = useWorkbench();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setOver(false);
      // A panel that took them has said so.
      if (event.defaultPrevented || !holdsFiles(event)) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      void import('../commands/support/files.ts').then(({ openFiles }) => openFiles(workbench, files));
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [workbench]);
  if (!over) return null;
  return (
    <Suspense>
      <DropNotice />
    </Suspense>
  );
}
