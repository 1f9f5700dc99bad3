// The elements of a small tensor as fields, row by row.
import type { Shape } from '../../tensor/shape.ts';
import { formatExact } from '../ui/format.ts';
import { TextControl, useNumberDraft } from '../ui/forms/controls.tsx';
import { parseValue } from '../ui/forms/schema-value.ts';
import { indexText } from '../ui/index-text.ts';
import { laterTexts } from '../ui/later-texts.ts';
import styles from './inspector.module.css';

interface ElementTableProps {
  readonly name: string;
  readonly shape: Shape;
  readonly elements: readonly number[];
  readonly onChange: (index: number, value: number) => void;
}

export function ElementTable({ name, shape, elements, onChange }: ElementTableProps) {
  const columns = Math.min(shape.at(-1) ?? 1, 4);
  return (
    <div className={styles['elements']} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {elements.map((value, index) => (
        <Element
          // biome-ignore lint/suspicious/noArrayIndexKey: an element is its index
          key={index}
          label={`${name}[${indexText(shape, index)}]`}
          value={value}
          onChange={(next) => onChange(index, next)}
        />
      ))}
    </div>
  );
}

interface ElementProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** One number that can be typed over. */
export function Element({ label, value, onChange }: ElementProps) {
  const field = useNumberDraft(formatExact(value).replaceAll('−', '-'), (text) => {
    const parsed = parseValue({ type: 'number' }, text);
    if ('fault' in parsed) return parsed.fault;
    if (parsed.value === undefined) return laterTexts.inspector.numberMissing;
    onChange(parsed.value as number);
    return undefined;
  });
  return (
    <span className={styles['element']}>
      <TextControl
        ids={field.fault === undefined ? {} : { 'aria-invalid': true }}
        field={field}
        label={field.fault === undefined ? label : `${label}: ${field.fault}`}
      />
      {field.fault !== undefined && <span className={styles['fault']}>{field.fault}</span>}
    </span>
  );
}
