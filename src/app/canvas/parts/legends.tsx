import { useStore } from '@xyflow/react';
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Theme } from '../../../engine/protocol/views.ts';
import { Legend } from '../../overlays/legend.tsx';
import { useWorkbench } from '../../state/context.tsx';
import { cx } from '../../ui/cx.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { SmallButton } from '../../ui/small-button.tsx';
import { texts } from '../../ui/texts.ts';
import styles from '../canvas.module.css';
import type { FlowNode } from '../flow-types.ts';
import { overlaps } from '../model/clear-view.ts';
import type { Box } from '../model/node-geometry.ts';
import { boxOf } from '../use-camera.ts';

interface LegendsProps {
  readonly nodes: readonly FlowNode[];
  readonly theme: Theme;
  readonly onShow: () => void;
}

/** What the colours of the pictures mean. It makes room for a node that is moved below it. */
export function Legends({ nodes, theme, onShow }: LegendsProps) {
  const { look } = useWorkbench();
  const element = useRef<HTMLElement>(null);
  const [place, setPlace] = useState<Box | null>(null);
  // Only the height of the pane moves it: it stands in the corner below, on the left.
  const height = useStore((state) => state.height);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what moves it
  useEffect(() => {
    const pane = element.current?.closest('.react-flow')?.getBoundingClientRect();
    const own = element.current?.getBoundingClientRect();
    if (pane && own) setPlace({ x: own.left - pane.left, y: own.top - pane.top, width: own.width, height: own.height });
  }, [height]);
  const covers = useStore(
    ({ transform: [x, y, zoom] }) =>
      place !== null && nodes.some((node) => overlaps(boxOf(node), place, { x, y, zoom })),
  );
  useEffect(onShow, [onShow]);
  return (
    <section ref={element} className={cx(styles['legends'], covers && styles['away'])} aria-label={texts.canvas.legend}>
      <SmallButton label={laterTexts.canvas.hideLegend} icon={X} onClick={() => look({ legend: false })} />
      <Legend title={texts.canvas.activation} scale="sequential" theme={theme} />
      <Legend title={texts.canvas.signed} scale="diverging" theme={theme} />
      <p>{laterTexts.canvas.legendHint}</p>
    </section>
  );
}
