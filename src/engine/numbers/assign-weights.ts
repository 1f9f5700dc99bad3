// Weights from a file into a bound plan. Every tensor that does not fit is named with its shape, and so is what is missing.
import { nearest } from '../../language/nearest.ts';
import type { BoundPlan } from '../../runtime/workspace.ts';
import { type Diagnostic, error, warning } from '../../tensor/diagnostic.ts';
import { sameShape } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Looking for near names takes time with the square of their number; of so many a person reads no more. */
const mostSuggestions = 20;

/**
 * Copies tensors to parameters and state of the same name (`/` or `.` between segments; a first segment that all names of the
 * file share, as `module.`, may be left out; what an id cannot hold may be `_`) and shape. Errors: E_WEIGHT_SHAPE, E_WEIGHT_NONE. Warnings: W_WEIGHT_UNKNOWN for a name that
 * the graph does not have, W_WEIGHT_MISSING for one that the file does not have.
 */
export function assignWeights(bound: BoundPlan, tensors: ReadonlyMap<string, Tensor>): Diagnostic[] {
  if (tensors.size === 0)
    return [warning('W_WEIGHT_MISSING', 'the file holds no tensors: every weight keeps its numbers')];
  const diagnostics: Diagnostic[] = [];
  const wanted = new Map<string, number>();
  bound.plan.values.forEach((value, index) => {
    if (value.kind !== 'parameter' && value.kind !== 'state') return;
    wanted.set(value.name.replaceAll('/', '.'), index);
  });
  // Names that are no ids here, as `layer1.0.conv1`, are met by the ids made of them: `layer1_0_conv1`, `layer1/_0/conv1`.
  const alike = new Map<string, number | null>();
  for (const [name, index] of wanted) alike.set(words(name), alike.has(words(name)) ? null : index);
  const find = (name: string) => wanted.get(name) ?? alike.get(words(name)) ?? undefined;
  const prefix = sharedPrefix([...tensors.keys()], find);
  const given = new Set<number>();
  const unknown: string[] = [];
  for (const [name, tensor] of tensors) {
    const index = find(dotted(name).slice(prefix.length));
    const value = index === undefined ? undefined : bound.plan.values[index];
    if (index === undefined || !value) {
      // PyTorch's counter beside running statistics: nothing computes with it.
      if (!name.endsWith('num_batches_tracked')) unknown.push(name);
      continue;
    }
    given.add(index);
    if (sameShape(value.shape, tensor.shape)) bound.view(index).set(tensor.data);
    else
      diagnostics.push(
        error('E_WEIGHT_SHAPE', `\`${name}\` is ${sizes(tensor)} in the file, the graph needs ${sizes(value)}`),
      );
  }
  if (given.size === 0)
    diagnostics.push(
      error(
        'E_WEIGHT_NONE',
        `none of the file's ${tensors.size} tensors fits this graph: every weight keeps its numbers`,
      ),
    );
  const missing = [...wanted.values()].filter((index) => !given.has(index)).map((index) => bound.plan.values[index]);
  const open = new Map(missing.flatMap((value) => (value ? [[value.name, value] as const] : [])));
  unknown.forEach((name, i) => {
    const near =
      i < mostSuggestions ? nearest(dotted(name).slice(prefix.length), [...open.keys()].map(dotted)) : undefined;
    const value = near === undefined ? undefined : [...open.values()].find((each) => dotted(each.name) === near);
    diagnostics.push(
      warning(
        'W_WEIGHT_UNKNOWN',
        `the file's \`${name}\` ${sizes(tensors.get(name) as Tensor)} fits no parameter of this graph`,
        {},
        value ? { hint: `Did you mean \`${value.name}\` ${sizes(value)}?` } : {},
      ),
    );
  });
  for (const value of open.values())
    diagnostics.push(
      warning('W_WEIGHT_MISSING', `the file has no \`${value.name}\` ${sizes(value)}: it keeps its numbers`),
    );
  return diagnostics;
}

const dotted = (name: string): string => name.replaceAll('/', '.');
const words = (name: string): string => name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_/, '');
const sizes = ({ shape }: { readonly shape: readonly number[] }): string => `[${shape.join(', ')}]`;

/** The first segment, with its dot, when no name fits as it is and every name begins with it. */
function sharedPrefix(names: readonly string[], find: (name: string) => number | undefined): string {
  const first = dotted(names[0] ?? '');
  const prefix = first.slice(0, first.indexOf('.') + 1);
  const fits = names.some((name) => find(dotted(name)) !== undefined);
  return !fits && names.every((name) => dotted(name).startsWith(prefix)) ? prefix : '';
}
