// One value of a JSON Schema as a line of a form.
import { texts } from '../texts.ts';
import { SelectControl, SwitchControl, TextControl, useNumberDraft } from './controls.tsx';
import { type ControlIds, Field } from './field.tsx';
import { controlOf, parseValue, printValue, type Schema } from './schema-value.ts';

interface ValueFieldProps {
  readonly label: string;
  readonly schema: Schema;
  /** undefined: left out, the default holds. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  /** Shown in an empty field without a default: what is inferred. */
  readonly placeholder?: string | undefined;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly mayBeArgument?: boolean | undefined;
  readonly disabled?: boolean | undefined;
}

export function ValueField(props: ValueFieldProps) {
  const { label, schema, value, onChange, hint, fault, disabled, mayBeArgument = false } = props;
  const given = value === undefined ? schema['default'] : value;
  const control = controlOf(schema);
  const asText = control === 'text' || (typeof value === 'object' && value !== null);
  const change = (next: unknown): void => {
    onChange(JSON.stringify(next) === JSON.stringify(schema['default']) ? undefined : next);
  };
  const field = useNumberDraft(printValue(given), (text) => {
    const parsed = parseValue(schema, text, mayBeArgument);
    if ('fault' in parsed) return parsed.fault;
    change(parsed.value);
    return undefined;
  });
  const placeholder = props.placeholder ?? (schema['default'] === undefined ? texts.form.inferred : '');
  const draw = (ids: ControlIds) => {
    if (asText) return <TextControl ids={ids} field={field} placeholder={placeholder} disabled={disabled} />;
    if (control === 'switch') {
      return <SwitchControl ids={ids} checked={given === true} onChange={change} disabled={disabled} />;
    }
    const options = (schema['enum'] as readonly unknown[]).map((each) => ({
      value: String(each),
      title: String(each),
    }));
    return <SelectControl ids={ids} value={String(given)} options={options} onChange={change} disabled={disabled} />;
  };
  return (
    <Field
      label={label}
      hint={hint}
      unit={schema['unit'] as string | undefined}
      fault={field.fault ?? fault}
      onReset={value === undefined || disabled ? undefined : () => onChange(undefined)}
    >
      {draw}
    </Field>
  );
}
