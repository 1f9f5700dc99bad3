// Measures the time of every step; what was found is kept in the session store for panel and overlay alike.
import type { ProfileRequest } from '../../engine/protocol/plans.ts';
import type { Workbench } from './workbench.ts';

/** One at a time: while one is under way, another wish is dropped. */
export async function measureProfile(
  { link, session, notices }: Pick<Workbench, 'link' | 'session' | 'notices'>,
  request: ProfileRequest,
): Promise<void> {
  if (session.getState().profiling !== null) return;
  session.setState({ profiling: 0 });
  const answer = await link.ask((api) => api.profile(request));
  session.setState({ profiling: null });
  if (answer === null) return;
  if ('rows' in answer) session.setState({ profile: answer });
  else for (const { message } of answer.diagnostics) notices.add({ kind: 'error', text: message });
}
