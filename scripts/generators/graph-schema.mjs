// public/graph.schema.json: the graph file's JSON Schema for the page's editor and for others' tools, made from the zod
// schema that reads it, with every operator's attributes and the options of every optimiser and schedule woven in.
import { loadTypeScript } from '../lib/load-typescript.mjs';
import { attributesSchema, operatorRecords, optimizerRecords, scheduleRecords } from './operator-records.mjs';

const path = 'public/graph.schema.json';

// A value inside a block may stand for one of the block's arguments.
const argument = {
  type: 'object',
  properties: { arg: { type: 'string' } },
  required: ['arg'],
  additionalProperties: false,
};

export const graphSchemaFile = {
  name: 'graph schema',
  outputs: [path],
  async run() {
    const { globalRegistry, toJSONSchema } = await import('zod');
    const operators = (await operatorRecords()).map(({ record }) => record);
    const optimizers = (await optimizerRecords()).map(({ record }) => record);
    const schedules = (await scheduleRecords()).map(({ record }) => record);
    const [schemas] = await loadTypeScript(['src/graph/schema.ts']);
    const { graphSchema, nodeSchema, optimizerSchema, scheduleSchema } = schemas;
    // Before anything has a name: the nodes' attributes are written in place.
    const recurrence = attributesSchema(schemas.recurrenceSchema);
    // What the module exports becomes a definition of that name; everything else is written in place.
    for (const [name, schema] of Object.entries(schemas)) {
      if (!name.endsWith('Schema') || schema === graphSchema) continue;
      globalRegistry.add(schema, { ...globalRegistry.get(schema), id: name.slice(0, -'Schema'.length) });
    }
    const schema = toJSONSchema(graphSchema, {
      io: 'input',
      target: 'draft-7',
      unrepresentable: 'any',
      override({ zodSchema, jsonSchema }) {
        if (zodSchema === nodeSchema) describeNode(jsonSchema, operators, recurrence);
        if (zodSchema === optimizerSchema) describeChoice(jsonSchema, optimizers);
        if (zodSchema === scheduleSchema) describeChoice(jsonSchema, schedules);
      },
    });
    const titled = { $schema: schema.$schema, title: 'Chainrule graph', ...schema };
    return { [path]: `${JSON.stringify(titled, null, 1)}\n` };
  },
};

function describeNode(node, operators, recurrence) {
  const kinds = [
    ...operators.map(({ id, title, summary, attributes }) => ({
      id,
      title,
      summary,
      schema: attributesSchema(attributes),
    })),
    { id: 'block', title: 'Block', summary: 'A sub-graph used as a node.', schema: undefined },
    {
      id: 'recurrence',
      title: 'Recurrence',
      summary: 'A block unrolled over time, its parameters shared.',
      schema: recurrence,
    },
  ].filter(({ id }, index, all) => all.findIndex((other) => other.id === id) === index);
  node.properties.op = {
    ...node.properties.op,
    enum: kinds.map(({ id }) => id),
    enumDescriptions: kinds.map(({ title, summary }) => `${title}: ${summary}`),
  };
  node.allOf = kinds
    .filter(({ schema }) => schema !== undefined)
    .map(({ id, schema }) => ({
      if: { properties: { op: { const: id } }, required: ['op'] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
      then: { properties: { attributes: orArguments(schema) } },
    }));
}

function describeChoice(schema, records) {
  schema.properties.kind = { type: 'string', enum: records.map(({ id }) => id) };
  schema.allOf = records.map(({ id, options }) => ({
    if: { properties: { kind: { const: id } }, required: ['kind'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    then: { properties: attributesSchema(options).properties },
  }));
}

/** The same object, each of whose members may also be `{"arg": name}`. */
function orArguments(schema) {
  const members = Object.entries(schema.properties ?? {}).map(([name, { title, description, ...rest }]) => [
    name,
    { ...(title && { title }), ...(description && { description }), anyOf: [rest, argument] },
  ]);
  return { ...schema, properties: Object.fromEntries(members) };
}
