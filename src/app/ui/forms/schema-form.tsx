// A form for an object of a JSON Schema: attributes of operators, options of optimisers and of data sets.
import type { Schema } from './schema-value.ts';
import { ValueField } from './value-field.tsx';

interface SchemaFormProps {
  /** Of the object; `properties` become fields, in their order. */
  readonly schema: Schema;
  readonly values: Readonly<Record<string, unknown>>;
  /** undefined takes the member out. */
  readonly onChange: (key: string, value: unknown) => void;
  /** What stands in for members that are left out. */
  readonly inferred?: Readonly<Record<string, string | undefined>>;
  readonly faults?: Readonly<Record<string, string | undefined>>;
  readonly mayBeArguments?: boolean;
  readonly disabled?: boolean;
}

export function SchemaForm(props: SchemaFormProps) {
  const { schema, values, onChange, inferred = {}, faults = {}, mayBeArguments, disabled } = props;
  return Object.entries(fieldsOf(schema)).map(([key, each]) => (
    <ValueField
      key={key}
      label={(each['title'] as string | undefined) ?? key}
      schema={each}
      value={values[key]}
      onChange={(value) => onChange(key, value)}
      placeholder={inferred[key]}
      hint={each['description'] as string | undefined}
      fault={faults[key]}
      mayBeArgument={mayBeArguments}
      disabled={disabled}
    />
  ));
}

/** The members that a schema of an object describes. */
export function fieldsOf(schema: unknown): Readonly<Record<string, Schema>> {
  if (typeof schema !== 'object' || schema === null) return {};
  return ((schema as Schema)['properties'] ?? {}) as Readonly<Record<string, Schema>>;
}
