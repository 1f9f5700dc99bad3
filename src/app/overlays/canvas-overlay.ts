// What an overlay on the canvas is: a number and a few words for each node or wire, on one scale with a legend. One file in
// `kinds/` each; the registry is generated from them. How it is painted and where its menu stands is left to the canvas.

import type { ProfileFacts } from '../../engine/protocol/plans.ts';
import type { Summary } from '../../engine/protocol/views.ts';
import type { CompileReport, EngineApi, NodeFacts, SessionState } from '../../engine/protocol.ts';

export interface OverlayNode {
  readonly path: string;
  readonly facts: NodeFacts;
  /** Name of the value that the node shows, and of its gradient. */
  readonly value: string;
  readonly gradient: string | null;
}

export interface OverlayWire {
  /** Names of the value at its start, and of the port where it ends. */
  readonly value: string;
  readonly arrival: string;
}

/** What stands on the canvas, and all that is known of it. */
export interface OverlayScene {
  readonly report: CompileReport;
  readonly session: SessionState | null;
  readonly nodes: readonly OverlayNode[];
  readonly wires: readonly OverlayWire[];
  readonly summaries: Readonly<Record<string, Summary>>;
  /** The last measurement, of this graph. */
  readonly profile: ProfileFacts | null;
  /** What another part of the page left for this overlay (session store, `overlayFacts`). */
  readonly left: unknown;
}

export interface Reading {
  readonly value: number;
  /** Stands on the node or wire: the number with its unit. */
  readonly text: string;
  /** Where there is little room. */
  readonly short?: string;
  /** Worth a look: told by a sign, too. */
  readonly warning?: true;
}

export interface Readings {
  /** By instance path. */
  readonly nodes: ReadonlyMap<string, Reading>;
  /** By the name of the port where the wire ends. */
  readonly wires: ReadonlyMap<string, Reading>;
}

export interface CanvasOverlay<Answer = unknown> {
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  /** What the scale counts. */
  readonly legend: string;
  readonly scale: 'sequential' | 'diverging';
  /** Numbers that differ by orders of magnitude. */
  readonly logarithmic?: true;
  /** Ends of the scale; those of the readings by default. */
  readonly range?: readonly [low: number, high: number];
  /** How the ends are written. */
  format(value: number): string;
  /** Values whose summaries it reads. */
  wants?(scene: OverlayScene): readonly string[];
  /** Times are needed: they are measured when it is first shown. */
  readonly measures?: true;
  /** A question of its own to the engine. */
  readonly ask?: {
    /** How long an answer holds. */
    readonly until: 'step' | 'graph';
    readonly question: (api: EngineApi, scene: OverlayScene) => Promise<Answer | null>;
  };
  read(scene: OverlayScene, answer: Answer | null): Readings;
  /** What it says of a node or wire that it is worth a look. */
  readonly alarm?: string;
  /** Said where there is nothing to read. */
  readonly empty?: string;
}

export const noReadings: Readings = { nodes: new Map(), wires: new Map() };

/** An overlay of nodes: what `each` says of every node. */
export function nodeReadings(scene: OverlayScene, each: (node: OverlayNode) => Reading | null): Readings {
  const nodes = new Map<string, Reading>();
  for (const node of scene.nodes) {
    const reading = each(node);
    if (reading !== null) nodes.set(node.path, reading);
  }
  return { nodes, wires: noReadings.wires };
}

/** What is known by instance path, gathered at the nodes that stand on the canvas: their own, and of all that lies inside them. */
export function gatherInside<T>(
  { nodes }: OverlayScene,
  known: Iterable<readonly [path: string, fact: T]>,
): ReadonlyMap<string, readonly T[]> {
  const gathered = new Map<string, T[]>(nodes.map(({ path }) => [path, []]));
  for (const [path, fact] of known) {
    // `block/rnn[3]/cell`, `block/rnn[3]`, `block/rnn`, `block`
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/'), at.lastIndexOf('[')))) {
      gathered.get(at)?.push(fact);
    }
  }
  return gathered;
}

/** The summary of a value that is computed and has finite numbers. */
export function computed(scene: OverlayScene, name: string | null): Summary | null {
  const summary = name === null ? undefined : scene.summaries[name];
  return summary?.state === 'computed' && Number.isFinite(summary.mean) ? summary : null;
}

/** √mean(x²), from mean and deviation. */
export function rootMeanSquare({ mean, std }: Summary): number {
  return Math.sqrt(mean * mean + std * std);
}

/** Euclidean norm. */
export function norm(summary: Summary): number {
  return rootMeanSquare(summary) * Math.sqrt(summary.shape.reduce((product, size) => product * size, 1));
}

/** NaN or infinities among the numbers: said instead of a statistic of the rest. */
export function brokenText(summary: Summary | undefined): string | null {
  return summary?.state === 'computed' && summary.nonFinite > 0 ? `${summary.nonFinite} NaN/∞` : null;
}
