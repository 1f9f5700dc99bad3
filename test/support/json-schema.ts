// A judge for JSON Schema draft 7, as far as public/graph.schema.json uses it; an unknown keyword throws, so that nothing
// passes because it was not looked at.

type Json = unknown;
type Schema = Readonly<Record<string, Json>>;

const annotations = new Set(['$schema', 'title', 'description', 'default', 'definitions', 'enumDescriptions', 'then']);
// What .meta() of an attribute may add for the inspector; JSON Schema ignores words that it does not know.
const ours = new Set(['unit', 'format', 'widget', 'examples', 'id']);

/** The faults of `value`, each `path: what`; empty when it is valid. */
export function schemaFaults(root: Schema, value: Json, schema: Schema = root, path = ''): readonly string[] {
  const faults: string[] = [];
  const say = (what: string) => faults.push(`${path || '/'}: ${what}`);
  const inner = (part: Json, item: Json, at = path) => schemaFaults(root, item, part as Schema, at);
  const valid = (part: Json) => inner(part, value).length === 0;
  const members = isObject(value) ? Object.entries(value) : [];
  const known = (schema['properties'] ?? {}) as Schema;

  for (const [keyword, rule] of Object.entries(schema)) {
    const limit = rule as number;
    switch (keyword) {
      case '$ref': {
        const name = String(rule).replace('#/definitions/', '');
        faults.push(...inner((root['definitions'] as Schema)[name], value));
        break;
      }
      case 'type':
        if (![rule].flat().some((type) => hasType(value, String(type)))) say(`is not ${String(rule)}`);
        break;
      case 'const':
        if (value !== rule) say(`is not ${JSON.stringify(rule)}`);
        break;
      case 'enum':
        if (!(rule as Json[]).includes(value)) say(`${JSON.stringify(value)} is none of the choices`);
        break;
      case 'properties':
        for (const [name, item] of members)
          if (name in known) faults.push(...inner(known[name], item, `${path}/${name}`));
        break;
      case 'required':
        if (isObject(value)) for (const name of rule as string[]) if (!(name in value)) say(`lacks ${name}`);
        break;
      case 'additionalProperties':
        for (const [name, item] of members) {
          if (name in known) continue;
          if (rule === false) say(`does not know ${name}`);
          else if (rule !== true) faults.push(...inner(rule, item, `${path}/${name}`));
        }
        break;
      case 'propertyNames':
        for (const [name] of members) faults.push(...inner(rule, name, `${path}/${name}`));
        break;
      case 'items':
        if (!Array.isArray(value)) break;
        value.forEach((item, i) => {
          const part = Array.isArray(rule) ? rule[i] : rule;
          if (part !== undefined) faults.push(...inner(part, item, `${path}/${i}`));
        });
        break;
      case 'additionalItems':
        if (rule === false && Array.isArray(value) && value.length > (schema['items'] as Json[]).length)
          say('is too long');
        break;
      case 'anyOf':
        if (!(rule as Json[]).some(valid)) say('fits none of the alternatives');
        break;
      case 'oneOf':
        if ((rule as Json[]).filter(valid).length !== 1) say('fits not exactly one of the alternatives');
        break;
      case 'allOf':
        for (const part of rule as Json[]) faults.push(...inner(part, value));
        break;
      case 'not':
        if (valid(rule)) say('is what it must not be');
        break;
      case 'if':
        if (valid(rule)) faults.push(...inner(schema['then'], value));
        break;
      case 'pattern':
        if (typeof value === 'string' && !new RegExp(String(rule), 'u').test(value))
          say(`does not match ${String(rule)}`);
        break;
      case 'minimum':
        if (typeof value === 'number' && value < limit) say(`is below ${limit}`);
        break;
      case 'maximum':
        if (typeof value === 'number' && value > limit) say(`is above ${limit}`);
        break;
      case 'exclusiveMinimum':
        if (typeof value === 'number' && value <= limit) say(`is not above ${limit}`);
        break;
      case 'exclusiveMaximum':
        if (typeof value === 'number' && value >= limit) say(`is not below ${limit}`);
        break;
      case 'minItems':
      case 'minLength':
        if (lengthOf(value) < limit) say(`is shorter than ${limit}`);
        break;
      case 'maxItems':
      case 'maxLength':
        if (lengthOf(value) > limit) say(`is longer than ${limit}`);
        break;
      default:
        if (!annotations.has(keyword) && !ours.has(keyword)) throw new Error(`unknown keyword ${keyword} at ${path}`);
    }
  }
  return faults;
}

function hasType(value: Json, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'object') return isObject(value);
  return typeof value === type;
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of texts and lists; anything else is neither too short nor too long. */
function lengthOf(value: Json): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : Number.NaN;
}
