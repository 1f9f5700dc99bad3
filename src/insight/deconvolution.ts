// deconvolution (deconvnet): rectifiers pass the positive part of a gradient back, whatever their input was; pooling follows
// its switches, as in any backward pass.
import { z } from 'zod';
import { defineAttribution, plainGradient } from './attribution-method.ts';

export const deconvolution = defineAttribution({
  id: 'deconvolution',
  title: 'Deconvnet',
  summary:
    'The score projected back to the input: ReLUs pass the positive part of a gradient, whatever their input was.',
  formula: 'dx = \\max(0, dy)',
  source: 'Zeiler & Fergus 2013',
  options: z.strictObject({}),
  target: 'input',
  signed: true,
  rules: { rectifier: (emit, { dy }) => emit.map([dy], (e, up) => e.max(up, e.constant(0))) },
  attribute: plainGradient,
});
