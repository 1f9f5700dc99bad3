// Forms that an operator's record already tells: the same inputs in the same order, one output, attributes under other names.
import type { Operator } from '../../../operators/define-operator.ts';
import type { OnnxForm } from '../onnx-form.ts';
import type { ReadContext, Source } from '../reading/read-context.ts';
import { float, type OnnxAttribute, type WriteContext } from '../writing/write-context.ts';

/**
 * The form of an operator whose `onnx` names its ONNX counterpart.
 * @param defaults ONNX's own defaults, by ONNX name, of the attributes that `onnx.attributes` renames; all are floats
 */
export function renamedForm(operator: Operator, defaults: Readonly<Record<string, number>> = {}): OnnxForm {
  const names = Object.entries(operator.onnx?.attributes ?? {});
  const ports = Object.keys(operator.inputs);
  return {
    op: operator.onnx?.op ?? '',
    read(context) {
      const attributes = names.map(([ours, theirs]) => [ours, context.float(theirs, defaults[theirs] ?? 0)]);
      context.result(operator.id, portSources(context, ports), Object.fromEntries(attributes));
    },
    write: {
      [operator.id]: (context) =>
        context.result(operator.onnx?.op ?? '', portNames(context, ports), renamedAttributes(context, names)),
    },
  };
}

function portSources(context: ReadContext, ports: readonly string[]): Record<string, Source> {
  return Object.fromEntries(ports.map((port, i) => [port, context.wire(i)]));
}

function portNames({ inputs }: WriteContext, ports: readonly string[]) {
  return ports.map((port) => inputs[port]);
}

function renamedAttributes({ attributes }: WriteContext, names: readonly (readonly [string, string])[]) {
  const entries = names.map(([ours, theirs]): [string, OnnxAttribute] => [theirs, float(Number(attributes[ours]))]);
  return Object.fromEntries(entries);
}
