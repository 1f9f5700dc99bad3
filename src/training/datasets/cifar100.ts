// cifar100: CIFAR-100 by its 100 fine classes; the binary version, train.bin and test.bin.
import { z } from 'zod';
import { cifar100Kind, isCifar } from '../../formats/cifar/read-cifar.ts';
import { openCifar } from './cifar-images.ts';
import { defineFileDataset } from './dataset.ts';
import { baseName } from './file-splits.ts';
import { imageFields } from './idx-images.ts';

const namesFile = 'fine_label_names.txt';
const numbered = Array.from({ length: 100 }, (_, label) => String(label));

export const cifar100 = defineFileDataset({
  kind: 'files',
  id: 'cifar100',
  title: 'CIFAR-100',
  summary: 'Small colour photographs of a hundred kinds, 32 × 32; fine_label_names.txt gives the classes their names.',
  fields: imageFields([3, 32, 32], numbered),
  options: z.strictObject({}),
  expects: ['train.bin', 'test.bin', namesFile, 'or cifar-100-binary.tar.gz'],
  recognise: (file) => baseName(file.name) === namesFile || isCifar(file.bytes, cifar100Kind),
  open(files) {
    const list = files.find((file) => baseName(file.name) === namesFile);
    const names =
      list === undefined
        ? []
        : new TextDecoder()
            .decode(list.bytes.slice())
            .trim()
            .split(/\s*\n\s*/);
    const batches = files.filter((file) => file !== list);
    return openCifar('cifar100', 'CIFAR-100', cifar100Kind, names.length === 100 ? names : numbered, batches);
  },
});
