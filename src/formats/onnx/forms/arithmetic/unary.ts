// Functions of one number, of the same name here and there.
import { abs } from '../../../../operators/arithmetic/abs.ts';
import { cos } from '../../../../operators/arithmetic/cos.ts';
import { exp } from '../../../../operators/arithmetic/exp.ts';
import { log } from '../../../../operators/arithmetic/log.ts';
import { neg } from '../../../../operators/arithmetic/neg.ts';
import { reciprocal } from '../../../../operators/arithmetic/reciprocal.ts';
import { sign } from '../../../../operators/arithmetic/sign.ts';
import { sin } from '../../../../operators/arithmetic/sin.ts';
import { sqrt } from '../../../../operators/arithmetic/sqrt.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import { renamedForm } from '../renamed-form.ts';

export const unaryForms: readonly OnnxForm[] = [abs, cos, exp, log, neg, reciprocal, sign, sin, sqrt].map((operator) =>
  renamedForm(operator),
);
