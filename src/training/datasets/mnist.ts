// mnist: handwritten digits as Y. LeCun, C. Cortes and C. Burges publish them; any other pictures in IDX files open here too.
import { z } from 'zod';
import { defineFileDataset } from './dataset.ts';
import { imageFields, looksLikeIdx, openIdxImages } from './idx-images.ts';

const classNames = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export const mnist = defineFileDataset({
  kind: 'files',
  id: 'mnist',
  title: 'MNIST',
  summary: 'Handwritten digits, 28 × 28, from the four IDX files that you have (.gz as they come).',
  fields: imageFields([1, 28, 28], classNames),
  options: z.strictObject({}),
  expects: [
    'train-images-idx3-ubyte(.gz)',
    'train-labels-idx1-ubyte(.gz)',
    't10k-images-idx3-ubyte(.gz)',
    't10k-labels-idx1-ubyte(.gz)',
  ],
  recognise: looksLikeIdx,
  open: (files) => openIdxImages('mnist', 'MNIST', classNames, files),
});
