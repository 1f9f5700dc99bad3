// A condition against one plan: what its names stand for, whether its shapes go together, and an evaluator that reads the live
// views and allocates nothing. Of the plan's history it knows nothing: who evaluates answers that the values are there (`cursor`).
import {
  type Condition,
  type ConditionName,
  type Elementwise,
  elementwiseFunctions,
  quantities,
  type Reduction,
  type TextFault,
} from '../../language/condition.ts';
import { meant } from '../../language/nearest.ts';
import { printConditionName } from '../../language/print-condition.ts';
import type { Plan, PlanValue } from '../../program/plan.ts';
import type { BoundPlan, View } from '../../runtime/workspace.ts';
import { formatShape, numel, rowMajorStrides, type Shape } from '../../tensor/shape.ts';
import { reduceKernel } from './reduce-kernel.ts';
import {
  applyBinary,
  applyUnary,
  combine,
  compareOrder,
  type Elements,
  reducer,
  type Scalar,
  truth,
} from './tensor-program.ts';

/** What a condition asks besides the plan. */
export interface ConditionHost {
  /** Iterations done before this one. */
  readonly iteration: () => number;
  /** Whole epochs done before this iteration. */
  readonly epoch: () => number;
  /** The numbers of a persistent value (index) when the iteration began, for `update(p)`, of plans that do not keep them. */
  readonly before: (index: number) => View;
}

export interface ConditionScope {
  readonly bound: BoundPlan;
  readonly host: ConditionHost;
  /** Instance path of the node whose ports bare names are; '' for the whole graph. */
  readonly node: string;
  /** Where reductions may be WebAssembly: the memory of the views, which must not move. */
  readonly kernels?: WebAssembly.Memory;
}

export interface CompiledCondition {
  /** Of the result; one number has []. */
  readonly shape: Shape;
  /** Names of values that must be readable: what `retain` needs, `before(p)` for updates among them. */
  readonly needs: readonly string[];
  /**
   * Steps that must be executed: the condition holds its meaning from there on, up to the end of the iteration. Parameters and
   * state, which are readable at any time, ask for none; `update(p)` and `next(p)` for the step that writes them.
   */
  readonly cursor: number;
  /** The step that writes last what is read, parameters and state included: where a condition of no node is asked. */
  readonly settled: number;
  /** Of results of one number; NaN of others. */
  evaluate(): number;
}

export type ConditionCompilation =
  | { readonly ok: true; readonly compiled: CompiledCondition }
  | { readonly ok: false; readonly fault: TextFault };

/** Whether a value makes a condition hold: NaN does, as every number but 0. */
export function holds(value: number): boolean {
  return value !== 0;
}

/** A condition or watch; of other shapes than one number only what `compileExpression` callers can show. Never throws. */
export function compileExpression(condition: Condition, scope: ConditionScope): ConditionCompilation {
  const builder = new Builder(scope);
  try {
    const result = builder.visit(condition);
    const scalar = result.kind === 'scalar' ? result.get : () => Number.NaN;
    const compiled: CompiledCondition = {
      shape: result.kind === 'scalar' ? [] : result.shape,
      needs: [...builder.needs],
      cursor: builder.cursor,
      settled: builder.settled,
      evaluate: scalar,
    };
    return { ok: true, compiled };
  } catch (fault) {
    if (!(fault instanceof NameFault)) throw fault;
    return { ok: false, fault: { span: fault.at, message: fault.message } };
  }
}

/** The same, refusing results that are not one number. */
export function compileCondition(condition: Condition, scope: ConditionScope): ConditionCompilation {
  const result = compileExpression(condition, scope);
  if (!result.ok || result.compiled.shape.length === 0) return result;
  const message = `is ${formatShape(result.compiled.shape)}, not one number: put any(…), all(…), max(…) or another reduction around it, or take an element`;
  return { ok: false, fault: { span: condition, message } };
}

