import { X } from 'lucide-react';
import { useEffect } from 'react';
import type { Theme } from '../../../engine/protocol/views.ts';
import { Legend } from '../../overlays/legend.tsx';
import { useWorkbench } from '../../state/context.tsx';
import { texts } from '../../ui/texts.ts';
import styles from '../canvas.module.css';

interface LegendsProps {
  readonly theme: Theme;
  readonly onShow: (shown: true) => void;
}

/** What the colours of the pictures mean. */
export function Legends({ theme, onShow }: LegendsProps) {
  const { look } = useWorkbench();
  useEffect(() => onShow(true), [onShow]);
  return (
    <section className={styles['legends']} aria-label={texts.canvas.legend}>
      <button type="button" aria-label={texts.canvas.hideLegend} onClick={() => look({ legend: false })}>
        <X size={12} aria-hidden />
      </button>
      <Legend title={texts.canvas.activation} scale="sequential" theme={theme} />
      <Legend title={texts.canvas.signed} scale="diverging" theme={theme} />
      <p>{texts.canvas.legendHint}</p>
    </section>
  );
}
