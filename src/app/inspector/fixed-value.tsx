// What an input holds when the graph itself says so: one number, or one for each element. Everything follows from it.
import { setValue } from '../../graph/edits/set-node.ts';
import { numel } from '../../tensor/shape.ts';
import { useSession, useWorkbench } from '../state/context.tsx';
import { SwitchControl, TextControl, useNumberDraft } from '../ui/forms/controls.tsx';
import { Field } from '../ui/forms/field.tsx';
import { parseValue, printValue } from '../ui/forms/schema-value.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { texts } from '../ui/texts.ts';
import { ElementTable } from './element-table.tsx';
import styles from './inspector.module.css';
import type { SelectedNode } from './use-selected.ts';

const t = laterTexts.inspector;

/** More elements than these are typed as a list. */
const mostInTable = 64;

export function FixedValue({ selected }: { readonly selected: SelectedNode }) {
  const { edit } = useWorkbench();
  const { node, scope, readOnly, path } = selected;
  const shape = useSession((data) => data.report?.values[`${path}.y`]?.shape);
  const sampled = useSession((data) => data.session?.sampled.includes(`${path}.y`) === true);
  const change = (value: number | readonly number[] | undefined): void =>
    edit(texts.edits.value(node.id), (draft) => setValue(draft, scope, node.id, value), `value ${scope}/${node.id}`);
  const { value } = node;
  const count = shape === undefined ? 1 : numel(shape);
  const list = value === undefined ? [] : typeof value === 'number' ? Array(count).fill(value) : value;
  return (
    <section className={styles['section']} aria-label={t.value}>
      <h3>{t.value}</h3>
      <Field label={t.fixed} hint={t.fixedHint}>
        {(ids) => (
          <SwitchControl
            ids={ids}
            checked={value !== undefined}
            disabled={readOnly}
            onChange={(on) => change(on ? 0 : undefined)}
          />
        )}
      </Field>
      {value === undefined && sampled && <p className={styles['note']}>{t.sampled}</p>}
      {value !== undefined && (count === 1 || count > mostInTable) && (
        <NumberList value={value} one={count === 1} disabled={readOnly} label={t.holds} onChange={change} />
      )}
      {value !== undefined && count > 1 && count <= mostInTable && shape !== undefined && (
        <ElementTable
          name={path}
          shape={shape}
          elements={Array.from({ length: count }, (_, i) => list[i % list.length] as number)}
          onChange={(index, next) =>
            change(Array.from({ length: count }, (_, i) => (i === index ? next : (list[i % list.length] as number))))
          }
        />
      )}
    </section>
  );
}

interface NumberListProps {
  readonly value: number | readonly number[];
  readonly one: boolean;
  readonly disabled: boolean;
  readonly label: string;
  readonly onChange: (value: number | readonly number[]) => void;
}

function NumberList({ value, one, disabled, label, onChange }: NumberListProps) {
  const number = { type: 'number' };
  const schema = one ? number : { anyOf: [number, { type: 'array', items: number, minItems: 1 }] };
  const field = useNumberDraft(
    printValue(typeof value !== 'number' && value.length === 1 ? value[0] : value),
    (text) => {
      const parsed = parseValue(schema, text);
      if ('fault' in parsed) return parsed.fault;
      if (parsed.value === undefined) return t.numberMissing;
      onChange(parsed.value as number | readonly number[]);
      return undefined;
    },
  );
  return (
    <Field label={label} fault={field.fault}>
      {(ids) => <TextControl ids={ids} field={field} disabled={disabled} />}
    </Field>
  );
}
