// Weights from a file into a bound plan; every tensor that does not fit is named.
import type { BoundPlan } from '../runtime/workspace.ts';
import { type Diagnostic, error, note } from '../tensor/diagnostic.ts';
import { sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Copies tensors to parameters and state of the same name (`/` or `.` between segments) and shape; the rest is reported. */
export function assignWeights(bound: BoundPlan, tensors: ReadonlyMap<string, Tensor>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const wanted = new Map<string, number>();
  bound.plan.values.forEach((value, index) => {
    if (value.kind !== 'parameter' && value.kind !== 'state') return;
    wanted.set(value.name, index);
    wanted.set(value.name.replaceAll('/', '.'), index);
  });
  const given = new Set<number>();
  for (const [name, tensor] of tensors) {
    const index = wanted.get(name);
    const value = index === undefined ? undefined : bound.plan.values[index];
    if (index === undefined || !value)
      diagnostics.push({
        ...note('I_WEIGHT_UNUSED', `the file's \`${name}\` fits no parameter of this graph`),
        severity: 'warning',
      });
    else if (!sameShape(value.shape, tensor.shape))
      diagnostics.push(
        error(
          'E_WEIGHT_SHAPE',
          `\`${name}\` is [${tensor.shape.join(', ')}] in the file, the graph needs [${value.shape.join(', ')}]`,
        ),
      );
    else {
      bound.view(index).set(tensor.data);
      given.add(index);
    }
  }
  for (const index of new Set(wanted.values())) {
    const value = bound.plan.values[index];
    if (value && !given.has(index) && tensors.size > 0)
      diagnostics.push({
        ...note('I_WEIGHT_MISSING', `the file has no \`${value.name}\`: it keeps its numbers`),
        severity: 'warning',
      });
  }
  return diagnostics;
}
