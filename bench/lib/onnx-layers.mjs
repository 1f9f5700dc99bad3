// The layers of the workloads as ONNX nodes, forward and, by hand, backward: in the forms that run fastest in onnxruntime-web.
// A layer answers its output and a function from the gradient of that to those of its inputs and parameters.

/**
 * @typedef {ReturnType<typeof import('./onnx-graph.mjs').onnxGraph>} Graph
 * @typedef {{ y: string, back: (dy: string) => { inputs: string[], parameters: Record<string, string> } }} Layer
 *
 * @typedef {object} Site
 * @property {Graph} g
 * @property {string[]} from                    names of the inputs
 * @property {number[][]} shapes                their shapes
 * @property {number[]} shape                   of the output
 * @property {Record<string, unknown>} attributes
 * @property {(port: string) => string} parameter
 * @property {boolean} train                    with a backward pass to come
 * @property {boolean} needsInput               whether anyone asks for the gradient of the first input
 */

const count = (shape) => shape.reduce((product, size) => product * size, 1);

/** @type {Record<string, (site: Site) => Layer>} */
export const layers = { conv2d, linear, matmul, relu, max_pool2d, global_avg_pool2d, flatten, add, batch_norm, lstm };

function matmul({ g, from: [a, b] }) {
  return { y: g.node('MatMul', [a, b]), back: () => ({ inputs: [], parameters: {} }) };
}

function linear({ g, from: [x], parameter, needsInput }) {
  const w = parameter('weight');
  return {
    y: g.node('Gemm', [x, w, parameter('bias')], { transB: 1 }),
    back: (dy) => ({
      inputs: needsInput ? [g.node('MatMul', [dy, w])] : [],
      parameters: {
        weight: g.node('Gemm', [dy, x], { transA: 1 }),
        bias: g.node('ReduceSum', [dy, g.ints(0)], { keepdims: 0 }),
      },
    }),
  };
}

function relu({ g, from: [x] }) {
  const y = g.node('Relu', [x]);
  // y is never negative: its sign is the derivative.
  return { y, back: (dy) => ({ inputs: [g.node('Mul', [dy, g.node('Sign', [y])])], parameters: {} }) };
}

function add({ g, from: [a, b] }) {
  return { y: g.node('Add', [a, b]), back: (dy) => ({ inputs: [dy, dy], parameters: {} }) };
}

function flatten({ g, from: [x], shapes: [from], shape }) {
  const reshape = (value, to) => g.node('Reshape', [value, g.ints(...to)]);
  return { y: reshape(x, shape), back: (dy) => ({ inputs: [reshape(dy, from)], parameters: {} }) };
}

function global_avg_pool2d({ g, from: [x], shapes: [from] }) {
  return {
    y: g.node('GlobalAveragePool', [x]),
    back(dy) {
      const share = g.node('Mul', [dy, g.number(1 / (from[2] * from[3]))]);
      return { inputs: [g.node('Expand', [share, g.ints(...from)])], parameters: {} };
    },
  };
}

function max_pool2d({ g, from: [x], shapes: [from], attributes, train }) {
  const { kernel_size: kernel_shape, stride: strides } = attributes;
  if (!train) return { y: g.node('MaxPool', [x], { kernel_shape, strides }), back: () => undefined };
  const [y, at] = g.node('MaxPool', [x], { kernel_shape, strides }, 2);
  return {
    y,
    back: (dy) => ({
      inputs: [g.node('MaxUnpool', [dy, at, g.ints(...from)], { kernel_shape, strides })],
      parameters: {},
    }),
  };
}

