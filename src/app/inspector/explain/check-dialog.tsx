// The gradient check of a node, a block or the whole graph: progress, cancel, and the findings node by node.
import { RotateCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { CheckedNode, GradientCheckState } from '../../../engine/protocol/explain.ts';
import { useSession, useView, useWorkbench } from '../../state/context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { Message } from '../../ui/message.tsx';
import { Progress } from '../../ui/progress.tsx';
import styles from './check-dialog.module.css';

const t = explainTexts.check;

export function CheckDialog() {
  const { look } = useWorkbench();
  const overlay = useView((view) => view.overlay);
  if (overlay?.kind !== 'gradient_check') return null;
  const { path } = overlay;
  return (
    <Dialog
      open
      onClose={() => look({ overlay: null })}
      title={path === null ? t.title : t.of(path)}
      description={t.explanation}
      size="medium"
    >
      <Check key={path ?? ''} path={path} />
    </Dialog>
  );
}

function Check({ path }: { readonly path: string | null }) {
  const { link, look, session } = useWorkbench();
  const told = useSession((data) => data.overlayFacts['check'] as GradientCheckState | undefined);
  const [running, setRunning] = useState(true);
  const [last, setLast] = useState<GradientCheckState | null>(null);

  const check = useCallback(async (): Promise<void> => {
    setRunning(true);
    const state = await link.ask((api) => api.checkGradients({ path }));
    setRunning(false);
    if (state === null) return;
    setLast(state);
    session.setState((data) => ({ overlayFacts: { ...data.overlayFacts, check: state } }));
    if (state.status === 'finished' && state.nodes.length > 0) look({ canvasOverlay: 'check' });
  }, [link, look, session, path]);
  useEffect(() => {
    void check();
    return () => void link.ask((api) => api.cancelGradientCheck());
  }, [check, link]);

  const state = running ? (told?.status === 'running' ? told : null) : last;
  const nodes = state?.nodes ?? [];
  const wrong = nodes.filter(({ passed }) => !passed).length;
  const unclear = nodes.filter((node) => node.unclear > 0).length;
  return (
    <div className={styles['check']}>
      {running ? (
        <Progress
          label={t.running(state?.done ?? 0, state?.total ?? 0, state?.current ?? '')}
          share={state && state.total > 0 ? state.done / state.total : null}
          onCancel={() => void link.ask((api) => api.cancelGradientCheck())}
        />
      ) : (
        <p className={styles['finding']} role="status">
          <b className={wrong + unclear > 0 ? styles['bad'] : undefined}>
            {state?.status === 'cancelled'
              ? t.cancelled
              : nodes.length === 0
                ? t.none
                : wrong > 0
                  ? t.failed(wrong)
                  : unclear > 0
                    ? t.notFinite(unclear)
                    : t.passed(nodes.length)}
          </b>
          <Button icon={RotateCw} onClick={() => void check()}>
            {t.start}
          </Button>
        </p>
      )}
      {state?.diagnostics.map((diagnostic) => (
        <p key={`${diagnostic.at.path} ${diagnostic.message}`} className={styles['hint']}>
          {diagnostic.at.path === undefined ? '' : `${diagnostic.at.path}: `}
          <Message text={diagnostic.message} />
        </p>
      ))}
      {nodes.length > 0 && <Findings nodes={nodes} />}
    </div>
  );
}

function Findings({ nodes }: { readonly nodes: readonly CheckedNode[] }) {
  const { columns } = t;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{columns.node}</th>
          <th scope="col">{columns.port}</th>
          <th scope="col">{columns.error}</th>
          <th scope="col">{columns.checked}</th>
          <th scope="col">{columns.kinks}</th>
        </tr>
      </thead>
      <tbody>
        {nodes.flatMap((node) =>
          node.ports.map((port, i) => (
            <tr key={`${node.path} ${port.port}`}>
              {i === 0 && (
                <th scope="rowgroup" rowSpan={node.ports.length}>
                  {node.path}
                  <small>{node.op}</small>
                  {node.kinkNote !== undefined && <em>{node.kinkNote}</em>}
                </th>
              )}
              <td>{port.port}</td>
              <td className={port.passed && port.unclear === 0 ? styles['right'] : styles['bad']}>
                {port.passed && port.unclear > 0
                  ? t.badgeUnclear
                  : `${port.passed ? '✓' : '✗'} ${formatNumber(port.error)}`}
                <span className="visually-hidden">
                  {' '}
                  {!port.passed ? t.wrong : port.unclear > 0 ? t.unclear : t.right}
                </span>
              </td>
              <td>{port.checked}</td>
              <td>{port.kinks}</td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}
