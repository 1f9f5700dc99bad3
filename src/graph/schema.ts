// The graph file (format `chainrule/graph`) as a zod schema: the one source of its types and of public/graph.schema.json.
// What zod cannot see (operators, ports, cycles, references) is checked in read-graph.ts. zod/mini: the page loads this.
import * as z from 'zod/mini';
import { identifierFault } from '../language/identifier.ts';
import { graphFormat, graphVersion } from './graph-format.ts';
import { limits } from './limits.ts';

const idPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const id = z.string().check(
  z.regex(idPattern),
  z.refine((text) => identifierFault(text) === undefined),
);
const text = z.string().check(z.maxLength(limits.stringCharacters));
const finite = z.number();
const positive = z.number().check(z.gt(0));
const fraction = z.number().check(z.gte(0), z.lt(1));
const count = z.int().check(z.gte(1), z.lte(1_000_000_000));
const position = z.tuple([finite, finite]).check(z.describe('x and y on the canvas, in pixels'));
const name = z.string().check(z.minLength(1), z.maxLength(1000));

/** Anything JSON: read-graph.ts has bounded depth and size, and taken hostile keys out, before zod sees it. */
const json = z.unknown();
const attributes = z.record(z.string(), json);

const fanMode = z.exactOptional(z.enum(['fan_in', 'fan_out']).check(z.describe('Inputs or outputs of a unit')));

export const initializerSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('zeros') }),
    z.strictObject({ kind: z.literal('ones') }),
    z.strictObject({ kind: z.literal('constant'), value: finite }),
    z.strictObject({
      kind: z.literal('normal'),
      mean: z.exactOptional(finite),
      std: z.exactOptional(z.number().check(z.gte(0))),
    }),
    z.strictObject({ kind: z.literal('uniform'), low: finite, high: finite }),
    z.strictObject({ kind: z.literal('xavier_uniform'), gain: z.exactOptional(positive) }),
    z.strictObject({ kind: z.literal('xavier_normal'), gain: z.exactOptional(positive) }),
    z.strictObject({ kind: z.literal('he_uniform'), gain: z.exactOptional(positive), mode: fanMode }),
    z.strictObject({ kind: z.literal('he_normal'), gain: z.exactOptional(positive), mode: fanMode }),
    z.strictObject({ kind: z.literal('lecun_uniform') }),
    z.strictObject({ kind: z.literal('lecun_normal') }),
    z.strictObject({
      kind: z.literal('truncated_normal'),
      mean: z.exactOptional(finite),
      std: z.exactOptional(z.number().check(z.gte(0))),
    }),
    z.strictObject({ kind: z.literal('orthogonal'), gain: z.exactOptional(positive) }),
    z.strictObject({ kind: z.literal('identity') }),
  ])
  .check(z.describe('How the parameter starts; without it as the operator says'));

export const parameterSchema = z.strictObject({
  init: z.exactOptional(initializerSchema),
  trainable: z.exactOptional(z.boolean().check(z.describe('false freezes it'))),
});

/** A size, a symbol such as N (the batch), or, inside a block, one of its arguments. */
export const dimensionSchema = z.union([z.int().check(z.gte(0)), id, z.strictObject({ arg: id })]);

export const recurrenceSchema = z.strictObject({
  steps: z
    .union([z.int().check(z.gte(1), z.lte(limits.recurrenceSteps)), z.strictObject({ arg: id })])
    .check(z.describe('How often the block is unrolled')),
  scan: z._default(z.array(id).check(z.describe('Inputs taken apart along dimension 0, one slice a step')), []),
  carry: z._default(z.record(id, id).check(z.describe('Input of the block: its output that is fed back')), {}),
  stack: z._default(
    z.record(id, id).check(z.describe('Output of this node: output of the block, all steps stacked')),
    {},
  ),
  last: z._default(z.record(id, id).check(z.describe('Output of this node: output of the block at the last step')), {}),
});

export const nodeSchema = z.strictObject({
  id,
  op: z.string().check(z.maxLength(100), z.describe('An operator, or block or recurrence')),
  title: z.exactOptional(text.check(z.describe('Name to show instead of the id'))),
  block: z.exactOptional(id.check(z.describe('Of block and recurrence: which block'))),
  arguments: z.exactOptional(attributes.check(z.describe("Of block and recurrence: values for the block's arguments"))),
  attributes: z._default(attributes, {}),
  parameters: z._default(z.record(id, parameterSchema), {}),
  value: z.exactOptional(
    z
      .union([finite, z.array(finite).check(z.maxLength(1_000_000))])
      .check(z.describe('Of an input: a fixed value, row by row')),
  ),
  position: z.exactOptional(position),
});

export const edgeSchema = z.strictObject({
  from: name.check(z.describe('node.port, or in.port inside a block')),
  to: name.check(z.describe('node.port, or out.port inside a block')),
});

export const noteSchema = z.strictObject({
  id,
  text,
  position,
  size: z.exactOptional(z.tuple([positive, positive])),
});

export const blockInputSchema = z.strictObject({
  name: id,
  title: z.exactOptional(text),
  shape: z.exactOptional(z.array(dimensionSchema).check(z.maxLength(8))),
  dtype: z.exactOptional(z.enum(['float32', 'int32'])),
});

