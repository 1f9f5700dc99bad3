// Activations that ONNX has under another name, with other names of their attributes at most.
import { celu } from '../../../../operators/activation/celu.ts';
import { elu } from '../../../../operators/activation/elu.ts';
import { hardSigmoid } from '../../../../operators/activation/hard-sigmoid.ts';
import { hardSwish } from '../../../../operators/activation/hard-swish.ts';
import { leakyRelu } from '../../../../operators/activation/leaky-relu.ts';
import { mish } from '../../../../operators/activation/mish.ts';
import { relu } from '../../../../operators/activation/relu.ts';
import { sigmoid } from '../../../../operators/activation/sigmoid.ts';
import { softplus } from '../../../../operators/activation/softplus.ts';
import { softsign } from '../../../../operators/activation/softsign.ts';
import { tanh } from '../../../../operators/activation/tanh.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import { renamedForm } from '../renamed-form.ts';

export const plainActivationForms: readonly OnnxForm[] = [
  renamedForm(relu),
  renamedForm(sigmoid),
  renamedForm(tanh),
  renamedForm(softplus),
  renamedForm(softsign),
  renamedForm(hardSwish),
  renamedForm(celu, { alpha: 1 }),
  renamedForm(elu, { alpha: 1 }),
  renamedForm(leakyRelu, { alpha: 0.01 }),
  renamedForm(hardSigmoid, { alpha: 0.2, beta: 0.5 }),
  {
    ...renamedForm(mish),
    // New in operator set 18.
    write: {
      [mish.id]({ inputs, opset, value, result }) {
        if (opset >= 18) result('Mish', [inputs['x']]);
        else result('Mul', [inputs['x'], value('Tanh', [value('Softplus', [inputs['x']])])]);
      },
    },
  },
];
