// Gradient of ai.onnx.preview.training: ∂y/∂xᵢ at the values that the graph itself has. Ours are made when the graph is
// compiled, so they can leave the graph but not be read in it, and only where the inputs are the xs and zs themselves.
import type { OnnxForm } from '../../onnx-form.ts';

export const gradientForm: OnnxForm = {
  op: 'Gradient',
  domain: 'ai.onnx.preview.training',
  read(context) {
    const xs = context.texts('xs') ?? context.fail('it has no xs');
    const y = context.named(context.text('y', ''));
    for (const [i, name] of [...xs, ...(context.texts('zs') ?? [])].entries()) {
      if (!context.given(i) || context.wire(i) !== context.named(name))
        context.fail(`at other values of \`${name}\` than the graph has`);
    }
    for (const [i, name] of xs.entries()) if (context.wanted(i)) context.giveGradient(i, y, context.named(name));
  },
};
