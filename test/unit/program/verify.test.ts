// The verifier accepts sound programs and names every broken rule: one negative case each.
import { describe, expect, test } from 'vitest';
import type { KernelSpec } from '../../../src/program/kernel-spec.ts';
import type { Instruction, Program, Value } from '../../../src/program/program.ts';
import { verifyProgram } from '../../../src/program/verify.ts';
import { programOf } from '../../support/programs.ts';

const sound = programOf(({ emit, feed, parameter, under, named, replace }) => {
  const x = feed('x.y', [2, 3]);
  const w = parameter('w.value', [2, 3]);
  under('a');
  const y = named(
    'a.y',
    emit.map([x, w], (e, u, v) => e.mul(u, v)),
  );
  const flat = named('flat.y', emit.view(y, [6]));
  replace(
    'next(w.value)',
    emit.map([w, y], (e, u, v) => e.sub(u, v)),
    w,
  );
  return [flat];
});

function broken(change: (instructions: Instruction[], values: Value[]) => void, program: Program = sound): string[] {
  const [instructions, values] = [[...program.instructions], [...program.values]];
  change(instructions, values);
  return verifyProgram({ ...program, instructions, values });
}

/** The only instruction's kernel with something else in it. */
function withKernel(program: Program, change: (spec: KernelSpec) => KernelSpec): string[] {
  return broken((instructions) => {
    const last = instructions.length - 1;
    const instruction = instructions[last] as Instruction;
    instructions[last] = { ...instruction, kernel: change(instruction.kernel) };
  }, program);
}

test('a sound program has no faults', () => {
  expect(verifyProgram(sound)).toEqual([]);
});

describe('order', () => {
  test('a value is read before it is defined', () => {
    const faults = broken((instructions) => instructions.reverse());
    expect(faults.join('\n')).toContain('reads a.y before it is defined');
  });

  test('a value is defined twice', () => {
    const faults = broken((instructions) => void instructions.push(instructions[0] as Instruction));
    expect(faults).toContainEqual(expect.stringContaining('defines a.y a second time'));
  });

  test('a value is read after its successor took its place', () => {
    const faults = broken((instructions) => {
      const [multiply, flatten, update] = instructions as [Instruction, Instruction, Instruction];
      const late: Instruction = { ...multiply, outputs: [7] };
      instructions.splice(0, 3, multiply, flatten, update, late);
    });
    expect(faults).toContainEqual(expect.stringContaining('reads w.value after next(w.value) replaced it'));
  });

  test('a successor has another shape', () => {
    const faults = broken((_, values) => {
      const at = values.findIndex((value) => value.name === 'next(w.value)');
      values[at] = { ...(values[at] as Value), shape: [3, 2] };
    });
    expect(faults).toContainEqual(expect.stringContaining('replaces w.value by another shape'));
  });

  test('a result is never defined', () => {
    const faults = broken((instructions) => void instructions.splice(1, 1));
    expect(faults).toEqual(['result flat.y is never defined']);
  });
});