function conv2d({ g, from: [x], shapes: [from], shape, attributes, parameter, needsInput }) {
  const { kernel_size: kernel, stride = [1, 1], padding = [0, 0], bias } = attributes;
  const w = parameter('weight');
  const pads = [...padding, ...padding];
  const [batch, inChannels, ...size] = from;
  const [, outChannels, ...out] = shape;
  const y = g.node('Conv', bias === false ? [x, w] : [x, w, parameter('bias')], {
    kernel_shape: kernel,
    strides: stride,
    pads,
  });
  const few = inChannels < 16;
  /** As a convolution of the gradient with the kernel turned by half a circle; with strides or few channels as a transposed one. */
  const inputGradient = (dy) => {
    if (few || stride[0] !== 1) {
      const rest = size.map((n, i) => n + 2 * padding[i] - kernel[i] - (out[i] - 1) * stride[i]);
      return g.node('ConvTranspose', [dy, w], { kernel_shape: kernel, strides: stride, pads, output_padding: rest });
    }
    const turned = g.node('Slice', [
      g.node('Transpose', [w], { perm: [1, 0, 2, 3] }),
      g.ints(-1, -1),
      g.ints(-1e9, -1e9),
      g.ints(2, 3),
      g.ints(-1, -1),
    ]);
    const around = kernel.map((k, i) => k - 1 - padding[i]);
    return g.node('Conv', [dy, turned], { kernel_shape: kernel, pads: [...around, ...around] });
  };
  /** As a convolution of the images, their channels as the batch, with the gradient as its kernel. */
  const weightByConvolution = (dy) => {
    const exchanged = [x, dy].map((value) => g.node('Transpose', [value], { perm: [1, 0, 2, 3] }));
    const product = g.node('Conv', exchanged, { kernel_shape: out, dilations: stride, pads });
    const turned = g.node('Transpose', [product], { perm: [1, 0, 2, 3] });
    return g.node('Slice', [turned, g.ints(0, 0), g.ints(...kernel), g.ints(2, 3)]);
  };
  /** One matrix product over all places of the batch, with the patches laid out by slices. */
  const weightByProduct = (dy) => {
    const padded = pads.some(Boolean) ? g.node('Pad', [x, g.ints(0, 0, ...padding, 0, 0, ...padding)]) : x;
    const taps = [];
    for (let row = 0; row < kernel[0]; row++) {
      for (let column = 0; column < kernel[1]; column++) {
        const start = [row, column];
        const end = start.map((at, i) => at + (out[i] - 1) * stride[i] + 1);
        taps.push(g.node('Slice', [padded, g.ints(...start), g.ints(...end), g.ints(2, 3), g.ints(...stride)]));
      }
    }
    const places = out[0] * out[1];
    const columns = taps.length === 1 ? taps[0] : g.node('Concat', taps, { axis: 1 });
    const rows = taps.length * inChannels;
    let patches = g.node('Reshape', [columns, g.ints(batch, rows, places)]);
    let gradient = g.node('Reshape', [dy, g.ints(batch, outChannels, places)]);
    // [N, rows, P] → [N·P, rows] and [O, N·P], so that one product sums over everything.
    patches = g.node('Transpose', [patches], { perm: [0, 2, 1] });
    patches = g.node('Reshape', [patches, g.ints(batch * places, rows)]);
    if (batch > 1) gradient = g.node('Transpose', [gradient], { perm: [1, 0, 2] });
    gradient = g.node('Reshape', [gradient, g.ints(outChannels, batch * places)]);
    const product = g.node('MatMul', [gradient, patches]);
    const byTap = g.node('Reshape', [product, g.ints(outChannels, ...kernel, inChannels)]);
    return g.node('Transpose', [byTap], { perm: [0, 3, 1, 2] });
  };
  return {
    y,
    back: (dy) => ({
      inputs: needsInput ? [inputGradient(dy)] : [],
      parameters: {
        weight: few ? weightByConvolution(dy) : weightByProduct(dy),
        ...(bias === false ? {} : { bias: g.node('ReduceSum', [dy, g.ints(0, 2, 3)], { keepdims: 0 }) }),
      },
    }),
  };
}

