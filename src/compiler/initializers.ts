// The graph file's initialisers as the program's, once shape and fans are known.
import type { ParameterInit } from '../graph/schema.ts';
import type { ParameterType } from '../operators/define-operator.ts';
import {
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  ones,
  xavierNormal,
  xavierUniform,
  zeros,
} from '../program/initializer.ts';
import { numel } from '../tensor/shape.ts';

/** Fans as PyTorch counts them where the operator does not say: dimension 1 and 0 times the rest. */
function fans(type: ParameterType): readonly [number, number] {
  if (type.fan) return type.fan;
  const [out = 1, into = out, ...rest] = type.shape;
  return [into * numel(rest), out * numel(rest)];
}

function scaled(init: Initializer, gain: number | undefined): Initializer {
  if (gain === undefined) return init;
  if (init.kind === 'normal') return { ...init, std: init.std * gain };
  return init.kind === 'uniform' ? { ...init, low: init.low * gain, high: init.high * gain } : init;
}

/** `gain` is PyTorch's, √2 for ReLU; He's initialisers already hold that. */
function heGain(gain: number | undefined): number | undefined {
  return gain === undefined ? undefined : gain / Math.SQRT2;
}

/** How a parameter starts, as the graph says: for its shape and its fans, of which a node knows nothing before inference. */
export function initializerOf(given: ParameterInit): (type: ParameterType) => Initializer {
  return (type) => {
    const [fanIn, fanOut] = fans(type);
    switch (given.kind) {
      case 'zeros':
        return zeros;
      case 'ones':
        return ones;
      case 'constant':
        return { kind: 'constant', value: given.value };
      case 'normal':
        return { kind: 'normal', mean: given.mean ?? 0, std: given.std ?? 1 };
      case 'uniform':
        return { kind: 'uniform', low: given.low, high: given.high };
      case 'xavier_uniform':
        return scaled(xavierUniform(fanIn, fanOut), given.gain);
      case 'xavier_normal':
        return scaled(xavierNormal(fanIn, fanOut), given.gain);
      case 'he_uniform':
        return scaled(heUniform(given.mode === 'fan_out' ? fanOut : fanIn), heGain(given.gain));
      case 'he_normal':
        return scaled(heNormal(given.mode === 'fan_out' ? fanOut : fanIn), heGain(given.gain));
      case 'lecun_uniform':
        return lecunUniform(fanIn);
      case 'lecun_normal':
        return lecunNormal(fanIn);
      case 'truncated_normal':
        return { kind: 'truncated_normal', mean: given.mean ?? 0, std: given.std ?? 1 };
      case 'orthogonal': {
        const [rows = 1, ...rest] = type.shape;
        return { kind: 'orthogonal', rows, columns: numel(rest), gain: given.gain ?? 1 };
      }
      case 'identity':
        return { kind: 'identity', shape: type.shape };
    }
  };
}
