// Searches of the run's history: one at a time, with progress in the session store, and a way to call them off.

import type { Position, SwitchAnswer, TimelineFacts } from '../../engine/protocol/timeline.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import { replaceGraph } from '../../graph/edits/replace-graph.ts';
import { debuggerTexts } from '../ui/debugger-texts.ts';
import type { Workbench } from './workbench.ts';

/** null where it could not be asked. */
export async function searchHistory<T>(
  { link, session }: Pick<Workbench, 'link' | 'session'>,
  question: (api: EngineApi, id: number) => Promise<T>,
): Promise<T | null> {
  cancelSearch({ link, session });
  const id = Math.ceil(performance.now() * 1000);
  session.setState({ search: { id, share: 0, iteration: 0 } });
  const answer = await link.ask((api) => question(api, id));
  if (session.getState().search?.id === id) session.setState({ search: null });
  return answer;
}

export function cancelSearch({ link, session }: Pick<Workbench, 'link' | 'session'>): void {
  const { search } = session.getState();
  if (search !== null) void link.ask((api) => api.cancelSearch(search.id));
}

/** Stands on another branch; the graph on the page becomes its graph. */
export async function switchBranch({ link, edit }: Workbench, id: number, label: string): Promise<void> {
  let answer: SwitchAnswer | null = null;
  await link.move(async (api) => {
    answer = await api.switchBranch(id);
    return answer.state;
  });
  // Assigned in the closure, which the compiler does not follow.
  const { graph } = (answer as SwitchAnswer | null) ?? { graph: null };
  if (graph === null) return;
  link.standOn(id);
  edit(label, (draft) => replaceGraph(draft, graph));
}

/** Stands at a place of a branch, which becomes the open one unless that shares the place with it. False: the branch is gone. */
export async function seekOn(workbench: Workbench, branch: number, position: Position): Promise<boolean> {
  const { link } = workbench;
  const facts = await link.ask((api) => api.timeline());
  const there = facts?.branches.find(({ id }) => id === branch);
  if (!facts || !there) return false;
  if (!isShared(facts, branch, position)) {
    await switchBranch(workbench, branch, debuggerTexts.history.switchTo(there.name));
    // Where its graph is another one, that has to be compiled first.
    await link.settled();
  }
  await link.move((api) => api.seek(position));
  return true;
}

/** Whether the open branch has a place of another one in its own past. */
export function isShared(
  { branches, branch: open }: TimelineFacts,
  branch: number,
  { iteration, step }: Position,
): boolean {
  const find = (id: number | null) => branches.find((each) => each.id === id);
  const current = find(open);
  if (!current || (open !== branch && iteration < current.first)) return false;
  for (let at = current; at.id !== branch; ) {
    const parent = find(at.parent);
    const { from } = at;
    if (!parent || iteration > from.iteration || (iteration === from.iteration && step > from.step)) return false;
    at = parent;
  }
  return true;
}
