import { Panel, useConnection } from '@xyflow/react';
import { useContext } from 'react';
import { Message } from '../../ui/message.tsx';
import { texts } from '../../ui/texts.ts';
import styles from '../canvas.module.css';
import { ConnectingContext } from './connecting.ts';

/** Says why the port under the wire cannot take it. */
export function ConnectionReason() {
  const store = useContext(ConnectingContext);
  const target = useConnection(({ inProgress, toHandle, isValid }) =>
    inProgress && toHandle !== null && isValid === false ? `${toHandle.nodeId} ${toHandle.id} ${toHandle.type}` : '',
  );
  if (target === '') return null;
  const [node = '', port = '', type] = target.split(' ');
  const now = store?.getState().now;
  const sameSide = now !== null && now !== undefined && (now.from.side === 'output') === (type === 'source');
  const verdict = sameSide ? texts.connect.direction : now?.verdict(node, port);
  if (typeof verdict !== 'string') return null;
  return (
    <Panel position="bottom-center">
      <p className={styles['reason']} role="status">
        <Message text={verdict} />
      </p>
    </Panel>
  );
}
