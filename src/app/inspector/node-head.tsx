// Title, id, what the operator does, and what can be done with the node in the debugger.
import { ArrowRightToLine, ScanEye } from 'lucide-react';
import { renameNode } from '../../graph/edits/rename-node.ts';
import { CommandButton } from '../commands/command-button.tsx';
import { enterCommand } from '../commands/enter.ts';
import { useSession, useView, useWorkbench } from '../state/context.tsx';
import { canStep } from '../state/session-store.ts';
import { dotOf, toggledBreakpoint } from '../state/view-store.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { familyLooks } from '../ui/family-look.ts';
import { formatBytes, formatCount } from '../ui/format.ts';
import { TextControl } from '../ui/forms/controls.tsx';
import { useDraft } from '../ui/forms/use-draft.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { Message } from '../ui/message.tsx';
import { PhaseMark } from '../ui/phase-mark.tsx';
import { texts } from '../ui/texts.ts';
import styles from './inspector.module.css';
import { OperatorHelp } from './operator-help.tsx';
import type { SelectedNode } from './use-selected.ts';

const t = laterTexts.inspector;

export function NodeHead({ selected }: { readonly selected: SelectedNode }) {
  const { node, entry, facts, path } = selected;
  const { icon: Icon, color } = familyLooks[entry?.family ?? 'structure'];
  return (
    <header className={styles['head']}>
      <h2>
        <Icon size={17} color={color} aria-hidden />
        {entry?.title ?? node.block ?? node.op}
      </h2>
      <Name selected={selected} />
      {path !== node.id && <code className={styles['path']}>{path}</code>}
      {entry && <OperatorHelp entry={entry} />}
      <Actions selected={selected} />
      {facts && (
        <dl className={styles['facts']}>
          {facts.parameterCount > 0 && (
            <div>
              <dt>{t.parameters}</dt>
              <dd>{formatCount(facts.parameterCount)}</dd>
            </div>
          )}
          {facts.flops > 0 && (
            <div>
              <dt>{t.flops}</dt>
              <dd>{formatCount(facts.flops)}</dd>
            </div>
          )}
          <div>
            <dt>{t.memory}</dt>
            <dd>{formatBytes(facts.bytes)}</dd>
          </div>
        </dl>
      )}
    </header>
  );
}

function Name({ selected: { node, scope, readOnly } }: { readonly selected: SelectedNode }) {
  const { edit, look } = useWorkbench();
  const field = useDraft(node.id, (text) => {
    const fault = edit(texts.edits.rename, (draft) => renameNode(draft, scope, node.id, text.trim()));
    if (fault !== undefined) return fault.message;
    look({ selection: [text.trim()] });
    return undefined;
  });
  return (
    <div className={styles['name']}>
      <TextControl
        ids={field.fault === undefined ? {} : { 'aria-invalid': true }}
        field={field}
        disabled={readOnly}
        label={t.id}
      />
      {field.fault !== undefined && (
        <p className={styles['fault']} role="alert">
          <Message text={field.fault} />
        </p>
      )}
    </div>
  );
}

const phases = ['forward', 'backward', 'update'] as const;

function Actions({ selected: { node, entry, path } }: { readonly selected: SelectedNode }) {
  const { look, link, view } = useWorkbench();
  const steppable = useSession(canStep);
  const last = useSession((data) => data.lastSteps[path]);
  const breakpoints = useView((state) => state.breakpoints);
  const opens = entry === undefined ? node.block !== undefined : entry.expandable;
  const mine = phases.filter((phase) => last?.[phase] !== undefined);
  return (
    <div className={styles['actions']}>
      {opens && <CommandButton command={enterCommand} look="plain" text={texts.commands.enter} />}
      {entry?.traits.source === 'feed' && node.attributes['dtype'] !== 'int32' && (
        <Button
          icon={ScanEye}
          disabled={!steppable}
          onClick={() => look({ overlay: { kind: 'saliency', input: `${path}.y` } })}
        >
          {texts.commands.saliency}
        </Button>
      )}
      {mine.length > 0 && (
        <span className={styles['stops']}>
          <IconButton
            label={texts.commands.runTo}
            icon={ArrowRightToLine}
            disabled={!steppable}
            onClick={() => void link.control({ kind: 'run_to_node', path })}
          />
          {mine.map((phase) => {
            const dot = dotOf(breakpoints.filter((each) => each.path === path && each.phase === phase));
            const name = texts.debugger.breakpointAt(node.id, texts.phases[phase]);
            return (
              <button
                key={phase}
                type="button"
                className={cx(styles['stop'], styles[dot])}
                aria-label={name}
                aria-pressed={dot === 'on'}
                title={dot === 'off' ? `${name} (${texts.canvas.breakpointOff})` : name}
                onClick={() => look({ breakpoints: toggledBreakpoint(view.getState().breakpoints, path, phase) })}
              >
                <i aria-hidden />
                <PhaseMark phase={phase} faint={dot !== 'on'} />
              </button>
            );
          })}
        </span>
      )}
    </div>
  );
}
