// The Plan tab: the steps that training runs and its memory as a map, its buffers, what every pass made of the program, and
// how long everything takes. What is chosen here is shown on the canvas, what is selected there is marked here.
import { Layers } from 'lucide-react';
import { type ComponentType, useState } from 'react';
import type { PlanFacts } from '../../../engine/protocol/plans.ts';
import { useSession } from '../../state/context.tsx';
import { usePlanFacts } from '../../state/use-plan-facts.ts';
import { cx } from '../../ui/cx.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatBytes } from '../../ui/format.ts';
import { Segments } from '../segments.tsx';
import { BufferTable } from './buffer-table.tsx';
import { MemoryMap } from './memory-map.tsx';
import { type DiffProps, PassesView } from './passes-view.tsx';
import styles from './plan-panel.module.css';
import { ProfileView } from './profile-view.tsx';
import { PlanStepTable } from './step-table.tsx';
import { useSelectedPaths } from './use-selected-paths.ts';

const t = debuggerTexts.plan;

interface PlanPanelProps {
  /** Shows two texts with their differences marked. */
  readonly diff: ComponentType<DiffProps>;
}

type View = keyof typeof t.views;

export function PlanPanel({ diff }: PlanPanelProps) {
  const { plan, loading } = usePlanFacts();
  const runnable = useSession((data) => data.report?.runnable === true);
  const [view, setView] = useState<View>('steps');
  if (plan === null) {
    return (
      <p className={styles['empty']}>
        <Layers size={20} aria-hidden />
        {loading || runnable ? t.loading : t.empty}
      </p>
    );
  }
  return (
    <div className={cx(styles['panel'], loading && styles['stale'])}>
      <div className={styles['bar']}>
        <Segments label={t.view} titles={t.views} value={view} onChange={setView} />
        <Sizes plan={plan} />
      </div>
      {view === 'steps' && <StepsAndMemory plan={plan} />}
      {view === 'buffers' && <BufferTable plan={plan} />}
      {view === 'passes' && <PassesView diff={diff} />}
      {view === 'profile' && <ProfileView />}
      {view === 'text' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <pre className={styles['text']} tabIndex={0} role="region" aria-label={t.asText}>
          {plan.text}
        </pre>
      )}
    </div>
  );
}

function StepsAndMemory({ plan }: { readonly plan: PlanFacts }) {
  const [step, setStep] = useState<number | null>(null);
  const [shown, setShown] = useState<number | null>(null);
  const belongs = useSelectedPaths();
  return (
    <div className={styles['columns']}>
      <PlanStepTable plan={plan} shown={shown} belongs={belongs} onPoint={setStep} />
      <MemoryMap
        plan={plan}
        step={step}
        belongs={belongs}
        onStep={setStep}
        onShow={(index) => {
          setStep(index);
          setShown(index);
        }}
      />
    </div>
  );
}

/** Peak against the least possible and against no re-use at all, as bars of one scale. */
function Sizes({ plan }: { readonly plan: PlanFacts }) {
  const { scratchBytes, lowerBoundBytes, sumBytes, persistentBytes } = plan;
  const share = (bytes: number): string => `${sumBytes === 0 ? 0 : Math.max(1, (bytes / sumBytes) * 100)}%`;
  const bars = [
    [t.peak, scratchBytes, t.peakHint],
    [t.lowerBound, lowerBoundBytes, t.lowerBoundHint],
    [t.sum, sumBytes, t.sumHint],
  ] as const;
  return (
    <dl className={styles['sizes']}>
      {bars.map(([name, bytes, hint]) => (
        <div key={name} title={hint}>
          <dt>{name}</dt>
          <dd>
            <i style={{ width: share(bytes) }} />
            <span>{formatBytes(bytes)}</span>
          </dd>
        </div>
      ))}
      <div title={t.persistentHint}>
        <dt>{t.persistent}</dt>
        <dd>{formatBytes(persistentBytes)}</dd>
      </div>
    </dl>
  );
}
