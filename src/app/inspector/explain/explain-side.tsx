// The side of the page while numbers are explained: the inspector waits behind its tab. When the explanation is put away the
// focus goes back to where it came from.
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
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
  useFocusBack();
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

function useFocusBack(): void {
  // Taken before this side replaces what had the focus.
  const opener = useRef(document.activeElement);
  useEffect(() => {
    const from = opener.current;
    return () => {
      afterNextFrame(() => {
        if (document.activeElement !== null && document.activeElement !== document.body) return;
        const label = from?.getAttribute('aria-label');
        const same = label ? document.querySelector<HTMLElement>(`[aria-label="${CSS.escape(label)}"]`) : null;
        const back = from?.isConnected && from !== document.body ? (from as HTMLElement) : same;
        (back ?? document.querySelector<HTMLElement>('.react-flow__node.selected'))?.focus({ preventScroll: true });
      });
    };
  }, []);
}

/** When what replaces a part of the page stands there. */
function afterNextFrame(then: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(then));
}
