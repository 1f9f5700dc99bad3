// Every breakpoint of the graph: on and off, its condition, how often it was hit, show its node, take it away. What edits one
// is loaded when it is first opened.
import { Pencil, Plus, Trash2, TriangleAlert } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { Breakpoint, BreakpointFacts } from '../../engine/protocol/halts.ts';
import { useView, useWorkbench } from '../state/context.tsx';
import { instancePath } from '../state/view-store.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { PhaseMark } from '../ui/phase-mark.tsx';
import { texts } from '../ui/texts.ts';
import styles from './breakpoint-list.module.css';
import { breakpointId, useBreakpointFacts } from './use-breakpoint-facts.ts';

const Editor = lazy(async () => ({ default: (await import('./breakpoint-editor.tsx')).BreakpointEditor }));

const t = texts.debugger;

export function BreakpointList() {
  const { look, view } = useWorkbench();
  const breakpoints = useView((state) => state.breakpoints);
  const facts = useBreakpointFacts();
  const add = (): void => {
    const { scope, selection } = view.getState();
    const path = selection.length === 1 ? instancePath(scope, selection[0] as string) : '';
    const id = freshId(breakpoints);
    look({
      breakpoints: [...breakpoints, { id, path, phase: 'forward', enabled: true, condition: '' }],
      editedBreakpoint: id,
    });
  };
  return (
    <section className={styles['list']} aria-label={t.breakpoints}>
      <div className={styles['head']}>
        {breakpoints.length === 0 && <p className={styles['none']}>{t.noBreakpoints}</p>}
        <Button look="quiet" icon={Plus} title={t.addBreakpointHint} onClick={add}>
          {t.addBreakpoint}
        </Button>
      </div>
      <ul>
        {breakpoints.map((each) => (
          <Row key={breakpointId(each)} breakpoint={each} facts={facts.get(breakpointId(each))} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly breakpoint: Breakpoint;
  readonly facts: BreakpointFacts | undefined;
}

function Row({ breakpoint, facts }: RowProps) {
  const { look, reveal, view } = useWorkbench();
  const id = breakpointId(breakpoint);
  const edited = useView((state) => state.editedBreakpoint === id);
  const { path, phase, enabled, condition, log } = breakpoint;
  const place = path === '' ? t.wholeGraph : path;
  const name = path === '' ? `${place}, ${condition}` : `${place}, ${texts.phases[phase]}`;
  const replace = (next: readonly Breakpoint[]): void =>
    look({ breakpoints: view.getState().breakpoints.flatMap((each) => (each === breakpoint ? next : [each])) });
  const said = [condition, breakpoint.hits, log && `“${log}”`].filter(Boolean).join(' · ');
  return (
    <li>
      <div className={styles['row']}>
        <input
          type="checkbox"
          checked={enabled}
          aria-label={t.enabled(name)}
          onChange={({ target }) => replace([{ ...breakpoint, enabled: target.checked }])}
        />
        {path !== '' && <PhaseMark phase={phase} />}
        <button
          type="button"
          className={styles['place']}
          disabled={path === ''}
          onClick={() => path !== '' && void reveal(path)}
        >
          {place}
        </button>
        <code className={styles['condition']} title={said}>
          {said}
        </code>
        {(facts?.faults.length ?? 0) > 0 && (
          <TriangleAlert
            size={14}
            className={styles['fault']}
            aria-label={`${t.broken}: ${facts?.faults[0]?.message}`}
          />
        )}
        {(facts?.count ?? 0) > 0 && (
          <span className={styles['count']} title={t.hitsHint(facts?.count ?? 0)}>
            {t.hits(facts?.count ?? 0)}
          </span>
        )}
        <IconButton
          label={t.editBreakpoint(name)}
          icon={Pencil}
          pressed={edited}
          onClick={() => look({ editedBreakpoint: edited ? '' : id })}
        />
        <IconButton label={t.removeBreakpoint(name)} icon={Trash2} onClick={() => replace([])} />
      </div>
      {edited && (
        <Suspense fallback={<p className={styles['none']}>{texts.ui.loading}</p>}>
          <Editor breakpoint={breakpoint} facts={facts} onChange={(next) => replace([next])} />
        </Suspense>
      )}
    </li>
  );
}

function freshId(breakpoints: readonly Breakpoint[]): string {
  for (let number = breakpoints.length + 1; ; number++) {
    const id = `b${number}`;
    if (!breakpoints.some((each) => breakpointId(each) === id)) return id;
  }
}
