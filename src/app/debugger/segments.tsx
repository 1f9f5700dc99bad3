import { cx } from '../ui/cx.ts';
import styles from './segments.module.css';

interface SegmentsProps<Id extends string> {
  readonly label: string;
  readonly titles: Readonly<Record<Id, string>>;
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

/** One of a few views of a panel: radio buttons that look like a switch. */
export function Segments<Id extends string>({ label, titles, value, onChange }: SegmentsProps<Id>) {
  return (
    <fieldset className={styles['segments']}>
      <legend className="visually-hidden">{label}</legend>
      {(Object.keys(titles) as Id[]).map((id) => (
        <label key={id} className={cx(styles['segment'], id === value && styles['chosen'])}>
          <input
            type="radio"
            className="visually-hidden"
            name={label}
            checked={id === value}
            onChange={() => onChange(id)}
          />
          {titles[id]}
        </label>
      ))}
    </fieldset>
  );
}
