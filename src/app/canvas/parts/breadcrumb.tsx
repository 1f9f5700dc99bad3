import { ChevronRight, Eye } from 'lucide-react';
import { Fragment } from 'react';
import { useDocument, useSession, useView, useWorkbench } from '../../state/context.tsx';
import { instancePath, type ScopeStep } from '../../state/view-store.ts';
import { texts } from '../../ui/texts.ts';
import styles from '../canvas.module.css';

/** Folded where it was unfolded, and the other way round. */
function folded({ unfolded, ...step }: ScopeStep, steps: number): ScopeStep {
  return unfolded === undefined ? { ...step, unfolded: steps } : step;
}

/** Where we are: blocks within blocks, and which time step of a recurrence is looked at. */
export function Breadcrumb({ readOnly }: { readonly readOnly: boolean }) {
  const { look } = useWorkbench();
  const name = useDocument((data) => data.graph.name);
  const scope = useView((view) => view.scope);
  const report = useSession((session) => session.report);
  if (scope.length === 0) return null;
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
                  aria-label={`${texts.canvas.timeStep}: ${step.node}`}
                  onChange={(event) => {
                    const next = Number(event.target.value);
                    look({ scope: scope.map((each, i) => (i === depth ? { ...each, time: next } : each)) });
                  }}
                />
                <output>{texts.canvas.timeOf(time, steps)}</output>
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
