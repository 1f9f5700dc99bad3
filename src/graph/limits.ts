import { mostSteps } from '../program/most-steps.ts';

/** What a graph file may hold at most: beyond lies no drawing but an attack or an accident. */
export const limits = {
  textCharacters: 64_000_000,
  nodes: 20_000,
  edges: 60_000,
  blocks: 1_000,
  notes: 1_000,
  /** Levels of brackets in the JSON. */
  depth: 24,
  stringCharacters: 100_000,
  /** Of a name on the left of a colon. */
  keyCharacters: 1_000,
  /** Numbers, strings, lists and objects together. */
  values: 2_000_000,
  /** Blocks within blocks. */
  blockDepth: 16,
  /** Nodes once blocks are opened and recurrences unrolled. */
  expandedNodes: 200_000,
  recurrenceSteps: mostSteps,
} as const;
