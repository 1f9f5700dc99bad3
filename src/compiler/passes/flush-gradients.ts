import type { Epilogue } from '../../program/kernel-spec.ts';
import type { Instruction, Program } from '../../program/program.ts';
import type { Pass } from './pass.ts';

/**
 * Products and convolutions of the backward phase store 0 where |x| < 1e-30. Arithmetic on denormal numbers takes a hundred times
 * as long, and gradients that vanish layer by layer would spend most of their way among them.
 */
export const flushGradients: Pass = {
  name: 'flush-gradients',
  mergesSteps: false,
  run(program: Program): Program {
    return { ...program, instructions: program.instructions.map(flushed) };
  },
};

function flushed(instruction: Instruction): Instruction {
  const { kernel, origin } = instruction;
  if (origin.phase !== 'backward') return instruction;
  if (kernel.op !== 'gemm' && kernel.op !== 'conv2d') return instruction;
  const { inputs, body }: Epilogue = kernel.epilogue ?? { inputs: [], body: [{ op: 'input', input: 0 }] };
  const epilogue: Epilogue = { inputs, body: [...body, { op: 'flush', a: body.length - 1 }] };
  return { ...instruction, kernel: { ...kernel, epilogue } };
}