/** The one-pass inference operator scales and shifts by channel: what training needs besides are sums. */
function batch_norm({ g, from: [x], shapes: [from], parameter, train, attributes }) {
  const [weight, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(parameter);
  const epsilon = { float: attributes.eps ?? 1e-5 };
  if (!train) {
    return { y: g.node('BatchNormalization', [x, weight, bias, mean, variance], { epsilon }), back: () => undefined };
  }
  const places = count(from) / from[1];
  const sums = (value) => g.node('ReduceSum', [value, g.ints(0, 2, 3)], { keepdims: 0 });
  const average = (value) => g.node('ReduceMean', [value], { axes: [0, 2, 3], keepdims: 0 });
  const mul = (a, b) => g.node('Mul', [a, b]);
  const batchMean = average(x);
  const centred = g.node('Sub', [x, g.node('Reshape', [batchMean, g.ints(1, from[1], 1, 1)])]);
  const batchVariance = average(mul(centred, centred));
  const y = g.node('BatchNormalization', [x, weight, bias, batchMean, batchVariance], { epsilon });
  const share = attributes.momentum ?? 0.1;
  const blend = (before, now) => g.node('Add', [mul(before, g.number(1 - share)), mul(now, g.number(share))]);
  return {
    y,
    state: {
      running_mean: blend(mean, batchMean),
      running_var: blend(variance, mul(batchVariance, g.number(places / (places - 1)))),
    },
    back(dy) {
      const scale = g.node('Reciprocal', [g.node('Sqrt', [g.node('Add', [batchVariance, g.number(epsilon.float)])])]);
      const biasGradient = sums(dy);
      const weightGradient = mul(scale, g.node('Sub', [sums(mul(dy, x)), mul(batchMean, biasGradient)]));
      // dX = a·dY + b·x + c with a = γ·scale, b = −a·scale·dγ/m, c = −a·dβ/m − b·mean: two scalings and a sum.
      const a = mul(weight, scale);
      const b = mul(mul(a, mul(scale, weightGradient)), g.number(-1 / places));
      const c = g.node('Sub', [mul(mul(a, biasGradient), g.number(-1 / places)), mul(b, batchMean)]);
      const zeros = g.constant([from[1]], new Float32Array(from[1]));
      const ones = g.constant([from[1]], new Float32Array(from[1]).fill(1));
      const scaled = (value, by, shift) =>
        g.node('BatchNormalization', [value, by, shift, zeros, ones], { epsilon: { float: 0 } });
      return {
        inputs: [g.node('Add', [scaled(dy, a, c), scaled(x, b, zeros)])],
        parameters: { weight: weightGradient, bias: biasGradient },
      };
    },
  };
}

function lstm({ g, from: [x], shapes: [[time, batch, input]], shape, parameter, train, constants }) {
  const hidden = shape[2];
  // ONNX wants the gates as i o f c.
  const order = [0, 3, 1, 2];
  if (!train) {
    const gates = (values, width) =>
      Float32Array.from({ length: values.length }, (_, i) => {
        const rows = hidden * width;
        return values[order[Math.floor(i / rows)] * rows + (i % rows)];
      });
    const stored = (port, width) => gates(constants(port), width);
    const w = g.constant([1, 4 * hidden, input], stored('weight_ih_l0', input));
    const r = g.constant([1, 4 * hidden, hidden], stored('weight_hh_l0', hidden));
    const b = g.constant([1, 8 * hidden], Float32Array.of(...stored('bias_ih_l0', 1), ...stored('bias_hh_l0', 1)));
    const y = g.node('LSTM', [x, w, r, b], { hidden_size: hidden });
    return { y: g.node('Reshape', [y, g.ints(...shape)]), back: () => undefined };
  }
  const [wx, wh, bx, bh] = ['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0'].map(parameter);
  const mul = (a, b) => g.node('Mul', [a, b]);
  const plus = (a, b) => g.node('Add', [a, b]);
  const split = (value, axis, sizes) => g.node('Split', [value, g.ints(...sizes)], { axis }, sizes.length);
  const flat = g.node('Reshape', [x, g.ints(time * batch, input)]);
  const below = split(
    g.node('Gemm', [flat, wx, plus(bx, bh)], { transB: 1 }),
    0,
    Array.from({ length: time }, () => batch),
  );
  const zeros = g.constant([batch, hidden], new Float32Array(batch * hidden));
  const steps = [];
  let h = zeros;
  let c = zeros;
  for (const pre of below) {
    const gates = g.node('Gemm', [h, wh, pre], { transB: 1 });
    const [inputForget, cell, out] = split(gates, 1, [2 * hidden, hidden, hidden]);
    const iF = g.node('Sigmoid', [inputForget]);
    const [i, f] = split(iF, 1, [hidden, hidden]);
    const z = g.node('Tanh', [cell]);
    const o = g.node('Sigmoid', [out]);
    const before = { h, c };
    c = plus(mul(f, c), mul(i, z));
    const t = g.node('Tanh', [c]);
    h = mul(o, t);
    steps.push({ i, f, z, o, t, h, before, iF });
  }
  const y = g.node('Reshape', [
    g.node(
      'Concat',
      steps.map((step) => step.h),
      { axis: 0 },
    ),
    g.ints(...shape),
  ]);
  return {
    y,
    back(dy) {
      const rest = split(
        g.node('Reshape', [dy, g.ints(time * batch, hidden)]),
        0,
        steps.map(() => batch),
      );
      const one = g.number(1);
      const gates = [];
      let dh;
      let dc;
      for (let s = time - 1; s >= 0; s--) {
        const { i, z, f, o, t, before, iF } = steps[s];
        dh = dh === undefined ? rest[s] : plus(rest[s], dh);
        const through = mul(mul(dh, o), g.node('Sub', [one, mul(t, t)]));
        dc = dc === undefined ? through : plus(dc, through);
        const slopes = mul(iF, g.node('Sub', [one, iF]));
        const dIF = mul(g.node('Concat', [mul(dc, z), mul(dc, before.c)], { axis: 1 }), slopes);
        const dZ = mul(mul(dc, i), g.node('Sub', [one, mul(z, z)]));
        const dO = mul(mul(dh, t), mul(o, g.node('Sub', [one, o])));
        gates[s] = g.node('Concat', [dIF, dZ, dO], { axis: 1 });
        if (s > 0) {
          dh = g.node('MatMul', [gates[s], wh]);
          dc = mul(dc, f);
        }
      }
      const all = g.node('Concat', gates, { axis: 0 });
      const states = g.node(
        'Concat',
        steps.map(({ before }) => before.h),
        { axis: 0 },
      );
      const bias = g.node('ReduceSum', [all, g.ints(0)], { keepdims: 0 });
      return {
        inputs: [g.node('Reshape', [g.node('MatMul', [all, wx]), g.ints(time, batch, input)])],
        parameters: {
          weight_ih_l0: g.node('Gemm', [all, flat], { transA: 1 }),
          weight_hh_l0: g.node('Gemm', [all, states], { transA: 1 }),
          bias_ih_l0: bias,
          bias_hh_l0: g.node('Identity', [bias]),
        },
      };
    },
  };
}
