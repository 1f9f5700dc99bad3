import { setTraining } from '../../../graph/edits/set-training.ts';
import type { Workbench } from '../../state/workbench.ts';
import { texts } from '../../ui/texts.ts';

/** After the last epoch: as many again are wanted from now on. Done once the engine knows. */
export async function moreEpochs({ document, edit, link, session }: Workbench): Promise<void> {
  const { training } = session.getState();
  if (training === null) return;
  const { epochs } = document.store.getState().graph.training;
  // More may be done than are wanted by now.
  const done = Math.max(epochs, Math.ceil(training.iteration / (training.iterationsPerEpoch || 1)));
  edit(texts.commands.trainFurther(epochs), (draft) => setTraining(draft, { epochs: done + epochs }));
  await link.settled();
}