/** A plan as it stands in no memory: conditions can be checked and placed against it, not evaluated. */
export function dryBinding(plan: Plan): BoundPlan {
  const empty = new Float32Array();
  const find = (name: string) => (Object.hasOwn(plan.names, name) ? plan.names[name] : undefined);
  return { plan, find, view: () => empty, read: () => empty, run: () => undefined };
}

class NameFault extends Error {
  readonly at: Condition;
  constructor(at: Condition, message: string) {
    super(message);
    this.at = at;
  }
}

/** Value → number of steps executed once it is written, over the whole plan. */
export function writtenAt(plan: Plan): ReadonlyMap<number, number> {
  const written = new Map<number, number>();
  for (const { outputs, step } of plan.instructions)
    for (const index of outputs) if (!written.has(index)) written.set(index, step + 1);
  return written;
}

class Builder {
  readonly needs = new Set<string>();
  cursor = 0;
  settled = 0;
  private readonly scope: ConditionScope;
  private readonly written: ReadonlyMap<number, number>;

  constructor(scope: ConditionScope) {
    this.scope = scope;
    this.written = writtenAt(scope.bound.plan);
  }

  visit(condition: Condition): Elements | Scalar {
    switch (condition.kind) {
      case 'number': {
        const { value } = condition;
        return scalar(() => value);
      }
      case 'value':
        return this.value(condition);
      case 'negate':
      case 'not': {
        const { kind } = condition;
        const operand = this.visit(condition.operand);
        if (operand.kind !== 'scalar') return { kind: 'unary', shape: operand.shape, operation: kind, operand };
        return scalar(() => applyUnary(kind, operand.get()));
      }
      case 'call':
        return this.call(condition);
      case 'binary':
        return this.binary(condition);
    }
  }

  private call(condition: Condition & { readonly kind: 'call' }): Elements | Scalar {
    const operand = this.visit(condition.operand);
    const called = condition.function;
    if (isElementwise(called)) {
      if (operand.kind !== 'scalar') return { kind: 'unary', shape: operand.shape, operation: called, operand };
      return scalar(() => applyUnary(called, operand.get()));
    }
    if (operand.kind !== 'scalar') {
      const { kernels } = this.scope;
      return (kernels && reduceKernel(called, operand, kernels)) ?? scalar(reducer(called, operand));
    }
    return scalar(() => reduceOne(called, operand.get()));
  }

  private binary(condition: Condition & { readonly kind: 'binary' }): Elements | Scalar {
    const { sign } = condition;
    const [left, right] = [this.visit(condition.left), this.visit(condition.right)];
    if (left.kind !== 'scalar' || right.kind !== 'scalar') {
      const combined = combine(sign, left, right);
      if (combined) return combined;
      const [a, b] = [left, right].map((side) => formatShape(side.kind === 'scalar' ? [] : side.shape));
      throw new NameFault(condition, `shapes ${a} and ${b} do not go together`);
    }
    // The right side is asked only where it counts.
    if (sign === 'and') return scalar(() => truth(left.get() !== 0 && right.get() !== 0));
    if (sign === 'or') return scalar(() => truth(left.get() !== 0 || right.get() !== 0));
    if (sign === '<' || sign === '<=' || sign === '>' || sign === '>=') return scalar(compareOrder(sign, left, right));
    return scalar(() => applyBinary(sign, left.get(), right.get()));
  }

  private value(condition: Condition & { readonly kind: 'value' }): Elements | Scalar {
    const { name, index } = condition;
    const quantity = this.quantity(condition);
    if (quantity) {
      if (index !== undefined && index.length > 0) throw new NameFault(condition, `\`${name.name}\` is one number`);
      return quantity;
    }
    const { bound } = this.scope;
    const found = this.find(condition, name);
    const { shape } = found.value;
    const parts = name.form === 'update' ? this.updateOf(condition, found) : [found.index];
    this.note(found, name.form);
    const views = parts.map((part): (() => View) => {
      if (part !== 'before') {
        const view = bound.view(part);
        return () => view;
      }
      const kept = bound.find(beforeName(found.value));
      if (kept === undefined) return () => this.scope.host.before(found.index);
      const view = bound.view(kept);
      return () => view;
    });
    const place = index === undefined ? (numel(shape) === 1 ? 0 : undefined) : placeOf(condition, shape, index);
    const [live, before] = views as [() => View, (() => View) | undefined];
    if (place !== undefined) {
      if (!before) return scalar(() => live()[place] as number);
      return scalar(() => (live()[place] as number) - (before()[place] as number));
    }
    const leaf: Elements = { kind: 'leaf', shape, view: live };
    if (!before) return leaf;
    return { kind: 'binary', shape, operation: '-', left: leaf, right: { kind: 'leaf', shape, view: before } };
  }

