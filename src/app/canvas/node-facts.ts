// What the engine's report means for a node on the canvas: which values it shows and how its middle is filled.
import type { CompileReport } from '../../engine/protocol.ts';
import { parameterPath } from '../../language/value-name.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { texts } from '../ui/texts.ts';
import type { FlowNodeData } from './flow-types.ts';
import type { NodeBody } from './model/node-geometry.ts';
import type { NodeModel } from './model/node-model.ts';

export interface NodeValues {
  /** Name of the value that the node makes. */
  readonly value: string;
  /** Name of its gradient, when there is one. */
  readonly gradient: string | null;
  /** Filters of a convolution. */
  readonly filters: string | null;
  readonly shape: Shape;
}

/** null while the engine does not know the node. */
export function nodeValues(report: CompileReport | null, path: string, model: NodeModel): NodeValues | null {
  const output = model.outputs[0]?.name;
  const facts = report?.nodes[path];
  if (report === null || output === undefined || facts === undefined) return null;
  const value = facts.outputs[output] ?? Object.values(facts.outputs)[0];
  const known = value === undefined ? undefined : report.values[value];
  if (value === undefined || known === undefined) return null;
  const weight = facts.inputs['weight'] ?? `${path.replace(/\[\d+\]/g, '')}.weight`;
  const filters = facts.parameters.includes(weight) && report.values[weight]?.shape.length === 4 ? weight : null;
  return { value, gradient: gradientOf(report, value), filters, shape: known.shape };
}

/** Values whose pictures stand in a node's slots, slot by slot. */
export function slotValues(
  report: CompileReport | null,
  { model, geometry, path }: FlowNodeData,
): readonly (string | null)[] {
  const values = geometry.slots.length === 0 ? null : nodeValues(report, path, model);
  return values === null ? [] : [values.value, values.gradient, values.filters].slice(0, geometry.slots.length);
}

/** How much room a node needs for its numbers. */
export function bodyOf(report: CompileReport | null, path: string, model: NodeModel): NodeBody {
  const values = nodeValues(report, path, model);
  if (values === null) return 'none';
  if (numel(values.shape) === 1) return 'numbers';
  return values.filters === null ? 'pictures' : 'filters';
}

/** What a node without a fault of its own waits for; null where it runs. */
export function waitsText(report: CompileReport | null, path: string): string | null {
  const { waitsFor = [] } = report?.nodes[path] ?? {};
  const own = parameterPath(path);
  const inside = waitsFor.filter((each) => each.startsWith(`${own}/`));
  if (inside.length > 0) return texts.canvas.waitsInside(named(inside.map((each) => each.slice(own.length + 1))));
  const others = waitsFor.filter((each) => each !== own);
  return others.length > 0 ? texts.canvas.waits(named(others)) : null;
}

function named(paths: readonly string[]): string {
  return `${paths
    .slice(0, 2)
    .map((path) => `\`${path}\``)
    .join(', ')}${paths.length > 2 ? ', …' : ''}`;
}

/** The gradient's name when the program computes it. */
export function gradientOf(report: CompileReport, value: string): string | null {
  const name = `grad(${value})`;
  return Object.hasOwn(report.values, name) ? name : null;
}

/** `2 × 8×64×32×32` for equal inputs, one after the other for different ones; '' when none is known. */
export function inputShapes(report: CompileReport | null, path: string, model: NodeModel): string {
  const shapes = model.inputs
    .filter((port) => !port.parameter)
    .map((port) => report?.values[`${path}.${port.name}`]?.shape)
    .filter((shape) => shape !== undefined);
  const written = shapes.map(shortShape);
  const [first] = written;
  if (first === undefined) return '';
  if (written.length > 1 && written.every((shape) => shape === first)) return `${written.length} × ${first}`;
  return written.length > 2 ? `${first}, …` : written.join(', ');
}

/** `8×64×32×32`, or `scalar`. */
export function shortShape(shape: Shape): string {
  return shape.length === 0 ? texts.inspector.scalar : shape.join('×');
}
