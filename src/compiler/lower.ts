// lower: typed network → program of the forward phase. Sources become feeds, constants and parameters; every other
// instance writes its own instructions. Leaves the backward phase to differentiate and the updates to update.

import type { Forward, TensorType } from '../operators/define-operator.ts';
import { gatherPorts, spreadPorts } from '../operators/ports.ts';
import type { Ref } from '../program/access.ts';
import { createProgramBuilder, type ProgramBuilder } from '../program/builder.ts';
import type { Initializer } from '../program/initializer.ts';
import type { Mode, Origin } from '../program/program.ts';
import { assert } from '../tensor/assert.ts';
import { streamKey } from '../tensor/random.ts';
import { numel } from '../tensor/shape.ts';
import { canonical, type Instance, type InstanceTypes, outputName, type TypedNetwork } from './network.ts';

/** What later stages need to know of an instance that ran. */
export interface Lowered {
  readonly instance: Instance;
  readonly types: InstanceTypes;
  readonly inputs: ReadonlyMap<string, Ref>;
  readonly forward: Forward<Readonly<Record<string, { title: string }>>>;
}

/** A parameter as declared: which value, and whether training may change it. */
export interface DeclaredParameter {
  readonly name: string;
  readonly ref: Ref;
  readonly trainable: boolean;
}

export interface Lowering {
  readonly builder: ProgramBuilder;
  readonly lowered: readonly Lowered[];
  readonly parameters: readonly DeclaredParameter[];
}

/** Where an instruction comes from: the node's instance path, the phase, and in which role. */
export function origin(node: string, phase: Origin['phase'], role: Origin['role'] = 'node'): Origin {
  return { node, phase, role };
}

/** `seed` fixes the streams of random masks; of values that `keepsBefore` names there is `before(value)`. */
export function lower(
  network: TypedNetwork,
  mode: Mode,
  seed: number,
  keepsBefore: (name: string) => boolean = () => false,
): Lowering {
  const builder = createProgramBuilder({ randomKey: (node, draw) => streamKey(seed, `${node}#${draw}`) });
  builder.declare('hyper', 'iteration', 'int32', [], { init: { kind: 'constant', value: 0 } });
  builder.declare('hyper', 'lr', 'float32', [], { init: { kind: 'constant', value: 0 } });
  const parameters: DeclaredParameter[] = [];
  const lowered: Lowered[] = [];
  const refs = new Map<string, Ref>();
  const find = (name: string): Ref | undefined => refs.get(canonical(network, name));

  declarePersistent(network, builder, parameters, refs);
  for (const [name, ref] of refs) {
    if (!keepsBefore(name)) continue;
    builder.under(origin(name.slice(0, name.lastIndexOf('.')), 'forward'), 'keep');
    builder.name(
      builder.emit.map([ref], (_, x) => x),
      `before(${name})`,
    );
  }
  for (const feed of network.feeds)
    refs.set(feed.name, builder.declare('feed', feed.name, feed.type.dtype, feed.type.shape));

  const states = new Map<string, Ref>();
  for (const instance of network.instances) {
    const types = network.types.get(instance.path);
    if (!types || instance.expanded) continue;
    const { operator } = instance;
    if (operator.traits.source !== undefined) {
      declareSource(instance, types, builder, refs);
      continue;
    }
    const known = Object.entries(network.settled.get(instance.path) ?? {});
    for (const [port, { dtype, shape, data }] of known) {
      const name = outputName(instance, port);
      const numbers = dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data);
      refs.set(name, builder.declare('constant', name, dtype, shape, { data: numbers }));
    }
    if (known.length > 0) continue;
    const inputs = new Map<string, Ref>();
    for (const [port, name] of instance.inputs) {
      const ref = find(name);
      if (ref) inputs.set(port, ref);
    }
    for (const port of Object.keys(types.parameters)) inputs.set(port, refs.get(`${instance.owner}.${port}`) as Ref);
    for (const feed of network.feeds)
      if (feed.name.startsWith(`${instance.path}.`))
        inputs.set(feed.name.slice(instance.path.length + 1), refs.get(feed.name) as Ref);

    builder.under(origin(instance.path, 'forward'), operator.id);
    const state = Object.fromEntries(
      Object.keys(types.state).map((name) => {
        const full = `${instance.owner}.${name}`;
        return [name, states.get(full) ?? (refs.get(full) as Ref)];
      }),
    );
    const forward = operator.forward({
      emit: builder.emit,
      inputs: contextInputs(instance, inputs),
      attributes: instance.attributes,
      outputs: types.raw as never,
      state,
      mode,
    });
    for (const [port, ref] of spreadPorts<Ref>(forward.outputs)) {
      const name = outputName(instance, port);
      builder.name(ref, name);
      refs.set(name, ref);
    }
    for (const [name, ref] of Object.entries(forward.saved ?? {})) builder.name(ref, `${instance.path}.${name}`);
    for (const [name, ref] of Object.entries(forward.nextState ?? {})) {
      const full = `${instance.owner}.${name}`;
      const before = states.get(full) ?? refs.get(full);
      assert(before, `state ${full} is declared`);
      builder.name(ref, states.has(full) ? `next(${instance.path}.${name})` : `next(${full})`);
      builder.replace(ref, before);
      states.set(full, ref);
    }
    lowered.push({ instance, types, inputs, forward });
  }
  for (const [alias, name] of network.aliases) {
    const ref = find(name);
    if (ref) builder.alias(alias, ref.id);
  }
  return { builder, lowered, parameters };
}

