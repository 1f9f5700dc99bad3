// Runs one operator record standalone: checks ports, infers, builds a program (forward, and gradient for given
// cotangents), executes its kernels on float32 or float64 arrays. It leaves comparing to the tests.
import { runReference } from '../../src/kernels/reference/reference.ts';
import type {
  ForwardContext,
  GradientContext,
  InferContext,
  Inferred,
  Operator,
  ParameterPort,
  ParameterType,
  PortSpec,
  ReferenceTensor,
  TensorType,
} from '../../src/operators/define-operator.ts';
import type { Ref } from '../../src/program/access.ts';
import { createProgramBuilder } from '../../src/program/builder.ts';
import type { KernelSpec } from '../../src/program/kernel-spec.ts';
import type { Mode, Program } from '../../src/program/program.ts';
import type { Diagnostic } from '../../src/tensor/diagnostic.ts';
import type { DType, NumericArray } from '../../src/tensor/dtype.ts';
import { streamKey } from '../../src/tensor/random.ts';
import { formatShape, numel, type Shape, sameShape } from '../../src/tensor/shape.ts';

export interface Numbers {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}
type Named<T> = Readonly<Record<string, T>>;

/** Runs one kernel on buffers; the plain TypeScript reference unless a test gives another. */
export type KernelRunner = (
  spec: KernelSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
) => void;

export type AnyInferred = Inferred<Named<ParameterPort>, Named<PortSpec>>;

export interface Inference {
  readonly attributes: Named<unknown>;
  readonly diagnostics: readonly Diagnostic[];
  readonly inferred: AnyInferred | null;
}

export interface Setup {
  readonly attributes?: Named<unknown>;
  readonly mode?: Mode;
}

/** `x0`, `x1`, … become the list `x`; everything else stays. Missing single ports are undefined. */
export function groupPorts<T>(ports: Named<PortSpec>, flat: Named<T>): Record<string, T | undefined | readonly T[]> {
  const grouped: Record<string, T | undefined | readonly T[]> = {};
  for (const [name, port] of Object.entries(ports)) {
    if (port.variadic === undefined) grouped[name] = flat[name];
    else {
      const list: T[] = [];
      for (let i = 0; flat[`${name}${i}`] !== undefined; i++) list.push(flat[`${name}${i}`] as T);
      grouped[name] = list;
    }
  }
  return grouped;
}

/** The inverse of `groupPorts`. */
export function flattenPorts<T>(grouped: Named<T | undefined | readonly (T | undefined)[]>): Record<string, T> {
  const flat: Record<string, T> = {};
  for (const [name, value] of Object.entries(grouped)) {
    if (Array.isArray(value)) {
      for (const [i, each] of (value as readonly (T | undefined)[]).entries()) {
        if (each !== undefined) flat[`${name}${i}`] = each;
      }
    } else if (value !== undefined) flat[name] = value as T;
  }
  return flat;
}

/** What the compiler does before `infer`: attributes parse, ports are wired, dtypes and ranks fit; then `infer`. */
export function inferOperator(operator: Operator, given: Setup & { readonly inputs: Named<TensorType> }): Inference {
  const diagnostics: Diagnostic[] = [];
  const fail: InferContext<Named<PortSpec>, Named<ParameterPort>, unknown>['fail'] = (code, at, message, more = {}) => {
    diagnostics.push({ code, severity: 'error', message, at: { path: 'node', ...at }, ...more });
    return null;
  };
  const parsed = operator.attributes.safeParse(given.attributes ?? {});
  if (!parsed.success) {
    for (const issue of parsed.error.issues) fail('E_ATTRIBUTE', { attribute: issue.path.join('.') }, issue.message);
    return { attributes: {}, diagnostics, inferred: null };
  }
  checkPorts(operator, given.inputs, fail);
  const attributes = parsed.data as Named<unknown>;
  if (diagnostics.length > 0) return { attributes, diagnostics, inferred: null };
  const wired = Object.fromEntries(Object.keys(operator.parameters).map((name) => [name, given.inputs[name]]));
  const inferred = operator.infer({
    inputs: groupPorts(operator.inputs, given.inputs) as Named<TensorType>,
    wired,
    attributes,
    mode: given.mode ?? 'eval',
    source: (port) => `\`${port}_source\``,
    fail,
  });
  return { attributes, diagnostics, inferred };
}

