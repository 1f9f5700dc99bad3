// What a use of a block can set: values for the block's arguments, and how a recurrence unrolls it.
import * as z from 'zod/mini';
import type { BlockHead } from '../../graph/document.ts';
import { setArgument, setAttribute } from '../../graph/edits/set-node.ts';
import { recurrenceSchema } from '../../graph/schema.ts';
import { useWorkbench } from '../state/context.tsx';
import { SchemaForm } from '../ui/forms/schema-form.tsx';
import type { Schema } from '../ui/forms/schema-value.ts';
import { laterTexts } from '../ui/later-texts.ts';
import styles from './inspector.module.css';
import type { SelectedNode } from './use-selected.ts';

const t = laterTexts.inspector;

export function BlockSection({ selected, block }: { readonly selected: SelectedNode; readonly block: BlockHead }) {
  const { edit } = useWorkbench();
  const { node, scope, readOnly } = selected;
  const recurrence = node.op === 'recurrence';
  const names = Object.keys(block.arguments);
  return (
    <>
      {block.description !== undefined && <p className={styles['note']}>{block.description}</p>}
      {names.length > 0 && (
        <section className={styles['section']} aria-label={t.arguments}>
          <h3>{t.arguments}</h3>
          <SchemaForm
            schema={{ properties: Object.fromEntries(names.map((name) => [name, schemaOf(block.arguments[name])])) }}
            values={node.arguments ?? {}}
            mayBeArguments={scope !== ''}
            disabled={readOnly}
            onChange={(name, value) =>
              edit(
                t.edits.attribute(node.id, name),
                (draft) => setArgument(draft, scope, node.id, name, value),
                `argument ${scope}/${node.id}.${name}`,
              )
            }
          />
        </section>
      )}
      {recurrence && (
        <section className={styles['section']} aria-label={t.unrolling}>
          <h3>{t.unrolling}</h3>
          <SchemaForm
            schema={recurrenceForm()}
            values={node.attributes}
            mayBeArguments={scope !== ''}
            disabled={readOnly}
            onChange={(key, value) =>
              edit(
                t.edits.attribute(node.id, key),
                (draft) => setAttribute(draft, scope, node.id, key, value),
                `attribute ${scope}/${node.id}.${key}`,
              )
            }
          />
        </section>
      )}
    </>
  );
}

/** The default says what an argument is. */
function schemaOf(value: unknown): Schema {
  const type = typeof value;
  return { default: value, ...(type === 'number' || type === 'boolean' || type === 'string' ? { type } : {}) };
}

function recurrenceForm(): Schema {
  const { properties } = z.toJSONSchema(recurrenceSchema, { io: 'input' }) as { properties: Record<string, Schema> };
  const titled = Object.entries(properties).map(([key, schema]) => [
    key,
    { ...schema, title: t.recurrence[key as keyof typeof t.recurrence] ?? key },
  ]);
  return { properties: Object.fromEntries(titled) };
}
