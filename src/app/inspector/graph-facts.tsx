// Nothing selected: what there is to know of the graph as a whole.
import { setFile } from '../../graph/edits/set-file.ts';
import { useDocument, useSession, useWorkbench } from '../state/context.tsx';
import { usePlanFacts } from '../state/use-plan-facts.ts';
import { formatBytes, formatCount, formatExact } from '../ui/format.ts';
import { TextControl, useNumberDraft } from '../ui/forms/controls.tsx';
import { Field } from '../ui/forms/field.tsx';
import { LinkButton } from '../ui/link-button.tsx';
import { texts } from '../ui/texts.ts';
import styles from './inspector.module.css';

const t = texts.inspector;

export function GraphFacts() {
  const { reveal } = useWorkbench();
  const { name, description, nodes, edges, blocks } = useDocument((data) => data.graph);
  const report = useSession((data) => data.report);
  const session = useSession((data) => data.session);
  const { plan } = usePlanFacts();
  const facts: readonly (readonly [string, string])[] = [
    [t.nodes, formatCount(nodes.length)],
    [t.wires, formatCount(edges.length)],
    ...(Object.keys(blocks).length > 0 ? [[t.blocks, Object.keys(blocks).join(', ')] as const] : []),
    ...(report === null
      ? []
      : [
          [t.parameters, formatCount(report.parameterCount)] as const,
          [t.steps, formatCount(report.steps.length)] as const,
          [t.compileTime, `${Math.round(report.compileMs)} ms`] as const,
        ]),
    ...(plan === null
      ? []
      : [[t.trainingMemory, t.memoryOf(formatBytes(plan.persistentBytes), formatBytes(plan.scratchBytes))] as const]),
    ...(session === null ? [] : [[t.iteration, String(session.iteration)] as const]),
  ];
  const loss = report?.loss ?? null;
  return (
    <>
      <header className={styles['head']}>
        <h2>{name}</h2>
        {description !== undefined && <p className={styles['description']}>{description}</p>}
      </header>
      <section className={styles['section']} aria-label={t.graph}>
        <dl className={styles['table']}>
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
          {loss !== null && (
            <div>
              <dt>{t.loss}</dt>
              <dd>
                <LinkButton mono onClick={() => void reveal(loss.slice(0, loss.lastIndexOf('.')))}>
                  {loss}
                </LinkButton>{' '}
                {session?.loss === null || session === null ? '' : formatExact(session.loss)}
              </dd>
            </div>
          )}
        </dl>
        <Seed />
      </section>
      <p className={styles['note']}>{t.selectHint}</p>
    </>
  );
}

/** Not made from a schema: forms that are come with the first selection. */
function Seed() {
  const { edit } = useWorkbench();
  const seed = useDocument((data) => data.graph.seed);
  const put = (next: number): void => edit(t.edits.seed, (draft) => setFile(draft, { seed: next }), 'seed');
  const field = useNumberDraft(String(seed), (text) => {
    const next = Number(text.trim());
    if (!Number.isInteger(next) || next < 0 || next > 0xffff_ffff) return t.seedFault;
    put(next);
    return undefined;
  });
  return (
    <Field label={t.seed} hint={t.seedHint} fault={field.fault} onReset={seed === 0 ? undefined : () => put(0)}>
      {(ids) => <TextControl ids={ids} field={field} />}
    </Field>
  );
}