function checkPorts(
  operator: Operator,
  inputs: Named<TensorType>,
  fail: (code: `E_${string}`, at: { port?: string }, message: string) => null,
): void {
  const known = new Set(Object.keys(operator.parameters));
  for (const [name, spec] of Object.entries(operator.inputs)) {
    const names =
      spec.variadic === undefined
        ? [name]
        : Object.keys(inputs).filter((each) => each.startsWith(name) && /^\d+$/.test(each.slice(name.length)));
    if (names.length < (spec.variadic ?? 1)) fail('E_UNWIRED', { port: name }, `needs ${spec.variadic} wires`);
    for (const port of names) {
      known.add(port);
      const type = inputs[port];
      if (!type) {
        if (!spec.optional) fail('E_UNWIRED', { port }, 'is not wired');
        continue;
      }
      const dtype = spec.dtype ?? 'float32';
      if (dtype !== 'any' && dtype !== type.dtype) fail('E_DTYPE', { port }, `expects ${dtype}, gets ${type.dtype}`);
      const [least, most] = typeof spec.rank === 'number' ? [spec.rank, spec.rank] : (spec.rank ?? [0, 99]);
      const rank = type.shape.length;
      if (rank < least || rank > most) fail('E_RANK', { port }, `expects rank ${least}–${most}, gets rank ${rank}`);
    }
  }
  for (const name of Object.keys(inputs)) if (!known.has(name)) fail('E_PORT', { port: name }, 'is no port');
}

export interface Built {
  readonly program: Program;
  readonly inputs: Named<Ref>;
  readonly outputs: Named<Ref>;
  readonly saved: Named<Ref>;
  readonly nextState: Named<Ref>;
  readonly cotangents: Named<Ref>;
  readonly gradients: Named<Ref>;
}

/**
 * The record's program. Inputs, parameters and state are values of their own; `inputs` names the parameters that exist too.
 * `seeds` are the outputs that get a cotangent (none: no gradient), `wants` the ports whose gradient is asked for.
 */
export function buildOperator(
  operator: Operator,
  setup: Required<Setup>,
  inferred: AnyInferred,
  types: { readonly inputs: Named<TensorType>; readonly state: Named<TensorType> },
  ask: { readonly seeds: readonly string[]; readonly wants: readonly string[] },
): Built {
  const builder = createProgramBuilder({ randomKey: (node, draw) => streamKey(0, `${node}:${draw}`) });
  const declare = (name: string, type: TensorType) => builder.declare('feed', name, type.dtype, type.shape);
  const declareAll = (prefix: string, all: Named<TensorType>) =>
    Object.fromEntries(Object.entries(all).map(([name, type]) => [name, declare(`${prefix}${name}`, type)]));
  declare('iteration', { dtype: 'int32', shape: [] });
  const inputs = declareAll('node.', types.inputs);
  const state = declareAll('state.', types.state);
  const grouped = { ...groupPorts(operator.inputs, inputs) } as Record<string, Ref>;
  for (const name of Object.keys(operator.parameters)) if (inputs[name]) grouped[name] = inputs[name];
  const { emit } = builder;
  const { attributes, mode } = setup;
  builder.under({ node: 'node', phase: 'forward', role: 'node' }, operator.id);
  const context = { emit, inputs: grouped, attributes, outputs: inferred.outputs, state, mode };
  const forward = operator.forward(
    context as ForwardContext<Named<PortSpec>, Named<ParameterPort>, Named<PortSpec>, Named<unknown>>,
  );
  const outputs = flattenPorts<Ref>(forward.outputs);
  const cotangents = Object.fromEntries(
    ask.seeds.map((name) => [name, declare(`grad(node.${name})`, outputs[name] as Ref)]),
  );
  let gradients: Record<string, Ref> = {};
  if (ask.seeds.length > 0 && operator.gradient) {
    builder.under({ node: 'node', phase: 'backward', role: 'node' }, `∂${operator.id}`);
    const given = operator.gradient({
      ...context,
      outputs: forward.outputs,
      cotangents: groupSeeds(operator, forward.outputs, cotangents),
      saved: (name: string) => {
        const ref = forward.saved?.[name];
        if (!ref) throw new Error(`forward saved no ${name}`);
        return ref;
      },
      needs: (port: string) => ask.wants.includes(port),
      note: () => undefined,
    } as unknown as GradientContext<Named<PortSpec>, Named<ParameterPort>, Named<PortSpec>, Named<unknown>>);
    gradients = flattenPorts<Ref>(given as Named<Ref | readonly Ref[]>);
  }
  return {
    program: builder.finish(mode, []),
    inputs,
    outputs,
    saved: forward.saved ?? {},
    nextState: forward.nextState ?? {},
    cotangents,
    gradients,
  };
}

function groupSeeds(operator: Operator, outputs: Named<Ref | readonly Ref[]>, flat: Named<Ref>) {
  return Object.fromEntries(
    Object.entries(operator.outputs).map(([name, port]) => {
      const own = outputs[name];
      return [
        name,
        port.variadic === undefined ? flat[name] : (own as readonly Ref[]).map((_, i) => flat[`${name}${i}`]),
      ];
    }),
  );
}

export type Precision = 'float32' | 'float64';

