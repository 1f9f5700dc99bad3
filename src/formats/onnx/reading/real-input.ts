// Inputs of operators that only know float32: whole numbers go through it, exactly up to 2²⁴, and results come back.
import type { Operator } from '../../../operators/define-operator.ts';
import type { ReadContext, Wire } from './read-context.ts';

/** The input as `port` of the operator takes it. */
export function realInput(context: ReadContext, input: number, operator: Operator, port = 'x'): Wire {
  const wire = context.wire(input);
  return needsReal(context, input, operator, port) ? context.value('cast', { x: wire }, { dtype: 'float32' }) : wire;
}

/** Does the input hold whole numbers that the port does not take? */
export function needsReal(context: ReadContext, input: number, operator: Operator, port = 'x'): boolean {
  const spec = operator.inputs[port];
  return context.type(input).dtype === 'int32' && (spec?.dtype ?? 'float32') === 'float32';
}
