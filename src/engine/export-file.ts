// The open graph or its weights as the bytes of a file. Writers come with the first file that is asked for.
import type { Registry } from '../compiler/compile.ts';
import { assertNever } from '../tensor/assert.ts';
import { error } from '../tensor/diagnostic.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Debug, Project } from './project.ts';
import type { ExportedFile, ExportFormat } from './protocol.ts';

export async function exportFile(
  format: ExportFormat,
  project: Project | null,
  { operators }: Registry,
): Promise<ExportedFile> {
  const at = project?.debug;
  if (!project || !at)
    return {
      bytes: null,
      diagnostics: [
        error('E_NO_GRAPH', 'there is nothing to save yet', {}, { hint: 'Mend what Problems lists first.' }),
      ],
    };
  const tensors = weightsOf(at);
  switch (format) {
    case 'safetensors':
    case 'npz': {
      const { writeWeights } = await import('../formats/weights/write-weights.ts');
      return { bytes: writeWeights(tensors, `.${format}`) as Uint8Array<ArrayBuffer>, diagnostics: [] };
    }
    case 'onnx': {
      const { writeOnnx } = await import('../formats/onnx/write-onnx.ts');
      const { bytes, diagnostics } = writeOnnx(project.graph, { tensors, operators });
      return { bytes: bytes as Uint8Array<ArrayBuffer> | null, diagnostics };
    }
    default:
      return assertNever(format);
  }
}

/** Parameters and state, as they are between iterations. */
function weightsOf({ bound, stepper }: Debug): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  bound.plan.values.forEach((value, index) => {
    if (value.kind === 'parameter' || value.kind === 'state')
      tensors.set(value.name, { dtype: value.dtype, shape: value.shape, data: stepper.settled(index).slice() });
  });
  return tensors;
}
