// Whether the open branch has a place of another one in its own past: then a line of the log needs no other branch. Truth: the
// places that two histories have in common, written out by hand.
import { expect, test } from 'vitest';
import { isShared } from '../../../src/app/state/search-history.ts';
import type { BranchFacts, Position, TimelineFacts } from '../../../src/engine/protocol/timeline.ts';

const at = (iteration: number, step = 0): Position => ({ iteration, step });

function branch(id: number, parent: number | null, from: Position, first = 0): BranchFacts {
  const facts = {
    name: `run ${id}`,
    origin: 'elements',
    length: 20,
    position: from,
    open: true,
    edits: [],
    runs: [],
  } as const;
  return { id, parent, from, first, ...facts };
}

// 1 ── 2 from iteration 5, step 3 ── 3 from iteration 8;  1 ── 4 from iteration 2;  5 is another graph from iteration 6 of 1.
const branches = [
  branch(1, null, at(0)),
  branch(2, 1, at(5, 3)),
  branch(3, 2, at(8)),
  branch(4, 1, at(2)),
  branch(5, 1, at(6), 6),
];

function shared(open: number, other: number, place: Position): boolean {
  const rest = {
    revision: 1,
    position: at(0),
    stepCount: 9,
    snapshots: [],
    bytes: 0,
    limitBytes: 0,
    on: true,
    interval: 1,
  };
  const costs = { iterationMs: { training: 1, stepping: 1 }, worst: { iterations: 0, ms: 0 }, hits: [] };
  const facts: TimelineFacts = { ...rest, ...costs, branch: open, branches };
  return isShared(facts, other, place);
}

test.each([
  ['its own', 2, 2, at(9), true],
  ['before the fork', 2, 1, at(4, 8), true],
  ['at the fork, up to the step', 2, 1, at(5, 3), true],
  ['behind the step of the fork', 2, 1, at(5, 4), false],
  ['behind the fork', 2, 1, at(6), false],
  ['of a grandparent, before both forks', 3, 1, at(5), true],
  ['of a grandparent, between the forks', 3, 1, at(7), false],
  ['of the parent, between the forks', 3, 2, at(7), true],
  ['of a child', 1, 2, at(6), false],
  ['of a sister', 4, 2, at(1), false],
  ['before the graph was another', 5, 1, at(3), false],
  ['of a branch that is forgotten', 2, 9, at(1), false],
])('%s', (_, open, other, place, wanted) => {
  expect(shared(open, other, place)).toBe(wanted);
});
