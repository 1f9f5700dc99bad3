// Programs and plans as text: one instruction a line, for people, for tests of passes and for the plan view.
import { formatShape } from '../tensor/shape.ts';
import type { Epilogue, Expression, KernelSpec } from './kernel-spec.ts';
import type { Plan } from './plan.ts';
import type { Program } from './program.ts';

const infix: Readonly<Record<string, string>> = {
  add: '+',
  sub: '−',
  mul: '·',
  div: '/',
  gt: '>',
  ge: '≥',
  lt: '<',
  le: '≤',
  eq: '=',
  ne: '≠',
  and: '∧',
  or: '∨',
};

/** `select((a > 0), b, 0)`: inputs are a, b, c, … */
export function printExpression(body: readonly Expression[], index: number, inputs: readonly string[]): string {
  const line = body[index];
  if (!line) return '?';
  const at = (i: number) => printExpression(body, i, inputs);
  switch (line.op) {
    case 'input':
      return inputs[line.input] ?? `#${line.input}`;
    case 'const':
      return String(line.value);
    case 'coord':
      return `i${line.axis}`;
    case 'select':
      return `select(${at(line.condition)}, ${at(line.a)}, ${at(line.b)})`;
    default:
      if (!('b' in line)) return `${line.op}(${at(line.a)})`;
      return infix[line.op]
        ? `(${at(line.a)} ${infix[line.op]} ${at(line.b)})`
        : `${line.op}(${at(line.a)}, ${at(line.b)})`;
  }
}

/** What a kernel does, without its buffers: `gemm 32×120×400`, `elementwise max(x, 0)`. */
export function printKernel(spec: KernelSpec, names: readonly string[]): string {
  switch (spec.op) {
    case 'elementwise':
      return `elementwise ${formatShape(spec.shape)} ${spec.outputs.map((o) => printExpression(spec.body, o.value, names)).join('; ')}`;
    case 'reduce':
      return `reduce ${formatShape(spec.shape)} over ${spec.axes.join(',')} ${spec.outputs
        .map(
          (o) =>
            `${o.by} ${printExpression(spec.body, o.value, names)}${o.finish.length > 1 ? ` → ${printExpression(o.finish, o.finish.length - 1, ['Σ'])}` : ''}`,
        )
        .join('; ')}`;
    case 'integer': {
      const over = spec.axes.length > 0 ? ` over ${spec.axes.join(',')} ${spec.by}` : '';
      return `integer ${formatShape(spec.shape)}${over} ${printExpression(spec.body, spec.body.length - 1, names)}`;
    }
    case 'gemm':
      return `gemm ${spec.batch.length > 0 ? `${formatShape(spec.batch)}·` : ''}${spec.m}×${spec.n}×${spec.k}${printEpilogue(spec.epilogue, names)}`;
    case 'conv2d': {
      const g = spec.geometry;
      return `conv2d ${spec.direction} ${g.batch}×${g.inChannels}×${g.inSize.join('×')} → ${g.outChannels}×${g.outSize.join('×')}, ${g.kernel.join('×')} stride ${g.stride.join(',')}${g.groups > 1 ? ` groups ${g.groups}` : ''}${spec.algorithm ? ` by ${spec.algorithm}` : ''}${printEpilogue(spec.epilogue, names)}`;
    }
    case 'softmax':
      return `${spec.log ? 'log_softmax' : 'softmax'} ${spec.outer}×${spec.size}×${spec.inner}`;
    default:
      return spec.op;
  }
}

function printEpilogue(epilogue: Epilogue | null, names: readonly string[]): string {
  if (epilogue === null) return '';
  const { body, also = [] } = epilogue;
  const lines = [body.length - 1, ...also].map((line) => printExpression(body, line, ['Σ', ...names.slice(2)]));
  return ` then ${lines.join('; ')}`;
}

/** The whole program, one instruction a line. */
export function printProgram(program: Program): string {
  const name = (id: number) => program.values[id]?.name ?? '?';
  return program.instructions
    .map((instruction) => {
      const outputs = instruction.outputs.map(
        (id) =>
          `${name(id)}${program.values[id]?.replaces === undefined ? '' : '!'}[${program.values[id]?.shape.join(',') ?? ''}]`,
      );
      const inputs = instruction.inputs.map(name);
      return `${outputs.join(', ')} = ${printKernel(instruction.kernel, inputs)}(${inputs.join(', ')})`;
    })
    .join('\n');
}

/** The plan as its view shows it: number, phase, node, kernel, where the results lie. */
export function printPlan(plan: Plan): string {
  return plan.instructions
    .map((instruction, index) => {
      const step = plan.steps[instruction.step];
      const kernel = plan.kernels[instruction.kernel];
      const inputs = instruction.inputs.map((i) => plan.values[i]?.name ?? '?');
      const outputs = instruction.outputs.map((i) => {
        const value = plan.values[i];
        return value ? `${value.name}@${value.region === 'persistent' ? 'p' : ''}${value.offset}` : '?';
      });
      return `${String(index).padStart(4)} ${step?.phase ?? ''} ${step?.node ?? ''}: ${outputs.join(', ')} = ${kernel ? printKernel(kernel, inputs) : '?'}(${inputs.join(', ')})`;
    })
    .join('\n');
}