/** Ports and parameters as operators' contexts hold them. */
export function contextInputs(instance: Instance, inputs: ReadonlyMap<string, Ref>): Record<string, never> {
  const gathered = gatherPorts({ ...instance.operator.inputs }, (name) => inputs.get(name));
  for (const port of Object.keys(instance.operator.parameters)) gathered[port] = inputs.get(port);
  return gathered as Record<string, never>;
}

/** Parameters first, then state, each once per owner: the same order in every plan of a graph, so that plans share them. */
function declarePersistent(
  network: TypedNetwork,
  builder: ProgramBuilder,
  parameters: DeclaredParameter[],
  refs: Map<string, Ref>,
): void {
  for (const kind of ['parameters', 'state'] as const) {
    for (const instance of network.instances) {
      for (const [port, type] of Object.entries(network.types.get(instance.path)?.[kind] ?? {})) {
        const name = `${instance.owner}.${port}`;
        if (refs.has(name)) continue;
        const setting = instance.settings[port];
        const init: Initializer = setting?.init?.(type) ?? type.init;
        const ref = builder.declare(kind === 'state' ? 'state' : 'parameter', name, 'float32', type.shape, { init });
        refs.set(name, ref);
        if (kind === 'parameters') parameters.push({ name, ref, trainable: setting?.trainable ?? true });
      }
    }
  }
}

/** input → feed, constant → data, parameter → its own value. All three have one output `y`. */
function declareSource(
  instance: Instance,
  types: InstanceTypes,
  builder: ProgramBuilder,
  refs: Map<string, Ref>,
): void {
  const name = outputName(instance, 'y');
  const type = types.outputs['y'];
  assert(type, `${instance.path} has an output y`);
  switch (instance.operator.traits.source) {
    case 'feed':
      refs.set(name, builder.declare('feed', name, type.dtype, type.shape, fixedContents(instance, type)));
      return;
    case 'parameter':
      return; // its output is an alias of the parameter that it owns
    default: {
      const values = instance.operator.reference({
        inputs: {},
        attributes: instance.attributes,
        outputs: types.raw as never,
        state: {},
        mode: 'eval',
      })['y'] as Float64Array;
      const data = type.dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
      refs.set(name, builder.declare('constant', name, type.dtype, type.shape, { data }));
    }
  }
}

/** Of an input with a fixed value: its numbers, repeated to fill the shape. */
function fixedContents({ fixed }: Instance, { dtype, shape }: TensorType): { data?: Float32Array | Int32Array } {
  if (!fixed || fixed.length === 0) return {};
  const data = dtype === 'int32' ? new Int32Array(numel(shape)) : new Float32Array(numel(shape));
  return { data: data.map((_, i) => fixed[i % fixed.length] as number) };
}
