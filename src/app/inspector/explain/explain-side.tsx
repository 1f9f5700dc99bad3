// The side of the page while numbers are explained: the inspector waits behind its tab.
import { X } from 'lucide-react';
import { useView, useWorkbench } from '../../state/context.tsx';
import { IconButton } from '../../ui/button.tsx';
import { explainTexts } from '../../ui/explain-texts.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { texts } from '../../ui/texts.ts';
import { Inspector } from '../inspector.tsx';
import { ExplainPanel } from './explain-panel.tsx';

export function ExplainSide() {
  const { look, view, endWalk } = useWorkbench();
  const front = useView(({ walk }) => walk?.front !== false);
  const bring = (id: 'inspector' | 'explain'): void => {
    const { walk } = view.getState();
    if (walk !== null) look({ walk: { ...walk, front: id === 'explain' } });
  };
  return (
    <Tabs
      label={explainTexts.side}
      tabs={[
        { id: 'explain', title: explainTexts.title },
        { id: 'inspector', title: texts.shell.inspector },
      ]}
      value={front ? 'explain' : 'inspector'}
      onChange={bring}
      actions={<IconButton label={explainTexts.close} keys="Escape" icon={X} onClick={endWalk} />}
    >
      {(id) => (id === 'explain' ? <ExplainPanel /> : <Inspector />)}
    </Tabs>
  );
}
