// cifar10: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009; the binary version.
import { z } from 'zod';
import { cifar10Kind, isCifar } from '../../formats/cifar/read-cifar.ts';
import { openCifar } from './cifar-images.ts';
import { defineFileDataset } from './dataset.ts';
import { baseName } from './file-splits.ts';
import { imageFields } from './idx-images.ts';

const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

export const cifar10 = defineFileDataset({
  kind: 'files',
  id: 'cifar10',
  title: 'CIFAR-10',
  summary: 'Small colour photographs of ten kinds, 32 × 32, from the binary batches that you have.',
  fields: imageFields([3, 32, 32], classNames),
  options: z.strictObject({}),
  expects: ['data_batch_1.bin … data_batch_5.bin', 'test_batch.bin', 'or cifar-10-binary.tar.gz'],
  recognise: (file) =>
    /^(data_batch_\d|test_batch)\.bin$/.test(baseName(file.name)) || isCifar(file.bytes, cifar10Kind),
  open: (files) => openCifar('cifar10', 'CIFAR-10', cifar10Kind, classNames, files),
});
