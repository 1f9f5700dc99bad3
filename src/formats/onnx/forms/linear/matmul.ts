// MatMul: by weights of the file a layer without bias, otherwise a product of two wires.
import type { OnnxForm } from '../../onnx-form.ts';
import { matrixTransposed } from './matrices.ts';

export const matmulForm: OnnxForm = {
  op: 'MatMul',
  read(context) {
    const weight = context.parameter(1);
    if (weight && typeof weight !== 'string' && weight.own.shape.length === 2) {
      const own = matrixTransposed(weight.own);
      const attributes = { out_features: own.shape[0], bias: false };
      context.result('linear', { x: context.wire(0), weight: { own } }, attributes);
      return;
    }
    const whole = context.type(0).dtype === 'int32';
    const [a, b] = [0, 1].map((input) => {
      const wire = context.wire(input);
      return context.type(input).dtype === 'int32' ? context.value('cast', { x: wire }, { dtype: 'float32' }) : wire;
    });
    const y = context.result('matmul', { a, b });
    if (whole) context.give(0, context.value('cast', { x: y.y }, { dtype: 'int32' }));
  },
  write: { matmul: ({ inputs, result }) => result('MatMul', [inputs['a'], inputs['b']]) },
};
