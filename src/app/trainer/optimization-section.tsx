// How it is trained: passes, batch, optimiser, schedule, penalties, limits.
import { type ReactNode, useMemo } from 'react';
import * as z from 'zod/mini';
import { setTraining } from '../../graph/edits/set-training.ts';
import { type Penalty, scheduleSchema, type Training } from '../../graph/schema.ts';
import { allOptimizers, findOptimizer } from '../../operators/catalogue-details.ts';
import { useDocument, useWorkbench } from '../state/context.tsx';
import { SelectControl } from '../ui/forms/controls.tsx';
import { Field } from '../ui/forms/field.tsx';
import { fieldsOf, SchemaForm } from '../ui/forms/schema-form.tsx';
import { ValueField } from '../ui/forms/value-field.tsx';
import { texts } from '../ui/texts.ts';
import styles from './training-panel.module.css';

const t = texts.training;
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
  const schemas = useMemo(scheduleForms, []);
  const schema = schemas[schedule.kind] ?? {};
  return (
    <>
      <Choice
        label={t.schedule}
        value={schedule.kind}
        titles={t.schedules}
        onChange={(kind) => change({ schedule: z.parse(scheduleSchema, { kind }) })}
      />
      {Object.entries(schema).map(([key, each]) => (
        <ValueField
          key={key}
          label={t.scheduleFields[key as keyof typeof t.scheduleFields] ?? key}
          hint={each['description'] as string | undefined}
          schema={each}
          value={sameAsDefault(schedule, key, each) ? undefined : (schedule as Readonly<Record<string, unknown>>)[key]}
          placeholder={t.none}
          onChange={(value) => {
            const { [key]: _, ...rest } = schedule as Readonly<Record<string, unknown>>;
            const next = value === undefined ? rest : { ...rest, [key]: value };
            change({ schedule: z.parse(scheduleSchema, next) }, key);
          }}
        />
      ))}
    </>
  );
}

function sameAsDefault(schedule: object, key: string, schema: Readonly<Record<string, unknown>>): boolean {
  return (schedule as Readonly<Record<string, unknown>>)[key] === schema['default'];
}

/** Kind → its fields without the kind itself, as JSON Schema. */
function scheduleForms(): Readonly<Record<string, ReturnType<typeof fieldsOf>>> {
  return Object.fromEntries(
    scheduleSchema._zod.def.options.map((option) => {
      const { kind, ...fields } = fieldsOf(z.toJSONSchema(option as z.ZodMiniType, { io: 'input' }));
      return [String(kind?.['const']), fields];
    }),
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
