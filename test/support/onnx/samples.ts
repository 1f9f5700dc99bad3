// Samples of operators as graphs: inputs as feeds, parameters and state as tensors; for what ONNX cannot hold other numbers.

import type { GraphFile } from '../../../src/graph/schema.ts';
import type { Operator, Sample, TensorType } from '../../../src/operators/define-operator.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import { graphOf, type NodeSketch } from '../graphs.ts';
import type { Numbers } from '../operator-harness.ts';
import { type DrawnSample, drawSample } from '../operator-samples.ts';

export interface SampleGraph {
  readonly graph: GraphFile;
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly outputs: readonly string[];
}

/** A graph of one node `node`, its inputs `in_x`, … */
export function sampleGraph(operator: Operator, sample: Sample): SampleGraph {
  const drawn = drawSample(operator, sample);
  const nodes: Record<string, NodeSketch> = {};
  const wires: Record<string, string> = {};
  const feeds = new Map<string, Tensor>();
  const tensors = new Map<string, Tensor>();
  for (const [port, numbers] of Object.entries(drawn.inputs)) {
    const value = tensorOf(numbers);
    if (sample.inputs[port] === undefined) {
      tensors.set(`node.${port}`, value);
      continue;
    }
    nodes[`in_${port}`] = ['input', {}, { shape: [...value.shape], dtype: value.dtype }];
    wires[port] = `in_${port}.y`;
    feeds.set(`in_${port}.y`, tidy(port, value, drawn));
  }
  for (const [name, numbers] of Object.entries(drawn.state)) tensors.set(`node.${name}`, tensorOf(numbers));
  nodes['node'] = [operator.id, wires, drawn.attributes];
  const outputs = Object.entries(drawn.inferred.outputs).flatMap(([name, type]) =>
    Array.isArray(type) ? type.map((_, i) => `node.${name}${i}`) : [`node.${name}`],
  );
  return { graph: graphOf({ nodes }), feeds, tensors, outputs };
}

function tensorOf({ dtype, shape, data }: Numbers): Tensor {
  return { dtype, shape, data: dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data) };
}

/**
 * Boxes get their corners in order, since what the others overlap is nowhere defined, and regions stay within the picture,
 * where all agree on the number of points; places that a pool tells are different and exist.
 */
function tidy(port: string, value: Tensor, { inferred, inputs, attributes }: DrawnSample): Tensor {
  const { shape, data } = value;
  if (port === 'boxes' || port === 'rois') {
    const width = shape[1] as number;
    const scale = attributes['spatial_scale'];
    const edge =
      typeof scale === 'number' ? Math.min(...(inputs['x']?.shape.slice(2) ?? [])) / scale : Number.POSITIVE_INFINITY;
    const sorted = data.map((x, i) => (i % width === 0 && width === 5 ? x : Math.min(x, edge * (0.6 + (i % 3) / 8))));
    for (let row = 0; row < sorted.length; row += width) {
      for (let k = row + width - 4; k < row + width - 2; k++) {
        const [a, b] = [sorted[k] as number, sorted[k + 2] as number];
        [sorted[k], sorted[k + 2]] = [Math.min(a, b), Math.max(a, b)];
      }
    }
    return { ...value, data: sorted };
  }
  if (port !== 'indices' || shape.length !== 4) return value;
  const plane = (inferred.outputs['y'] as TensorType).shape.slice(2).reduce((a, b) => a * b, 1);
  const count = (shape[2] as number) * (shape[3] as number);
  const step = Math.floor(plane / count);
  return { ...value, data: data.map((at, i) => (i % count) * step + (at % step)) };
}
