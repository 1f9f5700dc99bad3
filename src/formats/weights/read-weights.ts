// A file of tensors of any format that is read, told apart by its first bytes: safetensors, .npz, .npy. What has the look of
// another library's file is named, with what to do about it.
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { isNpy, readNpy } from '../numpy/read-npy.ts';
import { readNpz } from '../numpy/read-npz.ts';
import { readSafetensors } from '../safetensors/read-safetensors.ts';
import { isZip } from '../zip/read-zip.ts';

export interface WeightsReading {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Beginnings of files that hold weights and are not read. */
const foreign: readonly { readonly bytes: readonly number[]; readonly what: string; readonly advice: string }[] = [
  {
    bytes: [0x80, 0x02],
    what: 'a Python pickle, as PyTorch saved before 1.6',
    advice: 'Save the state with safetensors.torch.save_file.',
  },
  {
    bytes: [0x89, 0x48, 0x44, 0x46],
    what: 'an HDF5 file, as Keras saves',
    advice: 'Save the arrays with numpy.savez.',
  },
];

/**
 * Tensors by name. `name` is the file's: it is for messages, and of a single .npy it names the tensor (`conv1.weight.npy` is
 * `conv1.weight`). Never throws; with an error the tensors that are sound are still there.
 */
export function readWeights(bytes: Uint8Array, name: string): WeightsReading {
  if (isNpy(bytes)) {
    const { tensor, diagnostics } = readNpy(bytes, name);
    return { tensors: new Map(tensor ? [[stem(name), tensor]] : []), diagnostics };
  }
  if (isZip(bytes)) return readNpz(bytes, name);
  const other = foreign.find((format) => format.bytes.every((byte, i) => bytes[i] === byte));
  if (!other) return readSafetensors(bytes);
  const fault = error('E_WEIGHTS_FORMAT', `${name} is ${other.what}, which is not read`, {}, { hint: other.advice });
  return { tensors: new Map(), diagnostics: [fault] };
}

function stem(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replace(/\.npy$/i, '');
}
