// One field for everything: commands with their keys, nodes of the graph, operators to add, examples to open.

import { Command as Cmdk } from 'cmdk';
import { type ReactNode, type RefObject, useLayoutEffect, useMemo, useState } from 'react';
import { allOperators, findOperator } from '../../operators/catalogue.ts';
import { formatShape } from '../../tensor/shape.ts';
import type { Command } from '../commands/command.ts';
import { commandIcons } from '../commands/command-icons.ts';
import { commands } from '../commands/commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { addOperator } from '../commands/support/add-operator.ts';
import { openExample } from '../commands/support/open-example.ts';
import { shownKeys } from '../commands/use-command.ts';
import { useDocument, useWorkbench } from '../state/context.tsx';
import { listExamples } from '../state/examples.ts';
import { familyLooks } from '../ui/family-look.ts';
import { fuzzyScore } from '../ui/fuzzy.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { texts } from '../ui/texts.ts';
import { useFocusBack } from '../ui/use-focus-back.ts';
import styles from './command-search.module.css';

interface FoundNode {
  readonly path: string;
  readonly title: string;
  readonly shape: string;
}

interface CommandSearchProps {
  readonly kind: 'commands' | 'find';
  /** What was typed before the search was there. */
  readonly typed: RefObject<string>;
}

export function CommandSearch({ kind, typed }: CommandSearchProps) {
  const workbench = useWorkbench();
  const close = (): void => workbench.look({ overlay: null });
  const [query, setQuery] = useState('');
  useFocusBack();
  useLayoutEffect(() => {
    // Read where this takes the place of what stood in: keys may have come since it was first rendered.
    const given = typed.current;
    setQuery(given.trimEnd());
    // Once the dialog has focused its field, and marked what stands in it.
    const timer = setTimeout(() => {
      typed.current = '';
      const field = document.activeElement;
      if (!(field instanceof HTMLInputElement)) return;
      field.setSelectionRange(field.value.length, field.value.length);
      if (given.endsWith('\n')) field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    }, 30);
    return () => clearTimeout(timer);
  }, [typed]);
  const nodes = useNodes();
  const choose = (run: () => void): void => {
    close();
    // Behind the dialog's own end, which hands the focus back: what the command opens is to have it.
    setTimeout(() => setTimeout(run));
  };
  const nodeItems = nodes.map(({ path, title, shape }) => (
    <Cmdk.Item
      key={path}
      className={styles['item']}
      value={`${path} ${title} ${shape}`}
      onSelect={() => choose(() => void workbench.reveal(path))}
    >
      <span>
        {title} <code>{path}</code>
      </span>
      <code>{shape}</code>
    </Cmdk.Item>
  ));
  const searching = query.trim() !== '';
  const canAdd = workbench.scope()?.readOnly === false;
  const operatorItem = ({ id, title, family }: ReturnType<typeof allOperators>[number]) => {
    const { icon: Icon, color } = familyLooks[family];
    return (
      <Cmdk.Item
        key={id}
        className={styles['item']}
        value={`${title} ${id}, ${laterTexts.canvas.addOperator}`}
        onSelect={() => choose(() => addOperator(workbench, { op: id }, title))}
      >
        <span className={styles['withIcon']}>
          <Icon size={15} color={color} aria-hidden />
          {title}
        </span>
        <small>{laterTexts.canvas.addOperator}</small>
      </Cmdk.Item>
    );
  };
  // The best first, whatever its group: groups stay in their order.
  const Group = searching ? Ungrouped : GroupOfItems;
  return (
    <Cmdk.Dialog
      open
      onOpenChange={(open) => !open && close()}
      label={kind === 'find' ? texts.commands.find : texts.commands.palette}
      overlayClassName={styles['overlay'] ?? ''}
      contentClassName={styles['dialog'] ?? ''}
      filter={(value, search) => Math.max(0, (fuzzyScore(search, value) ?? -1) + 1) / 100}
      loop
    >
      <Cmdk.Input
        className={styles['input']}
        value={query}
        onValueChange={setQuery}
        placeholder={kind === 'find' ? laterTexts.canvas.findPlaceholder : texts.commands.placeholder}
      />
      <Cmdk.List className={styles['list']}>
        <Cmdk.Empty className={styles['empty']}>
          {/* A list box without options is a fault to those who hear it. */}
          <span role="option" aria-disabled aria-selected={false} tabIndex={-1}>
            {texts.ui.noHits}
          </span>
        </Cmdk.Empty>
        {kind === 'commands' &&
          Object.entries(texts.commands.groups).map(([group, heading]) => (
            <Group key={group} heading={heading}>
              {commands
                .filter((command) => command.group === group && command.enabled(workbench))
                .map((command) => (
                  <Cmdk.Item
                    key={command.id}
                    className={styles['item']}
                    value={`${command.titleNow?.(workbench) ?? command.title} ${heading}`}
                    onSelect={() => choose(() => runCommand(command, workbench))}
                  >
                    <span className={styles['withIcon']}>
                      <CommandIcon command={command} />
                      {command.titleNow?.(workbench) ?? command.title}
                    </span>
                    {shownKeys(command) && <kbd>{shownKeys(command)}</kbd>}
                  </Cmdk.Item>
                ))}
            </Group>
          ))}
        {kind === 'commands' ? (
          <>
            <Group heading={texts.commands.examples}>
              {listExamples().map((example) => (
                <Cmdk.Item
                  key={example.id}
                  className={styles['item']}
                  value={`${example.title} ${texts.commands.examples}`}
                  onSelect={() => choose(() => void openExample(workbench, example))}
                >
                  <span className={styles['withIcon']}>
                    <i />
                    {example.title}
                  </span>
                </Cmdk.Item>
              ))}
            </Group>
            <Group heading={laterTexts.canvas.outline}>{nodeItems}</Group>
            {searching && canAdd && allOperators().map(operatorItem)}
          </>
        ) : (
          nodeItems
        )}
      </Cmdk.List>
    </Cmdk.Dialog>
  );
}

interface GroupProps {
  readonly heading: string;
  readonly children: ReactNode;
}

function GroupOfItems({ heading, children }: GroupProps) {
  return (
    <Cmdk.Group heading={heading} className={styles['group']}>
      {children}
    </Cmdk.Group>
  );
}

function Ungrouped({ children }: GroupProps) {
  return children;
}

/** Every node of the graph, those inside blocks too. */
function useNodes(): readonly FoundNode[] {
  const graph = useDocument((data) => data.graph);
  const { session } = useWorkbench();
  return useMemo(() => {
    const report = session.getState().report;
    const found: FoundNode[] = [];
    const visit = (nodes: typeof graph.nodes, prefix: string, depth: number): void => {
      for (const node of nodes) {
        const path = prefix === '' ? node.id : `${prefix}/${node.id}`;
        const facts = report?.nodes[path];
        const output = facts && Object.values(facts.outputs)[0];
        const value = output === undefined ? undefined : report?.values[output];
        found.push({
          path,
          title: node.title ?? findOperator(node.op)?.title ?? node.block ?? node.op,
          shape: value ? formatShape(value.shape) : '',
        });
        const inside = node.block === undefined ? undefined : graph.blocks[node.block];
        if (inside && depth < 8) visit(inside.nodes, node.op === 'recurrence' ? `${path}[0]` : path, depth + 1);
      }
    };
    visit(graph.nodes, '', 0);
    return found;
  }, [graph, session]);
}

function CommandIcon({ command }: { readonly command: Command }) {
  const Icon = command.icon ?? commandIcons[command.id];
  return Icon ? <Icon size={15} aria-hidden /> : <i />;
}
