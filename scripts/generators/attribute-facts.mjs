// What a JSON Schema (draft 7) of an attribute says of its type and range, in words.

/** Bounds beyond these are the number type's own and no rule of the operator. */
const unbounded = 9007199254740991;

/**
 * @param {Record<string, any>} schema of one attribute
 * @returns {{ type: string, range: string }}
 */
export function attributeFacts(schema) {
  if (schema.anyOf) {
    const each = schema.anyOf.map(attributeFacts);
    return {
      type: [...new Set(each.map(({ type }) => type))].join(', or '),
      range: [...new Set(each.map(({ range }) => range))].filter(Boolean).join('; '),
    };
  }
  if (schema.const !== undefined) return { type: `\`${JSON.stringify(schema.const)}\``, range: '' };
  if (schema.enum)
    return { type: 'one of', range: schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ') };
  if (schema.type === 'array') return list(schema);
  if (schema.type === 'string') return { type: schema.pattern ? 'name' : 'text', range: '' };
  if (schema.type === 'integer') return { type: 'whole number', range: bounds(schema) };
  if (schema.type === 'number') return { type: 'number', range: bounds(schema) };
  if (schema.type === 'boolean') return { type: 'true or false', range: '' };
  return { type: 'any', range: '' };
}

function list({ items, minItems, maxItems }) {
  const each = Array.isArray(items) ? items : [items];
  const facts = attributeFacts(each[0] ?? {});
  const nested = facts.type === 'any' ? 'nested lists' : undefined;
  const elements = plural(facts.type);
  const count = Array.isArray(items)
    ? `${each.length} ${elements}`
    : minItems !== undefined && maxItems !== undefined
      ? `list of ${minItems} to ${maxItems} ${elements}`
      : maxItems !== undefined
        ? `list of at most ${maxItems} ${elements}`
        : `list of ${elements}`;
  return { type: nested ?? count, range: facts.range };
}

const plural = (type) =>
  type
    .split(', or ')
    .map((each) => (/(number|name)$/.test(each) ? `${each}s` : each))
    .join(' or ');

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  const least = minimum !== undefined && minimum > -unbounded ? minimum : undefined;
  const most = maximum !== undefined && maximum < unbounded ? maximum : undefined;
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  const parts = [
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    least !== undefined && `at least ${least}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
    most !== undefined && `at most ${most}`,
  ];
  return parts.filter(Boolean).join(', ');
}
