// How each of our operators is written: by the form of its ONNX counterpart, or as several ONNX nodes where it has none.
import { onnxForms } from '../forms.generated.ts';
import { boxes } from './composites/boxes.ts';
import { cells } from './composites/cells.ts';
import { classLosses } from './composites/class-losses.ts';
import { moved } from './composites/moved.ts';
import { pairLosses } from './composites/pair-losses.ts';
import { pictures } from './composites/pictures.ts';
import { plain } from './composites/plain.ts';
import { settledNumbers } from './composites/settled.ts';
import type { WriteForm } from './write-context.ts';

export const writeForms: Readonly<Record<string, WriteForm>> = {
  ...pairLosses,
  ...classLosses,
  ...cells,
  ...pictures,
  ...plain,
  ...boxes,
  ...moved,
  ...settledNumbers,
  ...Object.fromEntries(onnxForms.flatMap((form) => Object.entries(form.write ?? {}))),
};
