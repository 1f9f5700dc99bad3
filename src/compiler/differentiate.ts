// differentiate: appends the backward phase. Instances are visited in reverse; where a value is used more than once its
// shares `grad(consumer.port)` meet in visible sums, the total is `grad(value)`. A gradient nobody needs is not written.

import type { PortSpec, TensorType } from '../operators/define-operator.ts';
import { spreadPorts } from '../operators/ports.ts';
import type { Ref } from '../program/access.ts';
import type { Emitter } from '../program/emitter.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { formatShape, numel } from '../tensor/shape.ts';
import { contextInputs, type Lowered, type Lowering, origin } from './lower.ts';
import { canonical, outputName, type TypedNetwork } from './network.ts';

export interface Seed {
  /** Value name. */
  readonly value: string;
  /** `ones`, or a feed called `grad(value)`. */
  readonly from: 'ones' | 'feed';
}

export interface DifferentiateOptions {
  readonly seeds: readonly Seed[];
  /** `all`: down to feeds and frozen parameters too; `parameters`: only what trains; or value names. */
  readonly towards: 'all' | 'parameters' | readonly string[];
  readonly mode: 'train' | 'eval';
  readonly rules?: GradientRules | undefined;
}

/** Gradients that take the place of those of all operators with a trait: questions to a network are asked so. */
export interface GradientRules {
  readonly rectifier?: (emit: Emitter, at: { readonly y: Ref; readonly dy: Ref }) => Ref;
}

interface Share {
  readonly name: string;
  readonly ref: Ref;
}

/** Appends to the builder; answers canonical value name → its gradient. */
export function differentiate(
  network: TypedNetwork,
  lowering: Lowering,
  options: DifferentiateOptions,
  report: (d: Diagnostic) => void,
): Map<string, Ref> {
  const { builder, lowered } = lowering;
  const { emit } = builder;
  const wanted = reachable(network, lowering, options.towards);
  const shares = new Map<string, Share[]>();
  const running = new Map<string, Ref>();
  const totals = new Map<string, Ref>();
  /** Seeds that the host feeds, by value; declared when it is known who else contributes. */
  const fed = new Map<string, TensorType>();
  const ownerOf = new Map<string, string>();
  for (const { instance, forward } of lowered) {
    for (const [port] of spreadPorts<Ref>(forward.outputs)) ownerOf.set(outputName(instance, port), instance.path);
  }

  function contribute(value: string, share: Share): void {
    const list = shares.get(value) ?? [];
    list.push(share);
    shares.set(value, list);
    const before = running.get(value);
    if (!before) {
      running.set(value, share.ref);
      return;
    }
    builder.under(
      origin(ownerOf.get(value) ?? value.slice(0, value.lastIndexOf('.')), 'backward', 'sum'),
      'sum of gradients',
    );
    running.set(
      value,
      emit.map([before, share.ref], (e, a, b) => e.add(a, b)),
    );
  }

  /** A fed seed is the gradient itself, or, where others reach the same value, one share of it. */
  function takeSeed(value: string): void {
    const type = fed.get(value);
    if (!type) return;
    fed.delete(value);
    const name = running.has(value) ? `grad(${value}):in` : `grad(${value})`;
    contribute(value, { name, ref: builder.declare('feed', name, 'float32', type.shape) });
  }

  /** All shares are in: names the total and the shares. */
  function total(value: string): Ref | undefined {
    takeSeed(value);
    const ref = running.get(value);
    if (!ref || totals.has(value)) return ref;
    totals.set(value, ref);
    const list = shares.get(value) ?? [];
    if (list.length > 1) for (const share of list) builder.name(share.ref, share.name);
    builder.name(ref, `grad(${value})`);
    if (list.length === 1 && list[0]) builder.alias(list[0].name, ref.id);
    return ref;
  }

  for (const seed of options.seeds) {
    const value = canonical(network, seed.value);
    const type = network.values.get(value);
    if (type?.dtype !== 'float32') {
      report(error('E_SEED', `there is no differentiable value \`${seed.value}\``));
      continue;
    }
    if (
      seed.from === 'ones' &&
      numel(type.shape) !== 1 &&
      value === canonical(network, options.seeds[0]?.value ?? '') &&
      options.seeds.length === 1 &&
      isLoss(network, value)
    ) {
      report(
        error(
          'E_LOSS_SHAPE',
          `the loss must be a single number, \`${seed.value}\` is ${formatShape(type.shape)}`,
          { path: value.slice(0, value.lastIndexOf('.')) },
          { hint: 'Set its reduction to mean or sum, or name another value as the loss.' },
        ),
      );
      continue;
    }
    if (seed.from === 'feed') {
      fed.set(value, type);
      continue;
    }
    builder.under(origin(ownerOf.get(value) ?? value, 'backward'), 'seed');
    contribute(value, { name: `grad(${value}):in`, ref: emit.fill(type.shape, 1) });
  }

  for (let i = lowered.length - 1; i >= 0; i--) {
    const entry = lowered[i] as Lowered;
    const { instance, inputs, forward } = entry;
    const { operator } = instance;
    const outputs = spreadPorts<Ref>(forward.outputs);
    const cotangents = new Map<string, Ref>();
    for (const [port] of outputs) {
      const ref = total(outputName(instance, port));
      if (ref) cotangents.set(port, ref);
    }
    if (cotangents.size === 0 || !operator.gradient) continue;
    const nameOf = (port: string) => canonical(network, valueAt(entry, port));
    const needs = (port: string) => inputs.has(port) && wanted.has(nameOf(port));
    if (![...inputs.keys()].some(needs)) continue;
    builder.under(origin(instance.path, 'backward'), `∂${operator.id}`);
    const rule = operator.traits.rectifier ? options.rules?.rectifier : undefined;
    const gradients = rule
      ? { x: rule(emit, { y: forward.outputs['y'] as Ref, dy: cotangents.get('y') as Ref }) }
      : operator.gradient({
          emit,
          inputs: contextInputs(instance, inputs),
          attributes: instance.attributes,
          outputs: forward.outputs as never,
          cotangents: cotangentsOf(operator.outputs, forward.outputs, cotangents) as never,
          state: {},
          mode: options.mode,
          saved: (name) => {
            const ref = forward.saved?.[name];
            if (!ref) throw new Error(`Broken invariant: ${operator.id} saved no ${name}`);
            return ref;
          },
          needs,
          note: (name, ref) => builder.alias(`grad(${instance.path}.${name})`, ref.id),
        });
    for (const [port, ref] of spreadPorts<Ref>(gradients)) {
      if (needs(port)) contribute(nameOf(port), { name: shareName(entry, port, nameOf(port)), ref });
    }
  }
  for (const value of [...running.keys(), ...fed.keys()]) total(value);
  return totals;
}

