// The Plan tab: the steps that training runs, and its memory as a map: every buffer a bar at its offset for the time it lives.
import { Layers } from 'lucide-react';
import { useState } from 'react';
import type { PlanFacts } from '../../engine/protocol.ts';
import { useSession, useWorkbench } from '../state/context.tsx';
import { usePlanFacts } from '../state/use-plan-facts.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { formatBytes } from '../ui/format.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { PhaseMark } from '../ui/phase-mark.tsx';
import { texts } from '../ui/texts.ts';
import { WindowList } from '../ui/window-list.tsx';
import { MemoryMap } from './memory-map.tsx';
import styles from './plan-panel.module.css';

const t = laterTexts.plan;

export function PlanPanel() {
  const { plan, loading } = usePlanFacts();
  const runnable = useSession((data) => data.report?.runnable === true);
  const [asText, setAsText] = useState(false);
  const [step, setStep] = useState<number | null>(null);
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
        <Sizes plan={plan} />
        <Button look="quiet" pressed={asText} onClick={() => setAsText(!asText)}>
          {t.asText}
        </Button>
      </div>
      {asText ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <pre className={styles['text']} tabIndex={0} role="region" aria-label={t.asText}>
          {plan.text}
        </pre>
      ) : (
        <div className={styles['columns']}>
          <StepColumn plan={plan} step={step} onStep={setStep} />
          <MemoryMap plan={plan} step={step} onStep={setStep} />
        </div>
      )}
    </div>
  );
}

/** Peak against the least possible and against no re-use at all, as bars of one scale. */
function Sizes({ plan }: { readonly plan: PlanFacts }) {
  const { scratchBytes, lowerBoundBytes, sumBytes, persistentBytes, steps, buffers } = plan;
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
      <div>
        <dt>{t.steps}</dt>
        <dd>{steps.length}</dd>
      </div>
      <div>
        <dt>{t.buffers}</dt>
        <dd>{buffers.length}</dd>
      </div>
    </dl>
  );
}

interface StepColumnProps {
  readonly plan: PlanFacts;
  readonly step: number | null;
  readonly onStep: (step: number) => void;
}

function StepColumn({ plan, step, onStep }: StepColumnProps) {
  const { reveal } = useWorkbench();
  return (
    <div className={styles['steps']}>
      <WindowList count={plan.steps.length} rowHeight={22} label={t.steps} active={step ?? undefined}>
        {(index) => {
          const each = plan.steps[index];
          if (each === undefined) return null;
          return (
            <button
              type="button"
              className={cx(styles['step'], index === step && styles['chosen'])}
              title={texts.problems.goTo}
              onMouseEnter={() => onStep(index)}
              onFocus={() => onStep(index)}
              onClick={() => each.node !== '' && void reveal(each.node)}
            >
              <span className={styles['number']}>{index}</span>
              <PhaseMark phase={each.phase} />
              <span className={styles['node']}>{each.node}</span>
              <span className={styles['label']}>{each.label}</span>
            </button>
          );
        }}
      </WindowList>
    </div>
  );
}
