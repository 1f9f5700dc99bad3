// What can be done where somebody pressed the right button, or with the selection: entries are commands, those that do not
// fit are left out.
import { useStoreApi } from '@xyflow/react';
import { addNodeCommand } from '../../commands/add-node.ts';
import { addNoteCommand } from '../../commands/add-note.ts';
import { breakpointCommand } from '../../commands/breakpoint.ts';
import type { Command } from '../../commands/command.ts';
import { connectNodeCommand } from '../../commands/connect-node.ts';
import { copyCommand } from '../../commands/copy.ts';
import { cutCommand } from '../../commands/cut.ts';
import { duplicateCommand } from '../../commands/duplicate.ts';
import { enterCommand } from '../../commands/enter.ts';
import { fitCommand } from '../../commands/fit.ts';
import { groupCommand } from '../../commands/group.ts';
import { layoutCommand } from '../../commands/layout.ts';
import { leaveCommand } from '../../commands/leave.ts';
import { pasteCommand } from '../../commands/paste.ts';
import { removeCommand } from '../../commands/remove.ts';
import { runCommand } from '../../commands/run-command.ts';
import { runToCommand } from '../../commands/run-to.ts';
import { saliencyCommand } from '../../commands/saliency.ts';
import { selectAllCommand } from '../../commands/select-all.ts';
import { ungroupCommand } from '../../commands/ungroup.ts';
import { shownKeys } from '../../commands/use-command.ts';
import { viewValueCommand } from '../../commands/view-value.ts';
import { useView, useWorkbench } from '../../state/context.tsx';
import type { MenuEntry } from '../../ui/menu-entry.ts';
import { OpenMenu } from '../../ui/open-menu.tsx';
import { texts } from '../../ui/texts.ts';
import { useFocusBack } from '../../ui/use-focus-back.ts';
import styles from '../canvas.module.css';
import type { ScopeFlow } from '../use-scope-flow.ts';

/** Groups of entries, a line between them. */
const ofNodes: readonly (readonly Command[])[] = [
  [enterCommand, viewValueCommand, saliencyCommand, connectNodeCommand],
  [breakpointCommand, runToCommand],
  [cutCommand, copyCommand, duplicateCommand, removeCommand],
  [groupCommand, ungroupCommand],
];
const ofWiresAndNotes: readonly (readonly Command[])[] = [[removeCommand]];
const ofCanvas: readonly (readonly Command[])[] = [
  [addNodeCommand, addNoteCommand, pasteCommand],
  [selectAllCommand, layoutCommand, fitCommand, leaveCommand],
];

interface ContextMenuProps {
  readonly at: readonly [x: number, y: number] | null;
  readonly flow: ScopeFlow;
}

export function ContextMenu({ at, flow }: ContextMenuProps) {
  const workbench = useWorkbench();
  const store = useStoreApi();
  useFocusBack();
  const selection = useView((view) => view.selection);
  const others = useView((view) => view.selectedEdges.length + view.selectedNotes.length);
  const close = (): void => {
    if (workbench.view.getState().overlay?.kind === 'menu') workbench.look({ overlay: null });
  };
  const groups = selection.length > 0 ? ofNodes : others > 0 ? ofWiresAndNotes : ofCanvas;
  const place = at ?? besideSelection();
  const entries = groups
    .map((group) => group.filter((command) => command.enabled(workbench)))
    .filter((group) => group.length > 0)
    .flatMap((group, i): readonly MenuEntry[] => [
      ...(i === 0 ? [] : [{ kind: 'line', id: `line ${i}` } as const]),
      ...group.map(
        (command): MenuEntry => ({
          kind: 'item',
          id: command.id,
          title: command.titleNow?.(workbench) ?? command.title,
          keys: shownKeys(command),
          danger: command === removeCommand,
          run: () => {
            close();
            // Something new goes where the menu was opened.
            if (command === addNodeCommand && workbench.canvas.current)
              workbench.look({ overlay: { kind: 'add', at: workbench.canvas.current.placeAt(...place) } });
            else runCommand(command, workbench);
          },
        }),
      ),
    ]);

  /** The right upper corner of the first selected node, or the middle of the canvas. */
  function besideSelection(): readonly [number, number] {
    const { domNode, transform, width, height } = store.getState();
    const box = domNode?.getBoundingClientRect();
    const [left, top] = [box?.left ?? 0, box?.top ?? 0];
    const node = flow.nodes.find(({ id }) => selection.includes(id));
    if (node === undefined) return [left + width / 2, top + height / 2];
    const [x, y, zoom] = transform;
    return [left + x + (node.position.x + node.data.geometry.width) * zoom, top + y + (node.position.y + 16) * zoom];
  }

  return (
    <OpenMenu entries={entries} onClose={close}>
      <button
        type="button"
        className={styles['menuPoint']}
        style={{ left: place[0], top: place[1] }}
        aria-label={texts.commands.menu}
        tabIndex={-1}
      />
    </OpenMenu>
  );
}
