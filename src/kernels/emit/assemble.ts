import type { AssembleSpec, ElementwiseSpec } from '../../program/kernel-spec.ts';
import { numel } from '../../tensor/shape.ts';
import type { Code } from '../encoder/code.ts';
import { ifElse, select } from '../encoder/control.ts';
import { defineFunction } from '../encoder/function.ts';
import { i32 } from '../encoder/instructions.ts';
import type { KernelEmitter } from './emitter.ts';
import { emitPass, planPass } from './pass.ts';

type Pass = Pick<ElementwiseSpec, 'shape' | 'inputs' | 'body' | 'outputs'>;

function fillPass({ shape, dtype, fill }: AssembleSpec): Pass {
  const whole = { dtype, offset: 0, strides: [1], slot: 0, value: 0 };
  return { shape: [numel(shape)], inputs: [], body: [{ op: 'const', value: fill }], outputs: [whole] };
}

function piecePass({ shape, input, output }: AssembleSpec['pieces'][number]): Pass {
  const body = [{ op: 'input', input: 0 }] as const;
  return { shape, inputs: [input], body, outputs: [{ ...output, slot: 0, value: 0 }] };
}

function isCovered(spec: AssembleSpec): boolean {
  return spec.pieces.reduce((sum, { shape }) => sum + numel(shape), 0) === numel(spec.shape);
}

/** The pieces' passes one after the other; what must be filled first cannot be split. */
export const assemble: KernelEmitter<AssembleSpec> = {
  emit(spec, { fma }) {
    const count = spec.pieces.length;
    const parameters = Array.from({ length: count + 4 }, () => 'i32' as const);
    return defineFunction('assemble', parameters, (p, local) => {
      const target = p[count]!.get;
      const from = p[count + 2]!.get;
      const to = p[count + 3]!.get;
      const pass = (own: Pass, addresses: readonly Code[], first: Code, last: Code) =>
        emitPass(own, addresses, first, last, { local, fma });
      if (!isCovered(spec)) {
        const whole = (own: Pass, addresses: readonly Code[]) =>
          pass(own, addresses, i32.const(0), i32.const(planPass(own).items));
        const pieces = spec.pieces.map((piece, i) => whole(piecePass(piece), [p[i]!.get, target]));
        return ifElse(i32.ltS(from, to), [whole(fillPass(spec), [target]), pieces]);
      }
      const low = local('i32');
      const high = local('i32');
      const within = (x: Code, items: number) => {
        const atLeast0 = select(i32.gtS(x, i32.const(0)), x, i32.const(0));
        return select(i32.ltS(x, i32.const(items)), atLeast0, i32.const(items));
      };
      let done = 0;
      return spec.pieces.map((piece, i) => {
        const own = piecePass(piece);
        const { items } = planPass(own);
        const start = done;
        done += items;
        return [
          low.set(within(i32.sub(from, i32.const(start)), items)),
          high.set(within(i32.sub(to, i32.const(start)), items)),
          pass(own, [p[i]!.get, target], low.get, high.get),
        ];
      });
    });
  },
  workspaceBytes: () => 0,
  extent: (spec) =>
    isCovered(spec) ? spec.pieces.reduce((sum, piece) => sum + planPass(piecePass(piece)).items, 0) : 1,
};
