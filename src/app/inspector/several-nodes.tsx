// Several nodes selected: how many, and what can be done with all of them at once.
import { Snowflake } from 'lucide-react';
import { setParameter } from '../../graph/edits/set-node.ts';
import { findOperator } from '../../operators/catalogue.ts';
import { breakpointCommand } from '../commands/breakpoint.ts';
import { CommandButton } from '../commands/command-button.tsx';
import { copyCommand } from '../commands/copy.ts';
import { duplicateCommand } from '../commands/duplicate.ts';
import { groupCommand } from '../commands/group.ts';
import { removeCommand } from '../commands/remove.ts';
import { zoomSelectionCommand } from '../commands/zoom-selection.ts';
import { useSession, useView, useWorkbench } from '../state/context.tsx';
import { instancePath } from '../state/view-store.ts';
import { Button } from '../ui/button.tsx';
import { formatBytes, formatCount } from '../ui/format.ts';
import { laterTexts } from '../ui/later-texts.ts';
import styles from './inspector.module.css';
import { useScope } from './use-selected.ts';

const t = laterTexts.inspector;

const actions = [groupCommand, duplicateCommand, copyCommand, breakpointCommand, zoomSelectionCommand, removeCommand];

export function SeveralNodes() {
  const { edit } = useWorkbench();
  const scope = useScope();
  const selection = useView((view) => view.selection);
  const steps = useView((view) => view.scope);
  const report = useSession((data) => data.report);
  const nodes = scope?.nodes.filter(({ id }) => selection.includes(id)) ?? [];
  const facts = nodes.flatMap(({ id }) => report?.nodes[instancePath(steps, id)] ?? []);
  const owned = nodes.flatMap((node) =>
    Object.keys(findOperator(node.op)?.parameters ?? {}).map((name) => ({ node, name })),
  );
  const frozen = owned.length > 0 && owned.every(({ node, name }) => node.parameters[name]?.trainable === false);
  const freeze = (): void =>
    edit(t.edits.freeze, (draft) => {
      for (const { node, name } of owned) {
        setParameter(draft, scope?.block ?? '', node.id, name, { trainable: frozen ? undefined : false });
      }
    });
  return (
    <>
      <header className={styles['head']}>
        <h2>{t.several(nodes.length)}</h2>
        <p className={styles['description']}>{nodes.map(({ id }) => id).join(', ')}</p>
      </header>
      <section className={styles['section']} aria-label={t.actions}>
        <div className={styles['column']}>
          {actions.map((command) => (
            <CommandButton key={command.id} command={command} look="plain" text={command.title} />
          ))}
          {owned.length > 0 && scope?.readOnly === false && (
            <Button icon={Snowflake} pressed={frozen} onClick={freeze}>
              {frozen ? t.unfreeze : t.freeze}
            </Button>
          )}
        </div>
      </section>
      {facts.length > 0 && (
        <section className={styles['section']} aria-label={t.sum}>
          <dl className={styles['table']}>
            <div>
              <dt>{t.parameters}</dt>
              <dd>{formatCount(facts.reduce((sum, each) => sum + each.parameterCount, 0))}</dd>
            </div>
            <div>
              <dt>{t.flops}</dt>
              <dd>{formatCount(facts.reduce((sum, each) => sum + each.flops, 0))}</dd>
            </div>
            <div>
              <dt>{t.memory}</dt>
              <dd>{formatBytes(facts.reduce((sum, each) => sum + each.bytes, 0))}</dd>
            </div>
          </dl>
        </section>
      )}
    </>
  );
}
