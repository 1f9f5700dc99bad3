// The breakpoints one by one; loaded with the first. What edits one is loaded when it is first opened.
import { Pencil, Trash2, TriangleAlert } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { Breakpoint, BreakpointFacts } from '../../../engine/protocol/halts.ts';
import { useView, useWorkbench } from '../../state/context.tsx';
import { breakpointId, isTyped } from '../../state/view-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { PhaseMark } from '../../ui/phase-mark.tsx';
import { plainMessage } from '../../ui/plain-message.ts';
import { texts } from '../../ui/texts.ts';
import styles from './breakpoint-rows.module.css';
import { useBreakpointFacts } from './use-breakpoint-facts.ts';

const Editor = lazy(async () => ({ default: (await import('./breakpoint-editor.tsx')).BreakpointEditor }));

const t = { ...texts.debugger, ...debuggerTexts.breakpointRow };

export function BreakpointRows() {
  const breakpoints = useView((state) => state.breakpoints);
  const facts = useBreakpointFacts();
  return (
    <ul className={styles['list']}>
      {breakpoints.map((each) => (
        <Row key={breakpointId(each)} breakpoint={each} facts={facts.get(breakpointId(each))} />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly breakpoint: Breakpoint;
  readonly facts: BreakpointFacts | undefined;
}

function Row({ breakpoint, facts }: RowProps) {
  const { look, notices, reveal, view } = useWorkbench();
  const id = breakpointId(breakpoint);
  const edited = useView((state) => state.editedBreakpoint === id);
  const { path, phase, enabled, condition, log } = breakpoint;
  const place = path === '' ? t.wholeGraph : path;
  const name = path === '' ? `${place}, ${condition}` : `${place}, ${texts.phases[phase]}`;
  const replace = (next: readonly Breakpoint[]): void =>
    look({ breakpoints: view.getState().breakpoints.flatMap((each) => (each === breakpoint ? next : [each])) });
  const remove = (): void => {
    const { breakpoints } = view.getState();
    const at = breakpoints.indexOf(breakpoint);
    replace([]);
    // A click is all it takes, and what was typed would be gone.
    if (!isTyped(breakpoint)) return;
    const putBack = (): void => look({ breakpoints: view.getState().breakpoints.toSpliced(at, 0, breakpoint) });
    notices.add({ kind: 'info', text: t.removed(name), action: { title: texts.commands.undo, run: putBack } });
  };
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
            aria-label={`${t.broken}: ${plainMessage(facts?.faults[0]?.message ?? '')}`}
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
        <IconButton label={t.removeBreakpoint(name)} icon={Trash2} onClick={remove} />
      </div>
      {edited && (
        <Suspense fallback={<p className={styles['none']}>{texts.ui.loading}</p>}>
          <Editor breakpoint={breakpoint} facts={facts} onChange={(next) => replace([next])} />
        </Suspense>
      )}
    </li>
  );
}
