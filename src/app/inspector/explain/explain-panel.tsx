// Where a number comes from, beside the canvas: one element at a time, with a history to walk back and forth, from the loss to a
// pixel. The canvas follows.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useView, useWorkbench } from '../../state/context.tsx';
import { nodeOfName, type Place, type Walk, walkBetween, walkTo } from '../../state/walk.ts';
import { Button } from '../../ui/button.tsx';
import { explainTexts } from '../../ui/explain-texts.ts';
import { AccountView } from './account-view.tsx';
import styles from './explain-panel.module.css';
import { follow } from './follow.ts';
import { NumberView } from './number-view.tsx';
import { useAnswer } from './use-answer.ts';
import { WalkBar } from './walk-bar.tsx';

const t = explainTexts;

/** Terms listed at first. */
const usualTerms = 12;

export function ExplainPanel() {
  const walk = useView((view) => view.walk);
  return walk && <Shown walk={walk} />;
}

function Shown({ walk }: { readonly walk: Walk }) {
  const workbench = useWorkbench();
  const { look, view } = workbench;
  const place = walk.places[walk.at] as Place;
  const key = `${place.name} ${place.index}`;
  const [more, setMore] = useState({ key, most: usualTerms });
  const most = more.key === key ? more.most : usualTerms;
  // While the next answer is on its way the last one stays: focus and pictures are not taken away.
  const { settled, last: answer } = useAnswer(`${key} ${most}`, (api) => api.explain({ ...place, most }));
  const panel = useRef<HTMLElement>(null);
  const path = nodeOfName(place.name);
  useEffect(() => void follow(workbench, path), [workbench, path]);
  // The pictures on the canvas are those of the example that the number belongs to.
  const example = settled && answer && answer.batchAxis !== null ? answer.at[answer.batchAxis] : undefined;
  useEffect(() => {
    if (example !== undefined && example !== view.getState().example) look({ example });
  }, [example, look, view]);
  useFirstFocus(panel, walk);

  const change = (to: (from: Walk) => Walk): void => {
    const now = view.getState().walk;
    if (now !== null) look({ walk: to(now) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Backspace' || (event.target as HTMLElement).closest('input, textarea, select')) return;
    event.preventDefault();
    change((now) => walkBetween(now, now.at + (event.shiftKey ? 1 : -1)));
  };
  const gradient = place.name.startsWith('grad(')
    ? place.name
    : (answer?.related.find(({ as }) => as === 'gradient')?.element.name ?? null);
  const question = gradient === null ? 'number' : walk.question;
  return (
    <section ref={panel} className={styles['panel']} aria-label={t.title} data-walk tabIndex={-1} onKeyDown={onKeyDown}>
      <WalkBar walk={walk} path={path} onGo={(at) => change((now) => walkBetween(now, at))} />
      {gradient !== null && (
        <div className={styles['switch']} role="group" aria-label={t.view}>
          {(['number', 'account'] as const).map((each) => (
            <Button
              key={each}
              pressed={question === each}
              onClick={() => change((now) => ({ ...now, question: each }))}
            >
              {t.views[each]}
            </Button>
          ))}
        </div>
      )}
      <div className={styles['content']}>
        {question === 'account' && gradient !== null ? (
          <AccountView name={gradient} />
        ) : (
          <NumberView
            name={place.name}
            answer={answer}
            settled={settled}
            onGo={(to, instead) => change((now) => walkTo(now, to, instead))}
            onMore={() => setMore({ key, most: most * 8 })}
          />
        )}
      </div>
    </section>
  );
}

/** A walk that begins takes the focus; where it goes on the focus stays with whoever asked. */
function useFirstFocus(panel: React.RefObject<HTMLElement | null>, walk: Walk): void {
  const begins = useRef(walk.places.length === 1);
  useEffect(() => {
    if (!begins.current) return;
    // A dialog that is just closing gives the focus back by then.
    const timer = setTimeout(() => {
      begins.current = false;
      // Somebody may have been quicker.
      if (!panel.current?.contains(document.activeElement)) panel.current?.focus({ preventScroll: true });
    }, 60);
    return () => clearTimeout(timer);
  }, [panel]);
}
