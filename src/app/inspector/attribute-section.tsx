// The attributes of an operator as a form made from its JSON Schema. What is left out shows what is inferred.
import { useMemo } from 'react';
import { setAttribute } from '../../graph/edits/set-node.ts';
import type { OperatorDescription } from '../../operators/catalogue-details.ts';
import { useSession, useWorkbench } from '../state/context.tsx';
import { fieldsOf, SchemaForm } from '../ui/forms/schema-form.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { inferredAttributes } from './inferred-attributes.ts';
import styles from './inspector.module.css';
import type { SelectedNode } from './use-selected.ts';

interface AttributeSectionProps {
  readonly selected: SelectedNode;
  readonly entry: OperatorDescription;
}

export function AttributeSection({ selected, entry }: AttributeSectionProps) {
  const { edit } = useWorkbench();
  const { node, scope, readOnly, path } = selected;
  const problems = useSession((data) => data.problems);
  const arriving = useSession((data) => data.report?.values[`${path}.x`]?.shape);
  const faults = useMemo(
    () =>
      Object.fromEntries(
        problems
          .filter(({ at }) => at.path === path && at.attribute !== undefined)
          .map(({ at, message }) => [at.attribute as string, message]),
      ),
    [problems, path],
  );
  if (Object.keys(fieldsOf(entry.attributes)).length === 0) return null;
  return (
    <section className={styles['section']} aria-label={laterTexts.inspector.attributes}>
      <h3>{laterTexts.inspector.attributes}</h3>
      <SchemaForm
        schema={entry.attributes}
        values={node.attributes}
        inferred={inferredAttributes(arriving)}
        faults={faults}
        mayBeArguments={scope !== ''}
        disabled={readOnly}
        onChange={(key, value) =>
          edit(
            laterTexts.inspector.edits.attribute(node.id, key),
            (draft) => setAttribute(draft, scope, node.id, key, value),
            `attribute ${scope}/${node.id}.${key}`,
          )
        }
      />
    </section>
  );
}
