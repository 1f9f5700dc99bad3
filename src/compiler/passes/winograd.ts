import { fitsWinograd } from '../../kernels/emit/winograd-plan.ts';
import type { Conv2dSpec } from '../../program/kernel-spec.ts';
import type { Program } from '../../program/program.ts';
import type { Pass } from './pass.ts';

/** Fewer channels than this spend more on transforms than they save in products. */
const leastChannels = 16;
/** Fewer tiles do not pay for the transformed weights. */
const leastTiles = 64;

/** Lets 3×3 convolutions of many channels be computed by Winograd's form. It rounds otherwise, so strict numerics do without. */
export const winograd: Pass = {
  name: 'winograd',
  mergesSteps: false,
  run(program: Program, { numerics }): Program {
    if (numerics === 'strict') return program;
    const instructions = program.instructions.map((instruction) => {
      const { kernel } = instruction;
      return kernel.op === 'conv2d' && pays(kernel)
        ? { ...instruction, kernel: { ...kernel, algorithm: 'winograd' as const } }
        : instruction;
    });
    return { ...program, instructions };
  },
};

function pays(spec: Conv2dSpec): boolean {
  const { batch, inChannels, outChannels, outSize } = spec.geometry;
  const tiles = batch * Math.ceil(outSize[0] / 2) * Math.ceil(outSize[1] / 2);
  return inChannels >= leastChannels && outChannels >= leastChannels && tiles >= leastTiles && fitsWinograd(spec);
}
