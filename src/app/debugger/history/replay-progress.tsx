// How far a command is that replays a long history, and how to call it off: the run then stays where it was.
import { useSession, useWorkbench } from '../../state/context.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { Progress } from '../../ui/progress.tsx';

export function ReplayProgress() {
  const { link } = useWorkbench();
  const replay = useSession((data) => data.replay);
  if (replay === null) return null;
  const label = debuggerTexts.history.replaying(replay.iteration);
  return <Progress label={label} share={replay.share} onCancel={() => link.stay()} />;
}
