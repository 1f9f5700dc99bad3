import type { OperatorDescription } from '../../operators/catalogue-details.ts';
import styles from './inspector.module.css';

/** Where the operator is documented elsewhere: links where the address follows from the name. */
export function Sources({ entry }: { readonly entry: OperatorDescription }) {
  const links: readonly (readonly [string, string])[] = [
    ...(entry.pytorch === null
      ? []
      : [[entry.pytorch, `https://docs.pytorch.org/docs/stable/generated/${entry.pytorch}.html`] as const]),
    ...(entry.onnx === null
      ? []
      : [[`ONNX ${entry.onnx}`, `https://onnx.ai/onnx/operators/onnx__${entry.onnx}.html`] as const]),
  ];
  if (links.length === 0) return <p className={styles['source']}>{entry.source}</p>;
  return (
    <p className={styles['source']}>
      {links.map(([name, address]) => (
        <a key={name} href={address} target="_blank" rel="noreferrer">
          {name}
        </a>
      ))}
    </p>
  );
}
