// The way so far: back and forward, and every number on it. One tab stop; arrow keys choose.
import { ArrowLeft, ArrowRight, LocateFixed } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { walkBackCommand } from '../../commands/walk-back.ts';
import { walkForwardCommand } from '../../commands/walk-forward.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';
import type { Place, Walk } from '../../state/walk.ts';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { indexText } from '../../ui/index-text.ts';
import styles from './walk-bar.module.css';

const t = explainTexts;

interface WalkBarProps {
  readonly walk: Walk;
  /** Of the node that the number belongs to; '' for none. */
  readonly path: string;
  readonly onGo: (at: number) => void;
}

export function WalkBar({ walk: { places, at }, path, onGo }: WalkBarProps) {
  const { reveal } = useWorkbench();
  const list = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another number is looked at
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>('[aria-current]');
    if (list.current && current)
      list.current.scrollLeft = current.offsetLeft + current.offsetWidth / 2 - list.current.clientWidth / 2;
  }, [at, places]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || event.altKey) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    buttons[buttons.indexOf(event.target as HTMLButtonElement) + by]?.focus();
  };
  return (
    <div className={styles['bar']}>
      <IconButton
        label={t.back}
        keys={walkBackCommand.keys[0]}
        icon={ArrowLeft}
        disabled={at === 0}
        onClick={() => onGo(at - 1)}
      />
      <IconButton
        label={t.forward}
        keys={walkForwardCommand.keys[0]}
        icon={ArrowRight}
        disabled={at === places.length - 1}
        onClick={() => onGo(at + 1)}
      />
      <nav className={styles['way']} aria-label={t.walked}>
        <ol ref={list} onKeyDown={onKeyDown}>
          {places.map((place, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a number on the way is its place there
            <li key={i}>
              <Crumb place={place} current={i === at} ahead={i > at} onGo={() => onGo(i)} />
            </li>
          ))}
        </ol>
      </nav>
      {path !== '' && <IconButton label={t.showOnCanvas} icon={LocateFixed} onClick={() => void reveal(path)} />}
    </div>
  );
}

interface CrumbProps {
  readonly place: Place;
  readonly current: boolean;
  /** It was looked at later. */
  readonly ahead: boolean;
  readonly onGo: () => void;
}

function Crumb({ place, current, ahead, onGo }: CrumbProps) {
  const shape = useSession((data) => data.report?.values[place.name]?.shape);
  const name = t.element(place.name, shape === undefined ? '' : indexText(shape, place.index));
  return (
    <button
      type="button"
      className={cx(styles['crumb'], ahead && styles['ahead'])}
      tabIndex={current ? 0 : -1}
      title={name}
      aria-label={name}
      {...(current ? { 'aria-current': 'step' as const } : {})}
      onClick={onGo}
    >
      {shortName(place.name)}
    </button>
  );
}

/** `conv1.y` is conv1, `grad(rnn/cell.h)` ∂cell.h: the whole name stands below. */
function shortName(name: string): string {
  const [, form = '', inner = name] = /^(\w+)\((.*)\)(?::in)?$/.exec(name) ?? [];
  const own = inner.slice(inner.lastIndexOf('/') + 1).replace(/\.y$/, '');
  return form === 'grad' ? `∂${own}` : form === '' ? own : `${form}(${own})`;
}
