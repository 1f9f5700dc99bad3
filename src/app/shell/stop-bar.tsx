import { lazy, Suspense } from 'react';
import { useSession } from '../state/context.tsx';
import { isTraining } from '../state/session-store.ts';

const StopNotice = lazy(async () => ({
  default: (await import('../debugger/breakpoints/stop-notice.tsx')).StopNotice,
}));

/** Below the canvas while the run stands at a breakpoint, whatever the dock shows; loaded with the first. */
export function StopBar() {
  const stopped = useSession((data) => (data.session?.hits?.length ?? 0) > 0 && !isTraining(data));
  return (
    stopped && (
      <Suspense fallback={null}>
        <StopNotice />
      </Suspense>
    )
  );
}