  /** `update(p)` is p after the step minus p before it. */
  private updateOf(condition: Condition, found: Found): readonly (number | 'before')[] {
    const { index, value } = found;
    if (value.region !== 'persistent' || value.kind === 'computed')
      throw new NameFault(condition, `\`${value.name}\` is no parameter: only what training changes has an update`);
    if (this.replaced(found) === undefined)
      throw new NameFault(condition, `\`${value.name}\` is not trained: it has no update`);
    return [index, 'before'];
  }

  /** Steps executed once the new contents of a persistent value are written; undefined where they never are. */
  private replaced({ index, value }: Found): number | undefined {
    if (value.kind === 'computed') return undefined;
    const next = this.scope.bound.find(`next(${value.name})`);
    return this.written.get(index) ?? (next === undefined ? undefined : this.written.get(next));
  }

  private note(found: Found, form: ConditionName['form']): void {
    const { index, value } = found;
    const replaced = this.replaced(found) ?? 0;
    const changed = form === 'update' || form === 'next';
    const at = value.kind === 'computed' ? (this.written.get(index) ?? 0) : changed ? replaced : 0;
    this.needs.add(value.name);
    if (form === 'update') this.needs.add(beforeName(value));
    this.cursor = Math.max(this.cursor, at);
    this.settled = Math.max(this.settled, at, replaced);
  }

  /** Ports of the node come first, then quantities, then nodes. */
  private find(condition: Condition, name: ConditionName): Found {
    const { bound, node } = this.scope;
    const { plan } = bound;
    for (const path of name.node === undefined ? this.bare(name.name) : [`${name.node}.${name.name}`]) {
      const index = bound.find(formed(name, path));
      const value = index === undefined ? undefined : plan.values[index];
      if (index !== undefined && value) return { index, value };
      if (name.form !== 'value' && bound.find(path) !== undefined)
        throw new NameFault(condition, this.lacking(name, path));
    }
    const text = printConditionName(name);
    if (
      name.node?.includes('/') &&
      bound.find(`${name.node.slice(name.node.indexOf('/') + 1)}.${name.name}`) !== undefined
    )
      throw new NameFault(condition, `there is no value \`${text}\`; to divide, put spaces around \`/\``);
    const near = this.near(name);
    if (name.node !== undefined || node === '') throw new NameFault(condition, `there is no value \`${text}\`${near}`);
    throw new NameFault(
      condition,
      `\`${node}\` has no port \`${name.name}\`, and there is no node of that name${near}`,
    );
  }

  /** What may have been meant by a name that is none, or how to come to it. */
  private near(name: ConditionName): string {
    const { plan } = this.scope.bound;
    const values = Object.keys(plan.names).filter((each) => !each.includes('('));
    if (name.node !== undefined) return shutIn(plan, name.node) || meant(`${name.node}.${name.name}`, values);
    const { node } = this.scope;
    const ports = values.flatMap((each) => (each.startsWith(`${node}.`) ? [each.slice(node.length + 1)] : []));
    const nodes = values.flatMap((each) => (each.endsWith('.y') ? [each.slice(0, -2)] : []));
    return meant(name.name, [...ports, ...(name.form === 'value' ? quantities : []), ...nodes]);
  }

