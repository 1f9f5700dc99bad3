import type { Edge, Node } from '@xyflow/react';
import type { Note } from '../../graph/schema.ts';
import type { NodeBody, NodeGeometry } from './model/node-geometry.ts';
import type { NodeModel } from './model/node-model.ts';

/** What React Flow carries of a node; live facts are subscribed to by path. */
export interface FlowNodeData extends Record<string, unknown> {
  readonly model: NodeModel;
  readonly geometry: NodeGeometry;
  readonly body: NodeBody;
  /** Instance path. */
  readonly path: string;
  readonly readOnly: boolean;
  /** Whether it says what is wrong with it. */
  readonly messages: boolean;
  /** Whether all its ports are there, also those that only decide shapes. */
  readonly open: boolean;
}

export type FlowNode = Node<FlowNodeData, 'op'>;

export interface FlowNoteData extends Record<string, unknown> {
  readonly note: Note;
  readonly readOnly: boolean;
}

/** Its id is that of the note behind a mark that no node's id can have. */
export type FlowNote = Node<FlowNoteData, 'note'>;

const noteMark = 'note:';

export function noteFlowId(id: string): string {
  return noteMark + id;
}

/** The note's id, or undefined for a node. */
export function noteOfFlowId(id: string): string | undefined {
  return id.startsWith(noteMark) ? id.slice(noteMark.length) : undefined;
}

export interface FlowEdgeData extends Record<string, unknown> {
  /** Value name at the source, and of the port at the target. */
  readonly value: string;
  readonly arrival: string;
}

export type FlowEdge = Edge<FlowEdgeData, 'wire'>;

/** Places by node id. */
export type Positions = Readonly<Record<string, readonly [x: number, y: number]>>;

/** The identity of a wire within its scope. */
export function edgeId(edge: { readonly from: string; readonly to: string }): string {
  return `${edge.from}>${edge.to}`;
}