/** Executes all instructions; the buffers of all values, by id. */
export function execute(
  program: Program,
  given: ReadonlyMap<number, ArrayLike<number>>,
  precision: Precision,
  run: KernelRunner = runReference,
): NumericArray[] {
  const buffers = program.values.map(({ id, dtype, shape, data }): NumericArray => {
    const buffer =
      dtype === 'int32'
        ? new Int32Array(numel(shape))
        : precision === 'float32'
          ? new Float32Array(numel(shape))
          : new Float64Array(numel(shape));
    const start = given.get(id) ?? data;
    if (start) buffer.set(start);
    // What no instruction writes must not pass for a zero.
    else if (dtype === 'float32') buffer.fill(Number.NaN);
    return buffer;
  });
  for (const { kernel, inputs, outputs } of program.instructions) {
    run(
      kernel,
      inputs.map((id) => buffers[id] as NumericArray),
      outputs.map((id) => buffers[id] as NumericArray),
    );
  }
  return buffers;
}

export interface RunOptions extends Setup {
  /** Inputs and parameters by flat port name. */
  readonly inputs: Named<Numbers>;
  readonly state?: Named<Numbers>;
  /** By flat output name. Left out: no backward. */
  readonly cotangents?: Named<ArrayLike<number>>;
  /** Default: every float32 port given. */
  readonly wants?: readonly string[];
  readonly precision?: Precision;
  readonly run?: KernelRunner;
}

export interface RunResult {
  readonly inferred: AnyInferred;
  readonly attributes: Named<unknown>;
  readonly program: Program;
  readonly outputs: Named<Numbers>;
  readonly nextState: Named<Numbers>;
  /** What forward saved for the gradient. */
  readonly saved: Named<Numbers>;
  readonly gradients: Named<Numbers>;
}

/** Infers (a diagnostic throws here), builds and runs. */
export function runOperator(operator: Operator, options: RunOptions): RunResult {
  const { attributes, inferred, diagnostics } = inferOperator(operator, options);
  if (!inferred) throw new Error(`${operator.id}: ${diagnostics.map((d) => `${d.at.port}: ${d.message}`).join('; ')}`);
  for (const [name, type] of Object.entries(inferred.parameters ?? {}) as [string, ParameterType][]) {
    const own = options.inputs[name];
    if (!own || !sameShape(own.shape, type.shape)) {
      throw new Error(`${operator.id}.${name} is ${formatShape(type.shape)}, given ${own && formatShape(own.shape)}`);
    }
  }
  const inputs = options.inputs;
  const state = options.state ?? {};
  const setup = { attributes, mode: options.mode ?? 'eval' };
  const wants = options.wants ?? Object.keys(inputs).filter((name) => inputs[name]?.dtype === 'float32');
  const seeds = Object.keys(options.cotangents ?? {});
  const built = buildOperator(operator, setup, inferred, { inputs, state }, { seeds, wants });
  const given = new Map<number, ArrayLike<number>>();
  for (const value of built.program.values) {
    if (value.name === 'iteration') given.set(value.id, [1]);
    if (value.name.startsWith('state.')) given.set(value.id, (state[value.name.slice(6)] as Numbers).data);
  }
  for (const [name, ref] of Object.entries(built.inputs)) given.set(ref.id, (inputs[name] as Numbers).data);
  for (const [name, ref] of Object.entries(built.cotangents)) given.set(ref.id, options.cotangents?.[name] ?? []);
  const buffers = execute(built.program, given, options.precision ?? 'float64', options.run);
  const read = (refs: Named<Ref>) =>
    Object.fromEntries(
      Object.entries(refs).map(([name, ref]) => [
        name,
        { dtype: ref.dtype, shape: ref.shape, data: buffers[ref.id] as NumericArray },
      ]),
    );
  return {
    inferred,
    attributes,
    program: built.program,
    outputs: read(built.outputs),
    nextState: read(built.nextState),
    saved: read(built.saved),
    gradients: read(built.gradients),
  };
}

interface GivenNumbers {
  readonly inputs: Named<Numbers>;
  readonly state?: Named<Numbers>;
  /** What the program saved, where the reference depends on it: a mask drawn at random. */
  readonly saved?: Named<Numbers>;
  readonly mode?: Mode;
}

/** Outputs (and new state) of the record's float64 loops, by flat name. */
export function referenceOutputs(
  operator: Operator,
  attributes: Named<unknown>,
  inferred: AnyInferred,
  given: GivenNumbers,
): Record<string, Float64Array> {
  const context = referenceContext(operator, attributes, inferred, given);
  return flattenPorts<Float64Array>(operator.reference(context));
}

export function referenceContext(
  operator: Operator,
  attributes: Named<unknown>,
  inferred: AnyInferred,
  given: GivenNumbers,
) {
  const inputs = wide(given.inputs);
  const grouped = groupPorts(operator.inputs, inputs) as Record<string, ReferenceTensor>;
  for (const name of Object.keys(operator.parameters)) if (inputs[name]) grouped[name] = inputs[name];
  const mode: Mode = given.mode ?? 'eval';
  const saved = given.saved ? { saved: wide(given.saved) } : {};
  return { inputs: grouped, attributes, outputs: inferred.outputs, state: wide(given.state ?? {}), mode, ...saved };
}

function wide(all: Named<Numbers>): Record<string, ReferenceTensor> {
  return Object.fromEntries(
    Object.entries(all).map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]),
  );
}
