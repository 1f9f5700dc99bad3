// Automatic layout by ELK in a worker of its own, loaded when first asked for. When it fails or takes too long, a layered order
// by longest paths takes its place.
import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js';
import elkWorkerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { FlowEdge, FlowNode, Positions } from '../flow-types.ts';
import { layeredPositions } from './layered-positions.ts';

const longestMs = 10_000;

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  // Without it branches lean and long nets drift across the page.
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.spacing.nodeNodeBetweenLayers': '84',
  'elk.spacing.nodeNode': '40',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.separateConnectedComponents': 'true',
  'elk.spacing.componentComponent': '60',
};

/** Long chains are broken into rows that fit a window. */
const wrapping = { 'elk.layered.wrapping.strategy': 'MULTI_EDGE', 'elk.aspectRatio': '1.9' };
/** Model order keeps wires straight but is slow on dense graphs. */
const mostForModelOrder = 300;

export interface Arranged {
  readonly positions: Positions;
  /** The arranger gave up and the simple order was used. */
  readonly failed: boolean;
}

export async function arrange(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): Promise<Arranged> {
  const worker = new Worker(elkWorkerUrl);
  const elk = new ELK({ workerFactory: () => worker });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('too slow')), longestMs);
    });
    const laidOut = await Promise.race([elk.layout(toElk(nodes, edges)), late]);
    return { positions: positionsOf(laidOut, nodes), failed: false };
  } catch {
    return { positions: layeredPositions(nodes, edges), failed: true };
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}

function toElk(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): ElkNode {
  const { 'elk.layered.considerModelOrder.strategy': order, ...rest } = options;
  return {
    id: 'root',
    layoutOptions: {
      ...rest,
      ...(nodes.length > mostForModelOrder ? {} : { 'elk.layered.considerModelOrder.strategy': order }),
      ...(isChain(nodes, edges) ? wrapping : {}),
    },
    children: nodes.map(({ id, data: { geometry } }) => ({
      id,
      width: geometry.width,
      height: geometry.height,
      layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
      ports: geometry.ports.map((port) => ({
        id: `${id} ${port.side} ${port.name}`,
        x: port.x,
        y: port.y,
        width: 0,
        height: 0,
        layoutOptions: { 'elk.port.side': port.side === 'input' ? 'WEST' : 'EAST' },
      })),
    })),
    edges: edges.map(({ id, source, sourceHandle, target, targetHandle }) => ({
      id,
      sources: [`${source} output ${sourceHandle}`],
      targets: [`${target} input ${targetHandle}`],
    })),
  };
}

/** More than a dozen nodes, most of them one after the other. */
function isChain(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): boolean {
  return nodes.length > 12 && edges.length < nodes.length * 1.25;
}

function positionsOf({ children = [] }: ElkNode, nodes: readonly FlowNode[]): Positions {
  // The picture keeps its place: the first node stays near where the graph began.
  const left = Math.min(...nodes.map(({ position }) => position.x));
  const top = Math.min(...nodes.map(({ position }) => position.y));
  const [x0, y0] = [Math.min(...children.map(({ x = 0 }) => x)), Math.min(...children.map(({ y = 0 }) => y))];
  return Object.fromEntries(
    children.map(({ id, x = 0, y = 0 }) => [id, [Math.round(x - x0 + left), Math.round(y - y0 + top)] as const]),
  );
}
