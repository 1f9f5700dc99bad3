// .npz → tensors: a zip archive of .npy files, stored (numpy.savez) or deflated (numpy.savez_compressed). Keys are the files'
// names without .npy. A bad array is reported and left out, the good ones still load.
import { type Diagnostic, error, warning } from '../../tensor/diagnostic.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { readZip } from '../zip/read-zip.ts';
import { isNpy, readNpy } from './read-npy.ts';

export interface NpzReading {
  /** By key, in the archive's order. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a whole archive; `name` is for messages, `limitBytes` bounds what it may unpack to. Never throws. */
export function readNpz(bytes: Uint8Array, name: string, limitBytes?: number): NpzReading {
  const { files, diagnostics } = readZip(bytes, name, limitBytes);
  const tensors = new Map<string, Tensor>();
  if ([...files.keys()].some((file) => /(^|\/)data\.pkl$/.test(file))) {
    const hint = { hint: 'Save the state with safetensors.torch.save_file.' };
    return {
      tensors,
      diagnostics: [error('E_WEIGHTS_FORMAT', `${name} is a PyTorch file, which is not read`, {}, hint)],
    };
  }
  const found = [...diagnostics];
  for (const [file, content] of files) {
    if (!isNpy(content)) {
      found.push(warning('W_NO_ARRAY', `${name}: “${file}” is no .npy file and was left out`));
      continue;
    }
    const reading = readNpy(content, `${name}: “${file}”`);
    found.push(...reading.diagnostics);
    const key = file.replace(/\.npy$/, '');
    if (tensors.has(key)) found.push(error('E_DUPLICATE_KEY', `${name}: “${key}” occurs twice; the last one was read`));
    if (reading.tensor) tensors.set(key, reading.tensor);
  }
  return { tensors, diagnostics: found };
}