const edges = z._default(z.array(edgeSchema).check(z.maxLength(limits.edges)), []);
const nodes = z._default(z.array(nodeSchema).check(z.maxLength(limits.nodes)), []);
const notes = z._default(z.array(noteSchema).check(z.maxLength(limits.notes)), []);

export const blockSchema = z.strictObject({
  title: z.exactOptional(text),
  description: z.exactOptional(text),
  arguments: z._default(
    attributes.check(z.describe('Names that may stand as {"arg": name} inside, with defaults')),
    {},
  ),
  inputs: z._default(z.array(blockInputSchema), []),
  outputs: z._default(z.array(id), []),
  nodes,
  edges,
  notes,
  layout: z.exactOptional(
    z
      .strictObject({ in: z.exactOptional(position), out: z.exactOptional(position) })
      .check(z.describe('Where the border stands on the canvas')),
  ),
});

export const metricSchema = z.strictObject({
  kind: z.enum(['accuracy']),
  scores: name.check(z.describe('Value with one score a class')),
  target: name.check(z.describe('Value with the labels: next.y, or loss.target where it is fed')),
});

const options = z.record(z.string(), json);

export const dataSchema = z.strictObject({
  source: name.check(z.describe('spirals, moons, xor, digits, shapes, characters, or the name of a file data set')),
  options: z._default(options, {}),
  bind: z._default(
    z.record(name, name).check(z.describe('Input node, or target of a loss (loss.target): field of the data')),
    {},
  ),
  validation: z._default(fraction.check(z.describe('Share of the training examples set aside')), 0.1),
  shuffle: z._default(z.boolean(), true),
  preprocess: z._default(z.array(z.looseObject({ kind: name })), []),
  augment: z._default(z.array(z.looseObject({ kind: name })), []),
});

/** `lr` left out: the optimiser's own default. Other members are its options, under torch.optim's names. */
export const optimizerSchema = z.catchall(
  z.object({ kind: name, lr: z.exactOptional(z.number().check(z.gte(0))) }),
  json,
);

/** Names as torch.optim.lr_scheduler. Other members are the schedule's options. */
export const scheduleSchema = z.catchall(z.object({ kind: name }), json);

export const clipSchema = z.strictObject({ kind: z.enum(['norm', 'value']), max: positive });

export const penaltySchema = z.strictObject({
  l1: z._default(z.number().check(z.gte(0)), 0),
  l2: z._default(z.number().check(z.gte(0)), 0),
  on: z._default(z.array(name).check(z.describe('Patterns of parameter names; * within a segment, ** across')), [
    '**.weight*',
  ]),
});

export const trainingSchema = z.strictObject({
  loss: z.exactOptional(name.check(z.describe('Value to minimise; without it the only loss of the graph'))),
  metrics: z._default(z.array(metricSchema).check(z.maxLength(100)), []),
  epochs: z._default(count, 10),
  batch: z._default(count, 32),
  numerics: z._default(z.enum(['fast', 'strict']), 'fast'),
  data: z.exactOptional(dataSchema),
  optimizer: z._default(optimizerSchema, { kind: 'sgd' }),
  schedule: z._default(scheduleSchema, { kind: 'constant' }),
  clip: z.exactOptional(clipSchema),
  penalty: z.exactOptional(penaltySchema),
});

export const graphSchema = z.strictObject({
  $schema: z.exactOptional(text),
  format: z.literal(graphFormat),
  version: z.literal(graphVersion),
  name: z._default(text, 'Untitled'),
  description: z.exactOptional(text),
  seed: z._default(z.int().check(z.gte(0), z.lte(0xffff_ffff)), 0),
  nodes,
  edges,
  blocks: z._default(z.record(id, blockSchema), {}),
  notes,
  training: z.prefault(trainingSchema, {}),
});

/** Read-only all the way down: graphs are values. */
export type Frozen<T> = T extends readonly unknown[] | object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A graph as read: every default filled in. */
export type GraphFile = Frozen<Omit<z.output<typeof graphSchema>, '$schema'>>;
export type GraphNode = Frozen<z.output<typeof nodeSchema>>;
export type GraphEdge = Frozen<z.output<typeof edgeSchema>>;
export type Block = Frozen<z.output<typeof blockSchema>>;
export type BlockInput = Frozen<z.output<typeof blockInputSchema>>;
export type Note = Frozen<z.output<typeof noteSchema>>;
export type Dimension = Frozen<z.output<typeof dimensionSchema>>;
export type RecurrenceAttributes = Frozen<z.output<typeof recurrenceSchema>>;
export type NodeParameter = Frozen<z.output<typeof parameterSchema>>;
export type ParameterInit = Frozen<z.output<typeof initializerSchema>>;
export type Metric = Frozen<z.output<typeof metricSchema>>;
export type Training = Frozen<z.output<typeof trainingSchema>>;
export type TrainingData = Frozen<z.output<typeof dataSchema>>;
export type OptimizerChoice = Frozen<z.output<typeof optimizerSchema>>;
export type ScheduleChoice = Frozen<z.output<typeof scheduleSchema>>;
export type Clip = Frozen<z.output<typeof clipSchema>>;
export type Penalty = Frozen<z.output<typeof penaltySchema>>;
/** Anything that carries nodes and edges: the graph itself, or a block. */
export type Scope = Pick<GraphFile, 'nodes' | 'edges' | 'notes'>;
