// The branches of the run: go to one, name it, forget it, compare it with the one that is open.
import { GitCompareArrows, LogIn, Trash2 } from 'lucide-react';
import type { BranchFacts, TimelineFacts } from '../../../engine/protocol/timeline.ts';
import { useWorkbench } from '../../state/context.tsx';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { TextControl } from '../../ui/forms/controls.tsx';
import { useDraft } from '../../ui/forms/use-draft.ts';
import styles from './history-view.module.css';

const t = debuggerTexts.history;

interface BranchListProps {
  readonly facts: TimelineFacts;
  readonly onFacts: (facts: TimelineFacts | null) => void;
  readonly onSwitch: (id: number) => void;
  readonly onCompare: (id: number) => void;
}

export function BranchList({ facts, onFacts, onSwitch, onCompare }: BranchListProps) {
  return (
    <table className={styles['branches']} aria-label={t.branches}>
      <thead>
        <tr>
          <th scope="col">{t.branch}</th>
          <th scope="col">{t.from}</th>
          <th scope="col">{t.origin}</th>
          <th scope="col" className={styles['number']}>
            {t.length}
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        {facts.branches.map((branch) => (
          <Row
            key={branch.id}
            branch={branch}
            here={branch.id === facts.branch}
            leaf={!facts.branches.some(({ parent }) => parent === branch.id)}
            onFacts={onFacts}
            onSwitch={onSwitch}
            onCompare={onCompare}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps extends Omit<BranchListProps, 'facts'> {
  readonly branch: BranchFacts;
  readonly here: boolean;
  /** Nothing hangs on it: it can be forgotten. */
  readonly leaf: boolean;
}

function Row({ branch, here, leaf, onFacts, onSwitch, onCompare }: RowProps) {
  const { link } = useWorkbench();
  const { id, name, parent, from, origin, length, edits } = branch;
  const draft = useDraft(name, (text) => {
    const next = text.trim();
    if (next !== '') void link.ask((api) => api.renameBranch(id, next)).then(onFacts);
    return undefined;
  });
  const last = edits.at(-1);
  return (
    <tr className={cx(here && styles['here'])} aria-current={here ? 'true' : undefined}>
      <th scope="row">
        <TextControl ids={{}} field={draft} label={t.rename(name)} />
      </th>
      <td>{parent === null ? '–' : `${from.iteration} · ${from.step}`}</td>
      <td title={last === undefined ? undefined : edits.map(editText).join('\n')}>
        {t.origins[origin]}
        {last !== undefined && <small> {editText(last)}</small>}
      </td>
      <td className={styles['number']}>{length}</td>
      <td>
        <span className={styles['actions']}>
          {here ? (
            <small>{t.here}</small>
          ) : (
            <>
              <IconButton label={t.switchTo(name)} icon={LogIn} onClick={() => onSwitch(id)} />
              <IconButton label={t.compareWith(name)} icon={GitCompareArrows} onClick={() => onCompare(id)} />
              {leaf && (
                <IconButton
                  label={t.remove(name)}
                  icon={Trash2}
                  onClick={() => void link.ask((api) => api.removeBranch(id)).then(onFacts)}
                />
              )}
            </>
          )}
        </span>
      </td>
    </tr>
  );
}

function editText({ name, value, elements }: BranchFacts['edits'][number]): string {
  if (name === null) return `${elements}`;
  return value === null ? `${name} (${elements})` : `${name} = ${formatNumber(value)}`;
}