describe('reach of the kernels', () => {
  const one = (draw: Parameters<typeof programOf>[0]) => programOf(draw);
  const map = one(({ emit, feed }) => [emit.map([feed('x.y', [2, 3])], (e, v) => e.neg(v))]);
  const reduce = one(({ emit, feed }) => [emit.reduce([feed('x.y', [2, 3])], { axes: [1] })]);
  const gemm = one(({ emit, feed }) => [
    emit.gemm({
      a: feed('a.y', [2, 3]),
      b: feed('b.y', [3, 4]),
      epilogue: { operands: [feed('c.y', [4])], value: (e, x, c) => e.add(x, c as typeof x) },
    }),
  ]);
  const join = one(({ emit, feed }) => [
    emit.assemble(
      [4],
      [
        { operand: feed('a.y', [2]), at: [0] },
        { operand: feed('b.y', [2]), at: [2] },
      ],
    ),
  ]);
  type Of<O extends KernelSpec['op']> = Extract<KernelSpec, { op: O }>;

  test('an elementwise input leaves its buffer', () => {
    const faults = withKernel(map, (spec) => {
      const given = spec as Of<'elementwise'>;
      return { ...given, inputs: [{ dtype: 'float32', offset: 1, strides: [3, 1] }] };
    });
    expect(faults).toEqual([expect.stringContaining('input 0 reaches [1, 6] of 6 elements')]);
  });

  test('an elementwise output leaves its buffer, downwards', () => {
    const faults = withKernel(map, (spec) => {
      const given = spec as Of<'elementwise'>;
      return { ...given, outputs: given.outputs.map((output) => ({ ...output, strides: [3, -1] })) };
    });
    expect(faults).toEqual([expect.stringContaining('output 0 reaches [-2, 3] of 6 elements')]);
  });

  test('a reduction leaves its input, or has an output of another size', () => {
    const wide = withKernel(reduce, (spec) => ({ ...(spec as Of<'reduce'>), shape: [3, 3] }));
    expect(wide.join('\n')).toMatch(/input 0 reaches \[0, 8\] of 6 elements/);
    const other = withKernel(reduce, (spec) => ({ ...(spec as Of<'reduce'>), axes: [0] }));
    expect(other).toEqual([expect.stringContaining('output 0 has 2 elements, its kernel 3')]);
  });

  test('a piece leaves its input or the whole', () => {
    const faults = withKernel(join, (spec) => {
      const given = spec as Of<'assemble'>;
      return { ...given, pieces: given.pieces.map((piece) => ({ ...piece, shape: [3] })) };
    });
    expect(faults.map((fault) => fault.replace(/.*\) /, ''))).toEqual([
      'piece 0 reaches [0, 2] of 2 elements',
      'piece 1 reaches [0, 2] of 2 elements',
      'piece 1 of the output reaches [2, 4] of 4 elements',
    ]);
  });

  test('a product reads or writes more than there is', () => {
    const faults = withKernel(gemm, (spec) => ({ ...(spec as Of<'gemm'>), m: 3 }));
    expect(faults.map((fault) => fault.replace(/.*\) /, ''))).toEqual([
      'a reaches [0, 8] of 6 elements',
      'writes 12 elements into 8',
    ]);
    const epilogue = withKernel(gemm, (spec) => ({
      ...(spec as Of<'gemm'>),
      epilogue: { inputs: [{ dtype: 'float32', offset: 0, strides: [4, 1] }], body: [{ op: 'input', input: 0 }] },
    }));
    expect(epilogue).toEqual([expect.stringContaining('epilogue input 0 reaches [0, 7] of 4 elements')]);
  });

  test('a view sees another number of elements', () => {
    const faults = broken((_, values) => {
      const at = values.findIndex((value) => value.name === 'flat.y');
      values[at] = { ...(values[at] as Value), shape: [7] };
    });
    expect(faults).toEqual([expect.stringContaining('sees another number of elements')]);
  });

  const fixed: readonly (readonly [string, Program])[] = [
    ['softmax', one(({ emit, feed }) => [emit.softmax(feed('x.y', [2, 3]), 1, false)])],
    ['arg_reduce', one(({ emit, feed }) => [emit.argReduce(feed('x.y', [2, 3]), 1, 'max')])],
    ['bernoulli', one(({ emit }) => [emit.bernoulli([2, 3], 0.5)])],
    ['greedy_select', one(({ emit, feed }) => [emit.greedySelect(feed('x.y', [3, 3]))])],
    [
      'conv2d',
      one(({ emit, feed }) => {
        const geometry = {
          batch: 1,
          inChannels: 2,
          inSize: [4, 4],
          outChannels: 3,
          outSize: [2, 2],
          kernel: [3, 3],
          stride: [1, 1],
          padding: [0, 0, 0, 0],
          dilation: [1, 1],
          groups: 1,
        } as const;
        return [emit.conv2d('forward', geometry, [feed('x.y', [1, 2, 4, 4]), feed('w.y', [3, 2, 3, 3])])];
      }),
    ],
  ];
  test.each(fixed)('%s: a buffer of another size', (_, program) => {
    expect(verifyProgram(program)).toEqual([]);
    const faults = broken((instructions, values) => {
      const id = instructions.at(-1)?.outputs[0] as number;
      values[id] = { ...(values[id] as Value), shape: [5] };
    }, program);
    expect(faults).toEqual([expect.stringMatching(/output 0 has 5 elements, its kernel \d+/)]);
  });
});
