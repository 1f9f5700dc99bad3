// What the nets leave unsaid: the shape of every value, and the parameters with fixed numbers, the same for every engine.

/**
 * @typedef {object} Parameter
 * @property {string} name     `conv2d0.weight`, as our plans call it
 * @property {number[]} shape  in our layout: OIHW kernels, [out, in] matrices
 * @property {boolean} trained running statistics are not
 * @property {Float32Array} values
 */

/** Of steps: gradient descent with momentum, v ← μv + g, p ← p − lr·v. */
export const learningRate = 0.01;
export const momentum = 0.9;

const count = (shape) => shape.reduce((product, size) => product * size, 1);

/** (i·7919 mod 1009)/1009 − ½: the numbers of inputs. */
export function pattern(length, salt = 0) {
  return Float32Array.from({ length }, (_, i) => (((i + salt) * 7919) % 1009) / 1009 - 0.5);
}

/** Labels i mod classes. */
export const labels = (length, classes) => Int32Array.from({ length }, (_, i) => i % classes);

/**
 * @param {import('./nets.mjs').Net} net
 * @returns {{ shapes: Map<string, number[]>, parameters: Map<string, Parameter> }} shapes by id of node or input
 */
export function tensorsOf(net) {
  const shapes = new Map(Object.entries(net.inputs));
  const parameters = new Map();
  const add = (node, port, shape, { scale = 1, shift = 0, trained = true } = {}) => {
    const values = pattern(count(shape), 131 * parameters.size).map((x) => shift + scale * x);
    parameters.set(`${node}.${port}`, { name: `${node}.${port}`, shape, trained, values });
  };
  for (const { id, op, from, attributes } of net.nodes) {
    const x = shapes.get(from[0]);
    // Spread so that the size of values stays about the same from layer to layer.
    const spread = (fan) => ({ scale: 2 * Math.sqrt(6 / fan) });
    switch (op) {
      case 'conv2d': {
        const { out_channels: channels, kernel_size: kernel, bias } = attributes;
        shapes.set(id, [x[0], channels, ...windows(x.slice(2), attributes)]);
        add(id, 'weight', [channels, x[1], ...kernel], spread(x[1] * kernel[0] * kernel[1]));
        if (bias !== false) add(id, 'bias', [channels], { scale: 0.2 });
        break;
      }
      case 'linear':
        shapes.set(id, [...x.slice(0, -1), attributes.out_features]);
        add(id, 'weight', [attributes.out_features, x.at(-1)], spread(x.at(-1)));
        add(id, 'bias', [attributes.out_features], { scale: 0.2 });
        break;
      case 'lstm': {
        const { hidden_size: hidden } = attributes;
        shapes.set(id, [x[0], x[1], hidden]);
        const scale = { scale: 2 / Math.sqrt(hidden) };
        add(id, 'weight_ih_l0', [4 * hidden, x[2]], scale);
        add(id, 'weight_hh_l0', [4 * hidden, hidden], scale);
        add(id, 'bias_ih_l0', [4 * hidden], scale);
        add(id, 'bias_hh_l0', [4 * hidden], scale);
        break;
      }
      case 'batch_norm':
        shapes.set(id, x);
        add(id, 'weight', [x[1]], { scale: 0.4, shift: 1 });
        add(id, 'bias', [x[1]], { scale: 0.2 });
        add(id, 'running_mean', [x[1]], { scale: 0.2, trained: false });
        add(id, 'running_var', [x[1]], { scale: 0.5, shift: 1, trained: false });
        break;
      case 'max_pool2d':
        shapes.set(id, [x[0], x[1], ...windows(x.slice(2), attributes)]);
        break;
      case 'global_avg_pool2d':
        shapes.set(id, [x[0], x[1], 1, 1]);
        break;
      case 'flatten':
        shapes.set(id, [x[0], count(x.slice(1))]);
        break;
      case 'matmul':
        shapes.set(id, [x[0], shapes.get(from[1])[1]]);
        break;
      case 'relu':
      case 'add':
        shapes.set(id, x);
        break;
      default:
        throw new Error(`the shape of ${op}`);
    }
  }
  return { shapes, parameters };
}

function windows(sizes, { kernel_size: kernel, stride = [1, 1], padding = [0, 0] }) {
  return sizes.map((size, i) => Math.floor((size + 2 * padding[i] - kernel[i]) / stride[i]) + 1);
}