/** By port; variadic outputs as lists with holes where nothing depends on one of them. */
function cotangentsOf(
  ports: Readonly<Record<string, PortSpec>>,
  outputs: Readonly<Record<string, Ref | readonly Ref[]>>,
  known: ReadonlyMap<string, Ref>,
) {
  return Object.fromEntries(
    Object.keys(ports).map((port) => {
      const output = outputs[port];
      return [port, Array.isArray(output) ? output.map((_, i) => known.get(port + i)) : known.get(port)];
    }),
  );
}

/** Name of the value at an input port: what is wired, or the parameter or feed that the port owns. */
function valueAt({ instance, types }: Lowered, port: string): string {
  return (
    instance.inputs.get(port) ??
    (Object.hasOwn(types.parameters, port) ? `${instance.owner}.${port}` : `${instance.path}.${port}`)
  );
}

/**
 * What arrives through one port: `grad(consumer.port)`. Where that name is taken, by the total of a parameter or by an output
 * of the same name (a cell's h), the share stays the compiler's: `…:in`.
 */
export function shareName(
  { instance, types }: Pick<Lowered, 'instance' | 'types'>,
  port: string,
  value: string,
): string {
  const name = `grad(${instance.path}.${port})`;
  return name === `grad(${value})` || Object.hasOwn(types.outputs, port) ? `${name}:in` : name;
}

function isLoss(network: TypedNetwork, value: string): boolean {
  return network.instances.some(
    (instance) => instance.operator.traits.loss === true && outputName(instance, 'y') === value,
  );
}

/** Values through which a gradient must flow to get where it is asked for. */
function reachable(network: TypedNetwork, lowering: Lowering, towards: DifferentiateOptions['towards']): Set<string> {
  const wanted = new Set<string>();
  const names = typeof towards === 'string' ? null : new Set(towards.map((name) => canonical(network, name)));
  for (const { name, trainable } of lowering.parameters) {
    if (names ? names.has(name) : towards === 'all' || trainable) wanted.add(name);
  }
  for (const instance of network.instances) {
    const types = network.types.get(instance.path);
    if (!types) continue;
    const feedsIn = [
      ...[...instance.inputs.values()].map((name) => canonical(network, name)),
      ...Object.keys(types.parameters).map((port) => `${instance.owner}.${port}`),
    ];
    for (const [port, type] of Object.entries(types.outputs)) {
      const name = outputName(instance, port);
      if (type.dtype !== 'float32') continue;
      const source = instance.operator.traits.source;
      const asked = names ? names.has(name) : towards === 'all' && source === 'feed';
      if (asked || (source === undefined && feedsIn.some((value) => wanted.has(value)))) wanted.add(name);
    }
  }
  return wanted;
}
