// What elaborating reads and has made so far: one for a graph, passed through every scope.
import type { Dimension, GraphEdge, GraphFile, GraphNode } from '../../graph/schema.ts';
import type { Operator } from '../../operators/define-operator.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import type { Instance } from '../network.ts';

export interface Building {
  readonly graph: GraphFile;
  /** Sizes of symbolic dimensions; `N` is the batch. */
  readonly dims: Readonly<Record<string, number>>;
  readonly operators: Readonly<Record<string, Operator>>;
  readonly instances: Instance[];
  readonly aliases: Map<string, string>;
  readonly recurrences: Map<string, number>;
  readonly leftOut: Map<string, string>;
  report(diagnostic: Diagnostic): void;
}

/** The graph, a block where it is used, or one time step of a recurrence. */
export interface Scope {
  /** Instance path in front of every id: '' or `rnn[3]/`. */
  readonly prefix: string;
  readonly owner: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** `in.<name>` → value name. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly depth: number;
}

/** The numbers of a shape, arguments and symbols put in; null, with a diagnostic, where a dimension has no size. */
export function sizesOf(
  building: Building,
  shape: readonly Dimension[],
  args: Readonly<Record<string, unknown>>,
  path: string,
): number[] | null {
  const { dims, report } = building;
  const found = shape.map((size) => {
    const plain = typeof size === 'object' ? (args[size.arg] as number | string | undefined) : size;
    if (typeof plain === 'number') return plain;
    const known = plain !== undefined && Object.hasOwn(dims, plain) ? dims[plain] : undefined;
    if (known !== undefined) return known;
    report(
      error(
        'E_DIMENSION',
        `the dimension \`${String(plain)}\` has no size`,
        { path, attribute: 'shape' },
        { hint: `Give it with --dim ${String(plain)}=…, or write a number; N is the batch.` },
      ),
    );
    return null;
  });
  return found.every((size) => size !== null) ? found : null;
}
