// Where everything on a node stands, in canvas pixels: size, ports, picture slots. Pure arithmetic, so that edges, culling and
// the picture layer know a node before it was ever drawn.
import type { NodeModel, PortModel } from './node-model.ts';

/** What fills the middle of a node. */
export type NodeBody = 'none' | 'numbers' | 'pictures' | 'filters';

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
  /** Picture slots: value, gradient and, of a convolution, filters. */
  readonly slots: readonly Box[];
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
/** More ports of own parameters than these would make a node taller than what it shows. */
const mostQuiet = 4;
const slotHeight = 60;
const slotLeft = 12;
const slotRight = 10;
const slotGap = 6;

/**
 * @param messages whether the node says what is wrong with it
 * @param open whether it shows all ports; those that are folded away come below the others, which stay where they are
 */
export function nodeGeometry(model: NodeModel, body: NodeBody, messages: boolean, open: boolean): NodeGeometry {
  const border = model.kind === 'in' || model.kind === 'out';
  const width = border ? borderWidth : nodeWidth;
  const loud = model.inputs.filter((port) => !isQuiet(port));
  const away = foldedPorts(model);
  const quiet = model.inputs.filter((port) => isQuiet(port) && !away.includes(port));
  const folded = open ? away : [];
  const content = border
    ? rows.header
    : rows.header + rows.shape + bodyHeight(body) + (messages ? rows.message : 0) + (body === 'none' ? 6 : rows.footer);
  const portsHeight = Math.max(loud.length, model.outputs.length) * portGap + quiet.length * quietGap + 10;
  const height = Math.max(content, (border ? rows.header : 24) + portsHeight);
  const top = border ? rows.header - 2 : 24;
  const quietTop = height - quiet.length * quietGap - 3;
  const below = (ports: readonly PortModel[], from: number): PortPlace[] =>
    ports.map((port, i) => ({ name: port.name, side: 'input', x: 0, y: from + (i + 0.5) * quietGap }));
  return {
    width,
    height: height + folded.length * quietGap,
    ports: [
      ...column(loud, 'input', 0, top, quietTop),
      ...below(quiet, quietTop),
      ...below(folded, height - 3),
      ...column(model.outputs, 'output', width, top, height),
    ],
    slots: slotBoxes(body === 'filters' ? 3 : body === 'pictures' ? 2 : 0, messages),
  };
}

/** Ports that stand apart, below: they appear only when wanted. */
export function isQuiet(port: PortModel): boolean {
  return port.quiet && (port.parameter || port.known);
}

/** Ports that are there while the node is selected: those that decide shapes, and parameters where there are many, as of an LSTM. */
export function foldedPorts(model: NodeModel): readonly PortModel[] {
  const own = model.inputs.filter((port) => isQuiet(port) && !port.known && !port.wired);
  return model.inputs.filter((port) => !port.wired && (port.known || (own.length > mostQuiet && own.includes(port))));
}

function bodyHeight(body: NodeBody): number {
  return body === 'none' ? 0 : body === 'numbers' ? rows.numbers : rows.pictures;
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

function slotBoxes(count: number, messages: boolean): readonly Box[] {
  const y = rows.header + rows.shape + (messages ? rows.message : 0) + 2;
  const width = (nodeWidth - slotLeft - slotRight - (count - 1) * slotGap) / count;
  return Array.from({ length: count }, (_, i) => ({
    x: slotLeft + i * (width + slotGap),
    y,
    width,
    height: slotHeight,
  }));
}
