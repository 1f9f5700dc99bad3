// What is drawn for each ONNX operator whose attributes make it many things: see onnx-random-nodes.ts.
import type { Draw, NodeInput, RandomNode } from './random-nodes.ts';

type DrawNode = (d: Draw) => RandomNode;

const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const either = (d: Draw, axis: number, rank: number) => (d.maybe() ? axis : axis - rank);
const whenever = <T>(d: Draw, value: T, share = 0.5): T | undefined => (d.maybe(share) ? value : undefined);
const numbers = (d: Draw, length: number, low: number, high: number) =>
  Array.from({ length }, () => d.whole(low, high));

const wholeReductions = ['Sum', 'Max', 'Min', 'Prod', 'L1', 'SumSquare'];

export const nodeDraws: Readonly<Record<string, DrawNode>> = {
  reductions(d) {
    const name = d.pick([...wholeReductions, 'Mean', 'L2', 'LogSum', 'LogSumExp']);
    const shape = d.sizes(d.whole(0, 4));
    const rank = shape.length;
    const whole = wholeReductions.includes(name) && d.maybe(0.3);
    const x = whole
      ? d.wholes('int32', numbers(d, count(shape), -3, 4), shape)
      : d.reals(shape, name === 'LogSum' ? 0.1 : -2);
    const opset = d.pick([11, 13, 18]);
    const axes =
      rank > 0 && d.maybe(0.7)
        ? d
            .shuffled(rank)
            .slice(0, d.whole(1, rank))
            .map((axis) => either(d, axis, rank))
        : null;
    const asInput = opset >= 18 || (name === 'Sum' && opset >= 13);
    return {
      op: `Reduce${name}`,
      opset,
      inputs: asInput && (axes || d.maybe(0.3)) ? [x, d.wholes('int64', axes ?? [])] : [x],
      held: d.maybe() ? [1] : [],
      attributes: {
        keepdims: whenever(d, d.whole(0, 1)),
        axes: asInput ? undefined : (axes ?? undefined),
        noop_with_empty_axes: asInput ? whenever(d, 1, 0.4) : undefined,
      },
      outputs: [whole ? 'int32' : 'float32'],
    };
  },
  positions(d) {
    const shape = d.sizes(d.whole(1, 4));
    const axis = d.whole(0, shape.length - 1);
    const attributes = {
      axis: whenever(d, either(d, axis, shape.length), 0.8),
      keepdims: whenever(d, d.whole(0, 1)),
      select_last_index: whenever(d, 1),
    };
    const x = d.wholes('int32', numbers(d, count(shape), 0, 3), shape);
    return { op: d.pick(['ArgMax', 'ArgMin']), opset: 13, inputs: [x], attributes, outputs: ['int64'] };
  },
  'largest numbers'(d) {
    const shape = d.sizes(d.whole(1, 3), 6);
    const axis = d.whole(0, shape.length - 1);
    return {
      op: 'TopK',
      opset: 11,
      inputs: [d.reals(shape), d.wholes('int64', [d.whole(1, shape[axis] as number)])],
      held: d.maybe() ? [1] : [],
      attributes: { axis: either(d, axis, shape.length), largest: d.whole(0, 1) },
      outputs: ['float32', 'int64'],
    };
  },
  slices(d) {
    const shape = d.sizes(d.whole(1, 4), 7);
    const axes = d.shuffled(shape.length).slice(0, d.whole(1, shape.length));
    const place = (axis: number) => d.whole(-(shape[axis] as number) - 2, (shape[axis] as number) + 2);
    const steps = axes.map(() => d.pick([1, 1, 2, 3, -1, -2]));
    const ends = axes.map((axis) => (d.maybe(0.2) ? d.pick([0x7fff_ffff, -0x8000_0000]) : place(axis)));
    const lists = [axes.map(place), ends, axes.map((axis) => either(d, axis, shape.length)), steps];
    const inputs = [d.reals(shape), ...lists.map((list) => d.wholes('int64', list))];
    return { op: 'Slice', opset: 13, inputs, held: [1, 2, 3, 4], outputs: ['float32'] };
  },
  splits(d) {
    const shape = d.sizes(d.whole(1, 3), 8);
    const axis = d.whole(0, shape.length - 1);
    const size = shape[axis] as number;
    if (d.maybe()) {
      const each = Math.ceil(size / d.whole(1, size));
      const pieces = Math.ceil(size / each);
      const outputs = new Array<'float32'>(pieces).fill('float32');
      return { op: 'Split', opset: 18, inputs: [d.reals(shape)], attributes: { axis, num_outputs: pieces }, outputs };
    }
    const pieces: number[] = [];
    for (let left = size; left > 0; left -= pieces.at(-1) as number) pieces.push(d.whole(1, left));
    if (d.maybe(0.2)) pieces.push(0);
    return {
      op: 'Split',
      opset: d.pick([13, 18]),
      inputs: [d.reals(shape), d.wholes('int64', pieces)],
      held: d.maybe() ? [1] : [],
      attributes: { axis: either(d, axis, shape.length) },
      outputs: pieces.map(() => 'float32'),
    };
  },
  borders(d) {
    const shape = d.sizes(d.whole(1, 4)).map((size) => size + 1);
    const mode = d.pick(['constant', 'reflect', 'edge', 'wrap']);
    const opset = mode === 'wrap' ? 19 : d.pick([13, 18]);
    const chosen = opset >= 18 && d.maybe();
    const axes = chosen ? d.shuffled(shape.length).slice(0, d.whole(1, shape.length)) : [...shape.keys()];
    const most = (axis: number) => (mode === 'constant' || mode === 'edge' ? 3 : (shape[axis] as number) - 1);
    const pad = (axis: number) => d.whole(mode === 'constant' ? -1 : 0, most(axis));
    const pads = d.wholes('int64', [...axes.map(pad), ...axes.map(pad)]);
    const value: NodeInput | null = mode === 'constant' && d.maybe() ? d.reals([]) : null;
    const listed = chosen
      ? d.wholes(
          'int64',
          axes.map((axis) => either(d, axis, shape.length)),
        )
      : null;
    const inputs = [d.reals(shape), pads, value, listed];
    return { op: 'Pad', opset, inputs, held: [1, 3], attributes: { mode }, outputs: ['float32'] };
  },
  indices(d) {
    const shape = d.sizes(d.whole(1, 3));
    const axis = d.whole(0, shape.length - 1);
    const size = shape[axis] as number;
    const elements = d.maybe();
    const places = elements
      ? shape.map((each, i) => (i === axis ? d.whole(1, 4) : d.whole(1, each)))
      : d.sizes(d.whole(0, 2), 3);
    const indices = d.wholes('int64', numbers(d, count(places), -size, size - 1), places);
    const op = elements ? 'GatherElements' : 'Gather';
    const attributes = { axis: either(d, axis, shape.length) };
    return { op, opset: 13, inputs: [d.reals(shape), indices], attributes, outputs: ['float32'] };
  },
  'scattered numbers'(d) {
    const shape = d.sizes(d.whole(1, 3));
    const rank = shape.length;
    const axis = d.whole(0, rank - 1);
    const size = shape[axis] as number;
    const places = shape.with(axis, d.whole(1, size));
    const picked = d.shuffled(size).slice(0, places[axis]);
    const inner = count(shape.slice(axis + 1));
    // One order of places for all lines: what meets in one place is nowhere defined but for sums.
    const list = Array.from(
      { length: count(places) },
      (_, i) => picked[Math.floor(i / inner) % picked.length] as number,
    );
    const adds = d.maybe();
    const indices = adds ? numbers(d, list.length, -size, size - 1) : list;
    return {
      op: 'ScatterElements',
      opset: 16,
      inputs: [d.reals(shape), d.wholes('int64', indices, places), d.reals(places)],
      attributes: { axis: either(d, axis, rank), reduction: adds ? 'add' : undefined },
      outputs: ['float32'],
    };
  },
  copies(d) {
    const shape = d.sizes(d.whole(1, 3), 3);
    const repeats = d.wholes('int64', numbers(d, shape.length, 1, 3));
    return {
      op: 'Tile',
      opset: 13,
      inputs: [d.reals(shape), repeats],
      held: d.maybe() ? [1] : [],
      outputs: ['float32'],
    };
  },
  'one-hot numbers'(d) {
    const shape = d.sizes(d.whole(1, 2), 4);
    const depth = d.whole(1, 5);
    const rank = shape.length + 1;
    const indices = d.wholes('int64', numbers(d, count(shape), -depth, depth - 1), shape);
    const inputs = [indices, d.wholes('int64', [depth]), d.reals([2])];
    const attributes = { axis: whenever(d, d.whole(-rank, rank - 1), 0.7) };
    return { op: 'OneHot', opset: 11, inputs, held: [1], attributes, outputs: ['float32'] };
  },
  'recurrent layers'(d) {
    const op = d.pick(['RNN', 'LSTM', 'GRU']);
    const gates = { RNN: 1, LSTM: 4, GRU: 3 }[op] as number;
    const direction = d.pick(['forward', 'reverse', 'bidirectional']);
    const dirs = direction === 'bidirectional' ? 2 : 1;
    const [time, batch, features, hidden] = [d.whole(1, 4), d.whole(1, 3), d.whole(1, 3), d.whole(1, 3)];
    const names = () => {
      const rest = [d.pick(['Tanh', 'Relu', 'Sigmoid'])];
      if (op === 'LSTM') rest.push(d.pick(['Tanh', 'Sigmoid']));
      return op === 'RNN' ? rest : ['Sigmoid', ...rest];
    };
    const maybeReals = (shape: readonly number[]) => (d.maybe() ? d.reals(shape) : null);
    const inputs = [
      d.reals([time, batch, features]),
      d.reals([dirs, gates * hidden, features]),
      d.reals([dirs, gates * hidden, hidden]),
      maybeReals([dirs, 2 * gates * hidden]),
      d.maybe(0.3) ? d.wholes('int32', numbers(d, batch, 1, time)) : null,
      maybeReals([dirs, batch, hidden]),
      ...(op === 'LSTM' ? [maybeReals([dirs, batch, hidden]), d.maybe(0.3) ? d.reals([dirs, 3 * hidden]) : null] : []),
    ];
    const attributes = {
      direction,
      hidden_size: hidden,
      activations: d.maybe(0.3) ? Array.from({ length: dirs }, names).flat() : undefined,
      clip: whenever(d, { float: 0.8 }, 0.15),
      linear_before_reset: op === 'GRU' ? d.whole(0, 1) : undefined,
      input_forget: op === 'LSTM' ? whenever(d, 1, 0.15) : undefined,
    };
    const outputs = new Array<'float32'>(op === 'LSTM' ? 3 : 2).fill('float32');
    return { op, opset: 14, inputs, held: d.maybe() ? [1, 2, 3] : [], attributes, outputs };
  },
  'losses over classes'(d) {
    const op = d.pick(['SoftmaxCrossEntropyLoss', 'NegativeLogLikelihoodLoss']);
    const [classes, batch, rest] = [d.whole(2, 4), d.whole(2, 4), d.sizes(d.whole(0, 3), 3)];
    const ignored = whenever(d, d.whole(-2, classes - 1), 0.4);
    const labels = Array.from({ length: batch * count(rest) }, () =>
      ignored !== undefined && d.maybe(0.3) ? ignored : d.whole(0, classes - 1),
    );
    // A mean over nothing is nowhere defined.
    labels[0] = ignored === 0 ? 1 : 0;
    return {
      op,
      opset: 13,
      inputs: [
        d.reals([batch, classes, ...rest]),
        d.wholes('int64', labels, [batch, ...rest]),
        d.maybe() ? d.reals([classes], 0.2, 1.5) : null,
      ],
      attributes: { reduction: d.pick(['mean', 'sum', 'none', undefined]), ignore_index: ignored },
      outputs: op.startsWith('S') && d.maybe() ? ['float32', 'float32'] : ['float32'],
    };
  },
  suppression(d) {
    const [pictures, classes, boxes] = [d.whole(1, 2), d.whole(1, 3), d.whole(1, 8)];
    const inputs = [
      d.reals([pictures, boxes, 4], 0, 1),
      d.reals([pictures, classes, boxes], 0, 1),
      d.maybe(0.9) ? d.wholes('int64', [d.whole(0, boxes + 1)]) : null,
      d.maybe(0.8) ? d.reals([1], 0, 1) : null,
      d.maybe() ? d.reals([1], 0, 0.7) : null,
    ];
    const attributes = { center_point_box: d.whole(0, 1) };
    return { op: 'NonMaxSuppression', opset: 11, inputs, held: [2, 3, 4], attributes, outputs: ['int64'] };
  },
  regions(d) {
    const [batch, channels, height, width] = [d.whole(1, 2), d.whole(1, 2), d.whole(4, 8), d.whole(4, 8)];
    const regions = d.whole(1, 3);
    const rois = d.reals([regions, 4], 0, 3);
    for (let i = 0; i < regions; i++) {
      rois.data[i * 4 + 2] = (rois.data[i * 4] as number) + 0.5 + (width - 4) / d.whole(1, 4);
      rois.data[i * 4 + 3] = (rois.data[i * 4 + 1] as number) + 0.5 + (height - 4) / d.whole(1, 4);
    }
    return {
      op: 'RoiAlign',
      opset: d.pick([10, 16]),
      inputs: [d.reals([batch, channels, height, width]), rois, d.wholes('int64', numbers(d, regions, 0, batch - 1))],
      attributes: {
        output_height: d.whole(1, 4),
        output_width: d.whole(1, 4),
        sampling_ratio: d.whole(0, 3),
        spatial_scale: { float: d.pick([1, 0.5]) },
        mode: d.pick(['avg', 'max', undefined]),
      },
      outputs: ['float32'],
    };
  },
  'resized pictures'(d) {
    const shape = [...d.sizes(2, 2), d.whole(2, 6), d.whole(2, 6)];
    const mode = d.pick(['nearest', 'linear', 'cubic']);
    const opset = d.pick([13, 18, 19]);
    const bySize = d.maybe();
    const rules = ['half_pixel', 'pytorch_half_pixel', 'asymmetric', ...(opset >= 19 ? ['half_pixel_symmetric'] : [])];
    // With factors onnxruntime rounds the length before it aligns corners, the specification does not.
    const coordinates = d.pick(bySize ? [...rules, 'align_corners'] : rules);
    const scales = d.reals([4]);
    scales.data.set([1, 1, d.pick([0.5, 1, 1.5, 2, 2.5]), d.pick([0.5, 1, 1.5, 2, 2.5])]);
    const sizes = d.wholes('int64', [...shape.slice(0, 2), d.whole(1, 9), d.whole(1, 9)]);
    const linear = mode === 'linear' || mode === 'cubic';
    return {
      op: 'Resize',
      opset,
      inputs: [d.reals(shape), null, bySize ? null : scales, bySize ? sizes : null],
      held: [2, 3],
      attributes: {
        mode,
        coordinate_transformation_mode: coordinates,
        // Other roundings decide between neighbours by the last bit of a quotient.
        nearest_mode: mode === 'nearest' && !bySize ? d.pick(['round_prefer_floor', 'round_prefer_ceil']) : undefined,
        exclude_outside: mode === 'cubic' ? whenever(d, 1) : undefined,
        cubic_coeff_a: mode === 'cubic' ? whenever(d, { float: -0.5 }) : undefined,
        antialias: opset >= 18 && linear ? whenever(d, 1, 0.4) : undefined,
      },
      outputs: ['float32'],
    };
  },
  roundings(d) {
    const shape = d.sizes(d.whole(0, 3));
    const x = d.reals(shape, -9, 9);
    if (d.maybe()) x.data.set(x.data.map((value) => Math.round(value * 2) / 2));
    if (d.maybe()) return { op: d.pick(['Floor', 'Ceil', 'Round']), opset: 13, inputs: [x], outputs: ['float32'] };
    const [a, b] = [
      numbers(d, count(shape), -9, 9),
      Array.from({ length: count(shape) }, () => d.pick([-4, -3, 2, 5])),
    ];
    const inputs = [d.wholes('int32', a, shape), d.wholes('int32', b, shape)];
    return { op: 'Mod', opset: 13, inputs, attributes: { fmod: d.whole(0, 1) }, outputs: ['int32'] };
  },
  'remainders of real numbers'(d) {
    const shape = d.sizes(d.whole(0, 3));
    const inputs = [d.reals(shape, -9, 9), d.reals(d.maybe() ? shape : [], 0.7, 3)];
    return { op: 'Mod', opset: 13, inputs, attributes: { fmod: 1 }, outputs: ['float32'] };
  },
  questions(d) {
    const x = d.reals(d.sizes(d.whole(0, 3)), -2, 2);
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    x.data.set(x.data.map((value) => (d.maybe() ? d.pick(odd) : value)));
    const op = d.pick(['IsNaN', 'IsInf']);
    const flag = () => (op === 'IsInf' ? whenever(d, d.whole(0, 1)) : undefined);
    const attributes = { detect_negative: flag(), detect_positive: flag() };
    return { op, opset: op === 'IsInf' ? 10 : 13, inputs: [x], attributes, outputs: ['bool'] };
  },
  ranges(d) {
    const step = d.pick([-3, -1, 1, 2]);
    const start = d.whole(-5, 5);
    const parts = [
      start,
      start + step * d.whole(1, 6) - (Math.abs(step) > 1 ? Math.sign(step) * d.whole(0, 1) : 0),
      step,
    ];
    const inputs = parts.map((value) => d.wholes('int64', [value], []));
    return { op: 'Range', opset: 11, inputs, held: [0, 1, 2], outputs: ['int64'] };
  },
  functions: (d) => ({
    op: d.pick(['Erf', 'Sinh', 'Cosh', 'Tan']),
    opset: 13,
    inputs: [d.reals(d.sizes(d.whole(0, 3)), -1.4, 1.4)],
    outputs: ['float32'],
  }),
  triangles(d) {
    const shape = d.sizes(d.whole(2, 3));
    if (d.maybe()) {
      const shift = d.maybe() ? d.wholes('int64', [d.whole(-3, 3)], []) : null;
      const attributes = { upper: whenever(d, d.whole(0, 1)) };
      return { op: 'Trilu', opset: 14, inputs: [d.reals(shape), shift], held: [1], attributes, outputs: ['float32'] };
    }
    const axis = d.wholes('int64', [d.whole(-shape.length, shape.length - 1)], []);
    const attributes = { exclusive: d.whole(0, 1), reverse: d.whole(0, 1) };
    return { op: 'CumSum', opset: 14, inputs: [d.reals(shape), axis], held: [1], attributes, outputs: ['float32'] };
  },
  'blocks of depth'(d) {
    const blocksize = d.whole(1, 3);
    if (d.maybe()) {
      const x = d.reals([d.whole(1, 2), d.whole(1, 2), blocksize * d.whole(1, 3), blocksize * d.whole(1, 3)]);
      return { op: 'SpaceToDepth', opset: 13, inputs: [x], attributes: { blocksize }, outputs: ['float32'] };
    }
    const x = d.reals([d.whole(1, 2), blocksize * blocksize * d.whole(1, 2), d.whole(1, 3), d.whole(1, 3)]);
    const attributes = { blocksize, mode: d.pick(['DCR', 'CRD', undefined]) };
    return { op: 'DepthToSpace', opset: 13, inputs: [x], attributes, outputs: ['float32'] };
  },
};
