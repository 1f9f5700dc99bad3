// fashion_mnist: Zalando's articles of clothing in MNIST's format. The bytes do not tell them from digits; the path does.
import { z } from 'zod';
import { defineFileDataset } from './dataset.ts';
import { imageFields, looksLikeIdx, openIdxImages } from './idx-images.ts';

const classNames = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

export const fashionMnist = defineFileDataset({
  kind: 'files',
  id: 'fashion_mnist',
  title: 'Fashion-MNIST',
  summary: 'Ten kinds of clothing, 28 × 28, in MNIST’s files; recognised when “fashion” is part of the path.',
  fields: imageFields([1, 28, 28], classNames),
  options: z.strictObject({}),
  expects: [
    'fashion/train-images-idx3-ubyte(.gz)',
    'fashion/train-labels-idx1-ubyte(.gz)',
    'fashion/t10k-images-idx3-ubyte(.gz)',
    'fashion/t10k-labels-idx1-ubyte(.gz)',
  ],
  recognise: looksLikeIdx,
  onlyIn: /fashion/i,
  open: (files) => openIdxImages('fashion_mnist', 'Fashion-MNIST', classNames, files),
});
