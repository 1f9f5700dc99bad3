// How it is trained: passes, batch, optimiser, schedule, penalties, limits.
import type { ReactNode } from 'react';
import { setTraining } from '../../graph/edits/set-training.ts';
import { allSchedules, findSchedule } from '../../graph/schedules.ts';
import type { Penalty, Training } from '../../graph/schema.ts';
import { allOptimizers, findOptimizer } from '../../operators/catalogue-details.ts';
import { useDocument, useWorkbench } from '../state/context.tsx';
import { SelectControl } from '../ui/forms/controls.tsx';
import { Field } from '../ui/forms/field.tsx';
import { SchemaForm } from '../ui/forms/schema-form.tsx';
import { ValueField } from '../ui/forms/value-field.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import styles from './training-panel.module.css';

const t = laterTexts.training;
const wholeFromOne = { type: 'integer', minimum: 1, maximum: 1_000_000 } as const;
const notNegative = { type: 'number', minimum: 0 } as const;

export function OptimizationSection() {
  const { edit } = useWorkbench();
  const training = useDocument((state) => state.graph.training);
  const change = (patch: Parameters<typeof setTraining>[1], merge = ''): void =>
    edit(t.edits.setup, (draft) => setTraining(draft, patch), `training ${merge}`);
  const { clip, penalty, epochs, batch, numerics } = training;
  return (
    <div className={styles['section']}>
      <h3>{t.optimization}</h3>
      <ValueField
        label={t.epochs}
        schema={{ ...wholeFromOne, default: 10 }}
        value={epochs === 10 ? undefined : epochs}
        onChange={(value) => change({ epochs: (value as number | undefined) ?? 10 }, 'epochs')}
      />
      <ValueField
        label={t.batch}
        hint={t.batchHint}
        schema={{ ...wholeFromOne, default: 32 }}
        value={batch === 32 ? undefined : batch}
        onChange={(value) => change({ batch: (value as number | undefined) ?? 32 }, 'batch')}
      />
      <Optimizer training={training} change={change} />
      <Schedule training={training} change={change} />
      <ValueField
        label={t.l2}
        hint={t.l2Hint}
        schema={{ ...notNegative, default: 0 }}
        value={penalty?.l2 || undefined}
        onChange={(value) =>
          change({ penalty: withPenalty(penalty, { l2: (value as number | undefined) ?? 0 }) }, 'l2')
        }
      />
      <ValueField
        label={t.l1}
        schema={{ ...notNegative, default: 0 }}
        value={penalty?.l1 || undefined}
        onChange={(value) =>
          change({ penalty: withPenalty(penalty, { l1: (value as number | undefined) ?? 0 }) }, 'l1')
        }
      />
      <Choice
        label={t.clip}
        value={clip?.kind ?? 'none'}
        titles={t.clips}
        onChange={(kind) => change({ clip: kind === 'none' ? undefined : { kind, max: clip?.max ?? 1 } })}
      />
      {clip && (
        <ValueField
          label={t.clipMax}
          schema={{ type: 'number', exclusiveMinimum: 0, default: 1 }}
          value={clip.max === 1 ? undefined : clip.max}
          onChange={(value) => change({ clip: { ...clip, max: (value as number | undefined) ?? 1 } }, 'clip')}
        />
      )}
      <Choice
        label={t.numerics}
        hint={t.numericsHint}
        value={numerics}
        titles={t.numericsKinds}
        onChange={(kind) => change({ numerics: kind })}
      />
    </div>
  );
}

interface PartProps {
  readonly training: Training;
  readonly change: (patch: Parameters<typeof setTraining>[1], merge?: string) => void;
}

function Optimizer({ training, change }: PartProps) {
  const { optimizer } = training;
  const entry = findOptimizer(optimizer.kind);
  const put = (key: string, value: unknown): void => {
    const { [key]: _, ...rest } = optimizer as Readonly<Record<string, unknown>>;
    const next = value === undefined ? rest : { ...rest, [key]: value };
    change({ optimizer: next as Training['optimizer'] }, key);
  };
  return (
    <>
      <Choice
        label={t.optimizer}
        hint={entry?.summary}
        value={optimizer.kind}
        titles={Object.fromEntries(allOptimizers().map(({ id, title }) => [id, title]))}
        // The rate goes with the optimiser: what suits one is far off for another.
        onChange={(kind) => change({ optimizer: { kind } })}
      />
      <ValueField
        label={t.learningRate}
        schema={{ ...notNegative, default: entry?.defaultLr ?? 0.01 }}
        value={optimizer.lr}
        onChange={(value) => put('lr', value)}
      />
      {entry && <SchemaForm schema={entry.options} values={optimizer} onChange={put} />}
    </>
  );
}

function Schedule({ training, change }: PartProps) {
  const { schedule } = training;
  const entry = findSchedule(schedule.kind);
  return (
    <>
      <Choice
        label={t.schedule}
        hint={entry?.summary}
        value={schedule.kind}
        titles={Object.fromEntries(allSchedules().map(({ id, title }) => [id, title]))}
        onChange={(kind) => change({ schedule: { kind } })}
      />
      {entry && (
        <SchemaForm
          schema={entry.options}
          values={schedule}
          onChange={(key, value) => {
            const { [key]: _, ...rest } = schedule as Readonly<Record<string, unknown>>;
            const next = value === undefined ? rest : { ...rest, [key]: value };
            change({ schedule: next as Training['schedule'] }, key);
          }}
        />
      )}
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: T;
  readonly titles: Readonly<Record<T, string>>;
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, hint, value, titles, onChange }: ChoiceProps<T>): ReactNode {
  const options = (Object.keys(titles) as T[]).map((id) => ({ value: id, title: titles[id] }));
  return (
    <Field label={label} hint={hint}>
      {(ids) => <SelectControl ids={ids} value={value} options={options} onChange={onChange} />}
    </Field>
  );
}

/** No penalty at all is no member in the file. */
function withPenalty(penalty: Penalty | undefined, patch: Partial<Penalty>): Penalty | undefined {
  const next = { l1: 0, l2: 0, on: ['**.weight*'], ...penalty, ...patch };
  return next.l1 === 0 && next.l2 === 0 ? undefined : next;
}
