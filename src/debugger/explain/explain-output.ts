// One element of an operator's output, as the operator itself explains it: its ports become values of the plan.
import type { Instance, InstanceTypes } from '../../compiler/network.ts';
import type { Operator, ReferenceTensor } from '../../operators/define-operator.ts';
import { contextOf, tensorAt } from './context.ts';
import type { ExplainSource, PlanNumbers } from './source.ts';
import type { SpotExplanation } from './terms.ts';

/** Element `index` of the output `port`: the terms that the operator's `explain` gives, as elements of the plan's values. */
export function explainOutput(
  source: ExplainSource,
  numbers: PlanNumbers,
  node: { readonly instance: Instance; readonly types: InstanceTypes },
  port: string,
  index: number,
): SpotExplanation {
  const { instance } = node;
  const context = contextOf(source, numbers, node);
  const saved = instance.operator.traits.random ? drawnBy(source, numbers, node) : undefined;
  const { by, terms, result, text, parts, inside } = instance.operator.explain({
    ...context,
    ...(saved ? { saved } : {}),
    port,
    index,
  } as unknown as Parameters<Operator['explain']>[0]);
  return {
    by,
    result,
    text,
    ...(parts ? { parts } : {}),
    ...(inside ? { inside: { ...inside, name: `${instance.path}/${inside.value}` } } : {}),
    terms: terms.map((term) => ({
      value: term.value,
      ...(term.label === undefined ? {} : { label: term.label }),
      factors: term.factors.map((factor) => {
        const value = source.atPort(instance, factor.port);
        return { value: factor.value, ...(value === undefined ? {} : { spot: { value, index: factor.index } }) };
      }),
    })),
  };
}

/** What the node's program drew at random: its inputs do not say it. */
function drawnBy(
  source: ExplainSource,
  numbers: PlanNumbers,
  { instance, types }: { readonly instance: Instance; readonly types: InstanceTypes },
): Readonly<Record<string, ReferenceTensor>> {
  const drawn: Record<string, ReferenceTensor> = {};
  for (const [name, index] of Object.entries(source.plan.names)) {
    const own = name.startsWith(`${instance.path}.`) ? name.slice(instance.path.length + 1) : '';
    if (own === '' || own.includes(':') || Object.hasOwn(types.inputs, own) || Object.hasOwn(types.outputs, own))
      continue;
    drawn[own] = tensorAt(source, numbers, index);
  }
  return drawn;
}