  private lacking({ form, slot }: ConditionName, path: string): string {
    if (form === 'slot') {
      const known = Object.keys(this.scope.bound.plan.names).flatMap((name) =>
        name.startsWith(`slot(${path}, `) ? [name.slice(`slot(${path}, `.length, -1)] : [],
      );
      const near = meant(slot ?? '', known) || (known.length > 0 ? `, only ${known.join(', ')}` : '');
      return `the optimiser keeps no \`${slot}\` for \`${path}\`${near}`;
    }
    if (form === 'grad') return `nothing computes a gradient of \`${path}\``;
    return `\`${path}\` is not changed by training`;
  }

  private bare(name: string): readonly string[] {
    const { node } = this.scope;
    return node === '' ? [`${name}.y`] : [`${node}.${name}`, `${name}.y`];
  }

  private quantity(condition: Condition & { readonly kind: 'value' }): Scalar | null {
    const { name } = condition;
    const quantity = quantities.find((each) => each === name.name);
    if (quantity === undefined || name.node !== undefined || name.form !== 'value') return null;
    const { bound, host, node } = this.scope;
    if (node !== '' && bound.find(`${node}.${name.name}`) !== undefined) return null;
    if (quantity === 'iteration') return scalar(host.iteration);
    if (quantity === 'epoch') return scalar(host.epoch);
    const held = quantity === 'lr' ? 'lr' : bound.plan.loss;
    const index = held === null ? undefined : bound.find(held);
    const value = index === undefined ? undefined : bound.plan.values[index];
    if (index === undefined || !value) {
      if (bound.find(`${name.name}.y`) !== undefined) return null;
      throw new NameFault(condition, `there is no ${quantity === 'lr' ? 'learning rate' : 'loss'}`);
    }
    this.note({ index, value }, 'value');
    const view = bound.view(index);
    return scalar(() => view[0] as number);
  }
}

/** Where a path leads into a node that the plan computes as one: how to open it; otherwise empty. */
export function shutIn({ steps }: Plan, path: string): string {
  const parts = path.split('/');
  for (let length = parts.length - 1; length > 0; length--) {
    const outer = parts.slice(0, length).join('/');
    if (steps.some(({ node }) => node === outer || node.replace(/\[\d+\]/g, '') === outer))
      return `: \`${outer}\` is computed as one, step inside it to open it`;
  }
  return '';
}

interface Found {
  readonly index: number;
  readonly value: PlanValue;
}

const scalar = (get: () => number): Scalar => ({ kind: 'scalar', get });

function isElementwise(name: Elementwise | Reduction): name is Elementwise {
  return elementwiseFunctions.some((each) => each === name);
}

/** What a plan may keep for updates: the numbers when the iteration began. */
function beforeName({ name }: PlanValue): string {
  return `before(${name})`;
}

/** What a plan calls it; an update reads the value itself. */
function formed({ form, slot }: ConditionName, path: string): string {
  if (form === 'value' || form === 'update') return path;
  return slot === undefined ? `${form}(${path})` : `slot(${path}, ${slot})`;
}

function reduceOne(reduction: Reduction, x: number): number {
  switch (reduction) {
    case 'any':
    case 'all':
    case 'count':
      return truth(x !== 0);
    case 'norm':
    case 'absmax':
      return Math.abs(x);
    case 'std':
      return x - x === 0 ? 0 : Number.NaN;
    default:
      return x;
  }
}

function placeOf(condition: Condition, shape: Shape, index: readonly number[]): number {
  if (index.length !== shape.length)
    throw new NameFault(condition, `has ${shape.length} dimensions ${formatShape(shape)}, the index ${index.length}`);
  const strides = rowMajorStrides(shape);
  let place = 0;
  for (const [axis, given] of index.entries()) {
    const size = shape[axis] as number;
    // -0 is the first, as 0.
    const at = given < 0 ? given + size : given;
    if (at < 0 || at >= size)
      throw new NameFault(condition, `index ${given} is outside dimension ${axis} of ${formatShape(shape)}`);
    place += at * (strides[axis] as number);
  }
  return place;
}
