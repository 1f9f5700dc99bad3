// A TensorFlow Lite model written operator by operator, float32, one subgraph (fields as in its schema.fbs).
import { Builder } from 'flatbuffers';

const codes = {
  add: 0,
  concatenation: 2,
  conv2d: 3,
  fullyConnected: 9,
  logistic: 14,
  maxPool2d: 17,
  mul: 18,
  reshape: 22,
  tanh: 28,
  pad: 34,
  mean: 40,
  split: 49,
};

/** Place in the union of options, then the fields as [slot, kind, value]. */
const optionKinds = {
  conv2d: [1, ['padding', 'int8'], ['strideW', 'int32'], ['strideH', 'int32'], ['activation', 'int8']],
  maxPool2d: [
    5,
    ['padding', 'int8'],
    ['strideW', 'int32'],
    ['strideH', 'int32'],
    ['filterW', 'int32'],
    ['filterH', 'int32'],
    ['activation', 'int8'],
  ],
  fullyConnected: [8, ['activation', 'int8']],
  concatenation: [10, ['axis', 'int32']],
  add: [11, ['activation', 'int8']],
  mul: [21, ['activation', 'int8']],
  mean: [27, ['keepDims', 'int8']],
  split: [35, ['count', 'int32']],
};

const types = { float32: 0, int32: 2 };

/** Calls that make a tensor answer its index. */
export function tfliteModel() {
  const tensors = [];
  const buffers = [new Uint8Array(0)];
  const operators = [];
  const inputs = [];
  const model = {
    shape: (tensor) => tensors[tensor].shape,
    input(shape) {
      const index = tensors.push({ shape, type: types.float32, buffer: 0 }) - 1;
      inputs.push(index);
      return index;
    },
    constant(shape, data) {
      const buffer = buffers.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) - 1;
      return tensors.push({ shape, type: data instanceof Int32Array ? types.int32 : types.float32, buffer }) - 1;
    },
    /** One result of `shape`, or with a list of shapes as many. */
    operator(kind, from, shape, options = {}) {
      const shapes = Array.isArray(shape[0]) ? shape : [shape];
      const results = shapes.map((each) => tensors.push({ shape: each, type: types.float32, buffer: 0 }) - 1);
      operators.push({ kind, from, results, options });
      return shapes === shape ? results : results[0];
    },
    encode(outputs) {
      const b = new Builder(2 ** 20);
      const kinds = [...new Set(operators.map(({ kind }) => kind))];
      const bufferOffsets = buffers.map((bytes) => {
        if (bytes.length === 0) return table(b, []);
        b.startVector(1, bytes.length, 16);
        b.space -= bytes.length;
        b.bb.bytes().set(bytes, b.space);
        return table(b, [['offset', b.endVector()]]);
      });
      const tensorOffsets = tensors.map(({ shape, type, buffer }, i) =>
        table(b, [
          ['offset', ints(b, shape)],
          ['int8', type],
          ['int32', buffer],
          ['offset', b.createString(`t${i}`)],
        ]),
      );
      const operatorOffsets = operators.map(({ kind, from, results, options }) => {
        const [union, ...fields] = optionKinds[kind] ?? [0];
        const own =
          union === 0
            ? 0
            : table(
                b,
                fields.map(([name, type]) => [type, options[name] ?? 0]),
              );
        return table(b, [
          ['int32', kinds.indexOf(kind)],
          ['offset', ints(b, from)],
          ['offset', ints(b, results)],
          ['int8', union],
          ['offset', own],
        ]);
      });
      const subgraph = table(b, [
        ['offset', offsets(b, tensorOffsets)],
        ['offset', ints(b, inputs)],
        ['offset', ints(b, outputs)],
        ['offset', offsets(b, operatorOffsets)],
      ]);
      const codeOffsets = kinds.map((kind) =>
        table(b, [
          ['int8', codes[kind]],
          ['offset', 0],
          ['int32', 1],
          ['int32', codes[kind]],
        ]),
      );
      const root = table(b, [
        ['int32', 3],
        ['offset', offsets(b, codeOffsets)],
        ['offset', offsets(b, [subgraph])],
        ['offset', 0],
        ['offset', offsets(b, bufferOffsets)],
      ]);
      b.finish(root, 'TFL3');
      return b.asUint8Array();
    },
  };
  return model;
}

/** A table of fields in the order of their slots; children exist already. */
function table(b, fields) {
  b.startObject(fields.length);
  fields.forEach(([kind, value], slot) => {
    if (kind === 'offset') b.addFieldOffset(slot, value, 0);
    else if (kind === 'int8') b.addFieldInt8(slot, value, 0);
    else b.addFieldInt32(slot, value, 0);
  });
  return b.endObject();
}

function ints(b, list) {
  b.startVector(4, list.length, 4);
  for (let i = list.length - 1; i >= 0; i--) b.addInt32(list[i]);
  return b.endVector();
}

function offsets(b, list) {
  b.startVector(4, list.length, 4);
  for (let i = list.length - 1; i >= 0; i--) b.addOffset(list[i]);
  return b.endVector();
}
