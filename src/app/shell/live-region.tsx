import { useSession } from '../state/context.tsx';
import { lastStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';

/** Tells screen readers which step was made. */
export function LiveRegion() {
  const message = useSession((data) => {
    const step = lastStep(data);
    if (step === undefined || data.session === null || data.session.stoppedBy === 'end') return '';
    const { cursor, stepCount } = data.session;
    return texts.status.announceStep(`${step.node} ${step.label}`, step.phase, cursor, stepCount);
  });
  return (
    <output className="visually-hidden" aria-live="polite">
      {message}
    </output>
  );
}
