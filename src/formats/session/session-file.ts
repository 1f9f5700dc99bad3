// What a session file says besides its graph and its numbers (`session.json`): where it stands, what stops it, what is watched,
// and on what engine the numbers were computed. The one source of its types.
import * as z from 'zod/mini';
import type { Frozen, GraphFile } from '../../graph/schema.ts';
import type { Tensor } from '../../tensor/tensor.ts';

export const sessionFormat = 'chainrule/session';
export const sessionVersion = 1;

const path = z.string().check(z.maxLength(10_000));
const text = z.string().check(z.maxLength(100_000));
const count = z.int().check(z.gte(0), z.lte(Number.MAX_SAFE_INTEGER));
const list = <T extends z.core.SomeType>(item: T) => z._default(z.array(item).check(z.maxLength(10_000)), []);

const breakpointSchema = z.strictObject({
  id: z.exactOptional(text),
  path,
  phase: z.enum(['forward', 'backward', 'update']),
  enabled: z._default(z.boolean(), true),
  condition: z.exactOptional(text),
  hits: z.exactOptional(text),
  log: z.exactOptional(text),
});

/** JSON has no words for these. */
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);

const editSchema = z
  .strictObject({
    step: count,
    name: text,
    changes: z.array(z.tuple([count, number])).check(z.maxLength(1_000_000)),
  })
  .check(z.describe('Elements written by hand once so many steps were executed'));

const scopeSchema = z.strictObject({
  node: path,
  kind: z.enum(['block', 'recurrence', 'expansion']),
  time: z.exactOptional(count),
  unfolded: z.exactOptional(count),
  first: z.exactOptional(count),
});

const watchSchema = z.strictObject({ id: text, expression: text, path: z._default(path, '') });

export const sessionSchema = z.strictObject({
  format: z.literal(sessionFormat),
  version: z.literal(sessionVersion),
  position: z._default(
    z.strictObject({
      iteration: count.check(z.describe('Iterations done before the one that is stood in')),
      step: count.check(z.describe('Steps of it that are executed')),
    }),
    { iteration: 0, step: 0 },
  ),
  rate: z.exactOptional(z.number().check(z.describe('Learning rate of this iteration'))),
  factor: z.exactOptional(
    z
      .nullable(z.number())
      .check(z.describe('Later rates are so many times what the schedule says; null: all are `rate`')),
  ),
  measured: z.exactOptional(
    z
      .array(z.nullable(number))
      .check(z.maxLength(1_000_000), z.describe('Validation loss of each epoch, for schedules that follow it')),
  ),
  edits: list(editSchema),
  engine: z._default(
    z.strictObject({
      fusedMultiplyAdd: z._default(z.boolean().check(z.describe('What fast numerics computed with')), false),
    }),
    { fusedMultiplyAdd: false },
  ),
  expanded: list(path.check(z.describe('Nodes that are stepped inside'))),
  scope: list(scopeSchema).check(z.describe('What is looked at, from the outside in')),
  breakpoints: list(breakpointSchema),
  watches: list(watchSchema),
});

export type SessionSettings = Frozen<z.output<typeof sessionSchema>>;

export interface SessionContent {
  readonly graph: GraphFile;
  readonly settings: SessionSettings;
  /** Parameters, state and optimiser slots as the iteration began; null: as the seed gives them. */
  readonly numbers: ReadonlyMap<string, Tensor> | null;
  /** What is fed in this iteration; null: as the graph's data gives it. */
  readonly feeds: ReadonlyMap<string, Tensor> | null;
}
