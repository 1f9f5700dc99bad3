// All operators by family, searchable. An entry is dragged onto the canvas, or added with Enter or a double click.
import { Search } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { NewNode } from '../../graph/edits/add-node.ts';
import { allOperators } from '../../operators/catalogue.ts';
import { addOperator } from '../commands/support/add-operator.ts';
import { useDocument, useView, useWorkbench } from '../state/context.tsx';
import { dragNewNode } from '../ui/drag-new-node.ts';
import { type FamilyId, familyLooks } from '../ui/family-look.ts';
import { fuzzySearch } from '../ui/fuzzy.ts';
import { texts } from '../ui/texts.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import styles from './palette.module.css';

type Details = typeof import('../../operators/catalogue-details.ts');

interface Entry {
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  readonly family: FamilyId;
  readonly search: readonly string[];
  readonly node: NewNode;
}

export function Palette() {
  const [query, setQuery] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const blocks = useDocument((data) => data.graph.blocks);
  const scope = useView((view) => view.scope);
  const { scope: scopeNow } = useWorkbench();
  const [details, loadDetails] = useDetails();
  const entries = useMemo(() => {
    const own = scope.length === 0 ? null : scopeNow()?.block;
    return [
      ...operatorEntries(details),
      ...Object.keys(blocks)
        .filter((name) => name !== own)
        .map(blockEntry),
    ];
  }, [blocks, scope, scopeNow, details]);
  const groups = useMemo(() => grouped(entries, query), [entries, query]);
  // Tab reaches one entry, the last that was looked at; the arrow keys go on from there.
  const [reached, setReached] = useState('');
  const shown = groups.flatMap((group) => group.entries);
  const reachable = shown.find(({ key }) => key === reached)?.key ?? shown[0]?.key;
  return (
    <div className={styles['palette']}>
      <label className={styles['search']}>
        <Search size={14} aria-hidden />
        <input
          type="search"
          value={query}
          placeholder={texts.palette.search}
          aria-label={texts.palette.search}
          onFocus={loadDetails}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setQuery('');
            if (event.key === 'ArrowDown' || event.key === 'Enter') {
              event.preventDefault();
              const first = list.current?.querySelector('button');
              if (event.key === 'ArrowDown') first?.focus();
              else first?.click();
            }
          }}
        />
      </label>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the buttons inside */}
      <div
        className={styles['list']}
        ref={list}
        onKeyDown={moveFocus}
        onPointerEnter={loadDetails}
        onFocus={loadDetails}
      >
        {groups.length === 0 && <p className={styles['none']}>{texts.ui.noHits}</p>}
        {groups.map(({ heading, entries: inside }) => (
          <section key={heading} aria-label={heading}>
            <h2 className={styles['heading']}>{heading}</h2>
            {inside.map((entry) => (
              <PaletteEntry
                key={entry.key}
                entry={entry}
                reachable={entry.key === reachable}
                onReach={() => setReached(entry.key)}
              />
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}

/** What each operator does, and by which words it is found, is loaded when the palette is first reached. */
function useDetails(): readonly [details: Details | null, load: () => void] {
  const [details, setDetails] = useState<Details | null>(null);
  const load = (): void => {
    if (details === null) void import('../../operators/catalogue-details.ts').then(setDetails);
  };
  return [details, load];
}

interface PaletteEntryProps {
  readonly entry: Entry;
  readonly reachable: boolean;
  readonly onReach: () => void;
}

function PaletteEntry({ entry, reachable, onReach }: PaletteEntryProps) {
  const workbench = useWorkbench();
  const { icon: Icon, color } = familyLooks[entry.family];
  const add = (): void => addOperator(workbench, entry.node, entry.title);
  return (
    <Tooltip side="right" text={entry.detail === entry.title ? entry.title : `${entry.title}: ${entry.detail}`}>
      <button
        type="button"
        className={styles['entry']}
        tabIndex={reachable ? 0 : -1}
        onFocus={onReach}
        draggable
        onDragStart={(event) => dragNewNode(event.dataTransfer, entry.node)}
        // One click would add at every try to drag: the mouse adds with two, the keyboard with Enter.
        onClick={(event) => event.detail === 0 && add()}
        onDoubleClick={add}
      >
        <Icon size={14} color={color} aria-hidden />
        <span>{entry.title}</span>
      </button>
    </Tooltip>
  );
}

function moveFocus(event: React.KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + 10,
    PageUp: at - 10,
    Home: 0,
    End: buttons.length - 1,
  };
  const to = targets[event.key];
  if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  buttons[Math.min(buttons.length - 1, Math.max(0, to))]?.focus();
}

function operatorEntries(details: Details | null): readonly Entry[] {
  return allOperators().map(({ id, title, family }) => {
    const { summary = title, keywords = [] } = details?.describeOperator(id) ?? {};
    return { key: id, title, detail: summary, family, search: [title, id, ...keywords], node: { op: id } };
  });
}

function blockEntry(name: string): Entry {
  return {
    key: `block ${name}`,
    title: name,
    detail: texts.palette.block,
    family: 'structure',
    search: [name],
    node: { op: 'block', block: name },
  };
}

function grouped(entries: readonly Entry[], query: string): readonly { heading: string; entries: readonly Entry[] }[] {
  const hits =
    query.trim() === '' ? entries : fuzzySearch(query, entries, (entry) => entry.search).map(({ item }) => item);
  const groups = (Object.keys(familyLooks) as FamilyId[]).map((family) => ({
    heading: family === 'structure' ? texts.palette.blocks : texts.families[family],
    entries: hits.filter((entry) => entry.family === family),
    best: hits.findIndex((entry) => entry.family === family),
  }));
  const shown = groups.filter((group) => group.entries.length > 0);
  return query.trim() === '' ? shown : shown.sort((a, b) => a.best - b.best);
}
