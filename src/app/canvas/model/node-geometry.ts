// Where everything on a node stands, in canvas pixels: size, ports, picture slots. Pure arithmetic, so that edges, culling and
// the picture layer know a node before it was ever drawn.
import type { NodeModel, PortModel } from './node-model.ts';

/** What fills the middle of a node. */
export type NodeBody = 'none' | 'numbers' | 'pictures';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PortPlace {
  readonly name: string;
  readonly side: 'input' | 'output';
  readonly x: number;
  readonly y: number;
}

export interface NodeGeometry {
  readonly width: number;
  readonly height: number;
  readonly ports: readonly PortPlace[];
  /** Picture slots of value and gradient. */
  readonly slots: readonly [value: Box, gradient: Box] | null;
}

export const nodeWidth = 216;
export const borderWidth = 96;

/** Heights of a node's rows; node.module.css repeats none of them, it gets them as inline sizes. */
export const rows = {
  header: 32,
  shape: 18,
  pictures: 80,
  numbers: 42,
  message: 38,
  footer: 22,
} as const;

const portGap = 18;
const quietGap = 15;
const slotWidth = 94;
const slotHeight = 60;
const slotInset = 11;

/** @param messages whether the node says what is wrong with it */
export function nodeGeometry(model: NodeModel, body: NodeBody, messages: boolean): NodeGeometry {
  const border = model.kind === 'in' || model.kind === 'out';
  const width = border ? borderWidth : nodeWidth;
  const loud = model.inputs.filter((port) => !isQuiet(port));
  const quiet = model.inputs.filter(isQuiet);
  const content = border
    ? rows.header
    : rows.header + rows.shape + bodyHeight(body) + (messages ? rows.message : 0) + (body === 'none' ? 6 : rows.footer);
  const portsHeight = Math.max(loud.length, model.outputs.length) * portGap + quiet.length * quietGap + 10;
  const height = Math.max(content, (border ? rows.header : 24) + portsHeight);
  const top = 24;
  const quietTop = height - quiet.length * quietGap - 3;
  return {
    width,
    height,
    ports: [
      ...column(loud, 'input', 0, top, quietTop),
      ...quiet.map((port, i) => ({
        name: port.name,
        side: 'input' as const,
        x: 0,
        y: quietTop + (i + 0.5) * quietGap,
      })),
      ...column(model.outputs, 'output', width, top, height),
    ],
    slots: body === 'pictures' ? slotBoxes(messages) : null,
  };
}

/** Ports that stand apart, below: they appear only when wanted. */
export function isQuiet(port: PortModel): boolean {
  return port.quiet && port.parameter;
}

function bodyHeight(body: NodeBody): number {
  return body === 'pictures' ? rows.pictures : body === 'numbers' ? rows.numbers : 0;
}

function column(
  ports: readonly PortModel[],
  side: 'input' | 'output',
  x: number,
  top: number,
  bottom: number,
): readonly PortPlace[] {
  const middle = (top + bottom) / 2;
  return ports.map((port, i) => ({ name: port.name, side, x, y: middle + (i - (ports.length - 1) / 2) * portGap }));
}

function slotBoxes(messages: boolean): readonly [Box, Box] {
  const y = rows.header + rows.shape + (messages ? rows.message : 0) + 2;
  const box = (x: number): Box => ({ x, y, width: slotWidth, height: slotHeight });
  return [box(slotInset), box(nodeWidth - slotInset + 1 - slotWidth)];
}
