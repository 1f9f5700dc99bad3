// Builds a program: values and instructions are appended under the current origin. Operators, optimisers and passes write
// through the `Emitter` alone. Shapes given here are trusted: inference has already answered for the user's mistakes.
import { assert } from '../tensor/assert.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Shape } from '../tensor/shape.ts';
import { type Operand, type Ref, refOf } from './access.ts';
import { createEmitter } from './create-emitter.ts';
import type { Emitter } from './emitter.ts';
import type { Initializer } from './initializer.ts';
import type { KernelSpec } from './kernel-spec.ts';
import type { Instruction, Mode, Origin, Program, Value, ValueId, ValueKind } from './program.ts';

export interface ProgramBuilder {
  readonly emit: Emitter;
  readonly values: readonly Value[];
  /** Everything appended until the next call belongs to this origin. `label` is used where an instruction has none of its own. */
  under(origin: Origin, label: string): void;
  /** A value that no instruction computes. */
  declare(
    kind: Exclude<ValueKind, 'computed'>,
    name: string,
    dtype: DType,
    shape: Shape,
    more?: { init?: Initializer; data?: Float32Array | Int32Array },
  ): Ref;
  /** Gives a computed value its public name, or an alias when it already has one. */
  name(ref: Ref, name: string): void;
  alias(name: string, id: ValueId): void;
  /** Makes `ref` the in-place successor of a persistent value. */
  replace(ref: Ref, persistent: Ref): void;
  find(name: string): Ref | undefined;
  finish(mode: Mode, results: readonly ValueId[]): Program;
}

/** `randomKey(path, count)` gives the stream of the count-th random draw under a node. */
export function createProgramBuilder(options: { randomKey: (node: string, draw: number) => number }): ProgramBuilder {
  const values: Value[] = [];
  const instructions: Instruction[] = [];
  const aliases = new Map<string, ValueId>();
  const byName = new Map<string, ValueId>();
  const named = new Set<ValueId>();
  const draws = new Map<string, number>();
  let origin: Origin = { node: '', phase: 'forward', role: 'node' };
  let label = '';

  const refTo = (id: ValueId): Ref => values[id] as Value;
  const add = (value: Omit<Value, 'id'>): Ref => {
    const id = values.length;
    const full: Value = { ...value, id };
    values.push(full);
    byName.set(full.name, id);
    return full;
  };
  const fresh = (dtype: DType, shape: Shape): Ref =>
    add({ name: `${origin.node}:${values.length}`, dtype, shape, kind: 'computed' });
  const append = (kernel: KernelSpec, inputs: readonly Operand[], outputs: readonly Ref[], own?: string): void => {
    instructions.push({
      kernel,
      inputs: inputs.map((o) => refOf(o).id),
      outputs: outputs.map((o) => o.id),
      origin,
      label: own ?? label,
    });
  };
  const fixed = (dtype: DType, shape: Shape, data: ArrayLike<number>): Ref =>
    add({
      name: `${origin.node}:${values.length}`,
      dtype,
      shape,
      kind: 'constant',
      data: dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data),
    });
  const draw = () => {
    const count = draws.get(origin.node) ?? 0;
    draws.set(origin.node, count + 1);
    const counter = byName.get('iteration');
    assert(counter !== undefined, 'random draws need the value `iteration`');
    return { counter: refTo(counter), stream: options.randomKey(origin.node, count) };
  };

  return {
    emit: createEmitter({ fresh, append, fixed, isNamed: ({ id }) => named.has(id), draw }),
    values,
    under(next, text) {
      origin = next;
      label = text;
    },
    declare: (kind, name, dtype, shape, more = {}) => {
      assert(!byName.has(name), `two values named ${name}`);
      const ref = add({ name, dtype, shape, kind, ...more });
      named.add(ref.id);
      return ref;
    },
    name(ref, name) {
      if (named.has(ref.id)) {
        aliases.set(name, ref.id);
        return;
      }
      const value = values[ref.id] as Value;
      byName.delete(value.name);
      values[ref.id] = { ...value, name };
      byName.set(name, ref.id);
      named.add(ref.id);
    },
    alias: (name, id) => void aliases.set(name, id),
    replace(ref, persistent) {
      values[ref.id] = { ...(values[ref.id] as Value), replaces: persistent.id };
    },
    find(name) {
      const id = byName.get(name) ?? aliases.get(name);
      return id === undefined ? undefined : refTo(id);
    },
    finish: (mode, results) => ({ mode, values, instructions, aliases, results }),
  };
}
