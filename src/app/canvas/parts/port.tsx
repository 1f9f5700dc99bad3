import { Handle, Position } from '@xyflow/react';
import { memo } from 'react';
import { useSession } from '../../state/context.tsx';
import { cx } from '../../ui/cx.ts';
import { Message } from '../../ui/message.tsx';
import { texts } from '../../ui/texts.ts';
import type { PortPlace } from '../model/node-geometry.ts';
import type { PortModel } from '../model/node-model.ts';
import { shortShape } from '../node-facts.ts';
import { useVerdict } from './connecting.ts';
import styles from './port.module.css';

interface PortProps {
  readonly node: string;
  readonly path: string;
  readonly place: PortPlace;
  readonly port: PortModel;
  readonly fault: string | undefined;
  readonly readOnly: boolean;
}

/** Where a wire arrives or leaves. Round for numbers, square for indices, a small diamond for parameters. */
export const Port = memo(function Port({ node, path, place, port, fault, readOnly }: PortProps) {
  const input = place.side === 'input';
  const shape = useSession((session) => {
    const known =
      session.report?.values[`${path}.${port.name}`] ??
      session.report?.values[session.report.nodes[path]?.outputs[port.name] ?? ''];
    return known ? shortShape(known.shape) : null;
  });
  const verdict = useVerdict(node, port.name, place.side);
  const quiet = port.quiet && !port.wired && fault === undefined;
  return (
    <Handle
      id={port.name}
      type={input ? 'target' : 'source'}
      position={input ? Position.Left : Position.Right}
      isConnectable={!readOnly}
      className={cx(
        styles['port'],
        port.dtype === 'int32' && styles['integer'],
        port.parameter && styles['parameter'],
        quiet && styles['quiet'],
        port.wired && styles['wired'],
        fault !== undefined && styles['failing'],
        verdict === true && styles['legal'],
        typeof verdict === 'string' && styles['illegal'],
      )}
      style={{ top: place.y }}
      role="img"
      aria-label={`${input ? texts.canvas.input : texts.canvas.output} ${node}.${port.name}`}
      data-port={`${node}.${port.name}`}
      data-side={place.side}
    >
      <span className={cx(styles['tip'], input ? styles['left'] : styles['right'])}>
        <b>{port.name}</b> {port.title !== port.name && port.title}
        <br />
        {port.dtype} {shape ?? texts.canvas.anyShape}
        {port.quiet && (
          <>
            <br />
            {port.parameter
              ? texts.canvas.ownedPort
              : port.feedable
                ? texts.canvas.feedPort
                : texts.canvas.optionalPort}
          </>
        )}
        {typeof verdict === 'string' && (
          <em>
            <Message text={verdict} />
          </em>
        )}
        {fault !== undefined && (
          <em>
            <Message text={fault} />
          </em>
        )}
      </span>
    </Handle>
  );
});
