import { ChevronRight, Eye } from 'lucide-react';
import { Fragment } from 'react';
import { useDocument, useSession, useView, useWorkbench } from '../../state/context.tsx';
import type { TimeWindow } from '../../state/unfold.ts';
import { instancePath, type ScopeStep } from '../../state/view-store.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { texts } from '../../ui/texts.ts';
import styles from '../canvas.module.css';

const t = laterTexts.unfolding;

/** Folded where it was unfolded, and the other way round. */
function folded({ unfolded, first, ...step }: ScopeStep, steps: number): ScopeStep {
  // What was looked at stays in view, either way.
  if (unfolded === undefined) return { ...step, unfolded: steps, first: step.time ?? 0 };
  return { ...step, time: Math.min(steps - 1, Math.max(step.time ?? 0, first ?? 0)) };
}

/** Where we are: blocks within blocks, and which time step of a recurrence is looked at. */
export function Breadcrumb({ readOnly, window }: { readonly readOnly: boolean; readonly window?: TimeWindow }) {
  const { look } = useWorkbench();
  const name = useDocument((data) => data.graph.name);
  const scope = useView((view) => view.scope);
  const report = useSession((session) => session.report);
  if (scope.length === 0) return null;
  const change = (depth: number, next: Partial<ScopeStep>): void =>
    look({ scope: scope.map((each, i) => (i === depth ? { ...each, ...next } : each)) });
  const goTo = (depth: number): void => look({ scope: scope.slice(0, depth), selection: [], selectedEdges: [] });
  return (
    <nav className={styles['breadcrumb']} aria-label={texts.canvas.inside(scope.map(({ node }) => node).join(' / '))}>
      <button type="button" onClick={() => goTo(0)}>
        {name}
      </button>
      {scope.map((step, depth) => {
        const path = instancePath(scope.slice(0, depth), step.node);
        const steps = report?.nodes[path]?.steps;
        const time = step.time;
        return (
          <Fragment key={path}>
            <ChevronRight size={14} aria-hidden />
            <button
              type="button"
              aria-current={depth === scope.length - 1 ? 'location' : undefined}
              onClick={() => goTo(depth + 1)}
            >
              {step.node}
            </button>
            {time !== undefined && steps !== undefined && depth === scope.length - 1 && (
              <button
                type="button"
                aria-pressed={step.unfolded !== undefined}
                onClick={() =>
                  look({ scope: scope.map((each, i) => (i === depth ? folded(each, steps) : each)), selection: [] })
                }
              >
                {texts.canvas.unfolded}
              </button>
            )}
            {time !== undefined && steps !== undefined && step.unfolded === undefined && (
              <label className={styles['time']}>
                <input
                  type="range"
                  min={0}
                  max={Math.max(0, steps - 1)}
                  value={time}
                  aria-label={`${laterTexts.canvas.timeStep}: ${step.node}`}
                  onChange={(event) => change(depth, { time: Number(event.target.value) })}
                />
                <output>{laterTexts.canvas.timeOf(time, steps)}</output>
              </label>
            )}
            {window !== undefined && window.count < window.steps && depth === scope.length - 1 && (
              <label className={styles['time']} title={t.windowHint}>
                <input
                  type="range"
                  min={0}
                  max={window.steps - window.count}
                  value={window.first}
                  aria-label={`${t.window}: ${step.node}`}
                  onChange={(event) => change(depth, { first: Number(event.target.value) })}
                />
                <output>{t.windowOf(window.first, window.first + window.count - 1, window.steps)}</output>
              </label>
            )}
          </Fragment>
        );
      })}
      {readOnly && (
        <span className={styles['readOnly']}>
          <Eye size={13} aria-hidden /> {texts.canvas.readOnly}
        </span>
      )}
    </nav>
  );
}
