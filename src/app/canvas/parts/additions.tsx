// What training adds beside the loss (penalties, and the objective that is their sum with it): drawn as rows below its node,
// since they are computed and stepped like nodes but are not part of the graph.
import { useEffect, useMemo } from 'react';
import { findOperator } from '../../../operators/catalogue.ts';
import { useDocument, useSession, useWorkbench } from '../../state/context.tsx';
import { nextStep } from '../../state/session-store.ts';
import { cx } from '../../ui/cx.ts';
import { formatNumber } from '../../ui/format.ts';
import { texts } from '../../ui/texts.ts';
import styles from '../op-node.module.css';

export function Additions() {
  const { link } = useWorkbench();
  const report = useSession((session) => session.report);
  const nodes = useDocument((data) => data.graph.nodes);
  const values = useMemo(() => {
    const drawn = new Set(nodes.map(({ id }) => id));
    return Object.entries(report?.nodes ?? {}).flatMap(([path, { outputs }]) =>
      /^\w+$/.test(path) && !drawn.has(path) && outputs['y'] !== undefined ? [[path, outputs['y']] as const] : [],
    );
  }, [report, nodes]);
  useEffect(() => {
    link.watch(
      'additions',
      values.map(([, name]) => ({ name, example: 0 })),
    );
    return () => link.watch('additions', []);
  }, [link, values]);
  if (values.length === 0) return null;
  return (
    <ul className={styles['additions']} aria-label={texts.canvas.additions}>
      {values.map(([path, value]) => (
        <Addition key={path} path={path} value={value} />
      ))}
    </ul>
  );
}

function Addition({ path, value }: { readonly path: string; readonly value: string }) {
  const number = useSession(({ summaries }) => {
    const summary = summaries[value];
    return summary?.state === 'computed' ? formatNumber(summary.elements?.[0] ?? summary.mean) : '–';
  });
  const next = useSession((session) => nextStep(session)?.node === path);
  return (
    <li className={cx(next && styles['next'])} data-addition={path}>
      <span>{findOperator(path.replace(/\d+$/, ''))?.title ?? path}</span>
      <output>{number}</output>
    </li>
  );
}
