// Functions of one number, of the same name here and there. Rounding leaves whole numbers as they are, which ONNX does not take.
import { abs } from '../../../../operators/arithmetic/abs.ts';
import { ceil } from '../../../../operators/arithmetic/ceil.ts';
import { cos } from '../../../../operators/arithmetic/cos.ts';
import { cosh } from '../../../../operators/arithmetic/cosh.ts';
import { erf } from '../../../../operators/arithmetic/erf.ts';
import { exp } from '../../../../operators/arithmetic/exp.ts';
import { floor } from '../../../../operators/arithmetic/floor.ts';
import { log } from '../../../../operators/arithmetic/log.ts';
import { neg } from '../../../../operators/arithmetic/neg.ts';
import { reciprocal } from '../../../../operators/arithmetic/reciprocal.ts';
import { round } from '../../../../operators/arithmetic/round.ts';
import { sign } from '../../../../operators/arithmetic/sign.ts';
import { sin } from '../../../../operators/arithmetic/sin.ts';
import { sinh } from '../../../../operators/arithmetic/sinh.ts';
import { sqrt } from '../../../../operators/arithmetic/sqrt.ts';
import { tan } from '../../../../operators/arithmetic/tan.ts';
import type { Operator } from '../../../../operators/define-operator.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import { renamedForm } from '../renamed-form.ts';

function rounding(operator: Operator): OnnxForm {
  const { op, read } = renamedForm(operator);
  return {
    op,
    read,
    write: {
      [operator.id]: ({ inputs, result }) => result(inputs['x']?.dtype === 'int32' ? 'Identity' : op, [inputs['x']]),
    },
  };
}

export const unaryForms: readonly OnnxForm[] = [
  ...[abs, cos, cosh, erf, exp, log, neg, reciprocal, sign, sin, sinh, sqrt, tan].map((operator) =>
    renamedForm(operator),
  ),
  ...[ceil, floor, round].map(rounding),
];
