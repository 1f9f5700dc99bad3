// Where a number comes from: one element at a time, with a history to walk back and forth, from the loss to a pixel.
import { ArrowLeft, ArrowRight, LocateFixed } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useView, useWorkbench } from '../../state/context.tsx';
import type { Overlay } from '../../state/view-store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { explainTexts } from '../../ui/explain-texts.ts';
import { AccountView } from './account-view.tsx';
import styles from './explain.module.css';
import { NumberView } from './number-view.tsx';
import type { Place } from './place.ts';
import { useAnswer } from './use-answer.ts';

const t = explainTexts;

type Asked = Extract<Overlay, { readonly kind: 'explain' }>;

export function ExplainDialog() {
  const { look } = useWorkbench();
  const overlay = useView((view) => view.overlay);
  if (overlay?.kind !== 'explain') return null;
  return (
    <Dialog open onClose={() => look({ overlay: null })} title={t.title} size="large">
      <Walk key={`${overlay.value} ${overlay.index}`} asked={overlay} />
    </Dialog>
  );
}

/** The number looked at, among those looked at before. */
function Walk({ asked }: { readonly asked: Asked }) {
  const { look, reveal } = useWorkbench();
  const [places, setPlaces] = useState<readonly Place[]>([{ name: asked.value, index: asked.index }]);
  const [at, setAt] = useState(0);
  const [view, setView] = useState<'number' | 'account'>(asked.view ?? 'number');
  const [most, setMost] = useState(usualTerms);
  const place = places[at] as Place;
  const { settled, last } = useAnswer(`${place.name} ${place.index} ${most}`, (api) =>
    api.explain({ name: place.name, index: place.index, most }),
  );
  // While the next answer is on its way the last one stays: focus and pictures are not taken away.
  const answer = last;
  const go = (to: Place, instead = false): void => {
    setMost(usualTerms);
    setPlaces([...places.slice(0, instead ? at : at + 1), to]);
    if (!instead) setAt(at + 1);
  };
  const step = (by: number): void => {
    const to = Math.min(places.length - 1, Math.max(0, at + by));
    if (to !== at) setMost(usualTerms);
    setAt(to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Backspace' || (event.target as HTMLElement).closest('input, textarea, select')) return;
    event.preventDefault();
    step(event.shiftKey ? 1 : -1);
  };
  const gradient = place.name.startsWith('grad(')
    ? place.name
    : (answer?.related.find(({ as }) => as === 'gradient')?.element.name ?? null);
  const node = answer?.node ?? null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of what is inside, wherever the focus stands
    <div className={styles['walk']} data-walk tabIndex={-1} onKeyDown={onKeyDown}>
      <div className={styles['bar']}>
        <IconButton label={t.back} icon={ArrowLeft} disabled={at === 0} onClick={() => step(-1)} />
        <IconButton label={t.forward} icon={ArrowRight} disabled={at === places.length - 1} onClick={() => step(1)} />
        {gradient !== null && (
          <div className={styles['switch']} role="group" aria-label={t.view}>
            {(['number', 'account'] as const).map((each) => (
              <Button key={each} pressed={view === each} onClick={() => setView(each)}>
                {t.views[each]}
              </Button>
            ))}
          </div>
        )}
        <span className={styles['grow']} />
        {node !== null && (
          <Button
            icon={LocateFixed}
            onClick={() => {
              look({ overlay: null });
              void reveal(node);
            }}
          >
            {t.showOnCanvas}
          </Button>
        )}
      </div>
      {view === 'account' && gradient !== null ? (
        <AccountView name={gradient} />
      ) : (
        <NumberView key={answer?.name} answer={answer} settled={settled} onGo={go} onMore={() => setMost(most * 8)} />
      )}
    </div>
  );
}

const usualTerms = 60;
