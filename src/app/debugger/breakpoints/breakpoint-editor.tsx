// The settings of one breakpoint: where, under which condition, at which hits, and whether it only writes a line.
import { useId, useMemo } from 'react';
import type { Breakpoint, BreakpointFacts } from '../../../engine/protocol/halts.ts';
import { parseCondition } from '../../../language/condition.ts';
import { parseHitCount } from '../../../language/hit-count.ts';
import { parseLogMessage } from '../../../language/log-message.ts';
import { useSession } from '../../state/context.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { SelectControl, TextControl } from '../../ui/forms/controls.tsx';
import { Field } from '../../ui/forms/field.tsx';
import { useDraft } from '../../ui/forms/use-draft.ts';
import { Message } from '../../ui/message.tsx';
import { texts } from '../../ui/texts.ts';
import { ConditionField } from '../conditions/condition-field.tsx';
import { knownNames } from '../conditions/known-names.ts';
import { nodePaths } from '../conditions/node-paths.ts';
import styles from './breakpoint-editor.module.css';

const t = debuggerTexts.breakpoint;
const phases = ['forward', 'backward', 'update'] as const;

interface BreakpointEditorProps {
  readonly breakpoint: Breakpoint;
  readonly facts: BreakpointFacts | undefined;
  readonly onChange: (next: Breakpoint) => void;
}

export function BreakpointEditor({ breakpoint, facts, onChange }: BreakpointEditorProps) {
  const report = useSession((data) => data.report);
  const { path, phase } = breakpoint;
  const known = useMemo(() => knownNames(report, path), [report, path]);
  const paths = useMemo(() => nodePaths(report, path), [report, path]);
  const set = (change: Partial<Record<'condition' | 'hits' | 'log', string>>): void => {
    const next = { ...breakpoint, ...change };
    // What is empty is not there.
    const { condition, hits, log, ...rest } = next;
    onChange({
      ...rest,
      ...(condition ? { condition } : {}),
      ...(hits ? { hits } : {}),
      ...(log ? { log } : {}),
    });
  };
  const hits = useDraft(breakpoint.hits ?? '', (text) => {
    if (text.trim() !== '' && parseHitCount(text) === undefined) return t.hitsFault;
    set({ hits: text.trim() });
    return undefined;
  });
  const faultOf = (field: 'condition' | 'log') => facts?.faults.find((each) => each.field === field) ?? null;
  const label = useId();
  return (
    <div className={styles['editor']}>
      <div className={styles['place']}>
        <Field label={t.node}>
          {(ids) => (
            <SelectControl
              ids={ids}
              value={path}
              options={[
                { value: '', title: debuggerTexts.breakpointRow.wholeGraph },
                ...paths.map((each) => ({ value: each, title: each })),
              ]}
              onChange={(next) => onChange({ ...breakpoint, path: next })}
            />
          )}
        </Field>
        {path !== '' && (
          <Field label={t.phase}>
            {(ids) => (
              <SelectControl
                ids={ids}
                value={phase}
                options={phases.map((each) => ({ value: each, title: texts.phases[each] }))}
                onChange={(next) => onChange({ ...breakpoint, phase: next })}
              />
            )}
          </Field>
        )}
      </div>
      <div className={styles['line']}>
        <span id={`${label}-condition`}>{t.condition}</span>
        <ConditionField
          label={t.condition}
          value={breakpoint.condition ?? ''}
          placeholder={t.conditionHint}
          known={known}
          check={conditionFault}
          fault={faultOf('condition')}
          onCommit={(condition) => set({ condition })}
        />
      </div>
      <Field
        label={t.hits}
        hint={t.hitsHint}
        fault={hits.fault ?? facts?.faults.find((each) => each.field === 'hits')?.message}
      >
        {(ids) => <TextControl ids={ids} field={hits} />}
      </Field>
      <div className={styles['line']}>
        <span>{t.log}</span>
        <ConditionField
          label={t.log}
          value={breakpoint.log ?? ''}
          placeholder={t.logHint}
          known={known}
          braces
          check={(text) => {
            const parsed = parseLogMessage(text);
            return parsed.ok ? null : parsed.fault;
          }}
          fault={faultOf('log')}
          onCommit={(log) => set({ log })}
        />
      </div>
      {facts !== undefined && facts.cursors.length > 0 && (
        <p className={styles['note']}>{t.asked(facts.cursors.map((cursor) => t.before(cursor)).join(', '))}</p>
      )}
      {facts?.faults
        .filter(({ field }) => field === 'path')
        .map(({ message }) => (
          <p key={message} className={styles['fault']}>
            <Message text={message} />
          </p>
        ))}
    </div>
  );
}

function conditionFault(text: string) {
  const parsed = parseCondition(text);
  return parsed.ok ? null : parsed.fault;
}
