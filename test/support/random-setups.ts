// Random set-ups of an operator: a sample of its record with attributes changed as their schema allows, and sizes, ranks and
// modes changed. Many do not fit: inference says which, and those are passed over.
import fc from 'fast-check';
import { z } from 'zod';
import type { Operator, Sample, SampleInput } from '../../src/operators/define-operator.ts';
import type { OpId } from '../../src/operators/registry.generated.ts';

type Draw = fc.GeneratorValue;
type Schema = Readonly<Record<string, unknown>>;

const largestSize = 6;

/** Attributes that withhold a gradient which the derivative would give: PyTorch's conventions, proven by golden cases instead. */
const conventions: { readonly [Id in OpId]?: readonly string[] } = { embedding: ['padding_idx'] };

const sampleShape = (input: SampleInput) => ('shape' in input ? input.shape : input);
const withShape = (input: SampleInput, shape: readonly number[]): SampleInput =>
  'shape' in input ? { ...input, shape } : shape;

export function randomSetup(g: Draw, operator: Operator): Sample {
  const sample = operator.samples[g(fc.nat, { max: operator.samples.length - 1 })] as Sample;
  const schema = z.toJSONSchema(operator.attributes, { io: 'input', unrepresentable: 'any' });
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>;
  let attributes: Record<string, unknown> = { ...sample.attributes };
  for (const [name, property] of Object.entries(properties)) {
    const choice = g(fc.nat, { max: 9 });
    if (choice < 5 || conventions[operator.id as OpId]?.includes(name)) continue;
    if (choice < 6 && 'default' in property) delete attributes[name];
    else attributes[name] = vary(g, property, attributes[name] ?? property['default']);
  }
  let inputs: Record<string, SampleInput> = { ...sample.inputs };
  for (let changes = g(fc.nat, { max: 3 }); changes > 0; changes--) {
    const kind = g(fc.nat, { max: 9 });
    if (kind < 6) ({ inputs, attributes } = resize(g, inputs, attributes));
    else if (kind < 8) inputs = withRank(g, inputs);
    else inputs = withoutOptional(g, operator, inputs);
  }
  const mode = g(fc.constantFrom, 'train' as const, 'eval' as const, sample.mode ?? 'eval');
  return { attributes, inputs, mode };
}

/** Another value for an attribute. */
function vary(g: Draw, schema: Schema, current: unknown): unknown {
  const alternatives = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (alternatives) {
    const fitting = alternatives.filter((each) => kindOf(current) === each['type']);
    const among = fitting.length > 0 && g(fc.boolean) ? fitting : alternatives;
    return vary(g, among[g(fc.nat, { max: among.length - 1 })] as Schema, current);
  }
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return g(fc.constantFrom, ...(schema['enum'] as unknown[]));
  switch (schema['type']) {
    case 'boolean':
      return g(fc.boolean);
    case 'integer': {
      const [min, max] = [
        Math.max(-4, bound(schema, 'inimum', -4)),
        Math.min(largestSize, bound(schema, 'aximum', largestSize)),
      ];
      if (min > max) return current;
      const near = typeof current === 'number' && g(fc.boolean);
      return near ? current + g(fc.integer, { min: -1, max: 1 }) : g(fc.integer, { min, max });
    }
    case 'number': {
      const [low, high] = [Math.max(-2, bound(schema, 'inimum', -2)), Math.min(3, bound(schema, 'aximum', 3))];
      if (typeof current === 'number' && current !== 0 && g(fc.boolean)) return current * g(fc.constantFrom, 0.5, 2, 1);
      return low + (high - low) * g(fc.double, { min: 0.05, max: 0.95, noNaN: true });
    }
    case 'array':
      return list(g, schema, current);
    default:
      return current;
  }
}

function list(g: Draw, schema: Schema, current: unknown): unknown[] {
  const items = schema['prefixItems'] ?? schema['items'];
  const given = Array.isArray(current) ? current : [];
  if (Array.isArray(items)) return items.map((item: Schema, i) => vary(g, item, given[i] ?? current));
  const [least, most] = [(schema['minItems'] as number) ?? 0, (schema['maxItems'] as number) ?? 4];
  const same = given.length >= least && given.length <= most && g(fc.nat, { max: 3 }) > 0;
  const length = same ? given.length : g(fc.integer, { min: least, max: Math.min(most, least + 3) });
  return Array.from({ length }, (_, i) => vary(g, items as Schema, given[i]));
}

/** `minimum` and `exclusiveMinimum` alike: what lies on an excluded bound is refused when it is read. */
function bound(schema: Schema, end: 'inimum' | 'aximum', otherwise: number): number {
  return ((schema[`m${end}`] ?? schema[`exclusiveM${end}`]) as number | undefined) ?? otherwise;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}

/** Another number in place of one size: everywhere it stands, or in one place of one port. */
function resize(g: Draw, inputs: Readonly<Record<string, SampleInput>>, attributes: Readonly<Record<string, unknown>>) {
  const sizes = [...new Set(Object.values(inputs).flatMap(sampleShape))];
  if (sizes.length === 0) return { inputs, attributes };
  const from = g(fc.constantFrom, ...sizes);
  const to = g(fc.integer, { min: 1, max: largestSize });
  const exchange = (size: unknown) => (size === from ? to : size);
  if (Object.values(inputs).some((input) => 'below' in input) || g(fc.boolean)) {
    const changed = Object.entries(inputs).map(([name, input]): [string, SampleInput] => {
      const next = withShape(input, sampleShape(input).map(exchange) as number[]);
      return [name, 'below' in next ? { ...next, below: exchange(next.below) as number } : next];
    });
    // Sizes that stand in attributes, such as normalized_shape, go along.
    const along = Object.entries(attributes).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(exchange) : value,
    ]);
    return { inputs: Object.fromEntries(changed), attributes: g(fc.boolean) ? Object.fromEntries(along) : attributes };
  }
  const names = Object.keys(inputs).filter((name) => sampleShape(inputs[name] as SampleInput).length > 0);
  const name = g(fc.constantFrom, ...names);
  const shape = sampleShape(inputs[name] as SampleInput);
  const axis = g(fc.nat, { max: shape.length - 1 });
  return { inputs: { ...inputs, [name]: withShape(inputs[name] as SampleInput, shape.with(axis, to)) }, attributes };
}

/** An axis more or less in front, of every port or of one. */
function withRank(g: Draw, inputs: Readonly<Record<string, SampleInput>>): Record<string, SampleInput> {
  const names = Object.keys(inputs);
  if (names.length === 0) return inputs;
  const chosen = g(fc.boolean) ? names : [g(fc.constantFrom, ...names)];
  const size = g(fc.integer, { min: 0, max: 3 });
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      if (!chosen.includes(name)) return [name, input];
      const shape = sampleShape(input);
      return [name, withShape(input, size === 0 ? shape.slice(1) : [size, ...shape])];
    }),
  );
}

function withoutOptional(
  g: Draw,
  operator: Operator,
  inputs: Readonly<Record<string, SampleInput>>,
): Record<string, SampleInput> {
  const optional = Object.keys(inputs).filter((name) => operator.inputs[name]?.optional);
  if (optional.length === 0) return inputs;
  const left = g(fc.constantFrom, ...optional);
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== left));
}
